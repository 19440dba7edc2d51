"""Documents inside documents: their segments in one flat list, their edits dealt out again.

Containers (zip, multipart, JSON with base64 in it, OOXML with embedded files) use this and so
agree on how a nested segment is addressed and renumbered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gateway.errors import CannotEdit, LimitExceeded, Unreadable
from gateway.formats._base import Document, Opener, by_segment, ending_after
from gateway.model import Edit, Hint, Segment, Unread


@dataclass(slots=True)
class Children:
    """The opened children of one container, in order, beside the container's own segments.

    ``own`` are the container's own segments (names, headers, keys); they come first. A container
    that ``renames`` gives a converted child its new ending, from ``endings`` after ``apply``.
    """

    renames: bool = False
    endings: dict[str, str] = field(default_factory=dict)
    own: list[Segment] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    _documents: dict[str, Document] = field(default_factory=dict)

    def open(self, part: str, data: bytes, hint: Hint, open_child: Opener) -> bool:
        """Open a child under the address ``part``; note it as unread if that fails.

        ``part`` must be unique within the container. Returns whether it was opened.

        Raises:
            LimitExceeded: a budget of the whole item ran out.
        """
        try:
            document = open_child(data, hint)
        except LimitExceeded:
            raise  # a budget is the whole item's
        except Unreadable as error:
            self.unread.append(Unread(part, str(error)))
            return False
        self.unread += [
            Unread(f"{part}/{u.part}" if u.part else part, u.why) for u in document.unread
        ]
        self._documents[part] = document
        return True

    def segments(self) -> Sequence[Segment]:
        """Own segments, then those of each child."""
        result = list(self.own)
        for part, document in self._documents.items():
            result += [_inside(part, segment) for segment in document.segments()]
        return result

    def apply(self, edits: Sequence[Edit]) -> tuple[dict[int, list[Edit]], dict[str, bytes]]:
        """Deal edits out.

        Returns:
            the container's own edits by segment, and the new bytes of each changed child by
            its part. A child without edits is absent: its bytes stay as they are.

        Raises:
            CannotEdit: a child cannot be edited, or only as another kind of file in a container
                that cannot rename it.
        """
        grouped = by_segment(edits)
        own = {index: group for index, group in grouped.items() if index < len(self.own)}
        changed: dict[str, bytes] = {}
        first = len(self.own)
        for part, document in self._documents.items():
            count = len(document.segments())
            theirs = [
                replace(edit, segment=edit.segment - first)
                for index in range(first, first + count)
                for edit in grouped.get(index, ())
            ]
            if theirs:
                changed[part] = document.apply(theirs)
                ending = ending_after(document)
                if ending and not self.renames:
                    raise CannotEdit(f"a {document.format} inside can only be redacted as {ending}")
                self.endings[part] = ending
            first += count
        return own, changed


def _inside(part: str, segment: Segment) -> Segment:
    """A segment of the child at ``part``, as the container shows it."""
    column = f"{part}/{segment.column}" if segment.column else ""
    address = f"{part}/{segment.part}" if segment.part else part
    return replace(segment, part=address, column=column)
