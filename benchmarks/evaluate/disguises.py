"""Values in disguise: each kind of value in each disguise, in English and in Chinese sentences.

A case counts as found when findings cover every letter and digit of the disguised value. Lossless
disguises are those that a program undoes without guessing; names and addresses are listed as exact
values. Ordinary texts are counted too: what the second reading of them adds are false alarms.
"""

from __future__ import annotations

import base64
import gzip
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from email.header import Header
from functools import cache

from benchmarks.evaluate import Row

_NUMBER = re.compile("[0-9+ -]+X?")

type Disguise = Callable[[str], str | None]

# Kind: label in English, in Chinese, value. Names and addresses are exact values.
VALUES: dict[str, tuple[str, str, str]] = {
    "EMAIL_ADDRESS": ("e-mail", "邮箱", "jane.doe@example.com"),
    "PHONE_CN": ("mobile", "手机", "13812345678"),
    "PHONE_INTL": ("phone", "电话", "+44 20 7946 0958"),
    "CREDIT_CARD": ("card", "信用卡", "4111111111111111"),
    "CN_RESIDENT_ID": ("ID card", "身份证号", "11010519491231002X"),
    "US_SSN": ("SSN", "社会安全号", "536-22-8714"),
    "IBAN_CODE": ("IBAN", "账户", "DE89370400440532013000"),
    "API_KEY": ("key", "密钥", "sk-proj-Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z"),
    "IP_ADDRESS": ("server", "服务器", "203.0.113.77"),
    "PERSON": ("client", "客户", "Emily Carter"),
    "PERSON_ZH": ("client", "客户", "欧阳建国"),
    "PASSWORD": ("login", "登录", "password=Kx7vRt92qLm"),
    "URL_WITH_PASSWORD": ("database", "数据库", "https://admin:Kx7vRt92@db.example.com/erp"),
    "ADDRESS": ("address", "地址", "42 Larkspur Lane"),
    "ADDRESS_ZH": ("address", "地址", "中关村大街27号3单元"),
}
LEAST = 0.5  # of the letters: "password=" is no part of a password
EXACT = ("Emily Carter", "欧阳建国", "42 Larkspur Lane", "中关村大街27号3单元")
SENTENCES = (
    "Please check the {english}: {value} before Friday, thanks.",
    "请核对{chinese}：{value}，周五前回复。",
)


def _each(change: Callable[[str], str], *, start: int = 0, stop: int | None = None) -> Disguise:
    def disguise(value: str) -> str:
        end = len(value) if stop is None else stop
        return "".join(change(c) if start <= at < end else c for at, c in enumerate(value))

    return disguise


def _table(kin: dict[str, str]) -> Disguise:
    def disguise(value: str) -> str | None:
        shown = "".join(kin.get(char, char) for char in value)
        return shown if shown != value else None

    return disguise


def _between(sign: str, least: int = 0) -> Disguise:
    return lambda value: sign.join(value) if len(value) > least else None


