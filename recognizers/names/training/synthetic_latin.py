r"""Text made from templates (``templates/*.txt``) with invented names, for each Latin-script language.

A line of a file is a template; ``\n`` stands for a line break. Slots in capitals become names and are
labelled, slots in small letters are not; :data:`_LABELS` lists the first. A digit behind a slot's name
stands for the same value again.
"""

# ruff: noqa: SIM905, S311 (tables of words read best as text; the choices are no secrets)

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from recognizers.names.training.addresses_latin import Addresses, one_line
from recognizers.names.training.corpora import Example
from recognizers.names.training.people_latin import People

FOLDER = Path(__file__).parent / "templates"

_SLOT = re.compile(r"\{([A-Za-z]+)(\d?)\}")
_LABELS = {
    "P": "PERSON", "PF": "PERSON", "F": "PERSON", "S": "PERSON",
    **dict.fromkeys(("FS", "SF", "SCF", "SCFI", "IS", "SI"), "PERSON"),
    "O": "ORGANIZATION", "OC": "ORGANIZATION",
    "L": "LOCATION", "C": "LOCATION", "K": "LOCATION",
    "A": "ADDRESS", "AL": "ADDRESS", "SL": "ADDRESS", "SN": "ADDRESS",
    # the same in small letters, as people type them
    "p": "PERSON", "f": "PERSON", "o": "ORGANIZATION", "l": "LOCATION", "al": "ADDRESS",
}  # fmt: skip


# Slots that stand together are one name.
_TOGETHER = {
    "{S}, {F} {i}.": "{SCFI}", "{S}, {F}": "{SCF}", "{F} {S}": "{FS}", "{S} {F}": "{SF}", "{i}. {S}": "{IS}", "{S} {i}": "{SI}",
}  # fmt: skip


def templates(name: str) -> list[str]:
    """The templates of one file, line breaks undone."""
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    for slots, slot in _TOGETHER.items():
        text = text.replace(slots, slot)
    return [line.replace("\\n", "\n").replace("\\t", "\t") for line in text.splitlines() if line]


