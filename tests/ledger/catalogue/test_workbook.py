"""XLSX: what cells hold, which sheet is read, and that a number reads as its author sees it."""

import datetime
from functools import partial

import pytest

from ledger.catalogue.errors import MissingColumns, TooManyColumns, TooManyRows
from ledger.catalogue.reader import CatalogueFile, Column, ProblemReason, ProductRow, read_catalogue
from tests.support.catalogues import HEADER, SHEET, with_part, workbook

R = ProblemReason
GOOD = ("Miel", "pot", 7.5, "Les Ruchers", 0.055, 12)
read = partial(read_catalogue, filename="catalogue.xlsx")


def read_line(*cells: object) -> CatalogueFile:
    return read(workbook([HEADER, cells]))


def test_one_good_line() -> None:
    found = read(workbook([("Catalogue",), (), HEADER, (), GOOD, (None, "", " ")]))
    assert found == CatalogueFile(
        (ProductRow(5, "Les Ruchers", "Miel", "pot", 750, 550, 12_000, weighed=False),), ()
    )


def test_a_table_may_stand_anywhere_on_its_sheet() -> None:
    found = read(workbook([(), (), (None, None, *HEADER), (None, None, *GOOD)]))
    assert [(row.line, row.name) for row in found.rows] == [(4, "Miel")]


@pytest.mark.parametrize(
    ("value", "price"),
    [(3.2, 320), (0.1 + 0.2, 30), (3.1999999999999997, 320), (12, 1200), ("3,20 €", 320), (8.9, 890)],
)
def test_prices(value: object, price: int) -> None:
    assert read_line("Miel", "pot", value, "Les Ruchers").rows[0].price_cents == price


def test_every_price_to_the_cent_survives_being_a_float() -> None:
    prices = [*range(1, 2_000), *range(2_000, 10_000_001, 9_973)]
    found = read(workbook([HEADER, *((f"P{n}", "", n / 100, "Ferme") for n in prices)]))
    assert [row.price_cents for row in found.rows] == prices


@pytest.mark.parametrize(
    ("cells", "column", "why"),
    [
        (("Miel", "pot", 12.345, "Les Ruchers"), Column.PRICE, R.TOO_MANY_DECIMALS),
        (("Miel", "pot", 7.5, "Les Ruchers", 0.05555), Column.VAT, R.TOO_MANY_DECIMALS),
        (("Miel", "pot", datetime.date(2025, 3, 20), "Les Ruchers"), Column.PRICE, R.IS_A_DATE),
        (("Miel", datetime.date(2025, 2, 1), 7.5, "Les Ruchers"), Column.UNIT, R.IS_A_DATE),
        (("Miel", "pot", True, "Les Ruchers"), Column.PRICE, R.IS_A_BOOLEAN),
        ((True, "pot", 7.5, "Les Ruchers"), Column.PRODUCT, R.IS_A_BOOLEAN),
        (("#REF!", "pot", 7.5, "Les Ruchers"), Column.PRODUCT, R.FORMULA_ERROR),
        (("Miel", "#N/A", 7.5, "Les Ruchers"), Column.UNIT, R.FORMULA_ERROR),
        (("Miel", "pot", "#DIV/0!", "Les Ruchers"), Column.PRICE, R.FORMULA_ERROR),
        (("Miel", "pot", 7.5, "#NAME?"), Column.PRODUCER, R.FORMULA_ERROR),
        (("Miel", "pot", 7.5, "Les Ruchers", "#VALUE!"), Column.VAT, R.FORMULA_ERROR),
        (("Miel", "pot", 7.5, "Les Ruchers", "", "#REF!"), Column.STOCK, R.FORMULA_ERROR),
        (("Miel", "pot", 7.5, 50), Column.PRODUCER, R.NOT_A_NAME),
        (("Miel", "pot", None, "Les Ruchers"), Column.PRICE, R.MISSING),
    ],
)
def test_one_problem(cells: tuple[object, ...], column: Column, why: ProblemReason) -> None:
    found = read_line(*cells)
    assert not found.rows
    assert [(problem.line, problem.column, problem.reason) for problem in found.problems] == [
        (2, column, why)
    ]


def test_the_weighed_column_may_be_true_or_false() -> None:
    rows = [
        ("produit", "prix", "producteur", "pesé"),
        ("A", 1, "F", True),
        ("B", 1, "F", False),
        ("C", 1, "F", "x"),
    ]
    assert [row.weighed for row in read(workbook(rows)).rows] == [True, False, True]


def test_cells_beside_the_table_are_ignored() -> None:
    found = read_line(*GOOD, "", "vu avec le producteur")
    assert (len(found.rows), found.problems) == (1, ())


def test_text_that_looks_like_a_formula_is_text_and_a_formula_is_its_value() -> None:
    data = with_part(
        workbook([HEADER, ("=1+1", "pot", 7.5, "Les Ruchers")]),
        SHEET,
        lambda xml: xml.replace(b"<v>7.5</v>", b"<f>A1*2</f><v>8.25</v>"),
    )
    [row] = read(data).rows
    assert (row.name, row.price_cents) == ("=1+1", 825)


def test_a_sheet_nobody_sees_is_not_read() -> None:
    old = [HEADER, ("Ancien miel", "pot", 1, "Les Ruchers")]
    assert [row.name for row in read(workbook([HEADER, GOOD], hidden=old)).rows] == ["Miel"]
    with pytest.raises(MissingColumns):
        read(workbook([("rien",)], hidden=old))


def test_rows_formatted_down_to_the_last_one_are_fine() -> None:
    row = b'<row r="1048576"><c r="A1048576" s="1"/><c r="XFD1048576" s="1"/></row></sheetData>'
    data = with_part(workbook(), SHEET, lambda xml: xml.replace(b"</sheetData>", row))
    assert len(read(data).rows) == 1


def test_cells_without_positions_are_read() -> None:
    data = with_part(workbook(), SHEET, lambda xml: xml.replace(b'r="A2" ', b"").replace(b'r="B2" ', b""))
    assert [row.name for row in read(data).rows] == ["Miel"]


def test_limits() -> None:
    rows = [HEADER, *((f"P{n}", "", 1, "Ferme") for n in range(5_000))]
    assert len(read(workbook(rows)).rows) == 5_000
    with pytest.raises(TooManyRows) as too_many:
        read(workbook([*rows, ("encore", "", 1, "Ferme")]))
    assert too_many.value.limit == 5_000
    with pytest.raises(TooManyColumns) as too_wide:
        read(workbook([HEADER, (*GOOD, *range(95))]))
    assert too_wide.value.limit == 100
