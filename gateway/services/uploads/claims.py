"""Identities of uploads that their clients made up, told apart by whose they are.

A service's own names, and those that are made here, nobody can guess; whoever has one may go on
with the upload, and some clients do so without credentials. A client's own name says little: two
accounts, or two folders of one, may have uploads of the same name. A whole address says enough:
what two accounts send there is one thing to the service, too.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from urllib.parse import quote, unquote, urlsplit

from gateway.services.places import Place
from gateway.services.uploads.schema import UploadStep
from gateway.services.wire import Call

# The name of the account in schemes that sign each request anew: AWS4-HMAC-SHA256 and its kin, and
# Digest (RFC 7616); "SharedKey account:signature" and its kin.
_NAMED = re.compile(r'(?i)[ ,](?:credential|username)="?([^"/,]+)')
_SIGNED = re.compile(r"(?i)((?:sharedkey|sharedkeylite|aws|oss|obs|cos) [^\s:]+):.*")
# Negotiated for each connection, so that it is never the same twice (RFC 4559).
_PASSING = ("negotiate", "ntlm")


def claim(step: UploadStep, call: Call) -> tuple[str, ...]:
    """The identity that a request gives its upload, and whose it is.

    Args:
        step: what the request is.
        call: the request.

    Raises:
        NoSuchPlace: it gives none.
    """
    assert step.session
    place = Place.parse(step.session).where(call)
    above = ""
    if place.kind == "path" and place.inner is None:
        segments, at = place.segment(call)
        above = "/".join(quote(unquote(one), safe="") for one in segments[:at])
    account = "" if place.kind in ("resource", "url") else _account(step.account, call)
    return (urlsplit(call.url).netloc.lower(), above, account, place.read(call))


def _account(places: Sequence[str], call: Call) -> str:
    """What tells an account from others, as a digest: some of it is secret."""
    found = [Place.parse(text) for text in places]
    said = [place.read(call) for place in found if place.stands_in(call)]
    if not places:
        said = [_by_credentials(call)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _by_credentials(call: Call) -> str:
    """What of a request's credentials stays the same from one to the next."""
    credentials = call.header("authorization") or ""
    if not credentials:
        return "\n".join(value for name, value in call.headers if name.lower() == "cookie")
    scheme, _, said = credentials.partition(" ")
    if scheme.lower() in _PASSING:
        return ""
    if scheme.lower() == "bearer" and (subject := _subject(said)):
        return subject
    if found := _NAMED.search(credentials) or _SIGNED.fullmatch(credentials):
        return found[1]
    return credentials


def _subject(token: str) -> str:
    """Whom a bearer token is for, if it is a JSON Web Token (RFC 7519 §4.1), which is renewed often.

    It is not verified: the service does that when the upload is sent.
    """
    pieces = token.strip().split(".")
    if len(pieces) != 3:  # RFC 7515 §3.1
        return ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(pieces[1] + "=="))
        return f"{claims['iss']}\n{claims['sub']}"
    except (ValueError, KeyError, TypeError):
        return ""
