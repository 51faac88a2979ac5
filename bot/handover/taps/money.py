"""What can be tapped about money on distribution day: another method than announced, money nobody announced, the till."""

from __future__ import annotations

from bot.rights import May
from bot.ui.taps import ANYWHERE, Answered, Id, Number, Old, Tap, step, tap
from ledger.groups.models import OFFLINE_METHODS, Method
from ledger.orders.handover_models import CountKind
from ledger.payments.models import Payment


@tap("given.instead", was="pinstead", may=May.CONFIRM_PAYMENTS, at=ANYWHERE, old=Old.STEP, of=Payment)
class Instead(Tap, frozen=True):
    """A payment was made by another method than announced: by which?"""

    payment: Id
    step: Number


@tap("given.insteadby", was="pinstm", may=May.CONFIRM_PAYMENTS, at=ANYWHERE, old=Old.STEP, of=Payment)
class InsteadBy(Tap, frozen=True):
    """By this one: how much?"""

    payment: Id
    step: Number
    method: Method

    def __post_init__(self) -> None:
        _refuse_unless_given(self.method)


@tap("given.more", was="daddpay", may=May.CORRECT, at=ANYWHERE, answered=Answered.DISCREETLY)
class Unannounced(Tap, frozen=True):
    """➕ Money for an order that nobody announced: by which method?"""

    order: Id


@tap("given.moreby", was="daddm", may=May.CORRECT, at=ANYWHERE, answered=Answered.DISCREETLY)
class UnannouncedBy(Tap, frozen=True):
    """By this one: how much?"""

    order: Id
    method: Method

    def __post_init__(self) -> None:
        _refuse_unless_given(self.method)


@tap("till.show", was="dcash", may=May.CORRECT, at=ANYWHERE)
class ShowTill(Tap, frozen=True):
    """💶 The till by the books, and its counts at a distribution."""

    distribution: Id


@tap("till.count", was="dcount", may=May.CORRECT, at=ANYWHERE)
class CountTill(Tap, frozen=True):
    """💶 How much is in the till, at opening or at closing?"""

    distribution: Id
    kind: CountKind


@step("amount")
class Given(Tap, frozen=True):
    """So many cents, one of the sums that were proposed."""

    amount: Number


def _refuse_unless_given(method: Method) -> None:
    """Only what is given by hand or by the bank is entered here."""
    if method not in OFFLINE_METHODS:
        raise ValueError(method)
