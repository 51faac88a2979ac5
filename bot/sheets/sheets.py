"""/feuilles · /sheets: what producers are to bring, and the lists for the tables of a distribution.

All of it names members and amounts, so it goes to the coordinator alone or to the coordinators' chat. Files are made outside
the unit of work, of what was read inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update

from bot.delivery.files import Document
from bot.edge.conversation import Button, Command
from bot.edge.scene import Context
from bot.sheets.views import sheets as views
from ledger.exports import handover as handovers
from ledger.exports.door_list import door_list
from ledger.exports.handover import HandOver
from ledger.exports.order_sheets import order_csv, order_sheet, order_sheets
from ledger.exports.order_workbook import order_workbook
from ledger.exports.picking_list import picking_list
from ledger.exports.table_workbook import table_workbook
from ledger.exports.wording import Wording

Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]
ALL = 0
"""Stands for a producer's id where the files of all of them are wanted."""


async def sheets_of_next(update: Update, context: Context) -> None:  # noqa: ARG001
    """The sheets of today's distribution, or of the next one."""
    _ = context.coordinator
    if not await context.discreetly():
        return
    distribution = await handovers.nearest_distribution(context.session, context.group)
    if distribution is None:
        context.show(views.no_distribution(context.texts))
    else:
        await _choose(context, distribution.id, 0)


async def sheets_of(update: Update, context: Context) -> None:  # noqa: ARG001
    """The sheets of one distribution."""
    _ = context.coordinator
    (distribution_id,) = context.numbers(1)
    if await context.discreetly():
        await _choose(context, distribution_id, 0)


async def sheets_page(update: Update, context: Context) -> None:  # noqa: ARG001
    """Another page of its producers."""
    _ = context.coordinator
    distribution_id, page = context.numbers(2)
    if await context.discreetly():
        await _choose(context, distribution_id, page)


async def producer_sheet(update: Update, context: Context) -> None:  # noqa: ARG001
    """One producer's order sheet, as messages."""
    _ = context.coordinator
    distribution_id, producer_id = context.numbers(2)
    if not await context.discreetly():
        return
    handover = await handovers.load(context.session, context.group, distribution_id)
    for screen in views.producer_sheet(context.texts, handover, order_sheet(handover, producer_id)):
        context.say(screen)


async def order_file_xlsx(update: Update, context: Context) -> None:  # noqa: ARG001
    """Order sheets as a workbook."""
    await _order_file(context, "xlsx")


async def order_file_csv(update: Update, context: Context) -> None:  # noqa: ARG001
    """Order sheets as CSV."""
    await _order_file(context, "csv")


async def _order_file(context: Context, extension: str) -> None:
    _ = context.coordinator
    distribution_id, producer_id = context.numbers(2)
    if not await context.discreetly():
        return
    handover = await handovers.load(context.session, context.group, distribution_id)
    sheets = order_sheets(handover) if producer_id == ALL else (order_sheet(handover, producer_id),)
    make = order_csv if extension == "csv" else order_workbook
    title = context.texts.label("Order sheet") if producer_id == ALL else sheets[0].producer
    _send(context, handover, title, extension, lambda wording: make(handover, sheets, wording))


def _list(
    title: Callable[[Wording], str], extension: str, make: Callable[[HandOver, Wording], bytes]
) -> Callback:
    """The handler that sends one kind of list."""

    async def send(update: Update, context: Context) -> None:  # noqa: ARG001
        _ = context.coordinator
        (distribution_id,) = context.numbers(1)
        if not await context.discreetly():
            return
        handover = await handovers.load(context.session, context.group, distribution_id)
        name = title(views.wording(context.texts))
        _send(context, handover, name, extension, lambda wording: make(handover, wording))

    return send


async def _choose(context: Context, distribution_id: int, page: int) -> None:
    handover = await handovers.load(context.session, context.group, distribution_id)
    context.show(views.choose(context.texts, handover, order_sheets(handover), page))


def _send(
    context: Context, handover: HandOver, title: str, extension: str, make: Callable[[Wording], bytes]
) -> None:
    texts = context.texts
    wording = views.wording(texts)
    content = context.outcome("file", lambda: make(wording))
    name = views.file_name(texts, title, handover.starts_at, extension, provisional=handover.provisional)
    context.send_file(Document(name, content), views.caption(texts, handover, title))


handlers = [
    Command(("feuilles", "sheets"), sheets_of_next),
    Button("sheets", sheets_of),
    Button("sheetspage", sheets_page),
    Button("sheet", producer_sheet),
    Button("sheetxlsx", order_file_xlsx),
    Button("sheetcsv", order_file_csv),
    Button("sheettable", _list(lambda wording: wording.table, "xlsx", table_workbook)),
    Button("sheetdoor", _list(lambda wording: wording.door_list, "pdf", door_list)),
    Button("sheetpick", _list(lambda wording: wording.picking_list, "pdf", picking_list)),
]
