"""No upload is taken for another one, for a finished one, or for one that may leave."""

import asyncio
import hashlib
import json
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from gateway.errors import GatewayError
from gateway.services.schema import Step
from gateway.services.uploads import Refused, Released, Uploads, Withheld
from gateway.services.uploads.refused import is_token, new_token, token_in, tokens
from gateway.services.wire import Call, Reply

HOST = "https://cloud.example"
SECRET, GONE, BLOCKED = b"CANARY-4711", b"[GONE]", b"BLOCKME"

STEPS = YAML(typ="safe").load("""
folder: {role: init, of: folder, session: path.-1, answer: {status: 201}}
chunk: {role: part, of: folder, session: path.-2, bytes: body, number: path.-1}
move: {role: commit, of: folder, session: path.-2}
form: {role: part, of: form, begins: true, session: query.id, bytes: body, number: query.chunk,
       numbered_from: 0, ends: total, declares: [{what: size, at: query.size}]}
block: {role: part, of: blob, begins: true, session: resource, bytes: body, label: query.block,
        merged: false}
list: {role: commit, of: blob, session: resource, listing: {item: Latest}}
start: {role: init, of: cursor, bytes: body, takes: {id: json.id}, answer: {json: {id: "{id}"}}}
append: {role: part, of: cursor, session: query.id, offset: query.at, bytes: body}
batch: {role: commit, of: cursor, session: "json.entries[*].id", offset: "json.entries[*].at"}
ticket: {role: init, declares: [{what: size, at: query.size}], takes: {id: json.id},
         answer: {json: {id: "{id}"}}}
put: {role: part, session: query.id, bytes: body}
done: {role: commit, session: query.id}
range: {role: init, of: range, forward: true, takes: {url: json.url}}
bytes: {role: part, of: range, session: url, bytes: body, range: header.content-range, ends: total}
""")


def step(name):
    data = {"name": name, "match": ["POST /"], "shape": "parts", "upload": STEPS[name]}
    return Step.model_validate_json(json.dumps(data)).upload


class World:
    """Clients, the uploads, and a service that says yes; ``says`` gives another answer once."""

    def __init__(self, *says):
        self.uploads = Uploads(1 << 20)
        self.says = list(says)
        self.sent = []
        self.fails = False

    async def judge(self, data, hint, plan):
        if self.fails:
            raise RuntimeError("a worker died")
        if BLOCKED in data:
            raise Withheld("blocked")
        new = data.replace(SECRET, GONE)
        return Released(new, hashlib.sha256(new).hexdigest())

    def covers(self, url):
        return True

    async def send(self, call):
        self.sent.append((call.method, call.target, call.body))
        if self.says and call.method == "PUT":
            return self.says.pop(0)
        return reply({"id": f"real-{len(self.sent)}", "url": f"{HOST}/up/secret"})

    def ask(self, name, target, body=b"", *headers, service="test"):
        headers = (*headers, ("content-length", str(len(body))))
        method = "PUT" if STEPS[name]["role"] == "part" else "POST"
        call = Call(headers, body, method, HOST + target)
        return asyncio.run(self.uploads.handle(service, step(name), call, self))

    def begin(self, name, target="/x?", body=b"", service="test"):
        return json.loads(self.ask(name, target, body, service=service).body)["id"]

    @property
    def stored(self):
        return [body for method, _, body in self.sent if method == "PUT"]


def reply(value, status=200, *headers):
    return Reply(
        (("content-type", "application/json"), *headers), json.dumps(value).encode(), status
    )


def batch(*entries):
    return json.dumps({"entries": [{"id": one, "at": at} for one, at in entries]}).encode()


# -- identities ------------------------------------------------------------------------------------


@given(st.text("rgabz27", max_size=60), st.text("rgabz27", max_size=60))
def test_an_identity_is_found_in_any_text_and_nothing_like_it(before, after):
    token = new_token()
    found = list(tokens(f"{before}{token}{after}".encode()))
    assert (len(before), token) in found
    assert all(is_token(one) for _, one in found)