def _middle(sign: str) -> Disguise:
    return lambda value: value[: len(value) // 2] + sign + value[len(value) // 2 :]


def _digits_only(disguise: Disguise) -> Disguise:
    """For values that are all digits, or nearly."""
    return lambda value: disguise(value) if _NUMBER.fullmatch(value) else None


def _ascii_only(disguise: Disguise) -> Disguise:
    return lambda value: disguise(value) if value.isascii() else None


def _groups(sign: str) -> Disguise:
    def disguise(value: str) -> str | None:
        if not value.isdecimal() and not value[:-1].isdecimal():
            return None
        return (
            f"{value[:3]}{sign}{value[3:7]}{sign}{value[7:]}"
            if len(value) == 11
            else (
                sign.join(value[at : at + 4] for at in range(0, len(value), 4))
                if len(value) == 16
                else (f"{value[:6]}{sign}{value[6:14]}{sign}{value[14:]}")
            )
        )

    return disguise


def _shifted(first: int, low: str, high: str) -> Disguise:
    """Letters or digits moved into another block of Unicode."""
    kin = {chr(code): chr(first + code - ord(low)) for code in range(ord(low), ord(high) + 1)}
    return _table(kin)


def _both(*disguises: Disguise) -> Disguise:
    def disguise(value: str) -> str | None:
        shown: str | None = value
        for one in disguises:
            shown = one(shown) if shown is not None else None
        return shown

    return disguise


def _mathematical(capital: int, small: int, digit: int) -> Disguise:
    kin = {chr(65 + n): chr(capital + n) for n in range(26)}
    kin |= {chr(97 + n): chr(small + n) for n in range(26)}
    kin |= {chr(48 + n): chr(digit + n) for n in range(10)} if digit else {}
    return _table(kin)


def _numerals(digits: str) -> Disguise:
    return _digits_only(_table(dict(zip("0123456789", digits, strict=True))))


def _percent(value: str) -> str:
    return "".join(f"%{octet:02X}" for octet in value.encode())


def _units(value: str, sign: str = "\\u") -> str:
    octets = value.encode("utf-16-be")
    return "".join(
        f"{sign}{octets[at] << 8 | octets[at + 1]:04x}" for at in range(0, len(octets), 2)
    )


def _bytes(value: str, form: str) -> str:
    return "".join(form.format(octet) for octet in value.encode())


def _at_dot(at: str, dot: str) -> Disguise:
    return lambda value: (
        value.replace("@", at).replace(".", dot) if "@" in value and "://" not in value else None
    )


def _wrapped(value: str) -> str:
    octets = base64.b64encode(f"Note for the file. {value} - that is all for today.".encode())
    lines = [octets[at : at + 60].decode() for at in range(0, len(octets), 60)]
    return "\r\n".join(lines)


def _b64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def _gb(value: str) -> str:
    return "".join(f"\\'{octet:02x}" for octet in value.encode("gb18030"))


def _keycaps(value: str) -> str | None:
    return "".join(f"{char}\ufe0f\u20e3" for char in value) if value.isdecimal() else None


def _tags(value: str) -> str:
    return "".join(chr(0xE0000 + ord(char)) for char in value)


def _literals(joint: str) -> Disguise:
    return lambda value: f'"{value[:5]}"{joint}"{value[5:]}"' if len(value) > 5 else None


def _utf7(value: str) -> str:
    octets = base64.b64encode(value.encode("utf-16-be")).decode().rstrip("=")
    return f"+{octets}-"


def _half(value: str) -> int:
    """The space next to the middle, or the middle."""
    middle = len(value) // 2
    return min(
        (at for at, char in enumerate(value) if char == " "),
        key=lambda at: abs(at - middle),
        default=middle,
    )


def _broken(sign: str) -> Disguise:
    def disguise(value: str) -> str:
        at = _half(value)
        return value[:at] + sign + value[at:].removeprefix(" ")

    return disguise


_CYRILLIC = dict(zip("aeopcyxisjhKMTHBCEPAOX", "аеорсухіѕјһКМТНВСЕРАОХ", strict=True))
_GREEK = dict(zip("ovABEHIKMNOPTXYZ", "ονΑΒΕΗΙΚΜΝΟΡΤΧΥΖ", strict=True))
_CIRCLED = (
    {str(n): chr(0x245F + n) for n in range(1, 10)}
    | {"0": "⓪"}
    | {chr(97 + n): chr(0x24D0 + n) for n in range(26)}
    | {chr(65 + n): chr(0x24B6 + n) for n in range(26)}
)
_BRACKETED = {str(n): chr(0x2473 + n) for n in range(1, 10)} | {
    chr(97 + n): chr(0x249C + n) for n in range(26)
}
_RAISED = dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))
_LOWERED = dict(zip("0123456789", "₀₁₂₃₄₅₆₇₈₉", strict=True))
_BLACK = {str(n): chr(0x2775 + n) for n in range(1, 10)} | {"0": "⓿"}
_WIDE = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}

