"""What stands in the place of a finding."""

from gateway.redaction.keys import load_key
from gateway.redaction.redactor import Redactor

__all__ = ["Redactor", "load_key"]
