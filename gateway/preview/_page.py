"""One self-contained HTML page that shows documents before and after, side by side.

It has no scripts and refers to nothing outside itself: its policy (CSP) forbids both. What the
documents hold is escaped, so that none of them can add to the page.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from gateway.model import Outcome, Passage, Preview, Role, Rung, Verdict

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--gone:#ffd54f90;--new:#2e7d3238;--kept:#90a4ae55}
body{font:16px/1.5 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;
max-width:84rem;margin:2rem auto;padding:0 1rem}
h1{margin-bottom:.2rem}p.sub{margin-top:0;opacity:.75}section{margin:3rem 0}
h2{overflow-wrap:anywhere;border-bottom:2px solid var(--line)}
table{border-collapse:collapse;margin:1rem 0}
th,td{border-bottom:1px solid var(--line);padding:.3rem .8rem .3rem 0;text-align:left;
vertical-align:top}td.n{text-align:right}td{overflow-wrap:anywhere}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem;margin:.4rem 0}
.pair>*{min-width:0}.pair img{width:100%;border:1px solid var(--line)}
.place{font-size:.85rem;opacity:.7;margin:1rem 0 0;overflow-wrap:anywhere}
pre{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;border:1px solid var(--line);
border-radius:.4rem;padding:.5rem .7rem;margin:0;font:14px/1.5 ui-monospace,Consolas,
"Noto Sans Mono CJK SC",monospace}
mark{color:inherit;border-radius:.2rem}mark.gone{background:var(--gone)}
mark.new{background:var(--new)}mark.kept{background:var(--kept)}
.blocked{color:#c62828;font-weight:600}.ok{color:#2e7d32;font-weight:600}
.heads{position:sticky;top:0;background:Canvas;font-weight:600;padding:.3rem 0}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

_ROLES = {
    Role.COMMENT: "comment",
    Role.METADATA: "metadata",
    Role.HIDDEN: "hidden",
    Role.NAME: "name",
    Role.KEY: "key",
    Role.PICTURE: "read from a picture",
    Role.TRACE: "who and when",
}
_RUNGS = {
    Rung.UNTOUCHED: "It leaves as it is, byte for byte.",
    Rung.NATIVE: "Edited in place.",
    Rung.DROPPED: "Edited in place; parts that nobody can read were left out.",
    Rung.RASTERED: "Pages that could not be edited became pictures.",
    Rung.CONVERTED: "It could not be kept as the kind it was and was converted.",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One file on the page: what the user calls it, and what was made of it."""

    title: str
    outcome: Outcome


def page(files: Sequence[Shown]) -> str:
    """The whole page.

    Args:
        files: outcomes with their previews; one without is shown by its reason alone.
    """
    removed = sum(sum(f.outcome.counts.values()) for f in files if f.outcome.data is not None)
    stopped = sum(f.outcome.verdict is Verdict.BLOCK for f in files)
    many = f"{len(files)} files, " if len(files) > 1 else ""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Before and after</title><style>{_STYLE}</style><h1>Before and after</h1>"
        f'<p class="sub">{many}{removed} findings removed, {stopped} blocked. '
        "This page shows what was removed: keep it on this computer.</p>"
        f"{''.join(_file(f) for f in files)}</html>\n"
    )


def _file(shown: Shown) -> str:
    outcome = shown.outcome
    if outcome.verdict is Verdict.BLOCK:
        verdict = f'<p class="blocked">{_e(outcome.reason)}</p>'
    else:
        verdict = f'<p class="ok">{_RUNGS[outcome.rung]}</p>'
    preview = outcome.preview
    body = "".join(_preview(preview, outcome)) if preview else ""
    return f"<section><h2>{_e(shown.title)}</h2>{verdict}{body}</section>"


def _preview(preview: Preview, outcome: Outcome) -> Iterator[str]:
    yield _listing(preview.passages)
    sent = "After" if outcome.data is not None else "Nothing leaves"
    yield f'<div class="pair heads"><div>Before</div><div>{sent}</div></div>'
    for before, after in preview.pictures:
        yield f'<div class="pair"><div>{_picture(before)}</div><div>{_picture(after)}</div></div>'
    replacements = {mark.replacement for p in preview.passages for mark in p.marks}
    new = _any_of(replacements)
    same: bool
    for same, group in groupby(preview.passages, key=lambda p: not p.marks and p.before == p.after):
        passages = list(group)
        shown = "".join(_passage(p, new) for p in passages)
        if same:
            words = "passage" if len(passages) == 1 else "passages"
            shown = (
                f"<details><summary>{len(passages)} {words} unchanged</summary>{shown}</details>"
            )
        yield shown
    if preview.more:
        yield f"<p>{preview.more} more passages without findings are not shown.</p>"


def _listing(passages: Iterable[Passage]) -> str:
    """What was found, by type: each value once, how often, and what stands for it now."""
    counts: dict[tuple[str, str, str, bool], int] = {}
    for passage in passages:
        for mark in passage.marks:
            value = passage.before[mark.start : mark.end]
            entry = (mark.entity, value, mark.replacement, mark.kept)
            counts[entry] = counts.get(entry, 0) + 1
    if not counts:
        return ""
    rows = "".join(
        f"<tr><td>{_e(entity)}</td><td>{_e(value)}</td>"
        f"<td>{'stays' if kept else _e(new) or 'left out'}</td><td class=n>{count}</td></tr>"
        for (entity, value, new, kept), count in sorted(counts.items())
    )
    return (
        "<table><thead><tr><th>Type<th>Found<th>Becomes<th>Times</thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _passage(passage: Passage, new: re.Pattern[str] | None) -> str:
    role = _ROLES.get(passage.role, "")
    place = " · ".join(_e(words) for words in (passage.part, role) if words)
    if passage.after is None:
        after = "<p class=place>not in the result</p>"
    else:
        after = f"<pre>{_highlighted(passage.after, new)}</pre>"
    return (
        f"<p class=place>{place}</p>"
        f"<div class=pair><pre>{_marked(passage)}</pre><div>{after}</div></div>"
    )


def _marked(passage: Passage) -> str:
    pieces: list[str] = []
    at = 0
    for mark in passage.marks:
        if mark.start < at:
            continue
        kind = "kept" if mark.kept else "gone"
        value = _e(passage.before[mark.start : mark.end])
        pieces += (
            _e(passage.before[at : mark.start]),
            f'<mark class={kind} title="{_e(mark.entity)}">{value}</mark>',
        )
        at = mark.end
    pieces.append(_e(passage.before[at:]))
    return "".join(pieces)


def _any_of(texts: Iterable[str]) -> re.Pattern[str] | None:
    known = sorted({t for t in texts if t}, key=len, reverse=True)
    return re.compile("(" + "|".join(map(re.escape, known)) + ")") if known else None


def _highlighted(text: str, new: re.Pattern[str] | None) -> str:
    pieces = new.split(text) if new else [text]
    return "".join(
        f"<mark class=new>{_e(piece)}</mark>" if index % 2 else _e(piece)
        for index, piece in enumerate(pieces)
    )


def _picture(jpeg: bytes | None) -> str:
    if jpeg is None:
        return ""
    return f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}">'


def _e(text: str) -> str:
    return html.escape(text)
