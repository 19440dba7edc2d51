"""Invented ordinary text of the kinds that look like somebody's numbers and are not."""

from __future__ import annotations

import base64
import random
import uuid
from collections.abc import Callable, Iterator

_LINES = 25


def _many(make: Callable[[], str], between: str = "\n") -> str:
    return between.join(make() for _ in range(_LINES))


def texts(seed: int = 5) -> dict[str, str]:
    """Texts by what they are, the same for the same seed."""
    rng = random.Random(seed)
    return dict([*_generated(rng), *_PROSE.items()])


def _hex(rng: random.Random, count: int) -> str:
    return f"{rng.getrandbits(4 * count):0{count}x}"


def _generated(rng: random.Random) -> Iterator[tuple[str, str]]:
    def number(low: int, high: int) -> int:
        return rng.randint(low, high)

    def version() -> str:
        return f"{number(0, 30)}.{number(0, 40)}.{number(0, 99)}"

    def word() -> str:
        return rng.choice(("alpha", "core", "render", "queue", "parse", "index", "cache", "net"))

    def identity() -> uuid.UUID:
        return uuid.UUID(int=rng.getrandbits(128), version=4)

    def stamp() -> str:
        return (
            f"20{number(10, 29)}-{number(1, 12):02}-{number(1, 28):02}T{number(0, 23):02}:"
            f"{number(0, 59):02}:{number(0, 59):02}.{number(0, 999999):06}Z"
        )

    yield "hashes", _many(lambda: f"{_hex(rng, 64)}  {word()}-{version()}.tar.gz")
    yield "git log", _many(lambda: f"{_hex(rng, 7)} {word()}: bump {word()} to {version()}")
    yield "uuids", _many(lambda: str(identity()))
    yield "base64", "\n".join(base64.b64encode(rng.randbytes(57)).decode() for _ in range(_LINES))
    yield "epochs", _many(lambda: f"{number(10**9, 2 * 10**9)} {number(10**12, 2 * 10**12)}")
    yield (
        "log",
        _many(
            lambda: (
                f"{stamp()} INFO [{word()}-{number(1, 9)}] {word()}.py:{number(1, 999)} took"
                f" {number(1, 99999)} us, offset {number(10**8, 10**12)}, thread {number(10**13, 10**15)}"
            )
        ),
    )
    yield (
        "part numbers",
        _many(
            lambda: (
                f"{number(1000, 9999)}-{number(10000, 99999)}-{number(0, 9)}"
                f" / {rng.choice('ABCDE')}{number(10**6, 10**8)} / {number(100, 999)}.{number(100, 999)}-"
                f"{number(10, 99)}"
            )
        ),
    )
    yield (
        "changelog",
        _many(
            lambda: (
                f"## {version()} ({stamp()[:10]})\n\n- {word()}: fix #{number(100, 99999)} and"
                f" !{number(1000, 9999)} ({_hex(rng, 8)}), see RFC {number(1000, 9700)}\n"
            )
        ),
    )
    yield (
        "lock file",
        _many(
            lambda: (
                f'"node_modules/{word()}": {{\n  "version": "{version()}",\n  "integrity": "sha512-'
                f'{base64.b64encode(rng.randbytes(64)).decode()}",\n  "license": "MIT"\n}},'
            )
        ),
    )
    yield (
        "minified code",
        ";".join(
            f"var {rng.choice('abcdefgh')}{number(1, 9)}=function(e,t){{return e[{number(0, 99)}]"
            f"<<{number(1, 31)}|t>>>{number(1, 31)}&{number(10**8, 10**10)}}}"
            for _ in range(_LINES * 4)
        ),
    )
    yield (
        "hex dump",
        _many(
            lambda: (
                f"{number(0, 2**31):08x}  "
                + " ".join(_hex(rng, 2) for _ in range(16))
                + "  |................|"
            )
        ),
    )
    yield (
        "numbers in prose",
        _many(
            lambda: (
                f"Lot {number(10**8, 10**9)} was counted twice; {number(10**6, 10**7)} of"
                f" {number(10**9, 10**10)} units passed, {rng.uniform(0, 99):.2f} %."
            )
        ),
    )
    yield (
        "阿拉伯数字",
        _many(
            lambda: (
                f"第{number(1, 99)}批共{number(10**5, 10**8)}件，编号{number(10**9, 10**10)}，"
                f"合同总价{number(10**6, 10**9)}元，物料号{number(10**7, 10**8)}-{number(1000, 9999)}。"
            )
        ),
    )
    yield (
        "coordinates of a drawing",
        " ".join(
            f"M{rng.uniform(0, 999):.3f},{rng.uniform(0, 999):.3f}" for _ in range(_LINES * 4)
        ),
    )
    yield (
        "assembler",
        _many(
            lambda: (
                f"{number(0, 2**24):06x}: mov r{number(0, 15)}, #0x{_hex(rng, 8)} ;"
                f" {number(0, 2**31)}"
            )
        ),
    )
    yield (
        "test report",
        _many(
            lambda: (
                f"PASS {word()}_{number(1, 99)}::{word()} seed={number(0, 2**32)}"
                f" ({rng.uniform(0, 9):.3f}s) run {identity()}"
            )
        ),
    )
    yield (
        "tracking",
        _many(
            lambda: (
                f"Consignment {number(10**11, 10**12)} left the depot; reference"
                f" 1Z{_hex(rng, 6).upper()}{number(10**9, 10**10)}, pallet {number(10**7, 10**8)}"
            )
        ),
    )
    yield (
        "standards",
        _many(
            lambda: (
                f"ISO {number(1000, 99999)}-{number(1, 9)}:{number(1990, 2024)}, GB/T"
                f" {number(1000, 39999)}.{number(1, 9)}-{number(1990, 2024)}, EN {number(100, 62000)}"
            )
        ),
    )
    yield (
        "verses",
        _many(
            lambda: (
                f"Ps {number(1, 150)}:{number(1, 30)}-{number(31, 40)}; Gen {number(1, 50)}:"
                f"{number(1, 30)}; Mt {number(1, 28)}:{number(1, 40)}"
            )
        ),
    )
    yield (
        "sections",
        _many(
            lambda: (
                f"{number(1, 9)}.{number(1, 19)}.{number(1, 19)}.{number(1, 19)} {word().title()}"
                f" requirements, see section {number(1, 9)}.{number(1, 9)}.{number(1, 9)}.{number(1, 9)}"
            )
        ),
    )


