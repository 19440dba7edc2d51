"""WeChat web with ItChat, and the iLink bot channel with Tencent's own client.

WeChat web announces length and MD5 beside the bytes, iLink before them and enciphers them under a
key it announces; the message then says the length once more. All of that fits what is stored.
"""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from support import nodejs
from support.clouds import SENTENCE
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, across, arrived, text, word, word_text
from support.standins.wechat_ilink import TOKEN, ILink
from support.standins.wechat_web import CHUNK, FILES, HOST, PASS, SKEY, TICKET, USER, WeChatWeb

ROADS = ("direct", "gateway")
SAID = CANARY.decode()


@pytest.fixture
def web(authority):
    with WeChatWeb(authority) as running:
        yield running


@pytest.fixture
def wechat(web, reach):
    """ItChat as it is after its login, on a road; proxy and trust come from the environment."""
    from itchat.core import Core

    opened = []

    def connected(road):
        reach(web, road)
        core = Core()
        base = f"https://{HOST}/cgi-bin/mmwebwx-bin"
        core.loginInfo = {
            "url": base,
            "fileUrl": f"https://{FILES}/cgi-bin/mmwebwx-bin",
            "pass_ticket": PASS,
            "BaseRequest": {"Uin": 1, "Sid": "s", "Skey": SKEY, "DeviceID": "e1"},
        }
        core.s.cookies.set("webwx_data_ticket", TICKET, domain=HOST)
        core.storageClass.userName = USER
        opened.append(core.s)
        return core

    yield connected
    for session in opened:
        session.close()


def on_disk(folder, data, name="notes.txt"):
    path = folder / name
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize("road", ROADS)
def test_a_message_loses_only_the_canary(web, wechat, road):
    sent = wechat(road).send_msg(f"你好 {SAID}", "@friend")
    assert 0 == sent["BaseResponse"]["Ret"]
    assert f"你好 {arrived(road, CANARY).decode()}" == web.stored["message-1"].decode()
    assert [] == web.faults


def test_a_message_keeps_what_the_page_needs(web, wechat):
    sent = wechat("real").send_msg(f"你好 {IBAN}", "@0123456789abcdef0123456789abcdef")
    assert 0 == sent["BaseResponse"]["Ret"]
    asked = web.requests[-1].json()
    assert ("@0123456789abcdef0123456789abcdef", "e1") == (
        asked["Msg"]["ToUserName"],
        asked["BaseRequest"]["DeviceID"],
    )
    assert isinstance(asked["Msg"]["LocalID"], int)
    assert IBAN not in asked["Msg"]["Content"]


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", [text(300), text(CHUNK), word("quiet", "words")], ids=len)
def test_a_clean_file_in_one_chunk(web, wechat, road, tmp_path, data):
    sent = wechat(road).send_file(on_disk(tmp_path, data), "@friend")
    assert 0 == sent["BaseResponse"]["Ret"]
    assert data == web.stored["notes.txt"]
    assert f"<totallen>{len(data)}</totallen>" in web.stored["message-1"].decode()
    assert [] == web.faults


@pytest.mark.parametrize("road", ROADS)
def test_a_file_in_one_chunk_loses_only_the_canary(web, wechat, road, tmp_path):
    data = text(300, 40)
    sent = wechat(road).send_file(on_disk(tmp_path, data), "@friend")
    assert 0 == sent["BaseResponse"]["Ret"]
    assert arrived(road, data) == web.stored["notes.txt"]
    assert (road == "direct") == web.holds(CANARY)
    assert [] == web.faults


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("size", [CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 77_777])
@pytest.mark.parametrize("clean", [True, False])
def test_a_file_in_several_chunks(web, wechat, road, tmp_path, size, clean):
    data = text(size) if clean else across(CHUNK, size)
    sent = wechat(road).send_file(on_disk(tmp_path, data), "@friend")
    assert 0 == sent["BaseResponse"]["Ret"]
    assert arrived(road, data) == web.stored["notes.txt"]
    assert not clean or not web.holds(CANARY)
    assert [] == web.faults


@pytest.mark.parametrize("size", [300, 2 * CHUNK])
def test_a_blocked_file_says_so_and_sends_nothing(web, wechat, tmp_path, size):
    data = BLOCKED + text(size, 40)
    refused = wechat("gateway").send_file(on_disk(tmp_path, data), "@friend")
    assert 0 != refused["BaseResponse"]["Ret"]
    assert SENTENCE in refused["BaseResponse"]["RawMsg"]
    assert 0 == web.bytes_received()


def test_the_same_file_twice_is_stored_alike(web, wechat, tmp_path):
    core = wechat("gateway")
    for name in ("a.txt", "b.txt"):
        core.send_file(on_disk(tmp_path, across(CHUNK, CHUNK + 5000), name), "@friend")
    assert web.stored["a.txt"] == web.stored["b.txt"]
    assert not web.holds(CANARY)


