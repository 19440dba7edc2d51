"""The XML list that ends an upload in parts: read as it is meant, changed only where it must be."""

import hashlib

import pytest

from gateway.services.uploads import Refused
from gateway.services.uploads.listing import Placed, listed, rewritten
from gateway.services.uploads.schema import Listing

S3 = Listing(item="Part", part="PartNumber", called="ETag", digests={"Sum": "sha256:hex"})
AZURE = Listing(item="Latest|Uncommitted")
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def s3_list(*parts, namespace=NAMESPACE):
    items = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag><Sum>{total}</Sum></Part>"
        for number, etag, total in parts
    )
    return f'<Complete xmlns="{namespace}">{items}</Complete>'.encode()


def total(data):
    return hashlib.sha256(data).hexdigest()


def test_numbers_and_names_are_read_in_their_order():
    assert ["2", "10"] == listed(S3, s3_list((2, "a", "b"), (10, "c", "d")))
    body = b"<BlockList><Latest>Yg==</Latest><Uncommitted>YQ==</Uncommitted></BlockList>"
    assert ["Yg==", "YQ=="] == listed(AZURE, body)


@pytest.mark.parametrize("quote", ["", '"', "&quot;"])
def test_a_list_that_is_right_stays_the_same_object(quote):
    body = s3_list((1, f"{quote}e1{quote}", total(b"x")))
    assert body is rewritten(S3, body, [Placed('"e1"', b"x")])


def test_what_is_not_right_is_changed_and_nothing_else():
    body = s3_list((1, '"e1"', total(b"x")), (2, '"e2"', total(b"y")))
    parts = [Placed('"e1"', b"x"), Placed('"new"', b"z")]
    expected = s3_list((1, '"e1"', total(b"x")), (2, '"new"', total(b"z")))
    assert expected in rewritten(S3, body, parts)


def test_parts_that_are_no_longer_needed_are_left_out():
    body = s3_list((1, "e1", total(b"x")), (2, "e2", total(b"y")))
    assert s3_list((1, "e1", total(b"x"))) in rewritten(S3, body, [Placed("e1", b"x")])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<BlockList/>",
        b"<BlockList><Latest/></BlockList>",
        b"<BlockList><Latest>a</Latest><Committed>b</Committed></BlockList>",
        b"<BlockList><Latest>a</Latest><Latest>a</Latest></BlockList>",
        b"<BlockList><Latest>a<b/></Latest></BlockList>",
        b'<!DOCTYPE l [<!ENTITY e "a">]><BlockList><Latest>&e;</Latest></BlockList>',
        b"<BlockList><!-- a comment --><Latest>a</Latest></BlockList>",
    ],
)
def test_what_cannot_be_read_or_names_something_else_is_refused(body):
    with pytest.raises(Refused):
        listed(AZURE, body)
