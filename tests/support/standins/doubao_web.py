"""The page www.doubao.com (豆包): chats, and files by ByteDance's ImageX.

Source: OpenList's ``doubao`` driver and LLM-Red-Team's ``doubao-free-api``: a temporary key from
``/alice/upload/auth_token``; ``ApplyImageUpload`` with ``FileSize`` in its query, signed like an AWS
request (service ``imagex``); POST of the bytes with ``Content-Crc32`` and the store's own token;
``CommitImageUpload``, signed over its body. The answer to the bytes says their CRC-32, which the
client compares. A large file comes in parts with a CRC-32 each, which the last request repeats.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.events import event, events, pieces
from support.standins.forms import number
from support.standins.sigv4 import Refuse, verify

COOKIE = "sessionid=doubao-test"
HOST = "www.doubao.com"
IMAGEX = "imagex.bytedanceapi.com"
STORE = "tos-hl-x.snssdk.com"
SERVICE = "a9rns2rl98"
KEYS = {"AKTPtest": "secret-of-the-ticket"}
REGION = "cn-north-1"


@dataclass
class _Object:
    size: int
    data: bytes | None = None
    parts: dict[int, bytes] = field(default_factory=dict)


class DoubaoWeb(StandIn):
    """The page's server, ImageX and its store; prompts are kept as ``prompt-1`` …"""

    hosts: ClassVar[tuple[str, ...]] = (HOST, IMAGEX, STORE)

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.objects: dict[str, _Object] = {}
        self.committed: set[str] = set()
        self.prompts = 0

    def refuse(self, fault: Fault) -> Reply:
        """Three hosts, three shapes."""
        if fault.detail == "imagex":
            error = {"CodeN": 100004, "Code": fault.code, "Message": fault.message}
            return reply({"ResponseMetadata": {"RequestId": "r", "Error": error}}, fault.status)
        if fault.detail == "store":
            return reply({"code": 4000, "message": fault.message, "data": None}, fault.status)
        return reply({"code": 710012001, "msg": fault.message, "message": fault.message}, 200)

    def check(self, request: Request) -> None:
        """The page's cookie."""
        if request.host == HOST and COOKIE not in request.header("cookie"):
            raise Fault(200, "login", "not logged in")

    @route("POST /alice/upload/auth_token", host=HOST)
    def token(self, request: Request) -> Reply:
        """A temporary key."""
        if request.json().get("data_type") not in ("file", "image"):
            raise Fault(200, "data_type", "data_type")
        (key, secret), *_ = KEYS.items()
        auth = {"access_key_id": key, "secret_access_key": secret, "session_token": "STS2test"}
        told = {"service_id": SERVICE, "upload_host": IMAGEX, "auth": auth}
        return reply({"code": 0, "msg": "", "data": told})

    @route("GET|POST /", host=IMAGEX)
    def imagex(self, request: Request) -> Reply:
        """Apply and commit, signed by the temporary key."""
        try:
            verify(request, KEYS, "imagex")  # type: ignore[arg-type] # the same names
        except Refuse as error:
            raise Fault(401, error.code, error.message, detail="imagex") from error
        asked = request.query
        if asked.get("ServiceId") != SERVICE or asked.get("Version") != "2018-08-01":
            raise _imagex("InvalidParameter", "ServiceId or Version")
        match (request.method, asked.get("Action")):
            case ("GET", "ApplyImageUpload"):
                return self._apply(number(asked.get("FileSize"), "FileSize"))
            case ("POST", "CommitImageUpload"):
                return self._commit(request)
        raise _imagex("InvalidAction", "no such action")

    def _apply(self, size: int) -> Reply:
        uri = f"{SERVICE}/{len(self.objects) + 1:032x}.txt"
        self.objects[uri] = _Object(size)
        store = {"StoreUri": uri, "Auth": f"SpaceKey/{uri}/1/:version:v2:e", "UploadID": ""}
        key = f"session-{uri}"
        node = {"StoreInfos": [store], "UploadHost": STORE, "SessionKey": key}
        inner = {"UploadNodes": [node], "AdvanceOption": {"SliceSize": 0}}
        address = {"StoreInfos": [store], "UploadHosts": [STORE], "SessionKey": key}
        result = {"InnerUploadAddress": inner, "UploadAddress": address}
        return reply({"ResponseMetadata": {"RequestId": "r"}, "Result": result})

    def _commit(self, request: Request) -> Reply:
        uri = str(request.json().get("SessionKey", "")).removeprefix("session-")
        found = self.objects.get(uri)
        if found is None or found.data is None:
            raise _imagex("InvalidSession", "nothing was uploaded")
        self.committed.add(uri)
        result = {"Results": [{"Uri": uri, "UriStatus": 2000}]}
        return reply({"ResponseMetadata": {"RequestId": "r"}, "Result": result})

    @route("POST /upload/v1/{uri*}", host=STORE)
    def upload(self, request: Request, uri: str) -> Reply:
        """The bytes, whole or in parts."""
        found = self.objects.get(uri)
        if found is None or not request.header("authorization").startswith(f"SpaceKey/{uri}"):
            raise _store(403, "the token is not for this object")
        match request.query.get("phase", ""):
            case "":
                return self._take(found, request)
            case "init":
                return _stored({"uploadid": f"up-{uri}"})
            case "transfer" if request.query.get("uploadid") == f"up-{uri}":
                checked = _crc(request)
                at = number(request.query.get("part_number"), "part_number")
                found.parts[at] = request.body
                return _stored({"crc32": checked, "part_number": str(at), "etag": checked})
            case "finish" if request.query.get("uploadid") == f"up-{uri}":
                return self._finish(found, request.body.decode())
        raise _store(400, "no such phase or upload")

    def _take(self, found: _Object, request: Request) -> Reply:
        checked = _crc(request)
        if len(request.body) != found.size:
            raise _store(400, "not as large as FileSize")
        found.data = request.body
        return _stored({"crc32": checked, "etag": checked})

    def _finish(self, found: _Object, listed: str) -> Reply:
        at = [f"{number}:{zlib.crc32(data):08x}" for number, data in sorted(found.parts.items())]
        if listed != ",".join(at) or sorted(found.parts) != list(range(1, len(at) + 1)):
            raise _store(400, "parts and checksums are not those that came")
        data = b"".join(found.parts[one] for one in sorted(found.parts))
        if len(data) != found.size:
            raise _store(400, "not as large as FileSize")
        found.data = data
        return _stored({"crc32": f"{zlib.crc32(data):08x}"})

    @route("POST /samantha/aispace/upload_node", host=HOST)
    def node(self, request: Request) -> Reply:
        """Files of the drive; their objects were committed."""
        nodes = request.json().get("node_list") or []
        for one in nodes:
            self._keep(one["key"], one["name"], one["size"])
        listed = [{"id": str(n), "name": one["name"]} for n, one in enumerate(nodes)]
        return reply({"code": 0, "msg": "", "data": {"node_list": listed}})

    def _keep(self, uri: str, name: str, size: int) -> None:
        found = self.objects.get(uri)
        if found is None or found.data is None or uri not in self.committed:
            raise Fault(200, "object", "the object was not committed")
        if size != len(found.data):
            raise Fault(200, "size", "the size is not the object's")
        self.stored[name] = found.data

    @route("POST /samantha/chat/completion", host=HOST)
    def completion(self, request: Request) -> Reply:
        """A prompt: JSON in a string of JSON, with the keys of its files."""
        said = []
        for message in request.json().get("messages") or []:
            said.append(str(json.loads(message["content"])["text"]))
            for one in message.get("attachments") or []:
                self._keep(one["key"], one["name"], one["file_size"])
        if not said:
            raise Fault(200, "messages", "messages is empty")
        self.prompts += 1
        self.stored[f"prompt-{self.prompts}"] = "\n".join(said).encode()
        return events(_answer(f"You said: {said[-1]}"))


def _crc(request: Request) -> str:
    given, made = request.header("content-crc32"), f"{zlib.crc32(request.body):08x}"
    if given != made:
        raise _store(400, "the CRC-32 does not fit")
    return made


def _stored(data: dict[str, str]) -> Reply:
    return reply({"code": 2000, "apiversion": "v1", "message": "Success", "data": data})


def _imagex(code: str, message: str) -> Fault:
    return Fault(400, code, message, detail="imagex")


def _store(status: int, message: str) -> Fault:
    return Fault(status, "store", message, detail="store")


def _answer(text: str) -> Iterator[bytes]:
    """The page's events: JSON whose data is JSON again."""
    for piece in pieces(text):
        content = json.dumps({"text": piece}, ensure_ascii=False)
        data = {"message": {"content_type": 2001, "content": content}, "is_finish": False}
        yield event({"event_type": 2001, "event_data": json.dumps(data, ensure_ascii=False)})
    yield event({"event_type": 2003, "event_data": "{}"})
