"""One scan over a text for all recognisers at once.

The scan does not find anything by itself: it tells where a pattern can match, so that its own
program runs there and nowhere else. See :mod:`gateway.detect.scan.gates` for why the findings are
the same as without it.
"""

from gateway.detect.scan.backends import Backend, Hyperscan, NoEngine, Re2, best_backend
from gateway.detect.scan.gates import Gate, gate
from gateway.detect.scan.scanner import CONTEXT, EVERYWHERE, Places, Scanner, Window, windows
from gateway.detect.scan.words import LETTERS_FROM_AFAR, word_gate

__all__ = [
    "CONTEXT",
    "EVERYWHERE",
    "LETTERS_FROM_AFAR",
    "Backend",
    "Gate",
    "Hyperscan",
    "NoEngine",
    "Places",
    "Re2",
    "Scanner",
    "Window",
    "best_backend",
    "gate",
    "windows",
    "word_gate",
]
