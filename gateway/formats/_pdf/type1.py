"""Type 1 font programs without the glyphs that nothing draws any more.

Source: Adobe Type 1 Font Format (1990), 2.2 (encoding), 2.6 (``CharStrings``), 6 (charstrings), 7
(encryption, whose keys are 55665 for the program and 4330 for each charstring).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.formats._base import splice
from gateway.formats._pdf.truetype import BadProgram

_PROGRAM_KEY, _CHARSTRING_KEY = 55665, 4330
_ENTRY = re.compile(rb"/([^\s/{}\[\]()<>%]+)\s+(\d+)\s+(?:RD|-\||\S{1,4})\s")
_COUNT = re.compile(rb"/CharStrings\s+(\d+)")
_SUBROUTINE = re.compile(rb"dup\s+(\d+)\s+(\d+)\s+(?:RD|-\||\S{1,4})\s")
_LENIV = re.compile(rb"/lenIV\s+(-?\d+)")
_PUT = re.compile(rb"dup\s+(\d+)\s*/([^\s/]+)\s+put[ \t]*(?:\r\n|\r|\n)?")
_FIRST_OWN_SUBROUTINE = 4  # those before are the standard's (flex and hint replacement)
_CALL, _RETURN, _ESCAPE, _SEAC, _CALL_OTHER = 10, 11, 12, 6, 16
_HINT_REPLACEMENT = 3  # the PostScript procedure that calls a subroutine for us (8.3)
_ENTRY_END = re.compile(rb"[ \t]*(?:ND|\|-|noaccess def|readonly def|def)?[ \t]*(?:\r\n|\r|\n)?")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A charstring or subroutine: its name, and where its entry and its bytes stand."""

    name: bytes
    start: int
    body: int
    end: int


class Type1:
    """A parsed font program; ``encoding`` is the glyph name by code, ``names`` all glyph names."""

    def __init__(self, program: bytes, clear_length: int) -> None:
        """Parse a program.

        Args:
            program: it.
            clear_length: length of its part in clear text, as the file says (``Length1``).

        Raises:
            BadProgram: it cannot be understood whole.
        """
        from fontTools.misc.eexec import decrypt

        if program[:1] == b"\x80":
            program = _without_segments(program)
            clear_length = 0
        marker = program.find(b"eexec")
        if marker < 0:
            raise BadProgram("not a Type 1 font")
        start = marker + 5
        while program[start : start + 1] in (b" ", b"\t", b"\r", b"\n") and start != clear_length:
            start += 1
        self.clear = program[:start]
        cipher = program[start:]
        if re.fullmatch(rb"[0-9A-Fa-f\s]{8}", cipher[:8]):
            digits = re.sub(rb"[^0-9A-Fa-f]", b"", cipher)
            cipher = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
        plain, _ = decrypt(cipher, _PROGRAM_KEY)
        self._plain: bytes = plain[4:]
        count = _COUNT.search(self._plain)
        if not count:
            raise BadProgram("no charstrings")
        self._count = count
        leniv = _LENIV.search(self._plain)
        self._skip = int(leniv[1]) if leniv else 4
        self._glyphs = list(_entries(self._plain, _ENTRY, count.end()))
        if not self._glyphs:
            raise BadProgram("no charstrings")
        at = self._plain.find(b"/Subrs", 0, count.start())
        self._subroutines = (
            list(_entries(self._plain, _SUBROUTINE, at, count.start())) if at >= 0 else []
        )
        self._charstrings_end = self._glyphs[-1].end
        self.names = [entry.name.decode("latin-1") for entry in self._glyphs]
        self.encoding = {
            int(code): name.decode("latin-1")
            for code, name in _PUT.findall(self.clear)
            if len(code) < 4
        }

    def prune(self, keep: Callable[[str], bool]) -> tuple[bytes, tuple[int, int, int]]:
        """The program without the other glyphs, and the lengths of its three parts.

        Raises:
            BadProgram: its charstrings cannot be understood.
        """
        from fontTools.misc.eexec import encrypt

        kept = {entry.name for entry in self._glyphs if keep(entry.name.decode("latin-1"))}
        kept.add(b".notdef")
        called = self._close(kept)
        changes = [
            (entry.start, self._line_end(entry.end), b"")
            for entry in self._glyphs
            if entry.name not in kept
        ]
        for entry in self._subroutines:
            number = int(entry.name)
            if number >= _FIRST_OWN_SUBROUTINE and number not in called:
                body, token = self._write_charstring(bytes((_RETURN,))), self._token(entry)
                head = b"dup %d %d %s " % (number, len(body), token)
                changes.append((entry.start, entry.end, head + body))
        left = sum(entry.name in kept for entry in self._glyphs)
        changes.append((self._count.start(1), self._count.end(1), b"%d" % left))
        plain = splice(self._plain, changes)
        end = plain.rfind(b"closefile")
        plain = plain[: end + 9] if end >= 0 else plain
        cipher, _ = encrypt(b"\0\0\0\0" + plain + b"\n", _PROGRAM_KEY)
        clear = _PUT.sub(lambda put: put[0] if put[2] in kept else b"", self.clear)
        zeros = (b"0" * 64 + b"\n") * 8 + b"cleartomark\n"
        return clear + cipher + zeros, (len(clear), len(cipher), len(zeros))

    def _line_end(self, at: int) -> int:
        """Past the word that ends an entry (``ND``, ``|-``) and its line end."""
        match = _ENTRY_END.match(self._plain, at)
        return match.end() if match else at

    def _token(self, entry: _Entry) -> bytes:
        return self._plain[entry.start : entry.body].split()[-1]

    def _charstring(self, entry: _Entry) -> bytes:
        from fontTools.misc.eexec import decrypt

        data = self._plain[entry.body : entry.end]
        if self._skip < 0:
            return data
        plain: bytes = decrypt(data, _CHARSTRING_KEY)[0]
        return plain[self._skip :]

    def _write_charstring(self, plain: bytes) -> bytes:
        from fontTools.misc.eexec import encrypt

        if self._skip < 0:
            return plain
        cipher: bytes = encrypt(bytes(self._skip) + plain, _CHARSTRING_KEY)[0]
        return cipher

    def _close(self, kept: set[bytes]) -> set[int]:
        """Add the parts of accented letters to the kept glyphs; the subroutines in use."""
        from fontTools.encodings.StandardEncoding import StandardEncoding

        by_name = {entry.name: entry for entry in self._glyphs}
        subroutines = {int(entry.name): entry for entry in self._subroutines}
        called: set[int] = set()
        waiting = [by_name[name] for name in sorted(kept) if name in by_name]
        while waiting:
            for operator, operands in _operators(self._charstring(waiting.pop())):
                number = _called(operator, operands)
                if number is not None and number not in called:
                    called.add(number)
                    if number in subroutines:
                        waiting.append(subroutines[number])
                elif operator == (_ESCAPE << 8) + _SEAC and len(operands) >= 2:
                    for code in operands[-2:]:
                        name = StandardEncoding[code & 0xFF].encode("ascii")
                        if name in by_name and name not in kept:
                            kept.add(name)
                            waiting.append(by_name[name])
        return called