LOSSLESS: dict[str, Disguise] = {
    "full width": _table(_WIDE),
    "full width, in part": _both(_table({c: _WIDE[c] for c in "13579aeiou@."})),
    "mathematical bold": _mathematical(0x1D400, 0x1D41A, 0x1D7CE),
    "mathematical monospace": _mathematical(0x1D670, 0x1D68A, 0x1D7F6),
    "mathematical double-struck digits": _table({str(n): chr(0x1D7D8 + n) for n in range(10)}),
    "sans-serif italic": _mathematical(0x1D608, 0x1D622, 0),
    "circled": _table(_CIRCLED),
    "bracketed": _table(_BRACKETED),
    "black circles": _table(_BLACK),
    "raised digits": _table(_RAISED),
    "lowered digits": _table(_LOWERED),
    "Arabic-Indic digits": _shifted(0x660, "0", "9"),
    "Persian digits": _shifted(0x6F0, "0", "9"),
    "Devanagari digits": _shifted(0x966, "0", "9"),
    "Thai digits": _shifted(0xE50, "0", "9"),
    "Bengali digits": _shifted(0x9E6, "0", "9"),
    "keycaps": _keycaps,
    "zero-width space": _between("\u200b"),
    "zero-width joiner": _middle("\u200d"),
    "word joiner": _between("\u2060"),
    "soft hyphen": _between("\u00ad"),
    "byte order mark": _middle("\ufeff"),
    "variation selector": _between("\ufe0f"),
    "invisible separator": _middle("\u2063"),
    "Hangul filler": _middle("\u3164"),
    "tag characters": _ascii_only(_tags),
    "right to left": lambda value: f"\u202e{value[::-1]}\u202c",
    "NFD": lambda value: unicodedata.normalize("NFD", value),
    "stray marks": _between("\u0332"),
    "Zalgo": _between("\u0336\u0321\u0489"),
    "decimal references": lambda value: "".join(f"&#{ord(c)};" for c in value),
    "decimal, open": lambda value: "".join(f"&#{ord(c)}" for c in value),
    "hexadecimal references": lambda value: "".join(f"&#x{ord(c):x};" for c in value),
    "references twice": lambda value: "".join(f"&amp;#{ord(c)};" for c in value),
    "named references": _table({"@": "&commat;", ".": "&period;", "-": "&hyphen;", " ": "&nbsp;", "+": "&plus;", ":": "&colon;"}),
    "one reference": lambda value: value[:2] + f"&#{ord(value[2])};" + value[3:],
    "soft hyphen reference": _middle("&shy;"),
    "tags": lambda value: f"<b>{value[:3]}</b>{value[3:]}",
    "span a letter": lambda value: "".join(f"<span>{c}</span>" for c in value),
    "wbr": _middle("<wbr>"),
    "comment": _middle("<!-- x -->"),
    "CDATA": _middle("]]><![CDATA["),
    "percent": _percent,
    "percent, in part": lambda value: value[:2] + _percent(value[2:5]) + value[5:],
    "percent twice": lambda value: _percent(value).replace("%", "%25"),
    "percent u": lambda value: _units(value, "%u"),
    "plus for space": lambda value: value.replace(" ", "+") if " " in value and value[0] != "+" else None,
    "JSON": _units,
    "JSON twice": lambda value: _units(value, "\\\\u"),
    "JSON, in part": lambda value: value[:3] + _units(value[3:6]) + value[6:],
    "x escapes": lambda value: _bytes(value, "\\x{:02x}"),
    "braces": _each(lambda c: f"\\u{{{ord(c):x}}}"),
    "eight digits": _each(lambda c: f"\\U{ord(c):08x}"),
    "CSS": _each(lambda c: f"\\{ord(c):06x}"),
    "CSS, short": _each(lambda c: f"\\{ord(c):x} "),
    "octal": lambda value: _bytes(value, "\\{:03o}"),
    "RTF": _gb,
    "quoted-printable": lambda value: _bytes(value, "={:02X}"),
    "quoted-printable, soft break": _middle("=\r\n"),
    "encoded word B": lambda value: Header(value, "utf-8").encode(),
    "encoded word Q": lambda value: "=?utf-8?Q?" + _bytes(value, "={:02X}") + "?=",
    "UTF-7": _utf7,
    "base64": _b64,
    "base64, open": lambda value: _b64(value).rstrip("="),
    "base64 in a sentence": lambda value: _b64(f"Note for the file: {value}, that is all."),
    "base64 in lines": _wrapped,
    "base64url": lambda value: base64.urlsafe_b64encode(f"see {value} ???>>>".encode()).decode().rstrip("="),
    "base64 twice": lambda value: _b64(_b64(value)),
    "data URL": _b64,
    "gzip in base64": lambda value: base64.b64encode(gzip.compress(value.encode(), mtime=0)).decode(),
    "hexadecimal": lambda value: value.encode().hex(),
    "hexadecimal, spaced": lambda value: value.encode().hex(" "),
    "hexadecimal, 0x": lambda value: ", ".join(f"0x{octet:02x}" for octet in value.encode()),
    "base32": lambda value: base64.b32encode(value.encode()).decode(),
    "Ascii85": lambda value: base64.a85encode(value.encode(), adobe=True).decode(),
    "fromCharCode": lambda value: f"String.fromCharCode({','.join(str(ord(c)) for c in value)})",
    "JSON of base64": lambda value: _units(_b64(value)),
    "percent of references": lambda value: _percent("".join(f"&#{ord(c)};" for c in value)),
    "emphasis": lambda value: f"**{value[:3]}**{value[3:]}",
    "emphasis of one letter": lambda value: f"{value[:3]}*{value[3:5]}*{value[5:]}",
    "Markdown escapes": _table({"@": "\\@", ".": "\\.", "-": "\\-", "_": "\\_", "+": "\\+"}),
    "joined by plus": _literals(" + "),
    "side by side": _literals(" "),
    "over two lines of code": _literals(" +\n    "),
    "shell quotes": lambda value: f"'{value[:4]}'\"{value[4:]}\"",
    "escaped slashes": _table({"/": "\\/"}),
    "newline escape": lambda value: f"\\n{value}",
    "no-break space": _table({" ": "\u00a0"}),
    "Roman and full-width spaces": _table({" ": "\u3000"}),
}  # fmt: skip

