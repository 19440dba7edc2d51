"""Open, find, decide, edit, verify: the road that every item takes.

Nothing here raises: what cannot be decided is an outcome with verdict block and a reason.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from gateway.detect import Detector, Removed, ValueMatcher, removed
from gateway.errors import CannotEdit, LimitExceeded, Unreadable
from gateway.formats import Ledger, ending_after, layers, open_document, stands_in
from gateway.formats._base import Document, edit_text
from gateway.formats._fit import fitted
from gateway.model import (
    AS_POLICY_SAYS,
    Action,
    Decision,
    Edit,
    Finding,
    Hint,
    Item,
    Mark,
    Outcome,
    Role,
    Rung,
    Segment,
    Surface,
    Treatment,
    Tuning,
    Unread,
    Verdict,
    Wanted,
    count_entities,
)
from gateway.outcomes import Case, blocked, kind_of, new_reference, released, undecided
from gateway.policy import Policy, decide, decide_failure, decide_unreadable, detection_options
from gateway.preview import look
from gateway.redaction import Redactor
from gateway.redaction.masks import masked
from gateway.settings import Limits

# What a file name cannot hold on one system or another stands in labels and masks.
_NO_FILE_NAME = str.maketrans(dict.fromkeys('/\\:*?"<>|', "_"))

_REMOVING = frozenset({Action.REPLACE, Action.MASK, Action.HASH})


class _Unfit(Exception):
    """Redacted bytes that are not as long as was declared; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Everything that judges an item. Built once per policy, used for many items.

    Args:
        policy: what may leave, for where.
        detector: finds; built from the same policy.
        redactor: writes what stands in the place of a finding.
        limits: budgets for one item.
    """

    policy: Policy
    detector: Detector
    redactor: Redactor
    limits: Limits

    def process(self, item: Item, wanted: Wanted = Wanted.RESULT) -> Outcome:
        """Judge one item, and redact it if policy says so.

        Args:
            item: what wants to leave.
            wanted: the verdict alone (no new bytes are made), the result, or a preview too.
        """
        case = Case(item, time.perf_counter(), new_reference(), name=item.hint.name)
        try:
            return self._process(case, wanted)
        except MemoryError:
            return self._failed(case, "inspecting it needed too much memory")
        except Exception as error:  # noqa: BLE001 - whatever failed, the answer is a verdict
            why = f"it failed while being inspected ({type(error).__name__})"
            return self._failed(case, why)

    def _process(self, case: Case, wanted: Wanted) -> Outcome:
        item = case.item
        ledger = Ledger(self.limits)
        try:
            document = open_document(item.data, item.hint, ledger=ledger)
            segments = [Segment(item.hint.stem, "name", Role.NAME), *document.segments()]
            _check_size(segments, self.limits)
        except LimitExceeded as error:
            return self._failed(case, str(error))
        except Unreadable as error:
            return self._unreadable(case, str(error))
        findings = self.detector.find(segments)
        unread = tuple(document.unread)
        told = _Parts(segments[f.segment].text[f.start : f.end] for f in findings)
        case = replace(
            case,
            format=document.format,
            findings=tuple(replace(f, part=told.safe(f.part)) for f in findings),
            unread=tuple(replace(u, part=told.safe(u.part)) for u in unread),
        )
        decision = decide(self.policy, findings, case.unread, item.destination, item.surface)
        treated = list(zip(findings, decision.treatments, strict=True))
        outcome = self._carry_out(case, decision, document, segments, treated, ledger, wanted)
        if wanted is Wanted.PREVIEW:
            with contextlib.suppress(Exception):  # what cannot be shown changes no verdict
                marks = self._marks(segments, treated)
                seen = look(item, segments, marks, outcome, self.limits)
                outcome = replace(outcome, preview=seen)
        return outcome

    def _carry_out(
        self,
        case: Case,
        decision: Decision,
        document: Document,
        segments: Sequence[Segment],
        treated: Sequence[tuple[Finding, Treatment]],
        ledger: Ledger,
        wanted: Wanted,
    ) -> Outcome:
        """What the decision means for the bytes."""
        item = case.item
        edits = self._edits(segments, treated)
        case = replace(case, name=_named(item.hint, edits[0]))
        if decision.verdict is Verdict.BLOCK:
            return blocked(case, decision.reason, decision.rule, _culprits(treated))
        drops = self._drops(item, segments, decision.verdict)
        if decision.verdict is Verdict.ALLOW and not drops:
            return released(case, decision, item.data, Rung.UNTOUCHED, {})
        decision = replace(decision, verdict=Verdict.REDACT)
        counts = count_entities([f for f, t in treated if t.action in _REMOVING])
        if wanted is Wanted.VERDICT:
            return replace(
                released(case, decision, item.data, Rung.UNTOUCHED, counts), data=None, sha256=""
            )
        if drops:
            ledger.took(Rung.DROPPED)
        changes = _with_traces(self.policy, segments, edits[1]) + drops
        outcome = self._redacted(case, decision, document, segments, treated, changes)
        return replace(outcome, rung=ledger.rung) if outcome.data is not None else outcome

    def _redacted(
        self,
        case: Case,
        decision: Decision,
        document: Document,
        segments: Sequence[Segment],
        treated: Sequence[tuple[Finding, Treatment]],
        edits: Sequence[Edit],
    ) -> Outcome:
        """The item with the edits made; with masks in their place if only so its size can be kept."""
        masks = () if case.item.size is None else masked(edits, segments[1:])
        problem = ""
        for attempt in chain((edits,), masks):
            try:
                return self._redact(case, decision, document, segments, treated, attempt)
            except _Unfit as error:
                problem = problem or str(error)
        counts = count_entities([f for f, t in treated if t.action in _REMOVING])
        found = f"{_listed(counts)}: " if counts else ""
        return blocked(case, f"{found}{problem}", decision.rule, counts)

    def _redact(
        self,
        case: Case,
        decision: Decision,
        document: Document,
        segments: Sequence[Segment],
        treated: Sequence[tuple[Finding, Treatment]],
        edits: Sequence[Edit],
    ) -> Outcome:
        counts = count_entities([f for f, t in treated if t.action in _REMOVING])
        found = f"{_listed(counts)}: " if counts else ""
        try:
            data = document.apply(edits)
        except CannotEdit as error:
            return blocked(case, f"{found}{error}", decision.rule, counts)
        ending = ending_after(document)
        bound = case.item.surface is Surface.PROXY or case.item.size is not None
        if ending and bound:  # the request says what kind it sends
            why = f"{found}this kind can only be redacted as {ending}: convert it and send that"
            return blocked(case, why, decision.rule, counts)
        if ending:
            case = replace(case, name=case.name.removesuffix(case.item.hint.ending) + ending)
        gone = _removed(segments, treated, edits)
        hint = replace(case.item.hint, name=case.name)
        final = _fitted(case, data)
        survivor = self._verify(final, hint, gone, case.unread)
        if survivor:
            # Between placeholders a value can stand free that was part of a longer word before.
            final = _fitted(case, self._once_more(data, hint, gone))
            survivor = self._verify(final, hint, gone, case.unread)
        if survivor:
            return blocked(case, f"{found}{survivor}", decision.rule, counts)
        return released(case, decision, final, Rung.NATIVE, counts)

    def _once_more(self, data: bytes, hint: Hint, gone: Removed) -> bytes:
        """Replace what stands in redacted bytes still, where that can be done."""
        try:
            document = open_document(data, hint, self.limits)
            edits = [
                Edit(index, start, end, gone.fillings[value])
                for index, segment in enumerate(document.segments())
                for start, end, value in gone.find(segment)
            ]
            return document.apply(edits)
        except (Unreadable, CannotEdit):
            return data  # the verifier says what is wrong

    def _drops(self, item: Item, segments: Sequence[Segment], verdict: Verdict) -> list[Edit]:
        """Edits that leave dispensable parts out.

        Policy may let them pass unread. A preview of what was removed stays out all the same.
        """
        drops: list[Edit] = []
        for index, segment in enumerate(segments):
            if segment.role is not Role.DISPENSABLE:
                continue
            why = segment.context[0]
            allowed = decide_unreadable(self.policy, why, item.destination, item.surface)
            keeps = verdict is Verdict.ALLOW or why.startswith("macros")
            if not (keeps and allowed.verdict is Verdict.ALLOW):
                drops.append(Edit(index - 1, 0, 0, ""))
        return drops

    def _edits(
        self, segments: Sequence[Segment], treated: Iterable[tuple[Finding, Treatment]]
    ) -> tuple[list[Edit], list[Edit]]:
        """Edits of the item's own name, and those of the document, renumbered for it."""
        name: list[Edit] = []
        body: list[Edit] = []
        for finding, asked in treated:
            in_name = finding.segment == 0
            hidden = in_name and asked.action is Action.BLOCK  # a refusal shows the name
            treatment = Treatment(Action.REPLACE, asked.rule) if hidden else asked
            if treatment.action not in _REMOVING:
                continue
            value = segments[finding.segment].text[finding.start : finding.end]
            new = self.redactor.replacement(treatment, finding.entity, value)
            if in_name:
                name.append(Edit(0, finding.start, finding.end, new.translate(_NO_FILE_NAME)))
            else:
                body.append(Edit(finding.segment - 1, finding.start, finding.end, new))
        return name, body

    def _marks(
        self, segments: Sequence[Segment], treated: Iterable[tuple[Finding, Treatment]]
    ) -> dict[int, list[Mark]]:
        """The findings for a person's eyes, by segment."""
        marks: dict[int, list[Mark]] = {}
        for finding, treatment in treated:
            value = segments[finding.segment].text[finding.start : finding.end]
            kept = treatment.action not in _REMOVING
            new = "" if kept else self.redactor.replacement(treatment, finding.entity, value)
            mark = Mark(finding.start, finding.end, finding.entity, new, kept)
            marks.setdefault(finding.segment, []).append(mark)
        return marks

    def _verify(self, data: bytes, hint: Hint, gone: Removed, unread: Sequence[Unread]) -> str:
        """Search the new bytes for what was removed; why they may not leave, or nothing.

        Args:
            data: the new bytes.
            hint: under which name they would leave.
            gone: what was removed.
            unread: what policy lets pass unread; nothing else may be unread now.
        """
        try:
            document = open_document(data, hint, self.limits)
            worse = Counter(u.why for u in document.unread) - Counter(u.why for u in unread)
            if worse:
                return f"a part could not be read again afterwards ({next(iter(worse))})"
            if any(gone.find(segment) for segment in document.segments()):
                return "a removed value was still there afterwards (first reader)"
            if any(gone.stands_in(text) for text in layers(data, hint, self.limits)):
                return "a removed value was still there afterwards (second reader)"
        except Unreadable as error:
            return f"the redacted document could not be read again: {error}"
        if stands_in(data, gone.certain):
            return "a removed value was still there afterwards (raw bytes)"
        return ""

    def _unreadable(self, case: Case, why: str) -> Outcome:
        item = case.item
        decision = decide_unreadable(self.policy, why, item.destination, item.surface)
        return self._unjudged(replace(case, unread=(Unread("", why),)), decision)

    def _failed(self, case: Case, why: str) -> Outcome:
        item = case.item
        decision = decide_failure(self.policy, why, item.destination, item.surface)
        return self._unjudged(replace(case, unread=(Unread("", why),)), decision)

    def _unjudged(self, case: Case, decision: Decision) -> Outcome:
        """What policy says of content that nobody judged; its name is judged all the same."""
        item = case.item
        try:
            stem = Segment(item.hint.stem, "name", Role.NAME)
            findings = self.detector.find([stem])
            shown = [Edit(0, f.start, f.end, f"[{f.entity}]") for f in findings]
            if decision.verdict is Verdict.BLOCK:
                return undecided(replace(case, name=_named(item.hint, shown)), decision)
            named = decide(self.policy, findings, (), item.destination, item.surface)
            treated = list(zip(findings, named.treatments, strict=True))
            if named.verdict is Verdict.BLOCK:
                case = replace(case, name=_named(item.hint, shown), findings=tuple(findings))
                return blocked(case, named.reason, named.rule, _culprits(treated))
            edits, _ = self._edits([stem], treated)
            return undecided(replace(case, name=_named(item.hint, edits)), decision)
        except Exception as error:  # noqa: BLE001 - a name that cannot be judged stays
            why = f"its name could not be judged ({type(error).__name__})"
            return blocked(replace(case, name=kind_of(item.hint)), why, decision.rule, {})


