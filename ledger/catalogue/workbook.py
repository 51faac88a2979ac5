"""The sheets of an XLSX workbook, read by python-calamine from the copy that ``unpack`` let through."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ledger.catalogue.cells import CellValue
from ledger.catalogue.errors import FileKind, NotACatalogue
from ledger.catalogue.tables import Table, TableRow
from ledger.catalogue.unpack import safe_copy

Sheet = list[list[CellValue]]


def read_sheets(data: bytes, filename: str) -> list[Table]:
    """Every visible sheet, in the workbook's order: nobody should import what they do not see.

    Raises NotACatalogue, UnpacksTooLarge, TooManyRows, TooManyColumns.
    """
    copy = safe_copy(data, filename)
    return [Table(partial(_rows, sheet)) for sheet in _guarded(copy, filename)]


def _guarded(copy: bytes, filename: str) -> list[Sheet]:
    """The library's own errors, and a panic of its Rust, as NotACatalogue.

    A panic is a ``BaseException`` of a class that cannot be imported, so it is known by its name only.
    """
    try:
        return _sheets(copy)
    except (CalamineError, ValueError, OSError, OverflowError):
        raise NotACatalogue(FileKind.DAMAGED, filename) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise NotACatalogue(FileKind.DAMAGED, filename) from None


def _sheets(copy: bytes) -> list[Sheet]:
    with CalamineWorkbook.from_filelike(io.BytesIO(copy)) as book:
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        return [_cells(book, name) for name in names]


def _cells(book: CalamineWorkbook, name: str) -> Sheet:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [list(row) for row in rows]


def _rows(sheet: Sheet) -> Iterator[TableRow]:
    return (TableRow(line, cells) for line, cells in enumerate(sheet, start=1))
