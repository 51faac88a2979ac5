"""One cell at a time: what is read, and the reason given for what is not."""

import datetime

import pytest

from ledger.catalogue import cells
from ledger.catalogue.cells import CellValue
from ledger.catalogue.rows import CellError, ProblemReason

R = ProblemReason


def reason(read: object, *arguments: object) -> ProblemReason:
    with pytest.raises(CellError) as caught:
        read(*arguments)  # type: ignore[operator]
    return caught.value.reason


@pytest.mark.parametrize(
    ("value", "price"),
    [
        ("3,20", 320),
        ("3.20", 320),
        ("3,2", 320),
        ("3", 300),
        ("3,20 €", 320),
        ("3,20\u00a0€", 320),
        ("1 234,50", 123450),
        ("1,234.50", 123450),
        ("1.234,50", 123450),
        ("€3.20", 320),
        ("1\u00a0234,50", 123450),
        ("1\u202f234,50\u202f€", 123450),
        ("12.35 EUR", 1235),
        ("0,01", 1),
        ("100000", 10_000_000),
        (3.2, 320),
        (12.35, 1235),
        (3.1999999999999997, 320),
        (0.1 + 0.2, 30),
        (1.1 * 3, 330),
        (12, 1200),
        (100000.0, 10_000_000),
    ],
)
def test_prices(value: CellValue, price: int) -> None:
    assert cells.read_price(value, "EUR") == price


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", R.MISSING),
        (None, R.MISSING),
        ("   ", R.MISSING),
        ("cinq", R.UNREADABLE),
        ("3,20 €/kg", R.UNREADABLE),
        ("1e3", R.UNREADABLE),
        ("+3,20", R.UNREADABLE),
        ("١٢", R.UNREADABLE),
        ("=3,2", R.UNREADABLE),
        ("3..2", R.UNREADABLE),
        ("12,345", R.TOO_MANY_DECIMALS),
        ("3,2000 €", R.TOO_MANY_DECIMALS),
        (12.345, R.TOO_MANY_DECIMALS),
        (3.2000001, R.TOO_MANY_DECIMALS),
        (1 / 3, R.TOO_MANY_DECIMALS),
        ("0", R.NOT_POSITIVE),
        ("0,00", R.NOT_POSITIVE),
        (0.0, R.NOT_POSITIVE),
        ("-3,20", R.NOT_POSITIVE),
        ("−3,20", R.NOT_POSITIVE),
        (-3.2, R.NOT_POSITIVE),
        ("100000,01", R.OUT_OF_RANGE),
        (1e9, R.OUT_OF_RANGE),
        ("999999999", R.OUT_OF_RANGE),
        (1e300, R.UNREADABLE),
        (1e-7, R.UNREADABLE),
        (float("nan"), R.UNREADABLE),
        (float("inf"), R.UNREADABLE),
        (True, R.IS_A_BOOLEAN),
        (datetime.date(2025, 3, 20), R.IS_A_DATE),
        (datetime.datetime(2025, 3, 20, 12, tzinfo=datetime.UTC), R.IS_A_DATE),
        (datetime.time(3, 20), R.IS_A_DATE),
        (datetime.timedelta(hours=30), R.IS_A_DATE),
        ("#REF!", R.FORMULA_ERROR),
        ("#N/A", R.FORMULA_ERROR),
        ("#VALEUR!", R.FORMULA_ERROR),
        ("#DIV/0!", R.FORMULA_ERROR),
        ("#NOM?", R.FORMULA_ERROR),
        ("######", R.FORMULA_ERROR),
    ],
)
def test_what_is_no_price(value: CellValue, why: ProblemReason) -> None:
    assert reason(cells.read_price, value, "EUR") is why


def test_prices_have_the_decimals_of_the_currency() -> None:
    assert cells.read_price("1 200", "XPF") == 1200
    assert reason(cells.read_price, "12,5", "XPF") is R.TOO_MANY_DECIMALS
    assert cells.read_price("1,234", "TND") == 1234
    assert reason(cells.read_price, "100001", "XPF") is R.OUT_OF_RANGE


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        ("", 550),
        (None, 550),
        ("5,5", 550),
        ("5.5 %", 550),
        ("5,5%", 550),
        ("5,50\u00a0%", 550),
        ("20", 2000),
        ("2,1", 210),
        ("0", 0),
        ("0 %", 0),
        ("0,055", 550),
        ("0,9", 90),
        ("0,3 %", 30),
        ("30", 3000),
        (0.055, 550),
        (0.05500000000000001, 550),
        (0.2, 2000),
        (0.021, 210),
        (0.0, 0),
        (5.5, 550),
        (20, 2000),
        (10.0, 1000),
    ],
)
def test_vat_rates(value: CellValue, rate: int) -> None:
    assert cells.read_vat(value) == rate


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("normale", R.UNREADABLE),
        ("%", R.UNREADABLE),
        ("5,5 % TTC", R.UNREADABLE),
        ("-5,5", R.OUT_OF_RANGE),
        ("30,01", R.OUT_OF_RANGE),
        ("55", R.OUT_OF_RANGE),
        (0.5, None),
        (0.4, R.OUT_OF_RANGE),
        ("5,555", R.TOO_MANY_DECIMALS),
        (0.05555, R.TOO_MANY_DECIMALS),
        (True, R.IS_A_BOOLEAN),
        ("#REF!", R.FORMULA_ERROR),
        ("9" * 400, R.UNREADABLE),
    ],
)
def test_what_is_no_vat_rate(value: CellValue, why: ProblemReason | None) -> None:
    if why is None:
        assert cells.read_vat(value) == 50  # half a percent, not half of everything
    else:
        assert reason(cells.read_vat, value) is why


