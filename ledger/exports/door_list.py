"""The list for the table at the door: everybody by name, what they pay and how, and boxes to tick."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from ledger.exports.handover import Due, DueKind, HandOver
from ledger.exports.paper import BOLD, BOX, LINE, REGULAR, SHADE, TICKED, Paper, fitting, fixed, style, words
from ledger.exports.wording import Wording
from ledger.groups.models import Method

_WIDTHS = (38, 152, 72, 72, 97, 62, 30)
_CELL, _STRONG = style(9.5), style(9.5, bold=True)
_HEAD, _HEAD_RIGHT = style(8.5, bold=True), style(8.5, bold=True, right=True)
TO_BE_PAID = (DueKind.EXPECTED, DueKind.MISSING)


def door_list(handover: HandOver, wording: Wording) -> bytes:
    """Returns a PDF file of who pays what."""
    paper = Paper(handover, wording, wording.door_list)
    if not handover.orders:
        return paper.print([words(wording.nothing_ordered, _CELL)])
    return paper.print([_members(handover, wording), Spacer(0, 14), _still_expected(handover, wording)])


def _members(handover: HandOver, wording: Wording) -> Table:
    rows: list[list[object]] = [_heads(wording)]
    look: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 9.5, 12),
        ("FONT", (0, 0), (0, -1), REGULAR, 13, 13),
        ("FONT", (-1, 0), (-1, -1), REGULAR, 13, 13),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("ALIGN", (2, 0), (3, -1), "RIGHT"),
        ("ALIGN", (0, 0), (0, -1), "CENTER"),
        ("ALIGN", (-1, 0), (-1, -1), "CENTER"),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 1), (0, -1), 1),
        ("TOPPADDING", (-1, 1), (-1, -1), 1),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("LEFTPADDING", (4, 0), (4, -1), 8),
    ]
    for order in handover.orders:
        first = len(rows)
        who: list[object] = [
            BOX,
            fitting(order.member, _CELL, _WIDTHS[1] - 6),
            fixed(wording.money(order.total_cents)),
        ]
        for due in order.dues or (None,):
            rows.append([*(who if len(rows) == first else ["", "", ""]), *_due(due, wording)])
        last = len(rows) - 1
        look.append(("LINEBELOW", (0, last), (-1, last), 0.5, LINE))
        if last > first:
            look.append(("NOSPLIT", (0, first), (-1, last)))
    total = fixed(wording.money(handover.total_cents))
    rows.append(["", words(f"{wording.total} · {len(handover.orders)}", _STRONG), total, "", "", "", ""])
    look.append(("FONT", (2, -1), (2, -1), BOLD, 9.5))
    return Table(rows, colWidths=_WIDTHS, repeatRows=1, style=TableStyle(look))


def _heads(wording: Wording) -> list[object]:
    return [
        words(wording.here, _HEAD),
        words(wording.member, _HEAD),
        words(wording.total, _HEAD_RIGHT),
        words(wording.amount, _HEAD_RIGHT),
        words(wording.method_head, _HEAD),
        words(wording.reference, _HEAD),
        words(wording.paid, _HEAD),
    ]


def _due(due: Due | None, wording: Wording) -> list[object]:
    """Amount, method, reference and box; the box is ticked where the money came, and absent where none is to come."""
    if due is None:
        return ["", "", "", ""]
    box = BOX if due.kind in TO_BE_PAID else TICKED if due.kind is DueKind.RECEIVED else "–"
    return [
        fixed(wording.money(due.amount_cents)),
        fitting(_kind(due, wording), _CELL, _WIDTHS[4] - 11),
        fixed(due.reference or ""),
        box,
    ]


def _kind(due: Due, wording: Wording) -> str:
    if due.kind is DueKind.MISSING:
        return wording.missing
    return wording.overpaid if due.kind is DueKind.OVERPAID else wording.methods[due.method]


def still_expected(handover: HandOver) -> dict[Method | None, tuple[int, int]]:
    """Returns what is to come by method (none: nobody announced it): how often, and cents."""
    found: dict[Method | None, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for due in (due for order in handover.orders for due in order.dues if due.kind in TO_BE_PAID):
        count, cents = found[due.method]
        found[due.method] = count + 1, cents + due.amount_cents
    return {method: found[method] for method in (*Method, None) if method in found}


def _still_expected(handover: HandOver, wording: Wording) -> Flowable:
    found = still_expected(handover)
    rows: list[list[object]] = [[words(wording.still_expected, _STRONG), "", ""]]
    for method, (count, cents) in found.items():
        name = wording.methods[method] if method else wording.missing
        rows.append([words(name, _CELL), str(count), fixed(wording.money(cents))])
    counts, sums = sum(count for count, _ in found.values()), sum(cents for _, cents in found.values())
    rows.append([words(wording.total, _STRONG), str(counts), fixed(wording.money(sums))])
    look: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -2), REGULAR, 9.5, 12),
        ("FONT", (0, -1), (-1, -1), BOLD, 9.5, 12),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("LINEABOVE", (0, -1), (-1, -1), 0.5, LINE),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("NOSPLIT", (0, 0), (-1, -1)),
    ]
    return Table(rows, colWidths=(150, 40, 90), hAlign="LEFT", style=TableStyle(look))
