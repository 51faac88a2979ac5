"""CSV as different programs write it: encodings, delimiters, line ends, quotes; and whose line a problem is on."""

import pytest

from ledger.catalogue.errors import EmptyCatalogue, FileKind, NotACatalogue
from ledger.catalogue.reader import CatalogueFile, ProblemReason, read_catalogue
from tests.support.catalogues import csv_text, read_text

HEADER = ("produit", "prix", "producteur")
ROWS = (HEADER, ("Crème brûlée", "3,20 €", "Ferme de l'Île"), ("Bœuf", "1 234,50", "Ferme de l'Île"))


def problems(found: CatalogueFile) -> list[tuple[int, ProblemReason, str]]:
    return [(problem.line, problem.reason, problem.value) for problem in found.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_dialect_reads_the_same(encoding: str, delimiter: str, end: str) -> None:
    text = csv_text(ROWS, delimiter, end)
    data = b"\xfe\xff" + text.encode("utf-16-be") if encoding == "utf-16-be-bom" else text.encode(encoding)
    found = read_catalogue(data, "catalogue.csv")
    assert [(row.line, row.name, row.price_cents) for row in found.rows] == [
        (2, "Crème brûlée", 320),
        (3, "Bœuf", 123450),
    ]
    assert not found.problems


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"produit;prix;producteur\nMi\0el;7,50;Ruchers\n", FileKind.BINARY),
        (b"produit;prix;producteur\n\x01\x02\x03\x04\x05\x06\x07\x08;7,50;Ruchers\n", FileKind.BINARY),
        (b"produit;prix;producteur\nCr\x8fme;7,50;Ruchers\n", FileKind.ENCODING),
        (b"\xff\xfeproduit;prix;producteur\n\x00", FileKind.ENCODING),
        (b"\xff\xfe" + "produit;prix;producteur\nMi\0el;7;R".encode("utf-16-le"), FileKind.BINARY),
        (b"\xff\xfe\x00\xd8\x00\x20", FileKind.ENCODING),
        ("produit;prix;producteur\n".encode("utf-32"), FileKind.BINARY),
        ("produit;prix;producteur\n".encode("utf-16-le"), FileKind.BINARY),
    ],
)
def test_what_is_no_text(data: bytes, kind: FileKind) -> None:
    with pytest.raises(NotACatalogue) as caught:
        read_catalogue(data, "catalogue.csv")
    assert (caught.value.kind, caught.value.filename) == (kind, "catalogue.csv")


@pytest.mark.parametrize(
    "data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe\n\x00", b"produit;prix;producteur\r\n;;\r\n"]
)
def test_nothing_to_import(data: bytes) -> None:
    with pytest.raises(EmptyCatalogue):
        read_catalogue(data, "catalogue.csv")


def test_a_stray_control_character_is_dropped_from_a_name() -> None:
    [row] = read_text(
        "produit;prix;producteur\n" + "Miel\x0b de \x02lavande\u202e;7,50;Les Ruchers d'Argoat\n" * 1
    ).rows
    assert row.name == "Miel de lavande"


def test_line_numbers_are_the_rows_of_a_spreadsheet() -> None:
    text = 'produit;prix;producteur\n\n"Miel\nde lavande";7,50;Ruchers\n;;\nPain;zut;Fournil\n'
    found = read_text(text)
    assert [(row.line, row.name) for row in found.rows] == [(3, "Miel de lavande")]
    assert problems(found) == [(5, ProblemReason.UNREADABLE, "zut")]


def test_unquoted_decimal_commas_between_commas_are_no_price() -> None:
    text = "product,price,producer,unit,vat,stock\n"
    lines = [
        "Miel,7,50,Ruchers,pot,,",  # one cell too many
        "Miel,7,50,Ruchers,,,",
        "Miel,7,50,Ruchers",  # fits, but only because cells are left out
        "Miel,7,50,Ruchers,5,5",  # fits exactly: the producer is "50"
        'Miel,"7,50",Ruchers,pot,"5,5",',
        "Pain,7.50,Fournil,pot,5.5,",
    ]
    found = read_text(text + "\n".join(lines))
    assert problems(found) == [
        (2, ProblemReason.CELL_COUNT, "7/6"),
        (3, ProblemReason.CELL_COUNT, "7/6"),
        (4, ProblemReason.CELL_COUNT, "4/6"),
        (5, ProblemReason.NOT_A_NAME, "50"),
    ]
    assert [(row.line, row.price_cents, row.vat_rate) for row in found.rows] == [(6, 750, 550), (7, 750, 550)]


def test_short_lines_and_trailing_blanks_are_fine_between_semicolons() -> None:
    found = read_text(
        "produit;prix;producteur;tva\nMiel;7,50;Ruchers\nPain;3;Fournil;20;;;\nSel;1;Salines;20;;x\n"
    )
    assert [(row.name, row.vat_rate) for row in found.rows] == [("Miel", 550), ("Pain", 2000)]
    assert problems(found) == [(4, ProblemReason.CELL_COUNT, "6/4")]


def test_quotes_inside_a_name() -> None:
    found = read_text('produit;prix;producteur\n"Pain ""spécial""; tranché";3;Fournil\nVis 1/2";4;Forge\n')
    assert [row.name for row in found.rows] == ['Pain "spécial"; tranché', 'Vis 1/2"']


def test_a_quote_left_open_is_said_where_it_opens() -> None:
    text = 'produit;prix;producteur\nMiel;7,50;Ruchers\n"Pain;3;Fournil\nLait;1;Chèvrerie\n'
    found = read_text(text)
    assert [row.name for row in found.rows] == ["Miel"]
    assert problems(found) == [(3, ProblemReason.UNCLOSED_QUOTE, "Pain;3;Fournil Lait;1;Chèvrerie")]


def test_a_quote_closed_by_another_does_not_swallow_a_line_silently() -> None:
    found = read_text('produit;prix;producteur\n"Miel;7,50;Ruchers\nPain "spécial";3;Fournil\n')
    assert not found.rows
    assert [problem.reason for problem in found.problems] == [ProblemReason.UNCLOSED_QUOTE]


def test_a_quote_left_open_over_a_long_file() -> None:
    text = 'produit;prix;producteur\nMiel;7,50;Ruchers\n"Pain;3;Fournil\n' + "Lait;1;Chèvrerie\n" * 20_000
    found = read_text(text)
    assert [row.name for row in found.rows] == ["Miel"]
    assert [(problem.line, problem.reason) for problem in found.problems] == [
        (3, ProblemReason.UNCLOSED_QUOTE)
    ]
