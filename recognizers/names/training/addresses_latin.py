"""Makes postal addresses in the orders and spellings of many countries, all invented."""

# ruff: noqa: SIM905 (tables of words read best as text)

from __future__ import annotations

import random
import re

from recognizers.names.training import gazetteer_latin as lists
from recognizers.names.training.people_latin import People

_US_STATES = "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY".split()
_EN_TYPES = "Street St St. Road Rd Rd. Avenue Ave Ave. Boulevard Blvd Lane Ln Drive Dr Dr. Way Court Ct Place Pl Square Terrace Crescent Close Parkway Pkwy Highway Circle Trail Grove Gardens Row Walk Hill Park Mews Plaza Alley Loop Run Ridge Point View".split()
_EN_NAMES = "Oak Maple Cedar Pine Elm Washington Park Lake Hill Main High Church Mill Station Victoria Green Manor Kings Queens Chestnut Walnut Spring North South West East Broad River Sunset Highland Forest Jackson Lincoln Franklin Jefferson Madison Market Union Bridge Meadow School Grange London Albert George Cherry Willow Birch Dogwood Valley College Prospect Pleasant Center Water Front Court Second Third Fifth 1st 2nd 3rd 4th 5th 12th 42nd".split()
_STREETS = {
    "de": ("{a}straße|{a}str.|{a}weg|{a}allee|{a}platz|{a}gasse|{a}ring|Am {b}|An der {b}|{c}-{d}-Straße|Alte {b}straße", "Haupt Bahnhof Schiller Goethe Linden Garten Berg Schul Dorf Kirch Wald Rosen Mühlen Ring Markt Friedrich Wilhelm Kaiser Mozart Park Feld Birken Eichen"),
    "fr": ("rue {a}|Rue {a}|avenue {a}|Avenue {a}|boulevard {a}|bd {a}|place {a}|chemin {a}|quai {a}|impasse {a}|allée {a}|rue {c} {d}|avenue {c} {d}", "de la République|de la Gare|Victor Hugo|des Lilas|du Moulin|de Paris|des Écoles|Pasteur|Jean Jaurès|du Général de Gaulle|de l'Église|des Tilleuls|de la Paix|Voltaire|Gambetta|du Port|Saint-Michel|Sainte-Anne"),
    "es": ("Calle {a}|calle {a}|C/ {a}|Avenida {a}|Avda. {a}|Av. {a}|Plaza {a}|Paseo {a}|Camino {a}|Ronda {a}|Calle {c} {d}|C/ {c} {d}|Carrera {n}|Travesía {a}", "Mayor|Real|de la Constitución|de Córdoba|San Juan|del Sol|de Alcalá|Gran Vía|Cervantes|Goya|de los Reyes|Santa María|del Carmen|Nueva|de la Paz|Colón|Libertad|Juárez|Reforma|Insurgentes"),
    "nl": ("{a}straat|{a}laan|{a}weg|{a}plein|{a}gracht|{a}kade|{a}dijk|{a}hof", "Kerk Dorps School Molen Station Wilhelmina Beatrix Juliana Linden Prinsen Keizers Nieuwe Hoofd Markt Park Zee Beuken Kastanje Oranje"),
    "pt": ("Rua {a}|R. {a}|Avenida {a}|Av. {a}|Travessa {a}|Praça {a}|Alameda {a}|Largo {a}|Rua {c} {d}|Avenida {c} {d}", "das Flores|da Liberdade|Augusta|Sete de Setembro|XV de Novembro|de São Bento|do Comércio|Paulista|da República|Santo António|dos Anjos|Principal|do Sol"),
    "it": ("Via {a}|via {a}|Viale {a}|Corso {a}|Piazza {a}|Largo {a}|Vicolo {a}|Via {c} {d}|P.zza {a}", "Roma|Garibaldi|Mazzini|Dante|Verdi|Cavour|della Repubblica|dei Mille|Vittorio Emanuele II|XX Settembre|San Marco|delle Rose|Milano|Marconi|Italia|del Corso"),
    "pl": ("ul. {a}|ul. {a}|Ul. {a}|al. {a}|pl. {a}|os. {a}|ulica {a}", "Długa|Polna|Leśna|Słoneczna|Krótka|Szkolna|Ogrodowa|Lipowa|Brzozowa|Kwiatowa|Mickiewicza|Kościuszki|Sienkiewicza|Jana Pawła II|3 Maja|Piłsudskiego|Warszawska|Jerozolimskie|Wolności"),
    "sv": ("{a}gatan|{a}vägen|{a}gränd|{a}stigen|{a}allén|{a} torg", "Stor Kungs Drottning Skol Kyrko Björk Sveriges Järnvägs Nygat Ring Ekbacks Sol Vasa Göta Birger"),
    "da": ("{a}gade|{a}vej|{a} Allé|{a}stræde|{a} Plads|{a}vænget", "Vester Øster Nørre Sønder Skole Kirke Birke Stations Hoved Møllen Park Strand Bred Algade Frederiks"),
    "fi": ("{a}katu|{a}tie|{a}kuja|{a}polku|{a}nkatu|{a}ntie", "Koski Mannerheimin Hämeen Kauppa Koulu Kirkko Puisto Ranta Aleksanterin Rauta Mäki Metsä Asema Keskus Yliopiston"),
}  # fmt: skip


