"""``gateway services check``: whether profile files can be used, together with all others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gateway.errors import PolicyError
from gateway.services import _load
from gateway.services.schema import Profile


def check_profiles(files: Sequence[Path], user_dir: Path | None = None) -> list[Profile]:
    """Read profiles as the gateway would if these files were among the user's own.

    Args:
        files: profiles that need not stand in the user's folder yet; none means the user's own.
        user_dir: the user's folder; need not exist.

    Returns:
        the profiles in ``files``, or in ``user_dir``, with everything they inherit.

    Raises:
        PolicyError: one is wrong, or claims the name or a host of another; names file and line.
    """
    given = [(str(file), _text(file)) for file in files]
    named = {file.resolve() for file in files}
    own = list(_load.from_folder(user_dir)) if user_dir else []
    others = [(label, text) for label, text in own if Path(label).resolve() not in named]
    parsed = [_load.parse(source) for source in (*_load.built_in(), *others, *given)]
    resolved = _load.resolve(parsed)
    wanted = {label for label, _ in (given or own)}
    return [resolved[one.profile.service] for one in parsed if one.label in wanted]


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeError) as error:
        raise PolicyError(
            f"{file}:1: cannot be read as UTF-8 text", "give the path of a YAML file"
        ) from error
