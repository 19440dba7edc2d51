"""A piece of a document never goes by a step that takes it for a whole one."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.proxy import head
from gateway.services import Catalog
from gateway.services.schema import Profile, Step

IBAN = "DE89370400440532013000"
CATALOG = Catalog.load()


def held() -> Iterator[tuple[Profile, Step, str]]:
    """Each pattern of each step that takes bytes of a held upload, or ends one."""
    for profile in CATALOG.profiles():
        for step in profile.steps:
            if step.upload and step.upload.role in ("part", "commit"):
                yield from ((profile, step, line) for line in step.patterns)


HELD = list(held())


def escaped(path: str) -> str:
    return "".join(f"%{ord(one):02x}" if one.isalpha() else one for one in path)


SPELLINGS = {
    "plain": str,
    "slash at the end": lambda path: f"{path}/",
    "slashes": lambda path: path.replace("/", "//"),
    "dot": lambda path: f"/.{path}",
    "dots": lambda path: f"/zz/..{path}",
    "escaped dots": lambda path: f"/zz/%2e%2E{path}",
    "dots at the end": lambda path: f"{path}/x/..",
    "escaped letters": escaped,
    "escaped twice": lambda path: escaped(path).replace("%", "%25"),
    "parameter": lambda path: f"{path};v=1",
    "backslash": lambda path: f"/{path[1:].replace('/', chr(92), 1)}",
    "escaped slash": lambda path: f"/{path[1:].replace('/', '%2F', 1)}",
}


@given(
    st.sampled_from(HELD),
    st.sampled_from(sorted(SPELLINGS)),
    st.sampled_from(sorted(SPELLINGS)),
    st.booleans(),
)
def test_no_spelling_of_an_address_leads_around_a_held_step(
    one: tuple[Profile, Step, str], first: str, second: str, escape_query: bool
) -> None:
    profile, step, line = one
    methods, _, pattern = line.partition(" ")
    path = SPELLINGS[second](SPELLINGS[first](pattern.replace("**", "aa/bb").replace("*", "x1")))
    query = "&".join(
        f"{escaped(name) if escape_query else name}={'1' if '*' in values else values[0]}"
        for name, values in step.query.items()
    )
    host = profile.hosts[0].replace("*", "h1")
    method = "POST" if methods == "*" else methods.partition("|")[0]
    route = CATALOG.route(host, method, f"{path}?{query}" if query else path)
    assert CATALOG.upload_step(route) or not route.supported


# Sources: ownCloud and Nextcloud developer manuals (chunking version 1); sabre/dav "HTTP PATCH";
# Amazon S3 API reference, "PutObject" (appending in directory buckets); OBS API reference,
# "Modifying a File"; TOS API reference, "ModifyObject"; Google Cloud Storage, "Parallel
# composite uploads"; XML API, "Compose objects".
@pytest.mark.parametrize(
    ("host", "method", "target", "header"),
    [
        ("dav.jianguoyun.com", "PUT", "/remote.php/webdav/a.txt-chunking-4711-2-0", "oc-chunked"),
        ("dav.jianguoyun.com", "PUT", "/remote.php/webdav/a.txt-chunking-4711-2-0", ""),
        ("dav.jianguoyun.com", "PATCH", "/dav/a.txt", "x-update-range"),
        ("b.s3.us-east-1.amazonaws.com", "PUT", "/a.txt", "x-amz-write-offset-bytes"),
        ("b.obs.cn-north-4.myhuaweicloud.com", "PUT", "/a.txt?modify&position=9", ""),
        ("b.tos-cn-beijing.volces.com", "POST", "/a.txt?modify&offset=9", ""),
        ("storage.googleapis.com", "POST", "/storage/v1/b/x/o/y/compose", ""),
        ("b.storage.googleapis.com", "PUT", "/a.txt?compose", ""),
    ],
)
def test_a_piece_is_refused_or_held(host: str, method: str, target: str, header: str) -> None:
    route = CATALOG.route(host, method, target)
    why = CATALOG.why_partial(route, [header] if header else [], b"half of it")
    assert why or not route.supported or CATALOG.upload_step(route)


@pytest.mark.parametrize(
    "name",
    [f"\u202a{IBAN}.txt", f"\u200b{IBAN}", f"客户{IBAN}.txt".encode("gb18030")],
    ids=["copied from a Windows dialogue", "zero width", "Chinese code page"],
)
def test_a_name_in_base64_is_judged_whatever_stands_beside_it(name: str | bytes) -> None:
    data = name.encode() if isinstance(name, str) else name
    value = b"filename " + base64.b64encode(data)
    assert IBAN in head.lines("/files", [(b"upload-metadata", value)])


def test_a_file_name_in_pieces_is_judged_whole() -> None:
    # RFC 2231 §3; mail libraries and what is built on them put such names together.
    value = f'attachment; filename*0="{IBAN[:9]}"; filename*1="{IBAN[9:]}.txt"'
    assert IBAN in head.lines("/files", [(b"content-disposition", value.encode())])


@pytest.mark.parametrize(
    ("host", "target"),
    [
        ("dav.jianguoyun.com", f"/dav/files/{IBAN}.txt"),
        ("webdav.yandex.com", f"/Uploads/{IBAN}.txt"),
        ("graph.microsoft.com", f"/v1.0/me/drive/root:/Users/{IBAN}.txt:/content"),
        ("graph.microsoft.com", f"/v1.0/me/drive/root:/users/{IBAN}.txt:/createUploadSession"),
    ],
)
def test_a_file_in_a_folder_with_the_name_of_a_path_of_accounts_is_judged(
    host: str, target: str
) -> None:
    keeps = CATALOG.keeps(CATALOG.route(host, "PUT", target))
    assert IBAN in head.lines(*head.without_words(keeps, target, []))
