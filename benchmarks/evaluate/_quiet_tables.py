"""Invented tables in which nobody is named and nothing is anybody's, in English and Chinese.

Their numbers are drawn by chance, so that about one in eleven satisfies some check digit.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ROWS = 35

type Cell = Callable[[random.Random, int], str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what it is, its header and its rows."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def written(self, between: str) -> str:
        """With a separator between cells."""
        return "\n".join(between.join(row) for row in (self.header, *self.rows)) + "\n"

    def piped(self) -> str:
        """As Markdown has it."""
        rule = tuple("---" for _ in self.header)
        lines = (self.header, rule, *self.rows)
        return "\n".join(f"| {' | '.join(row)} |" for row in lines) + "\n"

    def aligned(self) -> str:
        """In columns of a fixed width."""
        widths = [max(map(len, column)) for column in zip(self.header, *self.rows, strict=True)]
        lines = (
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (self.header, *self.rows)
        )
        return "\n".join(lines) + "\n"


def digits(count: int) -> Cell:
    """A number of so many digits."""
    return lambda rng, _: str(rng.randrange(10 ** (count - 1), 10**count))


def between(low: int, high: int) -> Cell:
    """A whole number."""
    return lambda rng, _: str(rng.randint(low, high))


def money(high: float) -> Cell:
    """An amount with separators."""
    return lambda rng, _: f"{rng.uniform(1, high):,.2f}"


def decimal(low: float, high: float, places: int = 3) -> Cell:
    """A measurement."""
    return lambda rng, _: f"{rng.uniform(low, high):.{places}f}"


def one_of(*words: str) -> Cell:
    """One of some words."""
    return lambda rng, _: rng.choice(words)


def form(pattern: str) -> Cell:
    """``#`` a digit, ``@`` a capital letter, ``~`` a hexadecimal digit, the rest as it stands."""
    kinds = {"#": "0123456789", "@": "ABCDEFGHJKLMNPRSTUVWXYZ", "~": "0123456789abcdef"}
    return lambda rng, _: "".join(rng.choice(kinds.get(char, char)) for char in pattern)


def counted(pattern: str, first: int) -> Cell:
    """Numbers in a row."""
    return lambda _, row: pattern.format(first + row)


def day(pattern: str = "{0}-{1:02}-{2:02}") -> Cell:
    """A date."""
    return lambda rng, _: pattern.format(
        rng.randint(2019, 2025), rng.randint(1, 12), rng.randint(1, 28)
    )


def clock(rng: random.Random, _: int) -> str:
    """A time of the day."""
    return f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}"


def ean13(rng: random.Random, _: int) -> str:
    """A barcode with its check digit (GS1 General Specifications §7.9)."""
    body = "40" + "".join(rng.choice("0123456789") for _ in range(10))
    total = sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(body))
    return body + str(-total % 10)


def isbn10(rng: random.Random, _: int) -> str:
    """A book number with its check character (ISO 2108)."""
    body = "".join(rng.choice("0123456789") for _ in range(9))
    check = -sum(int(digit) * (10 - place) for place, digit in enumerate(body)) % 11
    return body + "0123456789X"[check]


