"""The gate before the spreadsheet library: a workbook goes through only as a copy that cannot hurt.

python-calamine is fast and reads what Excel writes, but it allocates what the file announces: one value in
cell XFD1048576, or a shared-strings count of four billion, aborts the whole process (measured with 0.9.1;
there is no exception to catch). So every part is unpacked here under a cap (declared sizes lie), parsed by
expat for well-formedness, DTDs, far cells and announced counts, and only then packed again, uncompressed,
into the copy the library sees.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable

from ledger.catalogue.errors import FileKind, NotACatalogue, UnpacksTooLarge
from ledger.catalogue.inspect_xml import MAX_UNPACKED, PartInspector
from ledger.errors import LedgerError

MAX_PARTS = 1_000

_CHUNK = 64 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED_FLAG = 0x1
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    LookupError,
    OSError,
)
_ERROR_CELL = re.compile(rb"""(<(?:[\w.-]+:)?c\s(?:[^<>]*\s)?t\s*=\s*)(?:"e"|'e')""")


def safe_copy(data: bytes, filename: str) -> bytes:
    """Returns ``data``, an XLSX, as an uncompressed copy of its XML parts.

    Cells holding a formula error become text cells: the library would show them as blank, so that a ``#REF!``
    in the stock column would read as "no limit".
    Raises NotACatalogue, UnpacksTooLarge, TooManyRows, TooManyColumns.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_directory(entries, filename)
            parts = _unpack(archive, entries)
    except LedgerError:
        raise
    except _BROKEN:
        raise NotACatalogue(FileKind.DAMAGED, filename) from None
    return _pack(_inspect(parts, filename))


def _check_directory(entries: list[zipfile.ZipInfo], filename: str) -> None:
    if len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise UnpacksTooLarge(MAX_UNPACKED)
    names = [entry.filename.casefold() for entry in entries]
    kind = _kind(set(names))
    if kind is not None:
        raise NotACatalogue(kind, filename)
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise NotACatalogue(FileKind.ENCRYPTED, filename)
    if len(set(names)) != len(names) or any(entry.compress_type not in _METHODS for entry in entries):
        raise NotACatalogue(FileKind.DAMAGED, filename)


def _kind(names: set[str]) -> FileKind | None:
    if "xl/workbook.xml" in names:
        return None
    known = {"xl/workbook.bin": FileKind.XLSB, "word/document.xml": FileKind.WORD, "mimetype": FileKind.ODS}
    return next((kind for name, kind in known.items() if name in names), FileKind.ZIP)


def _unpack(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> dict[str, bytes]:
    """The XML parts. All parts count toward the cap as they unpack, not as they declare. CRCs are checked."""
    parts: dict[str, bytes] = {}
    left = MAX_UNPACKED
    for entry in entries:
        content = bytearray()
        wanted = entry.filename.casefold().endswith((".xml", ".rels"))
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise UnpacksTooLarge(MAX_UNPACKED)
                if wanted:
                    content += chunk
        if wanted:
            parts[entry.filename] = bytes(content)
    return parts


def _inspect(parts: dict[str, bytes], filename: str) -> dict[str, bytes]:
    inspector = PartInspector(filename)
    safe = {}
    for name, content in parts.items():
        errors = inspector.inspect(content)
        safe[name], replaced = _ERROR_CELL.subn(rb'\1"str"', content) if errors else (content, 0)
        if replaced != errors:
            raise NotACatalogue(FileKind.DAMAGED, filename)
    if inspector.shared_text_used() > MAX_UNPACKED:
        raise UnpacksTooLarge(MAX_UNPACKED)
    return safe


def _pack(parts: dict[str, bytes]) -> bytes:
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return copy.getvalue()
