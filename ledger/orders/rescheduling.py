"""A distribution that does not take place, or takes place elsewhere or at another time.

Cancelled: what it debited is reversed, what was announced for it is released, and money that was received stays on the
members' accounts as credit. Moved: nothing is posted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import Transaction
from ledger.db import utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Member
from ledger.orders.distributions import check_dates
from ledger.orders.handover_models import MovedFrom
from ledger.orders.models import Distribution
from ledger.orders.validation import OrderState, distribution_validation, order_states
from ledger.payments import service as payments
from ledger.payments.models import PaymentState

DEBTS = ("order", "addition", "correction")
"""The kinds of transactions that an order's debt is made of."""


class AlreadyCancelled(LedgerError):
    """The distribution was cancelled before."""


class DistributionValidated(LedgerError):
    """A validated distribution took place: its validation must be undone before it is cancelled or moved."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """An order of a cancelled distribution: how it stood, and the member's balance afterwards in cents."""

    state: OrderState
    balance_cents: int


async def cancel_distribution(
    session: AsyncSession, group_id: int, distribution_id: int, by: Member
) -> list[Cancelled]:
    """Cancel a distribution and all its orders. Raises :class:`AlreadyCancelled`, :class:`DistributionValidated`."""
    distribution = await _lock(session, group_id, distribution_id)
    states = await order_states(session, group_id, distribution_id)
    distribution.cancelled_at = utc_now()
    cancelled = []
    for state in states:
        for payment in state.payments:
            if payment.state is PaymentState.EXPECTED:
                await payments.cancel(session, group_id, payment.id, by)
        await _reverse_debts(session, state, by)
        state.order.cancelled_at = distribution.cancelled_at
        await session.flush()
        cancelled.append(Cancelled(state, await payments.balance_of(session, state.member)))
    return cancelled


async def move_distribution(
    session: AsyncSession,
    group_id: int,
    distribution_id: int,
    place: str,
    starts_at: dt.datetime,
    closes_at: dt.datetime,
    by: Member,
) -> Distribution:
    """Change place and times; posts nothing. Closing may stay in the past. Raises :class:`AlreadyCancelled` and others."""
    distribution = await _lock(session, group_id, distribution_id)
    now = utc_now()
    if closes_at != distribution.closes_at or closes_at > starts_at:
        check_dates(starts_at, closes_at, now)
    else:
        check_dates(starts_at, min(starts_at, now + dt.timedelta(microseconds=1)), now)
    session.add(
        MovedFrom(
            group_id=group_id,
            distribution_id=distribution.id,
            place=distribution.place,
            starts_at=distribution.starts_at,
            closes_at=distribution.closes_at,
            by_id=by.id,
            at=now,
        )
    )
    distribution.place, distribution.starts_at, distribution.closes_at = place, starts_at, closes_at
    await session.flush()
    return distribution


async def _lock(session: AsyncSession, group_id: int, distribution_id: int) -> Distribution:
    statement = (
        select(Distribution)
        .where(Distribution.id == distribution_id, Distribution.group_id == group_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    distribution = (await session.execute(statement)).scalar_one_or_none()
    if distribution is None:
        raise NotFound("distribution", distribution_id)
    if distribution.cancelled_at is not None:
        raise AlreadyCancelled
    if await distribution_validation(session, distribution_id) is not None:
        raise DistributionValidated
    return distribution


async def _reverse_debts(session: AsyncSession, state: OrderState, by: Member) -> None:
    """Reverse every transaction of the order's debt that was not reversed before."""
    reversed_ids = select(Transaction.reverses_id).where(
        Transaction.group_id == state.order.group_id, Transaction.reverses_id.is_not(None)
    )
    statement = (
        select(Transaction.id)
        .where(
            Transaction.group_id == state.order.group_id,
            Transaction.subject == f"order:{state.order.id}",
            Transaction.kind.in_(DEBTS),
            Transaction.id.not_in(reversed_ids),
        )
        .order_by(Transaction.id.desc())
    )
    for transaction_id in (await session.execute(statement)).scalars().all():
        await books.reverse(session, state.order.group_id, transaction_id, actor_id=by.id)
