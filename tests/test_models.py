"""Models that the user has join the recognisers."""

from pathlib import Path

import pytest
import spacy

from gateway.detect import Detector
from gateway.errors import PolicyError
from gateway.model import DetectionOptions, Segment
from recognizers.models import SpacyModel

ENTRY = """
- name: firms' own model
  entity: [PERSON, ORGANIZATION]
  class: recognizers.models.SpacyModel
  arguments: {{model: '{model}', entities: {{HUMAN: PERSON, FIRM: ORGANIZATION}}}}
  examples: {{positive: ['«Zork» called'], negative: ['nobody called']}}
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real spaCy pipeline, with a ruler in place of learnt weights."""
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns(
        [{"label": "HUMAN", "pattern": "zork"}, {"label": "FIRM", "pattern": "blarg works"}]
    )
    folder = tmp_path_factory.mktemp("spacy") / "model"
    pipeline.to_disk(folder)
    return folder


def test_a_model_that_the_user_names_finds_with_the_others(tmp_path: Path, model: Path) -> None:
    (tmp_path / "own.yaml").write_text(ENTRY.format(model=model.as_posix()))
    text = "yes zork wrote to a@example.com for blarg works"
    found = Detector(DetectionOptions(), tmp_path).find([Segment(text, "x"), Segment("zork", "y")])
    assert [
        ("PERSON", 0, "zork"),
        ("EMAIL_ADDRESS", 0, "a@example.com"),
        ("ORGANIZATION", 0, "blarg works"),
        ("PERSON", 1, "zork"),
    ] == [(f.entity, f.segment, [text, "zork"][f.segment][f.start : f.end]) for f in found]


def test_a_text_longer_than_a_pipeline_takes_is_cut_between_words(model: Path) -> None:
    recognizer = SpacyModel(str(model), {"HUMAN": "PERSON"})
    text = "zork and " * 3000
    assert 3000 == len(recognizer.analyze(text, []))


def test_a_model_that_is_not_there_is_named_and_nothing_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(ENTRY.format(model="no_such_model"))
    with pytest.raises(PolicyError, match="firms' own model"):
        Detector(DetectionOptions(), tmp_path)
