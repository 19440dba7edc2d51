"""Labels that say that a person, a firm or a place stands behind them: in a line, or of a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.names.latin_features import key
from recognizers.names.latin_gazetteer import gazetteer
from recognizers.names.latin_spans import ADDRESS, ORGANIZATION, PERSON, Found
from recognizers.names.latin_words import NO_NAMES, ROLES

_SCORE = 0.8

_PERSON_LABELS = r"""
    (?:full|first|last|middle|given|family|maiden|legal|customer|client|patient|contact|employee|applicant|student|guest|passenger|member|
       account|card|holder|cardholder|beneficiary|recipient|sender|author|user|buyer|seller|owner|driver|insured|policyholder|candidate|
       billing|shipping|spouse|mother|father|manager|doctor|physician|teacher|witness|signatory|print|printed|display|real)?[ _-]?names?
    | surname | forename | patient | contact(?:[ _-]?person)? | attn | attention | employee | applicant | author | (?:prepared|approved|reviewed|signed|requested|
      submitted|written|created|checked|issued|authori[sz]ed|reported|modified|assigned|owned|sold|received)[ _-]?(?:by|to) | supervisor | line[ ]manager | guest |
      passenger | account[ _-]?holder | card[ _-]?holder | beneficiary | tenant | landlord | witness | teacher | student | assignee | requester | reporter |
      physician | attending | next[ ]of[ ]kin | emergency[ ]contact | spouse | chair | organi[sz]er | interviewer | salesperson | sales[ ]rep(?:resentative)?
    | vorname | nachname | familienname | ansprechpartner(?:in)? | sachbearbeiter(?:in)? | kontoinhaber | mieter | vermieter | zeuge | patient(?:in)? | inhaber | geschäftsführer | verfasser
    | nom(?:[ ]et[ ]prénom)? | prénom | titulaire | patiente? | demandeur | responsable | auteur
    | nombre(?:[ ]y[ ]apellidos)? | apellidos? | paciente | médico | titular | remitente | destinatario | responsable[ ]clínico | autora?
    | nome(?:[ ]completo|[ ]e[ ]cognome)? | cognome | referente | intestatario | paziente | sobrenome | apelido | contato
    | naam | voornaam | achternaam | contactpersoon | rekeninghouder | imię(?:[ ]i[ ]nazwisko)? | nazwisko | pacjent | lekarz
    | namn | förnamn | efternamn | kontaktperson | kontohavare | navn | fornavn | kontohaver | nimi | etunimi | sukunimi | yhteyshenkilö | potilas
"""
_FIRM_LABELS = r"""
    company(?:[ _-]?name)? | organi[sz]ation(?:[ _-]?name)? | employer | supplier(?:[ _-]?name)? | vendor(?:[ _-]?name)? | business[ _-]?name | firm | firma(?:[ ]name)? | unternehmen | arbeitgeber |
    entreprise | société | empresa | proveedor | azienda | ditta | bedrijf(?:snaam)? | fornecedor | företag | virksomhed | yritys | account[ ]name | legal[ ]entity
"""
_ADDRESS_LABELS = r"""
    (?:home|postal|mailing|street|billing|shipping|delivery|office|residential|permanent|current)?[ _-]?address(?:[ _-]?line)?(?:[ _-]?[12])? | street | anschrift | adresse | straße |
    domicilio | dirección | indirizzo | adres | endereço | adress | osoite | calle | via | rue | morada
