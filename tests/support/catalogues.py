"""Catalogue files for tests: good ones in every shape, and workbooks taken apart and put together wrongly."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from ledger.catalogue.errors import FileKind, NotACatalogue
from ledger.catalogue.reader import CatalogueFile, ProductRow, read_catalogue

DATA = Path(__file__).parents[1] / "data"
HEADER = ("produit", "unité", "prix", "producteur", "tva", "stock")
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def csv_text(rows: Iterable[Sequence[str]], delimiter: str = ";", end: str = "\n") -> str:
    """Rows as CSV, quoted only where needed."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


def read_text(text: str, *, currency: str = "EUR") -> CatalogueFile:
    """What the reader makes of ``text`` in UTF-8."""
    return read_catalogue(text.encode(), "catalogue.csv", currency=currency)


def read_cells(**cells: str) -> CatalogueFile:
    """What the reader makes of one line that is good but for ``cells`` (by header; an extra header adds a column)."""
    line = {
        "produit": "Miel",
        "unité": "pot",
        "prix": "7,50",
        "producteur": "Les Ruchers",
        "tva": "",
        "stock": "",
    }
    line |= cells
    return read_text(csv_text([tuple(line), tuple(line.values())]))


def workbook(
    rows: Iterable[Sequence[object]] = ((*HEADER,), ("Miel", "pot", 7.5, "Les Ruchers", 0.055, 12)),
    *,
    hidden: Iterable[Sequence[object]] | None = None,
) -> bytes:
    """An XLSX of one sheet, after a hidden one if ``hidden`` is given. "=…" is a formula, "#…" a formula's error."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    dates = book.add_format({"num_format": "dd/mm/yyyy"})
    sheets = [("Catalogue", rows)] if hidden is None else [("Ancien", hidden), ("Catalogue", rows)]
    for name, content in sheets:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(content):
            for column, value in enumerate(row):
                if isinstance(value, datetime.date):
                    sheet.write_datetime(number, column, value, dates)
                elif isinstance(value, str) and value.startswith("#"):
                    sheet.write_formula(number, column, "=A1", None, value)
                elif isinstance(value, str):
                    sheet.write_string(number, column, value)
                else:
                    sheet.write(number, column, value)
    if hidden is not None:
        book.worksheets()[1].activate()
        book.worksheets()[1].set_first_sheet()
        book.worksheets()[0].hide()
    book.close()
    return file.getvalue()


def with_part(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook ``data`` with one of its parts rewritten (made, if it is not there)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    return zipped(parts.items())


def zipped(parts: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of ``parts``."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return file.getvalue()


def refused_as(data: bytes) -> FileKind:
    """What the reader says ``data`` is instead of a catalogue."""
    with pytest.raises(NotACatalogue) as caught:
        read_catalogue(data, "catalogue.xlsx")
    return caught.value.kind


def without_lines(rows: Iterable[ProductRow]) -> list[ProductRow]:
    """Rows as equal as two files can make them: a title in one shifts its line numbers."""
    return [replace(row, line=0) for row in rows]
