"""The catalogue in words: the table in docs/services.md is made here, and a test keeps it true."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.model import Purpose
from gateway.services.schema import GENERIC, Profile, Step


def markdown(profiles: Sequence[Profile]) -> str:
    """One section for each profile: hosts, steps, what is refused, what cannot be seen."""
    return "\n".join(_section(profile) for profile in profiles if profile.service != GENERIC)


def _section(profile: Profile) -> str:
    lines = [f"### {profile.title} (`{profile.service}`)", ""]
    lines += [f"Hosts: {', '.join(f'`{host}`' for host in profile.hosts)}", ""]
    lines += ["| step | requests | purpose | treated how |", "|---|---|---|---|"]
    lines += [_row(profile, step) for step in profile.steps]
    lines += [f"| *any other* | | {profile.purpose} | inspected |", ""]
    if profile.verified:
        lines += [f"Checked against: {profile.verified.by} ({profile.verified.how}).", ""]
    if profile.unseen:
        lines += ["Not seen, or not yet:", *(f"- {text}" for text in profile.unseen), ""]
    return "\n".join(lines)


def _row(profile: Profile, step: Step) -> str:
    # A bar divides the methods in a pattern and the cells of the table.
    requests = "<br>".join("`" + line.replace("|", "\\|") + "`" for line in step.patterns)
    for name, values in step.query.items():
        requests += f"<br>with `{name}={','.join(values)}`"
    purpose = step.purpose or profile.purpose
    return f"| {step.name} | {requests} | {purpose} | {_treatment(step, purpose)} |"


def _treatment(step: Step, purpose: Purpose) -> str:
    if step.refused_because:
        return f"refused: {step.refused_because}"
    if purpose is Purpose.SIGN_IN:
        return "passed without inspection"
    if step.whole_unless:
        return f"inspected; refused if `{step.whole_unless}` says that it is one of several parts"
    return "inspected"