READ: dict[str, Disguise] = {
    "Cyrillic": _table(_CYRILLIC),
    "Cyrillic, one letter": lambda value: value.replace("e", "е", 1) if "e" in value else value.replace("X", "Х", 1) if "X" in value else None,
    "Greek": _table(_GREEK),
    "spaced": _ascii_only(_between(" ")),
    "spaced, no-break": _ascii_only(_between("\u00a0")),
    "spaced widely": _ascii_only(_between("  ")),
    "spaced digits": _digits_only(_between(" ")),
    "dashed digits": _digits_only(_table({**{str(n): f"{n}-" for n in range(10)}, "-": "", " ": ""})),
    "dotted digits": _digits_only(lambda value: ".".join(c for c in value if c.isalnum())),
    "dotted groups": _groups("."),
    "slashed groups": _groups("/"),
    "underscored groups": _groups("_"),
    "comma groups": _groups(","),
    "starred groups": _groups("*"),
    "dashed groups": _groups(" - "),
    "middle dots": _groups("·"),
    "wrapped": _ascii_only(_broken("\n")),
    "wrapped, CRLF": _digits_only(_middle("\r\n")),
    "wrapped in a reply": _ascii_only(_broken("\r\n> ")),
    "hyphenated": lambda value: value[:-6] + "-\n" + value[-6:] if "@" in value and ":" not in value else None,
    "wrapped in a table": _digits_only(_middle(" |\n| ")),
    "Chinese numerals": _numerals("〇一二三四五六七八九"),
    "Chinese numerals, financial": _numerals("零壹贰叁肆伍陆柒捌玖"),
    "Chinese numerals, in part": _digits_only(_table(dict(zip("13579", "一三五七九", strict=True)))),
    "digits as words": _digits_only(lambda value: " ".join(
        dict(zip("0123456789", ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], strict=True)).get(c, c)
        for c in value) if value.isdecimal() else None),
    "at and dot": _at_dot(" at ", " dot "),
    "[at] and [dot]": _at_dot("[at]", "[dot]"),
    "(at)": _at_dot("(at)", "."),
    "{at} {dot}": _at_dot(" {at} ", " {dot} "),
    "AT": _at_dot(" AT ", "."),
    "艾特": _at_dot("艾特", "点"),
    "spaces around @": _at_dot(" @ ", "."),
    "spaces around all": _at_dot(" @ ", " . "),
    "# for @": lambda value: value.replace("@", "#") + "（把#换成@）" if "@" in value and ":" not in value else None,
    "defanged": lambda value: value.replace(".", "[.]") if value.count(".") >= 2 and "@" not in value else None,
    "ideographic stops": lambda value: value.replace(".", "。") if "." in value else None,
    "O for 0": lambda value: value.replace("0", "O") if value.isdecimal() and "0" in value else None,
    "l for 1": lambda value: value.replace("1", "l", 2) if value.isdecimal() and len(value) < 16 else None,
    "quotation marks": _digits_only(_groups('"')),
}  # fmt: skip


