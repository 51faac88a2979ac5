"""Money given back to members: by which ways, and never more than the avoir, which only counts money received (D1).

Out of the till or from the bank it is a fact; to a card it is asked of Stripe, which may refuse (``card/refunds.py``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Member, Method
from ledger.payments import service as payments
from ledger.payments.accounts import locked_balance
from ledger.payments.card import refunds as card_refunds
from ledger.payments.models import PaymentState


class MoreThanCredit(LedgerError):
    """More was asked for than the member's avoir (0 where there is none); in cents."""

    def __init__(self, credit: int, asked: int) -> None:
        super().__init__()
        self.credit = credit
        self.asked = asked


class MoreThanTheWayTakes(LedgerError):
    """The avoir is enough, but this way cannot give so much back; in cents."""

    def __init__(self, method: Method, most: int, asked: int) -> None:
        super().__init__()
        self.method = method
        self.most = most
        self.asked = asked


class AlreadyTakenBack(LedgerError):
    """A refund, a gift or a write-off was taken back before: by whom and when."""

    def __init__(self, by: str, at: dt.datetime) -> None:
        super().__init__()
        self.by = by
        self.at = at


@dataclass(frozen=True, slots=True)
class RefundWay:
    """A way to give a member money back, and the most it can carry in cents; none: as much as the avoir."""

    method: Method
    most_cents: int | None = None


async def refund_ways(session: AsyncSession, member: Member) -> tuple[RefundWay, ...]:
    """Returns how money can be given back to this member; everything that offers, takes or checks a way asks here.

    A card takes back no more than was paid with it.
    """
    ways = (RefundWay(Method.CASH), RefundWay(Method.TRANSFER))
    held = await card_refunds.held(session, member)
    return (*ways, RefundWay(Method.CARD, held)) if held else ways


async def refund(
    session: AsyncSession,
    member: Member,
    method: Method,
    amount_cents: int,
    by: Member,
    *,
    note: str | None = None,
) -> payments.Settled:
    """Records that ``amount_cents`` (> 0) of the avoir were given back: out of the till, or from the bank. Undone like a
    payment.

    To a card they are about to be: Stripe is asked after the commit, and the refund taken back if it does not make it.
    The caller sees to it that one request is carried out once. Raises :class:`MoreThanCredit`,
    :class:`MoreThanTheWayTakes`, :class:`~ledger.payments.service.InvalidPayment`.
    """
    if amount_cents <= 0:
        raise payments.InvalidPayment("amount")
    if method is Method.MEMBER_CREDIT:
        raise payments.InvalidPayment("method")
    balance = await locked_balance(session, member, payments.account_of(method))
    ways = {way.method: way for way in await refund_ways(session, member)}
    if method not in ways:
        raise payments.InvalidPayment("method")
    if amount_cents > balance:
        raise MoreThanCredit(max(balance, 0), amount_cents)
    most = ways[method].most_cents
    if most is not None and amount_cents > most:
        raise MoreThanTheWayTakes(method, most, amount_cents)
    if method is Method.CARD:
        return await card_refunds.give_back(session, member, amount_cents, by, note)
    return await payments.enter_by_hand(session, member, method, -amount_cents, by, note=note)


async def undo_refund(
    session: AsyncSession, group_id: int, payment_id: int, by: Member, *, step: int | None = None
) -> payments.Settled:
    """Takes a refund that a treasurer recorded back, once: it is reversed, and the payment over.

    ``step``: the settlement that is taken back, where it must be that one.
    Raises :class:`AlreadyTakenBack`, :class:`~ledger.errors.NotFound`.
    """
    payment = await payments.lock_payment(session, group_id, payment_id)
    if payment.entered_by_id is None or payment.amount_cents > 0:
        raise NotFound("payment", payment_id)
    last = await payments.last_settlement(session, payment)
    if payment.state is not PaymentState.RECEIVED or (step is not None and last and last.step != step):
        settled = await payments.settled_by(session, payment)
        raise AlreadyTakenBack(settled.by, settled.at)
    return await payments.undo(session, group_id, payment_id, by)
