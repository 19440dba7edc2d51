"""What a request says outside its body."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.proxy import head


def fields(**headers: str) -> tuple[tuple[bytes, bytes], ...]:
    return tuple(
        (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
    )


def test_path_query_and_telling_headers_become_lines():
    said = head.lines(
        "/v1/a%20b?name=J%C3%BCrgen&q=1", fields(X_Note="hi", Cookie="c", Accept="*/*")
    )
    assert (
        "path: /v1/a%20b\npath: /v1/a b\nname: J%C3%BCrgen\nname: Jürgen\nq: 1\nx-note: hi\n"
        == said
    )


def test_nothing_said_is_nothing():
    assert "" == head.lines("/", fields(Host="a", Authorization="Bearer x"))


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1),
    st.integers(0, 4),
)
def test_a_value_is_found_under_any_escaping(value, depth):
    escaped = value.replace("%", "%25")
    for _ in range(depth + 1):
        escaped = quote(escaped, safe="%") if "%" not in escaped else quote(escaped, safe="")
    said = head.lines(f"/x?q={escaped.replace('&', '%26').replace(';', '%3B')}", ())
    assert said


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_percent_signs_are_undone_layer_by_layer(depth):
    value = "max@example.org"
    for _ in range(depth):
        value = quote(value, safe="")
    assert "max@example.org" in head.lines(f"/x?mail={value}", ())
    assert "mail: max@example.org" in head.lines(f"/x?mail={value}", ())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('{"path": "/\\u5f20\\u4e09.txt"}', "张三"),
        ("=?utf-8?b?5byg5LiJ?=", "张三"),
        ("=?gb18030?q?=D5=C5=C8=FD?=", "张三"),
        ("filename 5byg5LiJLnR4dOW8oOS4iQ==", "张三"),
        ("%E5%BC%A0%E4%B8%89", "张三"),
        ("张三", "张三"),
    ],
)
def test_readings_of_a_header(value, expected):
    assert expected in head.lines("/", ((b"x-name", value.encode()),))


def test_gb18030_headers_are_read():
    assert "x-name: 张三\n" in head.lines("/", ((b"X-Name", "张三".encode("gb18030")),))
    assert "q: 张三\n" in head.lines("/?q=%D5%C5%C8%FD", ())


def test_latin_headers_are_read():
    assert "x-name: Jürgen\n" in head.lines("/", ((b"X-Name", "Jürgen".encode("latin-1")),))


@pytest.mark.parametrize(
    ("target", "headers", "name"),
    [
        ("/a/b.docx", {}, "b.docx"),
        ("/drive/root:/a%20b.txt:/content", {}, "a b.txt"),
        ("/v1.0/me", {}, ""),
        ("/drive/root:/a%20b.txt:", {}, "a b.txt"),
        ("/v1/files", {}, ""),
        ("/%E4%BD%A0.pdf?x=1", {}, "你.pdf"),
        ("/a.bin", {"content_disposition": 'attachment; filename="x y.txt"'}, "x y.txt"),
        ("/a", {"content_disposition": "attachment; filename*=UTF-8''%E4%BD%A0.txt"}, "你.txt"),
        ("/a", {"content_disposition": 'form-data; filename="C:\\\\docs\\\\a.txt"'}, "a.txt"),
        ("/a", {"x_file_name": "%E4%BD%A0.txt"}, "你.txt"),
        ("/a", {"x_goog_filename": "b.txt"}, "b.txt"),
        ("/a", {"x_filename": "../../etc/passwd"}, "passwd"),
        ("/", {"content_disposition": "nonsense"}, ""),
    ],
)
def test_file_names(target, headers, name):
    assert name == head.file_name(target, fields(**headers))


@given(st.text(), st.binary(), st.binary())
def test_no_head_is_too_odd(target, name, value):
    head.lines(target, ((name, value),))
    head.file_name(target, ((b"Content-Disposition", value), (name, value)))


@pytest.mark.parametrize(
    "target",
    [
        "/v1beta/models/m:generateContent?key=AIzaSyA1b2C3d4E5f6G7h8I9j0KlMnOpQrStUvW",
        "/files/upload?access_token=7689447ab57a683536c4499d863386ce",
        "/delta?token=f7EbsDe0G9Cryn687neLfjVHq8xiM0OGr4hTxoF54Fzbka8",
        "/messages?$skiptoken=JJnUfd7UACNWiP3sFd67JikEAvstqVVPqzPptEJQzhk",
        "/files?pageToken=~!!~tfA4EAq6eHFDaltTmKDOnDkjLvkG7muBwNYrm78DHYOjFg%3D%3D",
        "/x?sig=b7J%2BYp0aNq1u3Zt5vX8cR2mK4dW6eF9gH0iL1jOoPqs%3D",
        "/users.info?token=xo" + "xb-142250272321-4204366024042-N0PRMz1E9kS2Czo39NHexvHn",
        "/x?tempauth=v1.eyJhbGciOiJSUzI1NiJ9.eyJ1cG4iOiJhIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ",
    ],
)
def test_a_token_for_the_service_itself_is_passed_over(target):
    assert [f"path: {target.partition('?')[0]}"] == head.lines(target, ()).splitlines()


@pytest.mark.parametrize(
    "value",
    [
        "DE89370400440532013000",
        "GB82WEST12345698765432",
        "13800138000",
        "max@example.org",
        "张三",
        "11010519491231002X",
        "91350211M000100Y43",
        "max-mustermann-vertrag",
    ],
)
@pytest.mark.parametrize("name", ["key", "token", "sig", "access_token"])
def test_a_name_or_number_in_the_place_of_a_token_is_read(name, value):
    assert f"{name}: {value}\n" in head.lines(f"/x?{name}={quote(value)}", ())
    assert f"x-{name}: {value}\n" in head.lines("/", ((f"x-{name}".encode(), value.encode()),))


def test_random_ids_and_the_addresses_of_proxies_are_passed_over():
    assert "" == head.lines(
        "/",
        fields(
            X_Session="c44385ff-0924-4101-8472-34f1917e9b9e",
            X_Forwarded_For="198.51.100.4, 10.0.0.1",
            X_Real_IP="10.3.4.5",
            Zoom_CSRFToken="vI3yvzPe9hB06wJpymDswpBcrQbvZj",
        ),
    )


def test_a_path_in_raw_gb18030_is_read():
    target = b"/files/" + "张伟".encode("gb18030") + b".txt"
    assert "张伟" in head.lines(target.decode("utf-8", "surrogateescape"), ())
    assert "张伟.txt" == head.file_name(target.decode("utf-8", "surrogateescape"), ())


@pytest.mark.parametrize(
    "said",
    ["张伟 13912345678".encode("gb18030"), "IBAN\u200b DE89".encode(), b"a\nIBAN DE89"],
)
def test_base64_in_a_header_is_read_in_any_encoding(said):
    fields = [(b"upload-metadata", b"filename " + base64.b64encode(said))]
    shown = head.lines("/", fields)
    assert " ".join(head.texts(said)[-1].split()) in shown


def test_the_pieces_of_a_file_name_are_put_together():
    value = b'attachment; filename*0="DE893704"; filename*1="00440532013000.txt"'
    assert "DE89370400440532013000.txt" in head.lines("/", [(b"content-disposition", value)])


def test_an_account_named_twice_is_judged():
    fields = [(b"x-anchormailbox", b"li@firm.cn"), (b"x-anchormailbox", b"Ann")]
    covered = head.without_words(["header.x-anchormailbox"], "/", fields)
    assert tuple(fields) == covered[1]
