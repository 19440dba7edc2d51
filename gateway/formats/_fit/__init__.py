"""Files made exactly so long as their sender said before they were redacted.

Some services are told the size of an upload first, and bind it by a signature or refuse another.
:func:`fitted` uses the room that each kind of file has for bytes that nobody reads (a comment,
free sectors, white space behind the end), filled with nothing but one constant; where the file is
too long, it is packed closer first. What it says is the same before and after.
"""

from gateway.formats._fit.rooms import fitted, padded, why_not

__all__ = ["fitted", "padded", "why_not"]
