"""A recorded session becomes a profile without a value in it."""

import base64
import hashlib
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import PolicyError, UsageError
from gateway.services import Catalog
from gateway.services.check import check_profiles
from gateway.services.recording import Recorder, recorded_hosts, skeleton, spoken
from gateway.services.recording.words import Speech, looks_like_a_word, vocabulary
from gateway.services.wire import Call, Reply

HOST = "up.acme.example"
JSON = (("Content-Type", "application/json"),)


def call(method="POST", path="/v1/files", body=b"", headers=JSON, host=HOST):
    data = json.dumps(body).encode() if not isinstance(body, bytes) else body
    return Call(tuple(headers), data, method, f"https://{host}{path}")


def answer(body=None, status=200, headers=JSON):
    return Reply(tuple(headers), json.dumps(body or {}).encode(), status)


def nobody(_words):
    return ()


def recorded(*exchanges, sensitive=nobody, name="acme", hosts=(HOST,)):
    recorder = Recorder(lambda host: host)
    for asked, told in exchanges:
        recorder.note(asked, told, refused=told is not None and told.status == 403)
    return skeleton(recorder, Catalog.load().profiles(), hosts, name, sensitive)


def checked(tmp_path, made, name="acme"):
    path = tmp_path / f"{name}.yaml"
    path.write_text(made.yaml, encoding="utf-8")
    (profile,) = check_profiles([path])
    return profile


DOCUMENT = b"%PDF-1.7 the quarterly figures " * 40


def ticket_upload():
    url = "https://store.acme.example/put/9f8a7c6b5d4e3f2a1b0c?sig=Zm9vYmFyYmF6"
    return [
        (
            call(
                body={
                    "name": "figures.pdf",
                    "size": len(DOCUMENT),
                    "sha1": hashlib.sha1(DOCUMENT).hexdigest(),
                    "meta": {
                        "sha256": base64.b64encode(hashlib.sha256(DOCUMENT).digest()).decode()
                    },
                }
            ),
            answer({"upload_url": url, "file": {"id": "f-71e0c2aa9d"}}, 201),
        ),
        (
            Call(
                (("Content-Type", "application/pdf"), ("Content-MD5", "AAAA")),
                DOCUMENT,
                "PUT",
                url,
            ),
            Reply((("ETag", '"0a1b2c3d4e5f6071"'),), b"", 200),
        ),
        (
            call(
                path="/v1/files/f-71e0c2aa9d/complete",
                body={"etag": "0a1b2c3d4e5f6071", "crc": str(zlib.crc32(DOCUMENT))},
            ),
            answer({"ok": True}),
        ),
    ]


def test_the_file_is_a_profile_that_can_be_used(tmp_path):
    made = recorded(*ticket_upload(), hosts=(HOST, "store.acme.example"))
    profile = checked(tmp_path, made)
    assert "acme" == profile.service
    assert (HOST, "store.acme.example") == profile.hosts
    patterns = {step.name: (step.match, step.shape.value) for step in profile.steps}
    assert ("POST /v1/files", "json") == patterns["post-v1-files"]
    assert ("POST /v1/files/*/complete", "json") == patterns["post-files-complete"]
    assert ("PUT /put/*", "raw") == patterns["put-put"]


def test_an_uploads_steps_are_linked_by_the_values_that_come_back():
    text = recorded(*ticket_upload()).yaml
    assert "url is what post-v1-files was answered at json.upload_url" in text
    assert "path.3 is what post-v1-files was answered at json.file.id" in text
    assert "json.etag is what put-put was answered at header.etag" in text


def test_sizes_and_hashes_of_a_document_are_found_where_they_are_declared():
    text = recorded(*ticket_upload()).yaml
    assert "json.size is the size of body of put-put" in text
    assert "json.sha1 is the sha1:hex of body of put-put" in text
    assert "json.meta.sha256 is the sha256:base64 of body of put-put" in text


def test_the_roles_in_an_upload_are_suggested():
    lines = recorded(*ticket_upload()).yaml.splitlines()
    hints = [line.strip() for line in lines if "# upload:" in line]
    assert any("role: init" in hint and '"sha1:hex", at: json.sha1' in hint for hint in hints)
    assert any("role: part" in hint and "session: url" in hint for hint in hints)
    assert any("role: commit" in hint and "session: path.3" in hint for hint in hints)


