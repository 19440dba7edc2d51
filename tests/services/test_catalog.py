"""What a request does, and whose host it is."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.errors import UsageError
from gateway.model import Destination, Purpose
from gateway.services import Catalog

CATALOG = Catalog.load()


@pytest.mark.parametrize(
    ("method", "url", "service", "step", "purpose"),
    [
        ("POST", "api.openai.com/v1/chat/completions", "openai", "chat", "chat"),
        ("POST", "api.openai.com/v1/responses?stream=true", "openai", "chat", "chat"),
        ("POST", "eu.api.openai.com/v1/files", "openai", "files", "storage"),
        ("POST", "api.openai.com/v1/embeddings", "openai", "embeddings", "chat"),
        ("POST", "api.openai.com/v1/audio/transcriptions", "openai", "audio", "chat"),
        ("POST", "api.openai.com/v1/something/new", "openai", "generic", "chat"),
        (
            "POST",
            "acme.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2",
            "azure-openai",
            "chat",
            "chat",
        ),
        ("POST", "a.cognitiveservices.azure.com/OpenAI/Files", "azure-openai", "files", "storage"),
        ("POST", "api.anthropic.com/v1/messages?beta=true", "anthropic", "messages", "chat"),
        ("POST", "api.anthropic.com/v1/files", "anthropic", "files", "storage"),
        (
            "POST",
            "api.anthropic.com/api/event_logging/batch",
            "anthropic",
            "telemetry",
            "telemetry",
        ),
        (
            "PUT",
            "graph.microsoft.com/v1.0/me/drive/root:/%E6%8A%A5%E5%91%8A.docx:/content",
            "microsoft-graph",
            "upload",
            "storage",
        ),
        (
            "PUT",
            "graph.microsoft.com/v1.0/drives/b!x/items/01/content",
            "microsoft-graph",
            "upload",
            "storage",
        ),
        (
            "POST",
            "graph.microsoft.com/v1.0/chats/19:x@thread.v2/messages",
            "microsoft-graph",
            "message",
            "collaboration",
        ),
        (
            "POST",
            "graph.microsoft.com/v1.0/teams/t/channels/c/messages/1/replies",
            "microsoft-graph",
            "message",
            "collaboration",
        ),
        (
            "POST",
            "graph.microsoft.com/v1.0/me/sendMail",
            "microsoft-graph",
            "mail",
            "collaboration",
        ),
        (
            "POST",
            "developer.kdocs.cn/api/v1/openapi/personal/files/upload",
            "wps-kdocs",
            "form",
            "storage",
        ),
        (
            "POST",
            "developer.kdocs.cn/api/v1/openapi/personal/files/upload2",
            "wps-kdocs",
            "form-upload",
            "storage",
        ),
        (
            "POST",
            "file.wx2.qq.com/cgi-bin/mmwebwx-bin/webwxuploadmedia?f=json",
            "wechat-web",
            "upload",
            "chat",
        ),
        ("POST", "wx.qq.com/cgi-bin/mmwebwx-bin/webwxsendmsg", "wechat-web", "message", "chat"),
        (
            "POST",
            "fileapi.zoom.us/v2/chat/users/me/messages/files",
            "zoom",
            "chat-file",
            "collaboration",
        ),
        (
            "POST",
            "api.zoom.us/v2/chat/users/me/messages",
            "zoom",
            "chat-message",
            "collaboration",
        ),
        (
            "POST",
            "www.googleapis.com/upload/drive/v3/files?uploadType=multipart&fields=id",
            "google-drive",
            "multipart",
            "storage",
        ),
        (
            "PATCH",
            "www.googleapis.com/upload/drive/v3/files/1?uploadType=media",
            "google-drive",
            "simple",
            "storage",
        ),
        ("POST", "api.deepseek.com/chat/completions", "deepseek", "unversioned", "chat"),
        ("POST", "api.deepseek.com/v1/chat/completions", "deepseek", "chat", "chat"),
        ("POST", "api.moonshot.cn/v1/files", "moonshot", "files", "storage"),
        (
            "POST",
            "dashscope.aliyuncs.com/compatible-mode/v1/chat/completions",
            "dashscope",
            "compatible-mode",
            "chat",
        ),
        ("POST", "content.dropboxapi.com/2/files/upload", "dropbox", "upload", "storage"),
        ("POST", "acme.slack.com/api/chat.postMessage", "slack", "message", "collaboration"),
        (
            "POST",
            "generativelanguage.googleapis.com/v1beta/models/gemini:generateContent",
            "gemini",
            "generate",
            "chat",
        ),
    ],
)
def test_a_documented_request_is_known(method, url, service, step, purpose):
    host, _, path = url.partition("/")

    route = CATALOG.route(host, method, "/" + path)

    assert (service, step, purpose) == (route.service, route.step, str(route.purpose))
    assert route.inspect
    assert route.supported
    assert not route.why


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", "api.openai.com/v1/uploads/upload_1/other"),
        ("POST", "x.openai.azure.com/openai/Uploads/1/Other"),
        ("POST", "graph.microsoft.com/v1.0/me/messages/1/attachments/createUploadSession"),
        ("POST", "fileapi.zoom.us/v2/zoom_events/files/multipart"),
        ("POST", "fileapi.zoom.us/v2/clips/files/multipart/upload_events"),
        ("POST", "www.googleapis.com/resumable/upload/drive/v3/files"),
        ("POST", "www.googleapis.com/upload/drive/v3/files?upload_protocol=resumable"),
        ("GET", "www.googleapis.com/upload/drive/v3/files?upload_id=x"),
        ("PUT", "generativelanguage.googleapis.com/upload/v1beta/files"),
        ("POST", "content.dropboxapi.com/2/files/upload_session/append"),
        ("POST", "content.dropboxapi.com/2/files/upload_session/start_batch"),
        ("GET", "slack.com/api/files.completeUploadExternal"),
    ],
)
def test_a_piece_of_an_upload_that_is_not_treated_is_refused_and_says_why(method, url):
    host, _, path = url.partition("/")

    route = CATALOG.route(host, method, "/" + path)

    assert not route.supported
    assert "watcher" in route.why


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", "api.openai.com/v1/uploads"),
        ("POST", "api.openai.com/v1/uploads/upload_1/parts"),
        ("POST", "api.openai.com/v1/uploads/upload_1/complete"),
        ("POST", "x.openai.azure.com/openai/Uploads/1/Parts"),
        ("POST", "graph.microsoft.com/v1.0/me/drive/root:/a.docx:/createUploadSession"),
        ("POST", "graph.microsoft.com/v1.0/me/drive/items/1/CREATEUPLOADSESSION"),
        ("POST", "graph.microsoft.com/beta/me/drive/items/1/microsoft.graph.createUploadSession()"),
        ("PUT", "drive.wps.cn/api/v5/files/upload/create_update"),
        ("PUT", "365.kdocs.cn/3rd/drive/api/v5/files/upload/create_update"),
        ("POST", "www.googleapis.com/upload/drive/v3/files?uploadType=resumable"),
        ("POST", "www.googleapis.com/upload/drive/v3/files?uploadtype=RESUMABLE"),
        (
            "POST",
            "www.googleapis.com/upload/drive/v3/files?uploadType=media&uploadType=resumable",
        ),
        ("POST", "www.googleapis.com/upload/drive/v3/files?a=1;uploadType=resumable"),
        ("PUT", "www.googleapis.com/upload/drive/v3/files?upload_id=x"),
        ("POST", "generativelanguage.googleapis.com/upload/v1beta/files"),
        ("POST", "content.dropboxapi.com/2/files/upload_session/append_v2"),
        ("POST", "slack.com/api/files.getUploadURLExternal"),
        ("POST", "files.slack.com/upload/v1/abc"),
        ("POST", "slack.com/api/files.completeUploadExternal"),
    ],
)
def test_a_piece_of_an_upload_that_is_treated_is_held(method, url):
    host, _, path = url.partition("/")

    route = CATALOG.route(host, method, "/" + path)

    assert route.supported
    assert CATALOG.upload_step(route)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", "openapi.wps.cn/v7/drives/1/files/0/request_upload"),
        ("POST", "openapi.wps.cn/v7/drives/1/files/0/commit_upload"),
        ("POST", "dashscope.aliyuncs.com/api/v1/uploads?action=getPolicy"),
    ],
)
def test_a_piece_of_an_upload_is_either_held_or_refused(method, url):
    host, _, path = url.partition("/")

    route = CATALOG.route(host, method, "/" + path)

    assert not route.supported or CATALOG.upload_step(route)


_SPELLINGS = (
    "/v1/%75ploads",
    "/v1/%2575ploads",
    "/v1//uploads",
    "//v1/uploads",
    "/v1/./uploads/",
    "/v1/chat/../uploads",
    "/v1/chat/%2e%2e/uploads",
    "/v1/chat/%252e%252e/uploads",
    "/v1/chat%2F..%2Fuploads",
    "/v1/chat\\..\\uploads",
    "/v1/uploads;a=b",
    "/v1%2Fuploads",
    "/x/../../v1/uploads",
    "/v1/uploads#x",
    "https://elsewhere.example/v1/uploads?x=/",
)


@pytest.mark.parametrize("path", [*_SPELLINGS, "/v1/uploads;a=b/u1/parts"])
def test_no_spelling_of_a_path_hides_a_held_step(path):
    route = CATALOG.route("api.openai.com", "POST", path)
    assert not route.supported or CATALOG.upload_step(route)


@pytest.mark.parametrize("path", [one.replace("ploads", "ploads/u/other") for one in _SPELLINGS])
def test_no_spelling_of_a_path_hides_a_refused_step(path):
    assert not CATALOG.route("api.openai.com", "POST", path).supported


@pytest.mark.parametrize(
    "path", ["/oauth/token/../../v2/x", "/oauth/token;/../../v2", "/v2/%2e%2e/oauth%2Ftoken"]
)
def test_an_ambiguous_path_is_not_taken_for_sign_in(path):
    assert CATALOG.route("api.zoom.us", "POST", path).inspect


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("api.zoom.us", "/oauth/token?grant_type=account_credentials"),
        ("api.dropboxapi.com", "/oauth2/token"),
        ("openapi.wps.cn", "/oauth2/token"),
        ("www.googleapis.com", "/oauth2/v4/token"),
        ("slack.com", "/api/oauth.v2.access"),
    ],
)
def test_sign_in_at_a_covered_host_is_not_inspected(host, path):
    route = CATALOG.route(host, "POST", path)

    assert Purpose.SIGN_IN is route.purpose
    assert not route.inspect


def test_only_exact_sign_in_paths_escape_inspection():
    """Each uninspected path is known by name: a new one must be added here on purpose."""
    uninspected = {
        (profile.service, line)
        for profile in CATALOG.profiles()
        for step in profile.steps
        if step.purpose is Purpose.SIGN_IN
        for line in step.patterns
    }

    assert {
        ("aliyun-drive", "POST /oauth/access_token"),
        ("box", "POST /oauth2/token"),
        ("claude-web", "POST /api/auth/send_magic_link"),
        ("claude-web", "POST /api/auth/verify_magic_link"),
        ("deepseek-web", "POST /api/v0/users/login"),
        ("dropbox", "POST /oauth2/token"),
        ("feishu", "POST /open-apis/auth/v3/app_access_token"),
        ("feishu", "POST /open-apis/auth/v3/app_access_token/internal"),
        ("feishu", "POST /open-apis/auth/v3/tenant_access_token"),
        ("feishu", "POST /open-apis/auth/v3/tenant_access_token/internal"),
        ("feishu", "POST /open-apis/authen/v1/access_token"),
        ("feishu", "POST /open-apis/authen/v1/oidc/access_token"),
        ("feishu", "POST /open-apis/authen/v1/refresh_access_token"),
        ("feishu", "POST /open-apis/authen/v2/oauth/token"),
        ("google-drive", "POST /oauth2/v3/token"),
        ("google-drive", "POST /oauth2/v4/token"),
        ("huggingface", "POST /login"),
        ("huggingface", "POST /oauth/token"),
        ("icloud", "POST /setup/ws/1/accountLogin"),
        ("notion", "POST /api/v3/getLoginOptions"),
        ("notion", "POST /api/v3/loginWithEmail"),
        ("notion", "POST /api/v3/sendTemporaryPassword"),
        ("notion", "POST /v1/oauth/token"),
        ("openrouter", "POST /api/v1/auth/keys"),
        ("pan-123", "POST /api/v1/access_token"),
        ("perplexity-web", "POST /api/auth/signin/email"),
        ("qianfan", "GET|POST /oauth/2.0/token"),
        ("qwen-web", "POST /api/v1/auths/signin"),
        ("qwen-web", "POST /api/v2/auths/signin"),
        ("slack", "POST /api/oauth.access"),
        ("slack", "POST /api/oauth.v2.access"),
        ("slack", "POST /api/openid.connect.token"),
        ("tencent-docs", "GET|POST /oauth/v2/token"),
        ("webdav", "POST /index.php/login"),
        ("webdav", "POST /login"),
        ("wechat-platform", "GET /cgi-bin/token"),
        ("wechat-platform", "POST /cgi-bin/stable_token"),
        ("wecom", "GET /cgi-bin/gettoken"),
        ("wps-kdocs", "POST /api/v1/oauth2/access_token"),
        ("wps-kdocs", "POST /api/v1/oauth2/refresh_token"),
        ("wps-kdocs", "POST /oauth2/token"),
        ("yuanbao", "POST /api/v5/robotLogic/sign-token"),
        ("zoom", "POST /oauth/token"),
    } == uninspected


@pytest.mark.parametrize(
    "host",
    [
        "api.openai.com",
        "API.OpenAI.COM",
        "api.openai.com.",
        "api.openai.com:443",
        "api.openai.com.:8443",
        "api。openai。com",
        "ａｐｉ.openai.com",
        "api.open\u00adai.com",
        " api.openai.com ",
        "eu.api.openai.com",
        "a.b.openai.azure.com",
    ],
)
def test_every_spelling_of_a_covered_host_is_covered(host):
    assert CATALOG.covers(host)


@pytest.mark.parametrize(
    "host",
    [
        "openai.com",
        "openai.azure.com",
        "api.openai.com.evil.example",
        "xapi.openai.com",
        "login.microsoftonline.com",
        "[::1]:443",
        "127.0.0.1",
        "localhost",
        "",
        ".",
        "a" * 300,
    ],
)
def test_other_hosts_are_not_covered(host):
    assert not CATALOG.covers(host)


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=8), st.text(max_size=80))
@example("api.openai.com", "POST", "*")
@example("api.openai.com", "CONNECT", "api.openai.com:443")
@example("api.openai.com", "POST", "/%ff%fe/%")
@example("api.openai.com", "POST", "/" + "/a" * 5000)
@example("graph.microsoft.com", "POST", "/v1" + "/createUploadSession" * 500 + "/x")
def test_any_request_has_a_route(host, method, target):
    route = CATALOG.route(host, method, target)

    assert route.service in CATALOG.names()
    assert route.supported is not bool(route.why)


@settings(deadline=None)
@given(st.text(alphabet="/%2eEfFuploads.;\\1v", max_size=60))
def test_a_refused_or_held_step_is_found_behind_any_resolvable_prefix(prefix):
    """However a prefix is spelled, ``..`` to the root and the plain path after it is that."""
    dots = "/.." * (prefix.count("/") + prefix.count("%") + prefix.count("\\") + 2)

    target = f"/{prefix}{dots}/v1/uploads"
    assert not CATALOG.route("api.openai.com", "POST", f"{target}/u/other").supported
    held = CATALOG.route("api.openai.com", "POST", target)
    assert not held.supported or CATALOG.upload_step(held)


def test_the_destination_carries_what_policy_judges_by():
    route = CATALOG.route("API.zoom.us.", "POST", "/v2/chat/users/me/messages")

    assert Destination(
        "zoom", "api.zoom.us", Purpose.COLLABORATION, "chat-message"
    ) == route.destination("API.zoom.us.:443")


def test_a_header_that_announces_parts_is_reported():
    route = CATALOG.route("graph.microsoft.com", "PUT", "/v1.0/me/drive/items/1/content")

    assert "Content-Range" in CATALOG.why_partial(route, ["Host", "content-RANGE"], b"")
    assert not CATALOG.why_partial(route, ["Host", "Content-Type", "Range"], b"x")


def form(**fields: str) -> bytes:
    return b"".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )


@pytest.mark.parametrize(
    ("body", "partial"),
    [
        (form(id="WU_FILE_0", size="12"), False),
        (form(id="WU_FILE_0", chunks="1", chunk="0"), False),
        (form(id="WU_FILE_0", chunks="2", chunk="0"), True),
        (form(chunks=""), True),
        (form(chunks="1") + form(chunks="3"), True),
        (b"--b\nContent-Disposition: form-data; NAME=chunks\n\n4\n", True),
        (b"--b\r\nContent-Disposition: form-data; name*=utf-8''chunks\r\n\r\n4\r\n", True),
        (b'--b\r\nContent-Disposition: form-data; name="chunks"\r\nX: y\r\n\r\n4\r\n', True),
        (b'--b\r\nContent-Disposition: form-data; name="chunks"', True),
        (form(chunksize="3"), False),
    ],
)
def test_one_of_several_wechat_chunks_is_reported(body, partial):
    path = "/cgi-bin/mmwebwx-bin/webwxuploadmedia"
    route = CATALOG.route("file.wx.qq.com", "POST", path)

    assert partial == bool(CATALOG.why_partial(route, [], body))


def test_an_unknown_service_name_is_a_usage_error():
    with pytest.raises(UsageError, match="no service named opnai"):
        CATALOG.get("opnai")


@pytest.mark.parametrize(
    ("target", "spelled"),
    [
        ("/v1/chat/completions", True),
        ("/v1/chat/completions?a=b", True),
        ("/v1/chat/completions;jane.doe@example.com", False),
        ("/v1/x/../chat/completions", False),
        ("/v1/ch%61t/completions", False),
        ("/v1//chat/completions", False),
        ("/v1/threads/anything", False),
        ("/v1/jane.doe@example.com", False),
    ],
)
def test_only_a_path_that_the_profile_spells_out_says_nothing_of_the_users(target, spelled):
    assert spelled == Catalog.load().route("api.openai.com", "POST", target).spelled
