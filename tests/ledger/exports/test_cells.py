"""Numbers stay numbers, and no text becomes a formula."""

import csv
import io
from decimal import Decimal

import pytest

from ledger.exports.cells import amount, delimited, neutral, quantity


def rows_of(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf"), "French spreadsheets want a byte order mark"
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+33 6 12", "'+33 6 12"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("Marie", "Marie"),
        ("Marie = Paul", "Marie = Paul"),
        ("'=1", "'=1"),
        ("", ""),
    ],
)
def test_text_that_would_be_worked_out_is_written_as_text(text: str, written: str) -> None:
    assert neutral(text) == written
    assert rows_of(delimited([[text, "x"]], ",")) == [[written, "x"]]


@pytest.mark.parametrize(
    ("cell", "french", "english"),
    [
        (Decimal("-5.00"), "-5,00", "-5.00"),
        (Decimal("1234567.89"), "1234567,89", "1234567.89"),
        (Decimal("1E+3"), "1000", "1000"),
        (12, "12", "12"),
        (-3, "-3", "-3"),
    ],
)
def test_numbers_stay_numbers(cell: Decimal | int, french: str, english: str) -> None:
    assert rows_of(delimited([[cell]], ",")) == [[french]]
    assert rows_of(delimited([[cell]], ".")) == [[english]]


def test_separators_quotes_and_lines_in_text_stay_in_their_cell() -> None:
    awkward = ['a;b"c', "two\nlines", "comma, point."]
    assert rows_of(delimited([awkward], ",")) == [awkward]


def test_a_cell_cannot_break_out_of_its_line() -> None:
    assert rows_of(delimited([["x\n=1+1", "y"]], ",")) == [["x\n=1+1", "y"]]


@pytest.mark.parametrize(
    ("milli", "shown"), [(1000, "1"), (1200, "1.2"), (10_000, "10"), (5, "0.005"), (0, "0"), (100_000, "100")]
)
def test_quantities_have_no_needless_zeros(milli: int, shown: str) -> None:
    assert format(quantity(milli), "f") == shown


@pytest.mark.parametrize(("currency", "shown"), [("EUR", "12.35"), ("XPF", "1235"), ("TND", "1.235")])
def test_amounts_have_their_currency_s_decimals(currency: str, shown: str) -> None:
    assert str(amount(1235, currency)) == shown
