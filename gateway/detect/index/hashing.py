"""Two keyed hashes: a rolling one that refuses quickly, and BLAKE2b that decides.

The rolling hash of a window is a polynomial in a secret odd base modulo 2**64, so that all windows
of one length in a text are hashed by a few passes of numpy; it only picks bits of a bitmap. What
the bitmap lets through is hashed by BLAKE2b (RFC 7693) with a key of its own and looked up in the
sorted hashes of the values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

type Words = NDArray[np.uint64]
type Places = NDArray[np.int64]

_WORD = 1 << 64


class Secrets:
    """What the user's key and an index's salt make of each other.

    Args:
        key: 32 bytes, the user's own.
        salt: 16 bytes, the index's own.
    """

    def __init__(self, key: bytes, salt: bytes) -> None:
        def derived(purpose: bytes) -> bytes:
            return hashlib.blake2b(salt + purpose, key=key, digest_size=32).digest()

        def number(purpose: bytes) -> int:
            return int.from_bytes(derived(purpose)[:8], "little") | 1

        self.seal_key = derived(b"seal")
        self._value_key = derived(b"values")
        self.base = number(b"base")
        self.inverse = pow(self.base, -1, _WORD)
        self.letter = np.uint64(number(b"letter"))
        self.mix = np.uint64(number(b"mix"))

    def digest(self, form: str) -> int:
        """The hash of a value, 64 bits."""
        octets = form.encode("utf-8", "surrogatepass")
        return int.from_bytes(
            hashlib.blake2b(octets, key=self._value_key, digest_size=8).digest(), "little"
        )

    def digests(self, forms: Iterable[str]) -> Words:
        """The hashes of several values."""
        return np.fromiter((self.digest(form) for form in forms), dtype=np.uint64)


class Windows:
    """Rolling hashes of the windows of a text.

    Args:
        text: in the form in which values are compared.
        secrets: of the index.
    """

    def __init__(self, text: str, secrets: Secrets) -> None:
        self.codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        self._secrets = secrets

    @cached_property
    def _sums(self) -> tuple[Words, Words]:
        """Prefix sums of letter times power, and what takes a place's power away again."""
        size = len(self.codes)
        letters = _scattered(self.codes.astype(np.uint64), self._secrets.letter)
        sums = np.zeros(size + 1, dtype=np.uint64)
        np.cumsum(letters * _powers(self._secrets.base, size), out=sums[1:])
        return sums, _powers(self._secrets.inverse, size)

    def hashes(self, starts: Places, lengths: Places | int) -> Words:
        """The hash of each window, the same wherever the same text stands."""
        sums, inverses = self._sums
        raw = (sums[starts + lengths] - sums[starts]) * inverses[starts]
        return _scattered(raw, self._secrets.mix)


def _powers(base: int, count: int) -> Words:
    powers = np.full(count, base, dtype=np.uint64)
    if count:
        powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)


def _scattered(values: Words, factor: np.uint64) -> Words:
    """Every bit of a value sways every bit of the result; the constants are MurmurHash3's."""
    values = values * factor
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return values ^ (values >> np.uint64(33))
