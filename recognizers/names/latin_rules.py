"""Names that a document gives away by its form: company suffixes, titles, greetings, mail headers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.names.latin_features import key
from recognizers.names.latin_gazetteer import gazetteer
from recognizers.names.latin_labels import NAMED_FIRM, NAMED_PERSON
from recognizers.names.latin_spans import ORGANIZATION, PERSON, Found
from recognizers.names.latin_words import (
    CALENDAR,
    NO_NAMES,
    ORGANISATION_WORDS,
    ROLES,
    STREET_WORDS,
    word_set,
)

_TITLED = 0.85
_COMPANY = 0.85
_LETTER = 0.8

_U = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0100\u0102\u0104\u0106\u010c\u010e\u0110\u0112\u0118\u011a\u011e\u0130\u0139\u013d\u0141\u0143\u0147\u0150\u0158\u015a\u015e\u0160\u0162\u0164\u016e\u0170\u0178\u0179\u017b\u017d"
_PARTICLE = r"(?:van|von|der|den|de|del|della|di|da|dos|das|du|la|le|bin|ibn|bint|al|el|ter|ten|zu|y|e|af|av)"
_NAME_WORD = rf"(?:[{_U}](?:\.|[\w'’\u0300-\u036f]{{0,25}}(?:-[\w'’]{{1,25}}){{0,3}}))"
_NAME = rf"{_NAME_WORD}(?:[ \u00a0](?:{_PARTICLE}[ ]){{0,2}}{_NAME_WORD}){{0,4}}"

_TITLE = re.compile(
    rf"""(?x)(?<![\w.])(?:
      (?:Mr|Mrs|Ms|Mx|Dr|Prof|Messrs|Rev|Hon|Capt|Lt|Sgt|Herrn?|Frau|Mme|Mlle|Sr|Sra|Srta|Dña|Dra|Sig|Sig\.ra|Dott|Dott\.ssa|Avv|Ing|Lic|Dhr|Mevr|Mw|Pan|Pani|Hr|Fru)
      (?:\.[ \u00a0]?|[ \u00a0]) (?:(?:Dr|Prof|med|h\.c|Dipl|-Ing|Mag|iur)\.[ -]?){{0,4}}
      | (?:Señora?|Monsieur|Madame|Mademoiselle|Maître|Signora?|Senhora?|Meneer|Mevrouw|de[ ]heer|Professor|Professora|Sheikh|Judge|Senator|Miss)[ \u00a0]
    )(?P<name>{_NAME})"""
)  # fmt: skip
_GREETING = re.compile(
    rf"""(?xm)^[ \t>]*(?:Dear|Hi|Hello|Hey|Good[ ](?:morning|afternoon|evening)|Liebe[r]?|Hallo|Sehr[ ]geehrte[r]?[ ](?:Herr|Frau)|Bonjour|Ch[eè]re?|Hola
      |Estimad[oa]|Querid[oa]|Ciao|Gentile|Car[oa]|Beste|Hoi|Olá|Oi|Prezad[oa]|Cześć|Drog[ia]|Hej|Bästa|Kære|Hei|Hyvä|Moi)
      ,?[ \u00a0]+(?P<name>{_NAME})(?=[ \t]*(?:[,!:;.–—-]|\r?$|[ ]and[ ]|[ ]&))"""
)  # fmt: skip
_CLOSING = re.compile(
    rf"""(?xmi)^[ \t>]*(?:(?:best|kind|warm|with[ ]kind|with[ ]best)?[ ]?(?:regards|wishes)|(?:yours[ ])?(?:sincerely|faithfully|truly)(?:[ ]yours)?|thanks(?:[ ]again)?|thank[ ]you|many[ ]thanks|cheers|best
      |mit[ ](?:freundlichen|besten)[ ]grüßen|(?:viele|liebe|beste)[ ]grüße|cordialement|bien[ ]à[ ]vous|atentamente|(?:un[ ])?(?:cordial[ ])?saludos?
      |cordiali[ ]saluti|distinti[ ]saluti|met[ ]vriendelijke[ ]groet(?:en)?|atenciosamente|z[ ]poważaniem|med[ ]vänliga[ ]hälsningar|med[ ]venlig[ ]hilsen|ystävällisin[ ]terveisin)
      [ \t]*[,.!]?[ \t]*\r?\n(?:[ \t]*\r?\n)?[ \t>]*(?-i:(?P<name>{_NAME}))(?=[ \t]*(?:[,|(\n\r]|$))"""
)  # fmt: skip
_MAILBOX = re.compile(
    rf"""(?x)(?P<name>{_NAME}(?:,[ ]{_NAME})?)["']?[ ]?<[^<>@\s]{{1,64}}@[^<>\s]{{1,200}}>"""
)
_SIGNED = re.compile(rf"/s/[ ]?(?P<name>{_NAME})")

_STRONG = r"""Inc|INC|Incorporated|INCORPORATED|LLC|L\.L\.C|Ltd|LTD|Limited|LIMITED|Corp|CORP|Corporation|CORPORATION|LLP|L\.L\.P|L\.P|PLC|plc|P\.C
  |GmbH(?:[ ]&[ ]Co\.?[ ]KG(?:aA)?)?|GMBH|KGaA|e\.V|mbH|National[ ]Association|NATIONAL[ ]ASSOCIATION|S\.A(?:\.S|\.R\.L|\.U|\.B)?(?:\.?[ ]de[ ]C\.V)?|S\.p\.A|SpA|S\.r\.l|Srl|S\.R\.L|S\.L(?:\.U)?|S\.à[ ]r\.l|SARL|SASU
  |B\.V|N\.V|N\.A|V\.O\.F|Ltda|LTDA|Lda|Oyj?|OYJ?|A/S|ApS|Pte|PTE|Pty|PTY|Sdn\.?[ ]Bhd|Sp\.[ ]z[ ]o\.?[ ]?o|K\.K|Co|CO|Company|COMPANY|Pvt|LP"""
_WEAK = r"AB|AG|SA|SE|AS|KG|SL|BV|NV|SAS|OHG|UG|d\.o\.o|s\.r\.o|a\.s|Kft|Nyrt|SpA|Holdings|Bhd|HB|Trust|Bank|Partners"
_SUFFIX = re.compile(
    rf"""(?x)(?<=[\w.)'’\]&][ ,\n\u00a0])[ ]?(?P<suffix>(?:{_STRONG}|{_WEAK})(?![\w’'])(?![ ]?:)\.?(?:,?[ \n](?:&[ ])?(?:{_STRONG})(?![\w’'])\.?){{0,2}})"""
)  # fmt: skip
_BEFORE = 110
_FULL_LINE = 50  # characters: a shorter line was ended on purpose
_WORD_BEFORE = re.compile(r"[^\s]+")
_CONNECTORS = word_set("of de del la du des di für for van et")
_STOPS = word_set("""
    between among by and with to from this that these whereas dated agreement is are was were has have had said at in on as an
    a if when while after before since our your their his her its we i you he she they it also however both either neither
    dear subject re attn attention client customer supplier vendor copyright
""")


_CAPS_NAME = rf"[{_U}0-9][{_U}0-9&'’.-]*(?:,?[ ](?:[{_U}0-9&][{_U}0-9&'’.-]*|of|the|and)){{1,8}}"
# Who signs: "ACME BANK, as a Lender", or the line above "By:".
_PARTY = re.compile(
    rf"""(?xm)^[ \t]*(?P<name>{_CAPS_NAME})(?:,?[ ]as[ ](?:an?[ ]|the[ ])?(?:[A-Z][\w-]+[ ]?){{1,4}}[ \t]*\r?$|[ \t]*\r?\n(?:[ \t]*\r?\n)?[ \t]*(?:By|BY)[ ]?:)"""
)


def ruled(text: str) -> Iterator[Found]:
    """Spans that rules vouch for; they may overlap."""
    yield from _companies(text)
    yield from _people(text)
    if ":" in text:
        yield from _labelled(text)


def _people(text: str) -> Iterator[Found]:
    for match in _TITLE.finditer(text):
        if not _is_word(match["name"]):
            yield Found(*match.span("name"), PERSON, _TITLED)
    for pattern in (_GREETING, _CLOSING):
        for match in pattern.finditer(text):
            if like_a_person(match["name"]):
                yield Found(*match.span("name"), PERSON, _LETTER)
    for match in _MAILBOX.finditer(text) if "@" in text else ():
        if not _is_role(match["name"]):
            yield Found(*match.span("name"), PERSON, _LETTER)
    for match in _SIGNED.finditer(text) if "/s/" in text else ():
        yield Found(*match.span("name"), PERSON, _TITLED)


def like_a_person(value: str) -> bool:
    """Whether a few words by themselves look like a person's name."""
    words = [key(word) for word in re.findall(r"[^\W\d_]+", value)]
    if not words or len(words) > 6 or any(char.isdigit() for char in value) or _is_role(value):
        return False
    listed, _ = gazetteer()
    letters = [listed.get(word, "") for word in words]
    known = sum("F" in one or "L" in one for one in letters)
    plain = sum("W" in one and not ("F" in one and len(words) == 1) for one in letters)
    if len(words) == 1:
        return known == 1 and not plain and words[0] not in CALENDAR
    return known > 0 and plain * 2 <= len(words) and known >= plain


def _is_role(value: str) -> bool:
    words = [key(word) for word in re.findall(r"[^\W\d_]+", value)]
    return " ".join(words) in ROLES or all(
        word in ROLES or word in NO_NAMES or word in CALENDAR for word in words
    )


def _is_word(value: str) -> bool:
    """A single plain word behind something like a title ("Sr Manager", "Pan American")."""
    words = [key(word) for word in re.findall(r"[^\W\d_]+", value)]
    listed, _ = gazetteer()
    letters = listed.get(words[0], "") if words else "W"
    return _is_role(value) or ("W" in letters and "L" not in letters and "F" not in letters)


def _labelled(text: str) -> Iterator[Found]:
    for match in NAMED_PERSON.finditer(text):
        name = re.compile(_NAME).match(text, match.end())
        if name and like_a_person(name.group()):
            yield Found(*name.span(), PERSON, _LETTER)
    for match in NAMED_FIRM.finditer(text):
        start, end = match.span("value")
        if not _is_role(match["value"]):
            yield Found(start, end, ORGANIZATION, _LETTER - 0.1)


def _companies(text: str) -> Iterator[Found]:
    for match in _PARTY.finditer(text) if ":" in text else ():
        if not _is_role(match["name"]):
            yield Found(*match.span("name"), ORGANIZATION, _COMPANY)
    for match in _SUFFIX.finditer(text):
        start = _name_start(text, match.start("suffix"), weak=_is_weak(match["suffix"]))
        if start is not None:
            yield Found(start, match.end("suffix"), ORGANIZATION, _COMPANY)


def _is_weak(suffix: str) -> bool:
    return re.fullmatch(_WEAK, suffix.rstrip(".")) is not None


def _name_start(text: str, end: int, *, weak: bool) -> int | None:
    """Where the name before a suffix begins, or ``None`` if there is none."""
    begins = max(0, end - _BEFORE)
    words = list(_WORD_BEFORE.finditer(text, begins, end))[-8:]
    start: int | None = None
    solid = 0
    for place, match in reversed(list(enumerate(words))):
        bare = match.group().strip("\"'“”‘’()[],;:")
        gap = text[match.end() : end if start is None else start]
        if "\n" in gap and not _is_wrapped(text, match.end()):
            break
        if not bare or _ends_before(match.group(), bare, nearest=start is None):
            break
        if key(bare) in _STOPS or (weak and bare.isupper() and len(bare) > 4):
            break
        if bare[0].isupper() or bare[0].isdigit():
            solid += any(char.isalpha() for char in bare)
            start = match.start() + match.group().find(bare)
        elif not _connects(bare, words[place - 1].group() if place else ""):
            break
        if match.group()[0] in "(“[" or match.group().startswith('"'):
            break
    if start is None or not solid:
        return None
    name = text[start:end].strip(" ,\n")
    lead = re.match(r"(?:(?:the|The|THE|of|Of|OF|for|&)\s+)+", name)
    if lead:
        start += lead.end()
        name = name[lead.end() :]
    return None if not name or _is_role(name) or _only_streets(name) else start


def _connects(word: str, before: str) -> bool:
    """Whether a small word stands within a name: "&" always, "of" behind "Bank" or "University"."""
    return word in "&+" or (word in _CONNECTORS and key(before) in ORGANISATION_WORDS)


def _ends_before(word: str, bare: str, *, nearest: bool) -> bool:
    """Whether something ends with the word, so that it is no part of the name behind it."""
    if nearest:  # only a comma may stand before the suffix
        return word[-1] in ";:!?" or (word[-1] == "." and len(bare) > 5)
    return word[-1] in ',;:)"”.!?' and not re.fullmatch(rf"[{_U}][\w.]{{0,3}}\.", bare)


def _is_wrapped(text: str, end: int) -> bool:
    """Whether a line ends here because it was full, and not because something ended."""
    begins = max(0, end - _FULL_LINE)
    return end >= _FULL_LINE and "\n" not in text[begins:end]


def _only_streets(name: str) -> bool:
    words = [key(word) for word in re.findall(r"[^\W\d_]+", name)]
    return not words or all(word in STREET_WORDS or word in _STOPS for word in words)
