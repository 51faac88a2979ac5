"""What may be tapped, typed and sent about the catalogue."""

from __future__ import annotations

from bot.rights import May
from bot.ui.taps import ANYWHERE, Id, Number, Old, Tap, command, tap

CATALOGUE = command("catalog", "catalogue", may=May.KEEP_LISTS)


@tap("catalogue", may=May.KEEP_LISTS, at=ANYWHERE)
class Catalogue(Tap, frozen=True):
    """🌱: a page of what is on offer."""

    page: Number = 0


@tap("catalogue.import", was="import", may=May.KEEP_LISTS, at=ANYWHERE, old=Old.GONE)
class Import(Tap, frozen=True):
    """✅: imports what a file holds; ``withdraw``: and offers nothing else any more."""

    upload: Id
    withdraw: bool


@tap("catalogue.leave", was="importno", may=May.KEEP_LISTS, at=ANYWHERE)
class LeaveAsItIs(Tap, frozen=True):
    """The file is not imported after all."""

    upload: Id