@pytest.mark.parametrize(
    ("value", "milli"),
    [
        ("", None),
        (None, None),
        ("illimité", None),
        ("Unlimited", None),
        ("0", 0),
        ("12", 12_000),
        ("35,5", 35_500),
        ("0.125", 125),
        ("1 200", 1_200_000),
        ("2,500", 2_500),
        (12.0, 12_000),
        (0.1 + 0.2, 300),
        ("1000000", 10**9),
    ],
)
def test_stocks(value: CellValue, milli: int | None) -> None:
    assert cells.read_stock(value) == milli


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("beaucoup", R.UNREADABLE),
        ("12 kg", R.UNREADABLE),
        ("1,2,3", R.UNREADABLE),
        ("-1", R.NEGATIVE),
        (-0.5, R.NEGATIVE),
        ("0,1234", R.TOO_MANY_DECIMALS),
        ("1000000,001", R.OUT_OF_RANGE),
        ("#REF!", R.FORMULA_ERROR),
        (datetime.date(2025, 1, 2), R.IS_A_DATE),
    ],
)
def test_what_is_no_stock(value: CellValue, why: ProblemReason) -> None:
    assert reason(cells.read_stock, value) is why


@pytest.mark.parametrize("value", ["oui", "Oui", "x", "X", "1", 1.0, "yes", "vrai", "TRUE", True, "✓"])
def test_weighed(value: CellValue) -> None:
    assert cells.read_weighed(value, "pièce") is True


@pytest.mark.parametrize("value", ["non", "NON", "0", 0.0, "no", "faux", "false", False, "-"])
def test_not_weighed(value: CellValue) -> None:
    assert cells.read_weighed(value, "kg") is False


@pytest.mark.parametrize(
    ("unit", "weighed"),
    [
        ("kg", True),
        ("KG", True),
        ("Kilo", True),
        ("au kg", True),
        ("le kg", True),
        ("Au  Kilo", True),
        ("kg.", True),
        ("€/kg", True),
        ("sac 5 kg", False),
        ("1 kg", False),
        ("pièce", False),
        ("", False),
    ],
)
def test_a_blank_cell_leaves_weighing_to_the_unit(unit: str, weighed: bool) -> None:
    assert cells.read_weighed("", unit) is weighed


def test_another_answer_is_a_problem() -> None:
    assert reason(cells.read_weighed, "parfois", "kg") is R.UNREADABLE
    assert reason(cells.read_weighed, "#REF!", "kg") is R.FORMULA_ERROR


@pytest.mark.parametrize(
    "text", ["=1+1", "+33", "@import", "<b>&\"'", "1664", "a" * 120, "Œufs", "x" * 119 + "ﬁ"]
)
def test_any_text_is_a_name(text: str) -> None:
    assert cells.read_name(text) == text


def test_a_number_is_a_name_as_it_is_shown() -> None:
    assert cells.read_name(1664.0) == "1664"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", R.MISSING),
        (" \u00a0\u200b", R.MISSING),
        ("\u0301", R.MISSING),
        ("a" * 121, R.TOO_LONG),
        ("a" * 100_000, R.TOO_LONG),
        ("ﷺ" * 100, R.TOO_LONG),
        (datetime.date(2025, 2, 1), R.IS_A_DATE),
        (False, R.IS_A_BOOLEAN),
        ("#REF!", R.FORMULA_ERROR),
    ],
)
def test_what_is_no_name(value: CellValue, why: ProblemReason) -> None:
    assert reason(cells.read_name, value) is why


def test_a_producer_has_a_letter_and_a_unit_an_end() -> None:
    assert reason(cells.read_producer, "50") is R.NOT_A_NAME
    assert cells.read_producer("3 Chênes") == "3 Chênes"
    assert cells.read_unit("") == "pièce"
    assert cells.read_unit("a" * 30) == "a" * 30
    assert reason(cells.read_unit, "a" * 31) is R.TOO_LONG


def test_a_problem_shows_only_the_beginning_of_a_long_cell() -> None:
    with pytest.raises(CellError) as caught:
        cells.read_price("z" * 5_000, "EUR")
    assert caught.value.value == "z" * 60
