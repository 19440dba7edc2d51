"""Which words of OpenDocument XML are structure, and which attributes are text.

As in Office Open XML, the rule reads an attribute that nobody thought of rather than skipping it:

1. What the schema types as ``string`` (``draw:name``, ``table:formula``, ``form:label`` …) is text.
2. In a namespace that is not OpenDocument's, every attribute is text.
3. Of the rest, values that *look* like structure are left out: numbers with units, one ASCII
   word, colours, dates, lists of numbers. Everything else is text.

Source: OASIS OpenDocument 1.3, part 3 (schema), the attributes of type ``string``, ``anyIRI`` and
``styleName``; LibreOffice's extensions (``loext``, ``calcext``, ``officeooo``).
"""

from __future__ import annotations

import re
from functools import cache

_OWN = (
    "urn:oasis:names:tc:opendocument:",
    "urn:org:documentfoundation:",
    "urn:openoffice:names:",
    "http://openoffice.org/",
    "http://docs.oasis-open.org/",
    "http://purl.org/dc/",
    "http://www.w3.org/",
    "http://schemas.openxmlformats.org/",
    "http://www.openoffice.org/",
)
_OTHER_VENDORS = (
    "http://www.abisource.com/",
    "http://www.calligra.org/",
    "http://www.gnome.org/gnumeric/",
    "http://www.jclark.com/",
    "http://www.koffice.org/",
    "http://www.kde.org/",
    "http://www.wps.cn/",
    "urn:schemas-microsoft-com:",
)

STRINGS = frozenset(
    (
        *("about", "address", "alternative-text", "annote", "author", "booktitle", "caption"),
        *("chapter", "city", "code", "column-name", "command", "comment", "conference", "content"),
        *("connection-resource", "current-value", "custom1", "custom2", "custom3", "custom4"),
        *("custom5", "data-field", "database-name", "database-table-name", "datasource"),
        *("data-source-has-labels-text", "description", "display-name", "editor", "edition"),
        *("field-name", "filter-name", "filter-options", "footer", "frame-name", "group-name"),
        *("header", "help", "help-id", "help-text", "hint", "howpublished", "href", "identifier"),
        *("index-name", "institution", "isbn", "issn", "journal", "key", "key1", "key2", "label"),
        *("key1-phonetic", "key2-phonetic", "string-value-phonetic", "label-string", "layer"),
        *("library", "list-source", "local-url", "macro-name", "member-name", "message", "month"),
        *("name", "note", "number", "object-name", "organizations", "pages", "placeholder"),
        *("prefix", "suffix", "num-prefix", "num-suffix", "publisher", "query-name", "ref-name"),
        *("report-type", "school", "section-name", "sentence", "series", "sort-key", "source"),
        *(
            "source-name",
            "source-field-name",
            "selected-page",
            "sql-statement",
            "string-value",
            "string-value-if-false",
            "subject",
        ),
        *("string-value-if-true", "table-name", "target", "target-frame", "target-frame-name"),
        *("text", "title", "tooltip", "url", "user-name", "value", "variable", "volume", "year"),
        *("connection-name", "bookmark-name", "data-pilot-table-name", "dde-application"),
        *("dde-item", "dde-topic", "echo-char", "enctype-text", "filter", "filter-statement"),
        *("for", "image-data", "image-data-url", "label-text", "order", "phrase", "property-name"),
        *("style-display-name", "sub-item", "text-value", "user-index", "word", "tag", "creator"),
        *("abbrev-name", "leader-text", "current-selected", "resource", "nodeID", "text-overlay"),
    )
)
"""Local names of attributes that hold anybody's text."""

FORMULAS = frozenset({"formula"})
"""Attributes whose value is computed again: the formula of a cell or field."""

EXPRESSIONS = frozenset(
    (
        *("base-cell-address", "cell-address", "cell-range-address", "condition", "conditions"),
        *("contains-error", "end-cell-address", "expression", "label-cell-address"),
        *("label-cell-range-address", "last-column-spanned", "linked-cell", "print-ranges"),
        *("source-cell-range", "source-cell-range-addresses", "source-range-address"),
        *("target-cell-address", "target-range-address", "values-cell-range-address"),
        *("criteria-range-address", "error-lower-range", "error-upper-range", "buttons"),
        *("list-source-range", "condition-source-range-address", "apply-condition", "ref-range"),
    )
)
"""Attributes that name sheets and ranges, or compare with constants."""

