import hashlib

import pytest

from gateway.audit import AuditLog
from gateway.model import (
    Destination,
    Finding,
    Hint,
    Item,
    Outcome,
    Purpose,
    Surface,
    Unread,
    Verdict,
)

KEY = b"k" * 32


@pytest.fixture
def path(tmp_path):
    return tmp_path / "home" / "audit.jsonl"


@pytest.fixture
def make():
    """An item and its outcome; every text from the document holds the word canary."""

    def build(number=0, verdict=Verdict.REDACT):
        data = f"canary content {number}".encode()
        item = Item(
            data,
            Hint("canary-name.docx", "text/plain"),
            Destination("openai", "api.openai.com", Purpose.CHAT, "completions"),
            Surface.PROXY,
        )
        output = b"canary [EMAIL_ADDRESS]"
        outcome = Outcome(
            verdict,
            None if verdict is Verdict.BLOCK else output,
            name="canary-name.docx",
            format="docx",
            reason="canary reason",
            rule="people",
            findings=(Finding("EMAIL_ADDRESS", 1.0, 0, 0, 6, "canary/part"),),
            counts={"EMAIL_ADDRESS": 2, "API_KEY": 1},
            unread=(Unread("canary/part", "encrypted"), Unread("canary/two", "encrypted")),
            rung="native",
            reference=f"r{number}",
            sha256="" if verdict is Verdict.BLOCK else hashlib.sha256(output).hexdigest(),
            item_sha256=hashlib.sha256(data).hexdigest(),
            milliseconds=12.4,
        )
        return item, outcome

    return build


@pytest.fixture
def fill(path, make):
    """Appends records as one log does."""

    def append(count, **options):
        log = AuditLog(path, KEY, **options)
        return [log.append(*make(number), "default", "f" * 64) for number in range(count)]

    return append
