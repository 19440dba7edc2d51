"""Addresses of cryptocurrencies, checked by the checksums that they carry.

Named in the ``check:`` key of the YAML files. Sources: Bitcoin's base58check, BIP 173 (bech32) and
BIP 350 (bech32m); EIP-55 (Ethereum's mixed case); the published address formats of Tron, XRP,
Litecoin, Dogecoin, Solana.
"""

from __future__ import annotations

import hashlib

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_SUMS = frozenset({1, 0x2BC830A3})  # bech32, bech32m


def base58check(text: str) -> bool:
    """The last four of 25 bytes are the doubled SHA-256 of the others (Bitcoin and its kin)."""
    return _checked(_from_base58(text, _BASE58))


def ripple(text: str) -> bool:
    """As :func:`base58check`, in the order of letters that the XRP ledger uses."""
    return _checked(_from_base58(text, _RIPPLE))


def solana(text: str) -> bool:
    """Exactly 32 bytes in base 58: a public key."""
    value = _from_base58(text, _BASE58)
    return len(value) == 32 and any(char.isdecimal() for char in text)


def bech32(text: str) -> bool:
    """The checksum of BIP 173 or BIP 350 holds; no mixed case."""
    if text != text.lower() and text != text.upper():
        return False
    prefix, _, data = text.lower().rpartition("1")
    if not prefix or any(char not in _BECH32 for char in data):
        return False
    values = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    return _polymod(values + [_BECH32.index(char) for char in data]) in _BECH32_SUMS


def eip55(text: str) -> bool:
    """The capitals of an Ethereum address follow the Keccak-256 of its small letters."""
    address = text[2:]
    small = address.lower()
    if address in {small, address.upper()}:
        return False
    nibbles = _keccak256(small.encode("ascii")).hex()
    return all(
        char.isupper() == (int(nibble, 16) >= 8)
        for char, nibble in zip(address, nibbles, strict=False)
        if char.isalpha()
    )


def ethereum(text: str) -> bool:
    """Forty hex digits that are neither a filler nor a run of a few characters."""
    return len(set(text[2:].lower())) >= 7


def _from_base58(text: str, alphabet: str) -> bytes:
    value = 0
    for char in text:
        place = alphabet.find(char)
        if place < 0:
            return b""
        value = value * 58 + place
    zeros = len(text) - len(text.lstrip(alphabet[0]))
    return b"\0" * zeros + value.to_bytes((value.bit_length() + 7) // 8)


def _checked(value: bytes) -> bool:
    digest = hashlib.sha256(hashlib.sha256(value[:-4]).digest()).digest()
    return len(value) == 25 and digest[:4] == value[-4:]


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, term in enumerate(_GENERATOR):
            check ^= term if top >> place & 1 else 0
    return check


def _keccak256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum uses it: SHA-3 with the padding of the competition entry."""
    rate = 136
    padded = bytearray(data + b"\x01")
    padded += b"\0" * (-len(padded) % rate)
    padded[-1] |= 0x80
    state = [0] * 25
    for start in range(0, len(padded), rate):
        for lane in range(rate // 8):
            state[lane] ^= int.from_bytes(padded[start + 8 * lane : start + 8 * lane + 8], "little")
        _permute(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


def _permute(state: list[int]) -> None:
    """Keccak-f[1600] (FIPS 202 §3.3) on 25 lanes, in place."""
    register = 1
    for _ in range(24):
        columns = [
            state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20]
            for x in range(5)
        ]
        for x in range(5):
            mixed = columns[x - 1] ^ _turned(columns[(x + 1) % 5], 1)
            for y in range(0, 25, 5):
                state[x + y] ^= mixed
        x, y, lane = 1, 0, state[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            turned = _turned(lane, (step + 1) * (step + 2) // 2 % 64)
            lane, state[x + 5 * y] = state[x + 5 * y], turned
        for y in range(0, 25, 5):
            row = state[y : y + 5]
            for x in range(5):
                state[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5] & _LANE)
        for place in range(7):
            if register & 1:
                state[0] ^= 1 << ((1 << place) - 1)
            register = register << 1 ^ (0x171 if register >> 7 else 0)


_LANE = (1 << 64) - 1


def _turned(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _LANE
