"""Parts that are no XML: which are opened as documents of their own, and which nobody misses.

Source: ECMA-376-1 §15.2 (shared parts), §17.8.1 (obfuscated fonts), [MS-OFFMACRO2] §2.2 (macros),
[MS-OAUT]/[MS-OFORMS] (what controls persist).
"""

from __future__ import annotations

import re

# Parts by what their name and media type show, and why they are not read. All of these leave a
# package that still opens: without a preview, printer set-up, macros, or with another font.
_DISPENSABLE = (
    (re.compile(r"thumbnail\.\w+\|"), "preview: not read"),
    (re.compile(r"printersettings\d*\.bin\|"), "printer settings: not read"),
    (re.compile(r"vbaprojectsignature|vbadata\.xml\|"), "macros: their companion is not read"),
    (re.compile(r"activex.*\.bin\||ms-office\.activex\|?$"), "macros: a control is not read"),
    (re.compile(r"\.odttf\||\.fntdata\||obfuscatedfont|x-fontdata"), "embedded font: not read"),
    (re.compile(r"customproperty\d*\.bin\||\.customproperty$"), "custom property: not read"),
    (re.compile(r"keymapcustomizations|\.attachedtoolbars"), "toolbars: not read"),
)
_MACROS = re.compile(r"vbaproject\.bin\||ms-office\.vbaproject$")
_FILM = re.compile(r"audio/|video/")
_IMAGE = re.compile(
    r"\.(?:png|jpe?g|gif|tiff?|bmp|jfif|webp|heic|wdp|pict?|eps)\||\|image/(?!svg|x-[ew]mf)"
)
_DRAWING = re.compile(r"\.[ew]m[fz]\||image/x-[ew]m[fz]")
_OBJECT = re.compile(r"oleobject|/embeddings/")


def look_of(name: str, kind: str) -> str:
    """What :mod:`opaque` judges a part by."""
    return f"{name}|{kind}".lower()


def why_dispensable(look: str) -> str:
    """Why a part is not read that may be left out; empty for all others."""
    return next((why for pattern, why in _DISPENSABLE if pattern.search(look)), "")


def is_macros(look: str) -> bool:
    """Whether a part is a VBA project."""
    return bool(_MACROS.search(look))


def is_object(look: str) -> bool:
    """Whether a part is an embedded object, of which a picture is shown."""
    return bool(_OBJECT.search(look))


def why_unread(look: str, why: str) -> str:
    """The reason for people, and for policies, which know kinds by the word before the colon."""
    kinds = ((_FILM, "sound or film"), (_IMAGE, "image"), (_DRAWING, "drawing"))
    for pattern, kind in (*kinds, (_OBJECT, "embedded object")):
        if pattern.search(look):
            return why if why.startswith(f"{kind}:") else f"{kind}: {why}"
    return why
