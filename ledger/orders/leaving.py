"""A member leaves the group: by themselves or taken out. Their account stays, and is theirs again if they come back.

Nobody leaves with money between them and the group, or with goods on their way: what is in the way is told, all of it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Group, Member
from ledger.groups.service import require_another_coordinator
from ledger.orders.models import Basket, BasketLine, Distribution, Order
from ledger.orders.validation import distribution_validation
from ledger.payments import requests
from ledger.payments import service as payments
from ledger.payments.accounts import locked_balance

AFTERWARDS = dt.timedelta(hours=3)
"""A distribution that started longer ago is over: an order for it is no more in the way."""


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What is in the way of leaving: balance and expected payments in cents, and when what was ordered is handed over."""

    balance_cents: int
    expected_cents: int
    ordered_for: tuple[dt.datetime, ...]

    def __bool__(self) -> bool:
        return bool(self.balance_cents or self.expected_cents or self.ordered_for)


class CannotLeave(LedgerError):
    """Something is in the way; ``is_own``: the member asked for themselves."""

    def __init__(self, name: str, obstacles: Obstacles, *, is_own: bool) -> None:
        super().__init__()
        self.name = name
        self.obstacles = obstacles
        self.is_own = is_own


async def obstacles(session: AsyncSession, member: Member) -> Obstacles:
    """Returns what is in the way of the member's leaving."""
    return Obstacles(
        await payments.balance_of(session, member),
        await payments.expected_cents(session, member),
        tuple(await _ordered_for(session, member)),
    )


async def check(session: AsyncSession, member: Member, by: Member) -> None:
    """Raises what :func:`leave` would, without leaving."""
    if member.is_coordinator:
        await require_another_coordinator(session, member)
    found = await obstacles(session, member)
    if found:
        raise CannotLeave(member.name, found, is_own=by.id == member.id)


async def leave(session: AsyncSession, member: Member, by: Member) -> None:
    """Takes a member out of the group's lists, without roles and invitation; ``by``: themselves or a coordinator.

    Raises :class:`CannotLeave`, :class:`~ledger.groups.service.LastCoordinator`, :class:`~ledger.errors.NotFound`.
    """
    # The group's row first, as when roles change hands; then the baskets, as when an order is placed.
    await session.execute(select(Group.id).where(Group.id == member.group_id).with_for_update(key_share=True))
    await session.refresh(member)
    if member.left_at is not None:
        raise NotFound("member", member.id)
    statement = select(Basket.id).where(Basket.member_id == member.id, Basket.closed_at.is_(None))
    baskets = (
        (await session.execute(statement.order_by(Basket.id).with_for_update(key_share=True))).scalars().all()
    )
    await requests.withdraw_open(session, member, by)
    await locked_balance(session, member)
    await check(session, member, by)
    await session.execute(delete(BasketLine).where(BasketLine.basket_id.in_(baskets)))
    member.left_at = utc_now()
    member.is_coordinator = member.is_treasurer = False
    member.invitation = member.put_out_at = member.kept_at = None
    member.taken_out_at = None if by.id == member.id else member.left_at
    await session.flush()


async def _ordered_for(session: AsyncSession, member: Member) -> list[dt.datetime]:
    """When the distributions start whose orders of this member are still to be handed over."""
    statement = (
        select(Distribution)
        .join(Order, Order.distribution_id == Distribution.id)
        .where(
            Order.member_id == member.id,
            Order.cancelled_at.is_(None),
            Distribution.starts_at > utc_now() - AFTERWARDS,
        )
        .order_by(Distribution.starts_at)
    )
    found = (await session.execute(statement)).scalars().all()
    return [one.starts_at for one in found if await distribution_validation(session, one.id) is None]
