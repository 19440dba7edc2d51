"""DeepSeek's proof of work: SHA3-256 over a Keccak that leaves out its first round.

Source: FIPS 202 (Keccak-f[1600], SHA3-256); that round 0 is left out is how open solvers of
"DeepSeekHashV1" do it. With all 24 rounds it is SHA3-256, which a test holds against ``hashlib``.
"""

from __future__ import annotations

_MASK = (1 << 64) - 1
_RATE = 136
_ROTATIONS = (
    (0, 36, 3, 41, 18),
    (1, 44, 10, 45, 2),
    (62, 6, 43, 15, 61),
    (28, 55, 25, 21, 56),
    (27, 20, 39, 8, 14),
)


def _round_constants() -> list[int]:
    """FIPS 202 §3.2.5: bits of a linear feedback shift register."""
    constants, state = [], 1
    for _ in range(24):
        constant = 0
        for power in range(7):
            if state & 1:
                constant |= 1 << ((1 << power) - 1)
            state = (state << 1) ^ (0x171 if state & 0x80 else 0)
        constants.append(constant)
    return constants


_CONSTANTS = _round_constants()


def _turn(word: int, by: int) -> int:
    return ((word << by) | (word >> (64 - by))) & _MASK


def _permute(lanes: list[list[int]], first: int) -> list[list[int]]:
    for constant in _CONSTANTS[first:]:
        parity = [column[0] ^ column[1] ^ column[2] ^ column[3] ^ column[4] for column in lanes]
        mixed = [parity[x - 1] ^ _turn(parity[(x + 1) % 5], 1) for x in range(5)]
        moved = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                moved[y][(2 * x + 3 * y) % 5] = _turn(lanes[x][y] ^ mixed[x], _ROTATIONS[x][y])
        lanes = [
            [moved[x][y] ^ (~moved[(x + 1) % 5][y] & moved[(x + 2) % 5][y]) for y in range(5)]
            for x in range(5)
        ]
        lanes[0][0] ^= constant
    return lanes


def sha3(data: bytes, first_round: int = 0) -> bytes:
    """SHA3-256, beginning with another round than 0 if asked to."""
    padded = data + b"\x06" + bytes(-(len(data) + 1) % _RATE)
    padded = padded[:-1] + bytes([padded[-1] | 0x80])
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), _RATE):
        for n in range(_RATE // 8):
            word = padded[start + 8 * n : start + 8 * n + 8]
            lanes[n % 5][n // 5] ^= int.from_bytes(word, "little")
        lanes = _permute(lanes, first_round)
    return b"".join(lanes[n % 5][n // 5].to_bytes(8, "little") for n in range(4))


def deepseek_hash(text: str) -> str:
    """``DeepSeekHashV1``, in hex."""
    return sha3(text.encode(), first_round=1).hex()


def solve(challenge: str, salt: str, expire_at: int, difficulty: int) -> int:
    """The number below ``difficulty`` that hashes to the challenge.

    Raises:
        ValueError: there is none.
    """
    prefix = f"{salt}_{expire_at}_"
    for answer in range(difficulty):
        if deepseek_hash(f"{prefix}{answer}") == challenge:
            return answer
    raise ValueError("no answer")
