"""What can be tapped and typed on distribution day."""

from __future__ import annotations

from bot.rights import May
from bot.ui.taps import ANYWHERE, UNSEEN, Answered, Id, Number, Old, Tap, command, step, tap

DAY = command("day", "jour", "distribution", may=May.HAND_OVER)
"""Today's distribution, or the next one; with a name, that member's order, for coordinators' eyes only."""


@tap("day.show", was="day", may=May.HAND_OVER, at=ANYWHERE)
class Day(Tap, frozen=True):
    """A distribution's page."""

    distribution: Id


@tap("day.orders", was="dorders", may=May.HAND_OVER, at=ANYWHERE, answered=Answered.DISCREETLY)
class Orders(Tap, frozen=True):
    """Everybody's order, by pages."""

    distribution: Id
    page: Number


@tap("day.order", was="dorder", may=May.HAND_OVER, at=ANYWHERE, answered=Answered.DISCREETLY)
class ShowOrder(Tap, frozen=True):
    """One order. ``left_page``: the page of the list of who is left that it was opened from."""

    order: Id
    left_page: Number | None = None


@tap("day.validate", was="dval", may=May.HAND_OVER, at=ANYWHERE, answered=Answered.DISCREETLY, old=Old.SEEN)
class Validate(Tap, frozen=True):
    """✅ An order is validated, and `received` cents are received with it."""

    order: Id
    received: Number
    seen: Number = UNSEEN


@tap(
    "day.validatenext",
    was="dvalnext",
    may=May.HAND_OVER,
    at=ANYWHERE,
    answered=Answered.DISCREETLY,
    old=Old.SEEN,
)
class ValidateAndNext(Validate, frozen=True):
    """✅➡️ The same, and on to the next open order."""


@tap("day.undo", was="dunval", may=May.HAND_OVER, at=ANYWHERE, answered=Answered.DISCREETLY, old=Old.STEP)
class Undo(Tap, frozen=True):
    """↩️ An order's validation is taken back."""

    order: Id
    step: Number


@tap("day.close", was="dclose", may=May.HAND_OVER, at=ANYWHERE, old=Old.GONE)
class Close(Tap, frozen=True):
    """🏁 A distribution is validated, if every order is."""

    distribution: Id


@tap("day.leaveopen", was="dleave", may=May.HAND_OVER, at=ANYWHERE, old=Old.SEEN)
class LeaveOpen(Tap, frozen=True):
    """🏁 It is validated with `count` orders left open, by the very member `by` who was asked."""

    distribution: Id
    count: Number
    by: Id
    seen: Number = UNSEEN


@tap("day.whichopen", was="dleft", may=May.HAND_OVER, at=ANYWHERE, answered=Answered.DISCREETLY)
class WhichAreOpen(Tap, frozen=True):
    """👀 The names of what is left open."""

    distribution: Id


@tap("day.report", was="dreport", may=May.HAND_OVER, at=ANYWHERE)
class ShowReport(Tap, frozen=True):
    """📊 A distribution's report."""

    distribution: Id


@tap("day.reopen", was="dundo", may=May.HAND_OVER, at=ANYWHERE, old=Old.STEP)
class Reopen(Tap, frozen=True):
    """↩️ A distribution's validation is taken back."""

    distribution: Id
    step: Number


@tap("day.move", was="dmove", may=May.PLAN_DISTRIBUTIONS, at=ANYWHERE)
class Move(Tap, frozen=True):
    """📅 When and where instead?"""

    distribution: Id


@tap("day.askcancel", was="dcancel", may=May.PLAN_DISTRIBUTIONS, at=ANYWHERE)
class AskCancel(Tap, frozen=True):
    """🚫 What cancelling does: sure?"""

    distribution: Id


@tap("day.cancel", was="dcancelyes", may=May.PLAN_DISTRIBUTIONS, at=ANYWHERE, old=Old.SEEN)
class CancelDistribution(Tap, frozen=True):
    """🚫 A distribution is cancelled, with the `orders` that were shown."""

    distribution: Id
    orders: Number
    seen: Number = UNSEEN


@tap("day.orderfor", was="dfor", may=May.ORDER_FOR_SOMEBODY, at=ANYWHERE, answered=Answered.DISCREETLY)
class OrderFor(Tap, frozen=True):
    """➕ For whom is ordered?"""

    distribution: Id


@tap("day.basketfor", was="forbasket", may=May.ORDER_FOR_SOMEBODY, at=ANYWHERE, answered=Answered.DISCREETLY)
class BasketFor(Tap, frozen=True):
    """➕ Straight to a member's basket."""

    distribution: Id
    member: Id


@step("steps")
class StepByStep(Tap, frozen=True):
    """The new date, time and place one after another."""


@step("same")
class SamePlace(Tap, frozen=True):
    """Where it was to be anyway."""


@step("confirm")
class ConfirmMove(Tap, frozen=True):
    """✅ It is moved."""


@step("member")
class ChooseMember(Tap, frozen=True):
    """The member for whom is ordered."""

    member: Id
