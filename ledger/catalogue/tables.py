"""The rows of a file before anyone knows what they mean: shared by the readers of text and of workbooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ledger.catalogue.cells import CellValue

MAX_COLUMNS = 100
"""Cells a header may have, and the last column of a workbook that may hold anything."""


@dataclass(frozen=True)
class TableRow:
    """One row: its number as a spreadsheet shows it, its cells, whether a quotation mark is left open."""

    line: int
    cells: Sequence[CellValue]
    quote_open: bool = False


@dataclass(frozen=True)
class Table:
    """Rows that can be walked more than once; blank ones may be left out. ``delimiter`` is "" for a sheet of a workbook."""

    rows: Callable[[], Iterator[TableRow]]
    delimiter: str = ""
