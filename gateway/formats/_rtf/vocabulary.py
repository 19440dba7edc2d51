r"""The destinations and characters of RTF, and which texts in them are structure.

A destination that is not named here is read as hidden text, so nothing new goes unseen.

Source: RTF Specification 1.9.1; [MS-OXRTFEX] for ``\htmltag``.
"""

from __future__ import annotations

import re

from gateway.formats._ooxml.vocabulary import is_built_in
from gateway.formats._pieces import is_odd
from gateway.model import Role

CHARACTERS = {
    "tab": "\t", "emdash": "—", "endash": "–", "emspace": "\u2003", "enspace": "\u2002",
    "qmspace": "\u2005", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "zwj": "\u200d", "zwnj": "\u200c", "zwbo": "\u200b", "zwnbo": "\u2060",
    "ltrmark": "\u200e", "rtlmark": "\u200f", "line": "\n", "softline": "\n", "lbr": "\n",
}  # fmt: skip
"""Control words that stand for a character."""

SYMBOLS = {"~": "\xa0", "_": "\u2011", "-": "\xad", "\\": "\\", "{": "{", "}": "}", "\t": "\t"}
"""Control symbols that stand for a character."""

BREAKS = frozenset(
    [
        "par",
        "sect",
        "page",
        "column",
        "row",
        "nestrow",
        "cell",
        "nestcell",
        "trowd",
        "softpage",
        "softcol",
    ]
)
"""Control words that end a paragraph."""

TRANSPARENT = frozenset(
    [
        "field",
        "fldrslt",
        "shp",
        "shpinst",
        "shprslt",
        "shpgrp",
        "shppict",
        "nonshppict",
        "object",
        "result",
        "upr",
        "ud",
        "mmath",
        "moMath",
        "moMathPara",
        "mr",
        "do",
        "dptxbxtext",
        "info",
        "userprops",
        "rtf",
        "annotations",
        "pgdsc",
    ]
)
"""Destinations whose text, if any, belongs to what stands around them."""

ROLES = {
    "annotation": Role.COMMENT,
    **dict.fromkeys(
        [
            "header",
            "headerl",
            "headerr",
            "headerf",
            "footer",
            "footerl",
            "footerr",
            "footerf",
            "footnote",
            "shptxt",
            "ftnsep",
            "ftnsepc",
            "ftncn",
            "aftnsep",
            "aftnsepc",
            "aftncn",
            "pntxta",
            "pntxtb",
            "pntext",
            "listtext",
        ],
        Role.BODY,
    ),
    **dict.fromkeys(
        [
            "title",
            "subject",
            "keywords",
            "doccomm",
            "category",
            "hlinkbase",
            "propname",
            "staticval",
            "linkval",
            "fonttbl",
            "stylesheet",
            "falt",
            "fname",
        ],
        Role.METADATA,
    ),
    **dict.fromkeys(
        [
            "author",
            "operator",
            "company",
            "manager",
            "revtbl",
            "atnauthor",
            "atnid",
            "template",
            "generator",
            "protusertbl",
            "atntime",
            "atndate",
            "userinitials",
        ],
        Role.TRACE,
    ),
    **dict.fromkeys(["bkmkstart", "bkmkend", "objname", "datafield"], Role.NAME),
}
"""What the text of a destination is to the reader; hidden text if it is not named here."""

DESTINATIONS = frozenset(
    ["colortbl", "filetbl", "file", "listtable", "listoverridetable", "list", "listlevel", "leveltext", "levelnumbers", "listname", "liststylename", "latentstyles", "lsdlockedexcept", "fldinst", "fldtype", "formfield", "ffname", "ffdeftext", "ffformat", "ffhelptext", "ffstattext", "ffentrymcr", "ffexitmcr", "ffl", "xe", "tc", "rxe", "txe", "sp", "sn", "sv", "hl", "hlloc", "hlsrc", "hlfr", "objclass", "objalias", "objsect", "picprop", "pict", "objdata", "themedata", "colorschememapping", "datastore", "rsidtbl", "creatim", "revtim", "printim", "buptim", "atnref", "atrfstart", "atrfend", "atnparent", "atnicn", "nextfile", "xmlnstbl", "xmlname", "xmlattrname", "xmlattrvalue", "xmlopen", "xmlclose", "oldcprops", "oldpprops", "oldsprops", "oldtprops", "htmltag", "mhtmltag", "blipuid", "panose", "passwordhash", "password", "pnseclvl", "background", "wgrffmtfilter", "fontemb", "fontfile", "defchp", "defpap", "listpicture", "ebcstart", "ebcend", "nexthtml", "mailmerge", "mmconnectstr", "mmconnectstrdata", "mmquery", "mmdatasource", "mmheadersource", "mmaddfieldname", "mmmailsubject", "nesttableprops", "nonesttables", "private"]
) | ROLES.keys() | TRANSPARENT  # fmt: skip
r"""Control words that begin a destination even without ``\*``."""

