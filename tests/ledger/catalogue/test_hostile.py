"""Files that are no catalogue, and files made to hurt: each is refused with the class that says why, and quickly.

Some of these would abort the whole process if the spreadsheet library saw them, so a failure here may be a crash.
"""

import io
import random
import struct
import zipfile
import zlib
from functools import partial

import pytest

from ledger.catalogue import workbook as workbook_module
from ledger.catalogue.errors import (
    EmptyCatalogue,
    FileKind,
    FileTooLarge,
    MissingColumns,
    NotACatalogue,
    TooManyColumns,
    TooManyRows,
    UnpacksTooLarge,
    UnreadableCatalogue,
)
from ledger.catalogue.inspect_xml import PartInspector
from ledger.catalogue.reader import read_catalogue
from tests.support.catalogues import DATA, HEADER, SHEET, STRINGS, with_part, workbook, zipped

read = partial(read_catalogue, filename="catalogue.xlsx")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refused_as(data: bytes) -> FileKind:
    with pytest.raises(NotACatalogue) as caught:
        read(data)
    return caught.value.kind


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


# XML made to hurt


@pytest.mark.parametrize(
    "doctype",
    [
        b"<!DOCTYPE worksheet>",
        b'<!DOCTYPE worksheet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        b'<!DOCTYPE worksheet SYSTEM "file:///etc/passwd">',
    ],
)
@pytest.mark.parametrize(
    "part", [SHEET, STRINGS, "xl/styles.xml", "xl/_rels/workbook.xml.rels", "docProps/core.xml"]
)
def test_a_dtd_anywhere(doctype: bytes, part: str) -> None:
    assert (
        refused_as(with_part(workbook(), part, lambda xml: xml.replace(b"?>", b"?>" + doctype, 1)))
        is FileKind.UNSAFE
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp037", "cp1252"])
def test_parts_in_another_encoding(encoding: str) -> None:
    def recoded(xml: bytes) -> bytes:
        return xml.decode().replace("UTF-8", encoding).replace("<row ", "<row é='' ", 1).encode(encoding)

    assert refused_as(with_part(workbook(), SHEET, recoded)) is FileKind.DAMAGED


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "cp1252"])
def test_expat_is_not_shown_another_text_than_the_library(encoding: str) -> None:
    with pytest.raises(NotACatalogue):
        PartInspector("catalogue.xlsx").inspect("<a>é</a>".encode(encoding))


def far(reference: bytes) -> bytes:
    return with_part(workbook(), SHEET, lambda xml: xml.replace(b'r="F2"', b'r="' + reference + b'"'))


@pytest.mark.parametrize(
    ("reference", "error"),
    [
        (b"A1048576", TooManyRows),
        (b"XFD1048576", TooManyRows),
        (b"A10001", TooManyRows),
        (b"XFD2", TooManyColumns),
        (b"CW2", TooManyColumns),
        (b"XFD10000", TooManyColumns),
        (b"ZZZZ99999999999", NotACatalogue),
        (b"A0", NotACatalogue),
        (b"2", NotACatalogue),
        (b"", NotACatalogue),
    ],
)
def test_a_cell_far_away(reference: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(far(reference))


@pytest.mark.parametrize("row", [b"10001", b"4294967295", b"0", b"-1", b"99999999999999999999", b"x", b""])
def test_a_row_far_away(row: bytes) -> None:
    def moved(xml: bytes) -> bytes:
        return xml.replace(b'<row r="2"', b'<row r="' + row + b'"').replace(b'r="A2" ', b"")

    with pytest.raises((TooManyRows, NotACatalogue)):
        read(with_part(workbook(), SHEET, moved))


@pytest.mark.parametrize("name", [b"count", b"uniqueCount"])
@pytest.mark.parametrize("number", [b"4294967295", b"1000001", b"-1", b"x"])
def test_a_count_of_strings_that_nobody_wrote(name: bytes, number: bytes) -> None:
    def announced(xml: bytes) -> bytes:
        at = xml.index(b" " + name + b'="') + len(name) + 3
        return xml[:at] + number + xml[xml.index(b'"', at) :]

    assert refused_as(with_part(workbook(), STRINGS, announced)) is FileKind.DAMAGED


@pytest.mark.parametrize("spelling", [b't="e"', b"t='e'", b't = "e"', b's="1" t="e" x="2"'])
def test_a_formula_error_however_it_is_spelled(spelling: bytes) -> None:
    data = workbook([HEADER, ("Miel", "pot", 7.5, "Ruchers", "", "#REF!")])
    found = read(with_part(data, SHEET, lambda xml: xml.replace(b't="e"', spelling)))
    assert [problem.reason for problem in found.problems] == ["formula_error"]


@pytest.mark.parametrize("spelling", [b't="&#101;"', b'x=">" t="e"'])
def test_a_formula_error_that_cannot_be_made_visible_is_refused(spelling: bytes) -> None:
    data = workbook([HEADER, ("Miel", "pot", 7.5, "Ruchers", "", "#REF!")])
    assert refused_as(with_part(data, SHEET, lambda xml: xml.replace(b't="e"', spelling))) is FileKind.DAMAGED


def in_sheet(content: bytes) -> bytes:
    return with_part(
        workbook(), SHEET, lambda _: b"<worksheet><sheetData>" + content + b"</sheetData></worksheet>"
    )


def test_more_elements_than_a_catalogue_has() -> None:
    with pytest.raises(UnpacksTooLarge):
        read(in_sheet(b"<row/>" * 1_000_001))


def test_elements_without_end() -> None:
    assert refused_as(in_sheet(b"<a>" * 100_000 + b"</a>" * 100_000)) is FileKind.DAMAGED


def test_twenty_thousand_sheets_of_one_part() -> None:
    """Each is a million cells to the library: only the first ones are looked at, one after the other."""
    sheets = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(2, 20_000))
    data = in_sheet(b'<row><c r="CV10000"><v>1</v></c></row>')
    data = with_part(data, "xl/workbook.xml", lambda xml: xml.replace(b"</sheets>", sheets + b"</sheets>"))
    with pytest.raises(MissingColumns):
        read(data)


