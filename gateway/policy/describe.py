"""A policy as a table for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gateway.model import Purpose
from gateway.policy._policy import Policy
from gateway.policy.schema import (
    CONNECTED_EXPERIENCES,
    FailureChoice,
    Rule,
    Scope,
    UnreadableChoice,
)


def describe(policy: Policy) -> str:
    """The rules of a policy in the order in which they are tried, as plain text."""
    content = policy.content
    rows = [("rule", "what", "where", "action")]
    rows += [(deny.label, "anything at all", _where(deny), "block") for deny in policy.denials]
    if content.connected_experiences == "allow":
        where = str(Purpose.CONNECTED_EXPERIENCE)
        rows.append((CONNECTED_EXPERIENCES, "anything at all", where, "allow"))
    rows += [("ignore", name, "anywhere", "not looked for") for name in content.ignore]
    rows += [(r.name, _what(r), _where(r), _action(r)) for r in content.rules]
    rows.append(("otherwise", "any other finding", "anywhere", content.otherwise))
    rows += [_choice("unreadable", c) for c in content.unreadable]
    rows += [_choice("failures", c) for c in content.failures]
    heading = f"{content.name}: {content.description}" if content.description else content.name
    return "\n".join([heading.strip(), "", *_table(rows)])


def _choice(name: str, choice: UnreadableChoice | FailureChoice) -> tuple[str, str, str, str]:
    kinds = choice.kinds if isinstance(choice, UnreadableChoice) else ()
    what = ", ".join(kinds) or ("what nobody can read" if name == "unreadable" else "any failure")
    return name, what, _where(choice), choice.action


def _what(rule: Rule) -> str:
    text = "any finding" if "*" in rule.entities else ", ".join(rule.entities)
    if rule.roles:
        text += f" in {', '.join(rule.roles)}"
    if rule.min_count > 1:
        text += f", {rule.min_count} or more"
    if rule.min_score:
        text += f", score {rule.min_score:g} or more"
    return text


def _where(scope: Scope) -> str:
    lists: Iterable[Sequence[str]] = (scope.services, scope.purposes, scope.hosts, scope.surfaces)
    return "; ".join(", ".join(names) for names in lists if names) or "anywhere"


def _action(rule: Rule) -> str:
    given = rule.params.given().items()
    params = ", ".join(f"{key} {'yes' if value is True else value}" for key, value in given)
    return f"{rule.action} ({params})" if params else rule.action


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