CANARIES = [
    "DE89370400440532013000",
    "emily.carter@northwind-demo.com",
    "4111111111111111",
    "13800138000",
    "11010519491231002X",
    "张伟的合同",
    "Quarterly Falcon Report.docx",
    "quarterly-falcon.docx",
    "ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJlbWlseSJ9.c2ln",
    "550e8400-e29b-41d4-a716-446655440000",
    "0123456789abcdef0123456789abcdef",
    "XkQzPwLmRtVb",
    "b!-RIj2DuyvEyV1T4NlOaMHk8XkS",
]


@pytest.mark.parametrize("canary", CANARIES)
def test_a_value_stands_nowhere_in_the_file(canary, tmp_path):
    from urllib.parse import quote

    safe = quote(canary, safe="")
    boundary = "b0undary"
    part = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{safe}"; filename="{safe}"\r\n'
        f"Content-Type: text/plain\r\n\r\n{canary}\r\n--{boundary}--\r\n"
    ).encode()
    echo = answer({canary: canary, "id": canary, "list": [{canary: canary}], "deep": {canary: 1}})
    made = recorded(
        (call(path=f"/{safe}/files/{safe}?{safe}={safe}&{safe}"), echo),
        (call(path=f"/v1/{safe}", body={canary: canary, "inner": {canary: canary}}), echo),
        (
            call(
                body=f"{safe}={safe}&x={quote(json.dumps({canary: canary}))}".encode(),
                headers=[("Content-Type", "application/x-www-form-urlencoded")],
            ),
            echo,
        ),
        (
            call(
                body=part,
                headers=[
                    ("Content-Type", f"multipart/form-data; boundary={boundary}"),
                    ("X-" + safe, safe),
                    ("Authorization", safe),
                    ("X-Auth", f"{safe} {safe}"),
                    ("Cookie", safe),
                    ("User-Agent", safe),
                ],
            ),
            Reply((("Content-Type", f"application/{safe}"), ("Location", safe)), part, 302),
        ),
        (call(body=canary.encode(), headers=[("Content-Type", safe)]), None),
        (call(body={"id": canary}), answer({"error": canary}, 403)),
        (call(method=safe.upper(), path=f"/v1/files/{safe}:{safe}"), echo),
        name="acme",
    )
    shown = made.yaml + "\n".join(made.summary)
    assert canary not in shown
    assert safe not in shown
    assert canary.lower() not in shown.lower()
    checked(tmp_path, made)


@pytest.mark.parametrize("name", ["emily", "Falcon", "zhangwei"])
def test_a_plain_word_that_was_a_value_elsewhere_is_none_of_the_services(name):
    made = recorded(
        (call(path=f"/users/{name}/notes"), answer({"login": name, name: {"x": 1}})),
        (call(path="/notes", body={name: "x"}), answer({"who": f"{name} Carter"})),
    )
    assert name not in made.yaml
    assert "POST /users/*/notes" in made.yaml


def test_what_detection_finds_is_left_out_and_it_is_asked_only_for_words():
    asked = []

    def sensitive(words):
        asked.extend(words)
        return {"emily"}

    made = recorded((call(path="/people/emily/gizmo/8731992113"), answer()), sensitive=sensitive)
    assert "POST /people/*/gizmo/*" in made.yaml
    assert "8731992113" not in asked
    assert {"people", "emily", "gizmo"} <= set(asked)


@pytest.mark.parametrize(
    "word",
    [
        "v1", "v1.0", "v1beta1", "chat.completions", "createUploadSession", "webwxuploadmedia",
        "cgi-bin", "mmwebwx-bin", "chat_conversations", "$batch", "root:", "oauth2", "files",
        "getUploadURLExternal", "upload_id", "x-amz-meta", "s3", "_next",
    ],
)  # fmt: skip
def test_words_of_programmers_are_kept(word):
    assert looks_like_a_word(word)


@given(st.uuids())
def test_no_uuid_is_a_word(value):
    assert not looks_like_a_word(str(value))
    assert not looks_like_a_word(value.hex)


