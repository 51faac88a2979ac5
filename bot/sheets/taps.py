"""What may be tapped and typed about sheets and lists. All of it names members and amounts."""

from __future__ import annotations

from bot.rights import May
from bot.ui.taps import ANYWHERE, Answered, Id, Number, Tap, command, tap

ALL = 0
"""Stands for a producer's id where the files of all of them are wanted."""

SHEETS = command("sheets", "feuilles", may=May.KEEP_LISTS, answered=Answered.DISCREETLY)


@tap("sheets", was="sheetspage", may=May.KEEP_LISTS, at=ANYWHERE, answered=Answered.DISCREETLY)
class Sheets(Tap, frozen=True):
    """What can be had of a distribution; a page of its producers."""

    distribution: Id
    page: Number = 0


@tap("sheet", may=May.KEEP_LISTS, at=ANYWHERE, answered=Answered.DISCREETLY)
class ProducerSheet(Tap, frozen=True):
    """🚜: a producer's order sheet, as messages."""

    distribution: Id
    producer: Id


@tap("sheet.excel", was="sheetxlsx", may=May.KEEP_LISTS, at=ANYWHERE, answered=Answered.DISCREETLY)
class OrderWorkbook(Tap, frozen=True):
    """📊: a producer's order sheet as a workbook, or those of :data:`ALL`."""

    distribution: Id
    producer: Number


@tap("sheet.csv", was="sheetcsv", may=May.KEEP_LISTS, at=ANYWHERE, answered=Answered.DISCREETLY)
class OrderCsv(Tap, frozen=True):
    """📊: the same as CSV."""

    distribution: Id
    producer: Number


@tap("sheet.table", was="sheettable", may=May.KEEP_LISTS, at=ANYWHERE, answered=Answered.DISCREETLY)
class HandOverTable(Tap, frozen=True):
    """📊: who gets how much of what, as a workbook."""

    distribution: Id


@tap("sheet.door", was="sheetdoor", may=May.KEEP_LISTS, at=ANYWHERE, answered=Answered.DISCREETLY)
class DoorList(Tap, frozen=True):
    """🖨: who comes, to be ticked off."""

    distribution: Id


@tap("sheet.picking", was="sheetpick", may=May.KEEP_LISTS, at=ANYWHERE, answered=Answered.DISCREETLY)
class PickingList(Tap, frozen=True):
    """🖨: what to put into each member's basket."""

    distribution: Id
