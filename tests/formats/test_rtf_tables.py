"""RTF tables and tracked changes: cells know their column and row, and each reading is read."""

from gateway.formats import open_document
from gateway.model import Hint, Role

HINT = Hint("a.rtf")


def rows(*rows):
    return "".join(
        "\\trowd\\cellx100\\cellx200\\pard\\intbl " + "".join(f"{c}\\cell " for c in r) + "\\row"
        for r in rows
    )


def segments(body):
    return open_document(f"{{\\rtf1\\ansi {body}}}".encode(), HINT).segments()


def context_of(body, text):
    (context,) = {s.context for s in segments(body) if s.text == text}
    return context


TABLE = rows(("Name", "Telephone"), ("Zhang Wei", "5551234"), ("Li Na", "5559876"))


def test_a_cell_knows_the_head_of_its_column_and_the_label_of_its_row():
    assert ("Telephone", "Li Na") == context_of(TABLE, "5559876")
    assert ("Name",) == context_of(TABLE, "Li Na")


def test_the_first_row_has_no_context():
    assert () == context_of(TABLE, "Telephone")


def test_a_first_row_of_data_is_no_head():
    assert () == context_of(rows(("5551234", "a@b.example"), ("5559876", "x")), "x")


def test_text_between_two_tables_ends_the_first():
    body = TABLE + "\\pard between\\par " + rows(("City", "Code"), ("Rome", "00100"))
    assert ("Code", "Rome") == context_of(body, "00100")
    assert () == context_of(body, "between")


def test_all_paragraphs_of_a_cell_stand_in_its_column():
    body = rows(("Name", "Telephone"), ("Li Na", "one\\par two"))
    assert ("Telephone", "Li Na") == context_of(body, "two")


def test_what_was_typed_in_between_is_read_around():
    texts = [s.text for s in segments("Zhang {\\revised X. }Wei\\par")]
    assert ["Zhang X. Wei", "Zhang Wei"] == texts


def test_inserted_and_deleted_text_are_each_left_out_once():
    found = segments("a{\\revised b}{\\deleted c}d\\par")
    assert ["abcd", "abd", "acd"] == [s.text for s in found]
    assert [Role.BODY, Role.HIDDEN, Role.HIDDEN] == [s.role for s in found]


def test_a_destination_after_many_idle_words_is_still_one():
    body = "\\ltrpar\\rin0 a{\\*\\author1 x}{\\ltrch\\fcs0 b{\\*\\bkmkstart mark}}\\par"
    assert {"ab", "mark"} <= {s.text for s in segments(body)}


def test_idle_words_end_what_stands_beside_a_unicode_character():
    assert ["\u5f20xy"] == [s.text for s in segments("\\u24352\\widctlpar xy\\par")]
