"""What a request says outside its body, as text that can be inspected.

The address and the headers travel too. They are laid out as lines ``name: value`` with their
escapes undone; headers that carry no text of the user's (and those that carry his credentials
for this very service) are left out.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import re
import unicodedata
import urllib.parse
from collections.abc import Iterable, Iterator
from email.message import Message

from gateway.services.uploads import head_covered
from gateway.services.wire import Call

type Fields = Iterable[tuple[bytes, bytes]]

# RFC 9110, RFC 9111, Fetch, and what clients send about themselves.
_PLAIN = frozenset(
    """
    access-control-request-headers access-control-request-method alt-used anthropic-beta
    anthropic-version api-key authorization cache-control cf-connecting-ip client-request-id
    amz-sdk-invocation-id amz-sdk-request connection content-crc32
    content-digest content-encoding content-length content-md5 cookie date digest dnt expect
    forwarded host http2-settings idempotency-key if-match if-modified-since if-none-match
    if-range if-unmodified-since keep-alive max-forwards openai-beta openai-organization
    openai-project origin pragma priority range repr-digest request-id save-data sentry-trace
    signature signature-input te traceparent tracestate trailer transfer-encoding
    true-client-ip upgrade upgrade-insecure-requests user-agent via x-access-token
    oc-checksum upload-checksum wps-docs-authorization wps-docs-date x-auth
    x-amz-content-sha256 x-amz-date x-amz-decoded-content-length x-amz-sdk-checksum-algorithm
    x-amz-security-token x-amz-trailer x-amzn-trace-id x-api-key x-auth-token
    x-client-ip x-client-request-id x-cloud-trace-context x-correlation-id x-csrf-token
    x-csrftoken x-forwarded-for x-goog-hash x-goog-api-client x-goog-api-key x-goog-user-project
    x-kso-authorization x-kso-date x-ms-blob-content-md5 x-ms-blob-type x-ms-client-request-id
    x-ms-content-crc64 x-ms-date x-ms-version x-oss-content-sha256 x-oss-date
    x-real-ip x-request-id x-requested-with x-xsrf-token
    """.split()  # noqa: SIM905 - a list of eighty strings is no better read
)
_PLAIN_KINDS = re.compile(
    r"accept(?:-(?:ch|charset|datetime|encoding|language|post|patch|ranges))?"
    r"|proxy-(?:authenticate|authorization|connection)"
    r"|sec-(?:ch-[a-z-]+|fetch-[a-z-]+|gpc|purpose|websocket-(?:extensions|key|version))"
    r"|(?:x-amz-checksum|x-stainless|x-b3|x-datadog)-[a-z0-9-]+"
)

# Where uploads in parts say how many bytes there are (RFC 9110 §14.4, tus 1.0, Google's resumable
# protocols). Passed over only where nothing but such numbers stands there.
_COUNTS = frozenset(
    """
    content-range upload-length upload-offset x-goog-upload-header-content-length
    x-goog-upload-offset x-upload-content-length
    """.split()  # noqa: SIM905
)
_COUNT = re.compile(r"(?:bytes )?(?:[0-9]{1,15}(?:-[0-9]{1,15})?|\*)(?:/(?:[0-9]{1,15}|\*))?")

# Parameters and headers in which services take their own credentials and paging marks
# (RFC 6750 §2.3, Google's key=, Azure's sig=, Graph's $skiptoken, WeChat's tickets).
_CREDENTIAL = re.compile(
    r"(?i).*token|.*(?:^|[_-])(?:api[_-]?key|sign|signature|assertion|auth)|key|sig|tempauth|skey"
    r"|pass_ticket"
)
# Such a value is passed over only where it is plainly random: a number, an address or a name in
# its place is read as text.
_OPAQUE = re.compile(r"(?=(?:[^a-z]*[a-z]){4})(?=[^0-9]*[0-9])[A-Za-z0-9._~+/=!:|-]{16,}")

# What a signature adds to an address besides itself: whose key, when, for how long (AWS, Google
# and Alibaba V4 and V2, Azure SAS). Passed over only in exactly the form that it has there.
_SCOPE = r"[\w.@-]{3,128}/[0-9]{8}/[a-z0-9-]*/[a-z0-9-]+/[a-z0-9]+_?(?:v4_)?request"
_OF_SIGNATURES = re.compile(
    rf"(?i)x-(?:amz|goog|oss|tos)-(?:credential={_SCOPE}|date=[0-9]{{8}}T[0-9]{{6}}Z"
    r"|expires=[0-9]{1,6})"
    r"|(?:AWS|OSS|KSS)AccessKeyId=[A-Za-z0-9.]{12,128}"
    r"|GoogleAccessId=[a-z0-9.-]+@[a-z0-9.-]+\.gserviceaccount\.com|Expires=1[0-9]{9}"
    r"|s(?:t|e|kt|ke)=[0-9TZ:.-]{10,28}"
)

# RFC 9562. Its digits may look like a telephone number.
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_DECODINGS = 5
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_CHINESE = re.compile("[ -~\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
_ENCODED_WORD = re.compile(r"=\?([^?\s]+)\?([bqBQ])\?([^?\s]*)\?=")
_FILE_NAME_HEADERS = re.compile(r"(?:x-)?(?:[a-z0-9-]*-)?file-?name", re.IGNORECASE)
_FILE_NAME = re.compile(r"[^/\\]{1,200}\.[A-Za-z0-9]{1,8}")


def lines(target: str, fields: Fields) -> str:
    """The request's address and telling headers as text, one ``name: value`` a line.

    Args:
        target: path and query as sent.
        fields: headers and trailers.
    """
    path, _, query = target.partition("?")
    found = [f"path: {text}" for text in _unescaped(path) if text.strip("/")]
    for pair in filter(None, re.split("[&;]", query)):
        key, sign, value = pair.partition("=")
        name = _unescaped(key.replace("+", " "))[-1] if sign else "query"
        if not (_is_token(name, value) or _is_of_signature(name, value)):
            found += _labelled(name, (value if sign else key).replace("+", " "))
    for name, value in _telling(fields):
        found += _labelled(name, value)
    return "".join(line + "\n" for line in dict.fromkeys(found))


def without_words(
    keeps: Iterable[str], target: str, fields: Fields
) -> tuple[str, tuple[tuple[bytes, bytes], ...]]:
    """Address and headers without the accounts and identifiers that a profile names.

    Args:
        keeps: places, as the profile has them.
        target: path and query as sent.
        fields: headers and trailers.
    """
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in fields)
    call = head_covered(keeps, Call(headers, url=f"https://x{target}"))
    covered = ((name.encode("latin-1"), value.encode("latin-1")) for name, value in call.headers)
    return call.url.removeprefix("https://x"), tuple(covered)


def file_name(target: str, fields: Fields) -> str:
    """The name under which a body is sent, without folders; empty when nothing says it."""
    headers = [(name.decode("latin-1").lower(), texts(value)[-1]) for name, value in fields]
    for name, value in headers:
        if name == "content-disposition" and (found := _disposition_name(value)):
            return _base(found)
    for name, value in headers:
        if _FILE_NAME_HEADERS.fullmatch(name) and value:
            return _base(_unescaped(value)[-1])
    *_, before, last = ("", *_unescaped(target.partition("?")[0])[-1].split("/"))
    # The one before the last counts in "root:/name.txt:/content".
    for segment in (last.rstrip(":"), before.removesuffix(":") if before.endswith(":") else ""):
        if _FILE_NAME.fullmatch(segment):
            return segment
    return ""


def texts(data: bytes) -> list[str]:
    """What bytes say: UTF-8, or else both GB 18030, as Chinese clients send it, and ISO 8859-1."""
    try:
        return [data.decode()]
    except UnicodeDecodeError:
        readings = [data.decode("latin-1")]
    with contextlib.suppress(UnicodeDecodeError):
        readings.append(data.decode("gb18030"))
    return readings


def _telling(fields: Fields) -> Iterator[tuple[str, str]]:
    for raw_name, raw_value in fields:
        name = raw_name.decode("latin-1").lower()
        if name == "sec-websocket-protocol":
            yield from _telling_protocols(name, raw_value)
            continue
        if name in _PLAIN or _PLAIN_KINDS.fullmatch(name):
            continue
        if name in _COUNTS and _COUNT.fullmatch(raw_value.decode("latin-1").strip()):
            continue
        for value in texts(raw_value):
            if name == "content-disposition" and (file := _disposition_name(value)):
                yield "file name", file  # its pieces put together (RFC 2231 §3)
            if name == "content-type":
                yield name, _telling_parameters(value)
            elif not _is_token(name, value):
                yield name, value


def _telling_protocols(name: str, value: bytes) -> Iterator[tuple[str, str]]:
    """Subprotocols; browsers, which can send no other header, put their credential into one.

    As in ``openai-insecure-api-key.sk-…`` and ``base64url.bearer.authorization.k8s.io.…``.
    """
    for text in texts(value):
        for one in text.split(","):
            protocol, dot, rest = one.strip().partition(".")
            yield name, protocol if dot and _is_token(protocol, rest) else one.strip()


def _is_token(name: str, value: str) -> bool:
    """Whether a value is a random id, or a credential meant for the very service that is asked."""
    plain = _unescaped(value)[-1]
    if _UUID.fullmatch(plain):
        return True
    return bool(_CREDENTIAL.fullmatch(name) and _OPAQUE.fullmatch(plain))


def _is_of_signature(name: str, value: str) -> bool:
    """Whether a parameter belongs to the signature of the address."""
    return bool(_OF_SIGNATURES.fullmatch(f"{name}={_unescaped(value)[-1]}"))


def _telling_parameters(media_type: str) -> str:
    """A media type's parameters but the boundary and the charset: "name=" may hold a file name."""
    return ";".join(
        part
        for part in media_type.split(";")[1:]
        if part.partition("=")[0].strip().lower() not in ("boundary", "charset")
    )


