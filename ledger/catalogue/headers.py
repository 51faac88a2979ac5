"""Finding the header row: which cell of which row names which column, in French or English."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from ledger.catalogue.cells import CellValue
from ledger.catalogue.errors import MissingColumns, RepeatedColumns, TooManyColumns
from ledger.catalogue.rows import REQUIRED, Column
from ledger.catalogue.tables import MAX_COLUMNS, Table, TableRow
from ledger.names import name_key

SEARCHED_ROWS = 10
"""Titles and blank lines may stand above the header; it is looked for in this many rows."""

_LONGEST = 60
_WORDS = re.compile(r"[a-z]+")
_NOISE = {"de", "du", "des", "d", "le", "la", "les", "l", "en", "of", "the", "ttc", "eur", "euro", "euros"}
_NAMES = {
    Column.PRODUCT: (
        "produit, product, nom, name, article, item, désignation, libellé, nom produit, nom article, "
        "product name"
    ),
    Column.PRODUCER: (
        "producteur, productrice, fournisseur, producer, supplier, nom producteur, nom fournisseur, "
        "producer name"
    ),
    Column.UNIT: "unité, unit, conditionnement, unité vente, sales unit",
    Column.PRICE: (
        "prix, price, tarif, prix unitaire, unit price, prix vente, price incl vat, price incl tax, "
        "price including vat"
    ),
    Column.VAT: "tva, vat, taux tva, vat rate",
    Column.STOCK: "stock, stock disponible, in stock, available stock",
    Column.WEIGHED: (
        "pesé, pesée, weighed, à peser, produit pesé, au poids, vendu au poids, poids variable, by weight, "
        "pesé oui non, weighed yes no"
    ),
}


def _columns() -> dict[str, Column]:
    return {_singular(name): column for column, names in _NAMES.items() for name in names.split(",")}


@dataclass(frozen=True)
class Header:
    """A header row: its number, how many cells it has, and where each column stands (0-based)."""

    line: int
    width: int
    positions: dict[Column, int]


def column_of(text: str) -> Column | None:
    """Returns the column a header cell names, whatever case, accents, plural, "(€)", "TTC", "%". "Prix HT": none."""
    return _KNOWN.get(_singular(text)) if len(text) <= _LONGEST else None


def find_header(tables: Iterable[Table]) -> tuple[Table, Header]:
    """Finds the first table with a row that names every required column, and that row.

    Raises MissingColumns (with what the best row lacks), RepeatedColumns, TooManyColumns.
    """
    missing: tuple[Column, ...] = REQUIRED
    for table in tables:
        for row in takewhile(_is_near_the_top, table.rows()):
            found = [column_of(cell) if isinstance(cell, str) else None for cell in row.cells[:MAX_COLUMNS]]
            lacking = tuple(column for column in REQUIRED if column not in found)
            if not lacking:
                return table, _header(row.line, row.cells, found)
            missing = min(missing, lacking, key=len)
    raise MissingColumns([column.value for column in missing])


def _is_near_the_top(row: TableRow) -> bool:
    return row.line <= SEARCHED_ROWS


def _header(line: int, cells: Sequence[CellValue], found: Sequence[Column | None]) -> Header:
    if len(cells) > MAX_COLUMNS:
        raise TooManyColumns(MAX_COLUMNS)
    counts = Counter(column for column in found if column is not None)
    repeated = [column.value for column, count in counts.items() if count > 1]
    if repeated:
        raise RepeatedColumns(repeated)
    return Header(line, len(cells), {column: i for i, column in enumerate(found) if column is not None})


def _singular(text: str) -> str:
    words = (word.rstrip("s") for word in _WORDS.findall(name_key(text)) if word not in _NOISE)
    return " ".join(word for word in words if word)


_KNOWN = _columns()
