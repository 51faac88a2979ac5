"""The sheets of an XLSX workbook, read by python-calamine from the copy that ``unpack`` let through."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ledger.catalogue.cells import CellValue
from ledger.catalogue.errors import FileKind, NotACatalogue
from ledger.catalogue.tables import Table, TableRow
from ledger.catalogue.unpack import safe_copy

MAX_SHEETS = 20
"""How many visible sheets are searched for a header. Twenty thousand sheets may name one and the same part."""

Sheet = list[list[CellValue]]
_T = TypeVar("_T")


def read_sheets(data: bytes, filename: str) -> Iterator[Table]:
    """Returns the visible sheets in the workbook's order, each read when its turn comes: nobody imports what they do not
    see.

    Raises NotACatalogue, UnpacksTooLarge, TooManyRows, TooManyColumns.
    """
    copy = safe_copy(data, filename)
    book = _guarded(partial(CalamineWorkbook.from_filelike, io.BytesIO(copy)), filename)
    for name in _visible_sheets(book)[:MAX_SHEETS]:
        sheet = _guarded(partial(_cells, book, name), filename)
        yield Table(partial(_rows, sheet))


def _guarded(read: Callable[[], _T], filename: str) -> _T:
    """The library's own errors, and a panic of its Rust, as NotACatalogue.

    A panic is a ``BaseException`` of a class that cannot be imported, so it is known by its name only.
    """
    try:
        return read()
    except (CalamineError, ValueError, OSError, OverflowError):
        raise NotACatalogue(FileKind.DAMAGED, filename) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise NotACatalogue(FileKind.DAMAGED, filename) from None


def _visible_sheets(book: CalamineWorkbook) -> list[str]:
    return [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]


def _cells(book: CalamineWorkbook, name: str) -> Sheet:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [list(row) for row in rows]


def _rows(sheet: Sheet) -> Iterator[TableRow]:
    return (TableRow(line, cells) for line, cells in enumerate(sheet, start=1))