def _labelled(name: str, value: str) -> Iterator[str]:
    """One line for each reading of a value."""
    for layer in filter(str.strip, _unescaped(value)):
        yield f"{name}: {' '.join(layer.split())}"
        for reading in _readings(layer):
            yield f"{name}: {' '.join(reading.split())}"


def _readings(value: str) -> Iterator[str]:
    """What a value says when it is JSON, RFC 2047 words or base64 (as tus sends names)."""
    if value.lstrip()[:1] in ("{", "["):
        with contextlib.suppress(ValueError, RecursionError):  # then it is no JSON
            yield json.dumps(json.loads(value), ensure_ascii=False)
    if _ENCODED_WORD.search(value):
        yield _ENCODED_WORD.sub(_decoded_word, value)
    for token in _BASE64.findall(value):
        try:
            padded = token.rstrip("=") + "=" * (-len(token.rstrip("=")) % 4)
            found = base64.b64decode(padded, altchars=b"-_" if set(token) & set("-_") else None)
        except binascii.Error:
            continue
        yield from _said(found)


def _said(data: bytes) -> Iterator[str]:
    """What decoded bytes say if they are text: UTF-8, or Chinese in GB 18030."""
    first, *others = texts(data)
    shown = (one for one in first if not one.isspace() and unicodedata.category(one) != "Cf")
    # What is not UTF-8 can always be read as ISO 8859-1, which says nothing.
    if not others and "".join(shown).isprintable():
        yield first
    yield from filter(_CHINESE.fullmatch, others)


def _decoded_word(found: re.Match[str]) -> str:
    charset, form, body = found.groups()
    try:
        if form in "bB":
            data = base64.b64decode(body + "=" * (-len(body) % 4))
        else:
            data = urllib.parse.unquote_to_bytes(body.replace("_", " ").replace("=", "%"))
        return data.decode(charset)
    except (binascii.Error, LookupError, UnicodeDecodeError):
        return found[0]


def _unescaped(value: str) -> list[str]:
    """The value, and what it says with percent signs decoded, until nothing changes."""
    # mitmproxy marks bytes that are not UTF-8 as surrogates.
    found = texts(value.encode("utf-8", "surrogateescape"))
    for _ in range(_DECODINGS):
        plain = texts(urllib.parse.unquote_to_bytes(found[-1]))
        if plain[-1] == found[-1]:
            break
        found += plain
    return found


def _disposition_name(value: str) -> str:
    """The file name in a Content-Disposition (RFC 6266); ``filename*`` comes first."""
    message = Message()
    message["content-disposition"] = value.replace("\r", " ").replace("\n", " ")
    return message.get_filename() or ""


def _base(name: str) -> str:
    return re.split(r"[/\\]", name)[-1][:255]
