"""How names are cleaned and compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.catalogue.names import clean_text, name_key


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
    ],
)
def test_text_becomes_one_visible_line(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean
