"""What may be tapped about money that goes back: refunds, gifts, debts given up, and members who ask for their avoir."""

from __future__ import annotations

from bot.rights import May
from bot.ui.taps import Id, Number, Old, Place, Tap, step, tap
from ledger.groups.models import Group, Method
from ledger.payments.models import RefundRequest

BESIDE_MEMBERS = Place.PRIVATE | Place.COORDINATORS
"""Where no member reads along."""


@tap("refund", may=May.GIVE_BACK, at=BESIDE_MEMBERS)
class Refund(Tap, frozen=True):
    """💸: money back to a member of the group one looks at; ``out``: to settle their account before they are taken out."""

    member: Id
    out: bool = False


@tap("gift", may=May.GIVE_BACK, at=BESIDE_MEMBERS)
class Gift(Tap, frozen=True):
    """🎁: the group gives the member an amount."""

    member: Id
    out: bool = False


@tap("debt.writeoff", was="writeoff", may=May.GIVE_BACK, at=BESIDE_MEMBERS)
class WriteOff(Tap, frozen=True):
    """🖊: the group gives up what the member owes."""

    member: Id
    out: bool = False


@tap("avoir.leave", was="leftgroup", may=May.GIVE_BACK, at=BESIDE_MEMBERS)
class LeaveToGroup(Tap, frozen=True):
    """🏠: the member leaves their avoir to the group."""

    member: Id
    out: bool = False


@tap("refund.undo", was="rfundo", may=May.GIVE_BACK, at=BESIDE_MEMBERS, old=Old.STEP)
class UndoRefund(Tap, frozen=True):
    """↩️: the refund is taken back."""

    payment: Id
    step: Number


@tap("adjustment.undo", was="adjundo", may=May.GIVE_BACK, at=BESIDE_MEMBERS, old=Old.GONE)
class UndoAdjustment(Tap, frozen=True):
    """↩️: a gift or what was given up is taken back."""

    transaction: Id


# Members who ask.


@tap("refund.ask", was="askback", may=May.USE_ONES_ACCOUNT, at=Place.PRIVATE, of=Group)
class AskForRefund(Tap, frozen=True):
    """💸: one's own avoir in a group back."""

    group: Id


@tap(
    "request.withdraw",
    was="askbackoff",
    may=May.USE_ONES_ACCOUNT,
    at=Place.PRIVATE,
    old=Old.GONE,
    of=RefundRequest,
)
class WithdrawRequest(Tap, frozen=True):
    """↩️: nobody needs to answer any more."""

    request: Id


@tap("request.grant", was="rqgrant", may=May.GIVE_BACK, at=BESIDE_MEMBERS, old=Old.GONE, of=RefundRequest)
class GrantRequest(Tap, frozen=True):
    """💸: as they ask for it."""

    request: Id


@tap("request.decline", was="rqdeny", may=May.GIVE_BACK, at=BESIDE_MEMBERS, old=Old.GONE, of=RefundRequest)
class DeclineRequest(Tap, frozen=True):
    """Not given back."""

    request: Id


# Steps.


@step("amount")
class ChooseAmount(Tap, frozen=True):
    """All there is: so many cents."""

    amount: Number


@step("way")
class ChooseWay(Tap, frozen=True):
    """This way."""

    method: Method


@step("confirm")
class Confirm(Tap, frozen=True):
    """✅: it is recorded, or asked."""


@step("without")
class WithoutReason(Tap, frozen=True):
    """Declined without a word."""
