"""The hand-over table: a row a member, a column a product, so that whoever stands at the crates finds the name that is
in front of them and reads one line. Names, heads and what everybody pays stay in view."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from xlsxwriter.worksheet import Worksheet

from ledger.exports.handover import HandOver, MemberOrder
from ledger.exports.wording import Wording
from ledger.exports.workbook import Book, Look
from ledger.names import sort_key

PRODUCER_ROW, PRODUCT_ROW, UNIT_ROW, FIRST_ROW = 3, 4, 5, 6
AMOUNT_COLUMN, FIRST_COLUMN = 1, 2


@dataclass(frozen=True, slots=True)
class Column:
    """A product as it was ordered."""

    producer: str
    product_id: int
    product: str
    unit: str


def columns(handover: HandOver) -> list[Column]:
    """Returns the products, by producer and name."""
    found = {
        Column(handover.producers[item.producer_id], item.product_id, item.product, item.unit)
        for order in handover.orders
        for item in order.items
    }
    return sorted(found, key=lambda c: (sort_key(c.producer), sort_key(c.product), c.product_id, c.unit))


def quantities(order: MemberOrder, handover: HandOver) -> dict[Column, int]:
    """Returns what one member gets of each product, in thousandths; 0 for what did not come."""
    found: dict[Column, int] = defaultdict(int)
    for item in order.items:
        producer = handover.producers[item.producer_id]
        found[Column(producer, item.product_id, item.product, item.unit)] += item.quantity_milli
    return found


def table_workbook(handover: HandOver, wording: Wording) -> bytes:
    """Returns an XLSX file of who gets what."""
    book = Book(handover, wording)
    page = book.sheet(wording.table, wording.table, landscape=True)
    products = columns(handover)
    _lay_out(page, len(products))
    _head(book, page, products)
    totals: dict[Column, int] = defaultdict(int)
    row = FIRST_ROW
    for order in handover.orders:
        book.text(page, row, 0, order.member, Look.TEXT)
        book.money(page, row, AMOUNT_COLUMN, order.total_cents)
        mine = quantities(order, handover)
        for number, column in enumerate(products, start=FIRST_COLUMN):
            if column in mine:
                book.quantity(page, row, number, mine[column], Look.GRID)
                totals[column] += mine[column]
            else:
                book.text(page, row, number, "", Look.GRID)
        row += 1
    book.text(page, row, 0, wording.total, Look.TEXT_BOLD)
    book.money(page, row, AMOUNT_COLUMN, handover.total_cents, bold=True)
    for number, column in enumerate(products, start=FIRST_COLUMN):
        book.quantity(page, row, number, totals[column], Look.GRID_BOLD)
    return book.finish()


def _lay_out(page: Worksheet, products: int) -> None:
    page.set_column(0, 0, 28)
    page.set_column(AMOUNT_COLUMN, AMOUNT_COLUMN, 12)
    if products:
        page.set_column(FIRST_COLUMN, FIRST_COLUMN + products - 1, 7)
    page.set_row(PRODUCER_ROW, 48)
    page.set_row(PRODUCT_ROW, 150)
    page.set_row(UNIT_ROW, 60)
    page.freeze_panes(FIRST_ROW, FIRST_COLUMN)
    page.repeat_rows(PRODUCER_ROW, UNIT_ROW)
    page.repeat_columns(0, AMOUNT_COLUMN)


def _head(book: Book, page: Worksheet, products: Sequence[Column]) -> None:
    wording = book.wording
    for row, member, amount in (
        (PRODUCER_ROW, "", ""),
        (PRODUCT_ROW, "", ""),
        (UNIT_ROW, wording.member, wording.amount),
    ):
        book.text(page, row, 0, member, Look.HEAD)
        book.text(page, row, AMOUNT_COLUMN, amount, Look.HEAD_NUMBER)
    first = FIRST_COLUMN
    for producer, of_one in groupby(products, key=lambda column: column.producer):
        last = first + len(list(of_one)) - 1
        if last > first:
            page.merge_range(PRODUCER_ROW, first, PRODUCER_ROW, last, "")
        book.text(page, PRODUCER_ROW, first, producer, Look.HEAD_MIDDLE)
        first = last + 1
    for number, column in enumerate(products, start=FIRST_COLUMN):
        book.text(page, PRODUCT_ROW, number, column.product, Look.HEAD_TURNED)
        book.text(page, UNIT_ROW, number, column.unit, Look.HEAD_TURNED)
