"""tus: ``tuspy`` against the reference server and a strict one in Python, on each road.

A file comes in PATCH requests. Anybody can run a tus server, so its host is in no profile of ours,
and the gateway is given a profile of a user's own (``_PROFILE``). Asserted is, for every chunk size
and canaries cut by each border: the client ends well, the stored file has no canary and is
otherwise the same, its ``Upload-Length`` and checksums fit. A blocked file ends in the client's
exception, and so does one that is joined from several uploads; no byte of either is sent.
"""

from __future__ import annotations

import io
import re

import httpx
import pytest
from support import nodejs
from support.clouds import BECAUSE, SENTENCE
from support.pages.browser import browser
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, across, arrived, text, word, word_text
from support.standins.tus import ENDPOINT, Tus, TusNode
from tusclient import client as tus
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

from gateway.proxy.ca import CertificateAuthority
from gateway.services import Catalog

ROADS = ("direct", "gateway")
_PROFILE = "service: own-tus\ntitle: Our tus server\nhosts: [tus.example.com]\nlike: tus\n"


@pytest.fixture(scope="module")
def cloud_catalog(tmp_path_factory):
    """The built-in profiles and one of the user's own."""
    folder = tmp_path_factory.mktemp("profiles")
    (folder / "own.yaml").write_text(_PROFILE, "utf-8")
    return Catalog.load(folder)


@pytest.fixture(scope="module")
def cloud_ca(tmp_path_factory, cloud_catalog):
    """An authority that vouches for the user's host as well."""
    folder = tmp_path_factory.mktemp("gateway") / "ca"
    return CertificateAuthority.load_or_create(folder, cloud_catalog.hosts())


@pytest.fixture(scope="module")
def node_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uploads")
    with nodejs.serving("tus_server.mjs", str(folder)) as port:
        yield port, folder


@pytest.fixture
def python_service(authority):
    with Tus(authority) as running:
        yield running


@pytest.fixture
def node_service(authority, node_server):
    with TusNode(authority, *node_server) as running:
        yield running
    for file in node_server[1].iterdir():
        file.unlink()


@pytest.fixture(params=["python", "node"])
def service(request):
    return request.getfixturevalue(f"{request.param}_service")


def upload(data, chunk, **more):
    """What a user of tuspy writes; proxy and certificates come from the environment."""
    made = tus.TusClient(ENDPOINT).uploader(
        file_stream=io.BytesIO(data), chunk_size=chunk, metadata={"filename": "notes.txt"}, **more
    )
    made.upload()
    return made


def kept(service):
    (data,) = service.stored.values()
    return data


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("chunk", [64, 100, 999, 4096])
def test_chunks_of_any_size(service, reach, road, chunk):
    reach(service, road)
    data = across(chunk, 1000)
    upload(data, chunk)
    assert arrived(road, data) == kept(service)
    assert (road == "direct") == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
def test_chunks_with_a_checksum_each(python_service, reach, road):
    reach(python_service, road)
    data = across(100, 1000)
    upload(data, 100, upload_checksum=True)
    assert arrived(road, data) == kept(python_service)
    assert [] == python_service.faults


@pytest.mark.parametrize("road", ROADS)
def test_an_interrupted_upload_goes_on(service, reach, road):
    reach(service, road)
    data = across(400, 1000)
    named = {"chunk_size": 400, "metadata": {"filename": "notes.txt"}}
    half = tus.TusClient(ENDPOINT).uploader(file_stream=io.BytesIO(data), **named)
    half.upload(stop_at=400)
    rest = tus.TusClient(ENDPOINT).uploader(
        file_stream=io.BytesIO(data), chunk_size=400, url=half.url
    )
    assert 400 == rest.offset
    rest.upload()
    assert arrived(road, data) == kept(service)
    assert [] == service.faults


@pytest.mark.parametrize("road", [*ROADS, "real"])
def test_the_stored_word_document_opens(service, reach, road):
    reach(service, road)
    upload(word("quiet", f"IBAN: {IBAN}"), 5000)
    stored = word_text(kept(service))
    assert stored.startswith("quiet\nIBAN: ")
    assert (road != "real") == (IBAN in stored)


_TUS = {"tus-resumable": "1.0.0"}
_BYTES = {**_TUS, "content-type": "application/offset+octet-stream"}


def created(page, size, body=b"", **headers):
    said = {**(_BYTES if body else _TUS), "upload-length": str(size), **headers}
    answer = page.post(ENDPOINT, headers=said, content=body)
    assert 201 == answer.status_code
    return str(httpx.URL(ENDPOINT).join(answer.headers["location"]))


def sent(page, url, offset, body, **headers):
    said = {**_BYTES, "upload-offset": str(offset), **headers}
    return page.patch(url, headers=said, content=body).status_code


