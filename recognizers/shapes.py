"""Checks on the shape of a match that a pattern alone cannot express.

Like the functions of :mod:`recognizers.checksums` they are named in the ``check:`` key of the
YAML files; they take the match as it stands and say whether it is what it looks like.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
from functools import cache

_INTERNAL_DOMAINS = frozenset(
    # RFC 2606 and RFC 6762 names, and those that companies use inside
    {"corp", "example", "home", "host", "internal", "intranet", "invalid", "lan", "local"}
    | {"localdomain", "test"}
)


def email_domain(text: str) -> bool:
    """The domain ends in a public top-level domain or in one used inside companies."""
    last = text.rpartition(".")[2].lower()
    return last.startswith("xn--") or last in _top_level_domains()


def ipv4_address(text: str) -> bool:
    """An IPv4 address other than "any", loopback and broadcast masks, which say nothing."""
    address = ipaddress.IPv4Address(_unpadded(text.partition("/")[0]))
    return not (address.is_unspecified or address.is_loopback or int(address) >> 24 == 255)


def ipv6_address(text: str) -> bool:
    """An IPv6 address (RFC 4291) with at least three written groups; times and ``a::b`` are none."""
    plain = text.partition("/")[0].partition("%")[0]
    try:
        address = ipaddress.IPv6Address(plain)
    except ValueError:
        return False
    written = [group for group in plain.split(":") if group]
    long_enough = len(written) >= 3 or any(len(group) >= 4 for group in written)
    has_digit = any(char.isdecimal() for char in plain)
    return long_enough and has_digit and not address.is_loopback


def jwt(text: str) -> bool:
    """A JSON Web Token (RFC 7519): its header decodes to a JSON object that names ``alg``."""
    header = text.partition(".")[0]
    try:
        decoded = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except (ValueError, binascii.Error):
        return False
    return isinstance(decoded, dict) and "alg" in decoded


def varied(text: str) -> bool:
    """A random-looking key: no "xxxx…", no "0000…", no run of one character in place of a key."""
    body = [char for char in text.lower() if char.isalnum()]
    return len(set(body)) >= min(8, 2 + len(body) // 4) and not _FILLER.search(text)


def api_key(text: str) -> bool:
    """A key with a vendor's prefix: random-looking, with a digit."""
    return has_digit(text) and varied(text)


def mixed_key(text: str) -> bool:
    """A bare key: capitals, small letters and digits together, so no hash and no word."""
    kinds = (str.isupper, str.islower, str.isdecimal)
    return all(any(kind(char) for char in text) for kind in kinds) and varied(text)


def key_material(text: str) -> bool:
    """A value beside the word key or token: 12 or more characters, letters and digits mixed."""
    has_digit = any(char.isdecimal() for char in text)
    has_letter = any(char.isalpha() for char in text)
    return len(text) >= 12 and has_digit and has_letter and varied(text) and password(text)


def varied_hex(text: str) -> bool:
    """A hardware address that is not all zeros or all ones."""
    return len({char for char in text.lower() if char.isalnum()}) > 2


def password(text: str) -> bool:
    """A value beside the word password that somebody could log in with.

    Placeholders (``${VAR}``, ``<password>``, ``****``, "your-password"), types, code
    expressions and plain lower-case words are none.
    """
    if _PLACEHOLDER.search(text) or _CODE.search(text) or len(set(text)) < 3:
        return False
    return not text.isalpha() or not (text.islower() or text.istitle() or text.isupper())


def quoted_password(text: str) -> bool:
    """As :func:`password`, but a plain word may be one: somebody put it between quotes."""
    if _PLACEHOLDER.search(text) or _CODE.search(text) or len(set(text)) < 3:
        return False
    return len(text) >= 6 or not text.isalpha()


def credentials_url(text: str) -> bool:
    """A URL whose password is not a placeholder."""
    authority = text.partition("://")[2].rpartition("@")[0]
    secret = authority.partition(":")[2]
    return bool(secret) and not _PLACEHOLDER.search(secret) and len(set(secret)) > 1


def has_digit(text: str) -> bool:
    """At least one digit."""
    return any(char.isdecimal() for char in text)


def _unpadded(text: str) -> str:
    return ".".join(str(int(octet)) for octet in text.split("."))


@cache
def _top_level_domains() -> frozenset[str]:
    """From the public suffix list that tldextract carries; the network is never asked."""
    from importlib.resources import files

    snapshot = (files("tldextract") / ".tld_set_snapshot").read_text("utf-8")
    public = re.findall(r"^[a-z0-9-]{2,63}$", snapshot, re.MULTILINE)
    return frozenset(public) | _INTERNAL_DOMAINS


_FILLER = re.compile(r"(?i)(.)\1{7}|x{6}|(?:1234567890){2}|abcdefghijklmnop|\.{3}|\*{3}")

_PLACEHOLDER = re.compile(
    r"""(?ix)
    ^[$%]?[{(\[<] | [>}\])]$ | ^\$ | ^[%@][A-Z_]+%?$   # ${VAR} <password> {{x}} [secret] %PW%
    | \*{3} | x{4} | \.{3} | … | ^[-_?\#•●]+$
    | ^(?:your|example|sample|dummy|fake|insert|enter|change[-_]?me|replace|redacted)(?![a-z0-9])
    | ^(?:your|insert|enter|replace|example)[-_ ]?(?:own|api|pass|secret|key|token)
    | ^(?:password|passwd|passphrase|secret|token|todo|tbd|none|null|nil|undefined|true|false|required
        |optional|string|str|bytes|text|hidden|masked|empty|placeholder
        |object|array|integer|number|boolean)[,;:.)]*$   # JSON Schema's types
    """
)

_CODE = re.compile(
    r"""(?x)
    ^\(|^[A-Za-z_][\w.]*[(\[]         # getenv( os.environ[
    | ^[A-Za-z_]+(?:\.[A-Za-z_]+)+[,;)]*$   # settings.password
    | ^[a-z]+(?:_[a-z]+)+[,;)]*$      # db_password
    | ^[a-z]+(?:[A-Z][a-z]+)+[,;)]*$  # userPassword
    | ^(?:https?|file)://|^/|^\.\.?/
    """
)
