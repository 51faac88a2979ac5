"""Writes the example catalogue, one table, as the three files a group may send: run ``python tests/data/make.py``.

The same bytes come out each time. The CSV in cp1252 is also what the demo group starts from (bot/demo/catalogue.csv).
Prices are text here, as a person types them; places and farms are invented.
"""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path

import xlsxwriter

DATA = Path(__file__).parent
DEMO = DATA.parents[1] / "bot" / "demo" / "catalogue.csv"

HEADER = ("Produit", "Unité", "Prix", "Producteur", "TVA", "Stock")
TILLEULS = "Ferme des Tilleuls"
FOURNIL = "Fournil de la Gare"
CHEVRERIE = "Chèvrerie du Haut-Plateau"
RUCHERS = "Les Ruchers d’Argoat"
VERGERS = "Vergers de la Nœuve"
BRASSERIE = "Brasserie du Vieux Pont"

# product, unit, price, producer, VAT, stock
PRODUCTS = (
    ("Carottes de sable", "kg", "2,40", TILLEULS, "5,5", "60"),
    ("Pommes de terre Charlotte", "kg", "1,95", TILLEULS, "5,5", "120"),
    ("Poireaux", "kg", "3,20", TILLEULS, "5,5", "40"),
    ("Courge butternut", "kg", "2,80", TILLEULS, "5,5", "35,5"),
    ("Épinards", "kg", "5,60", TILLEULS, "5,5", "12,5"),
    ("Mâche", "barquette 150 g", "2,10", TILLEULS, "5,5", "30"),
    ("Salade feuille de chêne", "pièce", "1,30", TILLEULS, "5,5", "48"),
    ("Radis roses", "botte", "1,80", TILLEULS, "5,5", "25"),
    ("Persil plat", "bouquet", "1,20", TILLEULS, "5,5", "20"),
    ("Œufs plein air", "boîte de 6", "2,35", TILLEULS, "5,5", "50"),
    ("Poulet fermier", "kg", "11,90", TILLEULS, "5,5", "18"),
    ("Colis de légumes de saison", "pièce", "12,35", TILLEULS, "5,5", "24"),
    ("Pain de campagne au levain", "pièce 800 g", "4,20", FOURNIL, "5,5", "30"),
    ("Pain complet", "pièce 500 g", "3,40", FOURNIL, "5,5", "20"),
    ("Pain aux noix", "pièce 500 g", "4,60", FOURNIL, "5,5", "12"),
    ("Baguette de tradition", "pièce", "1,25", FOURNIL, "5,5", "60"),
    ("Brioche tressée", "pièce 400 g", "5,80", FOURNIL, "5,5", "10"),
    ("Sablés au beurre salé", "sachet 200 g", "4,50", FOURNIL, "5,5", ""),
    ("Far aux pruneaux", "pièce 600 g", "8,90", FOURNIL, "5,5", "8"),
    ("Farine de blé T80", "sac 5 kg", "9,75", FOURNIL, "5,5", ""),
    ("Crottin de chèvre frais", "pièce", "2,20", CHEVRERIE, "5,5", "45"),
    ("Bûche cendrée", "pièce 180 g", "5,30", CHEVRERIE, "5,5", "15"),
    ("Tomme de chèvre", "kg", "24,80", CHEVRERIE, "5,5", "9,25"),
    ("Faisselle", "lot de 4", "3,95", CHEVRERIE, "5,5", "20"),
    ("Yaourt nature au lait de chèvre", "pot 125 g", "0,95", CHEVRERIE, "5,5", "80"),
    ("Lait cru", "litre", "1,70", CHEVRERIE, "5,5", "30"),
    ("Miel de châtaignier", "pot 500 g", "8,50", RUCHERS, "5,5", "40"),
    ("Miel toutes fleurs", "pot 1 kg", "13,90", RUCHERS, "5,5", "25"),
    ("Pain d’épices", "pièce 350 g", "6,40", RUCHERS, "5,5", "14"),
    ("Bougie à la cire d’abeille", "pièce", "7,00", RUCHERS, "20", "12"),
    ("Savon au miel", "pièce 100 g", "4,80", RUCHERS, "20", ""),
    ("Pommes Reinette", "kg", "2,70", VERGERS, "5,5", "90"),
    ("Poires Conférence", "kg", "3,10", VERGERS, "5,5", "55"),
    ("Kiwis", "kg", "4,40", VERGERS, "5,5", "30"),
    ("Noix sèches", "sachet 500 g", "5,20", VERGERS, "5,5", "22"),
    ("Jus de pomme", "bouteille 1 l", "3,15", VERGERS, "5,5", "72"),
    ("Jus de pomme, carton de 6", "carton", "17,40", VERGERS, "5,5", "12"),
    ("Compote pomme-coing, façon tatin", "bocal 650 g", "4,95", VERGERS, "5,5", "18"),
    ("Confiture de mûres « maison »", "pot 370 g", "5,10", VERGERS, "5,5", "16"),
    ("Cidre brut fermier", "bouteille 75 cl", "4,30", BRASSERIE, "20", "36"),
    ("Bière blonde", "bouteille 33 cl", "2,60", BRASSERIE, "20", "96"),
    ("Bière ambrée", "bouteille 75 cl", "5,70", BRASSERIE, "20", "48"),
    ("Bière sans alcool", "bouteille 33 cl", "2,45", BRASSERIE, "5,5", "24"),
    ("Coffret découverte 12 bières", "coffret", "29,90", BRASSERIE, "20", "6"),
    ("Vinaigre de cidre", "bouteille 50 cl", "3,85", BRASSERIE, "5,5", ""),
)

