"""Reading a catalogue file: bytes → products and problems. Pure: no database, no Telegram.

CPU-bound for up to a second on the largest hostile file: call it from a thread in the bot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from ledger.catalogue import cells
from ledger.catalogue.cells import CellValue
from ledger.catalogue.errors import EmptyCatalogue, TooManyRows
from ledger.catalogue.headers import Header, find_header
from ledger.catalogue.inspect_xml import MAX_ROWS
from ledger.catalogue.rows import CatalogueFile, CellError, Column, ProblemReason, ProductRow, RowProblem
from ledger.catalogue.sniff import read_tables
from ledger.catalogue.tables import Table, TableRow
from ledger.names import clean_text, name_key

__all__ = [
    "CatalogueFile",
    "Column",
    "ProblemReason",
    "ProductRow",
    "RowProblem",
    "name_key",
    "read_catalogue",
]

_SHOWN = 60
_T = TypeVar("_T")


def read_catalogue(data: bytes, filename: str, *, currency: str = "EUR") -> CatalogueFile:
    """Reads a CSV or XLSX catalogue. ``currency`` is the group's.

    Every line is either in ``rows`` or has problems, at least one each; blank lines are neither. Raises a
    subclass of :class:`ledger.catalogue.errors.UnreadableCatalogue` if the file as a whole cannot be read;
    nothing else.
    """
    table, header = find_header(read_tables(data, filename))
    rows: list[ProductRow] = []
    problems: list[RowProblem] = []
    seen: dict[tuple[str, str], int] = {}
    lines = 0
    for row in _product_lines(table, header):
        lines += 1
        if lines > MAX_ROWS:
            raise TooManyRows(MAX_ROWS)
        line = _Line(row, table, header, currency)
        product = line.read(seen)
        if product is not None:
            rows.append(product)
        problems += line.problems
    if not lines:
        raise EmptyCatalogue
    return CatalogueFile(tuple(rows), tuple(problems))


def _product_lines(table: Table, header: Header) -> Iterator[TableRow]:
    return (row for row in table.rows() if row.line > header.line and not _is_blank(row))


def _is_blank(row: TableRow) -> bool:
    return not row.quote_open and all(
        cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row.cells
    )


class _Line:
    """One line on its way to a product, collecting what is wrong with it."""

    def __init__(self, row: TableRow, table: Table, header: Header, currency: str) -> None:
        self.problems: list[RowProblem] = []
        self._row = row
        self._delimiter = table.delimiter
        self._header = header
        self._currency = currency

    def read(self, seen: dict[tuple[str, str], int]) -> ProductRow | None:
        """Returns the product, or None with ``problems`` filled. ``seen``: earlier lines' keys, then this one's."""
        if not self._shape_is_sound():
            return None
        name = self._cell(Column.PRODUCT, cells.read_name)
        producer = self._cell(Column.PRODUCER, cells.read_producer)
        price = self._cell(Column.PRICE, lambda value: cells.read_price(value, self._currency))
        unit = self._cell(Column.UNIT, cells.read_unit)
        vat = self._cell(Column.VAT, cells.read_vat)
        stock = self._cell(Column.STOCK, cells.read_stock)
        weighed = self._cell(Column.WEIGHED, lambda value: cells.read_weighed(value, unit or ""))
        if name and producer:
            self._check_new(name, producer, seen)
        if self.problems or not (name and producer and price and unit) or vat is None or weighed is None:
            return None
        return ProductRow(self._row.line, producer, name, unit, price, vat, stock, weighed)

    def _shape_is_sound(self) -> bool:
        """Whether each cell stands under its header. If not, the cells mean nothing and are not read."""
        if self._row.quote_open or any(self._swallowed(column) for column in self._header.positions):
            self._problem(None, ProblemReason.UNCLOSED_QUOTE, self._beginning())
            return False
        expected, found = self._header.width, self._width()
        if found > expected or (self._delimiter == "," and found < expected):
            self._problem(None, ProblemReason.CELL_COUNT, f"{found}/{expected}")
            return False
        return True

    def _width(self) -> int:
        """How many cells count. Between commas all do: ``Miel,7,50,Ferme,,`` must not become honey at 7.00.
        Else trailing blank ones do not. In a workbook a cell is in its column whatever is beside it."""
        if not self._delimiter:
            return self._header.width
        texts = [str(cell) for cell in self._row.cells]
        while self._delimiter != "," and texts and not texts[-1].strip():
            texts.pop()
        return len(texts)

    def _swallowed(self, column: Column) -> bool:
        """A cell with a line break and a delimiter has most likely eaten the end of its line and the next."""
        value = self._value(column)
        return (
            bool(self._delimiter)
            and isinstance(value, str)
            and self._delimiter in value
            and ("\n" in value or "\r" in value)
        )

    def _beginning(self) -> str:
        texts = (clean_text(cell[:1000]) for cell in self._row.cells if isinstance(cell, str))
        return next((text[:_SHOWN] for text in texts if text), "")

    def _value(self, column: Column) -> CellValue:
        position = self._header.positions.get(column)
        return None if position is None or position >= len(self._row.cells) else self._row.cells[position]

    def _cell(self, column: Column, read: Callable[[CellValue], _T]) -> _T | None:
        try:
            return read(self._value(column))
        except CellError as bad:
            self._problem(column, bad.reason, bad.value)
            return None

    def _check_new(self, name: str, producer: str, seen: dict[tuple[str, str], int]) -> None:
        first = seen.setdefault((name_key(producer), name_key(name)), self._row.line)
        if first != self._row.line:
            self._problem(Column.PRODUCT, ProblemReason.DUPLICATE, str(first))

    def _problem(self, column: Column | None, reason: ProblemReason, value: str) -> None:
        self.problems.append(RowProblem(self._row.line, column, reason, value))
