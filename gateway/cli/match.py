"""``gateway match``: lists of exact data, kept as keyed hashes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli._output import message, result, shown
from gateway.errors import UsageError

if TYPE_CHECKING:
    from gateway.settings import Settings

app = typer.Typer(
    help="Lists whose values must never leave: customers, patients, projects. Only keyed hashes "
    "of the values are kept.",
    no_args_is_help=True,
)

_NAME = re.compile(r"[\w][\w .-]{0,59}")
_ENDING = ".index"


@app.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A table, or a value a line.")],
    columns: Annotated[
        str,
        typer.Option("--columns", metavar="NAME,NAME", help="Columns whose values are taken."),
    ] = "",
    name: Annotated[
        str, typer.Option("--name", help="What the list is called; the file's name otherwise.")
    ] = "",
) -> None:
    """Add a list, or replace the one of that name.

    CSV, Excel and whatever else the gateway can read as a table. Without --columns the file is a
    plain text with one value a line. Values that are too short to look for wherever they stand
    (fewer than four letters and digits, or two Chinese characters) are left out and counted.
    """
    from gateway.cli._columns import lines, table_values
    from gateway.detect.index import IndexBuilder
    from gateway.redaction import load_key
    from gateway.settings import Settings

    settings = Settings.from_environ()
    if not file.is_file():
        raise UsageError(f"no such file: {shown(file)}", "give a table or a text file")
    wanted = tuple(column.strip() for column in columns.split(",") if column.strip())
    target = _file(settings, name or file.stem)
    builder = IndexBuilder(load_key(settings.key_file), wanted)
    for value in table_values(file, wanted, settings.limits) if wanted else lines(file):
        builder.add(value)
    summary = builder.write(target)
    if not summary.values:
        target.unlink()
        raise UsageError(
            "no value was found that is long enough to look for", "check the file and --columns"
        )
    result(f"{target.stem}: {summary.values} values are looked for from now on.")
    if summary.short:
        message(f"{summary.short} values were left out: too short, or over 120 characters.")


@app.command("list")
def list_indexes() -> None:
    """List the lists: name, number of values, columns, date."""
    from gateway.detect.index import read_summary
    from gateway.settings import Settings

    paths = sorted(Settings.from_environ().match_dir.glob(f"*{_ENDING}"))
    if not paths:
        message("There are no lists. Add one with: gateway match add FILE --columns NAME,NAME")
    for path in paths:
        summary = read_summary(path)
        columns = ", ".join(summary.columns) or "one value a line"
        result(f"{path.stem}: {summary.values} values ({shown(columns)}), made {summary.made}")


@app.command()
def remove(name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Remove a list: its values are no longer looked for."""
    from gateway.settings import Settings

    path = _file(Settings.from_environ(), name)
    if not path.exists():
        raise UsageError(f"no list is called {shown(name)}", "see: gateway match list")
    path.unlink()
    result(f"{path.stem}: removed.")


def _file(settings: Settings, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise UsageError(
            "a list's name is up to 60 letters, digits, spaces, dots and hyphens", "give --name"
        )
    return settings.match_dir / f"{name}{_ENDING}"
