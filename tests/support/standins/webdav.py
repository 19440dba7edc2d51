"""WebDAV: a real server (WsgiDAV) on loopback, and Nextcloud's chunked uploads on our own.

Nextcloud's rules are those of its developer manual, "Chunked file upload" (version 2): a folder
in ``uploads`` with a Destination, pieces named by numbers up to 10000, of 5 MB at least but for the last, then
a MOVE of ``.file``, where OC-Total-Length, if it is sent, is the sum of the pieces.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.upstream import TestAuthority

DAV = "dav.jianguoyun.com"
CLOUD = "magentacloud.de"
USER = "li.na"
SMALLEST = 5 * 1024 * 1024


class WebDav(StandIn):
    """WsgiDAV over a folder; what it holds is in the folder, not in ``stored``."""

    hosts = (DAV,)

    def __init__(self, authority: TestAuthority, folder: Path) -> None:
        from wsgidav.wsgidav_app import WsgiDAVApp

        super().__init__(authority)
        self.folder = folder
        anybody = {"user_mapping": {"*": True}}
        settings = {
            "provider_mapping": {"/": str(folder)},
            "simple_dc": anybody,
            "verbose": 0,
            "logging": {"enable": False},
        }
        self._app = WsgiDAVApp(settings)

    @route("GET|HEAD|PUT|DELETE|MKCOL|MOVE|COPY|PROPFIND|PROPPATCH|OPTIONS|LOCK|UNLOCK /{path*}")
    def any(self, request: Request, path: str) -> Reply:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": "/" + path.encode().decode("latin-1"),  # PEP 3333
            "QUERY_STRING": request.target.partition("?")[2],
            "CONTENT_LENGTH": str(len(request.body)),
            "SERVER_NAME": DAV,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": io.StringIO(),
        }
        for name, value in request.headers:
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        environ["CONTENT_TYPE"] = request.header("content-type")
        begun: list[Any] = []
        pieces = self._app(environ, lambda status, headers, *_: begun.extend((status, headers)))
        body = b"".join(pieces)
        status, headers = begun
        drop = {"content-length", "connection", "date", "server"}
        fields = {name: value for name, value in headers if name.lower() not in drop}
        return Reply(int(status.split()[0]), fields, body)


class Nextcloud(StandIn):
    """Files of one user, and uploads in chunks."""

    hosts = (CLOUD,)
    root: ClassVar[str] = f"/remote.php/dav/files/{USER}/"

    def __init__(self, authority: TestAuthority) -> None:
        super().__init__(authority)
        self.chunks: dict[str, dict[int, bytes]] = {}

    def refuse(self, fault: Fault) -> Reply:
        kind = "xmlns:d='DAV:' xmlns:s='http://sabredav.org/ns'"
        text = (
            f"<?xml version='1.0'?><d:error {kind}><s:message>{fault.message}</s:message></d:error>"
        )
        return Reply(fault.status, {"content-type": "application/xml"}, text.encode())

    @route("GET /ocs/v1.php/cloud/user")
    def user(self, request: Request) -> Reply:
        meta = {"status": "ok", "statuscode": 100, "message": "OK"}
        return reply({"ocs": {"meta": meta, "data": {"id": USER}}})

    @route("PUT /remote.php/dav/files/{user}/{name*}")
    def put(self, request: Request, user: str, name: str) -> Reply:
        self.stored[name] = request.body
        return self._made()

    @route("MKCOL /remote.php/dav/uploads/{user}/{upload}")
    def begin(self, request: Request, user: str, upload: str) -> Reply:
        self._destination(request)
        if upload in self.chunks:
            raise Fault(405, "exists", "the upload exists already")
        self.chunks[upload] = {}
        return Reply(201)

    @route("PUT /remote.php/dav/uploads/{user}/{upload}/{number}")
    def chunk(self, request: Request, user: str, upload: str, number: str) -> Reply:
        self._destination(request)
        if not number.isdecimal() or int(number) > 10_000:
            raise Fault(400, "name", "a chunk is named by a number of at most 10000")
        self._upload(upload)[int(number)] = request.body
        return Reply(201)

    @route("MOVE /remote.php/dav/uploads/{user}/{upload}/.file")
    def finish(self, request: Request, user: str, upload: str) -> Reply:
        name = self._destination(request)
        pieces = [data for _, data in sorted(self._upload(upload).items())]
        if any(len(one) < SMALLEST for one in pieces[:-1]):
            raise Fault(400, "size", "a chunk is smaller than 5 MB")
        total = request.header("oc-total-length")
        if total and int(total) != sum(map(len, pieces)):
            raise Fault(400, "total", "the chunks are not as long as was announced")
        self.stored[name] = b"".join(pieces)
        del self.chunks[upload]
        return self._made()

    @route("DELETE /remote.php/dav/uploads/{user}/{upload}")
    def abort(self, request: Request, user: str, upload: str) -> Reply:
        if self.chunks.pop(upload, None) is None:
            # Not a fault: clients tidy up whether or not the upload has ended well.
            return self.refuse(Fault(404, "notFound", "no such upload"))
        return Reply(204)

    def _upload(self, upload: str) -> dict[int, bytes]:
        if upload not in self.chunks:
            raise Fault(404, "notFound", "no such upload")
        return self.chunks[upload]

    def _destination(self, request: Request) -> str:
        path = unquote(urlsplit(request.header("destination")).path)
        if not path.startswith(self.root):
            raise Fault(400, "destination", "the destination is none of the user's files")
        return path.removeprefix(self.root)

    def _made(self) -> Reply:
        return Reply(201, {"OC-FileId": "00000042ocabcdefg", "OC-ETag": '"e1"', "ETag": '"e1"'})
