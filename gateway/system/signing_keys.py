"""The file of keys with which the gateway may sign requests again.

It is the user's own and readable by nobody else, like the key of this machine; on Windows, where
mode bits mean little, the user's profile folder protects it. It appears and changes whole. A
secret is never shown again once it is in it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import stat
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from gateway.errors import GatewayError, UsageError
from gateway.services.signatures import SigningKeys

_log = logging.getLogger(__name__)

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,127}")
_SECRET = re.compile(r"[!-~]{8,4096}")
_MOST_BYTES = 1024 * 1024
_HEAD = "# Keys with which the gateway may sign requests again. See: gateway services key --help\n"

type _Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One key of the file.

    Args:
        key_id: the public name: access key id or account.
        secret: what signs.
        added: the day, ISO 8601.
    """

    key_id: str
    secret: str = field(repr=False)
    added: str = ""


class SigningKeyFile:
    """The keys of this user.

    Args:
        path: need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: _Stamp | None = None
        self._keys = SigningKeys()

    def stored(self) -> tuple[StoredKey, ...]:
        """All keys, in the order in which they were added.

        Raises:
            GatewayError: others may read the file, or it is damaged.
        """
        try:
            text = self._read()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise self._error("cannot be read", "check that it is yours") from error
        return self._parsed(text)

    def add(self, key_id: str, secret: str) -> bool:
        """Add a key, or replace the one of that id.

        Returns:
            whether there was one of that id.

        Raises:
            UsageError: the id or the secret cannot be one.
            GatewayError: the file cannot be read or written.
        """
        if not _ID.fullmatch(key_id):
            raise UsageError(
                "that cannot be an access key id or an account name",
                "give the public part, such as AKIA… or mystorageaccount",
            )
        if not _SECRET.fullmatch(secret):
            raise UsageError(
                "that cannot be a secret key: it is 8 or more characters without spaces",
                "paste the secret access key or the account key as it was given to you",
            )
        kept = [one for one in self.stored() if one.key_id != key_id]
        replaced = len(kept) < len(self.stored())
        today = datetime.now(UTC).date().isoformat()
        self._write([*kept, StoredKey(key_id, secret, today)])
        return replaced

    def remove(self, key_id: str) -> bool:
        """Remove a key; whether there was one of that id.

        Raises:
            GatewayError: the file cannot be read or written.
        """
        stored = self.stored()
        kept = [one for one in stored if one.key_id != key_id]
        if len(kept) < len(stored):
            self._write(kept)
        return len(kept) < len(stored)

    def current(self) -> SigningKeys:
        """The keys as they stand now, for a program that runs on.

        A file that cannot be used gives no keys, so that what would need one is refused.
        """
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            self._keys = SigningKeys()
            try:
                self._keys = SigningKeys({one.key_id: one.secret for one in self.stored()})
            except GatewayError as error:
                _log.error("requests cannot be signed again: %s", error)
        return self._keys

    def _stamp(self) -> _Stamp | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_mode

    def _read(self) -> str:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(self._path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST_BYTES:
                raise self._error("is not a file of keys", "move it away")
            if os.name == "posix" and (status.st_mode & 0o077 or status.st_uid != os.geteuid()):
                raise self._error(
                    "can be read or changed by others",
                    "replace the keys at their services, delete the file and add the new ones; "
                    f"or, if nobody else uses this computer: chmod 600 {self._path}",
                )
            return file.read().decode("utf-8", "replace")

    def _parsed(self, text: str) -> tuple[StoredKey, ...]:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError

        try:
            data: Any = YAML(typ="safe").load(text) or {}
            return tuple(
                StoredKey(str(one["id"]), str(one["secret"]), str(one.get("added", "")))
                for one in data.get("keys", ())
            )
        except (YAMLError, AttributeError, KeyError, TypeError, ValueError):
            # The cause would quote the file.
            raise self._error("is damaged", "delete it, and add the keys again") from None

    def _write(self, keys: list[StoredKey]) -> None:
        from ruamel.yaml import YAML

        text = StringIO(_HEAD)
        text.seek(0, os.SEEK_END)
        items = [{"id": one.key_id, "secret": one.secret, "added": one.added} for one in keys]
        YAML().dump({"keys": items}, text)
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # mkstemp gives mode 0600.
            handle, temporary = tempfile.mkstemp(prefix=".signing-", dir=self._path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(text.getvalue().encode())
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(self._path)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    Path(temporary).unlink()
        except OSError as error:
            raise self._error("cannot be written", "check that its folder is yours") from error

    def _error(self, what: str, remedy: str) -> GatewayError:
        return GatewayError(f"the file of signing keys {self._path} {what}", remedy)
