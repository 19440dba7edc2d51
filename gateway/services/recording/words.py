"""Which names may stand in a recorded profile.

Paths, field names and query parameters are mostly words of the service's programmers, and now and
then something of the user's: an id, a file name, a person. Only what looks like the former, was
nowhere seen as a value, and holds nothing that detection finds, is written down; all else is ``*``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from gateway.services.schema import Profile

type Sensitive = Callable[[Sequence[str]], Collection[str]]
"""Given words, which of them detection finds something in."""

ANY = "*"

_LONGEST = 40
_MOST_DIGITS = 3
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SHAPE = re.compile(r"[$@_]*[A-Za-z][A-Za-z0-9]*(?:[._:$-]+[A-Za-z0-9]+)*_*:?")
_VERSION = re.compile(r"v[0-9]{1,2}(?:[._-]?[0-9]{1,2})?(?:(?:alpha|beta)[0-9]{0,2})?")
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)
_ACRONYM = 5

# Names of documents end so; names of methods and scripts do not.
_ENDINGS = frozenset(
    """
    7z avi bmp csv dat db dbf dmg doc docm docx dot dotx dps dwg eml epub et gif gz heic htm html
    ics ipynb jpeg jpg key log m4a markdown md mdb mov mp3 mp4 mpp msg numbers odg odp ods odt ofd
    pages pdf png potx pps ppsx ppt pptm pptx psd pst py rar rtf sql svg tar tif tiff tsv txt vcf
    vsd vsdx wav webp wps xls xlsb xlsm xlsx xps yaml yml zip
    """.split()  # noqa: SIM905 - a list of eighty strings is no better read
)

# What services call things: https://www.rfc-editor.org/rfc/rfc9110 terms, and the words that the
# public references of the covered services share.
_COMMON = frozenset(
    """
    access account accounts api apis append app apps assets attachment attachments auth batch begin
    blob blobs block blocks body box bucket cancel cgi chat chats children chunk chunks client
    cloud code commit complete completed completions config content contents conversation
    conversations create crc create_update data delete document documents done download drive
    drives embeddings end error errors events export fetch field fields file filename files find
    finish folder folders form get graphql group groups hash hashes head home https id ids image
    images import index info init inline items item json key keys list log login logout mail me
    media member members message messages meta metadata method models move name names new next
    node notify object objects offset open page parent part parts path paths photo photos ping post
    prepare process profile progress project projects prompt public push put query read record
    records refresh register rename request reset resource rest result results resume root rpc
    save search send server service services session sessions sha sha1 sha256 md5 share shared
    sheet sheets sign site sites size slice source space spaces start state status storage stream
    submit sync team teams temp test text thread threads ticket tickets title token tokens total
    type types update upload uploaded uploads uri url urls user users v1 v2 v3 v4 v5 v6 v7 value
    values version versions video videos view web webdav wiki workspace workspaces write ws
    """.split()  # noqa: SIM905
)


# These alone could be somebody's name or project; beside another such word they are not.
_IN_COMPOUNDS = frozenset(
    """
    action active all allow any as at attribute attributes available base binary bytes by call
    category charset checksum choice code codes color command comment comments compression context
    cookie copy count country created current cursor custom date day default deleted description
    detail details device dir directory display drop duration editor email enabled encoding entity
    entry etag expiration expire expires extension external feature filter first flag flags format
    from full function functions generation has header headers height hidden host input instance
    instructions internal is job kind label language last layout length level limit link links
    local locale locked mark mask max mime min mode modified my nonce not number of on one only
    operation option options order origin output owner package param params parallel partial pending
    permission permissions phase platform preview primary priority property provider range rate raw
    reason receipt recent ref reference region related remote remove reply response return role root
    safe schema scope secret select sequence set settings shape short signature single snapshot
    sort stop store string style subject summary system tag tags target task tasks template
    time timeout timestamp to tool tools top transfer tree trigger true types unique unit use
    validate verify via visible wait width window with word words x y year zone
    """.split()  # noqa: SIM905
)


def vocabulary(profiles: Iterable[Profile]) -> frozenset[str]:
    """Words that are known to belong to services, lower case."""
    known = set(_COMMON)
    for profile in profiles:
        for step in profile.steps:
            for pattern in step.patterns:
                path = pattern.partition(" ")[2]
                known |= {segment.lower() for segment in path.split("/") if "*" not in segment}
    return frozenset(known - {""})


def looks_like_a_word(text: str) -> bool:
    """Whether a name could have been chosen by a programmer.

    Not: long or numeric names, UUIDs, hexadecimal and base64 strings, anything outside ASCII,
    anything that has to be escaped, names that end like a document's.
    """
    if len(text) > _LONGEST or not _SHAPE.fullmatch(text):
        return False
    if _VERSION.fullmatch(text):
        return True
    pieces = _PIECE.findall(text)
    if sum(len(piece) for piece in pieces if piece.isdigit()) > _MOST_DIGITS:
        return False
    stem, dot, ending = text.rpartition(".")
    if dot and stem and ending.lower() in _ENDINGS:
        return False
    letters = [piece for piece in pieces if not piece.isdigit()]
    # Digits between letters are the mark of ids: "a1b2", "3f9c".
    mixed = sum(one.isdigit() != other.isdigit() for one, other in pairwise(pieces))
    return mixed <= 2 and _is_spoken(letters)


def _is_spoken(letters: Sequence[str]) -> bool:
    """Whether runs of letters can be words: most of them have a vowel, and few are very short."""
    odd = [piece for piece in letters if len(piece) > 1 and not _VOWEL.search(piece)]
    if any(len(piece) > _ACRONYM for piece in odd):
        return False
    single = sum(len(piece) == 1 for piece in letters)
    return len(odd) + single <= max(1, len(letters) // 2)


def spoken(word: str) -> str:
    """A name as a person would write it: ``emily_carter`` and ``emilyCarter`` as Emily Carter."""
    return " ".join(piece.capitalize() for piece in _PIECE.findall(word))


class Speech:
    """Says a name, or ``*`` in its place.

    Args:
        known: words of services, lower case (:func:`vocabulary`).
        words: all names that may have to be said.
        is_value: whether a text was seen as a value.
        sensitive: finds what detection knows.
    """

    def __init__(
        self,
        known: AbstractSet[str],
        words: Iterable[str],
        is_value: Callable[[str], bool],
        sensitive: Sensitive,
    ) -> None:
        fair: set[str] = set()
        asked: list[str] = []
        for word in dict.fromkeys(words):
            if not looks_like_a_word(word):
                continue
            bare = word.rstrip(":").lower()
            pieces = [piece.lower() for piece in _PIECE.findall(word)]
            compound = len(pieces) > 1 and set(pieces) - _IN_COMPOUNDS <= known
            if bare in known or compound:
                fair.add(word)
            elif not (is_value(word) or is_value(bare)):
                asked.append(word)
        found = set(sensitive(asked)) if asked else set()
        self._fair = frozenset(fair | (set(asked) - found))

    def say(self, word: str) -> str:
        """The word or ``*``."""
        return word if word in self._fair else ANY
