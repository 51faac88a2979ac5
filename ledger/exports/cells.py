"""Cells of files that spreadsheets open: numbers stay numbers, and no text becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from ledger.money import exponent_of

Cell = str | int | Decimal
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"


def amount(cents: int, currency: str) -> Decimal:
    """Returns minor units as the number a spreadsheet holds."""
    return Decimal(cents).scaleb(-exponent_of(currency))


def quantity(milli: int) -> Decimal:
    """Returns thousandths as a number without needless zeros."""
    number = (Decimal(milli) / 1000).normalize()
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def is_formula(text: str) -> bool:
    """Returns whether a spreadsheet would take this text for something to work out."""
    return text.startswith(FORMULA_STARTS)


def neutral(text: str) -> str:
    """Returns the text as a spreadsheet shows it instead of working it out."""
    return f"'{text}" if is_formula(text) else text


def delimited(rows: Iterable[Sequence[Cell]], decimal_mark: str) -> bytes:
    """Writes CSV as French spreadsheets want it: ``;`` between cells, UTF-8 with a byte order mark."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([_written(cell, decimal_mark) for cell in row])
    return (BOM + out.getvalue()).encode()


def _written(cell: Cell, decimal_mark: str) -> str:
    if isinstance(cell, str):
        return neutral(cell)
    return format(cell, "f").replace(".", decimal_mark) if isinstance(cell, Decimal) else str(cell)
