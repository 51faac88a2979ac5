"""A member's balance under lock: what is decided on it still holds when it is posted."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import Account, AccountKind
from ledger.groups.models import Member


async def locked_balance(session: AsyncSession, member: Member, *others: AccountKind) -> int:
    """Locks the member's account until the unit of work ends and returns its balance in cents (> 0 avoir).

    ``others``: the group's accounts that will move too, locked with it in the order of their ids, so that nobody waits in
    a circle.
    """
    account = await books.account_id(session, member.group_id, AccountKind.MEMBERS, member.id)
    ids = [await books.account_id(session, member.group_id, kind) for kind in others]
    sums = await books.lock_accounts(session, [account, *ids])
    return books.shown(AccountKind.MEMBERS, sums[account])


async def next_number(session: AsyncSession, member: Member) -> int:
    """Returns the number of the account's next posting: under its lock a key nobody else can have."""
    statement = select(Account.last_seq).where(
        Account.group_id == member.group_id,
        Account.kind == AccountKind.MEMBERS,
        Account.owner_id == member.id,
    )
    return int((await session.execute(statement)).scalar_one()) + 1