ADDRESSES = frozenset({"href", "resource", "about", "url"})
"""Attributes of type anyIRI that may lead out of the document."""

STYLE_NAMES = re.compile(
    r"(?:[a-z-]+-)?style-name|(?:[a-z-]+-)?font-name(?:-asian|-complex)?|page-layout-name"
    r"|master-page-name|marker-(?:start|end)|stroke-dash|fill-(?:gradient|hatch|image)-name"
    r"|opacity-name|presentation-page-layout-name|fill-image-name|stroke-dash-names"
)
"""Attributes that refer to a style by its name (styleNameRef)."""

STYLED = re.compile(
    r"(?:default-)?style|(?:page|table-page|drawing-page)-layout|master-page|font-face|list-style"
    r"|(?:presentation-)?page-layout|[a-z-]*gradient|hatch|marker|stroke-dash|fill-image|opacity"
    r"|(?:number|currency|percentage|date|time|boolean|text)-style|table-template|outline-style"
)
"""Elements whose ``name`` is that of a style."""

TYPED = frozenset(
    ("value", "date-value", "time-value", "boolean-value", "currency", "string-value")
)
"""Attributes that hold the typed value of a cell or field (part 3, §19.385 and following)."""

PARAGRAPHS = frozenset({"p", "h"})
SPACES = {"s": " ", "tab": "\t", "line-break": "\n", "soft-page-break": ""}
APART = frozenset(
    (
        *("annotation", "note", "note-citation", "note-body", "ruby-text", "creator", "date"),
        *("event-listeners", "frame", "control", "desc", "dde-connection", "binary-data"),
        *("creator-initials", "sender-initials", "change", "table", "list", "section"),
    )
)
"""Elements inside a paragraph whose text is not part of its running text."""

_SHAPES = ("drawing:", "dr3d:", "presentation:", "chart:", "form:", "animation:", "script:")


def stands_apart(namespace: str, local: str) -> bool:
    """Whether an element's text does not run on with the paragraph around it."""
    if local == "a":
        return False
    kind = namespace.removeprefix("urn:oasis:names:tc:opendocument:xmlns:")
    return local in APART or kind.startswith(_SHAPES)


@cache
def is_own(namespace: str) -> bool:
    """Whether a namespace is one whose words are schema, not anybody's text."""
    return namespace.startswith((*_OWN, *_OTHER_VENDORS)) and bool(_ADDRESS.fullmatch(namespace))


# An address of a schema: nothing that could carry more than that.
_ADDRESS = re.compile(r"(?!.*[0-9]{9})(?!.*[0-9][0-9-]{9})[A-Za-z0-9_.:/#+-]{1,200}")
_NUMBER = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]{1,3})?(?:[a-zA-Z]{1,3}|%|\*)?")
_NUMBERS = re.compile(
    r"(?:[-+]?[0-9]*\.?[0-9]+(?:e-?[0-9]+)?[a-z%]{0,3}|[A-Za-z]{1,12}|#[0-9a-fA-F]{6}|[|~=\\]{1,3})"
    r"(?:[ ,;]+(?:[-+]?[0-9]*\.?[0-9]+(?:e-?[0-9]+)?[a-z%]{0,3}|[a-z]{1,12}|#[0-9a-fA-F]{6}))*+"
)
# The schema's words are in lower case; ids have a number; codes of countries and scripts are short.
_WORD = re.compile(
    r"[a-z#.*:+][a-z0-9_.:#*/%()+-]{0,63}|[A-Za-z_-]{1,24}-?[0-9]{1,6}|[A-Z][A-Za-z]{1,3}"
    r"|[a-z]{1,12}[A-Z][A-Za-z]{1,12}|#[0-9A-Fa-f]{6}"
)
_CODE = re.compile(r"(?=.*[0-9].*[A-Za-z]|.*[0-9]{3}).{16,}")  # as long as a key or an account
_MOMENT = re.compile(
    r"-?[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]{5,20}(?:Z|[-+][0-9:]{5})?)?"
    r"|-?P(?:[0-9.]+[YMWD]){0,4}(?:T(?:[0-9.,]+[HMS]){1,3})?"
)
_DRAWN = re.compile(r"[-+0-9.,eE \tMmLlHhVvCcSsQqTtAaZzXxYyUuFfNnBbWwGgIiJjDdKkOoRr?$\n]*")
_GEOMETRY = frozenset(
    (
        *("d", "points", "viewBox", "enhanced-path", "path-stretchpoint-x", "transform"),
        *("path", "modifiers", "glue-points", "text-areas", "text-path", "equation"),
        *("vertex", "path-stretchpoint-y", "viewbox", "keyTimes", "keySplines", "values"),
    )
)
_LONG_NUMBER = re.compile("[0-9]{7}")
_SMALL_NUMBER = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]*)?|-?0?\.[0-9]+|true|false")
_GUID = re.compile(r"\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")
_ROOT_PATHS = re.compile(
    r"(?:\./)?(?:Object [0-9]{1,4}/?|ObjectReplacements/Object [0-9]{1,4}|Pictures/(?:[0-9A-F]{16,80}|TablePreview[0-9]{1,3})\.\w{2,4}"
    r"|Configurations2/.{0,40}|Thumbnails/thumbnail\.png|META-INF/|content\.xml|styles\.xml"
    r"|meta\.xml|settings\.xml|manifest\.rdf|layout-cache|/|Pictures/|Thumbnails/)"
)


