"""The keyed hash is an operator like Presidio's own, and Presidio is only loaded for it."""

import subprocess
import sys

import pytest
from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import OperatorConfig, RecognizerResult

from gateway.model import Action, Treatment
from gateway.redaction import Redactor
from gateway.redaction.operators import KeyedHash, factory, operate

KEY = b"k" * 32


def test_presidio_runs_the_keyed_hash_as_its_own():
    engine = AnonymizerEngine()
    engine.add_anonymizer(KeyedHash)
    result = engine.anonymize(
        "call 555-0100 now",
        [RecognizerResult("PHONE_NUMBER", 5, 13, 1.0)],
        {"PHONE_NUMBER": OperatorConfig("keyed_hash", {"key": KEY, "length": 12})},
    )
    mark = Redactor(KEY).replacement(Treatment(Action.HASH, "r"), "PHONE_NUMBER", "555-0100")
    assert f"call {mark} now" == result.text


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"key": b"short", "length": 12},
        {"key": KEY, "length": 5},
        {"key": KEY, "length": 65},
        {"key": KEY, "length": "12"},
        {"key": "k" * 32, "length": 12},
    ],
)
def test_a_keyed_hash_with_wrong_parameters_is_refused(params):
    with pytest.raises(ValueError, match="keyed_hash needs"):
        operate("keyed_hash", "x", params)


def test_the_factory_knows_presidios_operators_and_ours():
    assert {"mask", "replace", "keyed_hash"} <= set(factory().get_anonymizers())


def test_a_plain_replacement_does_not_load_presidio():
    program = (
        "import sys\n"
        "from gateway.model import Action, Treatment\n"
        "from gateway.redaction import Redactor\n"
        "Redactor(b'k' * 32).replacement(Treatment(Action.REPLACE, 'r'), 'URL', 'x')\n"
        "print(any('presidio' in name for name in sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "False" == done.stdout.strip()
