"""What binds a request to the body that it has, and what becomes of it with another body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from mitmproxy import http

from gateway.model import Item
from gateway.proxy import signed
from gateway.services import awschunked
from gateway.services.echoes import Echo
from gateway.services.ladder import Plan, plan
from gateway.services.rebinding import rebound
from gateway.services.signatures import Form, SigningKeys, post_form
from gateway.services.uploads import Covered
from gateway.services.wire import Call


@dataclass(frozen=True, slots=True)
class Binding:
    """One request and all that depends on its bytes.

    Args:
        call: the request as the client sent it.
        plan: what will be done if the body has to change.
        form: its form, where that carries the credentials of the request.
        keys: of the user, with which the gateway may sign again.
        words: the protocol's own words in it, covered.
    """

    call: Call
    plan: Plan
    form: Form | None
    keys: SigningKeys
    words: Covered | None = None

    @classmethod
    def of(
        cls,
        request: http.Request,
        raw: bytes,
        data: bytes,
        keys: SigningKeys,
        keeps: Sequence[str] = (),
    ) -> Self:
        """What binds a request.

        Args:
            request: with its headers as the client sent them.
            raw: its body as sent.
            data: the body without framing and codings.
            keys: of the user.
            keeps: places of the protocol's own words.
        """
        call = signed.call_of(request, raw)
        planned, form = plan([call], data, keys), post_form(call)
        free = keeps and not form and planned.size is None
        words = Covered.of(keeps, call.with_body(data)) if free else None
        return cls(call, planned, form, keys, words)

    def judged(self, item: Item) -> Item:
        """The item as it is to be judged: how long it must be, what is no content covered."""
        data = self.form.covered() if self.form else item.data
        data = self.words.call.body if self.words else data
        return replace(item, data=data, size=self.plan.size, strategy=str(self.plan.strategy))

    def changed(self, request: http.Request, data: bytes) -> tuple[bytes, Echo]:
        """Make the request whole with another body.

        Args:
            request: is changed.
            data: the new body, as it was released.

        Returns:
            the body as it is to be sent, and what the client is to be told of it afterwards.

        Raises:
            CannotEdit: the request cannot be made whole; nothing was changed.
        """
        if self.form:
            data = self.form.uncovered(data)
        if self.words:
            data = self.words.uncovered(data).body
        call = rebound(self.call, data, self.keys)
        signed.put(request, self.call, call)
        if awschunked.is_chunked(call):
            return call.body, Echo(awschunked.parse(self.call.body).data, data)
        return call.body, Echo(self.call.body, data)
