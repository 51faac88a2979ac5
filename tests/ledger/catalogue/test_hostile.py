"""Files that are no catalogue, and files made to hurt: each is refused with the class that says why, and quickly.

Some of these would abort the whole process if the spreadsheet library saw them, so a failure here may be a crash.
"""

import io
import struct
import zipfile
import zlib
from functools import partial

import pytest

from ledger.catalogue.errors import (
    EmptyCatalogue,
    FileKind,
    FileTooLarge,
    MissingColumns,
    UnpacksTooLarge,
    UnreadableCatalogue,
)
from ledger.catalogue.reader import read_catalogue
from tests.support.catalogues import HEADER, SHEET, STRINGS, refused_as, with_part, workbook, zipped

read = partial(read_catalogue, filename="catalogue.xlsx")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def repacked(data: bytes, method: int) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped([(name, archive.read(name)) for name in archive.namelist()], method)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", FileKind.PDF),
        (b"\r\n\xef\xbb\xbf%PDF-1.4", FileKind.PDF),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", FileKind.IMAGE),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", FileKind.IMAGE),
        (b"GIF89a\1\0\1\0", FileKind.IMAGE),
        (b"RIFF\x24\0\0\0WEBPVP8 ", FileKind.IMAGE),
        (OLE + b"\0" * 500, FileKind.LEGACY_XLS),
        (OLE + "EncryptedPackage".encode("utf-16-le"), FileKind.ENCRYPTED),
        (b"\x1f\x8b\x08\0", FileKind.ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c\0\4", FileKind.ARCHIVE),
        (b"<html><table><tr><td>produit</td></tr></table>", FileKind.MARKUP),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', FileKind.MARKUP),
        (b"{\\rtf1", FileKind.MARKUP),
        (b"\x7fELF\2\1\1\0", FileKind.BINARY),
        (b"PK\x05\x06" + b"\0" * 18, FileKind.DAMAGED),
        (b"PK\x03\x04", FileKind.DAMAGED),
        (zipped([("word/document.xml", b"<a/>")]), FileKind.WORD),
        (zipped([("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")]), FileKind.ODS),
        (zipped([("xl/workbook.bin", b"")]), FileKind.XLSB),
        (zipped([("photo.jpg", b"")]), FileKind.ZIP),
        (zipped([("inner.xlsx", workbook())]), FileKind.ZIP),
        (repacked(workbook(), zipfile.ZIP_LZMA), FileKind.DAMAGED),
        (with_part(workbook(), SHEET.upper(), lambda _: b"<worksheet/>"), FileKind.DAMAGED),
        (zipped([("xl/workbook.xml", b"<workbook>")]), FileKind.DAMAGED),
        (zipped([("xl/workbook.xml", b"<workbook/>")]), FileKind.DAMAGED),
    ],
)
def test_what_the_file_really_is(data: bytes, kind: FileKind) -> None:
    assert refused_as(data) is kind


def test_the_name_of_a_file_proves_nothing() -> None:
    assert read_catalogue(workbook(), "catalogue.csv").rows == read_catalogue(workbook(), "photo.png").rows
    assert len(read(b"produit;prix;producteur\nMiel;7,50;Ruchers\n").rows) == 1


def test_five_megabytes() -> None:
    with pytest.raises(FileTooLarge):
        read(b"\0" * 5_000_000)


def test_empty() -> None:
    with pytest.raises(EmptyCatalogue):
        read(b"")
    with pytest.raises(EmptyCatalogue):
        read(workbook([HEADER]))
    with pytest.raises(MissingColumns):
        read(workbook([]))


def test_encrypted_entries() -> None:
    data = bytearray(workbook())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    assert refused_as(bytes(data)) is FileKind.ENCRYPTED


# Zip bombs


def test_a_bomb_that_says_so() -> None:
    data = with_part(workbook(), "xl/media/image1.png", lambda _: b"\0" * 100_000_000)
    assert len(data) < 2_000_000
    with pytest.raises(UnpacksTooLarge) as caught:
        read(data)
    assert caught.value.limit == 20_000_000


def test_a_bomb_in_many_parts() -> None:
    with pytest.raises(UnpacksTooLarge):
        read(
            with_part(
                zipped((f"{n}.xml", b" " * 25_000) for n in range(900)), "xl/workbook.xml", lambda _: b"<a/>"
            )
        )
    with pytest.raises(UnpacksTooLarge):
        read(zipped([("xl/workbook.xml", b"<a/>"), *((f"{n}.xml", b"") for n in range(1_000))]))


def lying(data: bytes, name: bytes, size: int, checksum: int | None = None) -> bytes:
    """``data`` with the entry ``name`` declaring another unpacked size (and checksum) in both of its headers."""
    lie = bytearray(data)
    local, central = data.index(b"PK\x03\x04"), data.rindex(b"PK\x01\x02")
    while not data[local + 30 :].startswith(name):
        local = data.index(b"PK\x03\x04", local + 4)
    while not data[central + 46 :].startswith(name):
        central = data.rindex(b"PK\x01\x02", 0, central)
    for at, crc_at in ((local + 22, local + 14), (central + 24, central + 16)):
        lie[at : at + 4] = struct.pack("<I", size)
        if checksum is not None:
            lie[crc_at : crc_at + 4] = struct.pack("<I", checksum)
    return bytes(lie)


@pytest.mark.parametrize("checksum", [None, zlib.crc32(b" " * 100)])
def test_a_bomb_that_lies_about_its_size(checksum: int | None) -> None:
    data = with_part(workbook(), "xl/calcChain.xml", lambda _: b" " * 100_000_000)
    lie = lying(data, b"xl/calcChain.xml", 100, checksum)
    with pytest.raises(UnreadableCatalogue):
        read(lie)


def test_a_size_that_lies_upward() -> None:
    assert read(lying(workbook(), SHEET.encode(), 1_000_000)) == read(workbook())
    with pytest.raises(UnpacksTooLarge):
        read(lying(workbook(), SHEET.encode(), 20_000_001))


def test_unpacking_stops_at_the_cap_whatever_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The declared sizes all pass here; the count of what really came out is what stops it."""
    data = with_part(workbook(), "xl/media/image1.png", lambda _: b"\0" * 30_000_000)
    read_at_once = zipfile.ZipFile.infolist

    def modest(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
        copies = []
        for entry in read_at_once(archive):
            copy = zipfile.ZipInfo(entry.filename)
            copy.compress_type = entry.compress_type
            copies.append(copy)
        return copies

    opened = zipfile.ZipFile.open
    monkeypatch.setattr(zipfile.ZipFile, "infolist", modest)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda self, entry: opened(self, entry.filename))
    with pytest.raises(UnpacksTooLarge):
        read(data)


def test_a_bomb_inside_a_bomb_is_only_bytes() -> None:
    inner = zipped([("a.xml", b" " * 100_000_000)])
    assert len(read(with_part(workbook(), "xl/embeddings/book.xlsx", lambda _: inner)).rows) == 1


def test_one_text_shown_by_every_cell() -> None:
    """2,000 × 90 cells sharing one string of 30 KB: 5 GB once each cell has its own copy."""
    long = f"<sst><si><t>{'a' * 30_000}</t></si></sst>".encode()
    cells = b"".join(b"<row>" + b'<c t="s"><v>0</v></c>' * 90 + b"</row>" for _ in range(2_000))
    data = with_part(workbook(), STRINGS, lambda _: long)
    data = with_part(data, SHEET, lambda _: b"<worksheet><sheetData>" + cells + b"</sheetData></worksheet>")
    with pytest.raises(UnpacksTooLarge):
        read(data)