def build(
    policy: Policy,
    key: bytes,
    limits: Limits,
    values: Sequence[str] = (),
    recognizers: Path | None = None,
    indexes: Sequence[Path] = (),
    tuning: Tuning = AS_POLICY_SAYS,
) -> Pipeline:
    """The pipeline for a policy.

    Args:
        policy: what may leave, for where.
        key: 32 bytes, for hash placeholders.
        limits: budgets for one item.
        values: exact values that must go wherever they stand.
        recognizers: a folder with recognisers of the user's own.
        indexes: files of hashes of values that must go as well, made under ``key``.
        tuning: what is asked of detection over what the policy says.
    """
    options = replace(detection_options(policy, values), indexes=tuple(map(str, indexes)))
    options = tuning.applied(options)
    detector = Detector(options, recognizers, key)
    return Pipeline(policy, detector, Redactor(key), limits)


def preload() -> None:
    """Load what takes time and needs no policy yet."""
    from gateway.detect import engine  # noqa: F401 - importing it is all that is wanted
    from gateway.formats import format_names

    format_names()


def _fitted(case: Case, data: bytes) -> bytes:
    """Redacted bytes, made as long as the item's sender declared, if so.

    Raises:
        _Unfit: they cannot be made so long.
    """
    size = case.item.size
    if size is None:
        return data
    try:
        return fitted(data, size, case.format, case.item.data)
    except CannotEdit as error:
        told = f"it would have to be exactly {size} bytes long, as its sender declared"
        raise _Unfit(f"{told}: {error}") from None


