"""What reading a catalogue gives: products, problems, and the names of the columns. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Column(StrEnum):
    """The columns a catalogue has; ``REQUIRED`` are those without which no line can be read."""

    PRODUCT = "product"
    PRODUCER = "producer"
    UNIT = "unit"
    PRICE = "price"
    VAT = "vat"
    STOCK = "stock"
    WEIGHED = "weighed"


REQUIRED = (Column.PRODUCT, Column.PRICE, Column.PRODUCER)


class ProblemReason(StrEnum):
    """Why a line cannot be imported. ``RowProblem.value`` is the text of the cell unless said otherwise."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    NOT_POSITIVE = "not_positive"
    NEGATIVE = "negative"
    TOO_MANY_DECIMALS = "too_many_decimals"
    OUT_OF_RANGE = "out_of_range"
    TOO_LONG = "too_long"
    NOT_A_NAME = "not_a_name"
    """A producer without a single letter: most likely a shifted column."""
    IS_A_DATE = "is_a_date"
    """The spreadsheet turned what was typed into a date or a time."""
    IS_A_BOOLEAN = "is_a_boolean"
    FORMULA_ERROR = "formula_error"
    """``#REF!`` and the like."""
    DUPLICATE = "duplicate"
    """Same product and producer as an earlier line; ``value`` is that line's number."""
    CELL_COUNT = "cell_count"
    """More cells than headers (or, between commas, fewer), as an unquoted decimal comma makes; ``value`` is
    ``found/expected``."""
    UNCLOSED_QUOTE = "unclosed_quote"
    """A quotation mark opens here and runs over the lines below; ``value`` is how the text begins."""


@dataclass(frozen=True)
class ProductRow:
    """One product as the file gives it."""

    line: int
    """The row's number as a spreadsheet shows it."""
    producer: str
    name: str
    unit: str
    price_cents: int
    """Price of one unit incl. VAT, in minor units of the group's currency; > 0."""
    vat_rate: int
    """Hundredths of a percent: 550 is 5.5 %."""
    stock_milli: int | None
    """Thousandths of a unit; None is unlimited."""
    weighed: bool


@dataclass(frozen=True)
class RowProblem:
    """One thing wrong on one line; ``column`` is a :class:`Column`, or None if it is the line as a whole."""

    line: int
    column: str | None
    reason: ProblemReason
    value: str


@dataclass(frozen=True)
class CatalogueFile:
    """The good lines and what is wrong with the others, both in the file's order. No line is in both."""

    rows: tuple[ProductRow, ...]
    problems: tuple[RowProblem, ...]

    @property
    def bad_lines(self) -> tuple[int, ...]:
        """The numbers of the lines with problems, each once, ascending."""
        return tuple(sorted({problem.line for problem in self.problems}))


class CellError(Exception):
    """One cell cannot be read. Never leaves this package: the reader knows line and column, makes a RowProblem."""

    def __init__(self, reason: ProblemReason, value: str) -> None:
        super().__init__(reason, value)
        self.reason = reason
        self.value = value
