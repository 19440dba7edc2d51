"""Company suffixes, titles, greetings, labels and addresses: what a document says by its form."""

import pytest

from recognizers.names.latin_addresses import addresses, joined_addresses
from recognizers.names.latin_labels import label_prefix, labelled_cell
from recognizers.names.latin_rules import like_a_person, ruled
from recognizers.names.latin_spans import Found, in_code, is_acronym, is_plain, tidy, united


def rules(text: str) -> set[tuple[str, str]]:
    found = (tidy(text, one) for one in ruled(text))
    return {(one.label, text[one.start : one.end]) for one in found if one}


def places(text: str) -> list[str]:
    spans = [kept for one in addresses(text) if (kept := tidy(text, one))]
    return [text[one.start : one.end] for one in joined_addresses(text, united(text, spans))]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("between XYLA HOLDINGS, INC., a Delaware corporation", "XYLA HOLDINGS, INC."),
        ("and Quonset Partners LLC (the Lender)", "Quonset Partners LLC"),
        ("die Brückner Maschinenbau GmbH & Co. KG in Ulm", "Brückner Maschinenbau GmbH & Co. KG"),
        ("by Bank of Xanadu, N.A. as agent", "Bank of Xanadu, N.A."),
        ("con Industrias Xalapa S.A. de C.V. de", "Industrias Xalapa S.A. de C.V."),
        ("Kuura Logistiikka Oy toimitti", "Kuura Logistiikka Oy"),
        ("at Smith & Wollo Ltd.", "Smith & Wollo Ltd."),
        ("The Xyla Trading Company", "Xyla Trading Company"),
        ("with Tanjong Pte. Ltd. today", "Tanjong Pte. Ltd."),
        ("the seller Ardoise Capital S.à r.l., a", "Ardoise Capital S.à r.l."),
        (
            "Wexmoor Trust Company, National Association, as",
            "Wexmoor Trust Company, National Association",
        ),
        ("By: none\n\nCREDIT XYLIEN BANQUE, as a Lender\nBy: none", "CREDIT XYLIEN BANQUE"),
    ],
)
def test_a_company_suffix_closes_the_name_of_a_company(text, name) -> None:
    assert ("ORGANIZATION", name) in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "the Company shall pay",
        "THE COMPANY AND THE BANK",
        "a limited liability company",
        "Such Corporation is liable.",
        "Best\nCompany: none",
        "Co. Ltd.",
        "sold AS IS",
        "we are partners",
    ],
)
def test_a_role_is_no_company(text) -> None:
    assert set() == rules(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mr Okonjo said", "Okonjo"),
        ("Dr. Ana Quill-Reyes", "Ana Quill-Reyes"),
        ("Sehr geehrter Herr Zörgiebel,", "Zörgiebel"),
        ("Mme Lefèvre arrive", "Lefèvre"),
        ("Herrn Dr. Xaver Huber", "Xaver Huber"),
        ("Dear Priya,", "Priya"),
        ("Hola Ximena, ", "Ximena"),
        ("Best regards,\nTomasz Wrona", "Tomasz Wrona"),
        ("Mit freundlichen Grüßen\n\nUlrike Meyer", "Ulrike Meyer"),
        ("From: Wei Chen <w.chen@example.com>", "Wei Chen"),
        ("Contact person: Amara Diallo, Sales", "Amara Diallo"),
        ("Nombre: Gonzalo Castro", "Gonzalo Castro"),
        ("By: /s/ Harriet Vane", "Harriet Vane"),
    ],
)
def test_titles_greetings_closings_and_labels_name_a_person(text, name) -> None:
    assert ("PERSON", name) in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "Dear Customer,",
        "Dear Sir or Madam,",
        "Hi Team,",
        "Best regards,\nCustomer Service",
        "Name: lodash",
        "name: my-package",
        "Name: Quarterly Report",
        "Sr Manager",
        "Contact: None",
        "Author: N/A",
        "Dr is a title",
    ],
)
def test_what_is_no_name_behind_a_label_or_a_greeting(text) -> None:
    assert set() == rules(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            "at 742 Oak Terrace, Apt. 4, Fairmont, IL 62704.",
            "742 Oak Terrace, Apt. 4, Fairmont, IL 62704",
        ),
        ("to PO Box 1234, Fairmont, IL 62704", "PO Box 1234, Fairmont, IL 62704"),
        ("Hauptstraße 12, 10115 Berlin", "Hauptstraße 12, 10115 Berlin"),
        ("12 rue de la Paix, 75002 Paris", "12 rue de la Paix, 75002 Paris"),
        ("10 Station Road, Leeds LS1 4DY", "10 Station Road, Leeds LS1 4DY"),
        ("Via Roma 10, 00184 Roma (RM)", "Via Roma 10, 00184 Roma (RM)"),
        ("ul. Długa 5/7, 00-238 Warszawa", "ul. Długa 5/7, 00-238 Warszawa"),
        ("Calle Mayor 5, 28013 Madrid", "Calle Mayor 5, 28013 Madrid"),
        ("Keizersgracht 10, 1015 CS Amsterdam", "Keizersgracht 10, 1015 CS Amsterdam"),
        ("Storgatan 5, 111 22 Stockholm", "Storgatan 5, 111 22 Stockholm"),
        (
            "350 Fifth Avenue, Suite 300\nFairmont, NY 10118",
            "350 Fifth Avenue, Suite 300\nFairmont, NY 10118",
        ),
    ],
)
def test_an_address_is_found_whole(text, value) -> None:
    assert [value] == places(text)