BAD = {
    11: ("Œufs plein air", "boîte de 6", "deux euros", TILLEULS, "5,5", "50"),
    23: ("Bûche cendrée", "pièce 180 g", "5,30", "", "5,5", "15"),
    38: ("POMMES  REINETTE", "kg", "2,75", VERGERS, "5,5", ""),
}
"""Lines of the third CSV that are wrong: an unreadable price, no producer, a product that line 33 already names."""


def csv_cp1252(products: tuple[tuple[str, ...], ...] = PRODUCTS) -> bytes:
    """As a French spreadsheet saves CSV: semicolons, decimal commas, CRLF, cp1252."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([HEADER, *products])
    return text.getvalue().encode("cp1252")


def csv_utf8() -> bytes:
    """As a web shop exports it: commas, everything quoted, decimal points, English headers, UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(("product", "producer", "unit", "price", "vat", "stock"))
    for name, unit, price, producer, vat, stock in PRODUCTS:
        writer.writerow((name, producer, unit, _point(price), _point(vat), _point(stock)))
    return text.getvalue().encode()


def csv_with_bad_lines() -> bytes:
    """Forty lines of products, three of them wrong (see ``BAD``; the header is line 1)."""
    lines = list(PRODUCTS[:40])
    for line, product in BAD.items():
        lines[line - 2] = product
    return csv_cp1252(tuple(lines))


def xlsx() -> bytes:
    """As a person keeps it: a title over the table, formatted prices and percentages, a filter, a frozen header."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"created": datetime.datetime(2025, 1, 6, tzinfo=datetime.UTC).replace(tzinfo=None)})
    title, bold = (
        book.add_format({"bold": True, "font_size": 16}),
        book.add_format({"bold": True, "border": 1}),
    )
    money, percent = (
        book.add_format({"num_format": "#,##0.00 [$€-40C]"}),
        book.add_format({"num_format": "0.0%"}),
    )
    sheet = book.add_worksheet("Catalogue de printemps")
    sheet.merge_range(0, 0, 0, 5, "Groupement d’achat des Quatre-Vents — catalogue de printemps", title)
    sheet.write_row(2, 0, ("Produit", "Unité", "Prix TTC (€)", "Producteur", "TVA %", "Stock"), bold)
    for row, (name, unit, price, producer, vat, stock) in enumerate(PRODUCTS, start=3):
        sheet.write_row(row, 0, (name, unit))
        sheet.write_number(row, 2, float(_point(price)), money)
        sheet.write_string(row, 3, producer)
        sheet.write_number(row, 4, float(_point(vat)) / 100, percent)
        if stock:
            sheet.write_number(row, 5, float(_point(stock)))
    sheet.autofilter(2, 0, 2 + len(PRODUCTS), 5)
    sheet.freeze_panes(3, 0)
    sheet.set_column(0, 0, 34)
    book.add_worksheet("Notes").write(0, 0, "Livraison le jeudi, place du marché")
    book.close()
    return file.getvalue()


def files() -> dict[Path, bytes]:
    """Every file this script writes, and its content."""
    return {
        DATA / "catalogue-cp1252.csv": csv_cp1252(),
        DEMO: csv_cp1252(),
        DATA / "catalogue-utf8.csv": csv_utf8(),
        DATA / "catalogue.xlsx": xlsx(),
        DATA / "catalogue-3-bad-lines.csv": csv_with_bad_lines(),
    }


def _point(number: str) -> str:
    return number.replace(",", ".")


def main() -> None:
    for path, content in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main()
