"""What may be tapped and typed to find one's way, and about one's own account."""

from __future__ import annotations

from typing import Literal

from bot.rights import May
from bot.ui.taps import Answered, Id, Number, Old, Place, Tap, command, tap

START = command("start", may=May.FIND_ONES_WAY)
HELP = command("help", "aide", may=May.FIND_ONES_WAY)
CANCEL = command("cancel", "annuler", may=May.FIND_ONES_WAY)
LANGUAGE = command("language", "langue", may=May.FIND_ONES_WAY)
BALANCE = command("balance", "solde", may=May.USE_ONES_ACCOUNT, answered=Answered.ALONE)
HISTORY = command("history", "historique", may=May.USE_ONES_ACCOUNT, answered=Answered.ALONE)
ORDERS = command("orders", "commandes", may=May.ORDER, answered=Answered.ALONE)


@tap("home", may=May.FIND_ONES_WAY, at=Place.PRIVATE)
class Home(Tap, frozen=True):
    """The first screen."""


@tap("groups", may=May.FIND_ONES_WAY, at=Place.PRIVATE)
class ChooseGroup(Tap, frozen=True):
    """Another of one's groups: which?"""


@tap("group", may=May.FIND_ONES_WAY, at=Place.PRIVATE)
class LookAtGroup(Tap, frozen=True):
    """This one of one's groups."""

    group: Id


@tap("lang", may=May.FIND_ONES_WAY, at=Place.PRIVATE)
class Speak(Tap, frozen=True):
    """In this language from now on."""

    language: Literal["en", "fr"]


@tap("balance", may=May.USE_ONES_ACCOUNT, at=Place.PRIVATE)
class Balance(Tap, frozen=True):
    """Where one stands."""


@tap("history", may=May.USE_ONES_ACCOUNT, at=Place.PRIVATE)
class History(Tap, frozen=True):
    """What moved one's account, a page before the line ``before`` (0: the newest)."""

    before: Number


@tap("orders", may=May.ORDER, at=Place.PRIVATE)
class MyOrders(Tap, frozen=True):
    """One's last orders."""


@tap("order.cancel", was="ordercancel", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE)
class CancelOrder(Tap, frozen=True):
    """One's own order, where payments are off."""

    order: Id