def test_an_iban_over_a_chunks_border_is_redacted(web, wechat, tmp_path):
    data = text(CHUNK + 5000, CHUNK - 9, canary=f" {IBAN} ".encode())
    sent = wechat("real").send_file(on_disk(tmp_path, data), "@friend")
    assert 0 == sent["BaseResponse"]["Ret"], sent
    assert not web.holds(IBAN.encode())
    assert data[: CHUNK - 9] == web.stored["notes.txt"][: CHUNK - 9]
    assert data[-4000:] == web.stored["notes.txt"][-4000:]
    assert [] == web.faults


def test_a_file_announced_by_its_hash_alone_is_refused(web, wechat):
    core = wechat("gateway")
    asked = {"BaseRequest": core.loginInfo["BaseRequest"], "FileMd5": "0" * 32, "FileSize": 300}
    url = f"https://{HOST}/cgi-bin/mmwebwx-bin/webwxcheckupload"
    refused = core.s.post(url, json=asked).json()
    assert SENTENCE in refused["BaseResponse"]["ErrMsg"]
    assert [] == web.requests


def test_the_page_refuses_what_does_not_add_up(web, wechat, tmp_path, monkeypatch):
    import itchat.components.messages as messages

    honest = messages._prepare_file
    for lie in ({"fileMd5": "0" * 32}, {"fileSize": 299}):
        monkeypatch.setattr(
            messages, "_prepare_file", lambda *given, lie=lie: {**honest(*given), **lie}
        )
        refused = wechat("direct").send_file(on_disk(tmp_path, text(300)), "@friend")
        assert 0 != refused["BaseResponse"]["Ret"]
    assert {} == web.stored


@pytest.fixture
def ilink(authority):
    with ILink(authority) as running:
        yield running


def send_by_ilink(cloud, path):
    """Run Tencent's client; what it printed, or its error."""
    done = subprocess.run(
        ["node", str(nodejs.script("ilink.mjs")), path, "notes.txt", "user@im", TOKEN],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=os.path.dirname(path),
        env={**os.environ, **cloud.environ(), "TMPDIR": os.path.dirname(path)},
    )
    return done.returncode, done.stdout if done.returncode == 0 else done.stderr


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", [text(320, 40), word("quiet", "words")], ids=len)
def test_an_enciphered_file_by_the_bot_channel(ilink, reach, road, tmp_path, data):
    code, said = send_by_ilink(reach(ilink, road), on_disk(tmp_path, data))
    assert 0 == code, said
    assert len(data) == json.loads(said)["fileSize"]
    assert {"notes.txt": arrived(road, data)} == ilink.stored
    assert CANARY in data or "quiet\nwords" == word_text(ilink.stored["notes.txt"])
    assert (road == "direct" and CANARY in data) == ilink.holds(CANARY)
    assert [] == ilink.faults


def test_the_channel_stores_the_same_file_alike(ilink, reach):
    from support.pages import ilink as script
    from support.pages.browser import browser

    with browser(reach(ilink, "gateway"), authorization=f"Bearer {TOKEN}") as page:
        for name in ("a.txt", "b.txt"):
            script.send(page, name, text(300, 40))
    stored = arrived("gateway", text(300, 40))
    assert {"a.txt": stored, "b.txt": stored} == ilink.stored


def test_what_the_channel_is_not_to_have_says_so_and_nothing_is_sent(ilink, reach, tmp_path):
    data = BLOCKED + text(320, 40)
    code, said = send_by_ilink(reach(ilink, "gateway"), on_disk(tmp_path, data))
    assert (1, True) == (code, SENTENCE in said)
    assert 0 == ilink.bytes_received()


def test_bytes_under_another_key_than_announced_are_refused(ilink, reach):
    from support.pages import ilink as script
    from support.pages.browser import Refused, browser

    with (
        browser(reach(ilink, "gateway"), authorization=f"Bearer {TOKEN}") as page,
        pytest.raises(Refused, match="enciphered in another way"),
    ):
        script.send(page, "notes.txt", text(300, 40), aeskey="00" * 16)
    assert [] == ilink.requests


def test_the_channel_refuses_what_does_not_add_up(ilink, reach):
    from support.pages import ilink as script
    from support.pages.browser import Refused, browser

    with browser(reach(ilink, "direct"), authorization=f"Bearer {TOKEN}") as page:
        script.send(page, "notes.txt", b"fine")
        for lie in ({"rawsize": 3}, {"rawfilemd5": "0" * 32}, {"filesize": 32}):
            with pytest.raises(Refused):
                script.send(page, "notes.txt", b"data", **lie)
        with pytest.raises(Refused, match="len"):
            script.send(page, "notes.txt", b"data", len="3")
    assert {"notes.txt": b"fine"} == ilink.stored


def test_an_iban_in_an_enciphered_word_document_is_redacted(ilink, reach):
    from support.pages import ilink as script
    from support.pages.browser import browser

    with browser(reach(ilink, "real"), authorization=f"Bearer {TOKEN}") as page:
        script.send(page, "a.docx", word("安静", f"IBAN {IBAN}"))
    assert word_text(ilink.stored["a.docx"]).startswith("安静\nIBAN ")
    assert IBAN not in word_text(ilink.stored["a.docx"])
