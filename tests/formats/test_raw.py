import pytest

from gateway.formats import stands_in


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("value", ["13912345678", "Emily.Carter@x.com", "内部项目代号"])
def test_a_value_is_found_in_bytes_in_each_common_encoding(value, encoding):
    assert stands_in(b"\x00\x01" + value.upper().encode(encoding) + b"\x00\x02", [value])


def test_a_value_within_a_longer_one_does_not_count():
    assert not stands_in(b"order 5139123456780 here", ["13912345678"])
    assert stands_in(b"order 5139123456780, tel 13912345678.", ["13912345678"])


@pytest.mark.parametrize("value", ["1", "Sheet1", "content", "张伟"])
def test_short_values_and_single_words_are_left_to_the_readers(value):
    assert not stands_in(f"<{value}>".encode(), [value])
