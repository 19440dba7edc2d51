"""Composition root: settings and a policy become a running gateway.

Surfaces take a :class:`Gateway` as their inspector; the command line and the public API open
one. Nothing below this module knows how the parts are put together.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from gateway.audit import AuditLog
from gateway.detect import catalogue
from gateway.detect.definitions import load_definitions
from gateway.errors import UsageError
from gateway.model import (
    AS_POLICY_SAYS,
    Destination,
    DetectionOptions,
    Hint,
    Item,
    Outcome,
    Segment,
    Surface,
    Tuning,
    Wanted,
)
from gateway.policy import JudgedText, Policy, PolicyStore, PolicyTest, load_policy
from gateway.redaction import load_key
from gateway.services import Catalog
from gateway.settings import Settings
from gateway.system.confine import ProcessLimits
from gateway.system.signing_keys import SigningKeyFile
from gateway.worker import Job, WorkerPool

if TYPE_CHECKING:
    from gateway.pipeline import Pipeline
    from gateway.proxy import ProxyServer
    from gateway.services.recording import Recorder

_RELOAD_SECONDS = 1.0
_NAME_SCORE = 0.62
"""From here on a word that is introduced as a name is one; words of programmers stay below."""


class Gateway:
    """A policy, workers that apply it, and the audit log; an ``Inspector`` for the surfaces.

    Args:
        settings: limits and folders.
        policy: a built-in name or a file; a changed file is taken over while running.
        values: exact values that must go wherever they stand.
        workers: child processes; ``settings.workers`` when not given.
        tell: called with a sentence when a changed policy was taken over, or could not be.
        tuning: what is asked of detection over what the policy says.
    """

    def __init__(
        self,
        settings: Settings,
        policy: str | Path = "default",
        values: Sequence[str] = (),
        workers: int | None = None,
        tell: Callable[[str], None] = lambda _: None,
        tuning: Tuning = AS_POLICY_SAYS,
    ) -> None:
        self.settings = settings
        self._tell = tell
        self._values = tuple(values)
        self._indexes = own_indexes(settings)
        self._tuning = tuning
        # The workers load Presidio while this process reads the policy.
        self._pool = WorkerPool(
            ProcessLimits(), count=workers or settings.workers, record=self.record
        )
        try:
            check_own_recognizers(settings)
            self._key = load_key(settings.key_file)
            self._policies = PolicyStore(
                policy, known_entities(settings), services=known_services(settings)
            )
            self._audit = AuditLog(settings.audit_log, self._key)
        except BaseException:
            self._pool.close(at_once=True)
            raise
        self._reload_lock = threading.Lock()
        self._looked = time.monotonic()
        self._pool.configure(self._job())

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self._policies.current

    def submit(self, item: Item, wanted: Wanted = Wanted.RESULT) -> Future[Outcome]:
        """Judge an item; the verdict is in the audit log before the future resolves."""
        self._take_over_changes()
        return self._pool.submit(item, wanted)

    def record(self, item: Item, outcome: Outcome, judged_by: Policy | None = None) -> None:
        """Write an outcome to the audit log.

        Args:
            item: what was judged.
            outcome: the verdict.
            judged_by: the policy that gave it; the one in force when none was asked.

        Raises:
            AuditError: it could not be written; the item must not leave.
        """
        policy = judged_by or self._policies.current
        self._audit.append(item, outcome, policy.name, policy.fingerprint)

    def warm(self) -> None:
        """Wait for the workers, so that the first upload does not."""
        self._pool.warm()

    def close(self, *, at_once: bool = False) -> None:
        """End the workers; finish what is under way first, unless ``at_once``."""
        self._pool.close(at_once=at_once)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close(at_once=kind is not None)

    def _job(self) -> Job:
        return Job(
            self._policies.current,
            self._key,
            self.settings.limits,
            self._values,
            own_recognizers(self.settings),
            tuple(self._indexes),
            self._tuning,
        )

    def _take_over_changes(self) -> None:
        now = time.monotonic()
        if now - self._looked < _RELOAD_SECONDS or not self._reload_lock.acquire(blocking=False):
            return
        try:
            self._looked = now
            if (indexes := own_indexes(self.settings)) != self._indexes:
                self._indexes = indexes
                self._pool.configure(self._job())
                self._tell("The changed indexes of exact data are in force.")
            before = self._policies.last_error
            if self._policies.reload_if_changed():
                self._pool.configure(self._job())
                self._tell(f"The changed policy is in force: {self._policies.last_change}")
            elif self._policies.last_error and self._policies.last_error is not before:
                self._tell(f"The last good policy stays in force: {self._policies.last_error}")
        finally:
            self._reload_lock.release()


def known_entities(settings: Settings) -> Mapping[str, frozenset[str]]:
    """Entity names that a policy may use, with their groups."""
    return catalogue(own_recognizers(settings))


def own_recognizers(settings: Settings) -> Path | None:
    """The folder with the user's own recognisers, if there is one."""
    return settings.recognizers_dir if settings.recognizers_dir.is_dir() else None


def own_indexes(settings: Settings) -> dict[Path, tuple[int, int]]:
    """The indexes of exact data, each with time and size, by which a change is noticed."""
    found: dict[Path, tuple[int, int]] = {}
    for path in sorted(settings.match_dir.glob("*.index")):
        status = path.stat()
        found[path] = (status.st_mtime_ns, status.st_size)
    return found


