"""All profiles together: which hosts are ours, what a request does, how to say no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from gateway.errors import UsageError
from gateway.model import Destination, Purpose
from gateway.services import _hosts, _load, _parts, _paths, frames
from gateway.services._answer import Refusal, render
from gateway.services.schema import GENERIC, Framing, Profile, Step
from gateway.services.uploads.schema import UploadStep

# From the strictest. Policies mostly deny telemetry and guard storage more than chat; sign-in is
# not inspected at all.
_STRICTNESS = (
    Purpose.TELEMETRY,
    Purpose.CONNECTED_EXPERIENCE,
    Purpose.STORAGE,
    Purpose.COLLABORATION,
    Purpose.CHAT,
    Purpose.OTHER,
    Purpose.SIGN_IN,
)


@dataclass(frozen=True, slots=True)
class Route:
    """What one request does.

    Args:
        service: name of the profile.
        step: name of the step, ``generic`` when no step names the request.
        purpose: what the far side does with the body.
        inspect: whether the body goes through the pipeline; false only for sign-in.
        supported: false when the request is only a piece of an upload: refuse it.
        why: with ``supported`` false, what to tell the user; otherwise empty.
        spelled: the profile itself spells the path out, so that it says nothing of the user's.
        framing: how the messages carry documents once the request has become a WebSocket; ``None``
            where it must not become one.
    """

    service: str
    step: str
    purpose: Purpose
    inspect: bool = True
    supported: bool = True
    why: str = ""
    spelled: bool = False
    framing: Framing | None = None

    def destination(self, host: str) -> Destination:
        """The destination that policy judges by."""
        return Destination(self.service, _hosts.normalise(host), self.purpose, self.step)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A profile made ready for matching."""

    profile: Profile
    steps: tuple[tuple[_paths.PathPattern, Step], ...]

    @classmethod
    def of(cls, profile: Profile) -> Self:
        fold = profile.case == "insensitive"
        steps = tuple(
            (_paths.PathPattern.parse(line, fold=fold), step)
            for step in profile.steps
            for line in step.patterns
        )
        return cls(profile, steps)

    def route(self, method: str, segments: _paths.Segments, query: Mapping[str, set[str]]) -> Route:
        for pattern, step in self.steps:
            if pattern.matches(method, segments) and _query_fits(step, query):
                return replace(_route(self.profile, step), spelled=pattern.literal)
        return Route(self.profile.service, GENERIC, self.profile.purpose)


def _query_fits(step: Step, query: Mapping[str, set[str]]) -> bool:
    for name, wanted in step.query.items():
        values = query.get(name.casefold(), set())
        if not values or ("*" not in wanted and not values & {w.casefold() for w in wanted}):
            return False
    return True