def _with_traces(policy: Policy, segments: Sequence[Segment], edits: Sequence[Edit]) -> list[Edit]:
    """The edits, and those that leave out who made a document and when, if policy says so."""
    if policy.content.metadata == "keep":
        return list(edits)
    traces = {i - 1: s for i, s in enumerate(segments) if s.role is Role.TRACE}
    kept = [edit for edit in edits if edit.segment not in traces]
    return kept + [Edit(index, 0, len(s.text), "") for index, s in traces.items()]


def _named(hint: Hint, edits: Sequence[Edit]) -> str:
    """The item's name with edits of its stem made."""
    return edit_text(hint.stem, edits) + hint.ending


def _check_size(segments: Iterable[Segment], limits: Limits) -> None:
    if sum(len(s.text) for s in segments) > limits.characters:
        raise LimitExceeded(f"more than {limits.characters} characters of text")


class _Parts:
    """Addresses for people: a JSON key or a field name can be a value itself."""

    def __init__(self, values: Iterable[str]) -> None:
        self._matcher = ValueMatcher(values)
        self._known: dict[str, str] = {}

    def safe(self, part: str) -> str:
        """The address with values in it blanked out."""
        if part not in self._known:
            edits = [Edit(0, start, end, "…") for start, end, _ in self._matcher.find(part)]
            self._known[part] = edit_text(part, edits)
        return self._known[part]


def _removed(
    segments: Sequence[Segment],
    treated: Iterable[tuple[Finding, Treatment]],
    edits: Iterable[Edit],
) -> Removed:
    """What was removed everywhere, and what stands in its place; not what policy lets stand."""
    placed = {(edit.segment + 1, edit.start): edit.replacement for edit in edits}
    fillings: dict[str, str] = {}  # of a value that stands in the name alone: nothing
    kept: set[str] = set()
    taken: list[Finding] = []
    for finding, treatment in treated:
        value = segments[finding.segment].text[finding.start : finding.end]
        if treatment.action in _REMOVING:
            filling = placed.get((finding.segment, finding.start), "")
            fillings[value] = fillings.get(value) or filling
            taken.append(finding)
        else:
            kept.add(value)
    still = {value: filling for value, filling in fillings.items() if value not in kept}
    return removed(still, taken, segments)


def _culprits(treated: Iterable[tuple[Finding, Treatment]]) -> dict[str, int]:
    return count_entities([f for f, t in treated if t.action is Action.BLOCK])


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} × {entity}" for entity, count in counts.items())
