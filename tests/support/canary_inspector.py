"""An inspector that knows one canary; also loaded by the child processes of the crash tests."""

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor

from gateway.model import Item, Outcome, Verdict

CANARY = "CANARY-4111-1111"
PLACEHOLDER = "[CARD]"


class Inspector:
    """Replaces a canary in content and name; blocks what holds BLOCKME. Real threads."""

    def __init__(self) -> None:
        self.judged: list[str] = []
        self.block = b"BLOCKME"
        self._pool = ThreadPoolExecutor(2)

    def submit(self, item: Item) -> Future[Outcome]:
        return self._pool.submit(self._judge, item)

    def _judge(self, item: Item) -> Outcome:
        self.judged.append(item.hint.name)
        digest = hashlib.sha256(item.data).hexdigest()
        name = item.hint.name.replace(CANARY, PLACEHOLDER)
        if self.block in item.data or self.block.decode() in item.hint.name:
            return Outcome(
                Verdict.BLOCK,
                name=name,
                reason="Blocked by gateway: 1 × WORD (ref G-1)",
                rule="no-words",
                reference="G-1",
                item_sha256=digest,
            )
        data = item.data.replace(CANARY.encode(), PLACEHOLDER.encode())
        changed = data != item.data
        return Outcome(
            Verdict.REDACT if changed else Verdict.ALLOW,
            data,
            name,
            counts={"CARD": 1} if changed else {},
            reference="G-2",
            sha256=hashlib.sha256(data).hexdigest(),
            item_sha256=digest,
        )