class Addresses:
    """Invented addresses.

    Args:
        rng: makes the choices.
        people: gives the names that streets and towns bear.
    """

    def __init__(self, rng: random.Random, people: People) -> None:
        self._rng = rng
        self._people = people
        self._streets = [
            name
            for names in lists.faker_lists("address", "street").values()
            for name in names
            if len(name) > 5
        ]

    def address(self, language: str = "en") -> str:
        """An address in the manner of a country of that language."""
        rng = self._rng
        if rng.random() < 0.22:
            return self._made(language)
        if language == "en":
            make = rng.choice([self._american, self._american, self._american, self._british, self._british,
                               self._indian, self._australian, self._box, self._asian, self._mixed, self._mixed,
                               self._foreign])  # fmt: skip
            text = make()
        else:
            text = self._box(language) if rng.random() < 0.04 else self._european(language)
        chance = rng.random()
        if chance < 0.04:
            return text.upper()
        return text.lower() if chance < 0.06 else text

    def street_line(self, language: str = "en") -> str:
        """Number and street alone."""
        if self._rng.random() < 0.2:
            return one_line(self._people.maker(language).street_address())
        if language == "en":
            return f"{self._number()} {self._en_street()}"
        return self._line(language)

    def _made(self, language: str) -> str:
        """As Faker writes them, with other breaks between its lines."""
        maker, rng = self._people.maker(language), self._rng
        text = str(maker.address() if rng.random() < 0.8 else maker.street_address())
        return text.replace("\n", rng.choice(("\n", "\n", ", ", " ", "\n ")))

    def _join(self, parts: list[str], *, lines: float = 0.25) -> str:
        chance = self._rng.random()
        separator = (
            "\n"
            if chance < lines
            else ",\n"
            if chance < lines + 0.05
            else " "
            if chance < lines + 0.12
            else ", "
        )
        return separator.join(part for part in parts if part)

    def _number(self) -> str:
        rng = self._rng
        return rng.choice([str(rng.randint(1, 99)), str(rng.randint(100, 999)), str(rng.randint(1000, 9999)),
                           f"{rng.randint(1, 99)}{rng.choice('ABCab')}", f"{rng.randint(10000, 99999)}",
                           f"{rng.randint(1, 60)}-{rng.randint(61, 99)}"])  # fmt: skip

    def _en_street(self) -> str:
        rng = self._rng
        name = rng.choice(
            [
                rng.choice(_EN_NAMES),
                self._people.family(),
                self._people.given(),
                rng.choice(_EN_NAMES),
            ]
        )
        if rng.random() < 0.12:
            name = f"{rng.choice(('N', 'S', 'E', 'W', 'North', 'South', 'East', 'West', 'N.', 'NW', 'SE', 'Old', 'New', 'Upper'))} {name}"
        if rng.random() < 0.06:
            return rng.choice(
                [
                    "Broadway",
                    "The Green",
                    "Strand",
                    f"Route {rng.randint(1, 99)}",
                    f"County Road {rng.randint(1, 999)}",
                    f"Highway {rng.randint(1, 99)}",
                ]
            )
        return f"{name} {rng.choice(_EN_TYPES)}"

    def _unit(self) -> str:
        rng = self._rng
        label = rng.choice(
            [
                "Apt",
                "Apt.",
                "Suite",
                "Ste",
                "Ste.",
                "Unit",
                "#",
                "Floor",
                "Fl.",
                "Room",
                "Apartment",
                "Bldg",
                "Flat",
                "Level",
            ]
        )
        value = rng.choice(
            [
                str(rng.randint(1, 999)),
                f"{rng.randint(1, 40)}{rng.choice('ABCD')}",
                rng.choice("ABCDEF"),
            ]
        )
        return f"#{value}" if label == "#" else f"{label} {value}"

    def _american(self) -> str:
        rng = self._rng
        zipcode = f"{rng.randint(1000, 99950):05}" + (
            f"-{rng.randint(1, 9999):04}" if rng.random() < 0.1 else ""
        )
        state = rng.choice(_US_STATES) if rng.random() < 0.8 else rng.choice(self._people.states)
        city = (
            self._people.city("en")
            if rng.random() < 0.4
            else f"{self._people.family()}{rng.choice(('ville', 'ton', ' City', ' Springs', 'burg', ' Beach', ' Heights', 'field', 'port'))}"
        )
        street = f"{self._number()} {self._en_street()}"
        unit = self._unit() if rng.random() < 0.35 else ""
        chance = rng.random()
        if chance < 0.12:
            return self._join([street, unit], lines=0.05)
        if chance < 0.24:
            return self._join([street, unit, city], lines=0.1)
        tail = f"{city}, {state} {zipcode}" if rng.random() < 0.85 else f"{city} {state} {zipcode}"
        if chance < 0.34:
            tail = f"{city}, {state}"
        country = rng.choice(["USA", "United States", "U.S.A."]) if rng.random() < 0.1 else ""
        return self._join([street, unit, tail, country])

    def _british(self) -> str:
        rng = self._rng
        letters = "ABCDEFGHIJKLMNOPRSTUW"
        code = rng.choice([
            f"{rng.choice(letters)}{rng.choice(letters)}{rng.randint(1, 29)} {rng.randint(1, 9)}{rng.choice(letters)}{rng.choice(letters)}",
            f"{rng.choice('BEGLMNSW')}{rng.randint(1, 20)} {rng.randint(1, 9)}{rng.choice(letters)}{rng.choice(letters)}",
            f"{rng.choice(('EC', 'WC', 'SW', 'SE', 'W'))}{rng.randint(1, 4)}{rng.choice('ANPVY')} {rng.randint(1, 9)}{rng.choice(letters)}{rng.choice(letters)}",
        ])  # fmt: skip
        first = rng.choice(
            [
                "",
                "",
                f"Flat {rng.randint(1, 60)}",
                f"{self._people.family()} House",
                f"Unit {rng.randint(1, 30)}, {self._people.family()} Business Park",
            ]
        )
        street = f"{rng.randint(1, 300)} {self._en_street()}"
        city = rng.choice(self._people.by_country["GB"][:300])
        country = rng.choice(["", "", "", "UK", "United Kingdom", "England"])
        tail = rng.choice([f"{city} {code}", f"{city}, {code}", f"{city}\n{code}", city])
        return self._join([first, street, tail, country])

    def _indian(self) -> str:
        rng = self._rng
        city = rng.choice(self._people.by_country["IN"][:200])
        first = rng.choice(
            [
                f"Flat No. {rng.randint(1, 900)}, {self._people.given()} Apartments",
                f"H.No. {rng.randint(1, 99)}-{rng.randint(1, 999)}",
                f"{rng.randint(1, 99)}/{rng.randint(1, 9)}",
                f"Plot {rng.randint(1, 400)}, Sector {rng.randint(1, 60)}",
                f"No. {rng.randint(1, 200)}, {rng.randint(1, 20)}th Cross",
            ]
        )
        second = rng.choice(
            [
                "MG Road",
                "Gandhi Nagar",
                f"{self._people.family()} Nagar",
                f"{self._people.given()} Colony",
                "Park Street",
                "Link Road",
                "Anna Salai",
                f"{self._people.family()} Marg",
            ]
        )
        tail = rng.choice(
            [
                f"{city} {rng.randint(110001, 855999)}",
                f"{city} - {rng.randint(110001, 855999)}",
                f"{city}, {rng.choice(('Maharashtra', 'Karnataka', 'Tamil Nadu', 'Kerala', 'Gujarat', 'West Bengal', 'Delhi'))} {rng.randint(110, 855)} {rng.randint(100, 999)}",
            ]
        )
        return self._join([first, second, tail, rng.choice(["", "", "India"])])

    def _australian(self) -> str:
        rng = self._rng
        code = rng.choice(["AU", "NZ", "CA", "ZA", "IE"])
        city = rng.choice(self._people.by_country[code][:200])
        post = {"AU": f"{rng.choice(('NSW', 'VIC', 'QLD', 'WA', 'SA', 'TAS', 'ACT'))} {rng.randint(800, 7999):04}", "NZ": f"{rng.randint(110, 9999):04}",
                "CA": f"{rng.choice(('ON', 'BC', 'QC', 'AB', 'MB'))} {rng.choice('ABCEGHJKLMNPRSTVXY')}{rng.randint(0, 9)}{rng.choice('ABCEGHJKLMNPRSTVXY')} {rng.randint(0, 9)}{rng.choice('ABCEGHJKLMNPRSTVXY')}{rng.randint(0, 9)}",
                "ZA": f"{rng.randint(1, 9999):04}", "IE": f"Co. {self._people.family()}"}[code]  # fmt: skip
        street = f"{rng.choice(('', '', 'Unit 4/', 'Level 3, ', f'{rng.randint(1, 30)}/'))}{rng.randint(1, 400)} {self._en_street()}"
        return self._join(
            [
                street,
                f"{city} {post}",
                rng.choice(
                    ["", "", "Australia", "New Zealand", "Canada", "South Africa", "Ireland"]
                ),
            ]
        )

    def _asian(self) -> str:
        rng = self._rng
        road = f"{self._people.family()} {rng.choice(('Road', 'Street', 'Avenue 3', 'Lane'))}"
        return rng.choice([
            f"Blk {rng.randint(1, 900)} {road} #{rng.randint(1, 40):02}-{rng.randint(1, 400)}, Singapore {rng.randint(100000, 829999)}",
            f"{rng.randint(1, 90)}/F, {self._people.family()} Tower, {rng.randint(1, 300)} {road}, {rng.choice(('Kowloon', 'Wan Chai', 'Central', 'Tsim Sha Tsui'))}, Hong Kong",
            f"Room {rng.randint(101, 3300)}, Building {rng.randint(1, 20)}, No. {rng.randint(1, 999)} {self._people.family()} {self._people.family()} Road, {rng.choice(self._people.by_country['CN'][:200])}, {rng.choice(('China', 'P.R. China', '100020 China', 'PRC'))}",
            f"{rng.randint(1, 9)}-{rng.randint(1, 30)}-{rng.randint(1, 20)} {rng.choice(self._people.by_country['JP'][:300])}-cho, {rng.choice(self._people.by_country['JP'][:100])} {rng.randint(100, 999)}-{rng.randint(1, 9999):04}, Japan",
            f"{rng.randint(1, 300)}, Jalan {self._people.family()}, {rng.randint(10000, 99999)} {rng.choice(self._people.by_country['MY'][:100])}, Malaysia",
            f"{self._people.family()} Building, {rng.randint(1, 99)} {road}, P.O. Box {rng.randint(100, 99999)}, {rng.choice(self._people.by_country['KE'][:40])}, Kenya",
            f"Villa {rng.randint(1, 90)}, {rng.choice(('Al Wasl', 'Sheikh Zayed', 'Corniche', 'King Fahd'))} Road, {rng.choice(('Dubai', 'Abu Dhabi', 'Riyadh', 'Jeddah', 'Doha'))}",
        ])  # fmt: skip

    def _mixed(self) -> str:
        """As forms of web shops put them together: any street, any town, any breaks."""
        rng = self._rng
        language = rng.choice([*_STREETS, "en", "en"])
        street = (
            self._en_street()
            if language == "en"
            else rng.choice([self._street(language), rng.choice(self._streets)])
        )
        number = str(rng.randint(1, 9999))
        extra = rng.choice(
            [
                "",
                "",
                f" {rng.randint(1, 200)}",
                f" {self._unit()}",
                f" {rng.randint(1, 99)} {self._unit()}",
            ]
        )
        city = self._people.place() if rng.random() < 0.3 else self._people.city(language)
        region = rng.choice(["", "", rng.choice(_US_STATES), rng.choice(self._people.states)])
        code = str(rng.randint(1000, 99999))
        country = rng.choice(["", self._people.country(), self._people.country()])
        first = rng.choice(
            [f"{number} {street}{extra}", f"{street} {number}{extra}", f"{number} {street}{extra}"]
        )
        if rng.random() < 0.3:
            return rng.choice([first, f"{first}, {city}", f"{first}\n{city}"])
        breaks = ["\n", ", ", "\n, ", ",\n", "\n "]
        text = first + rng.choice(breaks) + city
        text += f"{rng.choice(breaks)}{region}" if region else ""
        tail = rng.choice([f"{country} {code}", f"{code} {country}", code, country]).strip()
        return text + rng.choice([*breaks, " "]) + tail if tail else text

    def _foreign(self) -> str:
        language = self._rng.choice(list(_STREETS))
        return self._european(language)

    def _street(self, language: str) -> str:
        rng = self._rng
        patterns, names = _STREETS[language]
        name = rng.choice(names.split("|") if "|" in names else names.split())
        if rng.random() < 0.3:
            name = self._people.family(language)
        text = rng.choice(patterns.split("|"))
        return text.format(
            a=name,
            b=name,
            c=self._people.given(language),
            d=self._people.family(language),
            n=rng.randint(1, 99),
        )

    def _line(self, language: str) -> str:
        rng = self._rng
        street = self._street(language)
        number = rng.choice(
            [
                str(rng.randint(1, 150)),
                str(rng.randint(1, 150)),
                f"{rng.randint(1, 90)}{rng.choice('abcABC')}",
                f"{rng.randint(1, 90)} {rng.choice('abcd')}",
                f"{rng.randint(1, 40)}-{rng.randint(41, 60)}",
            ]
        )
        if language == "fr":
            return f"{number}{rng.choice((' ', ', ', ' bis ', ' '))}{street}"
        if language == "es":
            tail = rng.choice(
                [
                    "",
                    "",
                    f", {rng.randint(1, 9)}º {rng.choice('ABCD')}",
                    f", {rng.randint(1, 9)}{rng.choice('ABC')}",
                    f", piso {rng.randint(1, 9)}",
                    ", bajo izq.",
                ]
            )
            return (
                rng.choice(
                    [
                        f"{street} {number}",
                        f"{street}, {number}",
                        f"{street}, nº {number}",
                        f"{street} s/n",
                        f"{street} #{number}",
                    ]
                )
                + tail
            )
        if language in ("pt", "it"):
            return rng.choice(
                [f"{street}, {number}", f"{street} {number}", f"{street}, n. {number}"]
            )
        if language == "pl":
            return rng.choice(
                [
                    f"{street} {number}",
                    f"{street} {number}/{rng.randint(1, 90)}",
                    f"{street} {number} m. {rng.randint(1, 90)}",
                ]
            )
        if language == "da":
            return rng.choice(
                [
                    f"{street} {number}",
                    f"{street} {number}, {rng.randint(1, 5)}. {rng.choice(('tv', 'th', 'mf'))}.",
                ]
            )
        if language == "fi":
            return rng.choice(
                [
                    f"{street} {number}",
                    f"{street} {number} {rng.choice('ABCD')} {rng.randint(1, 60)}",
                ]
            )
        return f"{street} {number}"

    def _european(self, language: str) -> str:
        rng = self._rng
        city = self._people.city(language)
        code = {"nl": f"{rng.randint(1000, 9999)} {rng.choice('ABCDEH')}{rng.choice('ABCDEH')}", "pt": rng.choice([f"{rng.randint(1000, 9999)}-{rng.randint(1, 999):03}", f"{rng.randint(1000, 99999):05}-{rng.randint(1, 999):03}"]),
                "pl": f"{rng.randint(0, 99):02}-{rng.randint(1, 999):03}", "sv": f"{rng.randint(100, 999)} {rng.randint(10, 99)}", "da": f"{rng.randint(1000, 9990)}"}.get(language, f"{rng.randint(1000, 99999):05}")  # fmt: skip
        prefix = (
            {"de": "D-", "fr": "F-", "da": "DK-", "sv": "SE-", "fi": "FI-", "it": "I-"}.get(
                language, ""
            )
            if rng.random() < 0.05
            else ""
        )
        town = f"{prefix}{code} {city}"
        if language == "it" and rng.random() < 0.5:
            town += rng.choice([" (MI)", " (RM)", " TO", " (NA)"])
        if language == "fr" and rng.random() < 0.1:
            town += f" Cedex {rng.randint(1, 20)}"
        if language == "pt" and rng.random() < 0.3:
            town = f"{city} - {rng.choice(('SP', 'RJ', 'MG', 'RS', 'BA'))}, {code}"
        chance = rng.random()
        line = self._line(language)
        if chance < 0.22:
            return line
        if chance < 0.3:
            return f"{line}, {city}"
        return self._join([line, town, self._people.country() if rng.random() < 0.1 else ""])

    def _box(self, language: str = "en") -> str:
        rng = self._rng
        number = rng.randint(10, 99999)
        label = {"en": ("PO Box", "P.O. Box", "P. O. Box", "Post Office Box", "GPO Box", "Private Bag"), "de": ("Postfach",), "fr": ("BP", "B.P."), "nl": ("Postbus",), "es": ("Apartado de Correos", "Apdo."), "sv": ("Box",), "da": ("Postboks",), "fi": ("PL",), "it": ("Casella Postale", "C.P."), "pt": ("Caixa Postal", "Apartado"), "pl": ("skr. poczt.",)}[language]  # fmt: skip
        text = f"{rng.choice(label)} {number}"
        if language == "en":
            return self._join(
                [
                    text,
                    rng.choice(
                        [
                            f"{self._people.city()}, {rng.choice(_US_STATES)} {rng.randint(10000, 99999)}",
                            self._people.city(),
                            "",
                        ]
                    ),
                ]
            )
        return self._join([text, f"{rng.randint(1000, 99999)} {self._people.city(language)}"])


def one_line(address: str) -> str:
    """An address without line breaks."""
    return re.sub(r"\s*,?\s*\n\s*,?\s*", ", ", address)
