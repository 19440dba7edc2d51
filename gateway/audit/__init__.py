"""What happened, without values, in a log that shows tampering."""

from gateway.audit.log import AuditLog
from gateway.audit.record import AuditRecord
from gateway.audit.verify import Problem, VerifyReport, entries, verify

__all__ = ["AuditLog", "AuditRecord", "Problem", "VerifyReport", "entries", "verify"]
