r"""Dates and times as people write them, in English, Chinese and eight more languages.

Two Presidio recognisers made of patterns: :class:`DateTimeRecognizer` for any date, and
:class:`BirthDateRecognizer` for the date behind a word such as "born". The patterns are put
together from named parts below; a date in digits must be a day of the calendar. Everything is
case-sensitive, so that "may" and "march" in a sentence are verbs.

Not dates: versions, ratios, section numbers, amounts, parts of an IP address. What could be either
scores low and counts only beside a context word.

Sources: ISO 8601-1 (numeric forms), RFC 5322 §3.3 and RFC 9110 §5.6.7 (mail and HTTP dates),
GB/T 15835 (Chinese numerals in dates), Unicode CLDR (month names).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from presidio_analyzer import Pattern, PatternRecognizer

from recognizers.vocabulary import one_of, words

_START = r"(?<![0-9A-Za-z_])"
_END = r"(?![0-9A-Za-z_])"
# Digits that a longer number goes on with: 1.2.3.4, 12/03/2024/7, 555-0134-22.
_NUMBER_START = r"(?<![0-9A-Za-z_])(?<![0-9A-Za-z][./-])(?<![$€£¥#])"
_NUMBER_END = r"(?![0-9A-Za-z_%])(?![./-][0-9])"
_NOT_VERSION = r"(?<![vV=^~@])(?<!ersion[ :])(?<!elease[ :])(?<!uild[ :])(?<!版本)(?<!== )(?<!>= )"

_YEAR = r"(?:1[0-9]|20)[0-9]{2}"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_MONTH_2 = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
_DAY_2 = r"(?:0[1-9]|[12][0-9]|3[01])"
_NTH = r"(?: ?(?:st|nd|rd|th|ST|ND|RD|TH))?"

_HALF = r"(?:[AaPp](?:\.[Mm]\.?|[Mm])(?![A-Za-z]))"
_CLOCK = r"(?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
_ZONE = r"(?: ?(?:Z|UTC|GMT|[ECMP][SD]T|CES?T|BST|JST|[+-][0-2][0-9]:?[0-5][0-9])(?![0-9A-Za-z]))?"
_TIME = rf"(?:{_CLOCK}(?: ?{_HALF})?|[01]?[0-9]\.[0-5][0-9] ?{_HALF}){_ZONE}"
_HOUR = rf"(?:1[0-2]|0?[1-9]) ?{_HALF}"
# A time behind a date belongs to it.
_AT = rf"(?:(?:,? at |, ?| ?@ ?| um |T|[ \t])(?:{_TIME}|{_HOUR}))?"

_FULL_MONTHS = words("January February April June July August September October November December")
_SHORT_MONTHS = words("Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec")
_AMBIGUOUS_MONTHS = ["March", "MARCH", "May", "MAY"]  # in small letters they are verbs
_FOREIGN_MONTHS = words(
    # de, nl; fr; es; it; pt; sv, da. What English has already is left out.
    "Januar Jänner Februar März Mai Juni Juli Oktober Dezember Jän Mrz Okt Dez "
    "januari februari maart mei augustus oktober "
    "janvier février fevrier mars avril mai juin juillet août aout septembre octobre novembre "
    "décembre decembre "
    "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre "
    "diciembre "
    "gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre "
    "janeiro fevereiro março maio junho julho setembro outubro novembro dezembro "
    "januar februar marts juni juli augusti december"
)


_NAMED = one_of(
    [form for month in _FULL_MONTHS for form in (month, month.upper(), month.lower())]
    + [form for month in _SHORT_MONTHS for form in (month, month.upper())]
    + _AMBIGUOUS_MONTHS
)
_WHOLE = one_of(
    [form for month in _FULL_MONTHS for form in (month, month.upper())] + _AMBIGUOUS_MONTHS
)
_FOREIGN = one_of(
    [form for month in _FOREIGN_MONTHS + _FULL_MONTHS for form in (month, month.title())]
)
_WEEKDAYS = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_WEEKDAY = one_of([form for day in _WEEKDAYS for form in (day, day.upper())])
_ANY_WEEKDAY = one_of(
    words(
        """Monday Tuesday Wednesday Thursday Friday Saturday Sunday
        Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun
        Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag
        lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes jueves viernes"""
    )
)
_LED = rf"(?:{_ANY_WEEKDAY}\.?,? (?:the |den |le )?)?"

_ZH_DIGIT = "[〇零○一二三四五六七八九]"
_ZH_NUMBER = "[一二三四五六七八九十廿卅]{1,3}"
_ZH_PART = "(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|午夜|晚|上午的|下午的)"
_ZH_HOUR = "(?:[01]?[0-9]|2[0-4]|[一二三四五六七八九十两]{1,3})"
_ZH_MINUTE = "(?:半|整|[一三]刻|(?:[0-5]?[0-9]|[一二三四五六七八九十零]{1,3})分(?:[0-5]?[0-9]秒)?)"
_ZH_TIME = (
    rf"(?:{_ZH_PART} ?(?:{_CLOCK}|{_ZH_HOUR} ?[点點时時](?: ?{_ZH_MINUTE})?)"
    rf"|{_ZH_HOUR} ?[点點时時] ?{_ZH_MINUTE}|{_CLOCK})"
)
_ZH_WEEKDAY = "(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]"
_ZH_AFTER_DATE = (
    rf"(?: ?[(（]?(?:{_ZH_WEEKDAY})[)）]?)?(?: ?(?:{_ZH_TIME}|{_ZH_PART}|[01]?[0-9]时))?"
)
_ZH_YEAR = rf"(?:(?:(?:公元|民国|民國) ?)?(?<![0-9A-Za-z])(?:{_YEAR}|{_ZH_DIGIT}{{4}}))"
_ZH_MONTH = rf"(?:{_MONTH}|{_ZH_NUMBER}) ?(?:月份?|월)"
_ZH_DAY = rf"(?:{_DAY}|{_ZH_NUMBER}) ?(?:[日号號]|일)"

_DIGITS = re.compile(r"[0-9]+")
_NUMERIC = re.compile(
    r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})(?![0-9])"
    r"|(?P<first>[0-9]{1,2})[-/.](?P<second>[0-9]{1,2})[-/.](?P<last>[0-9]{4}|[0-9]{2})(?![0-9])"
)

ISO_DATE = rf"{_YEAR}-{_MONTH_2}-{_DAY_2}"
ENGLISH_DATE = (
    rf"(?:{_LED}{_DAY}{_NTH} ?(?:day )?(?:of )?{_NAMED}\b\.?(?:,? (?:of )?{_YEAR}|,? ['’][0-9]{{2}})?"
    rf"|{_LED}{_NAMED}\b\.? ?(?:the )?{_DAY}{_NTH}(?:,? ?{_YEAR}|, ['’][0-9]{{2}})?(?![0-9]))"
)
FOREIGN_DATE = (
    rf"{_LED}{_DAY}(?:\.|º|er|ER)? (?:de |di )?{_FOREIGN}(?![A-Za-zà-ü])"
    rf"(?:,? (?:de |del |dos )?{_YEAR})?"
)
CHINESE_DATE = rf"{_ZH_YEAR} ?(?:年|년) ?{_ZH_MONTH}(?: ?{_ZH_DAY})?"

_ANY_DATE = (
    rf"(?:{ISO_DATE}|{_YEAR}(?P<s>[/.-]){_MONTH}(?P=s){_DAY}"
    rf"|{_DAY}(?P<t>[/.-]){_DAY}(?P=t)(?:(?:18|19|20)[0-9]{{2}}|[0-9]{{2}})"
    rf"|{_YEAR}[./-]{_MONTH_2}"
    rf"|{_DAY}[- ]{_NAMED}[- ,]{{1,2}}(?:{_YEAR}|[0-9]{{2}})|{_NAMED} {_YEAR}"
    rf"|{ENGLISH_DATE}|{FOREIGN_DATE}|{CHINESE_DATE}|[0-9]{{2}}年{_ZH_MONTH}(?:{_ZH_DAY})?"
    rf"|(?:18|19|20)[0-9]{{2}}{_MONTH_2}{_DAY_2})"
)

# Scores stay at or below 0.6: with a context word added they may not reach the 1.0 of a birth date.
_PATTERNS = (
    # 2024-03-15, 2024-03-15T14:30:00.123456Z, 2024-3-5 8:00
    (rf"{_START}(?<![0-9][./-]){_YEAR}-{_MONTH}-{_DAY}(?![0-9])(?!-[0-9]){_AT}", 0.6),
    # 20240315T143000Z
    (rf"{_START}{_YEAR}{_MONTH_2}{_DAY_2}T[0-2][0-9][0-5][0-9](?:[0-5][0-9])?Z?{_END}", 0.6),
    # 2024/3/15, 2024.03.15
    (rf"{_NUMBER_START}{_YEAR}/{_MONTH}/{_DAY}{_NUMBER_END}{_AT}", 0.6),
    (rf"{_NUMBER_START}{_NOT_VERSION}{_YEAR}\.{_MONTH}\.{_DAY}{_NUMBER_END}{_AT}", 0.5),
    # 5/20/2021, 20.5.2021, 20-05-2021
    (rf"{_NUMBER_START}{_DAY}([/.-]){_DAY}\1{_YEAR}{_NUMBER_END}{_AT}", 0.6),
    # 5/21/21; with dots or hyphens it may be a part number
    (rf"{_NUMBER_START}{_DAY}/{_DAY}/[0-9]{{2}}{_NUMBER_END}{_AT}", 0.55),
    (rf"{_NUMBER_START}{_NOT_VERSION}{_DAY}([.-]){_DAY}\1[0-9]{{2}}{_NUMBER_END}{_AT}", 0.2),
    (rf"{_NUMBER_START}{_DAY}/{_DAY}{_NUMBER_END}", 0.15),
    (rf"{_NUMBER_START}{_MONTH_2}[/-]{_YEAR}{_NUMBER_END}", 0.35),
    # 12 March 2024 at 10:30, Tue, 12 Mar 2024 10:15:32 GMT, March 3rd
    (rf"{_START}(?<![0-9][.,]){ENGLISH_DATE}(?![0-9A-Za-z]){_AT}", 0.6),
    (rf"{_START}(?<![0-9][.,]){FOREIGN_DATE}{_END}{_AT}", 0.6),
    # Tue Mar 12 10:15:32 2024
    (rf"{_START}{_ANY_WEEKDAY} {_NAMED} {{1,2}}{_DAY} {_TIME} {_YEAR}{_END}", 0.6),
    # 12/Mar/2024:10:15:32 +0000, 5-May-2021, May-21, 21-May
    (
        rf"{_START}{_DAY}([/-]){_NAMED}\1(?:{_YEAR}|[0-9]{{2}})(?![0-9A-Za-z])"
        rf"(?:[: ]{_CLOCK}{_ZONE})?",
        0.6,
    ),
    (rf"{_START}{_NAMED}[-/](?:{_YEAR}|[0-9]{{2}}){_END}(?!-[0-9])", 0.5),
    (rf"{_START}(?<![0-9A-Za-z]-){_DAY}-{_NAMED}{_END}(?!-)", 0.5),
    # March 2024, Sept. 1999; last March, in December
    (rf"{_START}{_NAMED}\.?(?:,| of)? {_YEAR}{_END}", 0.6),
    (rf"{_START}(?:[Ll]ast|[Nn]ext|[Tt]his) {_WHOLE}{_END}", 0.5),
    (
        rf"{_START}(?:in|since|until|till|by|early|late|mid|mid-|of|during) ?(?P<value>{_WHOLE})"
        r"(?=[.,;:!?)\n]|$| (?:and|to|or|for|with|when|we|he|she|it|they|I|at|on)\b)",
        0.5,
    ),
    # Tuesday, last Friday, Monday at 10:30
    (rf"{_START}(?:(?:[Ll]ast|[Nn]ext|[Tt]his) )?{_WEEKDAY}{_END}{_AT}", 0.5),
    # 3pm, 3:30 p.m., at 14:30, 10:30:05
    (rf"{_NUMBER_START}(?:[01]?[0-9](?:[:.][0-5][0-9])?(?::[0-5][0-9])? ?{_HALF}){_ZONE}", 0.55),
    (
        r"(?<=(?:[Aa]t|by|from|until|till|before|after|um|à|kl) )(?:[01]?[0-9]|2[0-3])"
        rf":[0-5][0-9](?::[0-5][0-9])?{_ZONE}{_NUMBER_END}",
        0.5,
    ),
    (rf"{_NUMBER_START}(?<!:){_CLOCK}{_ZONE}(?!:){_NUMBER_END}", 0.15),
    # in 1999, the 1990s, from 2019 to 2023, (1932-2001)
    (
        r"(?<=(?<![A-Za-z])(?:[Ii]n|[Ss]ince|[Ff]rom|[Uu]ntil|[Bb]y|year|[Dd]uring|circa|to) )"
        rf"{_YEAR}(?=[.,;:!?)\n'’](?![0-9])|$|(?: ?- ?{_YEAR})"
        r"| (?:and|to|by|at|with|for|the|when|where|he|she|it|they|we|I|as|was|is|after|before|in"
        r"|from|a|his|her|until)\b)",
        0.5,
    ),
    (rf"(?<=\(){_YEAR} ?[-–] ?{_YEAR}(?=\))", 0.5),
    (rf"{_START}(?:{_YEAR}['’]?s|['’][0-9]0s|(?<=the )[2-9]0s){_END}", 0.5),
    # 2024年3月12日(周二)下午3点, 二〇二四年三月, 3月12日, 下午3点半
    (rf"(?<![0-9A-Za-z]){CHINESE_DATE}{_ZH_AFTER_DATE}", 0.6),
    (
        rf"(?:(?:民国|民國|昭和|平成|令和) ?(?:[0-9]{{1,3}}|{_ZH_NUMBER}|元)|(?<![0-9.])[0-9]{{2}})"
        rf" ?年 ?{_ZH_MONTH}(?: ?{_ZH_DAY}{_ZH_AFTER_DATE})?",
        0.6,
    ),
    (rf"(?<![0-9A-Za-z.年]){_MONTH} ?月 ?{_ZH_DAY}{_ZH_AFTER_DATE}", 0.6),
    (rf"(?<![一二三四五六七八九十年]){_ZH_NUMBER}月{_ZH_DAY}{_ZH_AFTER_DATE}", 0.6),
    (rf"(?:农历|農曆|阴历|陰曆)[正一二三四五六七八九十冬腊臘闰]{{1,3}}月(?:初?{_ZH_NUMBER})?", 0.6),
    (rf"(?<![0-9A-Za-z.-]){_YEAR} ?年(?![度级版鉴产份制]|以|来|前|後|后)", 0.5),
    (rf"{_ZH_DIGIT}{{4}}年(?![度级版])", 0.5),
    (r"(?:上世纪|二十世纪|20世纪)?(?<![0-9])(?:19|20)?[1-9]0年代", 0.5),
    (
        rf"(?:上上?个?|下下?个?|本|这个?|每)?{_ZH_WEEKDAY}(?![位期岁后])"
        rf"(?:{_ZH_TIME}|{_ZH_PART})?",
        0.5,
    ),
    (rf"{_ZH_PART} ?(?:{_CLOCK}|{_ZH_HOUR} ?[点點时時])(?: ?{_ZH_MINUTE})?", 0.55),
    # 20240315 beside "date"
    (rf"{_START}(?:19|20)[0-9]{{2}}{_MONTH_2}{_DAY_2}{_END}", 0.15),
)

_BORN = (
    r"(?:[Dd]ate[ _]?[Oo]f[ _]?[Bb]irth|DATE OF BIRTH|[Bb]irth[ _]?[Dd](?:ate|ay)|BIRTH ?DATE"
    r"|D\.?O\.?B\.?|dob|[Bb]orn|BORN|[Gg]eboren|[Gg]eb\.?|[Gg]eburts(?:datum|tag)|[Nn]ée?|NÉE?"
    r"|[Dd]ate de naissance|[Ff]echa de nacimiento|[Nn]acid[oa]|F\. ?nac\."
    r"|[Dd]ata (?:di|de) nascita|[Nn]at[oa]|[Dd]ata de nascimento|[Nn]ascid[oa]"
    r"|[Gg]eboorte(?:datum|dag)|[Ff]ødselsdato|[Ff]ödelsedatum|[Ss]yntymäaika|[Dd]ata urodzenia"
    r"|出生(?:年月日?|日期|于|於|时间)?|(?<![发發产產衍派])生[于於]|生日|生年月日|생년월일)"
)
_BIRTH_PATTERNS = (
    (
        rf"(?<![A-Za-zà-ü]){_BORN}(?![A-Za-zà-ü])[^0-9\n\x00.;。；)]{{0,30}}?"
        rf"(?<![0-9A-Za-z])(?P<value>{_ANY_DATE})(?![0-9])",
        0.65,
    ),
    # 1985年6月12日出生, 1985年6月生
    (rf"(?P<value>{CHINESE_DATE}) ?(?:出生|生于|生於|生(?![产活效成意]))", 0.65),
    # The cell of a column, the value of a field, the line below a label.
    (rf"^[ \t]*(?P<value>{_ANY_DATE})(?:[T ]00:00(?::00)?(?:\.0+)?Z?)?[ \t\r]*$", 0.65),
)


class DateTimeRecognizer(PatternRecognizer):
    """Finds dates, times, weekdays, years and decades.

    Args:
        supported_language: as for every Presidio recogniser.
    """

    def __init__(self, supported_language: str = "en") -> None:
        super().__init__(
            supported_entity="DATE_TIME",
            name="date and time",
            supported_language=supported_language,
            patterns=_named("date", _PATTERNS),
        )

    def invalidate_result(self, pattern_text: str) -> bool:
        """Whether the digits name a day that no calendar has."""
        return not calendar_day(pattern_text)


class BirthDateRecognizer(PatternRecognizer):
    """Finds dates behind a word that says that somebody was born then.

    Args:
        supported_language: as for every Presidio recogniser.
    """

    def __init__(self, supported_language: str = "en") -> None:
        super().__init__(
            supported_entity="DATE_OF_BIRTH",
            name="date of birth",
            supported_language=supported_language,
            patterns=_named("birth", _BIRTH_PATTERNS),
        )

    def invalidate_result(self, pattern_text: str) -> bool:
        """Whether nobody alive can have been born then."""
        if not calendar_day(pattern_text):
            return True
        years = [int(run[:4]) for run in _DIGITS.findall(pattern_text) if len(run) in {4, 8}]
        return bool(years) and not 1850 <= years[0] <= datetime.now(UTC).year + 1


def calendar_day(text: str) -> bool:
    """Whether a date in digits is a day of the calendar in some common order; words pass."""
    match = _NUMERIC.match(text)
    if not match:
        return True
    if match["year"]:
        return _is_day(int(match["year"]), int(match["month"]), int(match["day"]))
    first, second, last = (int(match[part]) for part in ("first", "second", "last"))
    orders = [(last, second, first), (last, first, second)]
    if last < 100:
        orders.append((first, second, last))
    return any(_is_day(*order) for order in orders)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        return False
    return True


def _named(prefix: str, patterns: tuple[tuple[str, float], ...]) -> list[Pattern]:
    return [Pattern(f"{prefix} {place}", *row) for place, row in enumerate(patterns, 1)]