@pytest.mark.parametrize(
    "word", ["rganizationaldevelopme", "rg" + "a" * 20, "rgb2345672345672345672"]
)
def test_a_word_that_looks_like_an_identity_is_none(word):
    assert "" == token_in(f"o{word}nt")
    world = World()
    world.ask("folder", f"/dav/o{word}nt")
    assert 200 == world.ask("chunk", f"/dav/o{word}nt/1", b"x").status


@pytest.mark.parametrize("name", ["{}-4711", "{}4711", "4711{}", "{} ", "{}n1x"])
def test_a_name_with_more_than_an_identity_is_not_known(name):
    world = World()
    token = world.begin("ticket", "/t?size=4")
    with pytest.raises(Refused, match="does not know"):
        world.ask("put", f"/p?id={name.format(token)}", b"abcd")


def test_an_entry_of_a_list_that_says_more_than_a_name_is_refused():
    world = World()
    one, other = world.begin("start", body=b"one"), world.begin("start", body=b"other")
    for said in (f"{other}-4711", "4711", new_token()):
        with pytest.raises(Refused, match="does not know"):
            world.ask("batch", "/batch", batch((one, 3), (said, 5)))
    assert [] == world.sent


def test_a_header_that_stands_twice_is_refused():
    world = World()
    world.ask("range", "/begin")
    twice = [("Content-Range", "bytes 0-3/4"), ("content-range", "4711")]
    with pytest.raises(Refused, match="twice"):
        world.ask("bytes", "/up/secret", b"abcd", *twice)


@pytest.mark.parametrize(
    "number", ["13800138000", "100001", "-1", "1e3", "4_0", "\u0664", " 4", ""]
)
def test_what_is_no_number_of_a_part_is_refused(number):
    world = World()
    with pytest.raises(Refused, match="belongs"):
        world.ask("form", f"/f?id=7&chunk={number}&size=9", b"abcd")


# -- whose an upload is ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("/dav/ann", ()), ("/dav/bob", ())),
        (
            ("/dav", (("Authorization", "Basic YTpi"),)),
            ("/dav", (("Authorization", "Basic Yjpi"),)),
        ),
        (("/dav", (("Cookie", "sid=1"),)), ("/dav", (("Cookie", "sid=2"),))),
    ],
)
def test_uploads_of_one_name_and_two_owners_are_two(one, other):
    world = World()
    for number in range(3):
        for (path, headers), data in ((one, b"a"), (other, b"b")):
            name, end = ("chunk", f"/{number}") if number else ("folder", "")
            world.ask(name, f"{path}/same{end}", data if number else b"", *headers)
    for path, headers in (one, other):
        world.ask("move", f"{path}/same/.file", b"", *headers)
    assert [b"aa", b"bb"] == world.stored


def test_who_has_the_address_that_the_service_gave_needs_no_credentials():
    world = World()
    world.ask("range", "/begin", b"", ("Authorization", "Bearer a"))
    world.ask("bytes", "/up/secret", b"abcd", ("Content-Range", "bytes 0-3/4"))
    assert [b"abcd"] == world.stored


# -- what a commit ends ----------------------------------------------------------------------------


def test_a_document_that_was_refused_is_not_stored_empty_when_it_is_named_again():
    world = World()
    blocked, clean = world.begin("start", body=BLOCKED), world.begin("start", body=b"fine")
    said = batch((clean, 4), (blocked, 7))
    for _ in range(3):
        with pytest.raises(Withheld):
            world.ask("batch", "/batch", said)
    assert [] == world.sent


@pytest.mark.parametrize("service", ["test", "another"])
def test_a_commit_that_names_an_upload_of_another_kind_or_service_ends_neither(service):
    world = World()
    mine = world.begin("ticket", "/t?size=4")
    world.ask("put", f"/p?id={mine}", b"abcd")
    theirs = world.begin("start", body=b"efgh", service=service)
    with pytest.raises(Refused, match="another one"):
        world.ask("done", f"/done?id={mine}", json.dumps({"also": theirs}).encode())
    assert [] == world.sent


