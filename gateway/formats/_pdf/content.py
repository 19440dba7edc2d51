"""Reading the content streams of a document: pages, and streams that no page draws.

Streams and fonts that are shared are parsed once; a form that ten pages draw is run ten times, once
where each page draws it. Source: ISO 32000-2:2020, 7.8 (content streams) and 8.10 (form XObjects).
"""

from __future__ import annotations

from typing import Any

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._pdf.font import Font
from gateway.formats._pdf.fonts import default_font, load_font
from gateway.formats._pdf.interpreter import Interpreter, State, multiply, to_matrix
from gateway.formats._pdf.sheet import Sheet, Source, SourceKey
from gateway.formats._pdf.syntax import parse_content
from gateway.formats._pdf.values import (
    DECODE_ERRORS,
    ObjectId,
    get,
    id_of,
    is_array,
    is_dict,
    is_stream,
    items,
    numbers_of,
)

_MOST_GLYPHS = 3_000_000
_MOST_OPERATORS = 5_000_000
_MOST_FORMS = 50_000
_DEEPEST_FORM = 24


class Reader:
    """Reads the sheets of one document; streams and fonts that are shared are parsed once."""

    def __init__(self) -> None:
        self.sources: dict[SourceKey, Source] = {}
        self.fonts: dict[object, Font] = {}  # by object id, or as written where it has none
        self._glyphs = 0
        self._operators = 0
        self._forms = 0

    def read_page(self, page: Any, index: int, part: str, inherited: Any) -> Sheet:
        """Run the contents of a page.

        Args:
            page: the page dictionary.
            index: its position in the document, or -1 for a page outside the page tree.
            part: the address of the sheet.
            inherited: the resources that hold for it.
        """
        sheet = Sheet(part, page=index)
        object_id = id_of(page) or (0, 0)
        key = ("page", *object_id) if index < 0 else ("page", index, -1)
        contents = get(page, "/Contents")
        pieces = items(contents) if is_array(contents) else [contents]
        data = []
        for piece in pieces:
            if is_stream(piece):
                try:
                    data.append(bytes(piece.read_bytes()))
                except DECODE_ERRORS:
                    sheet.problems.add("a content stream cannot be decoded")
        joined = b"\n".join(data)
        sheet.root = self.sources[key] = Source(key, joined, parse_content(joined))
        self._run(sheet, sheet.root, inherited, State(), (key,))
        return sheet

    def read_stream(self, stream: Any, part: str, resources: Any = None) -> Sheet:
        """Run a stream that is not drawn from a page's contents, in its own space."""
        sheet = Sheet(part)
        sheet.root = self._source(stream, sheet)
        if sheet.root:
            own = get(stream, "/Resources")
            used = own if is_dict(own) else resources
            self._run(sheet, sheet.root, used, State(), (sheet.root.key,))
        return sheet

    def seen(self, object_id: ObjectId) -> bool:
        """Whether a stream has been run."""
        return ("object", *object_id) in self.sources

    def font(self, value: Any) -> Font:
        """The font of a dictionary, loaded once."""
        if not is_dict(value):
            return self.fonts.setdefault(None, default_font())
        key = id_of(value) or value.unparse()
        if key not in self.fonts:
            self.fonts[key] = load_font(value)
        return self.fonts[key]

    def spend(self, operators: int, glyphs: int) -> None:
        """Count work; forms that draw forms can multiply it without end.

        Raises:
            LimitExceeded: it is more than any honest document needs.
        """
        self._operators += operators
        self._glyphs += glyphs
        if self._glyphs > _MOST_GLYPHS:
            raise LimitExceeded(f"more than {_MOST_GLYPHS} characters drawn")
        if self._operators > _MOST_OPERATORS:
            raise LimitExceeded(f"more than {_MOST_OPERATORS} drawing operators")

    def _source(self, stream: Any, sheet: Sheet) -> Source | None:
        object_id = id_of(stream)
        if object_id is None:
            return None
        key = ("object", *object_id)
        if key not in self.sources:
            try:
                data = bytes(stream.read_bytes())
            except DECODE_ERRORS:
                sheet.problems.add("a content stream cannot be decoded")
                data = b""
            self.sources[key] = Source(key, data, parse_content(data))
        return self.sources[key]

    def _run(
        self,
        sheet: Sheet,
        source: Source,
        resources: Any,
        state: State,
        stack: tuple[SourceKey, ...],
    ) -> None:
        self.spend(len(source.instructions) + 1, 0)
        interpreter = Interpreter(self, sheet, source, resources, state, stack)
        interpreter.run()
        if sheet.root is source and len(stack) == 1:
            sheet.open_states = len(interpreter.saved)
            sheet.closed_states = interpreter.underflow
            sheet.open_text = interpreter.in_text

    def draw_form(
        self, form: Any, sheet: Sheet, resources: Any, state: State, stack: tuple[SourceKey, ...]
    ) -> None:
        """Run a form XObject where it is drawn (8.10.1)."""
        source = self._source(form, sheet)
        if source is None:
            return
        if source.key in stack:  # other readers go round in it until they fall over
            raise Unreadable("a form that draws itself")
        if len(stack) > _DEEPEST_FORM:
            sheet.problems.add("forms nested too deeply")
            return
        sheet.forms[source.key] = None
        self._forms += 1
        if self._forms > _MOST_FORMS:
            raise LimitExceeded(f"more than {_MOST_FORMS} forms drawn")
        matrix = numbers_of(get(form, "/Matrix"))
        inner = state.copy()
        if len(matrix) == 6:
            inner.ctm = multiply(to_matrix(matrix), state.ctm)
        own = get(form, "/Resources")
        self._run(sheet, source, own if is_dict(own) else resources, inner, (*stack, source.key))