class Writer:
    """Fills templates.

    Args:
        seed: the same seed makes the same texts.
        sentences: plain sentences without names, by language, for slots that want running text.
        organisations: names to choose from besides the invented ones, by language.
    """

    def __init__(
        self,
        seed: int,
        sentences: Mapping[str, Sequence[str]],
        organisations: Mapping[str, Sequence[str]],
    ) -> None:
        self._rng = random.Random(seed)
        self._people = {
            language: People(self._rng, pool) for language, pool in organisations.items()
        }
        self._addresses = {
            language: Addresses(self._rng, people) for language, people in self._people.items()
        }
        self._sentences = sentences

    def people(self, language: str) -> People:
        """Where the names of a language come from."""
        return self._people[language]

    def documents(self, language: str, lines: Sequence[str], count: int) -> Iterable[Example]:
        """Texts of one to four templates each."""
        rng = self._rng
        for _ in range(count):
            text = ""
            spans: list[tuple[int, int, str]] = []
            for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
                part, its_spans = self.fill(rng.choice(lines), language)
                gap = "" if not text else rng.choice(("\n", "\n", " ", "\n"))
                start = len(text) + len(gap)
                text += gap + part
                spans += [(start + first, start + last, label) for first, last, label in its_spans]
            yield Example(text, tuple(spans), language, "templates")

    def fill(self, template: str, language: str) -> tuple[str, list[tuple[int, int, str]]]:
        """One template with its slots filled, and the labelled spans."""
        text = ""
        spans: list[tuple[int, int, str]] = []
        kept: dict[str, str] = {}
        at, before = 0, ""
        for slot in _SLOT.finditer(template):
            text += template[at : slot.start()]
            at = slot.end()
            name, number = slot.groups()
            value = kept.get(slot.group()) if number else None
            if value is None:
                value = self._value(name, language)
                if value is None:
                    text += slot.group()
                    continue
                kept[slot.group()] = value
            if name == "S" and before == "F" and spans and spans[-1][1] == len(text) - 1:
                spans[-1] = (spans[-1][0], len(text) + len(value), "PERSON")  # "{F} {S1}"
            elif name in _LABELS and value:
                spans.append((len(text), len(text) + len(value), _LABELS[name]))
            text += value
            before = name
        return text + template[at:], spans

    def _value(self, name: str, language: str) -> str | None:
        people, addresses, rng = self._people[language], self._addresses[language], self._rng
        makers: dict[str, Callable[[], str]] = {
            "P": lambda: people.person(language),
            "PF": lambda: people.full(language),
            "F": lambda: people.given(language),
            "S": lambda: people.family(language),
            "FS": lambda: "{} {}".format(*people.pair(language)),
            "SF": lambda: "{1} {0}".format(*people.pair(language)),
            "SCF": lambda: "{1}, {0}".format(*people.pair(language)),
            "SCFI": lambda: "{1}, {0} {2}.".format(*people.pair(language), rng.choice("ABCDEFGHJKLMR")),
            "IS": lambda: f"{rng.choice('ABCDEFGHJKLMNPRSTVW')}. {people.family(language)}",
            "SI": lambda: f"{people.family(language)} {rng.choice('ABCDEFGHJKLMNPRSTVW')}",
            "O": lambda: people.organisation(language),
            "OC": lambda: people.company(language),
            "L": lambda: people.place(language),
            "C": lambda: people.city(language),
            "K": people.country,
            "A": lambda: addresses.address(language),
            "AL": lambda: one_line(addresses.address(language)),
            "SL": lambda: addresses.street_line(language),
            "SN": lambda: _numberless(addresses.street_line(language)),
            "w": lambda: rng.choice(self._sentences[language]),
            "id": lambda: _identifier(rng),
            "n": lambda: str(rng.choice((rng.randint(1, 12), rng.randint(1, 99), rng.randint(1900, 2030), rng.randint(1, 99999)))),
            "m": lambda: rng.choice(("$", "€", "£", "USD ", "")) + f"{rng.randint(1, 900)},{rng.randint(100, 999)}.{rng.randint(10, 99)}",
            "d": lambda: _date(rng),
            "ph": lambda: _phone(rng),
            "em": lambda: f"{people.given(language)}.{people.family(language)}@{rng.choice(('example.com', 'mail.example.org', 'corp.example'))}".lower().replace(" ", ""),
            "cc": lambda: " ".join(str(rng.randint(1000, 9999)) for _ in range(4)),
            "age": lambda: str(rng.randint(1, 99)),
            "i": lambda: rng.choice("ABCDEFGHJKLMNPRSTVW"),
            "tk": lambda: "".join(rng.choice("ABCDEFGHKLMNPRSTVWXYZ") for _ in range(3)),
            "q": lambda: str(rng.randint(1, 4)),
            "cls": lambda: "".join(rng.sample(_CODE, rng.randint(1, 3))),
            "meth": lambda: rng.choice(("{0}{1}", "{0}_{2}", "{0}")).format(rng.choice(_CODE).lower(), rng.choice(_CODE), rng.choice(_CODE).lower()),
            "h": lambda: " ".join(rng.sample(_HEADINGS, rng.randint(1, 3))),
            "H": lambda: " ".join(rng.sample(_HEADINGS, rng.randint(1, 4))).upper(),
            "v": lambda: rng.choice(("review", "sign", "deliver", "provide", "return", "approve")),
            "f": lambda: people.given(language).lower(),
            "p": lambda: people.full(language).lower(),
            "o": lambda: people.organisation(language).lower(),
            "l": lambda: people.place(language).lower(),
            "al": lambda: one_line(addresses.address(language)).lower(),
        }  # fmt: skip
        if name in makers:
            return makers[name]()
        if name in _CHOICES:
            words = _CHOICES[name]
            return rng.choice(words.get(language, words["en"]))
        return None


