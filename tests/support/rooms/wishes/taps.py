"""What may be tapped and typed about wishes."""

from __future__ import annotations

from bot.rights import May
from bot.ui.taps import ANYWHERE, Answered, Number, Old, Tap, command, tap

WISHES = command("wishes", "souhaits", may=May.KEEP_LISTS, answered=Answered.DISCREETLY)


@tap("wish.add", may=May.KEEP_LISTS, at=ANYWHERE, answered=Answered.DISCREETLY, old=Old.SEEN)
class Wish(Tap, frozen=True):
    """One more, where there are as many as were shown."""

    seen: Number
