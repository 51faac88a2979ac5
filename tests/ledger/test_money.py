"""Amounts as people type them become cents, or are asked again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import DIGITS, MAX_AMOUNT, InvalidAmount, currencies, exponent_of, line_amount, parse_amount


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12", 1200),
        ("12,5", 1250),
        ("12.5", 1250),
        ("12,50", 1250),
        ("12.50", 1250),
        ("12,50 €", 1250),
        ("12,50€", 1250),
        ("12,50\u00a0€", 1250),
        ("12,50\u202f€", 1250),
        ("12,50 EUR", 1250),
        ("12 euros", 1200),
        ("1 Euro", 100),
        ("  12,50  ", 1250),
        ("1 234,50", 123450),
        ("1\u202f234,50\u202f€", 123450),
        ("1\u00a0234,50", 123450),
        ("1 234 567,89", 123456789),
        ("1234,5", 123450),
        ("0", 0),
        ("0,01", 1),
        ("0,10", 10),
        ("007", 700),
        ("1 000 000 000", MAX_AMOUNT),
        ("€12", 1200),
        ("€ 12,50", 1250),
        ("EUR 12.50", 1250),
        ("12€50", 1250),
        ("12 € 50", 1250),
        ("12 euros 50", 1250),
        ("1 234€50", 123450),
        ("1.234,50", 123450),
        ("1.234,50 €", 123450),
        ("€1,234.50", 123450),
        ("1,234.5", 123450),
        ("1'234.50", 123450),
        ("1’234,50", 123450),
        ("1.234.567,89", 123456789),
        ("1,234,567.89", 123456789),
        ("1.234.567", 123456700),
        ("1,234,567", 123456700),
    ],
)
def test_read_as_typed(typed: str, cents: int) -> None:
    assert parse_amount(typed) == cents
    assert parse_amount(typed, signed=True) == cents


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "€",
        "douze",
        "12,345",
        "12.345",
        "1,2345",
        "1e3",
        "1E3",
        "0x10",
        "١٢",
        "１２",
        "१२",
        "²",
        "½",
        "1_000",
        "12,",
        ",5",
        ".5",
        "12,5,0",
        "12.5.0",
        "1,234",
        "1.234",
        "1.234,5,0",
        "1,234,50",
        "1.234.50",
        "1 234.567,89",
        "1'23",
        "12.34,50",
        "1 2",
        "12 34",
        "1 23",
        "1234 567",
        "1  234",
        "12€5",
        "12€500",
        "12,5€50",
        "€12€",
        "€12 EUR",
        "12 $",
        "£12",
        "12 CHF",
        "12f",
        "12,5 0",
        "12 , 5",
        "1\n2",
        "12\u20095",
        "nan",
        "inf",
        "1/2",
        "12-",
        "--12",
        "+-12",
        "(12)",
        "1 000 000 000,01",
        "9" * 13,
        "9" * 4000,
    ],
)
def test_asked_again(typed: str) -> None:
    for signed in (False, True):
        with pytest.raises(InvalidAmount) as refused:
            parse_amount(typed, signed=signed)
        assert refused.value.text == typed


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("-12,50", -1250),
        ("−12,50", -1250),
        ("- 12,50", -1250),
        ("-\u202f12,50 €", -1250),
        ("+12,50", 1250),
        ("+ 3", 300),
        ("-0", 0),
        ("-1 234", -123400),
        ("-€12", -1200),
        ("−12€50", -1250),
    ],
)
def test_a_sign_is_read_only_where_one_belongs(typed: str, cents: int) -> None:
    assert parse_amount(typed, signed=True) == cents
    with pytest.raises(InvalidAmount):
        parse_amount(typed)


def test_decimals_follow_the_currency() -> None:
    assert [exponent_of(currency) for currency in ("EUR", "CHF", "XPF", "TND")] == [2, 2, 0, 3]
    assert parse_amount("12 fr 50", currency="CHF") == 1250
    assert parse_amount("CHF 12.50", currency="CHF") == 1250
    assert parse_amount("1 500 F", currency="XPF") == 1500
    assert parse_amount("1.500.000", currency="XPF") == 1_500_000
    assert parse_amount("12,345", currency="TND") == 12345
    assert parse_amount("1.234,5 dt", currency="TND") == 1_234_500
    for typed, currency in (
        ("12,5", "XPF"),
        ("1.500", "XPF"),
        ("12 f 5", "XPF"),
        ("12€", "CHF"),
        ("12,3456", "TND"),
    ):
        with pytest.raises(InvalidAmount):
            parse_amount(typed, currency=currency)


def test_the_currencies_in_use_are_known_and_those_of_the_past_are_not() -> None:
    assert {"EUR", "CHF", "GBP", "USD", "CAD", "XPF", "XOF", "MAD", "TND", "JPY"} <= currencies()
    assert not currencies() & {"FRF", "DEM", "XXX", "XAU", "eur"}
    assert {exponent_of(currency) for currency in currencies()} == set(DIGITS)


CENTS = st.integers(-MAX_AMOUNT, MAX_AMOUNT)


@given(
    CENTS,
    st.sampled_from(".,"),
    st.sampled_from(["", " ", "\u00a0", "\u202f"]),
    st.sampled_from(["", " €", "€"]),
)
def test_what_is_written_is_read_back(cents: int, point: str, space: str, unit: str) -> None:
    whole, fraction = divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", space)
    text = f"{'-' if cents < 0 else ''}{grouped}{point}{fraction:02}{unit}"
    assert parse_amount(text, signed=True) == cents


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        cents = parse_amount(text)
    except InvalidAmount:
        return
    assert 0 <= cents <= MAX_AMOUNT
    assert any(digit in text for digit in "0123456789")


@pytest.mark.parametrize(
    ("price_cents", "quantity_milli", "amount_cents"),
    [
        (250, 3_000, 750),
        (1290, 350, 452),  # 4.515: half goes up
        (1290, 349, 450),  # 4.5021
        (333, 500, 167),  # 1.665
        (1, 499, 0),
        (1, 500, 1),
        (0, 1_000, 0),
        (MAX_AMOUNT, 1_000_000, MAX_AMOUNT * 1_000),
    ],
)
def test_a_line_is_rounded_half_up(price_cents: int, quantity_milli: int, amount_cents: int) -> None:
    assert line_amount(price_cents, quantity_milli) == amount_cents


@given(st.integers(0, 10**7), st.integers(0, 10**6))
def test_a_line_is_never_off_by_more_than_half_a_cent(price_cents: int, quantity_milli: int) -> None:
    exact = price_cents * quantity_milli
    assert -500 < line_amount(price_cents, quantity_milli) * 1000 - exact <= 500
