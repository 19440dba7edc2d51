"""Notes beside files that stay: what happened, why, what to do; in English and Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_MARK = "redaction-gateway: not published · 未发布"
_ROOM = 255  # bytes in a name, on all usual file systems
_NAME = re.compile(r"(?P<file>.+)\.blocked(?:\.\d+)?\.txt", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a file stays.

    Args:
        why: a sentence for people, without values.
        rule: the policy rule that decided; empty when there was no verdict.
        reference: the id of the audit record; empty when there was no verdict.
        retry: whether the watcher tries again by itself.
    """

    why: str
    rule: str = ""
    reference: str = field(default="")
    retry: bool = False


def is_note_name(name: str) -> bool:
    """Whether a file is called like a note. Such files are never published."""
    return bool(_NAME.fullmatch(name))


def text(reason: Reason) -> str:
    """The note, without the file's name: it stands beside the file."""
    if reason.retry:
        todo = "Nothing: it is tried again by itself. Or take the file away."
        todo_zh = "无需操作，系统会自动重试；也可以移走该文件。"
    else:
        todo = (
            "Change the file, or take it away. To have it judged again as it is, delete this note."
        )
        todo_zh = "请修改或移走该文件；如需按原样重新检查，请删除本说明。"
    lines = [
        _MARK,
        "",
        "The file beside this note was not published. It is unchanged and nothing of it has left.",
        f"Why:       {reason.why}",
        *([f"Rule:      {reason.rule}"] if reason.rule else []),
        *([f"Reference: {reason.reference}"] if reason.reference else []),
        f"To do:     {todo}",
        "",
        "本说明旁边的文件未被发布。文件保持原样，内容没有离开本机。",
        f"原因：{reason.why}",
        *([f"规则：{reason.rule}"] if reason.rule else []),
        *([f"编号：{reason.reference}"] if reason.reference else []),
        f"处理：{todo_zh}",
        "",
    ]
    return "\n".join(lines)


def write(file: Path, reason: Reason) -> Path | None:
    """Write or renew the note beside a file.

    Returns:
        the note, or ``None`` when it could not be written (a full disk, a read-only folder).
    """
    body = text(reason).encode("utf-8")
    for note in _names(file):
        try:
            if is_ours(note):
                if note.read_bytes() != body:
                    note.write_bytes(body)
                return note
            with note.open("xb") as out:
                out.write(body)
        except FileExistsError:
            continue
        except OSError:
            return None
        return note
    return None


def find(file: Path) -> Path | None:
    """The note beside a file, if there is one of ours."""
    return next((note for note in _names(file) if is_ours(note)), None)


def remove(file: Path) -> bool:
    """Take away the notes beside a file; whether there was one."""
    removed = False
    for note in _names(file):
        if is_ours(note):
            note.unlink(missing_ok=True)
            removed = True
    return removed


def is_ours(note: Path) -> bool:
    """Whether a file is a note that this program wrote."""
    try:
        if note.is_symlink() or not note.is_file():
            return False
        with note.open("rb") as source:
            return source.readline() == f"{_MARK}\n".encode()
    except OSError:
        return False


def named_file(note: Path) -> Path:
    """The file that a note stands beside; the note itself when it is not called like one."""
    found = _NAME.fullmatch(note.name)
    if found is None:
        return note
    file = note.with_name(found["file"])
    if len(_longest(file.name).encode("utf-8", "surrogateescape")) + 4 > _ROOM and not file.exists(
        follow_symlinks=False
    ):
        # The file's name was too long for the note's, and was cut.
        others = (f for f in note.parent.iterdir() if f.name.startswith(file.name) and f != note)
        return next((other for other in others if not is_note_name(other.name)), file)
    return file


def says(file: Path, reason: Reason) -> bool:
    """Whether the note beside a file gives this reason already."""
    note = find(file)
    try:
        return note is not None and note.read_bytes() == text(reason).encode("utf-8")
    except OSError:
        return False


def _longest(stem: str) -> str:
    return f"{stem}.blocked.9.txt"


def _names(file: Path) -> list[Path]:
    stem = file.name
    while len(_longest(stem).encode("utf-8", "surrogateescape")) > _ROOM:
        stem = stem[:-1]
    return [file.with_name(f"{stem}.blocked{n}.txt") for n in ("", ".2", ".3", ".4", ".5")]