def test_a_commit_may_name_what_was_stored_before():
    world = World()
    first = world.begin("ticket", "/t?size=4")
    world.ask("put", f"/p?id={first}", b"abcd")
    world.ask("done", f"/done?id={first}")
    second = world.begin("ticket", "/t?size=4")
    world.ask("put", f"/p?id={second}", b"efgh")
    world.ask("done", f"/done?id={second}", json.dumps({"beside": first}).encode())
    assert b'{"beside": "real-1"}' == world.sent[-1][2]


# -- one name again --------------------------------------------------------------------------------


def test_new_content_under_an_old_name_is_a_new_upload():
    world = World()
    for data in (b"abcd", b"efgh"):
        for at in (0, 1):
            world.ask("form", f"/f?id=7&chunk={at}&size=4", data[2 * at : 2 * at + 2])
    assert [b"abcd", b"efgh"] == world.stored


def test_a_last_part_that_comes_again_has_the_same_answer_and_stores_nothing_more():
    world = World()
    answers = [world.ask("form", "/f?id=7&chunk=0&size=4", b"abcd") for _ in range(3)]
    assert (1, 1) == (len({answer.body for answer in answers}), len(world.stored))


def test_new_content_may_follow_what_was_refused():
    world = World()
    with pytest.raises(Withheld):
        world.ask("form", "/f?id=7&chunk=0&size=7", BLOCKED)
    with pytest.raises(Withheld):
        world.ask("form", "/f?id=7&chunk=0&size=7", BLOCKED)
    world.ask("form", "/f?id=7&chunk=0&size=4", b"fine")
    assert [b"fine"] == world.stored


def test_a_blob_that_was_refused_may_be_corrected():
    world = World()

    def listed(*names):
        items = "".join(f"<Latest>{name}</Latest>" for name in names)
        return world.ask("list", "/a.txt?list=1", f"<BlockList>{items}</BlockList>".encode())

    world.ask("block", "/a.txt?block=A", BLOCKED)
    with pytest.raises(Withheld):
        listed("A")
    world.ask("block", "/a.txt?block=A", b"clean")
    assert 200 == listed("A").status
    assert [b"clean"] == world.stored


# -- what did not go well --------------------------------------------------------------------------


def test_after_a_failure_of_the_inspector_the_next_attempt_is_judged():
    world = World()
    token = world.begin("ticket", "/t?size=15")
    world.ask("put", f"/p?id={token}", b"data" + SECRET)
    world.fails = True
    with pytest.raises(RuntimeError):
        world.ask("done", f"/done?id={token}")
    world.fails = False
    assert 200 == world.ask("done", f"/done?id={token}").status
    assert [b"data" + GONE] == world.stored


def test_uploads_that_failed_give_way_to_new_ones(monkeypatch):
    monkeypatch.setattr("gateway.services.uploads.registry._MOST_SESSIONS", 3)
    world = World()
    world.fails = True
    tokens_ = [world.begin("ticket", "/t?size=4") for _ in range(3)]
    with pytest.raises(GatewayError, match="too many"):
        world.begin("ticket", "/t?size=4")
    world.ask("put", f"/p?id={tokens_[1]}", b"abcd")
    with pytest.raises(RuntimeError):
        world.ask("done", f"/done?id={tokens_[1]}")
    assert world.begin("ticket", "/t?size=4")
    with pytest.raises(Refused, match="does not know"):
        world.ask("done", f"/done?id={tokens_[1]}")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_to_be_sent_elsewhere_is_no_success(status):
    elsewhere = reply({}, status, ("location", f"{HOST}/elsewhere"))
    world = World(elsewhere)
    token = world.begin("ticket", "/t?size=4")
    world.ask("put", f"/p?id={token}", b"abcd")
    assert (503 if status == 308 else status) == world.ask("done", f"/done?id={token}").status
    assert ["POST", "PUT"] == [method for method, *_ in world.sent]
    assert 200 == world.ask("done", f"/done?id={token}").status


