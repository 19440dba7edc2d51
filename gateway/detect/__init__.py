"""Finding what matters: Presidio with our recognisers, exact values, propagation.

Importing this package loads nothing heavy; making a :class:`Detector` loads Presidio.
"""

from gateway.detect.catalogue import catalogue
from gateway.detect.detector import Detector
from gateway.detect.removed import Removed, removed
from gateway.detect.values import ValueMatcher

__all__ = ["Detector", "Removed", "ValueMatcher", "catalogue", "removed"]
