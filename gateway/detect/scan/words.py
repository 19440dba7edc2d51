"""Gates for context words: found wherever :class:`gateway.detect.context.ContextWords` finds one."""

from __future__ import annotations

from gateway.detect.scan.charsets import charset, in_either_case, written

_GAP = r"[^0-9A-Za-z]*"
# Further characters that are these in lower case (Unicode: Å is also a unit, Ω too; σ ends as ς).
_KIN = {"å": "\u212b", "ω": "\u2126", "σ": "ς", "ς": "σ"}
LETTERS_FROM_AFAR = "\u0130\u212a"
"""Characters beyond ASCII whose lower case has a letter of ASCII: Turkish İ, the Kelvin sign."""


def word_gate(form: str) -> str:
    """What a text holds in which a context word can be found.

    Args:
        form: a word or phrase in lower case, with single spaces.
    """
    words = [_in_any_case(word) for word in form.split()]
    gate = _GAP.join(words)
    if not form.isascii():
        return gate
    first, rest = form[0], gate[len(_letter(form[0])) :]
    if first.isalpha():
        # A word begins after what is no letter, or with a capital ("userName").
        gate = f"(?:(?:^|[^A-Za-z]){_letter(first)}|{first.upper()}){rest}"
    return f"{gate}[Ss]?(?:$|[^a-z])"


def _in_any_case(word: str) -> str:
    return "".join(map(_letter, word))


def _letter(char: str) -> str:
    if char.isascii():
        return written(in_either_case(((ord(char), ord(char)),)))
    forms = {char, char.upper(), _KIN.get(char, char), *_KIN.get(char, "").upper()}
    return written(charset((ord(form), ord(form)) for form in forms if len(form) == 1))
