"""How names are cleaned and compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.names import by_name, clean_name, clean_text, is_found, name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Œufs frais", "  oeufs   FRAIS "),
        ("Pâté de campagne", "PATE DE CAMPAGNE"),
        ("Pain d’épices", "pain d'epices"),
        ("Crème\u00a0fraîche", "creme fraiche"),
        ("Cafe\u0301", "café"),
        ("Pommes\u2013poires", "pommes-poires"),
        ("STRASSE", "straße"),
        ("ﬁgues", "figues"),
        ("Miel\u200b", "miel"),
        ("Miel\nde lavande", "miel de lavande"),
    ],
)
def test_two_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("Pomme", "Pommes"), ("Miel 500 g", "Miel 250 g"), ("か", "が"), ("कि", "का"), ("a-b", "ab")],
)
def test_different_names_keep_different_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(st.text())
def test_a_key_of_a_key_is_the_key(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


@given(st.text())
def test_cleaning_changes_no_key_and_cleans_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert name_key(clean_text(text)) == name_key(text)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  a \t b\u00a0c\u202fd\r\ne ", "a b c d e"),
        ("bell\x07 and nul\x00", "bell and nul"),
        ("\u202e12,35 €\u202c", "12,35 €"),
        ("e\u0301te\u0301", "été"),
        ("=1+1", "=1+1"),
        ("<b>&\"'", "<b>&\"'"),
        ("Ma\u200drie \u200d\u3164", "Marie"),
        ("e\u200d\u0301", "é"),
        ("👩\u200d🌾 Anne", "👩\u200d🌾 Anne"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_text_becomes_one_visible_line(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("Ma\u202erie", "Marie"),
        ("An\u200bne\x00\u2066", "Anne"),
        ("\u200b\u2060 \u3164", "#0042"),
        ("\u0301", "#0042"),
        ("", "#0042"),
        ("🍎", "🍎"),
    ],
)
def test_a_name_that_cannot_be_read_is_a_number(raw: str, kept: str) -> None:
    assert clean_name(raw, 70_042) == clean_name(raw, -70_042) == kept


def test_names_stand_as_in_a_dictionary() -> None:
    names = ["Zoé", "Œillet", "olive", "Émile", "emile", "Eric", "élan", "Denis", "Ôtéro", "Emile", "fanny"]
    expected = [
        "Denis",
        "élan",
        "Emile",
        "emile",
        "Émile",
        "Eric",
        "fanny",
        "Œillet",
        "olive",
        "Ôtéro",
        "Zoé",
    ]
    assert by_name(names, str) == by_name(reversed(names), str) == expected


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("elodie", True),
        ("LÉ", True),
        ("lemaitre élodie", True),
        ("Élodie le", True),
        ("lodi tre", True),
        ("élodie dupont", False),
        ("", False),
        ("\u200b", False),
    ],
)
def test_a_name_is_found_by_its_parts_in_any_order(wanted: str, found: bool) -> None:
    assert is_found(wanted, "Élodie Lemaître") is found