@given(st.binary(min_size=12, max_size=60))
def test_base64_and_hexadecimal_are_no_words(data):
    assert not looks_like_a_word(data.hex())
    assert not looks_like_a_word(str(int.from_bytes(data)))


@given(st.text(min_size=1, max_size=60))
def test_only_what_looks_like_a_word_is_said(text):
    said = Speech(vocabulary([]), [text], lambda _: False, nobody).say(text)
    assert said in ("*", text)
    assert said == "*" or text.isascii()


def test_a_name_is_introduced_as_a_person_would_write_it():
    assert ["Emily Carter", "Emily Carter", "Emily"] == [
        spoken(word) for word in ("emily_carter", "emilyCarter", "emily")
    ]


def test_a_request_in_pieces_is_refused_by_the_profile_until_somebody_describes_it(tmp_path):
    piece = call(
        method="PUT",
        path="/up/123456",
        body=b"x" * 100,
        headers=[("Content-Range", "bytes 0-99/300")],
    )
    profile = checked(tmp_path, recorded((piece, answer({}, 202))))
    (step,) = profile.steps
    assert "parts" == step.shape.value
    assert step.refused_because


def test_signatures_are_named_by_their_scheme_alone():
    text = recorded(
        (
            call(
                path="/b/k?X-Amz-Signature=abcdef0123456789",
                headers=[("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAQ3EGVX7RPL2MZKTD/x")],
            ),
            None,
        )
    ).yaml
    assert "signed or authorised: aws4-hmac-sha256, AWS, in the address" in text
    assert "AKIA" not in text
    assert "abcdef" not in text


def test_a_host_with_a_profile_is_not_claimed_again(tmp_path):
    made = recorded((call(host="api.openai.com"), answer()), hosts=())
    profile = checked(tmp_path, made)
    assert ("recorded.invalid",) == profile.hosts
    assert "at api.openai.com, which has a profile already" in made.yaml


def test_an_empty_recording_is_a_profile_too(tmp_path):
    made = recorded(name="2024 / résumé")
    assert () == checked(tmp_path, made).steps
    assert () == made.summary


def test_a_recorder_shows_no_value_in_its_notes():
    recorder = Recorder(lambda host: host)
    recorder.note(
        call(path="/a/emily", body={"iban": "DE89370400440532013000"}), answer({"k": "v1x9"})
    )
    shown = repr(recorder.noted) + str(vars(recorder))
    assert "DE89370400440532013000" not in shown
    assert "emily" not in repr(recorder.noted)


@given(
    st.binary(max_size=300),
    st.sampled_from(
        [
            "application/json",
            "multipart/form-data; boundary=b",
            "application/x-www-form-urlencoded",
            "",
        ]
    ),
)
def test_any_body_at_all_can_be_noted(body, media):
    recorder = Recorder(lambda host: host)
    message = call(body=body, headers=[("Content-Type", media)])
    recorder.note(message, Reply((("Content-Type", media),), body, 200))
    assert len(body) == recorder.noted[0].size


def test_a_recordings_hosts_are_covered_while_it_runs_and_not_after(tmp_path):
    folder = tmp_path / "services"
    with recorded_hosts(folder, ["Up.Acme.Example", "*.acme.example", "api.openai.com"]) as new:
        assert ("up.acme.example", "*.acme.example") == new
        catalog = Catalog.load(folder)
        route = catalog.route("x.acme.example", "POST", "/a")
        assert catalog.covers("up.acme.example")
        assert route.inspect
        with pytest.raises(UsageError, match="another recording"), recorded_hosts(folder, []):
            pass
    assert not Catalog.load(folder).covers("up.acme.example")
    assert [] == list(folder.iterdir())


@pytest.mark.parametrize("host", ["com", "", "a b.example", "https://a.example/x", "*"])
def test_what_is_no_host_is_not_recorded(host, tmp_path):
    with pytest.raises(UsageError), recorded_hosts(tmp_path, [host]):
        pass


def test_a_profile_with_a_mistake_is_told_by_its_line(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("service: a\ntitle: A\nhosts: [api.openai.com]\n")
    with pytest.raises(PolicyError, match=r"a\.yaml:3: hosts: api\.openai\.com is already in"):
        check_profiles([path])
