"""Keys of the user's own with which the gateway may sign again.

Plain data: where they are kept, and who may read them, is the business of ``gateway/system``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """Secrets by the public id that requests name: access key ids, account names.

    It opts in for exactly the ids that it holds, and never shows a secret.
    """

    _secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def secret(self, key_id: str) -> str | None:
        """The secret of an id, or ``None``."""
        return self._secrets.get(key_id) if key_id else None

    def __contains__(self, key_id: object) -> bool:
        return isinstance(key_id, str) and bool(key_id) and key_id in self._secrets

    def __iter__(self) -> Iterator[str]:
        return iter(self._secrets)

    def __len__(self) -> int:
        return len(self._secrets)
