"""Which account at Stripe takes a group's cards: the host's (one group, which the host names) or the group's own.

The group's row is the lock: of two coordinators who change the key at once, the second changes what the first left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import utc_now
from ledger.errors import NotFound
from ledger.groups.models import Group, Member, Method
from ledger.payments.card.models import CardAccount, Checkout, CheckoutState

HINT = 4
"""How many characters of a key are shown."""


def is_live(key: str) -> bool:
    """Returns whether a secret key moves real money."""
    return "_live_" in key


async def in_use(session: AsyncSession, group_id: int) -> CardAccount | None:
    """Returns the account that takes the group's cards now."""
    statement = select(CardAccount).where(CardAccount.group_id == group_id, CardAccount.retired_at.is_(None))
    return (await session.execute(statement)).scalar_one_or_none()


async def get_account(session: AsyncSession, account_id: int) -> CardAccount:
    """Returns an account, in use or retired."""
    account = await session.get(CardAccount, account_id)
    if account is None:
        raise NotFound("card account", account_id)
    return account


async def of_host(session: AsyncSession) -> CardAccount | None:
    """Returns the account behind the host's key, in use or (the latest) retired."""
    statement = (
        select(CardAccount)
        .where(CardAccount.sealed_key.is_(None))
        .order_by(CardAccount.retired_at.is_not(None), CardAccount.id.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def hosts_group(session: AsyncSession, named: int | None) -> int | None:
    """Returns the group that the host's key serves or may serve: the one with the number that the host names.

    Where the host names none: the one it serves already, or the only one there is; of several it never picks one.
    """
    if named is not None:
        statement = select(Group.id).where(Group.id == named)
        return (await session.execute(statement)).scalar_one_or_none()
    account = await of_host(session)
    if account is not None and account.retired_at is None:
        return account.group_id
    ids = (await session.execute(select(Group.id).limit(2))).scalars().all()
    return ids[0] if len(ids) == 1 else None


async def follow_host(session: AsyncSession, key: str | None, named: int | None = None) -> None:
    """Makes the configuration's key serve the host's group, or nobody when it is gone. Repeating it changes nothing.

    A group gets card among its methods with its first account; taking it out stays the group's own choice (R10).
    """
    served = await hosts_group(session, named)
    group = None if served is None else await _lock(session, served)
    account = await of_host(session)
    if account is not None and account.retired_at is None:
        if key is None or account.livemode != is_live(key) or account.group_id != served:
            await retire(session, account)
        elif account.key_hint != key[-HINT:]:  # rolled: the account behind it is the same
            account.key_hint, account.key_since = key[-HINT:], utc_now()
    if group is not None and key is not None and await in_use(session, group.id) is None:
        await _add(session, group, None, key)


async def use_own_key(
    session: AsyncSession, group: Group, key: str, sealed_key: str, stripe_account: str | None, by: Member
) -> CardAccount:
    """Uses the group's own key from now on (tested by the caller, and sealed); the account before it is retired.

    Another key of the same account at Stripe takes the place of the one before.
    """
    group = await _lock(session, group.id)
    before = await in_use(session, group.id)
    if before is not None:
        was = (before.stripe_account, before.livemode)
        if stripe_account is not None and was == (stripe_account, is_live(key)):
            before.sealed_key, before.key_hint, before.added_by_id = sealed_key, key[-HINT:], by.id
            before.key_since = before.look_at = utc_now()
            group.takes_cards = True
            await session.flush()
            return before
        await retire(session, before)
    return await _add(session, group, sealed_key, key, stripe_account=stripe_account, by=by)


async def stop(
    session: AsyncSession, group: Group, account_id: int, host_key: str | None, named: int | None = None
) -> CardAccount | None:
    """Takes no more cards with the group's own key; returns the host's account where that serves the group from now on.

    Raises :class:`~ledger.errors.NotFound` when it is not (or no longer) in use.
    """
    await _lock(session, group.id)
    account = await in_use(session, group.id)
    if account is None or account.id != account_id or account.sealed_key is None:
        raise NotFound("card account", account_id)
    await retire(session, account)
    await follow_host(session, host_key, named)
    return await in_use(session, group.id)


async def mind_keys(session: AsyncSession, is_readable: Callable[[CardAccount], bool]) -> list[Group]:
    """Offers cards only where the key can be read; returns the groups for which that changed. Repeating it changes nothing.

    Nothing is lost meanwhile: the account stays in use, and cards are taken again once its key can be read.
    """
    statement = select(CardAccount).where(CardAccount.retired_at.is_(None)).order_by(CardAccount.group_id)
    changed = []
    for account in (await session.execute(statement)).scalars().all():
        group = await _lock(session, account.group_id)
        if group.takes_cards != is_readable(account):
            group.takes_cards = not group.takes_cards
            changed.append(group)
    await session.flush()
    return changed


async def retire(session: AsyncSession, account: CardAccount) -> None:
    """Retires an account: no new payment is taken with it. What was paid into it is still followed.

    A link that nobody followed yet leads to the account that comes after.
    """
    account.retired_at = utc_now()
    await session.execute(
        update(Checkout)
        .where(
            Checkout.account_id == account.id,
            Checkout.state == CheckoutState.WANTED,
            Checkout.look_at.is_(None),
        )
        .values(state=CheckoutState.CLOSED)
    )
    await session.execute(update(Group).where(Group.id == account.group_id).values(takes_cards=False))
    await session.flush()


async def due(session: AsyncSession, now: dt.datetime) -> list[int]:
    """Returns the ids of the accounts whose movements are to be looked through."""
    statement = select(CardAccount.id).where(CardAccount.look_at <= now).order_by(CardAccount.look_at)
    return list((await session.execute(statement)).scalars())


async def look_soon(session: AsyncSession, account_id: int) -> None:
    """Has the account looked at at once, since something moved there."""
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
        key_since=now,
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


async def _lock(session: AsyncSession, group_id: int) -> Group:
    statement = select(Group).where(Group.id == group_id).with_for_update(key_share=True)
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one()
