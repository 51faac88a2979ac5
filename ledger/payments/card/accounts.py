"""Which account at Stripe takes a group's cards: the host's (one group, the first) or the group's own."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import utc_now
from ledger.errors import NotFound
from ledger.groups.models import Group, Member, Method
from ledger.payments.card.models import CardAccount

HINT = 4
"""How many characters of a key are shown."""


def is_live(key: str) -> bool:
    """Whether a secret key moves real money."""
    return "_live_" in key


async def in_use(session: AsyncSession, group_id: int) -> CardAccount | None:
    """The account that takes the group's cards now."""
    statement = select(CardAccount).where(CardAccount.group_id == group_id, CardAccount.retired_at.is_(None))
    return (await session.execute(statement)).scalar_one_or_none()


async def get_account(session: AsyncSession, account_id: int) -> CardAccount:
    """An account, in use or retired."""
    account = await session.get(CardAccount, account_id)
    if account is None:
        raise NotFound("card account", account_id)
    return account


async def of_host(session: AsyncSession) -> CardAccount | None:
    """The account behind the host's key, in use or (the latest) retired."""
    statement = (
        select(CardAccount)
        .where(CardAccount.sealed_key.is_(None))
        .order_by(CardAccount.retired_at.is_not(None), CardAccount.id.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def follow_host(session: AsyncSession, key: str | None) -> None:
    """Make the configuration's key serve the host's first group, or nobody when it is gone. Safe to repeat.

    A group gets card among its methods with its first account; taking it out stays the group's own choice (R10).
    """
    account = await of_host(session)
    if account is not None and account.retired_at is None:
        if key is not None and account.livemode == is_live(key):
            account.key_hint = key[-HINT:]  # rolled: the account behind it is the same
        else:
            await retire(session, account)
    if key is None:
        return
    first = (await session.execute(select(func.min(Group.id)))).scalar_one_or_none()
    if first is not None and await in_use(session, first) is None:
        await _add(session, await session.get_one(Group, first), None, key)


async def use_own_key(
    session: AsyncSession, group: Group, key: str, sealed_key: str, stripe_account: str | None, by: Member
) -> CardAccount:
    """The group's own key from now on (tested by the caller, and sealed); the account before it is retired.

    Another key of the same account at Stripe takes the place of the one before.
    """
    before = await in_use(session, group.id)
    if before is not None:
        if stripe_account is not None and (before.stripe_account, before.livemode) == (
            stripe_account,
            is_live(key),
        ):
            before.sealed_key, before.key_hint, before.added_by_id = sealed_key, key[-HINT:], by.id
            await session.flush()
            return before
        await retire(session, before)
    return await _add(session, group, sealed_key, key, stripe_account=stripe_account, by=by)


async def retire(session: AsyncSession, account: CardAccount) -> None:
    """Take no new payment with this account. What was paid into it is still followed."""
    account.retired_at = utc_now()
    await session.execute(update(Group).where(Group.id == account.group_id).values(takes_cards=False))
    await session.flush()


async def due(session: AsyncSession, now: dt.datetime) -> list[int]:
    """The ids of the accounts whose movements are to be looked through."""
    statement = select(CardAccount.id).where(CardAccount.look_at <= now).order_by(CardAccount.look_at)
    return list((await session.execute(statement)).scalars())


async def look_soon(session: AsyncSession, account_id: int) -> None:
    """Something moved there: look at once."""
    await session.execute(update(CardAccount).where(CardAccount.id == account_id).values(look_at=utc_now()))


async def _add(
    session: AsyncSession,
    group: Group,
    sealed_key: str | None,
    key: str,
    *,
    stripe_account: str | None = None,
    by: Member | None = None,
) -> CardAccount:
    is_first = (
        await session.execute(select(CardAccount.id).where(CardAccount.group_id == group.id).limit(1))
    ).first() is None
    now = utc_now()
    account = CardAccount(
        group_id=group.id,
        sealed_key=sealed_key,
        key_hint=key[-HINT:],
        stripe_account=stripe_account,
        livemode=is_live(key),
        added_by_id=by.id if by else None,
        created_at=now,
        look_at=now,
    )
    session.add(account)
    group.takes_cards = True
    if is_first and Method.CARD not in group.methods:
        group.methods = [*group.methods, str(Method.CARD)]
    await session.flush()
    return account
