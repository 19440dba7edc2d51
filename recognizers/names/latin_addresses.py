"""Postal addresses by their shape, and addresses put together from their parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from recognizers.names.latin_spans import ADDRESS, LOCATION, Found

_SCORE = 0.75

_U = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0141\u015a\u0160\u017b\u017d\u010c\u0158"
_WORD = rf"[{_U}][\w'’.-]{{0,25}}"  # bounded: a text without spaces must not cost its square
_ENGLISH_TYPE = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Av|Boulevard|Blvd|Lane|Ln|Drive|Dr|Way|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Crescent|Cres|Close|Parkway|Pkwy|"
    r"Highway|Hwy|Circle|Cir|Trail|Trl|Grove|Gardens|Row|Walk|Mews|Plaza|Alley|Loop|Quay|Wharf|Turnpike|Pike|Expressway|Broadway|Esplanade|Nagar|Marg|Salai)"
)
_UNIT = r"(?:(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|Room|Rm|Bldg|Building|Level|Lot|Office|Shop|Block|Blk|Tower)\.?[ ]?(?:No\.?[ ]?)?[#]?[0-9A-Z][\w-]{0,6}|\#[ ]?[0-9A-Z][\w-]{0,8}|[0-9]{1,2}(?:st|nd|rd|th)[ ][Ff]loor)"
_NUMBER = r"(?:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|ONE|TWO|THREE|[0-9]{1,6}[A-Za-z]?(?:[-/][0-9]{1,5}[A-Za-z]?)?)"

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # 742 Evergreen Terrace, Apt. 4; Flat 2, 10 Station Road
        rf"""(?x)(?<![\w.,$€£#/-])(?:{_UNIT},[ ]|{_WORD}[ ]House,[ ])?{_NUMBER},?[ ](?:(?:[NSEW]|NE|NW|SE|SW)\.?[ ])?
             (?:(?:{_WORD}|[0-9]{{1,3}}(?:st|nd|rd|th)|of|the|de|la)[ ]){{1,4}}{_ENGLISH_TYPE}(?![\w’'])\.?(?:[ ](?:[NSEW]|NE|NW|SE|SW|North|South|East|West)(?![\w’'])\.?)?
             (?:,?[ \n]{_UNIT})?""",
        # PO Box 123
        r"(?<![\w])(?:P\.?[ ]?O\.?[ ]?Box|Post Office Box|GPO Box|Postfach|Postbus|Apartado(?: de Correos)?|Boîte [Pp]ostale|Caixa Postal|Casella Postale|Postboks|Private Bag)[ ]#?[0-9][0-9 ]{0,6}[0-9]?(?!\w)",
        # Hauptstraße 12a; Keizersgracht 10; Storgatan 5
        rf"""(?x)(?<![\w])(?:[{_U}][\w.]{{0,20}}[ -]){{0,2}}[{_U}]\w{{0,25}}(?:-\w{{0,20}})?(?:straße|strasse|str\.|weg|platz|allee|gasse|ufer|damm|chaussee|straat|laan|plein|gracht|kade|gatan|vägen|gade|vej|katu|kuja|polku|stræde|torget)
             [ ][0-9]{{1,4}}(?:[ ]?[a-zA-Z](?![\w]))?(?:[-/][0-9]{{1,4}})?(?![\w.]\w)""",
        rf"(?<![\w])(?:Am|An der|Auf der|Im|Unter den|Zum|Zur)[ ]{_WORD}(?:[ ]{_WORD})?[ ][0-9]{{1,3}}[a-z]?(?=,[ ](?:D-)?[0-9]{{5}}[ ])",
        # 12 bis, rue de la Paix; Calle Mayor 5, 2º B; Via Roma, 10; ul. Długa 5/7; Rua Augusta, 100
        rf"""(?x)(?<![\w.,])[0-9]{{1,4}}(?:[ ]?(?:bis|ter|quater|[A-D])(?!\w))?,?[ ](?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Bb]d|[Aa]v\.|[Pp]lace|[Cc]hemin|[Ii]mpasse|[Qq]uai|[Aa]llée|[Cc]ours|[Rr]oute|[Ss]quare|[Pp]assage|[Ff]aubourg)
             [ ](?:(?:de|du|des|la|le|les|d|l|à|en|au|aux)(?:['’]|[ ])){{0,3}}{_WORD}(?:[ -](?:(?:de|du|des|la|le|les|et)[ ]){{0,2}}{_WORD}){{0,4}}""",
        rf"""(?x)(?<![\w])(?:[Cc]alle|C/|[Aa]venida|[Aa]vda\.?|Av\.|[Pp]laza|[Pp]aseo|[Cc]amino|[Rr]onda|[Cc]arretera|[Tt]ravesía|[Vv]ia|[Vv]iale|[Cc]orso|[Pp]iazza|[Ll]argo|[Vv]icolo|R(?:ua|\.)|[Tt]ravessa|[Aa]lameda|[Pp]raça|
             [Uu]l\.|[Aa]l\.|[Pp]l\.|[Oo]s\.|[Uu]lica|[Aa]leja)[ ](?:(?:de|del|la|las|los|el|dos|das|do|da|di|dei|della|e|y)[ ]){{0,3}}{_WORD}(?:[ ](?:(?:de|del|la|las|los|el|dos|das|do|da|di|dei|della|e|y)[ ]){{0,3}}{_WORD}){{0,4}}
             ,?[ ](?:n[º°.]?[ ]?|nº[ ]|\#[ ]?)?(?:[0-9]{{1,5}}(?:[ ]?[A-Za-z](?!\w))?(?:[-/][0-9]{{1,4}})?|s/n)(?:,?[ ](?:piso[ ])?[0-9]{{1,2}}(?![\w-])[ºª°]?[ ]?(?:[A-Z](?!\w))?)?(?![\w]|\.[0-9])""",
    )
)
# What may follow a street: postcodes with towns, states, countries.
_TOWN = rf"(?:St\.[ ])?[{_U}][\w'’-]{{0,25}}"
_BREAK = r"(?:,?[ ]|,?[ ]?\n[ ]?,?[ ]?|[ ]-[ ])"
_TAILS = tuple(
    re.compile(f"(?x){_BREAK}{pattern}")
    for pattern in (
        # Springfield, IL 62704; Portland, OR 97201-1234, USA
        rf"(?:{_TOWN}(?:[ -]{_TOWN}){{0,3}},?[ \n]+)?[A-Z]{{2,3}},?[ ]+[0-9]{{4,6}}(?:-[0-9]{{4}})?(?![\w-])(?:,[ ](?:USA|U\.S\.A\.|United[ ]States))?",
        # Springfield Illinois 62704, on the same line
        rf"(?<!\n)(?:{_TOWN}(?:[ -]{_TOWN}){{0,3}},?[ ]+){{0,2}}[0-9]{{5,6}}(?:-[0-9]{{4}})?(?![\w-])",
        # 10115 Berlin; 00-238 Warszawa; 1015 CS Amsterdam; 111 22 Stockholm; 75002 Paris Cedex 08
        rf"""(?!(?:19|20)[0-9]{{2}}[ ])(?:(?:D|F|A|CH|B|DK|SE|FI|I|E|L)-)?(?:[0-9]{{2}}-[0-9]{{3}}|[0-9]{{3}}[ ][0-9]{{2}}|[0-9]{{4}}[ ]?[A-Z]{{2}}|[0-9]{{4,5}}(?:-[0-9]{{3}})?)
            [ ]{_TOWN}(?:[ -](?:(?:am|an|der|de|la|le|sur|sous|en|do|da|del)[ -]){{0,2}}{_TOWN}){{0,2}}(?:[ ]Cedex(?:[ ][0-9]{{1,2}})?|[ ]\([A-Z]{{2}}\))?""",
        # London SW1A 1AA, UK
        rf"(?:{_TOWN}(?:[ -]{_TOWN}){{0,2}},?[ \n]+)?[A-Z]{{1,2}}[0-9][0-9A-Z]?[ ][0-9][A-Z]{{2}}(?!\w)(?:,[ ](?:UK|United[ ]Kingdom|England))?",
        rf"{_UNIT}(?=[,\n]|$)",
    )
)
_GLUE = re.compile(
    r"(?:[ ]?,[ ]?|[ ]|[ ]?,?[ ]?\n[ ]?,?[ ]?|[ ]-[ ]|,[ ]?[A-Z]{2}[ ]|[ ][A-Z]{2}[ ])"
)
_FEWEST = 5
_HOUSE_NAME = 50
# The name of a house, with which an address may begin.
_HOUSE = re.compile(
    rf"(?<!\w)(?:The )?(?:{_WORD} ){{1,2}}(?:House|Cottage|Rectory|Vicarage|Farm|Lodge|Barn|Hall|Mill|Manor|Villa|Tower|Towers|Building|Centre|Estate|Park|Works|Mansions|Chambers),?[ \n]\Z"
)


def addresses(text: str) -> Iterator[Found]:
    """Streets with numbers and post boxes."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield Found(match.start(), match.end(), ADDRESS, _SCORE)


def joined_addresses(text: str, spans: Sequence[Found]) -> list[Found]:
    """The spans with each address made whole: unit, postcode and town belong to it.

    Where the tagger took the postcode for a place by itself, as clinical reports have it, the
    address ends before it; a town without a postcode stays a place.

    Args:
        text: where they stand.
        spans: in order, none overlapping another.
    """
    kept: list[Found] = []
    for place, span in enumerate(spans):
        last = kept[-1] if kept else None
        if last and span.start < last.end:
            if span.end > last.end:
                kept[-1] = replace(last, end=span.end)
        elif span.label == ADDRESS and _is_numbered(text, span):
            if house := _HOUSE.search(text, max(0, span.start - _HOUSE_NAME), span.start):
                span = replace(span, start=house.start())  # noqa: PLW2901
                while kept and kept[-1].start >= span.start:
                    kept.pop()
                last = kept[-1] if kept else None
            if last and last.label == ADDRESS and _GLUE.fullmatch(text, last.end, span.start):
                kept.pop()
                span = replace(span, start=last.start, score=max(span.score, last.score))  # noqa: PLW2901
            following = spans[place + 1] if place + 1 < len(spans) else None
            kept.append(_with_tail(text, span, following))
        else:
            kept.append(span)
    return kept


def _is_numbered(text: str, span: Found) -> bool:
    return any(char.isdigit() for char in text[span.start : span.end])


def _with_tail(text: str, span: Found, following: Found | None) -> Found:
    for _ in range(2):  # a unit first, then a town
        ends = [tail.end() for pattern in _TAILS if (tail := pattern.match(text, span.end))]
        longest = max(ends, default=span.end)
        if longest - span.end < _FEWEST:
            break
        if (
            following
            and following.start < longest
            and following.label not in (ADDRESS, LOCATION)
            and not _is_numbered(text, following)
        ):
            break
        if following and following.start < longest and text[following.start].isdigit():
            break
        span = replace(span, end=longest)
    return span
