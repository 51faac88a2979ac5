"""References survive handwriting, dictation and bank statements; a slip never names another payment (B1)."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.reference import (
    ALPHABET,
    LENGTH,
    find_references,
    format_reference,
    is_valid,
    looks_like_reference,
    neighbours,
    new_reference,
    normalise,
)

CODES = st.builds(
    lambda body: next(body + check for check in ALPHABET if is_valid(body + check)),
    st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1),
)


def test_new_references_are_valid_and_differ() -> None:
    made = {new_reference() for _ in range(500)}
    assert len(made) == 500
    assert all(is_valid(code) and len(code) == 7 for code in made)


def test_no_symbol_looks_like_another() -> None:
    for look_alikes in ("0OQD", "1ILJ", "5S", "2Z", "8B", "6G", "UVY"):
        assert sum(symbol in ALPHABET for symbol in look_alikes) <= 1


@given(CODES)
def test_exactly_one_check_character_fits(code: str) -> None:
    assert [code[:-1] + check for check in ALPHABET if is_valid(code[:-1] + check)] == [code]


@given(CODES)
def test_every_single_wrong_character_is_seen(code: str) -> None:
    for position, symbol in itertools.product(range(LENGTH), ALPHABET):
        wrong = code[:position] + symbol + code[position + 1 :]
        assert wrong == code or not is_valid(wrong)


@given(CODES)
def test_every_two_swapped_characters_are_seen(code: str) -> None:
    for first, second in itertools.combinations(range(LENGTH), 2):
        symbols = list(code)
        symbols[first], symbols[second] = symbols[second], symbols[first]
        swapped = "".join(symbols)
        assert swapped == code or not is_valid(swapped)


@given(CODES, st.data())
def test_the_right_code_is_among_the_neighbours_of_a_slip(code: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, LENGTH - 1))
    symbol = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    assert code in {*neighbours(code[:position] + symbol + code[position + 1 :]), code}
    first, second = data.draw(st.tuples(st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1)))
    symbols = list(code)
    symbols[first], symbols[second] = symbols[second], symbols[first]
    assert code in {*neighbours("".join(symbols)), code}


@given(CODES)
def test_neighbours_are_valid_and_leave_the_code_itself_out(code: str) -> None:
    wrong = code[:-1] + next(symbol for symbol in ALPHABET if symbol != code[-1])
    found = list(neighbours(wrong))
    assert code in found
    assert wrong not in found
    assert all(is_valid(candidate) for candidate in found)


@pytest.mark.parametrize("text", ["", "K7M", "K7M3P9XX"])
def test_other_lengths_have_no_neighbours(text: str) -> None:
    assert list(neighbours(text)) == []


CODE = "K7M3P9" + next(check for check in ALPHABET if is_valid("K7M3P9" + check))
SHOWN = format_reference(CODE)


def test_shown_in_two_groups() -> None:
    assert format_reference("K7M3P9X") == "K7M-3P9X"


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        SHOWN,
        CODE.lower(),
        SHOWN.lower(),
        f"{CODE[:3]} {CODE[3:]}",
        f"  {CODE}\n",
        f"VIR SEPA MME DUPONT REF {CODE[:3].lower()} {CODE[3:].lower()} merci",
        f"VIREMENT DE M. MARTIN/{SHOWN}/PANIER",
        f"ref: {CODE}.",
        f"REF{CODE}",
        f"{CODE}PANIER",
        f"commande n° {SHOWN}, merci !",
        f"K 7 M 3 P 9 {CODE[-1]}",
        f"K7–M3—P9·{CODE[-1]}",
        f"Chèque n°4711 — réf. {SHOWN}",
    ],
)
def test_found_however_it_is_written(text: str) -> None:
    assert CODE in find_references(text)


@pytest.mark.parametrize("text", ["", "merci", "VIR SEPA MME DUPONT", "12,50 €", "4711", "réf. ?"])
def test_nothing_is_found_where_there_is_nothing(text: str) -> None:
    assert find_references(text) == []


def test_a_code_of_its_own_comes_before_one_that_is_there_by_chance() -> None:
    other = next(code for code in iter(new_reference, None) if code != CODE)
    assert find_references(f"X{other} {CODE}")[0] == CODE


def test_letters_never_used_are_read_as_what_they_resemble() -> None:
    code = next(code for code in iter(new_reference, None) if {"8", "5"} <= set(code))
    assert normalise(code.replace("8", "b").replace("5", "s")) == code
    assert find_references(code.replace("8", "B").replace("5", "S")) == [code]


@given(CODES, st.text(alphabet=" -.", max_size=3), st.integers(1, LENGTH - 1))
def test_separators_and_case_do_not_matter(code: str, separator: str, cut: int) -> None:
    written = (code[:cut] + separator + code[cut:]).lower()
    assert normalise(written) == code
    assert code in find_references(written)


@given(st.text(max_size=40))
def test_any_text_can_be_searched(text: str) -> None:
    assert all(is_valid(code) for code in find_references(text))


def test_what_looks_like_a_reference() -> None:
    assert looks_like_reference(SHOWN)
    assert looks_like_reference("abcdefg")
    assert not looks_like_reference("solde ?")
    assert not looks_like_reference(f"{SHOWN} 12")


@pytest.mark.parametrize(
    "code", ["", "K7M3P9", CODE + "2", CODE.lower(), CODE[:-1] + "O", "0000000", "K7M 3P9"]
)
def test_not_valid(code: str) -> None:
    assert not is_valid(code)
