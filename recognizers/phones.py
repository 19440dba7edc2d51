"""Telephone numbers of the world, without a try limit and without a pass for each region.

One pattern proposes candidates, shapes that are something else are refused, and libphonenumber's
metadata decides. It refuses what is merely a run of digits: a number counts by its ``+``, by being
written in the groups of its country, or by a word such as "phone" beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import product

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, PhoneNumberFormat
from presidio_analyzer import LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from recognizers import MATCH, NEEDS_CONTEXT

GATE = r"[0-9](?:[ \-./()]{0,4}[0-9]){6}"
"""Where this matches nowhere, there is no telephone number: a regular expression without lookaround
for whoever scans the text first."""

# Countries whose national numbers are understood, in the order in which they are tried. China
# stands in cn.yaml, with patterns of its own.
REGIONS = (
    "US", "GB", "DE", "FR", "IN", "JP", "KR", "HK", "TW", "MO", "SG", "AU", "NZ", "ES", "IT",
    "NL", "BE", "AT", "CH", "IE", "PT", "LU", "SE", "DK", "FI", "NO", "IS", "PL", "CZ", "SK",
    "HU", "RO", "BG", "GR", "HR", "SI", "EE", "LV", "LT", "MT", "CY", "BR", "MX", "AR", "CL",
    "CO", "PE", "TR", "IL", "ZA", "NG", "KE", "EG", "AE", "SA", "TH", "MY", "ID", "PH", "VN",
    "PK", "RU", "UA", "KZ",
)  # fmt: skip
# Where people write a number in groups without a 0, a bracket or a + before it, and it still looks
# like nothing else.
_PLAIN_GROUPS = frozenset({"US"})

_INTERNATIONAL = 0.9
_GROUPED = 0.6
_WITH_CONTEXT_ONLY = 0.3

_CANDIDATE = re.compile(
    r"""(?x)
    (?<![0-9A-Za-z]) (?<![0-9A-Za-z][-_./@\#\\=]) (?<![0-9][,:])
    (?: \+[ ]?\(?[1-9] | 00[1-9] | \(\+?[0-9] | [0-9]\)? )
    (?: (?:[ ] | [ ]?[-./()]{1,2}[ ]? | \)[ ]-[ ]?)? [0-9] ){6,14}
    (?:[ ,]{0,2}(?:ext\.?|x|extension|int\.?|poste|durchwahl|转|轉|分机|分機|内線|내선)[ :.]{0,2}[0-9]{1,6})?
    (?![0-9A-Za-z]) (?![-_./@\#\\:][0-9A-Za-z]) (?!,[0-9]{3}) (?![ ]?%)
    """
)
_EXTENSION = re.compile(
    r"[ ,]{0,2}(?:ext|x|int|poste|durchwahl|转|轉|分机|分機|内線|내선).*", re.DOTALL
)
_NOT_PHONES = re.compile(
    r"""(?x)
      [12][0-9]{3}([-./ ])[01]?[0-9]\1[0-3]?[0-9] .*             # 2024-01-15, with a time behind
    | [0-3]?[0-9]([-./ ])[0-3]?[0-9]\2[12][0-9]{3} .*            # 15.01.2024
    | [12][0-9]{3}[ ]?[-/.][ ]?[12][0-9]{3}                      # 2019-2024
    | (?:[12][0-9]{3}[ /-]){2,}[12][0-9]{3}                      # 2019 2020 2021
    | [0-9]{1,3}(?:\.[0-9]{1,3}){3}                             # 192.168.10.200
    | [0-9]{3}-[0-9]{2}-[0-9]{4}                                # a Social Security number
    | [0-9]{5}-[0-9]{4}                                         # ZIP+4
    | 97[89][- ].*                                              # ISBN-13
    | (?:[0-9]+\.)+[0-9]{1,2}                                   # 12345.67
    | (?:[0-9][-./ ]?){9}[0-9X] (?<=-[0-9X])                      # ISBN-10: one digit at the end
    | [0-9]{4}(?:[ -][0-9]{4}){2,}                              # a card, or a part of one
    | [0-9]{3}([./])[0-9]{3}\3[0-9]{3}[-/][0-9]{2}               # a CPF
    | 1[3-9][0-9](?:[ -]?[0-9]{4}){2}                           # a Chinese mobile: see cn.yaml
    | 4294967(?:29[4-6]|040)                                    # the largest numbers of 32 bits
    | [0-9]{3}\.[0-9]{3}-[0-9]{4}                               # DFARS 252.227-7014
    """
)
_DECIMAL = re.compile(r"\+?[0-9]+\.[0-9]+")
_SEPARATORS = re.compile(r"[^0-9]+")
_WRITTEN = re.compile(r"[-(+]")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[ .][0-9]{3})+")
_ENDS_IN_YEAR = re.compile(r"[0-9]+(?:[ ][0-9]+)*[ ](?:19|20)[0-9]{2}")
_GROUP = re.compile(r"\(\\d(?:\{([0-9]+)(?:,([0-9]+))?\})?\)")
_FEWEST_UNLABELLED = 10  # one less with a trunk 0
_MOST_GROUPS = 6


class WorldPhones(LocalRecognizer):
    """Finds ``PHONE_NUMBER``.

    Args:
        supported_language: Presidio's language code.
    """

    name: str
    gate = _CANDIDATE
    """Where this matches nowhere, nothing is found."""

    def __init__(self, supported_language: str = "en") -> None:
        super().__init__(
            ["PHONE_NUMBER"], name="phone number", supported_language=supported_language
        )

    def load(self) -> None:
        """Nothing to load: metadata is read region by region."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Find telephone numbers."""
        del entities, nlp_artifacts
        return [self._result(start, end, score) for start, end, score in _numbers(text)]

    def _result(self, start: int, end: int, score: float) -> RecognizerResult:
        metadata = {
            RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
            MATCH: (start, end),
            NEEDS_CONTEXT: score == _WITH_CONTEXT_ONLY,
        }
        return RecognizerResult("PHONE_NUMBER", start, end, score, recognition_metadata=metadata)


def _numbers(text: str) -> Iterator[tuple[int, int, float]]:
    """Start, end and score of each number.

    What stands beside a number may look like a part of it: "Suite 12 (212) 555-0134 2024". So
    unless a candidate convinces, it is tried without its last words, then without its first.
    """
    at = 0
    while match := _CANDIDATE.search(text, at):
        start, at = match.span()
        length, score = _best_beginning(match.group())
        if score:
            at = start + length
            yield start, at, score
        first, space, rest = match.group().partition(" ")
        if score < _GROUPED and space and _WRITTEN.search(rest):
            at = start + len(first) + 1


def _best_beginning(candidate: str) -> tuple[int, float]:
    """How long the best number is that the candidate begins with, and its score, or zeros."""
    best = (len(candidate), _worth(candidate))
    while best[1] < _GROUPED:
        candidate = candidate.rpartition(" ")[0].rstrip(" -./(")
        if not candidate:
            break
        score = _worth(candidate)
        if score and not _WRITTEN.search(candidate):
            score = _WITH_CONTEXT_ONLY  # groups of digits in a row are a table
        best = max(best, (len(candidate), score), key=lambda pair: pair[1])
    return best if best[1] else (0, 0.0)


@lru_cache(maxsize=2048)
def _worth(candidate: str) -> float:
    """The score of a candidate; 0 if it is no telephone number."""
    written = _EXTENSION.sub("", candidate)
    if written.count("(") != written.count(")"):
        return 0.0
    digits = _SEPARATORS.sub("", written)
    groups = [group for group in _SEPARATORS.split(written) if group]
    if _DECIMAL.fullmatch(written):
        return 0.0
    if written.lstrip("(").startswith(("+", "00")):
        number = _parse("+" + digits.removeprefix("00"), None)
        grouped = len(groups) > 1 or "+" in written
        if number:
            return _INTERNATIONAL if grouped else _WITH_CONTEXT_ONLY
        # A country may have handed out numbers that the metadata does not know yet.
        return _GROUPED if "+" in written and len(groups) > 1 and _possible(digits) else 0.0
    if len(groups) > _MOST_GROUPS or _NOT_PHONES.fullmatch(written):
        return 0.0
    if len(groups) > 1 and min(map(len, groups[1:])) < 2:
        return 0.0
    long_enough = len(digits) >= _FEWEST_UNLABELLED - digits.startswith("0")
    sums = _THOUSANDS.fullmatch(written) or _ENDS_IN_YEAR.fullmatch(written)
    if len(groups) > 1 and long_enough and not sums:
        marked = digits.startswith("0") or "(" in written
        if any(groups in _ways_to_group(number) for number in _national(groups, marked=marked)):
            return _GROUPED
    return _WITH_CONTEXT_ONLY if _plans().fullmatch(digits) else 0.0


def _national(groups: list[str], *, marked: bool) -> Iterator[PhoneNumber]:
    """The numbers that these groups of digits can be in the known regions."""
    digits = "".join(groups)
    for region in _regions_by_shape().get(tuple(map(len, groups)), ()):
        if (marked or region in _PLAIN_GROUPS) and _plan(region).fullmatch(digits):
            number = _parse(digits, region)
            if number:
                yield number


def _parse(digits: str, region: str | None) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _possible(digits: str) -> bool:
    """Whether a country's numbers have that length."""
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse("+" + digits, None)))
    except NumberParseException:
        return False


def _ways_to_group(number: PhoneNumber) -> list[list[str]]:
    """Groups of digits in which the number is written in its country."""
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    foreign = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    ways = [_SEPARATORS.split(national.strip("() ")), _SEPARATORS.split(foreign.strip("+"))]
    return [*ways, ways[1][1:], ["0", *ways[1][1:]]]


@cache
def _plans() -> re.Pattern[str]:
    """All plans in one."""
    return re.compile("|".join(f"(?:{_plan(region).pattern})" for region in REGIONS))


@cache
def _plan(region: str) -> re.Pattern[str]:
    """All valid national numbers of a region, with or without the trunk prefix or country code."""
    metadata = _metadata(region)
    prefix = f"(?:{metadata.national_prefix})?" if metadata.national_prefix else ""
    numbers = metadata.general_desc.national_number_pattern if metadata.general_desc else None
    return re.compile(f"(?:{metadata.country_code})?{prefix}(?:{numbers or '(?!)'})")


@cache
def _regions_by_shape() -> dict[tuple[int, ...], list[str]]:
    """The regions that write some number in groups of these sizes: a quick refusal of tables."""
    found: dict[tuple[int, ...], list[str]] = {}
    for region in REGIONS:
        metadata = _metadata(region)
        # A country that shares its code with another has the formats of the other.
        main = phonenumbers.region_code_for_country_code(metadata.country_code or 0)
        forms = metadata.number_format or _metadata(main).number_format
        shapes = {shape for form in forms for shape in _shapes(form.pattern or "")}
        code, trunk = len(str(metadata.country_code)), len(metadata.national_prefix or "")
        for first, *rest in shapes:
            ways = {(first, *rest), (code, first, *rest)}
            if trunk:
                ways |= {(first + trunk, *rest), (trunk, first, *rest)}
            for way in ways:
                found.setdefault(way, []).append(region)
    return found


def _shapes(pattern: str) -> set[tuple[int, ...]]:
    r"""Sizes of the groups of a format such as ``(\d{2,4})(\d{3})(\d{4})``."""
    sizes = [
        range(int(least or 1), int(most or least or 1) + 1)
        for least, most in _GROUP.findall(pattern)
    ]
    return set(product(*sizes)) if sizes else set()


def _metadata(region: str) -> PhoneMetadata:
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None:
        raise LookupError(f"libphonenumber knows no region {region}")
    return metadata