def test_a_document_that_the_service_has_in_part_is_sent_once_more():
    world = World(reply({}, 308, ("range", "bytes=0-1")))
    world.ask("range", "/begin")
    first = world.ask("bytes", "/up/secret", b"abcd", ("Content-Range", "bytes 0-3/4"))
    again = world.ask("bytes", "/up/secret", b"", ("Content-Range", "bytes */4"))
    assert (503, 200) == (first.status, again.status)
    assert [b"abcd", b"abcd"] == world.stored


def test_an_empty_document_is_sent_too():
    world = World()
    world.ask("range", "/begin")
    assert 200 == world.ask("bytes", "/up/secret", b"", ("Content-Range", "bytes */0")).status
    assert ("PUT", "/up/secret", b"") == world.sent[-1]


def test_a_part_that_is_only_counted_and_comes_again_is_not_taken_twice():
    world = World()
    token = world.begin("ticket", "/t?size=4")
    for _ in range(2):
        world.ask("put", f"/p?id={token}", b"abcd")
    world.ask("done", f"/done?id={token}")
    assert [b"abcd"] == world.stored


def test_equal_parts_of_a_document_are_both_taken():
    world = World()
    token = world.begin("ticket", "/t?size=8")
    for _ in range(2):
        world.ask("put", f"/p?id={token}", b"abcd")
    world.ask("done", f"/done?id={token}")
    assert [b"abcdabcd"] == world.stored


# -- what later requests say -----------------------------------------------------------------------


def after_a_change():
    world = World()
    with_md5 = step("ticket").model_copy(update={"declares": hashed().declares})
    data = b"data" + SECRET
    old, new = (hashlib.md5(one).hexdigest() for one in (data, b"data" + GONE))
    call = Call((), b"", "POST", f"{HOST}/t?md5={old}")
    token = json.loads(asyncio.run(world.uploads.handle("test", with_md5, call, world)).body)["id"]
    world.ask("put", f"/p?id={token}", data)
    world.ask("done", f"/done?id={token}")
    return world.uploads.registry, old, new


def hashed():
    upload = {**STEPS["ticket"], "declares": [{"what": "md5:hex", "at": "query.md5"}]}
    data = {"name": "x", "match": ["POST /"], "shape": "parts", "upload": upload}
    return Step.model_validate_json(json.dumps(data)).upload


@pytest.mark.parametrize(
    "text", ['{{"md5": "{}"}}', "a=1&md5={}&b=2", "md5={}", "list=%5B%22{}%22%5D", '["{}","x"]']
)
def test_a_digest_that_is_a_whole_value_is_put_right(text):
    registry, old, new = after_a_change()
    said = text.format(old).encode()
    assert text.format(new).encode() == registry.real(said, "test", speaks=True)
    assert said == registry.real(said, "another", speaks=True)
    assert said == registry.real(said, "test")  # it may be a document


@pytest.mark.parametrize(
    "text", ["{}  a.txt\n", '{{"text": "the sum is {}"}}', '{{"text": "{{\\"md5\\": \\"{}\\"}}"}}']
)
def test_a_digest_in_a_longer_text_stays(text):
    registry, old, _ = after_a_change()
    said = text.format(old).encode()
    assert said == registry.real(said, "test", speaks=True)


def test_the_targets_of_a_replay_are_the_services_own():
    world = World()
    token = world.begin("ticket", "/t?size=4")
    world.ask("put", f"/p?id={token}", b"abcd")
    world.ask("done", f"/done?id={token}")
    assert ["", "id=real-1", "id=real-1"] == [
        urlsplit(target).query.removeprefix("size=4") for _, target, _ in world.sent
    ]
