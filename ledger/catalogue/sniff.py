"""A file's bytes → tables of raw cells. Its content decides what it is; its name proves nothing."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.catalogue.delimited import read_text_tables
from ledger.catalogue.errors import EmptyCatalogue, FileKind, FileTooLarge, NotACatalogue
from ledger.catalogue.tables import Table
from ledger.catalogue.workbook import read_sheets

MAX_BYTES = 2_000_000

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = (
    (b"%PDF", FileKind.PDF),
    (b"\x89PNG", FileKind.IMAGE),
    (b"\xff\xd8\xff", FileKind.IMAGE),
    (b"GIF8", FileKind.IMAGE),
    (b"RIFF", FileKind.IMAGE),
    (b"PK", FileKind.DAMAGED),
    (b"\x1f\x8b", FileKind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", FileKind.ARCHIVE),
    (b"Rar!", FileKind.ARCHIVE),
)


def read_tables(data: bytes, filename: str) -> Iterable[Table]:
    """Returns the tables ``data`` may be: each visible sheet of a workbook in order, or a text cut at each delimiter.

    Raises FileTooLarge, EmptyCatalogue, NotACatalogue, and for workbooks UnpacksTooLarge, TooManyRows,
    TooManyColumns.
    """
    if len(data) > MAX_BYTES:
        raise FileTooLarge(len(data), MAX_BYTES)
    if not data.strip():
        raise EmptyCatalogue
    if data.startswith(_ZIP):
        return read_sheets(data, filename)
    kind = _known_kind(data)
    if kind is not None:
        raise NotACatalogue(kind, filename)
    return read_text_tables(data, filename)


def _known_kind(data: bytes) -> FileKind | None:
    if data.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        return FileKind.ENCRYPTED if encrypted else FileKind.LEGACY_XLS
    if b"%PDF-" in data[:1024]:
        return FileKind.PDF
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{\\rtf")):
        return FileKind.MARKUP
    return next((kind for signature, kind in _SIGNATURES if data.startswith(signature)), None)
