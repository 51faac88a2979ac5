"""A balance is given up: what a member owes and will not pay, or what is left to one who does not want it back."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import Account, AccountKind
from ledger.errors import LedgerError
from ledger.groups.models import Member


class NothingToWriteOff(LedgerError):
    """The balance is zero."""


class BalanceChanged(LedgerError):
    """The balance is not the one that was agreed to be settled, in cents."""

    def __init__(self, shown: int, now: int) -> None:
        super().__init__()
        self.shown = shown
        self.now = now


async def locked_balance(session: AsyncSession, member: Member) -> int:
    """The member's balance in cents, their account locked until the unit of work ends."""
    account = await books.account_id(session, member.group_id, AccountKind.MEMBERS, member.id)
    sums = await books.lock_accounts(session, [account])
    return books.shown(AccountKind.MEMBERS, sums[account])


async def write_off(
    session: AsyncSession, member: Member, by: Member, reason: str, *, agreed_cents: int | None = None
) -> int:
    """Bring the member's balance to zero against ``write-offs``; returns what was given up (> 0 avoir, < 0 debt), in cents.

    ``agreed_cents`` is the balance the treasurer saw. Raises :class:`NothingToWriteOff`, :class:`BalanceChanged`.
    """
    cents = await locked_balance(session, member)
    if agreed_cents is not None and agreed_cents != cents:
        raise BalanceChanged(agreed_cents, cents)
    if cents == 0:
        raise NothingToWriteOff
    account = await books.account_id(session, member.group_id, AccountKind.MEMBERS, member.id)
    given_up = await books.account_id(session, member.group_id, AccountKind.WRITE_OFFS)
    debit, credit = (account, given_up) if cents > 0 else (given_up, account)
    # The account's running number makes the key: under its lock, it is another one after every posting.
    number = (await session.execute(select(Account.last_seq).where(Account.id == account))).scalar_one()
    entry = books.Entry(
        kind="write-off",
        key=f"write-off:{member.id}:{number}",
        legs=[books.Leg(debit, credit, abs(cents))],
        subject=f"member:{member.id}",
        actor_id=by.id,
        note=reason,
    )
    await books.post(session, member.group_id, entry)
    return cents
