"""Gifts to a member, debts given up, avoir left to the group: amounts nobody pays, each with its reason.

What is given up never exceeds what is owed, whoever else acts at the same instant. Each can be taken back once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind, Transaction
from ledger.books.subjects import Topic, number_in, subject_of
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Member
from ledger.notes import service as notes
from ledger.payments.accounts import locked_balance, next_number
from ledger.payments.refunds import AlreadyTakenBack, MoreThanCredit
from ledger.payments.service import InvalidPayment


class AdjustmentKind(StrEnum):
    """What it is, as the books name it."""

    GIFT = "gift"
    """The group gives the member an amount."""
    WRITE_OFF = "write-off"
    """The group gives up what the member owes, or a part of it."""
    LEFT = "left-to-group"
    """The member leaves their avoir to the group, or a part of it."""


OTHER_SIDE = {
    AdjustmentKind.GIFT: AccountKind.ADJUSTMENTS,
    AdjustmentKind.WRITE_OFF: AccountKind.WRITE_OFFS,
    AdjustmentKind.LEFT: AccountKind.WRITE_OFFS,
}
"""The group's account that bears or gains it."""


class MoreThanDebt(LedgerError):
    """More should be given up than the member owes; in cents (owed: 0 where they owe nothing)."""

    def __init__(self, owed: int, asked: int) -> None:
        super().__init__()
        self.owed = owed
        self.asked = asked


class NoReason(LedgerError):
    """A gift or a write-off is not recorded without its reason."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What was recorded: its transaction, the amount (> 0), the member's balance after it; in cents."""

    transaction_id: int
    kind: AdjustmentKind
    amount_cents: int
    balance_cents: int


async def adjust(
    session: AsyncSession, member: Member, kind: AdjustmentKind, amount_cents: int, by: Member, reason: str
) -> Adjusted:
    """Records an adjustment of ``amount_cents`` (> 0): a gift of any amount, a write-off up to the debt, a gift to the
    group up to the avoir.

    The caller sees to it that one request is carried out once. Raises :class:`~ledger.payments.service.InvalidPayment`,
    :class:`NoReason`, :class:`MoreThanDebt`, :class:`~ledger.payments.refunds.MoreThanCredit`.
    """
    if amount_cents <= 0:
        raise InvalidPayment("amount")
    if not reason.strip():
        raise NoReason
    balance = await locked_balance(session, member, OTHER_SIDE[kind])
    if kind is AdjustmentKind.WRITE_OFF and amount_cents > -balance:
        raise MoreThanDebt(max(-balance, 0), amount_cents)
    if kind is AdjustmentKind.LEFT and amount_cents > balance:
        raise MoreThanCredit(max(balance, 0), amount_cents)
    kept = await notes.keep(session, member.group_id, member.id, reason)
    account = await books.account_id(session, member.group_id, AccountKind.MEMBERS, member.id)
    other = await books.account_id(session, member.group_id, OTHER_SIDE[kind])
    debit, credit = (account, other) if kind is AdjustmentKind.LEFT else (other, account)
    entry = books.Entry(
        kind=kind,
        key=f"{kind}:{member.id}:{await next_number(session, member)}",
        legs=[books.Leg(debit, credit, amount_cents)],
        subject=subject_of(Topic.MEMBER, member.id),
        actor_id=by.id,
        note_id=kept.id if kept else None,
    )
    posted = await books.post(session, member.group_id, entry)
    return await _adjusted(session, member, kind, amount_cents, posted.transaction_id)


async def undo_adjustment(
    session: AsyncSession, group_id: int, transaction_id: int, by: Member
) -> tuple[Member, Adjusted]:
    """Takes a gift or a write-off back, once, by a reversal; also when the balance goes below zero (a fact, I7).

    Raises :class:`AlreadyTakenBack`, :class:`~ledger.errors.NotFound`.
    """
    transaction = await session.get(Transaction, transaction_id)
    if (
        transaction is None
        or transaction.group_id != group_id
        or transaction.kind not in list(AdjustmentKind)
    ):
        raise NotFound("transaction", transaction_id)
    member = await session.get_one(Member, number_in(transaction.subject, Topic.MEMBER))
    kind = AdjustmentKind(transaction.kind)
    await locked_balance(session, member, OTHER_SIDE[kind])
    try:
        await books.reverse(session, group_id, transaction_id, actor_id=by.id, note_id=transaction.note_id)
    except books.AlreadyReversed as refusal:
        raise await _undone_by(session, refusal.reversal_id) from None
    return member, await _adjusted(
        session, member, kind, await _amount(session, member, transaction_id), transaction_id
    )


async def _undone_by(session: AsyncSession, reversal_id: int) -> AlreadyTakenBack:
    statement = (
        select(Member.name, Transaction.recorded_at)
        .join(Transaction, Transaction.actor_id == Member.id)
        .where(Transaction.id == reversal_id)
    )
    name, at = (await session.execute(statement)).one()
    return AlreadyTakenBack(name, at)


async def _amount(session: AsyncSession, member: Member, transaction_id: int) -> int:
    return abs(await books.moved(session, member.group_id, AccountKind.MEMBERS, member.id, transaction_id))


async def _adjusted(
    session: AsyncSession, member: Member, kind: AdjustmentKind, amount_cents: int, transaction_id: int
) -> Adjusted:
    balance = await books.balance(session, member.group_id, AccountKind.MEMBERS, member.id)
    return Adjusted(transaction_id, kind, amount_cents, balance)
