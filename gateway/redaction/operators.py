"""Presidio anonymizer operators: its own ``mask``, and our keyed hash in the same shape.

Importing this module loads Presidio's anonymizer (0.6 to 1.3 s), so it is imported only when a
policy masks or hashes. Presidio's ``hash`` is not used: without a key, a hash of a telephone
number is undone by trying all numbers.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from functools import cache
from typing import Any

from presidio_anonymizer.operators import Operator, OperatorsFactory, OperatorType

from gateway.redaction._values import same_value


class KeyedHash(Operator):
    """``[ENTITY:1a2b3c4d5e6f]``: the same value always gives the same mark, and says no more.

    HMAC-SHA256 (RFC 2104) over the entity's name, a NUL and the value in one form
    (:func:`same_value`), cut to ``length`` hexadecimal digits. Parameters: ``key`` (bytes),
    ``length`` (6 to 64), ``entity_type`` (Presidio adds it).
    """

    NAME = "keyed_hash"

    def operate(self, text: str = "", params: Mapping[str, Any] | None = None) -> str:
        """The mark of a value."""
        params = params or {}
        entity = str(params.get("entity_type", "VALUE"))
        message = f"{entity}\0{same_value(text)}".encode("utf-8", "surrogatepass")
        digest = hmac.digest(params["key"], message, hashlib.sha256).hex()
        return f"[{entity}:{digest[: params['length']]}]"

    def validate(self, params: Mapping[str, Any] | None = None) -> None:
        """Check the parameters.

        Raises:
            ValueError: the key is shorter than 16 bytes, or the length is not 6 to 64.
        """
        params = params or {}
        if not isinstance(params.get("key"), bytes) or len(params["key"]) < 16:
            raise ValueError("keyed_hash needs a key of at least 16 bytes")
        if not isinstance(params.get("length"), int) or not 6 <= params["length"] <= 64:
            raise ValueError("keyed_hash needs a length of 6 to 64")

    def operator_name(self) -> str:
        """The name under which Presidio finds it."""
        return self.NAME

    def operator_type(self) -> OperatorType:
        """It anonymises."""
        return OperatorType.Anonymize


@cache
def factory() -> OperatorsFactory:
    """Presidio's operators and ours."""
    operators = OperatorsFactory()  # type: ignore[no-untyped-call]  # Presidio's is not typed
    operators.add_anonymize_operator(KeyedHash)
    return operators


def operate(name: str, text: str, params: Mapping[str, Any]) -> str:
    """Apply the operator called ``name``, after it has checked its parameters."""
    operator = factory().create_operator_class(name, OperatorType.Anonymize)
    operator.validate(dict(params))
    return str(operator.operate(text, dict(params)))
