"""``gateway redact``: redacted copies of files, trees, or standard input."""

from __future__ import annotations

import os
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli._common import (
    JsonOption,
    LocaleOption,
    PolicyOption,
    Source,
    StrictnessOption,
    ToOption,
    ValuesOption,
    as_json,
    destination,
    plainly,
    read_values,
    sources,
    tuning,
)
from gateway.cli._output import message, result, result_bytes, shown
from gateway.cli._preview import is_page, place
from gateway.errors import ExitCode, UsageError
from gateway.model import Destination, Hint, Item, Outcome, Rung, Surface, Verdict, Wanted

if TYPE_CHECKING:
    from gateway.app import Gateway


def redact(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, or -.")],
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE|-", help="Where the one result goes.")
    ] = "",
    out_dir: Annotated[
        Path | None, typer.Option("--out-dir", metavar="DIR", help="Folder for the results.")
    ] = None,
    policy: PolicyOption = "default",
    values: ValuesOption = None,
    to: ToOption = "",
    preview: Annotated[
        bool,
        typer.Option("--preview", help="Also write a page that shows before and after."),
    ] = False,
    locale: LocaleOption = "",
    strictness: StrictnessOption = "",
    json_lines: JsonOption = False,
) -> None:
    """Write redacted copies; inputs are never changed.

    The copy of report.docx is report.redacted.docx beside it, unless -o or --out-dir says
    otherwise; what came in on stdin goes to stdout. A blocked or unreadable file gets no copy,
    and the exit code is 3. With --preview, report.preview.html shows what was removed: that page
    holds the values and stands beside the original, for your eyes only.
    """
    found = _plan(paths, output, out_dir, json_lines=json_lines)
    goal = destination(to)
    exact = read_values(values)
    asked = tuning(locale, strictness)
    from gateway.app import Gateway
    from gateway.cli._judge import judge
    from gateway.preview import Shown, page
    from gateway.settings import Settings

    blocked = 0
    wanted = Wanted.PREVIEW if preview else Wanted.RESULT
    looked_at: list[Shown] = []
    targets = _Targets(output, out_dir, [s.path for s in found if s.path])
    settings = Settings.from_environ()
    workers = min(settings.workers, len(found))
    with Gateway(settings, policy, exact, workers=workers or 1, tuning=asked) as gateway:
        folders = _FolderNames(gateway, goal)
        for source, outcome in judge(gateway, found, goal, wanted=wanted, quiet=json_lines):
            if preview:
                looked_at.append(Shown(source.shown, replace(outcome, data=outcome.data and b"")))
            written: str | None = None
            if outcome.verdict is Verdict.BLOCK or outcome.data is None:
                blocked += 1
                message(f"{source.shown}: {outcome.reason}")
            else:
                folder = folders.redacted(source.inside.parent) if out_dir else Path()
                written = _write(targets.next(source, folder, outcome.name), outcome.data)
                if not json_lines and written != "-":
                    result(f"{source.shown} -> {shown(written)}  {_summary(outcome)}")
            if json_lines:
                result(as_json(source, outcome, written))
    if preview and found:
        shown_at = _write(place(found), page(looked_at).encode(), private=True)
        message(f"Before and after, for your eyes only: {shown(shown_at)}")
    if blocked:
        raise typer.Exit(ExitCode.BLOCKED)


def _plan(
    paths: Sequence[str], output: str, out_dir: Path | None, *, json_lines: bool
) -> list[Source]:
    """The inputs, once the options are known to fit them."""
    if output and out_dir:
        raise UsageError("-o and --out-dir exclude each other", "give one of them")
    if output == "-" and json_lines:
        raise UsageError("-o - and --json both want stdout", "give -o a file name")
    if output not in ("", "-") and Path(output).is_dir():
        raise UsageError(f"-o takes a file, and {shown(output)} is a folder", "use --out-dir")
    if out_dir and out_dir.exists() and not out_dir.is_dir():
        raise UsageError(f"--out-dir takes a folder, and {shown(out_dir)} is none", "use -o")
    found = _without_pages(sources(paths, left_out=out_dir))
    if output and len(found) != 1:
        raise UsageError(
            f"-o takes exactly one input, and there are {len(found)}", "use --out-dir for several"
        )
    if output == "" and out_dir is None:
        made_here = [s for s in found if _is_own_output(s)]
        for source in made_here:
            message(f"{source.shown}: left out, its name says that it was made here")
        found = [s for s in found if s not in made_here]
        if any(s.path is None for s in found) and json_lines:
            raise UsageError("--json with - needs -o FILE", "stdout cannot hold both")
    if not found:
        message("There is nothing to do: no files were found.")
    return found