def _tables() -> Iterator[tuple[str, dict[str, Cell]]]:
    widgets = ("Hex bolt M8", "Bearing 6204", "Seal ring", "Pump head", "Filter mat", "Gear box")
    yield (
        "inventory",
        {
            "SKU": form("@@-####-##"),
            "Product": one_of(*widgets),
            "Qty": between(0, 9999),
            "Unit price": money(900),
            "EAN": ean13,
            "Last count": day(),
        },
    )
    yield (
        "purchase orders",
        {
            "Order No": digits(10),
            "Line": between(1, 90),
            "Part No.": form("####-#####-#"),
            "Ordered": day("{2:02}.{1:02}.{0}"),
            "Amount": money(100_000),
            "Batch": digits(8),
        },
    )
    yield (
        "ledger",
        {
            "Posting date": day("{1:02}/{2:02}/{0}"),
            "GL account": digits(6),
            "Document": digits(10),
            "Text": one_of("Rent", "Telephone expense", "Freight", "Insurance premium", "Energy"),
            "Debit": money(10_000_000),
            "Credit": money(10_000_000),
        },
    )
    yield (
        "sensor log",
        {
            "timestamp": between(1_600_000_000, 1_900_000_000),
            "sensor": form("S-###"),
            "temp_c": decimal(-20, 90),
            "pressure_pa": between(90_000, 110_000),
            "raw": digits(9),
        },
    )
    yield (
        "timesheet",
        {
            "Week": between(1, 52),
            "Project code": form("P##-####"),
            "Mon": decimal(0, 10, 2),
            "Tue": decimal(0, 10, 2),
            "Wed": decimal(0, 10, 2),
            "Total": decimal(0, 50, 2),
        },
    )
    lines = ("Revenue", "Cost of sales", "Gross profit", "Operating expenses", "Income tax")
    yield (
        "statement",
        {
            "Item": one_of(*lines),
            "2023": between(-99_999_999, 999_999_999),
            "2024": between(-99_999_999, 999_999_999),
            "Change %": decimal(-40, 60, 1),
            "Note": between(1, 30),
        },
    )
    yield (
        "财务报表",
        {
            "项目": one_of("营业收入", "营业成本", "销售费用", "管理费用", "净利润", "电话费"),
            "本期金额": money(900_000_000),
            "上期金额": money(900_000_000),
            "增长率": decimal(-50, 80, 2),
            "凭证号": digits(8),
        },
    )
    yield (
        "库存",
        {
            "物料编码": form("########-####"),
            "品名": one_of("螺丝", "轴承", "密封圈", "电机", "滤芯", "张力轮", "白板"),
            "数量": between(1, 99_999),
            "单价": decimal(1, 900, 2),
            "批号": form("20######"),
            "条码": form("69###########"),
        },
    )
    yield (
        "订单",
        {
            "序号": counted("{}", 1),
            "订单号": digits(11),
            "运单号": form("SF#############"),
            "金额": decimal(1, 99_999, 2),
            "下单时间": day("{0}年{1}月{2}日"),
            "流水号": digits(16),
        },
    )
    yield (
        "web statistics",
        {
            "path": form("/p/~~~~~~~~"),
            "hits": between(1, 99_999_999),
            "bytes": digits(10),
            "ms": between(1, 9999),
            "status": one_of("200", "301", "404", "500"),
            "epoch": between(1_500_000_000, 1_900_000_000),
        },
    )
    yield (
        "test results",
        {
            "test case": counted("TC-{:05}", 20),
            "build": form("1.##.#.###"),
            "seed": digits(10),
            "duration": decimal(0, 99),
            "result": one_of("pass", "fail", "skipped"),
            "commit": form("~" * 40),
        },
    )
    yield (
        "books",
        {
            "ISBN-10": isbn10,
            "ISBN-13": form("978-#-##-######-#"),
            "Pages": between(40, 1200),
            "Price": money(90),
            "Shelf": form("@##"),
        },
    )
    yield (
        "shipments",
        {
            "Tracking number": form("1Z999@@1##########"),
            "Consignment": digits(12),
            "Weight kg": decimal(0, 60, 2),
            "Waybill": form("###-########"),
            "Shipped": day(),
            "Container": form("MSCU#######"),
        },
    )
    yield (
        "invoice lines",
        {
            "Pos": counted("{}", 10),
            "Article no.": digits(9),
            "Description": one_of("Licence fee", "Cable 3 m", "Support, monthly", "Toner black"),
            "Qty": between(1, 500),
            "Net": money(9_000),
            "VAT": one_of("7 %", "19 %"),
        },
    )
    yield (
        "chart of accounts",
        {
            "Account": form("####00"),
            "Account name": one_of("Cash at bank", "Trade receivables", "Plant", "Accruals"),
            "Opening": money(9_000_000),
            "Closing": money(9_000_000),
            "Cost centre": digits(7),
        },
    )
    yield (
        "tickers",
        {
            "Ticker": form("@@@@"),
            "Close": decimal(1, 900, 2),
            "Volume": digits(9),
            "Market cap": digits(12),
            "Change": decimal(-9, 9, 2),
            "CUSIP": form("###@#####"),
        },
    )
    yield (
        "substances",
        {
            "Formula": one_of("H2SO4", "C6H12O6", "NaCl", "Fe2O3", "KMnO4", "CH3COOH"),
            "CAS": form("#####-##-#"),
            "Molar mass": decimal(10, 900),
            "Boiling point": decimal(-100, 900, 1),
            "Lot": digits(9),
        },
    )
    yield (
        "league",
        {
            "Pos": counted("{}", 1),
            "Team": one_of("Rovers", "United", "Athletic", "Wanderers", "City"),
            "Played": between(1, 40),
            "Goals": form("##:##"),
            "Points": between(0, 99),
            "Attendance": between(100_000, 9_999_999),
        },
    )
    yield (
        "股票",
        {
            "股票代码": form("60####"),
            "收盘价": decimal(1, 900, 2),
            "成交量": digits(10),
            "成交额": digits(11),
            "市盈率": decimal(1, 90, 1),
        },
    )
    yield (
        "telemetry",
        {
            "seq": counted("{}", 1_000_000_000),
            "device": form("~~~~~~~~-~~~~-4~~~-8~~~-~~~~~~~~~~~~"),
            "uptime_ticks": digits(11),
            "heap": digits(8),
            "crc32": form("~~~~~~~~"),
            "fw": form("v#.##.#"),
        },
    )
    yield (
        "numbers without a name",
        {
            "A": digits(9),
            "B": digits(10),
            "C": digits(11),
            "D": digits(13),
            "E": digits(16),
            "F": form("4###############"),
        },
    )
    yield (
        "batch run",
        {
            "Job": form("JOB#####"),
            "Start": clock,
            "End": clock,
            "Records": digits(9),
            "Checksum": digits(10),
            "Return code": one_of("0", "4", "8"),
        },
    )


def tables(seed: int = 4) -> list[Table]:
    """All of them, the same for the same seed."""
    made: list[Table] = []
    for name, columns in _tables():
        rng = random.Random(f"{seed} {name}")
        rows = tuple(tuple(cell(rng, row) for cell in columns.values()) for row in range(ROWS))
        made.append(Table(name, tuple(columns), rows))
    return made
