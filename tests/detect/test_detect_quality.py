"""How well it finds and how quietly it passes by, on invented text and on other detectors' cases."""

import json
import random
import uuid
from pathlib import Path

import pytest

from gateway.detect import Detector, catalogue
from gateway.detect.definitions import load_definitions
from gateway.model import DetectionOptions, Segment

CASES = Path(__file__).parents[2].parent / "shared" / "data" / "cases"

ENGLISH = """The committee met on 12 March 2024 at 14:30 and approved version 2.4.1 of the plan, which
replaces the text of 2019-2023. Section 4.2.1 now says that parts 7734-A and XK-2200-91 are shipped
within 30 days; about 1,250,000 units (up 4.5 % from 1 196 172) left the plant at $12.75 each. The
information in this report is confidential only if its author says so, and nobody keeps a secret for
ten years. See ISBN 978-3-16-148410-0, RFC 9110, ISO 13616-1:2020 and page 1048576. The password
policy requires a password of twelve characters; the password is required, tokens expire. Order
20240115123456789 was delivered, tracking 1Z999AA10123456784. Room 3.14, ratio 3.14159265358979.
"""
CHINESE = """会议于2024年3月12日14:30召开，通过了第2.4.1版方案。全年产量1250000台，同比增长4.5%，单价12.75元，
合计15937500.00元。订单号：20240115123456789，合同编号HT-2024-00123，快递单号SF1234567890123，物料编码
88023301-0045。这是一个秘密，大家都守口如瓶；机密信息的定义见第三条，侵犯商业秘密应承担责任。第十二章
第3.2.1.4条规定，密码应当定期更换，护照和身份证须随身携带。新A股指数上涨，京东和云南白药收盘于3214.55点。
参考编号：GB/T 2260-2007，ISBN 978-7-302-51168-7，版本号v1.2.3.4，文号国发〔2024〕12号。
"""
CODE = '''def rate(items: list[str], token: str, password: str = "") -> float:
    """Return 0x7fffffff or raise; see https://docs.example.org/api#rate."""
    api_key = os.environ["API_KEY"]
    secret = config.get("secret") or settings.SECRET_KEY
    if not re.match(r"\\d{3}-\\d{2}-\\d{4}", items[0]):
        raise ValueError(f"password={password!r}, offset {1 << 31}, mask 255.255.255.0")
    digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    return 1700000000.123456 / len(items)  # commit 9fceb02d0ae598e95dc970b74767f19372d61af8
'''


def _table(rng: random.Random) -> str:
    rows = ["id\tpart\tdate\tqty\tamount\torder\tserial\tean\thash"]
    for row in range(60):
        cells = [
            str(row),
            f"PN-{rng.randint(1000, 9999)}-{rng.choice('ABC')}{rng.randint(10, 99)}",
            f"2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            str(rng.randint(1, 9999)),
            f"{rng.uniform(0, 1e6):,.2f}",
            f"SO{rng.randint(10**6, 10**7 - 1)}",
            str(rng.randint(10**9, 10**10 - 1)),
            f"40{rng.randint(10**10, 10**11 - 1)}",
            f"{rng.getrandbits(64):016x}",
        ]
        rows.append("\t".join(cells))
    return "\n".join(rows)


def _log(rng: random.Random) -> str:
    lines = [
        f"2024-01-{rng.randint(1, 28):02}T12:{rng.randint(10, 59)}:07.{rng.randint(100, 999)}Z INFO"
        f" [{uuid.UUID(int=rng.getrandbits(128))}] request {rng.getrandbits(160):040x} took"
        f" {rng.randint(1, 999)} ms at {rng.randint(16 * 10**8, 17 * 10**8)}, offset"
        f" {rng.randint(10**12, 10**13)}, build 1.{rng.randint(0, 9)}.{rng.randint(0, 99)}.7"
        for _ in range(40)
    ]
    return "\n".join(lines)


# True of this text, and no alarm under the default policy: dates, firms, contract and invoice numbers.
HARMLESS = ("INDIRECT", "BUSINESS", "NETWORK")


def test_clean_text_raises_no_alarm() -> None:
    rng = random.Random(20)
    texts = [ENGLISH, CHINESE, CODE] * 3 + [part(rng) for part in (_table, _log, _table, _log)]
    detector = Detector(DetectionOptions())
    findings = detector.find([Segment(text, "x") for text in texts])
    groups = catalogue()
    alarms = [
        (f.entity, texts[f.segment][f.start : f.end])
        for f in findings
        if groups[f.entity].isdisjoint(HARMLESS)
    ]
    assert sum(map(len, texts)) > 20_000
    assert [] == alarms


def _cases(name: str) -> list[dict]:
    path = CASES / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_presidios_own_cases_are_found_beside_their_label() -> None:
    """A bare number counts only beside a word that names it, so each case stands in a labelled
    field."""
    labels = {d.entity: d.context[0] for d in reversed(load_definitions()) if d.context}
    detector = Detector(DetectionOptions())
    known = catalogue()
    hits = total = alarms = negatives = 0
    for case in _cases("presidio_recognizer_cases.jsonl"):
        entity = case["entity"]
        if entity not in known:
            continue
        context = (labels[entity],) if entity in labels else ()
        findings = detector.find([Segment(case["text"], "x", context=context)])
        if case["spans"]:
            total += len(case["spans"])
            hits += sum(
                any(f.start <= start and end <= f.end for f in findings)
                for start, end in case["spans"]
            )
        else:
            negatives += 1
            alarms += any(f.entity == entity for f in findings)
    assert total > 300
    assert hits / total >= 0.93, f"{hits} of {total}"
    assert alarms / negatives <= 0.05, f"{alarms} of {negatives}"


VENDORS = (
    "anthropic", "aws", "openai", "gcp", "github", "gitlab", "slack", "stripe", "twilio", "sendgrid",
    "npm", "pypi", "huggingface", "digitalocean", "telegram", "alibaba", "mailgun", "shopify",
    "databricks", "azure", "private-key", "jwt",
)  # fmt: skip


def test_gitleaks_cases_of_our_vendors_are_found() -> None:
    secrets = {entity for entity, groups in catalogue().items() if "SECRETS" in groups}
    detector = Detector(DetectionOptions())
    cases = [
        case
        for case in _cases("gitleaks_cases.jsonl")
        if case["expect"] and case["rule"].startswith(VENDORS)
    ]
    hits = sum(
        any(f.entity in secrets for f in detector.find([Segment(case["text"], "x")]))
        for case in cases
    )
    assert len(cases) > 100
    assert hits / len(cases) >= 0.95, f"{hits} of {len(cases)}"