def _numberless(street: str) -> str:
    """A street as it is written where the number is left out."""
    return re.sub(r",? *(?:n[º°.]* ?|# ?)?[0-9].*", "", street) or street


def _identifier(rng: random.Random) -> str:
    digits = str(rng.randint(10_000, 10**9))
    return rng.choice(
        (digits, f"{rng.choice('ABCDEFG')}{digits}", f"INV-{digits}", f"{rng.getrandbits(48):012x}")
    )


def _date(rng: random.Random) -> str:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1940, 2027)
    name = _MONTHS[month - 1]
    return rng.choice((f"{day}/{month}/{year}", f"{year}-{month:02}-{day:02}", f"{name} {day}, {year}",
                       f"{day} {name} {year}", f"{day:02}.{month:02}.{year}", f"{name[:3]} {day}", name, str(year)))  # fmt: skip


def _phone(rng: random.Random) -> str:
    def digits(count: int) -> str:
        return "".join(str(rng.randint(0, 9)) for _ in range(count))

    return rng.choice((f"({digits(3)}) 555-{digits(4)}", f"+{rng.randint(1, 99)} {digits(3)} {digits(3)} {digits(4)}",
                       f"{digits(3)}-555-{digits(4)}", f"0{digits(4)} {digits(6)}"))  # fmt: skip


