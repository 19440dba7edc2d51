"""What may leave, for where: the schema, loading, and the pure function that decides."""

from gateway.policy._policy import Policy
from gateway.policy.check import Warned, warnings
from gateway.policy.compare import compare
from gateway.policy.decide import (
    decide,
    decide_failure,
    decide_unreadable,
    detection_options,
)
from gateway.policy.describe import describe
from gateway.policy.json_schema import json_schema
from gateway.policy.load import builtin_names, load_policy
from gateway.policy.schema import PolicyTest
from gateway.policy.store import PolicyStore
from gateway.policy.trial import JudgedText, TestResult, run_tests

__all__ = [
    "JudgedText",
    "Policy",
    "PolicyStore",
    "PolicyTest",
    "TestResult",
    "Warned",
    "builtin_names",
    "compare",
    "decide",
    "decide_failure",
    "decide_unreadable",
    "describe",
    "detection_options",
    "json_schema",
    "load_policy",
    "run_tests",
    "warnings",
]
