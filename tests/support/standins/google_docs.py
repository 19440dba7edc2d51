"""Google Docs v1: documents that are changed by ``batchUpdate``.

Sources: Google Docs API reference, ``documents.batchUpdate`` (all requests or none are applied;
``writeControl.requiredRevisionId``), ``InsertTextRequest`` (the index lies inside an existing
paragraph), ``DeleteContentRangeRequest``, ``ReplaceAllTextRequest``; guide "Document structure"
(the body begins at index 1, ends in a newline, and indices count UTF-16 units).
"""

from __future__ import annotations

from typing import Any

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.google_drive import TOKEN
from support.upstream import TestAuthority


class GoogleDocs(StandIn):
    """Documents of plain text; ``stored`` has their text in UTF-8."""

    hosts = ("docs.googleapis.com",)

    def __init__(self, authority: TestAuthority) -> None:
        super().__init__(authority)
        self.revisions: dict[str, int] = {}

    def check(self, request: Request) -> None:
        if request.header("authorization") != f"Bearer {TOKEN}":
            raise Fault(401, "UNAUTHENTICATED", "Invalid Credentials")

    def refuse(self, fault: Fault) -> Reply:
        error = {"code": fault.status, "message": fault.message, "status": fault.code}
        return reply({"error": error}, fault.status)

    @route("POST /v1/documents")
    def create(self, request: Request) -> Reply:
        name = f"doc{len(self.stored) + 1}"
        self.stored[name], self.revisions[name] = b"\n", 1
        return reply({**request.json(), "documentId": name, "revisionId": "r1"})

    @route("GET /v1/documents/{document}")
    def get(self, request: Request, document: str) -> Reply:
        text = self._text(document)
        run = {"textRun": {"content": text}, "startIndex": 1, "endIndex": 1 + _units(text)}
        content = [{"startIndex": 1, "paragraph": {"elements": [run]}}]
        return reply({"documentId": document, "body": {"content": content}})

    @route("POST /v1/documents/{document}:batchUpdate")
    def batch_update(self, request: Request, document: str) -> Reply:
        asked = request.json()
        revision = f"r{self.revisions.get(document, 0)}"
        if asked.get("writeControl", {}).get("requiredRevisionId", revision) != revision:
            raise Fault(400, "INVALID_ARGUMENT", "The required revision is not the latest.")
        text = self._text(document)
        replies = []
        for at, one in enumerate(asked.get("requests", [])):
            if not isinstance(one, dict) or len(one) != 1:
                raise Fault(400, "INVALID_ARGUMENT", f"requests[{at}] is not one request.")
            ((kind, value),) = one.items()
            text, answer = _apply(at, kind, value, text)
            replies.append(answer)
        self.stored[document] = text.encode()
        self.revisions[document] += 1
        control = {"requiredRevisionId": f"r{self.revisions[document]}"}
        return reply({"documentId": document, "replies": replies, "writeControl": control})

    def _text(self, document: str) -> str:
        if document not in self.stored:
            raise Fault(404, "NOT_FOUND", "Requested entity was not found.")
        return self.stored[document].decode()


def _apply(at: int, kind: str, value: dict[str, Any], text: str) -> tuple[str, dict[str, Any]]:
    match kind:
        case "insertText":
            last = 1 + _units(text) - 1  # before the newline that ends the body
            where = last if "endOfSegmentLocation" in value else value["location"]["index"]
            if not 1 <= where <= last:
                raise _bad(at, f"Index {where} must be less than the end index {last + 1}")
            return _cut(text, 1, where) + value["text"] + _cut(text, where, last + 1), {}
        case "deleteContentRange":
            span = value["range"]
            begin, end = span["startIndex"], span["endIndex"]
            if not 1 <= begin < end <= _units(text):
                raise _bad(at, "The range is not inside the body")
            return _cut(text, 1, begin) + _cut(text, end, 1 + _units(text)), {}
        case "replaceAllText":
            wanted = value["containsText"]["text"]
            if not wanted:
                raise _bad(at, "The text to be replaced is empty")
            changed = {"replaceAllText": {"occurrencesChanged": text.count(wanted)}}
            return text.replace(wanted, value.get("replaceText", "")), changed
    raise _bad(at, f"Unknown request {kind}")


def _bad(at: int, why: str) -> Fault:
    return Fault(400, "INVALID_ARGUMENT", f"Invalid requests[{at}]: {why}.")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, begin: int, end: int) -> str:
    """What stands between two indices of the body."""
    return text.encode("utf-16-le")[(begin - 1) * 2 : (end - 1) * 2].decode("utf-16-le")