@pytest.mark.parametrize(
    "text",
    [
        "12 items in a box",
        "Chapter 5 Section 3",
        "version 3.4 Way better",
        "$500 Drive",
        "10 Downing",
    ],
)
def test_a_number_beside_a_word_is_no_address(text) -> None:
    assert [] == places(text)


@pytest.mark.parametrize(
    ("text", "others", "expected"),
    [
        (
            "Oak Street 5, 12345 Xville. Ulm is far.",
            ["Xville", "Ulm"],
            "Oak Street 5, 12345 Xville",
        ),
        ("Oak Street 5, Xville", ["Xville"], "Oak Street 5"),
        ("Oak Street 5, 12345 Xville", ["12345", "Xville"], "Oak Street 5"),
    ],
)
def test_an_address_takes_the_town_behind_it_with_its_postcode(text, others, expected) -> None:
    spans = [Found(0, 12, "ADDRESS", 0.7)]
    spans += [Found(text.find(one), text.find(one) + len(one), "LOCATION", 0.6) for one in others]
    first = joined_addresses(text, spans)[0]
    assert (expected, "ADDRESS") == (text[first.start : first.end], first.label)


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("if len(made) != 3:", "len", True),
        ("def fields(self) -> Path:", "Path", True),
        ('name = "Emily"', "Emily", False),
        ("Emily (the owner) said", "Emily", False),
        ("I met Emily.", "Emily", False),
    ],
)
def test_a_word_in_a_line_of_a_program_is_no_name(text, word, expected) -> None:
    start = text.find(word)
    assert expected is in_code(text, Found(start, start + len(word), "PERSON", 0.8))


def cell(value: str, labels: str) -> list[tuple[str, str]]:
    found = labelled_cell(value, 0, len(value), labels)
    return [(one.label, value[one.start : one.end]) for one in found]


@pytest.mark.parametrize(
    ("label", "value", "entity"),
    [
        ("first name", "Priya", "PERSON"),
        ("last name", "Li", "PERSON"),
        ("customer", "Amara Diallo", "PERSON"),
        ("customers | contact person", "emily carter", "PERSON"),
        ("kunde", "Ulrike Meyer", "PERSON"),
        ("nombre", "Gonzalo Castro", "PERSON"),
        ("company", "Xyla", "ORGANIZATION"),
        ("billing address", "5 Oak St", "ADDRESS"),
    ],
)
def test_a_short_cell_is_what_its_label_says(label, value, entity) -> None:
    assert [(entity, value)] == cell(value, label)


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("name", "lodash"),
        ("name", "my-package"),
        ("name", "Quarterly Report"),
        ("file name", "Emily Carter"),
        ("product name", "Emily"),
        ("host name", "Carter"),
        ("customer", "12345"),
        ("customer", "N/A"),
        ("amount", "Emily Carter"),
        ("ip address", "10.0.0.1"),
        ("email address", "a@example.com"),
        ("name", "utils_2"),
        ("name", ""),
    ],
)
def test_a_cell_that_is_no_name_stays(label, value) -> None:
    assert [] == cell(value, label)