def _route(profile: Profile, step: Step) -> Route:
    purpose = step.purpose or profile.purpose
    why = step.refused_because
    if why:
        why = f"{why}; this release cannot inspect that. {_parts.ADVICE}"
    inspect = purpose is not Purpose.SIGN_IN
    return Route(profile.service, step.name, purpose, inspect, not why, why, framing=step.framing)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The profiles, by name and by host."""

    _profiles: Mapping[str, _Compiled] = field(repr=False)
    _by_host: Mapping[str, _Compiled] = field(repr=False)

    @classmethod
    def load(cls, user_dir: Path | None = None) -> Catalog:
        """The built-in profiles and those of a user.

        Args:
            user_dir: a folder of ``*.yaml``; need not exist.

        Raises:
            PolicyError: a profile is wrong, or claims the name or host of another; the message
                names file and line.
        """
        sources = [*_load.built_in(), *(_load.from_folder(user_dir) if user_dir else ())]
        return cls._of(_load.resolve([_load.parse(source) for source in sources]))

    @classmethod
    def _of(cls, profiles: Mapping[str, Profile]) -> Catalog:
        compiled = {name: _Compiled.of(profile) for name, profile in profiles.items()}
        by_host = {host: one for one in compiled.values() for host in one.profile.hosts}
        return cls(compiled, by_host)

    def covers(self, host: str) -> bool:
        """Whether requests to this host (any spelling, port allowed) are to be inspected."""
        return self._find(host) is not None

    def pattern_of(self, host: str) -> str:
        """The host pattern by which a host is covered; empty when it is not."""
        found = (one for one in _hosts.candidates(_hosts.normalise(host)) if one in self._by_host)
        return next(found, "")

    def hosts(self) -> tuple[str, ...]:
        """All host patterns, sorted."""
        return tuple(sorted(self._by_host))

    def names(self) -> tuple[str, ...]:
        """Names of all profiles, sorted."""
        return tuple(sorted(self._profiles))

    def get(self, name: str) -> Profile:
        """A profile with everything it inherits filled in.

        Raises:
            UsageError: there is none of that name.
        """
        found = self._profiles.get(name)
        if found is None:
            raise UsageError(f"no service named {name}", "gateway services list names them all")
        return found.profile

    def route(self, host: str, method: str, target: str) -> Route:
        """What a request does.

        Where the path can be read in several ways, the strictest reading counts: a refused step
        before one that is held, that before an inspected one, an inspected one before sign-in. A host that no profile covers
        is treated as the generic profile says.

        Args:
            host: as the client wrote it; port, case, trailing dot and IDNA are taken care of.
            method: the HTTP method.
            target: the request target with its query, in origin or absolute form.
        """
        found = self._find(host) or self._profiles[GENERIC]
        path, query = _paths.split_target(target)
        values = _paths.query_values(query)
        routes = [
            found.route(method.upper(), segments, values) for segments in _paths.readings(path)
        ]
        route = min(
            routes,
            key=lambda route: (
                route.supported,
                self.upload_step(route) is None,
                _STRICTNESS.index(route.purpose),
            ),
        )
        # A path that can be read in several ways holds more than what was matched.
        return route if _paths.is_plain(path) else replace(route, spelled=False, framing=None)

    def why_partial(self, route: Route, headers: Iterable[str], body: bytes) -> str:
        """Why a request holds only a piece of a document, as its headers and form say.

        The path is not enough: ``Content-Range`` turns a simple upload into one of many, and
        WeChat says so in a form field.

        Args:
            route: of the request.
            headers: names of the request's headers.
            body: the decoded body.

        Returns:
            what to tell the user, or an empty string when nothing says "part".
        """
        found = self._profiles.get(route.service)
        step = found.profile.step(route.step) if found else None
        return _parts.why_partial(headers, body, step.whole_unless if step else "")

    def keeps(self, route: Route) -> tuple[str, ...]:
        """Places of a request's own identifiers and accounts, which are no content."""
        found = self._profiles.get(route.service)
        if not found:
            return ()
        step = found.profile.step(route.step)
        return found.profile.keeps + (step.keeps if step else ())

    def upload_step(self, route: Route) -> UploadStep | None:
        """What a request is in an upload that takes several; ``None`` if it is in none."""
        found = self._profiles.get(route.service)
        step = found.profile.step(route.step) if found else None
        return step.upload if step else None

    def refuse(self, route: Route, message: str, reference: str) -> Refusal:
        """The service's own way of saying no.

        Args:
            route: of the refused request.
            message: one sentence for people, without values.
            reference: the id of the audit record.
        """
        profile = (self._profiles.get(route.service) or self._profiles[GENERIC]).profile
        step = profile.step(route.step)
        own = step.refusal if step and step.refusal and step.refusal.has_body else None
        answer = own or profile.refusal
        assert answer is not None  # _load.resolve fills in the generic one
        return render(answer, message, reference)

    def refuse_frame(
        self, route: Route, message: str, reference: str, document: bytes
    ) -> bytes | None:
        """The service's own way of saying no to one message of a WebSocket.

        Args:
            route: of the handshake.
            message: one sentence for people, without values.
            reference: the id of the audit record.
            document: what was refused.

        Returns:
            a message for the client, or ``None``: close the connection.
        """
        found = self._profiles.get(route.service)
        step = found.profile.step(route.step) if found else None
        if not (step and step.framing and step.refusal and step.refusal.frame):
            return None
        return frames.answer(step.framing, step.refusal.frame, document, message, reference)

    def _find(self, host: str) -> _Compiled | None:
        for pattern in _hosts.candidates(_hosts.normalise(host)):
            if pattern in self._by_host:
                return self._by_host[pattern]
        return None

    def profiles(self) -> Sequence[Profile]:
        """All profiles, sorted by name."""
        return [self._profiles[name].profile for name in self.names()]