BLOBS = frozenset(
    ["pict", "objdata", "themedata", "colorschememapping", "datastore", "fontfile", "fontemb"]
)
"""Destinations of bytes in hexadecimal."""

TABLES = frozenset(
    ["fonttbl", "stylesheet", "revtbl", "filetbl", "protusertbl", "colortbl", "latentstyles"]
)
"""Destinations in which each group, or each stretch to a semicolon, is an entry."""

ENTRIES = TABLES | {"docvar", "mailmerge"}
"""Destinations in which each group ends a text."""

TIMES = frozenset(["creatim", "revtim", "printim", "buptim", "rsidtbl"])
"""Groups that tell when the document was made, and by which rounds of editing."""

RSIDS = re.compile(r"(?:\w*rsid(?:root)?|edmins|crdate|nofcharsws|revdttm|crauth)\Z")
"""Control words that tell the same."""

_FONTS = frozenset(("fonttbl", "falt", "fname"))
_FONT_WORDS = frozenset(
    ["abadi", "adobe", "agency", "aharoni", "algerian", "amasis", "american", "andale", "angsana", "antiqua", "aparajita", "aptos", "arabic", "arial", "ascii", "avenir", "ballet", "baltic", "bahnschrift", "bangla", "bank", "bauhaus", "bell", "bitstream", "black", "blackadder", "bodoni", "bold", "book", "bookman", "bookshelf", "broadway", "brush", "calibri", "californian", "calisto", "cambria", "candara", "caslon", "castellar", "cataneo", "ce", "centaur", "century", "cg", "charis", "chiller", "cjk", "code", "collection", "comic", "condensed", "console", "consolas", "constantia", "copperplate", "corbel", "cordia", "courier", "cursive", "curlz", "cyr", "dark", "david", "daunpenh", "default", "dejavu", "demi", "didot", "dingbats", "display", "dotum", "ebrima", "edwardian", "elephant", "emoji", "eng", "engravers", "eras", "euphemia", "extra", "fangsong", "fantasy", "fixed", "fixedsys", "fixedsysttf", "felix", "footlight", "franklin", "freestyle", "freesans", "freeserif", "gadugi", "garamond", "gautami", "geneva", "georgia", "gigi", "gill", "gisha", "gloucester", "gothic", "goudy", "greek", "gulim", "gungsuh", "haettenschweiler", "handwriting", "harlow", "heavy", "hebrew", "hei", "heiti", "helvetica", "heb", "high", "historic", "hoefler", "humanist", "imprint", "impact", "informal", "ink", "iskoola", "italic", "javanese", "jhenghei", "jokerman", "juice", "kai", "kaiti", "kalinga", "kartika", "khmer", "korean", "kristen", "kruti", "latha", "lao", "leelawadee", "letter", "liberation", "libre", "light", "lohit", "lucida", "magneto", "malgun", "mangal", "map", "marlett", "math", "mathematica", "maiandra", "matura", "medium", "meiryo", "menlo", "microsoft", "mincho", "mingliu", "minion", "miriam", "mistral", "modern", "monaco", "mongolian", "mono", "monotype", "monospace", "monospaced", "moolboran", "ms", "msung", "mt", "mv", "myriad", "myanmar", "narrow", "neo", "neue", "new", "news", "niagara", "nimbus", "nirmala", "no", "noto", "nsimsun", "nyala", "ocr", "old", "onyx", "open", "optima", "oriya", "outlook", "pa", "palace", "palatino", "papyrus", "parchment", "perpetua", "phags", "plantagenet", "playbill", "pmingliu", "poor", "portable", "pro", "raavi", "ravie", "reference", "regular", "rich", "rockwell", "rod", "roboto", "roman", "rounded", "sakkal", "sans", "sakura", "sazanami", "schoolbook", "script", "segoe", "serif", "shonar", "showcard", "shruti", "simhei", "simplified", "simsun", "simkai", "snap", "source", "specialty", "st", "std", "stencil", "stfangsong", "stheiti", "stkaiti", "stsong", "stxihei", "stzhongsong", "sun", "sylfaen", "symbol", "symbola", "symbolmt", "system", "tahoma", "tai", "takao", "terminal", "tekton", "thai", "thorndale", "albany", "cumberland", "times", "titling", "tlwg", "traditional", "trebuchet", "tunga", "tur", "tw", "typewriter", "ui", "ultra", "uni", "unicode", "univers", "urdu", "urw", "us", "utsaah", "variable", "vani", "verdana", "vietnamese", "vijaya", "viner", "vivaldi", "vladimir", "vrinda", "webdings", "wide", "wingdings", "wingding", "yahei", "yi", "yu", "yugothic", "yumincho", "zapf", "zapfino", "zurich", "1", "2", "3", "8", "9", "gb2312", "gbk", "gb18030", "utf", "宋体", "黑体", "楷体", "仿宋", "微软雅黑", "等线", "新宋体", "隶书", "幼圆", "华文宋体", "华文楷体", "华文仿宋", "华文中宋", "華文", "新細明體", "細明體", "標楷體", "微軟正黑體", "ｍｓ", "明朝", "ゴシック", "ｐ明朝", "ｐゴシック", "游明朝", "游ゴシック", "メイリオ", "바탕", "굴림", "돋움", "맑은", "고딕"]
)  # fmt: skip
_STRUCTURE = {
    "panose": re.compile(r"[0-9A-Fa-f]{20}"),
    "blipuid": re.compile(r"[0-9A-Fa-f]{32}"),
    "passwordhash": re.compile(r"[0-9A-Fa-f]{1,200}"),
    "password": re.compile(r"[0-9A-Fa-f]{8}"),
    "pnseclvl": re.compile(r"[.()]*"),
    "wgrffmtfilter": re.compile(r"[0-9A-Fa-f]{1,6}"),
    "sn": re.compile(r"[A-Za-z]{1,40}[0-9]{0,2}"),
    "sv": re.compile(r"(?:[-;,()\s]|(?<![0-9])[0-9]{1,8}(?![0-9]))*"),
    "objclass": re.compile(r"[A-Za-z]{1,24}(?:\.[A-Za-z]{1,24})*(?:\.[0-9]{1,3})?"),
    "atnref": re.compile(r"[0-9]{1,10}"),
    "atrfstart": re.compile(r"[0-9]{1,10}"),
    "atrfend": re.compile(r"[0-9]{1,10}"),
    "atndate": re.compile(r"-?[0-9]{1,10}"),
    "atnparent": re.compile(r"-?[0-9]{1,10}"),
    "pntext": re.compile(r"[\W_]*[A-Za-z0-9]{0,3}[\W_]*"),
    "listtext": re.compile(r"[\W_]*[A-Za-z0-9]{0,3}(?:\.[0-9]{1,3})*[\W_]*"),
    "leveltext": re.compile(r"[\x00-\x1f\W_]*[A-Za-z0-9]?[\x00-\x1f\W_]*"),
    "levelnumbers": re.compile(r"[\x00-\x1f;]*"),
    "formfield": re.compile(r"[0-9]{0,4}"),
}
_LONGEST = 2_000  # what is longer is no structure
_LATENT = re.compile(r"[A-Za-z0-9 ;()-]*")


def speaks(destination: str, text: str) -> bool:
    """Whether the text of a destination could say something, and is not only structure."""
    if destination == "rtf" or ROLES.get(destination) in {Role.BODY, Role.COMMENT}:
        pattern = _STRUCTURE.get(destination)
        return len(text) > _LONGEST or not (pattern and pattern.fullmatch(text))
    if text.isascii() and not any(character.isalnum() for character in text):
        return False
    if destination in _FONTS:
        return not all(word in _FONT_WORDS for word in re.findall(r"[^\W_]+", text.lower()))
    if destination == "stylesheet":
        return not is_built_in(text)
    if destination == "latentstyles" or destination.startswith("lsd"):
        return is_odd(text) or not _LATENT.fullmatch(text)
    pattern = _STRUCTURE.get(destination)
    return len(text) > _LONGEST or not (pattern and pattern.fullmatch(text.strip()))
