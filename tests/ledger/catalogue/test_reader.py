"""Whole files: good lines and problems, duplicates, limits, and that what is written is what is read."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.catalogue.errors import FileTooLarge, TooManyRows
from ledger.catalogue.reader import Column, ProblemReason, ProductRow, RowProblem, read_catalogue
from ledger.catalogue.rows import CatalogueFile
from tests.support.catalogues import csv_text, read_cells, read_text

R = ProblemReason


def test_one_good_line() -> None:
    found = read_text("produit;unité;prix;producteur;tva;stock\n Tomme ; kg ;24,80 €;Chèvrerie;5,5 %;9,25\n")
    assert found == CatalogueFile(
        (ProductRow(2, "Chèvrerie", "Tomme", "kg", 2480, 550, 9_250, weighed=True),), ()
    )


@pytest.mark.parametrize(
    ("header", "value", "column", "why"),
    [
        ("produit", "", Column.PRODUCT, R.MISSING),
        ("produit", "a" * 121, Column.PRODUCT, R.TOO_LONG),
        ("producteur", "", Column.PRODUCER, R.MISSING),
        ("producteur", "50", Column.PRODUCER, R.NOT_A_NAME),
        ("unité", "a" * 31, Column.UNIT, R.TOO_LONG),
        ("prix", "", Column.PRICE, R.MISSING),
        ("prix", "cher", Column.PRICE, R.UNREADABLE),
        ("prix", "0", Column.PRICE, R.NOT_POSITIVE),
        ("prix", "-1", Column.PRICE, R.NOT_POSITIVE),
        ("prix", "1,234", Column.PRICE, R.TOO_MANY_DECIMALS),
        ("prix", "100001", Column.PRICE, R.OUT_OF_RANGE),
        ("prix", "#REF!", Column.PRICE, R.FORMULA_ERROR),
        ("tva", "x", Column.VAT, R.UNREADABLE),
        ("tva", "200", Column.VAT, R.OUT_OF_RANGE),
        ("stock", "x", Column.STOCK, R.UNREADABLE),
        ("stock", "-2", Column.STOCK, R.NEGATIVE),
        ("pesé", "peut-être", Column.WEIGHED, R.UNREADABLE),
    ],
)
def test_one_problem(header: str, value: str, column: Column, why: ProblemReason) -> None:
    found = read_cells(**{header: value})
    assert not found.rows
    assert found.problems == (RowProblem(2, column, why, value[:60]),)


def test_everything_wrong_with_a_line_is_said_at_once() -> None:
    found = read_cells(produit="", prix="cher", tva="x", stock="-1")
    assert [problem.column for problem in found.problems] == ["product", "price", "vat", "stock"]
    assert found.bad_lines == (2,)


def test_the_weighed_column_wins_over_the_unit() -> None:
    assert read_cells(unité="kg", pesé="non").rows[0].weighed is False
    assert read_cells(unité="kg", pesé="").rows[0].weighed is True
    assert read_cells(unité="pièce", pesé="x").rows[0].weighed is True


def test_a_formula_in_csv_is_only_text() -> None:
    assert read_cells(produit='=HYPERLINK("http://x")').rows[0].name == '=HYPERLINK("http://x")'
    assert read_cells(prix="=7,50").problems[0].reason is R.UNREADABLE


def test_a_product_is_named_once_a_producer() -> None:
    found = read_text(
        "produit;prix;producteur\n"
        "Œufs frais;2;Ferme A\n"
        "Œufs frais;3;Ferme B\n"
        " oeufs  FRAIS;4;FERME a\n"
        "Miel;zut;Ferme A\n"
        "miel;5;Ferme A\n"
        "miel;6;Ferme A\n"
    )
    assert [row.line for row in found.rows] == [2, 3]
    assert found.problems == (
        RowProblem(4, Column.PRODUCT, R.DUPLICATE, "2"),
        RowProblem(5, Column.PRICE, R.UNREADABLE, "zut"),
        RowProblem(6, Column.PRODUCT, R.DUPLICATE, "5"),
        RowProblem(7, Column.PRODUCT, R.DUPLICATE, "5"),
    )
    assert found.bad_lines == (4, 5, 6, 7)


def test_other_currencies() -> None:
    assert read_text("produit;prix;producteur\nRiz;1500;A\n", currency="XPF").rows[0].price_cents == 1500
    assert read_text("produit;prix;producteur\nRiz;1,234;A\n", currency="TND").rows[0].price_cents == 1234


def test_five_thousand_lines_and_not_one_more() -> None:
    text = "produit;prix;producteur\n" + "".join(f"P{n};1;Ferme\n\n" for n in range(5_000))
    found = read_text(text)
    assert len(found.rows) == 5_000
    assert found.rows[-1].line == 10_000
    with pytest.raises(TooManyRows) as caught:
        read_text(text + "encore;1;Ferme\n")
    assert caught.value.limit == 5_000


def test_two_megabytes_and_not_one_byte_more() -> None:
    text = b"produit;prix;producteur\nMiel;7,50;Ruchers\n"
    assert len(read_catalogue(text.ljust(2_000_000, b"\n"), "c.csv").rows) == 1
    with pytest.raises(FileTooLarge) as caught:
        read_catalogue(text.ljust(5_000_000, b"\n"), "c.csv")
    assert (caught.value.size, caught.value.limit) == (5_000_000, 2_000_000)


# Round trip: any rows, in any dialect, come back as they were.

LETTERS = string.ascii_letters + "éèêëàâçîïôöùûüœŒÉÀ"
TEXT = st.text(LETTERS + string.digits + " ;,\"'-=&<>%", min_size=1, max_size=40).map(
    lambda text: " ".join(text.split())
)
NAMED = TEXT.filter(lambda text: any(c.isalpha() for c in text))
ROWS = st.lists(
    st.builds(
        ProductRow,
        line=st.just(0),
        producer=NAMED,
        name=NAMED,
        unit=st.sampled_from(["kg", "pièce", "botte", "boîte de 6", 'pot "grand"', "l'unité"]),
        price_cents=st.integers(1, 10_000_000),
        vat_rate=st.integers(50, 3_000) | st.just(0),
        stock_milli=st.none() | st.integers(0, 10**9),
        weighed=st.booleans(),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: (
        row.producer.casefold().replace("œ", "oe"),
        row.name.casefold().replace("œ", "oe"),
    ),
)
DIALECTS = [
    (encoding, delimiter, end, point)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252")
    for delimiter, end in ((";", "\r\n"), (",", "\n"), ("\t", "\r"))
    for point in ",."
]


def written(row: ProductRow, point: str) -> tuple[str, ...]:
    price = f"{row.price_cents // 100}{point}{row.price_cents % 100:02}"
    vat = f"{row.vat_rate // 100}{point}{row.vat_rate % 100:02}"
    stock = "" if row.stock_milli is None else f"{row.stock_milli // 1000}{point}{row.stock_milli % 1000:03}"
    return (row.name, row.unit, price, row.producer, vat, stock, "oui" if row.weighed else "non")


@pytest.mark.parametrize(("encoding", "delimiter", "end", "point"), DIALECTS)
@settings(max_examples=15)
@given(rows=ROWS)
def test_what_is_written_is_read(
    encoding: str, delimiter: str, end: str, point: str, rows: list[ProductRow]
) -> None:
    header = ("Produit", "Unité", "Prix", "Producteur", "TVA", "Stock", "Pesé")
    data = csv_text([header, *(written(row, point) for row in rows)], delimiter, end).encode(encoding)
    found = read_catalogue(data, "catalogue.csv")
    duplicates = {problem.line for problem in found.problems if problem.reason is R.DUPLICATE}
    assert found.bad_lines == tuple(sorted(duplicates))  # accents alone do not make two products
    expected = [(row.line, written(row, point)) for row in found.rows]
    assert expected == [(n, written(row, point)) for n, row in enumerate(rows, 2) if n not in duplicates]


@settings(max_examples=300)
@given(st.text(string.printable + "éœ€\u00a0\u202f\u2028\ufeff", max_size=200))
def test_any_text_under_a_header_is_rows_or_problems_or_nothing(text: str) -> None:
    found = read_text("produit;prix;producteur\nMiel;7,50;Ruchers\n" + text)
    assert not {row.line for row in found.rows} & set(found.bad_lines)
    assert all(row.price_cents > 0 and row.name and row.producer for row in found.rows)
