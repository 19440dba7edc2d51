"""The recorded profile as commented YAML, and its summary for people."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.services.recording.notes import Noted, Recorder
from gateway.services.recording.steps import Kind, Link, kinds, shown, words_of
from gateway.services.recording.words import Sensitive, Speech, vocabulary
from gateway.services.schema import Profile, Shape

NO_HOST = "recorded.invalid"
"""Stands in ``hosts`` when all recorded hosts have a profile already (RFC 2606: never a host)."""

_MOST_NAMES = 40
_WHY_PIECES = "a piece of a document: describe the upload, or leave it refused"


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What came of a recording.

    Args:
        yaml: the profile.
        summary: lines for people.
    """

    yaml: str
    summary: tuple[str, ...]


def skeleton(
    recorder: Recorder,
    profiles: Sequence[Profile],
    new_hosts: Sequence[str],
    name: str,
    sensitive: Sensitive,
) -> Skeleton:
    """Write down what was recorded.

    Args:
        recorder: took the notes.
        profiles: all that are known; their words are known to be no values.
        new_hosts: patterns that no profile has.
        name: what the file is called, without folder and ending.
        sensitive: finds what detection knows.
    """
    noted = recorder.noted
    speech = Speech(vocabulary(profiles), words_of(noted), recorder.is_value, sensitive)
    found = kinds(noted, speech)
    lines = [*_head(noted, len(found), new_hosts, name), *_steps(found, speech, new_hosts)]
    lines += [
        "",
        "verified:",
        "  how: capture",
        f"  by: a session recorded on {dt.datetime.now(dt.UTC).astimezone():%Y-%m-%d}",
        "",
    ]
    summary = [_told(kind) for kind in found]
    if recorder.left_out:
        summary.append(f"{recorder.left_out} further requests were left out")
    return Skeleton("\n".join(lines), tuple(summary))


def _head(noted: Sequence[Noted], steps: int, hosts: Sequence[str], name: str) -> Iterator[str]:
    count = f"{len(noted)} request{'s' * (len(noted) != 1)} of {steps} kind{'s' * (steps != 1)}"
    yield f'# Recorded by "gateway services record": {count}.'
    yield '# Names only, never values; "*" stands for what could be one. Read each step, correct'
    yield "# purpose, shape and names, and try it:  gateway services check THIS-FILE"
    yield f"service: {_slug(name)}"
    yield "title: A recorded service"
    yield "hosts:"
    if hosts:
        yield from (f"  - {json.dumps(host)}" for host in hosts)
    else:
        yield "  # Every host that was recorded has a profile already; put new ones here."
        yield f"  - {NO_HOST}"
    yield "# chat, storage, collaboration, telemetry, connected-experience or other: what the far"
    yield "# side does with it. Policies decide by it."
    yield "purpose: other"


