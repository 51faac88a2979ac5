"""What the fonts lack is seen to be missing; what is read from right to left is drawn that way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.exports.paper import FONTS, glyphs
from ledger.exports.printable import MARK, as_seen, printable


def test_the_fonts_have_what_french_and_our_lists_need() -> None:
    for character in "éèêëàâçîïôöùûüÿœæÉÈÀÇŒÆ€’«»–—…\u00a0\u202f☐☑×·" + MARK:
        assert ord(character) in glyphs(), character


def test_the_licence_lies_beside_the_fonts() -> None:
    assert "Bitstream" in (FONTS / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Zoé Bœuf", "Zoé Bœuf"),
        ("3\u202f012,35\u00a0€", "3\u202f012,35\u00a0€"),
        ("🍅 Léa", f"{MARK} Léa"),
        ("👩‍🌾👨🏽‍🌾 Léa", f"{MARK} Léa"),
        ("❤️ Léa", "❤ Léa"),
        ("漢字", MARK),
        ("a\x00b\u202ec", "abc"),
        ("Zoe\u0301", "Zoé"),
        ("  two\nlines ", "two lines"),
    ],
)
def test_text_is_what_can_be_printed(text: str, printed: str) -> None:
    assert printable(text, glyphs()) == printed


def test_long_text_is_cut_and_says_so() -> None:
    assert printable("A" * 500, glyphs(), 20) == "A" * 19 + "…"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Marie", "Marie"),
        ("אבג", "גבא"),
        ("אב גד", "דג בא"),
        ("דוד Cohen", "דוד"[::-1] + " Cohen"),
        ("Cohen דוד (2)", "Cohen " + "דוד"[::-1] + " (2)"),
        ("רחוב 12 א", "א 12 בוחר"),
        ("(אב) ג", "(ג (בא"),
    ],
)
def test_right_to_left_words_are_turned(text: str, seen: str) -> None:
    assert as_seen(text) == seen


def test_accents_stay_on_their_letters() -> None:
    assert as_seen("ש\u05c1ל") == "לש\u05c1"


@given(st.text(max_size=60))
def test_nothing_but_glyphs_is_left(text: str) -> None:
    printed = printable(text, glyphs())
    assert all(ord(character) in glyphs() for character in printed)
