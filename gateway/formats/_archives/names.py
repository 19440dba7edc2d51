"""Names of members: decoded, safe on every system, unique within their archive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gateway.formats._base import edit_text
from gateway.model import Edit, Hint

# Characters that a member name may not have on some system, and control characters.
_UNSAFE = str.maketrans(dict.fromkeys('<>:"|?*/\\', "_") | dict.fromkeys(map(chr, range(32)), "_"))


def decoded(raw: bytes) -> str:
    """Bytes of a name or remark, in the likeliest encoding."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def views(raw: bytes) -> Iterable[str]:
    """Bytes in every way that text could stand in them, for the verifier."""
    if raw:
        yield raw.decode("latin-1")
        yield raw.decode("utf-8", "replace")
        yield raw.decode("gb18030", "replace")
        yield raw.decode("utf-16-le", "replace")
        yield raw[1:].decode("utf-16-le", "replace")


def last_part(path: str) -> str:
    """The file name at the end of a path."""
    return path.replace("\\", "/").rpartition("/")[2]


def renamed(name: str, edits: Sequence[Edit]) -> str:
    """A member's path with its edits made; what is put in never makes a folder."""
    safe = [
        Edit(edit.segment, edit.start, edit.end, edit.replacement.translate(_UNSAFE))
        for edit in edits
    ]
    return edit_text(name, safe) or "_"


def with_ending(name: str, ending: str) -> str:
    """The path of a member that became another kind of file."""
    file = last_part(name)
    return name.removesuffix(Hint(file).ending) + ending


def unique(name: str, taken: Iterable[str]) -> str:
    """The name, numbered before its extension if it is taken."""
    slash = "/" if name.endswith("/") else ""
    stem, dot, extension = name.rstrip("/").rpartition(".")
    if not stem or "/" in extension:
        stem, dot, extension = name.rstrip("/"), "", ""
    taken = set(taken)
    candidate, count = name, 1
    while candidate in taken:
        count += 1
        candidate = f"{stem}-{count}{dot}{extension}{slash}"
    return candidate
