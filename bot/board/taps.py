"""What can be tapped on a board, and to get one."""

from __future__ import annotations

from bot.rights import May
from bot.ui.taps import ANYWHERE, Answered, Id, Number, Tap, tap


@tap("board.post", was="board", may=May.HAND_OVER, at=ANYWHERE)
class PostBoard(Tap, frozen=True):
    """📌 Every chat of the group gets the distribution's board; the chat where it is tapped, in that topic."""

    distribution: Id


@tap("board.draw", was="boardnow", may=May.HAND_OVER, at=ANYWHERE)
class DrawNow(Tap, frozen=True):
    """🔄 Drawn as soon as the limits allow."""

    distribution: Id


@tap("board.left", was="boardleft", may=May.HAND_OVER, at=ANYWHERE, answered=Answered.ALONE)
class WhoIsLeft(Tap, frozen=True):
    """👀 The orders that are not validated, by name, by pages."""

    distribution: Id
    page: Number
