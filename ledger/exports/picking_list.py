"""The picking list: every product with who gets how much of it, a box each, and room to write a weight."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Spacer, Table, TableStyle

from ledger.exports.handover import HandOver, Item
from ledger.exports.paper import BOLD, BOX, LINE, REGULAR, SHADE, Paper, fitting, fixed, style, words
from ledger.exports.wording import Wording
from ledger.names import sort_key

KEPT_TOGETHER = 8
"""Up to so many members, a product is not cut at the end of a column."""
_ROOM = 70.0
"""Points that a longer one wants at the end of a column, to begin there."""
_CELL, _STRONG, _PRODUCER = style(9), style(9, bold=True), style(11, bold=True, spaceAfter=4)


@dataclass(frozen=True, slots=True)
class Block:
    """A product and who gets how much of it, in thousandths of its unit."""

    producer_id: int
    product: str
    unit: str
    weighed: bool
    shares: tuple[tuple[str, int], ...]

    @property
    def quantity_milli(self) -> int:
        """Σ of the shares."""
        return sum(quantity for _, quantity in self.shares)


def blocks(handover: HandOver) -> list[Block]:
    """Returns the products by producer and name; what did not come is left out. A member stands once under each."""
    found: dict[tuple[int, int, str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    some: dict[tuple[int, int, str, str], Item] = {}
    for number, order in enumerate(handover.orders):
        for item in order.items:
            if item.quantity_milli:
                key = (item.producer_id, item.product_id, item.product, item.unit)
                found[key][number] += item.quantity_milli
                some[key] = item
    made = [
        Block(
            item.producer_id,
            item.product,
            item.unit,
            item.weighed,
            tuple((handover.orders[number].member, quantity) for number, quantity in found[key].items()),
        )
        for key, item in some.items()
    ]
    place = {producer_id: number for number, producer_id in enumerate(handover.producers)}
    return sorted(made, key=lambda block: (place[block.producer_id], sort_key(block.product), block.unit))


def picking_list(handover: HandOver, wording: Wording) -> bytes:
    """Returns a PDF file of who gets what, product by product."""
    paper = Paper(handover, wording, wording.picking_list, columns=2)
    story: list[Flowable] = []
    producer = None
    for block in blocks(handover):
        parts: list[Flowable] = [_table(block, wording, paper.column_width), Spacer(0, 7)]
        if block.producer_id != producer:
            producer = block.producer_id
            parts.insert(0, words(handover.producers[producer], _PRODUCER))
        kept = len(block.shares) <= KEPT_TOGETHER
        story += [KeepTogether(parts)] if kept else [CondPageBreak(_ROOM), *parts]
    return paper.print(story or [words(wording.nothing_ordered, _CELL)])


def _table(block: Block, wording: Wording, width: float) -> Table:
    total = fixed(wording.quantity(block.quantity_milli, block.unit))
    name = block.product if block.unit in total else f"{block.product} ({block.unit})"
    widths = (18, width - 18 - 62 - 42, 62, 42) if block.weighed else (18, width - 18 - 70, 5, 65)
    rows: list[list[object]] = [[words(name, _STRONG), "", total, ""]]
    for member, milli in block.shares:
        quantity = fixed(wording.quantity(milli, block.unit))
        amounts = [quantity, "…………"] if block.weighed else ["", quantity]
        rows.append([BOX, fitting(member, _CELL, widths[1] - 6), *amounts])
    return Table(rows, colWidths=widths, repeatRows=1, style=_STYLE)


_STYLE = TableStyle(
    [
        ("FONT", (0, 0), (-1, -1), REGULAR, 9, 11),
        ("FONT", (0, 0), (-1, 0), BOLD, 9, 11),
        ("FONT", (0, 1), (0, -1), REGULAR, 11, 11),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("ALIGN", (2, 0), (-1, -1), "RIGHT"),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
        ("SPAN", (0, 0), (1, 0)),
        ("SPAN", (2, 0), (3, 0)),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, LINE),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("TOPPADDING", (0, 1), (0, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
)