def _without_segments(program: bytes) -> bytes:
    """A program without the headers of its PFB segments (Technical Note 5040)."""
    parts = []
    at = 0
    while program[at : at + 1] == b"\x80" and program[at + 1] in (1, 2):
        length = int.from_bytes(program[at + 2 : at + 6], "little")
        parts.append(program[at + 6 : at + 6 + length])
        at += 6 + length
    return b"".join(parts)


def _entries(
    plain: bytes, pattern: re.Pattern[bytes], start: int, stop: int | None = None
) -> Iterator[_Entry]:
    """Entries with binary bodies, each skipped by the length it gives."""
    at = start
    limit = len(plain) if stop is None else stop
    while match := pattern.search(plain, at, limit):
        if b"end" in plain[at : match.start()].split():
            return
        body = match.end()
        end = body + int(match[2][:6])
        if end > len(plain):
            raise BadProgram("a charstring runs past the end")
        yield _Entry(match[1], match.start(), body, end)
        at = end


def _operators(charstring: bytes) -> Iterator[tuple[int, list[int]]]:
    """Operators with the numbers on the stack before each; escaped ones as ``12 << 8 | second``."""
    stack: list[int] = []
    at = 0
    while at < len(charstring):
        byte = charstring[at]
        at += 1
        if byte >= 32:
            value, at = _number(charstring, at, byte)
            stack.append(value)
            continue
        operator = byte
        if byte == _ESCAPE and at < len(charstring):
            operator = (byte << 8) + charstring[at]
            at += 1
        yield operator, stack
        # A subroutine number may be followed by others' operands; only clearing operators clear.
        stack = stack[:-1] if operator == _CALL else []


def _called(operator: int, operands: list[int]) -> int | None:
    """The subroutine that an operator calls, if it calls one."""
    if operator == _CALL and operands:
        return operands[-1]
    if operator == (_ESCAPE << 8) + _CALL_OTHER and operands[-1:] == [_HINT_REPLACEMENT]:
        return operands[-3] if len(operands) >= 3 else None
    return None


def _number(charstring: bytes, at: int, byte: int) -> tuple[int, int]:
    if byte <= 246:
        return byte - 139, at
    if byte == 255:
        return int.from_bytes(charstring[at : at + 4], "big", signed=True), at + 4
    following = charstring[at] if at < len(charstring) else 0
    if byte <= 250:
        return (byte - 247) * 256 + following + 108, at + 1
    return -(byte - 251) * 256 - following - 108, at + 1
