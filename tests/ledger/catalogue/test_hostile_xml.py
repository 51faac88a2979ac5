"""Workbooks whose XML would make a reader allocate, hide or run: refused before the spreadsheet library sees it.

It would abort the whole process on some of these, so a failure here may be a crash.
"""

from functools import partial

import pytest

from ledger.catalogue.errors import (
    FileKind,
    MissingColumns,
    NotACatalogue,
    TooManyColumns,
    TooManyRows,
    UnpacksTooLarge,
)
from ledger.catalogue.inspect_xml import PartInspector
from ledger.catalogue.reader import read_catalogue
from tests.support.catalogues import HEADER, SHEET, STRINGS, refused_as, with_part, workbook

read = partial(read_catalogue, filename="catalogue.xlsx")


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