def _without_pages(found: Sequence[Source]) -> list[Source]:
    """The inputs without previews that were found in a folder."""
    pages = [s for s in found if s.walked and s.path and is_page(s.path)]
    for source in pages:
        message(f"{source.shown}: left out, it shows what was removed from other files")
    return [s for s in found if s not in pages]


def _is_own_output(source: Source) -> bool:
    if source.path is None:
        return False
    stem, marker, suffix = source.path.name.rpartition(".redacted")
    if not marker or (suffix and not suffix.startswith(".")):
        return False
    return source.walked or source.path.with_name(stem + suffix).exists()


@dataclass(slots=True)
class _FolderNames:
    """Names of mirrored folders, judged like the name of an empty file."""

    gateway: Gateway
    destination: Destination
    _known: dict[str, str] = field(default_factory=dict)

    def redacted(self, folder: Path) -> Path:
        """The folder under names without findings."""
        return Path(*map(self._one, folder.parts))

    def _one(self, name: str) -> str:
        if name not in self._known:
            item = Item(b"", Hint(name), self.destination, Surface.CLI)
            self._known[name] = self.gateway.submit(item).result().name or "folder"
        return self._known[name]


@dataclass(slots=True)
class _Targets:
    """Where each copy goes: never onto an input, never two onto one.

    Two inputs can want one place: the same path in two folders, or names that are alike once
    redacted. The second is then numbered.
    """

    output: str
    out_dir: Path | None
    inputs: Sequence[Path]
    _taken: set[str] = field(default_factory=set)

    def next(self, source: Source, inside: Path, name: str) -> Path | None:
        """The place for a result; ``None`` is stdout.

        Args:
            source: what was read.
            inside: the folders between ``out_dir`` and the result.
            name: its name with findings removed.

        Raises:
            UsageError: the place is that of an input.
        """
        if self.output or source.path is None:
            if self.output == "-" or not (self.output or self.out_dir):
                return None
            target = (
                Path(self.output) if self.output else Path(self.out_dir or "", "stdin.redacted")
            )
        else:
            wanted = Path(name)
            folder = self.out_dir / inside if self.out_dir else source.path.parent
            marker = "" if self.out_dir else ".redacted"
            number = 1
            while True:
                numbered = f" ({number})" if number > 1 else ""
                target = folder / f"{wanted.stem}{numbered}{marker}{wanted.suffix}"
                if _folded(target) not in self._taken:
                    break
                number += 1
            self._taken.add(_folded(target))
        if any(_same(target, path) for path in self.inputs):
            raise UsageError(
                f"{shown(target)} is an input; inputs are never overwritten",
                "choose another place with " + ("-o" if self.output else "--out-dir"),
            )
        return target


def _folded(path: Path) -> str:
    """The path as a file system that ignores case and composition sees it."""
    return unicodedata.normalize("NFC", str(path.absolute())).casefold()


def _same(target: Path, path: Path) -> bool:
    try:
        return target.samefile(path)
    except OSError:  # one of them is not there, or is closed
        return target.resolve() == path.resolve()


def _write(target: Path | None, data: bytes, *, private: bool = False) -> str:
    """Write a file whole or not at all; a device or a pipe is written to as it is.

    Args:
        target: the place; ``None`` is stdout.
        data: what to write.
        private: nobody but the user may read it.

    Raises:
        UsageError: it cannot be written.
    """
    if target is None:
        result_bytes(data)
        return "-"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not target.is_file():
            with target.open("wb") as stream:
                stream.write(data)
            return str(target)
        temporary = target.with_name(f".gateway-{secrets.token_hex(8)}")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(temporary, flags, 0o600 if private else 0o666), "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(
            f"cannot write {shown(target)}: {plainly(error)}",
            "choose a place that you can write to, with -o or --out-dir",
        ) from None
    return str(target)


def _summary(outcome: Outcome) -> str:
    removed = ", ".join(f"{n} × {entity}" for entity, n in outcome.counts.items())
    words = f"removed {removed}" if removed else "nothing to remove"
    odd = outcome.rung not in (Rung.UNTOUCHED, Rung.NATIVE)
    return f"({words}; {outcome.rung})" if odd else f"({words})"
