"""An adopted recogniser whose check knows no check digit leaves the score to its pattern."""

import pytest
from presidio_analyzer import EntityRecognizer
from presidio_analyzer.predefined_recognizers import ZaVatNumberRecognizer

from recognizers.modest import Modest


def test_a_shape_alone_does_not_get_the_full_score() -> None:
    (found,) = Modest("ZaVatNumberRecognizer").analyze("4123456789", ["ZA_VAT_NUMBER"])
    assert (0, 10) == (found.start, found.end)
    assert found.score < EntityRecognizer.MAX_SCORE


def test_the_adopted_recogniser_alone_gives_the_full_score() -> None:
    (found,) = ZaVatNumberRecognizer().analyze("4123456789", ["ZA_VAT_NUMBER"])
    assert EntityRecognizer.MAX_SCORE == found.score


@pytest.mark.parametrize("text", ["99 A 123", "00 AB 1234"])
def test_what_the_check_refuses_is_none(text: str) -> None:
    assert [] == Modest("TrLicensePlateRecognizer").analyze(text, ["TR_LICENSE_PLATE"])
