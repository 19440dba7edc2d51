"""A document before and after, for the person who sends it: looked at, and shown on one page.

The page holds values. It is made only where somebody asks for it, and stays on this computer.
"""

from gateway.preview._look import look
from gateway.preview._page import Shown, page

__all__ = ["Shown", "look", "page"]