"""

NAMED_PERSON = re.compile(rf"(?ximu)^[ \t>*|-]*(?:{_PERSON_LABELS})[ \t*]*:[ \t*]*")
NAMED_FIRM = re.compile(
    rf"(?ximu)^[ \t>*|-]*(?:{_FIRM_LABELS})[ \t]*:[ \t]*(?P<value>(?-i:[A-Z\u00c0-\u024f0-9])[^\n\t|;]{{1,70}}?)(?=[ \t]*(?:$|[\r\n\t|;]))"
)

_PERSON_CELL = re.compile(
    rf"(?xiu)(?:.*[ ])?(?:{_PERSON_LABELS} | (?:customer|client|manager|owner|doctor|lawyer|agent|driver|buyer|director|kunde|kundin|cliente|asiakas|klient))"
)
_FIRM_CELL = re.compile(rf"(?xiu)(?:.*[ ])?(?:{_FIRM_LABELS})")
_ADDRESS_CELL = re.compile(rf"(?xiu)(?:.*[ ])?(?:{_ADDRESS_LABELS})")
# What a name under these labels is not a person's: files, hosts, columns, products.
_OTHER_NAMES = re.compile(
    r"(?i)\b(?:file|host|domain|product|item|package|project|table|column|field|class|method|function|event|service|server|display|brand|model|sheet|font|style|"
    r"tag|key|branch|repo(?:sitory)?|job|task|step|role|group|team|department|category|color|colour|theme|app|application|module|plugin|bank|country|city|state|street|school|course)[ _-]?names?\b"
)  # fmt: skip
_NAME_LIKE = re.compile(
    r"[^\W\d_][\w'’.\u0300-\u036f-]{0,40}(?:,?[ \u00a0][^\W\d_][\w'’.\u0300-\u036f-]{0,40}){0,5}"
)
_FIRST_OR_LAST = re.compile(
    r"(?i)\b(?:first|last|given|family|middle)[ _-]?name|surname|forename|vorname|nachname|familienname|pr[eé]nom|apellidos?|cognome|voornaam|achternaam|nazwisko|imi[eę]|f[oö]rnamn|efternamn|fornavn|etunimi|sukunimi"
)
_PLACE_NUMBER = re.compile(r"[0-9]")


def names_a_person(label: str) -> bool:
    """Whether a label, its words apart, says that a person's name stands behind it."""
    return bool(_PERSON_CELL.fullmatch(label)) and not _OTHER_NAMES.search(label)


def label_prefix(labels: str) -> str:
    """A cell's nearest label as the beginning of a line, for the tagger to read."""
    nearest = labels.rpartition(" | ")[2].strip()
    return f"{nearest[:40].capitalize()}: " if nearest else ""


def labelled_cell(text: str, start: int, end: int, labels: str) -> Iterator[Found]:
    """The whole of a short cell, if its labels say what it is and it looks like that."""
    if not labels or end - start > 120:
        return
    value = text[start:end].strip()
    if len(value) < 2 or "\n" in value:
        return
    at = text.find(value, start)
    for label in reversed(labels.split(" | ")):
        entity = _entity(label.strip(), value)
        if entity:
            yield Found(at, at + len(value), entity, _SCORE)
            return


def _entity(label: str, value: str) -> str:
    if _PERSON_CELL.fullmatch(label) and not _OTHER_NAMES.search(label):
        return PERSON if _could_be_person(value, sure=bool(_FIRST_OR_LAST.search(label))) else ""
    if _FIRM_CELL.fullmatch(label):
        return (
            ORGANIZATION
            if any(char.isupper() for char in value) and key(value) not in ROLES | NO_NAMES
            else ""
        )
    if (
        _ADDRESS_CELL.fullmatch(label)
        and _PLACE_NUMBER.search(value)
        and " " in value
        and any(char.isalpha() for char in value)
        and "@" not in value
        and "://" not in value
    ):
        return ADDRESS
    return ""


def _could_be_person(value: str, *, sure: bool) -> bool:
    """Whether a cell's value can be a name: sure labels want no more than one capitalised word."""
    if not _NAME_LIKE.fullmatch(value) or any(char.isdigit() or char == "_" for char in value):
        return False
    words = [key(word) for word in re.findall(r"[^\W\d_]+", value)]
    if " ".join(words) in ROLES or all(word in ROLES or word in NO_NAMES for word in words):
        return False
    listed, _ = gazetteer()
    letters = [listed.get(word, "") for word in words]
    known = sum("F" in one or "L" in one for one in letters)
    plain = sum("W" in one for one in letters)
    capitals = sum(word[:1].isupper() for word in re.findall(r"[^\W\d_]+", value))
    if sure:
        return capitals > 0 or (known > 0 and not plain)
    if capitals == 0:
        return len(words) > 1 and known == len(words) and plain < known
    if len(words) == 1:
        return known == 1 and not plain
    return known > plain or (plain == 0 and capitals >= 2)
