"""The demonstration's report: one HTML file without scripts or outside references."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Sequence

from gateway.cli._demo.cases import Result

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--good:#1a7f37;--bad:#c62828;--mark:#ffd54f88}
body{font:16px/1.5 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;
max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{margin-bottom:.2rem}p.sub{margin-top:0;opacity:.75}
table{border-collapse:collapse;width:100%;margin:1.5rem 0}
th,td{border-bottom:1px solid var(--line);padding:.45rem .6rem;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;white-space:nowrap}.ok{color:var(--good);font-weight:600}
.leak{color:var(--bad);font-weight:700}section{margin:2rem 0}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
@media(max-width:50rem){.pair{grid-template-columns:1fr}}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);border-radius:.5rem;
padding:.8rem;margin:0;font:14px/1.5 ui-monospace,Consolas,"Noto Sans Mono CJK SC",monospace}
h3{margin:.2rem 0;font-size:1rem}mark{background:var(--mark);color:inherit;border-radius:.2rem}
img{max-width:100%;border:1px solid var(--line);border-radius:.5rem;margin-bottom:.5rem}
mark.gone{background:#1a7f3730}
"""

_PLACEHOLDER = re.compile(r"([\[(][A-Z][A-Z_0-9]+[\])])")


def render(results: Sequence[Result]) -> str:
    """The whole page.

    Args:
        results: one a case, in the order they ran.
    """
    leaks = sum(len(r.arrived) for r in results)
    planted = sum(len(r.planted) for r in results)
    verdict = (
        f'<span class="ok">0 of {planted} planted values arrived.</span>'
        if not leaks
        else f'<span class="leak">{leaks} of {planted} planted values arrived!</span>'
    )
    rows = "".join(
        f"<tr><td>{_e(r.title)}</td><td>{_e(r.way)}</td><td class=n>{len(r.planted)}</td>"
        f"<td class=n>{len(r.arrived)}</td>"
        f'<td class="{"leak" if r.arrived or not r.as_expected else "ok"}">{_e(r.verdict)}</td></tr>'
        for r in results
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Redaction Gateway: what left, what arrived</title><style>{_STYLE}</style>"
        "<h1>What left, what arrived</h1>"
        f'<p class="sub">Real uploads through the real gateway to a stand-in cloud. {verdict}</p>'
        "<table><thead><tr><th>Case<th>Way<th class=n>Planted<th class=n>Arrived<th>Verdict</thead>"
        f"<tbody>{rows}</tbody></table>{''.join(_sections(results))}</html>"
    )


def _sections(results: Iterable[Result]) -> Iterable[str]:
    for result in results:
        right = result.received or result.told
        heading = (
            "What the cloud received" if result.received else "Nothing left. The sender was told"
        )
        before, after = map(_picture, result.pictures or (b"", b""))
        yield (
            f"<section><h2>{_e(result.title)}</h2><div class=pair><div><h3>What was sent</h3>{before}"
            f"<pre>{_marked(result.sent, result.planted)}</pre></div>"
            f"<div><h3>{heading}</h3>{after}<pre>{_redacted(right)}</pre></div></div></section>"
        )


def _picture(data: bytes) -> str:
    if not data:
        return ""
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(data).decode()}">'


def _marked(text: str, values: Sequence[str]) -> str:
    if not values:
        return _e(text)
    pattern = re.compile("(" + "|".join(re.escape(v) for v in sorted(values, key=len)[::-1]) + ")")
    return "".join(
        f"<mark>{_e(piece)}</mark>" if index % 2 else _e(piece)
        for index, piece in enumerate(pattern.split(text))
    )


def _redacted(text: str) -> str:
    return "".join(
        f'<mark class="gone">{_e(piece)}</mark>' if index % 2 else _e(piece)
        for index, piece in enumerate(_PLACEHOLDER.split(text))
    )


def _e(text: str) -> str:
    return html.escape(text)
