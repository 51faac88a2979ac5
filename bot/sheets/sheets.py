"""/feuilles · /sheets: what producers are to bring, and the lists for the tables of a distribution.

All of it names members and amounts, so it goes to the coordinator alone or to the coordinators' chat. Files are made outside
the unit of work, of what was read inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from bot.delivery.files import Document
from bot.edge.conversation import Button, Command
from bot.edge.outside import in_thread
from bot.edge.scene import Scene
from bot.sheets.views import sheets as views
from ledger.exports import handover as handovers
from ledger.exports.door_list import door_list
from ledger.exports.handover import HandOver
from ledger.exports.order_sheets import order_csv, order_sheet, order_sheets
from ledger.exports.order_workbook import order_workbook
from ledger.exports.picking_list import picking_list
from ledger.exports.table_workbook import table_workbook
from ledger.exports.wording import Wording

Callback = Callable[[Scene], Coroutine[Any, Any, None]]
ALL = 0
"""Stands for a producer's id where the files of all of them are wanted."""


async def sheets_of_next(scene: Scene) -> None:
    """The sheets of today's distribution, or of the next one."""
    _ = scene.coordinator
    if not await scene.discreetly():
        return
    distribution = await handovers.nearest_distribution(scene.session, scene.group)
    if distribution is None:
        scene.show(views.no_distribution(scene.texts))
    else:
        await _choose(scene, distribution.id, 0)


async def sheets_of(scene: Scene) -> None:
    """The sheets of one distribution."""
    _ = scene.coordinator
    (distribution_id,) = scene.numbers(1)
    if await scene.discreetly():
        await _choose(scene, distribution_id, 0)


async def sheets_page(scene: Scene) -> None:
    """Another page of its producers."""
    _ = scene.coordinator
    distribution_id, page = scene.numbers(2)
    if await scene.discreetly():
        await _choose(scene, distribution_id, page)


async def producer_sheet(scene: Scene) -> None:
    """One producer's order sheet, as messages."""
    _ = scene.coordinator
    distribution_id, producer_id = scene.numbers(2)
    if not await scene.discreetly():
        return
    handover = await handovers.load(scene.session, scene.group, distribution_id)
    for screen in views.producer_sheet(scene.texts, handover, order_sheet(handover, producer_id)):
        scene.say(screen)


async def order_file_xlsx(scene: Scene) -> None:
    """Order sheets as a workbook."""
    await _order_file(scene, "xlsx")


async def order_file_csv(scene: Scene) -> None:
    """Order sheets as CSV."""
    await _order_file(scene, "csv")


async def _order_file(scene: Scene, extension: str) -> None:
    _ = scene.coordinator
    distribution_id, producer_id = scene.numbers(2)
    if not await scene.discreetly():
        return
    handover = await handovers.load(scene.session, scene.group, distribution_id)
    sheets = order_sheets(handover) if producer_id == ALL else (order_sheet(handover, producer_id),)
    make = order_csv if extension == "csv" else order_workbook
    title = scene.texts.label("Order sheet") if producer_id == ALL else sheets[0].producer
    _send(scene, handover, title, extension, lambda wording: make(handover, sheets, wording))


def _list(
    title: Callable[[Wording], str], extension: str, make: Callable[[HandOver, Wording], bytes]
) -> Callback:
    """The handler that sends one kind of list."""

    async def send(scene: Scene) -> None:
        _ = scene.coordinator
        (distribution_id,) = scene.numbers(1)
        if not await scene.discreetly():
            return
        handover = await handovers.load(scene.session, scene.group, distribution_id)
        name = title(views.wording(scene.texts))
        _send(scene, handover, name, extension, lambda wording: make(handover, wording))

    return send


async def _choose(scene: Scene, distribution_id: int, page: int) -> None:
    handover = await handovers.load(scene.session, scene.group, distribution_id)
    scene.show(views.choose(scene.texts, handover, order_sheets(handover), page))


def _send(
    scene: Scene, handover: HandOver, title: str, extension: str, make: Callable[[Wording], bytes]
) -> None:
    texts = scene.texts
    wording = views.wording(texts)
    content = scene.outside("file", in_thread(lambda: make(wording)))
    name = views.file_name(texts, title, handover.starts_at, extension, provisional=handover.provisional)
    scene.send_file(Document(name, content), views.caption(texts, handover, title))


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
