"""The catalogue in tests/data: three files of one table, which the demo also starts from."""

import pytest

from ledger.catalogue.reader import Column, ProblemReason, RowProblem, read_catalogue
from tests.data import make
from tests.support.catalogues import DATA, without_lines

GOOD = ("catalogue-cp1252.csv", "catalogue-utf8.csv", "catalogue.xlsx")


@pytest.mark.parametrize("name", GOOD)
def test_all_three_hold_the_same_products(name: str) -> None:
    first = read_catalogue((DATA / GOOD[0]).read_bytes(), GOOD[0])
    found = read_catalogue((DATA / name).read_bytes(), name)
    assert not found.problems
    assert without_lines(found.rows) == without_lines(first.rows)
    assert len(found.rows) == len(make.PRODUCTS)


def test_it_is_like_a_real_groups() -> None:
    rows = read_catalogue((DATA / GOOD[0]).read_bytes(), GOOD[0]).rows
    assert len(rows) >= 40
    assert len({row.producer for row in rows}) == 6
    assert {row.vat_rate for row in rows} == {550, 2000}
    assert any(row.weighed for row in rows)
    assert any(row.stock_milli is None for row in rows)
    assert [row.name for row in rows if row.price_cents == 1235] == ["Colis de légumes de saison"]
    text = "".join(row.name for row in rows)
    assert all(letter in text for letter in "éèêâûçŒ’«")


def test_three_bad_lines_of_forty_are_named() -> None:
    found = read_catalogue((DATA / "catalogue-3-bad-lines.csv").read_bytes(), "catalogue-3-bad-lines.csv")
    assert len(found.rows) == 37
    assert found.problems == (
        RowProblem(11, Column.PRICE, ProblemReason.UNREADABLE, "deux euros"),
        RowProblem(23, Column.PRODUCER, ProblemReason.MISSING, ""),
        RowProblem(38, Column.PRODUCT, ProblemReason.DUPLICATE, "33"),
    )


def test_the_files_are_what_the_script_writes() -> None:
    for path, content in make.files().items():
        if path.suffix == ".csv":
            assert path.read_bytes() == content, path
    assert read_catalogue(make.xlsx(), "x") == read_catalogue((DATA / "catalogue.xlsx").read_bytes(), "x")
    assert make.xlsx() == make.xlsx()


def test_the_demo_starts_from_the_same_bytes() -> None:
    assert make.DEMO.read_bytes() == (DATA / "catalogue-cp1252.csv").read_bytes()
