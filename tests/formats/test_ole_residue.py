"""Text between records: found in every encoding that Office uses, numbers left alone."""

import random

import pytest

from gateway.detect import ValueMatcher
from gateway.formats._ole.residue import searched, text_runs

TEXTS = {
    "Emily Carter": "utf-16-le",
    "张伟的地址": "utf-16-le",
    "Zoë Müller": "utf-16-le",
    "Иван Петров": "utf-16-le",
    "김민수입니다": "utf-16-le",
    "emily.carter@example.com": "cp1252",
    "北京市朝阳区": "gb18030",
}


@pytest.mark.parametrize(("text", "codec"), TEXTS.items())
@pytest.mark.parametrize("shift", [0, 1])
def test_text_between_zeros_is_found_where_it_stands(text, codec, shift):
    raw = text.encode(codec)
    data = bytes(40 + shift) + raw + bytes(41)
    (run,) = text_runs(data)
    assert (text, raw) == (run.text, data[run.start : run.end])


def test_a_short_name_is_found_when_its_length_stands_before_it():
    raw = b"\x02\0" + "张伟".encode("utf-16-le") + b"\xff\xff"
    assert ["张伟"] == [run.text for run in text_runs(raw)]


@pytest.mark.parametrize("codec", ["utf-16-le", "cp1252"])
@pytest.mark.parametrize("before", [b"\x01\x02", b"\x0c\0", b"\xc1", b"\x0c", b"\0"])
def test_a_number_before_a_text_does_not_hide_its_first_word(before, codec):
    data = bytes(8) + before + "Emily Carter".encode(codec) + b"\0\0"
    matcher = ValueMatcher(["Emily Carter"])
    assert any(matcher.find(run.text) for run in text_runs(data))
    assert any(matcher.find(view) for view in searched(data))


def test_runs_are_where_they_say():
    data = random.Random(5).randbytes(20_000) + "Emily Carter".encode("utf-16-le")
    for run in text_runs(data):
        assert run.text == data[run.start : run.end].decode(run.codec)


def test_random_bytes_hold_hardly_any_text():
    data = random.Random(6).randbytes(100_000)
    assert 2_000 > sum(len(run.text) for run in text_runs(data))


@pytest.mark.parametrize(("text", "codec"), TEXTS.items())
def test_the_verifier_sees_text_in_the_midst_of_random_bytes(text, codec):
    noise = random.Random(7).randbytes(501)
    data = noise + text.encode(codec) + noise
    assert any(text in view for view in searched(data))
