"""What is ordered from each producer: the rows, and the CSV file of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.errors import NotFound
from ledger.exports import cells
from ledger.exports.handover import HandOver, Item
from ledger.exports.wording import Wording
from ledger.money import line_amount
from ledger.names import sort_key


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A product at one price: how much of it for how many members. Quantity in thousandths, amounts in cents."""

    product: str
    unit: str
    quantity_milli: int
    members: int
    price_cents: int
    amount_cents: int

    @property
    def is_rounded(self) -> bool:
        """Whether quantity × price is not the amount to the cent, because every member's line is rounded (I3)."""
        return line_amount(self.price_cents, self.quantity_milli) != self.amount_cents


@dataclass(frozen=True, slots=True)
class OrderSheet:
    """One producer's rows by product; what did not come (quantity 0) is left out."""

    producer_id: int
    producer: str
    rows: tuple[SheetRow, ...]

    @property
    def total_cents(self) -> int:
        """Σ of the rows."""
        return sum(row.amount_cents for row in self.rows)

    @property
    def is_rounded(self) -> bool:
        """Whether some amounts want the word about rounding."""
        return any(row.is_rounded for row in self.rows)


def order_sheets(handover: HandOver) -> tuple[OrderSheet, ...]:
    """Returns a sheet for every producer something is ordered from, by name."""
    found: dict[int, dict[tuple[str, str, int, int], list[tuple[int, Item]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for number, order in enumerate(handover.orders):
        for item in order.items:
            if item.quantity_milli:
                key = (item.product, item.unit, item.price_cents, item.product_id)
                found[item.producer_id][key].append((number, item))
    return tuple(
        OrderSheet(
            producer_id,
            name,
            tuple(
                _row(entries)
                for _, entries in sorted(found[producer_id].items(), key=lambda e: (sort_key(e[0][0]), e[0]))
            ),
        )
        for producer_id, name in handover.producers.items()
        if producer_id in found
    )


def order_sheet(handover: HandOver, producer_id: int) -> OrderSheet:
    """Returns one producer's sheet. Raises :class:`~ledger.errors.NotFound`."""
    for sheet in order_sheets(handover):
        if sheet.producer_id == producer_id:
            return sheet
    raise NotFound("producer", producer_id)


def _row(entries: list[tuple[int, Item]]) -> SheetRow:
    first = entries[0][1]
    return SheetRow(
        product=first.product,
        unit=first.unit,
        quantity_milli=sum(item.quantity_milli for _, item in entries),
        members=len({number for number, _ in entries}),
        price_cents=first.price_cents,
        amount_cents=sum(item.amount_cents for _, item in entries),
    )


def order_csv(handover: HandOver, sheets: Sequence[OrderSheet], wording: Wording) -> bytes:
    """Returns the sheets as one CSV file, its total in the last line."""
    currency = handover.currency
    rows: list[list[cells.Cell]] = [headers(wording, currency)]
    rows += [
        [
            sheet.producer,
            row.product,
            row.unit,
            cells.quantity(row.quantity_milli),
            row.members,
            cells.amount(row.price_cents, currency),
            cells.amount(row.amount_cents, currency),
        ]
        for sheet in sheets
        for row in sheet.rows
    ]
    total = f"{wording.total} ({wording.provisional})" if handover.provisional else wording.total
    rows.append(
        [total, "", "", "", "", "", cells.amount(sum(sheet.total_cents for sheet in sheets), currency)]
    )
    return cells.delimited(rows, wording.decimal_mark)


def headers(wording: Wording, currency: str) -> list[cells.Cell]:
    """Returns the columns' names."""
    return [
        wording.producer,
        wording.product,
        wording.unit,
        wording.quantity_head,
        wording.members_head,
        f"{wording.price} ({currency})",
        f"{wording.amount} ({currency})",
    ]
