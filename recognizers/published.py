"""Keys that their vendors published as samples: they open nothing, and many copied them.

Only the first eight octets of each SHA-256 digest (FIPS 180-4) are kept, so that no scanner stumbles
over this file. Each comes from the vendor's own documentation, SDK or tests. To add one::

    python -c "import hashlib; print(hashlib.sha256(input().encode()).hexdigest()[:16])"
"""

from __future__ import annotations

import hashlib


def is_published(text: str) -> bool:
    """Whether a key is one of the vendors' public samples.

    Args:
        text: the whole key and nothing else.
    """
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_DIGITS] in _SAMPLES


_DIGITS = 16
_SAMPLES = frozenset(
    {
        # Google's public documentation of Maps, Cloud API keys and Firebase.
        "e4902a0b38812b15",
        "ac9265e56c79b234",
        "6ca6473b42d9c17e",
        # Samples and tests in Firebase's SDK for Apple's systems.
        "43e44fa2af063f65",
        "f1afd589c101a525",
        "f0c6d4cdab381add",
        "3979b7b2f0ddeb9b",
        "7ad2a14ea0e8844f",
        "83e8d0fa3b4b3f97",
        # Tests of Firebase's SDK for Android.
        "a19f89ab3555eac1",
        # Tests of Firebase's SDKs for JavaScript and Flutter.
        "281cbc35f6814ed4",
        "2e6c5d746bbd2a79",
        "561c359df17fbbb0",
        "1597ab82f0c3904d",
        # AWS's documentation of access keys.
        "1a5d44a2dca19669",
        "c6ea27c534f993d3",
        "cb20d34a7adda2f5",
        "78314b11be2e5815",
        "e21b597ba6b9cafa",
        # Stripe's documentation, before readers signed in.
        "2cafc0970149a84f",
        "f2d6ca16515033e5",
        "b1471f544ceeea31",
        # The fixed keys of Microsoft's storage and Cosmos DB emulators.
        "0011cc25eb432071",
        "aa6547439583c3a2",
        # The tokens shown on jwt.io and in RFC 7519 §3.1.
        "7f75367e78812551",
        "da816f9f2c16e6c5",
        "c794fa6d20c64efb",
        "8d4ef6536dc8895f",
    }
)