def is_dull(value: str) -> bool:
    """Whether a text is a small number or truth value that no one needs to look at."""
    return bool(_SMALL_NUMBER.fullmatch(value) or _GUID.fullmatch(value))


def is_known_path(name: str) -> bool:
    """Whether a member's name is one that the standard or an office program gave."""
    if name in {"META-INF/manifest.xml", "mimetype", "VersionList.xml"} or _SIGNATURE.match(name):
        return True
    folder = re.sub(r"^(?:Object [0-9]{1,4}/)+", "", name)
    return not folder or bool(_ROOT_PATHS.fullmatch(folder) or _MACRO_PATHS.fullmatch(name))


_SIGNATURE = re.compile(r"META-INF/\w{0,20}signatures\.xml$")
_MACRO_PATHS = re.compile(
    r"(?:Basic|Dialogs)/(?:Standard/)?(?:script-l[cb]\.xml|dialog-l[cb]\.xml|Module[0-9]{1,3}\.xml)?"
)


def looks_structural(local: str, value: str) -> bool:
    """Whether a value is what the schema would have at an attribute that is not a string."""
    if _MOMENT.fullmatch(value) or _GUID.fullmatch(value):
        return local not in TYPED
    if local.startswith(("font-family", "font-style-name")):
        return is_built_in(value.strip("'\""))
    if local == "bullet-char":
        return len(value) < 3
    if local in _GEOMETRY and _DRAWN.fullmatch(value):
        return not re.search("[0-9]{11}", value)
    if _LONG_NUMBER.search(value):
        return local.endswith(("rsid", "checksum")) or (local == "id" and len(value) < 20)
    if "://" in value or value.startswith("urn:"):
        return is_own(value)
    return value.isascii() and bool(
        _NUMBER.fullmatch(value)
        or _NUMBERS.fullmatch(value)
        or (_WORD.fullmatch(value) and not _CODE.fullmatch(value))
    )


