"""What may be tapped and typed about payments: how a member pays, and how those who keep the money receive it."""

from __future__ import annotations

from bot.rights import May
from bot.ui.taps import ANYWHERE, Answered, Id, Number, Old, Place, Tap, command, step, tap
from ledger.groups.models import Group, Method
from ledger.orders.models import Distribution
from ledger.payments.models import Payment

TOPUP = command("topup", "crediter", may=May.USE_ONES_ACCOUNT, answered=Answered.ALONE)


@tap("account.topup", was="topup", may=May.USE_ONES_ACCOUNT, at=Place.PRIVATE, of=Group)
class TopUp(Tap, frozen=True):
    """➕: money for one's account in a group, of which ``missing`` cents are needed, where that is known."""

    group: Id | None = None
    missing: Number | None = None


@step("amount")
class TopUpBy(Tap, frozen=True):
    """So many cents."""

    amount: Number


@step("other")
class AnotherTopUp(Tap, frozen=True):
    """Another amount after all."""


@step("method")
class TopUpWith(Tap, frozen=True):
    """This way: the payment is announced."""

    method: Method


@tap("payment.another", was="payother", may=May.ORDER, at=Place.PRIVATE, of=Payment)
class PayAnotherWay(Tap, frozen=True):
    """🔁: how else? ``sure``: also where the money is under way already."""

    payment: Id
    sure: bool = False


@tap("payment.switch", was="payswitch", may=May.ORDER, at=Place.PRIVATE, old=Old.STEP, of=Payment)
class Switch(Tap, frozen=True):
    """By this method instead, and ``credit`` cents of it from the account; ``sure`` as in :class:`PayAnotherWay`."""

    method: Method
    payment: Id
    step: Number
    credit: Number
    sure: bool = False


@tap("payment.drop", was="paydrop", may=May.ORDER, at=Place.PRIVATE, old=Old.STEP, of=Payment)
class Drop(Tap, frozen=True):
    """✖️: not needed, since the payment ``by_card`` came after all."""

    payment: Id
    step: Number
    by_card: Id


# Receiving payments.

VALIDATE = command("validate", "valider", may=May.CONFIRM_PAYMENTS, in_any_group=True)


@tap("expected", was="validate", may=May.CONFIRM_PAYMENTS, at=ANYWHERE)
class ExpectedPayments(Tap, frozen=True):
    """✅: what is expected, of one distribution or of several to choose from; a page of these."""

    page: Number = 0


@tap("expected.at", was="awaited", may=May.CONFIRM_PAYMENTS, at=ANYWHERE, of=Distribution)
class ExpectedAt(Tap, frozen=True):
    """A page of what is expected at a distribution."""

    distribution: Id
    page: Number = 0


@tap("expected.other", was="awaitedother", may=May.CONFIRM_PAYMENTS, at=ANYWHERE)
class ExpectedElsewhere(Tap, frozen=True):
    """A page of what is expected for no order."""

    page: Number = 0


@tap("transfers", may=May.CONFIRM_PAYMENTS, at=ANYWHERE)
class ExpectedTransfers(Tap, frozen=True):
    """🏦: a page of the bank transfers that are expected."""

    page: Number = 0


@tap("payment", was="pmt", may=May.CONFIRM_PAYMENTS, at=ANYWHERE, of=Payment)
class ShowPayment(Tap, frozen=True):
    """One payment, with what can be done about it."""

    payment: Id


@tap("payment.receive", was="rcv", may=May.CONFIRM_PAYMENTS, at=ANYWHERE, old=Old.STEP, of=Payment)
class Receive(Tap, frozen=True):
    """✅: ``amount`` cents were received; ``due``: what the screen said that it should bring, in cents."""

    payment: Id
    step: Number
    amount: Number
    due: Number | None = None


@tap("payment.late", was="rcvlate", may=May.CONFIRM_PAYMENTS, at=ANYWHERE, old=Old.STEP, of=Payment)
class ReceiveLate(Tap, frozen=True):
    """✅: a transfer that was cancelled with its order brought ``amount`` cents all the same."""

    payment: Id
    step: Number
    amount: Number


@tap("payment.refuse", was="refuse", may=May.CONFIRM_PAYMENTS, at=ANYWHERE, old=Old.STEP, of=Payment)
class Refuse(Tap, frozen=True):
    """The money did not come."""

    payment: Id
    step: Number


@tap("payment.undo", was="undo", may=May.CONFIRM_PAYMENTS, at=ANYWHERE, old=Old.STEP, of=Payment)
class Undo(Tap, frozen=True):
    """↩️: takes the last step back."""

    payment: Id
    step: Number


@tap("payment.amount", was="other", may=May.CONFIRM_PAYMENTS, at=ANYWHERE, old=Old.STEP, of=Payment)
class AnotherAmount(Tap, frozen=True):
    """Another amount was given: which is asked."""

    payment: Id
    step: Number


# Entering payments and opening balances by hand.

ENTER_PAYMENT = command("payment", "paiement", may=May.ENTER_PAYMENTS, answered=Answered.DISCREETLY)
ENTER_OPENING = command("opening", "reprise", may=May.ENTER_PAYMENTS, answered=Answered.DISCREETLY)


@tap("payment.enter", was="payfor", may=May.ENTER_PAYMENTS, at=ANYWHERE, answered=Answered.DISCREETLY)
class EnterPayment(Tap, frozen=True):
    """💶: a payment by a member of the group one looks at."""

    member: Id


@tap("opening.enter", was="openfor", may=May.ENTER_PAYMENTS, at=ANYWHERE, answered=Answered.DISCREETLY)
class EnterOpening(Tap, frozen=True):
    """📒: the balance from before of a member of the group one looks at."""

    member: Id


@step("member")
class ChooseMember(Tap, frozen=True):
    """This member's."""

    member: Id


@step("method")
class ChooseMethod(Tap, frozen=True):
    """Paid this way."""

    method: Method


@step("today")
class Today(Tap, frozen=True):
    """Paid today."""


@step("skip")
class WithoutNote(Tap, frozen=True):
    """Nothing to remember."""


@step("receive")
class ReceiveExpected(Tap, frozen=True):
    """✅: it is this payment, which was expected already."""

    payment: Id


@step("another")
class AnotherPayment(Tap, frozen=True):
    """➕: other money than what is expected."""


@step("confirm")
class Confirm(Tap, frozen=True):
    """✅: it is recorded."""