# Noise


def test_every_truncation() -> None:
    data = (DATA / "catalogue.xlsx").read_bytes()
    for length in range(4, len(data), 37):
        assert refused_as(data[:length]) is FileKind.DAMAGED


def test_random_bytes() -> None:
    dice = random.Random(2025)
    for size in (1, 10, 100, 1_000, 100_000):
        for start in (b"", b"PK\x03\x04"):
            with pytest.raises(UnreadableCatalogue):
                read(start + dice.randbytes(size))


def test_bytes_flipped_anywhere_are_refused_or_harmless() -> None:
    """Of the zip itself: what is read is what was written, or nothing is."""
    data = (DATA / "catalogue.xlsx").read_bytes()
    good = read(data)
    dice = random.Random(7)
    for _ in range(300):
        damaged = bytearray(data)
        damaged[dice.randrange(4, len(data))] ^= 1 << dice.randrange(8)
        try:
            assert read(bytes(damaged)) == good
        except UnreadableCatalogue:
            continue


def test_mutated_parts_never_get_past_the_reader() -> None:
    """Of the XML inside, with a correct checksum: anything but an exception of ours, a panic or an abort is fine."""
    dice = random.Random(11)
    data = workbook()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(400):
        part = dice.choice(sorted(parts))
        try:
            read(zipped((parts | {part: mutated(parts[part], dice)}).items(), zipfile.ZIP_STORED))
        except UnreadableCatalogue:
            continue


def mutated(xml: bytes, dice: random.Random) -> bytes:
    """One to three changes: bytes swapped for others, a piece dropped or doubled, a number made huge or negative."""
    for _ in range(dice.randint(1, 3)):
        at, length = dice.randrange(len(xml)), dice.randint(1, 30)
        digits = [n for n, byte in enumerate(xml) if 48 <= byte <= 57] or [at]
        number = dice.choice(digits)
        xml = dice.choice(
            [
                xml[:at] + dice.randbytes(1) + xml[at + 1 :],
                xml[:at] + xml[at + length :],
                xml[:at] + xml[at : at + length] * 2 + xml[at + length :],
                xml[:number]
                + dice.choice([b"99999999999", b"-1", b"4294967295", b"1e308", b"x"])
                + xml[number + 1 :],
            ]
        )
    return xml or b" "


def test_a_panic_of_the_library_is_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    panic = type("PanicException", (BaseException,), {})

    def panicking(*_: object) -> list[object]:
        raise panic

    monkeypatch.setattr(workbook_module, "_cells", panicking)
    assert refused_as(workbook()) is FileKind.DAMAGED


@pytest.mark.parametrize("other", [KeyboardInterrupt, SystemExit])
def test_other_interruptions_pass(monkeypatch: pytest.MonkeyPatch, other: type[BaseException]) -> None:
    def interrupted(*_: object) -> list[object]:
        raise other

    monkeypatch.setattr(workbook_module, "_cells", interrupted)
    with pytest.raises(other):
        read(workbook())
