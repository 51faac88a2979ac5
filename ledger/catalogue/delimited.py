"""CSV text as people's programs save it: encodings, and the same text cut at each of the usual delimiters.

A row's number is its record's: a cell that runs over two lines of the file is still one row of a spreadsheet.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from functools import partial

from ledger.catalogue.errors import EmptyCatalogue, FileKind, NotACatalogue
from ledger.catalogue.tables import Table, TableRow

DELIMITERS = (";", "\t", ",")

_END = "\uf8ff end \uf8ff"
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\v\f\x1a")) + b"\x7f"
_MOST_CONTROL = 20  # one character in twenty
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text_tables(data: bytes, filename: str) -> list[Table]:
    """Returns ``data`` as a table for each delimiter, in the order to try. Raises NotACatalogue, EmptyCatalogue."""
    text = decode(data, filename)
    if not text.strip():
        raise EmptyCatalogue
    return [Table(partial(_rows, text, delimiter), delimiter) for delimiter in DELIMITERS]


def decode(data: bytes, filename: str = "") -> str:
    """Decodes ``data`` as UTF-16 or UTF-8 by its mark, else UTF-8 if valid, else cp1252. Raises NotACatalogue."""
    try:
        if data.startswith(_UTF16):
            text = data.decode("utf-16")
            if "\0" in text:
                raise NotACatalogue(FileKind.BINARY, filename)
            return text
        _refuse_binary(data, filename)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data.decode("cp1252")
    except UnicodeDecodeError:
        raise NotACatalogue(FileKind.ENCODING, filename) from None


def _refuse_binary(data: bytes, filename: str) -> None:
    """A NUL proves it; so do more control characters than a slip leaves (``clean_text`` drops those)."""
    control = len(data) - len(data.translate(None, _CONTROL))
    if b"\0" in data or control * _MOST_CONTROL > len(data):
        raise NotACatalogue(FileKind.BINARY, filename)


def _rows(text: str, delimiter: str) -> Iterator[TableRow]:
    """The records of ``text`` but blank lines. A last line of our own shows if an open quotation mark ate the rest."""
    reader = csv.reader(io.StringIO(f"{text}\n{_END}", newline=""), delimiter=delimiter)
    line = 0
    try:
        for cells in reader:
            line += 1
            if cells == [_END]:
                return
            if not cells:
                continue
            quote_open = bool(cells) and cells[-1].endswith(_END)
            if quote_open:
                cells[-1] = cells[-1].removesuffix(_END)
            yield TableRow(line, cells, quote_open)
    except csv.Error:  # one cell longer than 128 KiB: the same open quotation mark in a long file
        yield TableRow(line + 1, (), quote_open=True)