# What stands right before the disguised value.
LEADS = {
    "data URL": "data:text/plain;base64,",
    "newline escape": "done",
    "plus for space": "q=",
    "tag characters": "see",
}


def cases() -> Iterator[tuple[str, str, bool, str, int, int]]:
    """Disguise, kind, lossless, text, and where the disguised value stands in it."""
    for lossless, disguises in ((True, LOSSLESS), (False, READ)):
        for name, disguise in disguises.items():
            for kind, (english, chinese, value) in VALUES.items():
                shown = disguise(value)
                if shown is None or (shown == value and name != "NFD"):
                    continue
                for sentence in SENTENCES:
                    before, after = sentence.format(
                        english=english, chinese=chinese, value="\0"
                    ).split("\0")
                    before += LEADS.get(name, "")
                    text, start = before + shown + after, len(before)
                    yield name, kind, lossless, text, start, start + len(shown)


@cache
def _detector() -> object:
    from gateway.detect import Detector
    from gateway.model import DetectionOptions

    return Detector(DetectionOptions(values=EXACT))


def _covered(text: str, start: int, end: int) -> bool:
    from gateway.detect import Detector
    from gateway.model import Segment

    detector = _detector()
    assert isinstance(detector, Detector)
    seen = {
        place
        for finding in detector.find([Segment(text, "x")])
        for place in range(finding.start, finding.end)
    }
    inner = [place for place in range(start, end) if text[place].isalnum()]
    return sum(place in seen for place in inner) >= len(inner) * LEAST


def rows() -> list[Row]:
    """Shares found, of lossless disguises and of those that people read."""
    found: Counter[bool] = Counter()
    total: Counter[bool] = Counter()
    misses: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for name, kind, lossless, text, start, end in cases():
        total[lossless] += 1
        if _covered(text, start, end):
            found[lossless] += 1
        else:
            misses[lossless][f"{name}: {kind}"] += 1
    return [
        Row(
            f"{title}, {total[lossless]} cases",
            found[lossless] / total[lossless],
            reach,
            floor,
            worst=tuple(f"{case} ×{count}" for case, count in misses[lossless].most_common(12)),
        )
        for lossless, title, reach, floor in (
            (True, f"{len(LOSSLESS)} lossless disguises found", 1.0, 0.98),
            (False, f"{len(READ)} disguises for readers found", 0.95, 0.93),
        )
    ]
