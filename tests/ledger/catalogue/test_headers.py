"""Which header names which column, and where the header row is found."""

import pytest

from ledger.catalogue.errors import MissingColumns, RepeatedColumns, TooManyColumns
from ledger.catalogue.headers import column_of
from ledger.catalogue.reader import Column
from tests.support.catalogues import read_text


@pytest.mark.parametrize(
    ("column", "headers"),
    [
        (
            Column.PRODUCT,
            ["produit", "Produits", "PRODUIT(S)", "Nom", "nom du produit", "Désignation", "Libellé"],
        ),
        (Column.PRODUCT, ["product", "Products", "name", "Product name", "item", "article"]),
        (
            Column.PRODUCER,
            ["producteur", "Producteurs", "fournisseur", "Nom du fournisseur", "producer", "supplier"],
        ),
        (
            Column.UNIT,
            ["unité", "unite", "UNITÉS", "Unite\u0301", "unit", "units", "unité de vente", "conditionnement"],
        ),
        (
            Column.PRICE,
            ["prix", "Prix TTC", "prix (€)", "Prix\u00a0(€\u00a0TTC)", "Prix en €", "prix (EUR)", "tarif"],
        ),
        (
            Column.PRICE,
            ["prix unitaire TTC", "price", "Prices", "unit price", "price (incl. VAT)", "prix\nTTC"],
        ),
        (Column.VAT, ["tva", "TVA %", "TVA (%)", "Taux de TVA", "vat", "VAT rate"]),
        (Column.STOCK, ["stock", "Stocks", "stock disponible", "in stock"]),
        (Column.WEIGHED, ["pesé", "Pesée", "pesés", "à peser", "weighed", "Pesé (oui/non)", "au poids"]),
    ],
)
def test_headers_in_both_languages(column: Column, headers: list[str]) -> None:
    assert {header: column_of(header) for header in headers} == dict.fromkeys(headers, column)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "prix HT",
        "Prix (HT)",
        "prix au kg",
        "prix €/kg",
        "TVA montant",
        "photo",
        "€",
        "%",
        "s",
        "x" * 5_000,
    ],
)
def test_other_headers_are_nobody(header: str) -> None:
    assert column_of(header) is None


def test_any_order_and_extra_columns() -> None:
    text = "photo;Prix TTC;Commentaire;Fournisseur;Nom\na.png;3,20;bon; Ferme ;Poireaux\n"
    [row] = read_text(text).rows
    assert (row.name, row.producer, row.price_cents) == ("Poireaux", "Ferme", 320)
    assert (row.unit, row.vat_rate, row.stock_milli, row.weighed) == ("pièce", 550, None, False)


@pytest.mark.parametrize(
    "above",
    [
        "",
        "\n",
        "sep=;\n",
        "Catalogue de printemps;;\n\n",
        "Produits de nos producteurs\nPrix valables en mars\n\n;;;\n",
        "\n" * 9,
    ],
)
def test_a_title_may_stand_above_the_header(above: str) -> None:
    found = read_text(f"{above}produit;prix;producteur\nMiel;7,50;Ruchers\n")
    assert [row.line for row in found.rows] == [above.count("\n") + 2]
    assert not found.problems


def test_the_header_is_looked_for_in_ten_rows() -> None:
    with pytest.raises(MissingColumns):
        read_text("\n" * 10 + "produit;prix;producteur\nMiel;7,50;Ruchers\n")


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("produit;unité;tva;producteur", ("price",)),
        ("produit;prix HT;producteur", ("price",)),
        ("prix;tva", ("product", "producer")),
        ("bonjour", ("product", "price", "producer")),
    ],
)
def test_what_is_missing_is_named(header: str, missing: tuple[str, ...]) -> None:
    with pytest.raises(MissingColumns) as caught:
        read_text(f"Catalogue\n{header}\nMiel;7,50;Ruchers;x\n")
    assert caught.value.names == missing


def test_two_prices_are_not_chosen_between() -> None:
    with pytest.raises(RepeatedColumns) as caught:
        read_text("produit;prix;prix TTC;producteur;TVA;tva %\nMiel;7;7,50;Ruchers;5,5;5,5\n")
    assert caught.value.names == ("price", "vat")


def test_a_header_of_many_columns() -> None:
    header = "produit;prix;producteur" + "".join(f";extra {n}" for n in range(97))
    assert len(read_text(f"{header}\nMiel;7,50;Ruchers\n").rows) == 1
    with pytest.raises(TooManyColumns):
        read_text(f"{header};extra\nMiel;7,50;Ruchers\n")
