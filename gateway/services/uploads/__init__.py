"""Uploads that take several requests."""

from gateway.services.uploads.covering import Covered, head_covered, own_places
from gateway.services.uploads.engine import Uploads
from gateway.services.uploads.hands import Hands
from gateway.services.uploads.refused import Refused, Withheld, token_in
from gateway.services.uploads.schema import Role, UploadStep
from gateway.services.uploads.session import Released

__all__ = [
    "Covered",
    "Hands",
    "Refused",
    "Released",
    "Role",
    "UploadStep",
    "Uploads",
    "Withheld",
    "head_covered",
    "own_places",
    "token_in",
]