def known_services(settings: Settings) -> tuple[str, ...]:
    """Service names that a policy may use."""
    return tuple(Catalog.load(settings.services_dir).names())


def read_policy(policy: str | Path, settings: Settings) -> Policy:
    """A policy, checked against the entities and services that are known here.

    The user's own recognisers are checked too, since a policy cannot work without them.

    Raises:
        PolicyError: it cannot be used; the message names file and line.
    """
    check_own_recognizers(settings)
    return load_policy(policy, known_entities(settings), services=known_services(settings))


def check_own_recognizers(settings: Settings) -> None:
    """Read the user's own recognisers, if there are any.

    Raises:
        PolicyError: one cannot be used; the message names file and recogniser.
    """
    own = own_recognizers(settings)
    if own is not None:
        load_definitions(("en", "zh"), own)


@cache
def _pipeline_here(
    policy: str | Path, values: tuple[str, ...], settings: Settings, fingerprint: object
) -> Pipeline:
    from gateway.pipeline import build

    del fingerprint  # part of the cache's key only: a changed policy file or index builds anew
    loaded = read_policy(policy, settings)
    return build(
        loaded,
        load_key(settings.key_file),
        settings.limits,
        values,
        own_recognizers(settings),
        tuple(own_indexes(settings)),
    )


def judge_here(
    data: bytes | str,
    name: str,
    policy: str | Path,
    values: Sequence[str],
    to: str,
    wanted: Wanted,
) -> Outcome:
    """Judge a document in this process; see :func:`gateway.scan`."""
    settings = Settings.from_environ()
    goal = Destination()
    if to:
        goal = destination_for(Catalog.load(settings.services_dir), to)
    try:
        body = data.encode() if isinstance(data, str) else data
    except UnicodeEncodeError:
        raise UsageError("the text has characters that UTF-8 cannot hold", "pass bytes") from None
    indexes = tuple(own_indexes(settings).items())
    fingerprint = (read_policy(policy, settings).fingerprint, indexes)
    pipeline = _pipeline_here(policy, tuple(values), settings, fingerprint)
    return pipeline.process(Item(body, Hint(name), goal, Surface.API), wanted)


def policy_judge(policy: Policy, settings: Settings) -> Callable[[PolicyTest], JudgedText]:
    """What ``gateway policy test`` runs each example through: the real pipeline, in this process."""
    from gateway.pipeline import build

    pipeline = build(
        policy,
        load_key(settings.key_file),
        settings.limits,
        recognizers=own_recognizers(settings),
    )

    def judge(test: PolicyTest) -> JudgedText:
        outcome = pipeline.process(test.item())
        text = (outcome.data or b"").decode()
        return JudgedText(outcome.verdict, text, frozenset(f.entity for f in outcome.findings))

    return judge


def open_proxy(
    gateway: Gateway,
    port: int,
    connect_to: Sequence[str],
    upstream_ca: Path | None,
    observer: Recorder | None = None,
) -> ProxyServer:
    """The proxy for a gateway, not yet listening.

    Args:
        gateway: what judges.
        port: on 127.0.0.1; 0 lets the system choose.
        connect_to: ``HOST:PORT:ADDR:PORT``, as for curl.
        upstream_ca: a PEM file of roots to trust upstream besides the system's.
        observer: takes notes of what passes and of what is refused.

    Raises:
        UsageError: a ``connect_to`` has another form.
        PolicyError: a service profile is wrong.
    """
    from gateway.proxy import ConnectTo, ProxyServer
    from gateway.proxy.ca import CertificateAuthority

    settings = gateway.settings
    catalog = Catalog.load(settings.services_dir)
    return ProxyServer(
        gateway,
        catalog,
        CertificateAuthority.load_or_create(settings.ca_dir, catalog.hosts()),
        port=port,
        connect_to=tuple(ConnectTo.parse(text) for text in connect_to),
        upstream_ca=upstream_ca,
        limits=settings.limits,
        record=gateway.record,
        spool=settings.spool_dir,
        signing_keys=signing_keys(settings).current,
        observer=observer,
    )


def signing_keys(settings: Settings) -> SigningKeyFile:
    """The user's keys for signing again.

    Raises:
        GatewayError: others can read their file, or it is damaged.
    """
    file = SigningKeyFile(settings.signing_keys_file)
    file.stored()
    return file


def sensitive_words(settings: Settings) -> Callable[[Sequence[str]], set[str]]:
    """Tells in which of some names (of paths, of fields) detection finds something.

    A bare name is little to go by, so each is also read as a person would introduce it.
    """
    from gateway.detect import Detector
    from gateway.services.recording import spoken

    detector = Detector(
        DetectionOptions(strictness="strict"),
        own_recognizers(settings),
        load_key(settings.key_file),
    )

    def sensitive(words: Sequence[str]) -> set[str]:
        introduced = [
            Segment(text, "") for word in words for text in (word, f"Name: {spoken(word)}")
        ]
        return {
            words[finding.segment // 2]
            for finding in detector.find(introduced)
            if finding.score >= _NAME_SCORE
        }

    return sensitive


def destination_for(catalog: Catalog, service: str) -> Destination:
    """The destination that ``--to SERVICE`` stands for.

    Raises:
        UsageError: no profile has that name.
    """
    return catalog.get(service).destination()