def _slug(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
    return (
        plain if plain[:1].isalpha() and plain != "generic" else f"recorded-{plain}"[:40].strip("-")
    )


def _steps(found: Sequence[Kind], speech: Speech, new_hosts: Sequence[str]) -> Iterator[str]:
    if not found:
        yield "steps: []"
        return
    yield "steps:"
    # The first match counts: what is spelled out comes before what has a "*" in its place.
    for kind in sorted(found, key=lambda kind: ("**" in kind.pattern, kind.pattern.count("*"))):
        yield ""
        yield from (f"  # {line}" for line in _remarks(kind, speech, new_hosts))
        yield f"  - name: {kind.name}"
        yield f"    match: [{json.dumps(kind.pattern)}]"
        if kind.in_pieces:
            yield f"    shape: {Shape.PARTS.value}"
            yield f"    why: {json.dumps(_WHY_PIECES)}"
        elif kind.shape:
            yield f"    shape: {kind.shape.value}"
        if hint := _upload_hint(kind, found, speech):
            yield f"    # upload: {hint}"


def _remarks(kind: Kind, speech: Speech, new_hosts: Sequence[str]) -> Iterator[str]:
    noted = kind.noted
    sizes = sorted(one.size for one in noted)
    span = f"{sizes[0]:,}" if sizes[0] == sizes[-1] else f"{sizes[0]:,} to {sizes[-1]:,}"
    media = _listed(one.media for one in noted if one.media)
    yield f"{len(noted)} × {span} bytes{f' of {media}' if media else ''}"
    if kind.host not in new_hosts:
        yield f"at {kind.host}, which has a profile already"
    answers = sorted({one.status for one in noted if not one.refused and one.status})
    media = _listed(one.answer_media for one in noted if one.answer_media)
    if answers:
        yield f"answered {_listed(map(str, answers))}{f' with {media}' if media else ''}"
    if refused := sum(one.refused for one in noted):
        yield f"refused by the gateway: {refused}"
    for label, names in (
        ("query", (name for one in noted for name in one.query)),
        ("fields", (name for one in noted for name in one.fields)),
        ("fields of the answer", (name for one in noted for name in one.answer_fields)),
    ):
        if said := _listed(map(speech.say, names)):
            yield f"{label}: {said}"
    if headers := _listed(name for one in noted for name in one.headers):
        yield f"headers: {headers}"
    if schemes := _listed(name for one in noted for name in one.schemes):
        yield f"signed or authorised: {schemes}"
    yield from map(_linked, kind.links)


def _linked(link: Link) -> str:
    if not link.what:
        return f"{link.here} is what {link.there} was answered at {link.place}"
    whose = f"of {link.place} of {link.there}"
    return f"{link.here} is the {link.what} {whose}"


def _listed(names: Iterable[str]) -> str:
    unique = list(dict.fromkeys(names))
    more = len(unique) - _MOST_NAMES
    return ", ".join(unique[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _upload_hint(kind: Kind, found: Sequence[Kind], speech: Speech) -> str:
    """What the step seems to be in an upload of several requests, in the words of profiles."""
    about = [link for link in kind.links if link.what]
    led = [link.here for link in kind.links if not link.what]
    says = ", ".join(f"{{what: {_quoted(one.what)}, at: {_quoted(one.here)}}}" for one in about)
    more = [f"declares: [{says}]"] * bool(says)
    session = [f"session: {_quoted(led[0])}"] if led else []
    if _carries_a_piece(kind):
        ranged = any("content-range" in one.headers for one in kind.noted)
        more = (
            [f"bytes: {_document(kind, speech)}"] + ["range: header.content-range"] * ranged + more
        )
        return f"{{{', '.join(['role: part', *session, *more])}}}"
    announced = any(link.there != kind.name for link in about)
    if not led and (announced or _leads_to_a_piece(kind.name, found)):
        return f"{{{', '.join(['role: init', *more])}}}"
    if led and any(_leads_to_a_piece(link.there, found) for link in kind.links if not link.what):
        return f"{{{', '.join(['role: commit', *session, *more])}}}"
    return ""


def _carries_a_piece(kind: Kind) -> bool:
    led = any(not link.what for link in kind.links)
    return kind.in_pieces or (led and kind.shape in (Shape.RAW, Shape.MULTIPART))


def _leads_to_a_piece(name: str, found: Sequence[Kind]) -> bool:
    """Whether an answer of this step is where, or by what, a document goes up."""
    pieces = [kind for kind in found if _carries_a_piece(kind)]
    return any(link.there == name and not link.what for kind in pieces for link in kind.links)


def _document(kind: Kind, speech: Speech) -> str:
    places = (place for one in kind.noted for _, place in one.marks.values())
    return _quoted(shown(next(places, ("body", ())), speech))


def _quoted(text: str) -> str:
    return text if re.fullmatch(r"[a-z][A-Za-z0-9._-]*", text) else json.dumps(text)


def _told(kind: Kind) -> str:
    shape = "in pieces" if kind.in_pieces else kind.shape.value if kind.shape else "no body"
    statuses = _listed(
        "refused" if one.refused else str(one.status or "no answer") for one in kind.noted
    )
    return f"{len(kind.noted):4} × {kind.pattern} at {kind.host} ({shape}): {statuses}"