_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_CODE = (
    "User Order Item List Map Node Request Response Handler Factory Service Client Session Config Manager Builder Parser Token Cache Queue "
    "Event Model View Controller Data Index Table Query String Buffer Stream Reader Writer Thread Task Job Worker Value Key Name Path File Widget "
    "Account Payment Invoice Customer Product Logger Error Context Provider Adapter Proxy Test Spring Java Jenkins Angular Django Flask Ruby"
).split()
_HEADINGS = (
    "Summary Introduction Overview Background Scope Objectives Results Discussion Conclusion References Appendix Definitions Payment Delivery "
    "Warranty Liability Termination Confidentiality Notices Governing Law Effective Date Term Agreement Schedule Services Fees Invoice Budget "
    "Revenue Operating Expenses Net Income Balance Sheet Cash Flow Annual Report Quarterly Review Project Timeline Milestones Risk Register Policy "
    "Procedure Security Access Control Data Protection Privacy Information Technology Human Resources Sales Marketing Customer Support Product "
    "Development Quality Assurance Test Plan Release Notes User Guide Quick Start Settings Profile Account Order Details Shipping Method Price List "
    "Contact Us Home Page Search Filter Table Contents Executive Strategy Performance Indicators Total Amount Unit Description Quantity Status "
    "Confidential Information Intellectual Property Force Majeure Entire Amendment Waiver Assignment Severability Counterparts Representations "
    "Management Board Training Safety Environment Energy Health Care Benefits Salary Position Employee Name Address Phone Email Department"
).split()
_CHOICES: dict[str, dict[str, list[str]]] = {
    "T": {
        "en": "Mr.|Mr|Mrs.|Mrs|Ms.|Ms|Dr.|Dr|Prof.|Professor|Sir|Miss|Captain|Judge|Senator|President|Sheikh|Rev.".split("|"),
    },
    "j": {
        "en": "Chief Executive Officer|CEO|CFO|Director|Managing Director|Vice President|Sales Manager|software engineer|Project Manager|account manager|"
        "General Counsel|Head of Marketing|accountant|lawyer|nurse|teacher|professor|analyst|spokesman|spokeswoman|farmer|journalist|driver|Data Scientist|"
        "Senior Consultant|HR Business Partner|Executive Assistant|Treasurer|Secretary|President|Partner|designer|economist|police officer|student|architect".split("|"),
        "de": "Geschäftsführer|Geschäftsführerin|Leiter Einkauf|Buchhalterin|Ingenieur|Projektleiter|Sachbearbeiterin|Sprecher|Rechtsanwältin|Vorstand".split("|"),
        "fr": "directeur général|directrice|comptable|ingénieur|avocate|responsable commercial|porte-parole|gérant|professeur|médecin".split("|"),
        "es": "director general|directora|contable|ingeniero|abogada|gerente|portavoz|profesor|médico|jefa de ventas".split("|"),
        "it": "direttore generale|amministratore delegato|ragioniere|ingegnere|avvocato|responsabile vendite|portavoce|medico|professoressa".split("|"),
        "nl": "directeur|boekhouder|ingenieur|advocaat|woordvoerder|projectleider|verkoopmanager|arts".split("|"),
        "pt": "diretor geral|contador|engenheira|advogado|gerente|porta-voz|professora|médico".split("|"),
        "pl": "dyrektor|księgowa|inżynier|prawnik|kierownik|rzecznik|lekarz|prezes zarządu".split("|"),
        "sv": "verkställande direktör|ekonomichef|ingenjör|advokat|projektledare|talesperson|läkare".split("|"),
        "da": "administrerende direktør|bogholder|ingeniør|advokat|projektleder|talsmand|læge".split("|"),
        "fi": "toimitusjohtaja|kirjanpitäjä|insinööri|asianajaja|projektipäällikkö|tiedottaja|lääkäri".split("|"),
    },
    "nat": {
        "en": "American British French German Chinese Japanese Korean Indian Pakistani Nigerian Kenyan Egyptian Turkish Iranian Israeli Russian Ukrainian Polish "
        "Italian Spanish Portuguese Brazilian Mexican Argentine Chilean Canadian Australian Indonesian Vietnamese Thai Filipino Malaysian South-African Ethiopian "
        "Somali Sudanese Syrian Iraqi Afghan Bangladeshi Nepalese Dutch Belgian Swiss Austrian Swedish Danish Finnish Norwegian Greek Czech Hungarian Irish".split(),
    },
    "wd": {
        "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(), "de": "Montag Dienstag Mittwoch Freitag".split(),
        "es": "lunes martes jueves viernes".split(), "fr": "lundi mardi jeudi vendredi".split(),
    },
    "month": {"en": _MONTHS},
    "role": {
        "en": "Borrower|Lender|Company|Executive|Employee|Employer|Disclosing Party|Receiving Party|Supplier|Customer|Client|Buyer|Seller|Landlord|Tenant|Licensor|"
        "Licensee|Agent|Administrative Agent|Trustee|Guarantor|Parent|Purchaser|Contractor|Consultant|Recipient|Discloser|Party|Parties|Representatives|Affiliate|"
        "Subsidiary|Shareholder|Board of Directors|Bank|Issuer|Investor|Vendor|Service Provider|User|Beneficiary|Insured|Chairman|Director|Manager".split("|"),
    },
    "tech": {
        "en": "Python|Java|JavaScript|TypeScript|Kubernetes|Docker|Jenkins|Apache Kafka|Spring Boot|React|Angular|Node.js|PostgreSQL|MySQL|Redis|Ruby on Rails|Django|Flask|"
        "Terraform|Ansible|Git|Linux|Ubuntu|Debian|Excel|PowerPoint|Outlook|Windows|Android|NumPy|pandas|TensorFlow|Scala|Rust|Go|Swift|Perl|Julia|Elixir|Grafana|Prometheus".split("|"),
    },
    "pr": {
        "en": "Laser Printer 200|Office Chair Deluxe|USB-C Cable|Wireless Mouse|Steel Bolt M8|Garden Hose|Coffee Machine Pro|Model X 500|Pump Unit 12V|LED Panel|Desk Lamp|Toner Black|"
        "Battery Pack|Cotton T-Shirt|Olive Oil Extra Virgin|Copper Pipe 15mm|Thermal Paper|Router AX3000|Smart Watch S2|Paracetamol 500 mg".split("|"),
    },
}  # fmt: skip