_ESCAPED = re.compile(r"_([0-9a-f]{1,6})_")
_AUTOMATIC = re.compile(r"[A-Za-z]{1,8}-?[0-9]{0,6}(?:[a-z][0-9]{0,4})?|WW8?Num[0-9]+(?:z[0-9])?")
_STYLE_WORDS = frozenset(
    [
        "standard",
        "default",
        "text",
        "body",
        "heading",
        "caption",
        "index",
        "list",
        "table",
        "contents",
        "frame",
        "graphics",
        "header",
        "footer",
        "footnote",
        "endnote",
        "symbol",
        "symbols",
        "characters",
        "internet",
        "link",
        "visited",
        "page",
        "number",
        "bullet",
        "numbering",
        "quotations",
        "preformatted",
        "title",
        "subtitle",
        "signature",
        "sender",
        "addressee",
        "first",
        "line",
        "indent",
        "hanging",
        "salutation",
        "complimentary",
        "close",
        "marginalia",
        "horizontal",
        "object",
        "illustration",
        "figure",
        "drawing",
        "left",
        "right",
        "outline",
        "background",
        "notes",
        "without",
        "fill",
        "no",
        "with",
        "border",
        "accent",
        "good",
        "bad",
        "neutral",
        "warning",
        "error",
        "status",
        "note",
        "hyperlink",
        "result",
        "report",
        "emphasis",
        "strong",
        "source",
        "teletype",
        "user",
        "entry",
        "variable",
        "example",
        "definition",
        "citation",
        "drop",
        "caps",
        "vertical",
        "ruby",
        "placeholder",
        "main",
        "rubies",
        "paragraph",
        "font",
        "style",
        "cell",
        "row",
        "column",
        "columns",
        "section",
        "end",
        "start",
        "cont",
        "lines",
        "filled",
        "shapes",
        "shadow",
        "arrow",
        "dimension",
        "blue",
        "green",
        "red",
        "yellow",
        "black",
        "white",
        "gray",
        "grey",
        "orange",
        "turquoise",
        "sun",
        "earth",
        "seetang",
        "bw",
        "dark",
        "light",
        "top",
        "bottom",
        "master",
        "slide",
        "layout",
        "presentation",
        "gradient",
        "hatch",
        "bitmap",
        "dash",
        "dot",
        "fine",
        "dashed",
        "ultrafine",
        "lines",
        "points",
        "hidden",
        "envelope",
        "landscape",
        "html",
        "first",
        "firstpage",
        "information",
        "box",
        "formula",
        "label",
        "labels",
        "comment",
        "watermark",
        "authority",
        "bibliography",
        "toc",
        "separator",
        "anchor",
        "reference",
        "postscript",
        "tabs",
        "a0",
        "a4",
        "and",
        "of",
        "in",
        "on",
        "the",
        "to",
        "normal",
        "web",
        "strict",
        "plain",
        "msodash",
        "dashes",
        "square",
        "arrow",
        "circle",
        "double",
        "concave",
        "linear",
        "axial",
        "radial",
        "title1",
        "title2",
        "objectwithshadow",
        "objectwitharrow",
        "objectwithoutfill",
        "arial",
        "calibri",
        "cambria",
        "courier",
        "dejavu",
        "georgia",
        "helvetica",
        "liberation",
        "lohit",
        "lucida",
        "mono",
        "new",
        "noto",
        "opensymbol",
        "roman",
        "sans",
        "serif",
        "simsun",
        "mincho",
        "gothic",
        "tahoma",
        "times",
        "unicode",
        "verdana",
        "wingdings",
        "wqy",
        "zen",
        "hei",
        "cjk",
        "sc",
        "tc",
        "jp",
        "kr",
        "devanagari",
        "hans",
        "hant",
        "simhei",
        "kaiti",
        "fangsong",
        "ms",
        "pgothic",
        "carlito",
        "caladea",
        "microsoft",
        "yahei",
        "segoe",
        "ui",
        "pingfang",
        "hiragino",
        "source",
        "han",
        "thai",
        "arabic",
        "hebrew",
        "condensed",
        "extended",
    ]
)


def names_a_style(element: str, attribute: str) -> bool:
    """Whether an attribute holds the name of a style."""
    return bool(
        STYLE_NAMES.fullmatch(attribute)
        or (attribute in {"name", "display-name"} and STYLED.fullmatch(element))
        or attribute.startswith(("font-family", "font-style-name"))
    )


def spoken(name: str) -> str:
    """A style's name as people see it: ``Heading_20_1`` is "Heading 1" (part 3, §19.498)."""
    return _ESCAPED.sub(_unescaped, name)


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if 0x20 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]


def style_name(text: str) -> str:
    """A style's name as the schema wants it (an NCName)."""
    return re.sub(r"[^A-Za-z0-9-]", lambda match: f"_{ord(match[0]):x}_", text) or "style"


@cache
def is_built_in(name: str) -> bool:
    """Whether an office program, and nobody else, gave a style, font or drawing aid its name."""
    if _AUTOMATIC.fullmatch(name) and (name[-1:].isdigit() or len(name) < 4):
        return True
    words = re.findall(r"[^\W\d_]+|[0-9]{7,}", spoken(name))
    return name.isascii() and all(w.lower() in _STYLE_WORDS or len(w) < 3 for w in words)