@pytest.mark.parametrize("road", ROADS)
def test_creation_with_the_first_bytes(service, reach, road):
    data = across(100, 300)
    with browser(reach(service, road)) as page:
        url = created(page, len(data), data[:100])
        assert 204 == sent(page, url, 100, data[100:])
        said = page.head(url, headers=_TUS).headers
        assert ("300", "300") == (said["upload-offset"], said["upload-length"])
    assert arrived(road, data) == kept(service)
    assert [] == service.faults


def test_two_uploads_become_one(python_service, reach):
    data = across(150, 300)
    with browser(reach(python_service, "direct")) as page:
        parts = [
            created(page, len(piece), piece, **{"upload-concat": "partial"})
            for piece in (data[:150], data[150:])
        ]
        final = {**_TUS, "upload-concat": f"final;{' '.join(parts)}"}
        assert 201 == page.post(ENDPOINT, headers=final).status_code
    assert data == kept(python_service)
    assert [] == python_service.faults


def test_an_upload_that_is_to_be_joined_with_others_is_refused(python_service, reach):
    with browser(reach(python_service, "gateway")) as page:
        said = {**_BYTES, "upload-length": "150", "upload-concat": "partial"}
        answer = page.post(ENDPOINT, headers=said, content=across(150, 300)[:150])
    assert 403 == answer.status_code
    assert SENTENCE in answer.text
    assert [] == python_service.requests


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("said_with", [0, 1])
def test_a_length_that_is_said_only_later(service, reach, road, said_with):
    data = across(100, 300)
    with browser(reach(service, road)) as page:
        asked = page.post(ENDPOINT, headers={**_TUS, "upload-defer-length": "1"})
        assert 201 == asked.status_code
        url = str(httpx.URL(ENDPOINT).join(asked.headers["location"]))
        for at, first in enumerate((0, 100)):
            late = {"upload-length": "300"} if at == said_with else {}
            piece = data[first:100] if first == 0 else data[first:]
            assert 204 == sent(page, url, first, piece, **late)
    assert arrived(road, data) == kept(service)
    assert [] == service.faults


@pytest.mark.parametrize("chunk", [64, 2000])
def test_a_blocked_file_says_why_and_no_byte_of_it_leaves(service, reach, chunk):
    reach(service, "gateway")
    data = text(500)[:450] + BLOCKED + text(500)[457:]
    with pytest.raises(TusCommunicationError) as caught:
        upload(data, chunk)
    assert re.search(BECAUSE, caught.value.response_content.decode())
    assert ([], {}) == (service.requests, service.stored)


def test_an_upload_that_is_given_up_leaves_nothing(service, reach):
    with browser(reach(service, "gateway")) as page:
        url = created(page, 300)
        assert 204 == sent(page, url, 0, text(100))
        assert 204 == page.delete(url, headers=_TUS).status_code
        assert 403 == sent(page, url, 100, text(200))
    assert [] == service.requests


def test_a_finished_upload_can_be_deleted_under_the_address_that_the_client_knows(service, reach):
    with browser(reach(service, "gateway")) as page:
        url = created(page, 300)
        assert 204 == sent(page, url, 0, across(100, 300))
        kept(service)
        service.stored.clear()
        assert 204 == page.delete(url, headers=_TUS).status_code
    assert "DELETE" == service.requests[-1].method
    assert [] == service.faults


def test_the_same_file_becomes_the_same_bytes_again(python_service, reach):
    reach(python_service, "gateway")
    data = across(64, 1000)
    upload(data, 64)
    once = kept(python_service)
    upload(data, 1000)
    assert once == kept(python_service)


def test_the_servers_refuse_what_does_not_add_up(service, reach):
    with browser(reach(service, "direct")) as page:
        assert 412 == page.post(ENDPOINT, headers={"upload-length": "3"}).status_code
        assert 400 == page.post(ENDPOINT, headers=_TUS).status_code
        url = created(page, 3)
        assert 409 == sent(page, url, 1, b"abc")
        assert sent(page, url, 0, b"abc", **{"content-type": "text/plain"}) in (400, 415)
        assert sent(page, url, 0, b"abcd") in (400, 413)
        assert 204 == page.delete(url, headers=_TUS).status_code
        assert page.head(url, headers=_TUS).status_code in (404, 410)


def test_the_python_server_checks_sums_and_joins(python_service, reach):
    with browser(reach(python_service, "direct")) as page:
        url = created(page, 3)
        assert 460 == sent(page, url, 0, b"abc", **{"upload-checksum": "sha1 AAAA"})
        assert 400 == sent(page, url, 0, b"abc", **{"upload-checksum": "crc9 AAAA"})
        final = {**_TUS, "upload-concat": f"final;{url}"}
        assert 400 == page.post(ENDPOINT, headers=final).status_code
        able = page.options(ENDPOINT).headers["tus-extension"]
    assert {"creation", "checksum", "termination", "concatenation"} <= set(able.split(","))
    assert {} == python_service.stored


def test_the_client_says_what_went_wrong(python_service, reach):
    reach(python_service, "direct")
    data = text(10)
    with pytest.raises((TusUploadFailed, TusCommunicationError)):
        upload(data, 4, url=f"{ENDPOINT}nowhere")
