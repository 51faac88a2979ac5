"""/feuilles · /sheets: what producers are to bring, and the lists for the tables of a distribution.

All of it names members and amounts, so it goes to the coordinator alone or to the coordinators' chat. Files are made outside
the unit of work, of what was read inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.delivery.files import Document
from bot.edge.handling import On
from bot.edge.outside import in_thread
from bot.edge.scene import Scene
from bot.sheets.taps import (
    ALL,
    SHEETS,
    DoorList,
    HandOverTable,
    OrderCsv,
    OrderWorkbook,
    PickingList,
    ProducerSheet,
    Sheets,
)
from bot.sheets.views import sheets as views
from ledger.exports import handover as handovers
from ledger.exports.door_list import door_list as door_list_as_pdf
from ledger.exports.handover import HandOver
from ledger.exports.order_sheets import OrderSheet, order_sheet, order_sheets
from ledger.exports.order_sheets import order_csv as order_sheets_as_csv
from ledger.exports.order_workbook import order_workbook as order_sheets_as_workbook
from ledger.exports.picking_list import picking_list as picking_list_as_pdf
from ledger.exports.table_workbook import table_workbook
from ledger.exports.wording import Wording


async def sheets_of_next(scene: Scene) -> None:
    """The sheets of today's distribution, or of the next one."""
    distribution = await handovers.nearest_distribution(scene.session, scene.group)
    if distribution is None:
        scene.show(views.no_distribution(scene.texts))
    else:
        await _choose(scene, distribution.id, 0)


async def sheets_of(scene: Scene, tap: Sheets) -> None:
    """The sheets of one distribution, by pages of its producers."""
    await _choose(scene, tap.distribution, tap.page)


async def producer_sheet(scene: Scene, tap: ProducerSheet) -> None:
    """One producer's order sheet, as messages."""
    handover = await handovers.load(scene.session, scene.group, tap.distribution)
    for screen in views.producer_sheet(scene.texts, handover, order_sheet(handover, tap.producer)):
        scene.say(screen)


async def order_workbook(scene: Scene, tap: OrderWorkbook) -> None:
    """Order sheets as a workbook."""
    await _send_orders(scene, tap.distribution, tap.producer, "xlsx", order_sheets_as_workbook)


async def order_csv(scene: Scene, tap: OrderCsv) -> None:
    """Order sheets as CSV."""
    await _send_orders(scene, tap.distribution, tap.producer, "csv", order_sheets_as_csv)


async def hand_over_table(scene: Scene, tap: HandOverTable) -> None:
    """Who gets how much of what, as a workbook."""
    await _send_list(scene, tap.distribution, lambda wording: wording.table, "xlsx", table_workbook)


async def door_list(scene: Scene, tap: DoorList) -> None:
    """Who comes, to be printed."""
    await _send_list(scene, tap.distribution, lambda wording: wording.door_list, "pdf", door_list_as_pdf)


async def picking_list(scene: Scene, tap: PickingList) -> None:
    """What to put into each basket, to be printed."""
    await _send_list(
        scene, tap.distribution, lambda wording: wording.picking_list, "pdf", picking_list_as_pdf
    )


async def _send_orders(
    scene: Scene,
    distribution_id: int,
    producer_id: int,
    extension: str,
    make: Callable[[HandOver, Sequence[OrderSheet], Wording], bytes],
) -> None:
    handover = await handovers.load(scene.session, scene.group, distribution_id)
    sheets = order_sheets(handover) if producer_id == ALL else (order_sheet(handover, producer_id),)
    title = scene.texts.label("Order sheet") if producer_id == ALL else sheets[0].producer
    _send(scene, handover, title, extension, lambda wording: make(handover, sheets, wording))


async def _send_list(
    scene: Scene,
    distribution_id: int,
    title: Callable[[Wording], str],
    extension: str,
    make: Callable[[HandOver, Wording], bytes],
) -> None:
    handover = await handovers.load(scene.session, scene.group, distribution_id)
    name = title(views.wording(scene.texts))
    _send(scene, handover, name, extension, lambda wording: make(handover, wording))


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
    On(SHEETS, sheets_of_next),
    On(Sheets, sheets_of),
    On(ProducerSheet, producer_sheet),
    On(OrderWorkbook, order_workbook),
    On(OrderCsv, order_csv),
    On(HandOverTable, hand_over_table),
    On(DoorList, door_list),
    On(PickingList, picking_list),
]
