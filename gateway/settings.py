"""Machine settings: ports, limits, folders. Policy says *what*; settings say *how much, where*.

Each field has an environment variable ``GATEWAY_<FIELD>``; ``GATEWAY_HOME`` moves every folder
at once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from gateway.errors import UsageError

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets for one item, whole nesting included. Over a limit means unreadable.

    Args:
        item_bytes: size of the item itself.
        opened_bytes: bytes of all opened children together.
        depth: how deep containers may nest.
        entries: children of all containers together.
        ratio: opened bytes per byte of their container (a zip of zeros reaches 1000).
        characters: text handed to detection.
        pages: pages, slides and sheets together.
        pictures: pictures whose pixels are read; the same picture counts once.
        picture_pixels: size of one picture.
        pixels: size of all pictures together.
        wall_seconds: time for the whole item, waiting for a worker excluded.
        cpu_seconds: processor time for the whole item.
        memory_bytes: address space of a worker.
    """

    item_bytes: int = 200 * MIB
    opened_bytes: int = 500 * MIB
    depth: int = 6
    entries: int = 10_000
    ratio: int = 200
    characters: int = 20_000_000
    pages: int = 5_000
    pictures: int = 500
    picture_pixels: int = 100_000_000
    pixels: int = 400_000_000
    wall_seconds: int = 60
    cpu_seconds: int = 60
    memory_bytes: int = 4096 * MIB


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are kept and how much may be used."""

    home: Path
    limits: Limits = field(default_factory=Limits)
    workers: int = 2
    proxy_port: int = 8877

    @property
    def audit_log(self) -> Path:
        """The audit log of this user."""
        return self.home / "audit.jsonl"

    @property
    def ca_dir(self) -> Path:
        """Folder of the gateway's own certificate authority."""
        return self.home / "ca"

    @property
    def key_file(self) -> Path:
        """Key for digests and hash placeholders, mode 0600."""
        return self.home / "key"

    @property
    def spool_dir(self) -> Path:
        """Where large uploads lie, enciphered, while their parts come in."""
        return self.home / "spool"

    @property
    def match_dir(self) -> Path:
        """Indexes of exact data (``gateway match``)."""
        return self.home / "match"

    @property
    def recognizers_dir(self) -> Path:
        """Recognisers that the user adds."""
        return self.home / "recognizers"

    @property
    def services_dir(self) -> Path:
        """Profiles that the user adds."""
        return self.home / "services"

    @property
    def signing_keys_file(self) -> Path:
        """Keys with which requests may be signed again, mode 0600 (``gateway services key``)."""
        return self.home / "signing-keys.yaml"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read settings from the environment.

        Raises:
            UsageError: a variable does not hold a positive whole number.
        """
        home = environ.get("GATEWAY_HOME")
        limits = Limits(**{f.name: _number(environ, f.name, f.default) for f in fields(Limits)})
        return cls(
            home=Path(home) if home else _default_home(),
            limits=limits,
            workers=_number(environ, "workers", 2),
            proxy_port=_port(environ),
        )


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("redaction-gateway", appauthor=False)


def _port(environ: Mapping[str, str]) -> int:
    port = _number(environ, "proxy_port", 8877)
    if port > 65535:
        raise UsageError("GATEWAY_PROXY_PORT must be at most 65535", "unset it or correct it")
    return port


def _number(environ: Mapping[str, str], name: str, default: object) -> int:
    variable = f"GATEWAY_{name.upper()}"
    text = environ.get(variable, "")
    if not text:
        assert isinstance(default, int)
        return default
    if not text.isascii() or not text.isdecimal() or int(text) == 0:
        raise UsageError(
            f"{variable} must be a positive whole number", f"unset {variable} or correct it"
        )
    return int(text)
