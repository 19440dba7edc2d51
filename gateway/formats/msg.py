"""Outlook messages and templates: msg, oft ([MS-OXMSG]).

Every property is text or is searched for text: headers, recipients, three copies of the body,
ids with addresses in them, names of properties. Attachments are children, embedded messages are
read in place. A changed message is written anew as the same kind of file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._ole.cfb import root_names
from gateway.model import Hint


class _Msg:
    name: ClassVar[str] = "msg"

    def score(self, data: bytes, hint: Hint) -> float:
        del hint
        return 1.0 if "__properties_version1.0" in root_names(data) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        from gateway.formats._mail.msg_document import open_msg

        del hint
        return open_msg(self.name, data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        from gateway.formats._mail.msg_layers import msg_layers

        del hint
        yield from msg_layers(data, descend)


FORMAT = _Msg()