def test_the_nearest_label_stands_before_a_cell() -> None:
    assert "Contact: " == label_prefix("customers | contact")
    assert "" == label_prefix("")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Emily Carter", True),
        ("Wei", True),
        ("Payment Terms", False),
        ("Monday", False),
        ("R2 D2", False),
    ],
)
def test_what_looks_like_a_person(value, expected) -> None:
    assert expected is like_a_person(value)


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("Mr. Emily Carter,", "PERSON", "Emily Carter"),
        ("Emily Carter's", "PERSON", "Emily Carter"),
        ("Dr", "PERSON", None),
        ("the Borrower", "ORGANIZATION", None),
        ("The Xyla Group", "ORGANIZATION", "Xyla Group"),
        ("Emily Carter said", "PERSON", "Emily Carter"),
        ("that treaty", "PERSON", None),
        ("van Oirschot", "PERSON", "van Oirschot"),
        ("Xyla Inc.", "ORGANIZATION", "Xyla Inc."),
        ("Monday", "PERSON", None),
        ("***", "LOCATION", None),
    ],
)
def test_a_span_is_trimmed_to_the_name(text, label, expected) -> None:
    kept = tidy(text, Found(0, len(text), label, 0.8))
    assert expected == (text[kept.start : kept.end] if kept else None)


def test_overlapping_spans_become_one_that_covers_both() -> None:
    spans = [
        Found(5, 9, "PERSON", 0.6),
        Found(0, 7, "ORGANIZATION", 0.8),
        Found(9, 12, "PERSON", 0.7),
    ]
    assert [Found(0, 9, "ORGANIZATION", 0.8), Found(9, 12, "PERSON", 0.7)] == united(
        "Emily Carter", spans
    )


@pytest.mark.parametrize(
    "value",
    [
        "160/105mmHg",
        "A2/C",
        "Q2 2024,North,11873",
        "Bisoprolol 2.5 mg",
        "Order 88-20417-B",
        "AB-1140",
    ],
)
def test_a_dose_a_row_or_a_mark_is_no_address(value) -> None:
    assert tidy(value, Found(0, len(value), "ADDRESS", 0.7)) is None


def test_an_address_ends_before_whom_it_is_for() -> None:
    text = "22 Harbour Road, Bristol BS1 5TY Attention: General Counsel"
    found = tidy(text, Found(0, 42, "ADDRESS", 0.7))
    assert found is not None
    assert text[: found.end] == "22 Harbour Road, Bristol BS1 5TY"


@pytest.mark.parametrize(
    "text",
    ["The Old Mill, 4 High Street, Ashby LE65 1AB", "One Pier Wharf, 9th Floor, Boston, MA 02129"],
)
def test_named_houses_and_numbers_in_words_belong_to_the_address(text) -> None:
    assert [text] == places(text)


@pytest.mark.parametrize("value", ["$A$1", "Map<Key", "HXMOLJWXGcFK"])
def test_program_text_is_no_person(value) -> None:
    assert tidy(value, Found(0, len(value), "PERSON", 0.7)) is None


def test_plain_words_that_were_hardly_taken_for_a_name_are_none() -> None:
    text = "Quick Search"
    assert is_plain(text, Found(0, len(text), "ORGANIZATION", 0.55))
    assert not is_plain(text, Found(0, len(text), "ORGANIZATION", 0.8))
    assert not is_plain("Emily Search", Found(0, 12, "ORGANIZATION", 0.55))


def test_capitals_that_no_list_has_are_no_person() -> None:
    assert is_acronym("RGB", Found(0, 3, "PERSON", 0.7))
    assert not is_acronym("LEE", Found(0, 3, "PERSON", 0.7))