_PROSE = {
    "contract": """The Borrower shall repay to the Lender the Principal Amount under clause 4.2(b)(iii).
The Disclosing Party and the Receiving Party agree that section 12.3.1.2 survives termination. The
Purchaser pays 1,250,000.00 within 30 (thirty) Business Days after the Closing Date to the Seller, and
the Guarantor guarantees it. Articles 101 and 102 TFEU, case C-123/45, ECLI:EU:C:2019:1234, 17 U.S.C.
§ 107, 42 U.S.C. § 1983, Fed. R. Civ. P. 26(b)(1), 573 U.S. 134 (2014), 2019 WL 1234567.""",
    "合同": """甲方应当于本合同签订之日起三十日内向乙方支付合同总价的百分之三十，即人民币1250000元整（大写：壹佰
贰拾伍万元整）。乙方应当按照第4.2.1条约定的期限交付标的物，丙方承担连带责任。双方应当对商业秘密负有保密义务。
依照《中华人民共和国民法典》第五百零九条、第五百七十七条之规定，GB 18030-2022。""",
    "recipe": """Mix 250 g of flour with 125 ml of milk, 2 eggs and 1/2 tsp of salt; bake at 180 C for 45-50
minutes. Serves 4-6. Keep the rest for 2 days. Energy 1046 kJ / 250 kcal for 100 g.""",
    "physics": """E = mc^2; c = 299792458 m/s, h = 6.62607015e-34 J s, N_A = 6.02214076e23, pi = 3.14159265358979,
e = 2.718281828459045, G = 6.67430(15)e-11. The 21 cm line lies at 1420.405751768 MHz; 1 eV = 11604.518 K.""",
    "code": """MAX = 0x7FFFFFFF; TABLE = [1664525, 1013904223, 2654435769, 4294967295, 1103515245, 12345]
password = getpass.getpass(); token = request.headers["Authorization"]; secret_key = os.environ.get("KEY")
if not re.fullmatch(r"\\d{3}-\\d{2}-\\d{4}", ssn): raise ValueError("SSN must look like NNN-NN-NNNN")
user@hostname:~$ ssh -p 2222 -L 8080:localhost:80 build@builder # a@b, c@d.e, @decorator, logo@2x.png""",
    "sports": """The match ended 21-19, 18-21, 22-20 after 1:47:32; attendance 45,678. She ran 100 m in 10.49 and
the relay in 41.37. Standings: 12-4-0, 48-22, +26. Stage 7: 187.5 km, average 42.3 km/h, 3 412 m of climbing.""",
    "finance": """Revenue rose 12.4 % to EUR 1,234.5 million (2023: 1,098.2), EBITDA margin 21.3 %. Basic EPS 2.34.
The 10-year yield fell 5 bp to 2.345 %. ISIN US0378331005 and WKN 865985 closed at 189.95; volume 58,414,460.""",
    "password rules": """A password has at least twelve characters. Passwords expire after 90 days; the password field
must not be empty. Enter your PIN, then your password: it is not shown. Your API key stands in the settings.
密码长度不得少于八位，密码应包含字母和数字；请勿将密码告知他人。身份证、护照、银行卡须妥善保管。""",
    "timetable": """Dep. 07:15 Arr. 08:42 Pl. 4; 07.45 09.12 6; Mo-Fr 06:00-22:00, Sa 08:00-18:00. Line 142 every 10-15
minutes. Week 27/2024, Q3/2024, FY2023/24, 1998-2004, 12/2024, 24-hour clock, UTC+08:00, GMT-0500.""",
}
