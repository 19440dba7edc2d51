"""The policy in force, and its replacement while the program runs."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Collection, Mapping
from pathlib import Path

from gateway.errors import PolicyError
from gateway.policy._policy import Policy
from gateway.policy.compare import compare
from gateway.policy.load import parse_policy, read_source


class PolicyStore:
    """Holds the policy in force and swaps it as a whole when its file changes.

    A file that cannot be used changes nothing: the last good policy stays, and
    ``last_error`` says why. A file that is still being written is not taken: it must read the
    same twice. ``current`` is one reference, so readers in other threads see the old policy or
    the new one, never a mixture.

    Args:
        source: the name of a built-in policy, or the path of a file.
        entities: the groups of each entity that detection knows.
        services: names of the known services; when empty, service names are not checked.
        settle: seconds between the two readings of a changed file.

    Raises:
        PolicyError: the first policy cannot be used; there is nothing to fall back on.
    """

    def __init__(
        self,
        source: str | Path,
        entities: Mapping[str, frozenset[str]],
        *,
        services: Collection[str] = (),
        settle: float = 0.05,
    ) -> None:
        self._source = source
        self._entities = dict(entities)
        self._services = frozenset(services)
        self._settle = settle
        self._lock = threading.Lock()
        name, data = read_source(source)
        self._seen = _digest(data)
        self._current = parse_policy(data, name, self._entities, self._services)
        self._seen_error: PolicyError | None = None
        self._last_error: PolicyError | None = None
        self._last_change = ""

    @property
    def current(self) -> Policy:
        """The policy in force."""
        return self._current

    @property
    def last_error(self) -> PolicyError | None:
        """Why the newest file is not in force; ``None`` when it is."""
        return self._last_error

    @property
    def last_change(self) -> str:
        """What the last swap made looser, then what it made stricter, one line each."""
        return self._last_change

    def reload_if_changed(self) -> bool:
        """Take a changed file into force. Never raises for a bad file.

        Returns:
            whether another policy is in force now. A change of comments or layout is none.
        """
        with self._lock:
            try:
                name, data = read_source(self._source)
                if _digest(data) != self._seen:
                    time.sleep(self._settle)
                    if read_source(self._source)[1] != data:
                        return False
            except PolicyError as error:
                self._last_error = error
                return False
            if _digest(data) == self._seen:
                self._last_error = self._seen_error
                return False
            return self._take(name, data)

    def _take(self, name: str, data: bytes) -> bool:
        self._seen = _digest(data)
        try:
            new = parse_policy(data, name, self._entities, self._services)
        except PolicyError as error:
            self._last_error = self._seen_error = error
            return False
        self._last_error = self._seen_error = None
        old, self._current = self._current, new
        if new.fingerprint == old.fingerprint:
            return False
        self._last_change = "\n".join(compare(old, new)) or "no treatment changed"
        return True


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
