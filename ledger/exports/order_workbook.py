"""The order sheets as a workbook: a sheet a producer, and before several of them one with the totals."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.exports.handover import HandOver
from ledger.exports.order_sheets import OrderSheet
from ledger.exports.wording import Wording
from ledger.exports.workbook import Book, Look

HEAD_ROW = 3
_WIDTHS = (38, 14, 11, 11, 12, 14)


def order_workbook(handover: HandOver, sheets: Sequence[OrderSheet], wording: Wording) -> bytes:
    """Returns an XLSX file of these sheets."""
    book = Book(handover, wording)
    if len(sheets) != 1:
        _summary(book, sheets)
    for sheet in sheets:
        _producer(book, sheet)
    return book.finish()


def _summary(book: Book, sheets: Sequence[OrderSheet]) -> None:
    wording = book.wording
    page = book.sheet(wording.total, wording.order_sheet)
    page.set_column(0, 0, 44)
    page.set_column(1, 1, 16)
    book.text(page, HEAD_ROW, 0, wording.producer, Look.HEAD)
    book.text(page, HEAD_ROW, 1, wording.amount, Look.HEAD_NUMBER)
    page.freeze_panes(HEAD_ROW + 1, 0)
    row = HEAD_ROW + 1
    for sheet in sheets:
        book.text(page, row, 0, sheet.producer, Look.TEXT)
        book.money(page, row, 1, sheet.total_cents)
        row += 1
    book.text(page, row, 0, wording.total, Look.TEXT_BOLD)
    book.money(page, row, 1, sum(sheet.total_cents for sheet in sheets), bold=True)


def _producer(book: Book, sheet: OrderSheet) -> None:
    wording = book.wording
    page = book.sheet(sheet.producer, f"{wording.order_sheet} · {sheet.producer}")
    heads = (
        (wording.product, Look.HEAD),
        (wording.unit, Look.HEAD),
        (wording.quantity_head, Look.HEAD_NUMBER),
        (wording.members_head, Look.HEAD_NUMBER),
        (wording.price, Look.HEAD_NUMBER),
        (wording.amount, Look.HEAD_NUMBER),
    )
    for column, ((head, look), width) in enumerate(zip(heads, _WIDTHS, strict=True)):
        page.set_column(column, column, width)
        book.text(page, HEAD_ROW, column, head, look)
    page.freeze_panes(HEAD_ROW + 1, 1)
    page.repeat_rows(HEAD_ROW)
    row = HEAD_ROW + 1
    for line in sheet.rows:
        book.text(page, row, 0, line.product, Look.TEXT)
        book.text(page, row, 1, line.unit, Look.TEXT)
        book.quantity(page, row, 2, line.quantity_milli)
        book.count(page, row, 3, line.members)
        book.money(page, row, 4, line.price_cents)
        book.money(page, row, 5, line.amount_cents)
        row += 1
    for column in range(1, 5):
        book.text(page, row, column, "", Look.TEXT_BOLD)
    book.text(page, row, 0, wording.total, Look.TEXT_BOLD)
    book.money(page, row, 5, sheet.total_cents, bold=True)
    if sheet.is_rounded:
        book.text(page, row + 2, 0, wording.rounded, Look.NOTE)
