"""The catalogue in words: the tables in docs/services.md are made here, and a test keeps them true.

After a change of a profile, this makes the page anew::

    python -c "from gateway.services.describe import update; update('docs/services.md')"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from gateway.model import Purpose
from gateway.services.schema import GENERIC, Profile, Step
from gateway.services.uploads.schema import Role

_HOW = {
    "sdk": "real client",
    "capture": "recording",
    "source": "source",
    "documentation": "documentation",
}


def markdown(profiles: Sequence[Profile]) -> str:
    """A table of all services, then a section for each: hosts, steps, what cannot be seen."""
    known = {profile.service: profile for profile in profiles if profile.service != GENERIC}
    return "\n".join((*_overview(known.values()), *_sections(known)))


_HEADING = "\n## The services\n\n"


def page(text: str, profiles: Sequence[Profile]) -> str:
    """A page whose part from the heading "The services" on says what the profiles say."""
    return text.partition(_HEADING)[0] + _HEADING + markdown(profiles).rstrip() + "\n"


def update(path: str | Path) -> None:
    """Bring a page up to date with the built-in profiles."""
    from gateway.services.catalog import Catalog

    file = Path(path)
    file.write_text(page(file.read_text("utf-8"), Catalog.load().profiles()), encoding="utf-8")


def _overview(profiles: Iterable[Profile]) -> Iterator[str]:
    yield "| service | steps covered | strategy | verified how | cannot be seen, above all |"
    yield "|---|---|---|---|---|"
    for profile in sorted(profiles, key=lambda profile: profile.title.casefold()):
        how = _HOW[profile.verified.how] if profile.verified else "not yet"
        names = ", ".join(step.name for step in profile.steps) or "none by name"
        unseen = profile.unseen[0] if profile.unseen else ""
        link = f"[{profile.title}](#{profile.service})"
        yield f"| {link} | {names} | {strategy(profile)} | {how} | {unseen} |"
    yield ""


def strategy(profile: Profile) -> str:
    """How the steps of a service are treated, in a few words, the most lenient first."""
    ways = [_way(profile, step) for step in profile.steps] + [_INSPECTED]
    return ", ".join(way for way in _WAYS if way in ways)


_INSPECTED, _MESSAGES = "inspected", "WebSocket messages inspected"
_HELD, _REFUSED = "uploads held and judged whole", "pieces refused"
_WAYS = (_INSPECTED, _MESSAGES, _HELD, _REFUSED)


def _way(profile: Profile, step: Step) -> str:
    if step.upload and step.upload.role is not Role.MENTION:
        return _HELD
    if step.refused_because or step.whole_unless:
        return _REFUSED
    if (step.purpose or profile.purpose) is Purpose.SIGN_IN:
        return ""
    return _MESSAGES if step.framing else _INSPECTED


def _sections(known: Mapping[str, Profile]) -> Iterator[str]:
    for profile in known.values():
        model = known.get(profile.like or "")
        inherited = {id(step) for step in model.steps} if model else set()
        yield from (f"### {profile.service}", "", f"**{profile.title}**", "")
        yield from (f"Hosts: {', '.join(f'`{host}`' for host in profile.hosts)}", "")
        yield from ("| step | requests | purpose | treated how |", "|---|---|---|---|")
        yield from (_row(profile, step) for step in profile.steps if id(step) not in inherited)
        if model:
            yield f"| *further steps as [{model.service}](#{model.service})* | | | |"
        yield from (f"| *any other* | | {profile.purpose} | inspected |", "")
        if profile.verified:
            how = _HOW[profile.verified.how]
            yield from (f"Checked against: {profile.verified.by} ({how}).", "")
        if profile.unseen:
            yield from ("Not seen, or not yet:", "", *(f"- {text}" for text in profile.unseen), "")


def _row(profile: Profile, step: Step) -> str:
    # A bar divides the methods in a pattern and the cells of the table.
    requests = "<br>".join("`" + line.replace("|", "\\|") + "`" for line in step.patterns)
    for name, values in step.query.items():
        requests += f"<br>with `{name}={','.join(values)}`"
    purpose = step.purpose or profile.purpose
    return f"| {step.name} | {requests} | {purpose} | {treatment(step, purpose)} |"


def treatment(step: Step, purpose: Purpose) -> str:
    """How requests of a step are treated, in a few words."""
    if step.upload and step.upload.role is not Role.MENTION:
        held = f"held until the upload is whole ({step.upload.role})"
        return f"{held}, if it is part of one; else inspected" if step.upload.only_if else held
    if step.refused_because:
        return f"refused: {step.refused_because}"
    if purpose is Purpose.SIGN_IN:
        return "passed without inspection"
    if step.whole_unless:
        return f"inspected; refused if `{step.whole_unless}` says that it is one of several parts"
    if step.framing:
        return f"WebSocket: each message of the client inspected ({step.framing})"
    return "inspected"
