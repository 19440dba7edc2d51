"""Uploads that take several requests."""

from gateway.services.uploads.covering import Covered, head_covered, own_places
from gateway.services.uploads.engine import Hands, Uploads
from gateway.services.uploads.refused import TOKEN, Refused
from gateway.services.uploads.schema import Role, UploadStep
from gateway.services.uploads.session import Released

__all__ = [
    "TOKEN",
    "Covered",
    "Hands",
    "Refused",
    "Released",
    "Role",
    "UploadStep",
    "Uploads",
    "head_covered",
    "own_places",
]
