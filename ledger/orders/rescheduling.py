"""A distribution that does not take place, or takes place elsewhere or at another time.

Cancelled: what it debited is reversed, what was announced for it is released, and money that was received stays on the
members' accounts as credit. Moved: nothing is posted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind, Transaction
from ledger.books.subjects import Topic, subject_of
from ledger.catalogue.models import Product
from ledger.db import utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Member
from ledger.orders.distributions import check_dates
from ledger.orders.handover_models import MovedFrom
from ledger.orders.models import Distribution, Order, OrderLine
from ledger.orders.order_state import OrderState, mark_of_orders
from ledger.orders.seen import check
from ledger.orders.validation import distribution_validation, order_states
from ledger.payments import service as payments
from ledger.payments.models import Payment, PaymentState

DEBTS = ("order", "addition", "correction")
"""The kinds of transactions that an order's debt is made of."""


class AlreadyCancelled(LedgerError):
    """The distribution was cancelled before: when, and by whom where the books say it."""

    def __init__(self, at: dt.datetime, by: str | None) -> None:
        super().__init__()
        self.at = at
        self.by = by


class DistributionValidated(LedgerError):
    """A validated distribution took place: its validation must be undone before it is cancelled or moved."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """An order of a cancelled distribution: how it stood, the member's balance afterwards in cents, and the ids of the
    payments that are not expected any more."""

    state: OrderState
    balance_cents: int
    released: tuple[int, ...]


async def cancel_distribution(
    session: AsyncSession, group_id: int, distribution_id: int, by: Member, *, seen: int | None = None
) -> list[Cancelled]:
    """Cancels a distribution and all its orders.

    ``seen``: the mark of the orders that were shown. Raises :class:`AlreadyCancelled`, :class:`DistributionValidated`,
    :class:`~ledger.orders.seen.SeenChanged`.
    """
    distribution = await lock_distribution(session, group_id, distribution_id)
    states = await _lock_orders(session, group_id, distribution_id)
    check(seen, now=mark_of_orders(states))
    distribution.cancelled_at = utc_now()
    released = {
        state.order.id: tuple(p.id for p in state.payments if p.state is PaymentState.EXPECTED)
        for state in states
    }
    for payment_ids in released.values():
        for payment_id in payment_ids:
            await payments.cancel(session, group_id, payment_id, by)
    await _reverse_debts(session, group_id, list(released), by)
    for state in states:
        state.order.cancelled_at = distribution.cancelled_at
    await session.flush()
    balances = await books.balances(session, group_id, AccountKind.MEMBERS)
    return [Cancelled(state, balances[state.member.id], released[state.order.id]) for state in states]


async def move_distribution(
    session: AsyncSession,
    group_id: int,
    distribution_id: int,
    place: str,
    starts_at: dt.datetime,
    closes_at: dt.datetime,
    by: Member,
) -> Distribution:
    """Changes place and times; posts nothing. Closing may stay in the past. Raises :class:`AlreadyCancelled` and others."""
    distribution = await lock_distribution(session, group_id, distribution_id)
    check_move(distribution, starts_at, closes_at)
    session.add(
        MovedFrom(
            group_id=group_id,
            distribution_id=distribution.id,
            place=distribution.place,
            starts_at=distribution.starts_at,
            closes_at=distribution.closes_at,
            by_id=by.id,
            at=utc_now(),
        )
    )
    distribution.place, distribution.starts_at, distribution.closes_at = place, starts_at, closes_at
    await session.flush()
    return distribution


async def last_move(session: AsyncSession, distribution_id: int) -> tuple[MovedFrom, str] | None:
    """Returns the last time a distribution was moved, and who moved it."""
    statement = (
        select(MovedFrom, Member.name)
        .join(Member, Member.id == MovedFrom.by_id)
        .where(MovedFrom.distribution_id == distribution_id)
        .order_by(MovedFrom.id.desc())
        .limit(1)
    )
    row = (await session.execute(statement)).first()
    return None if row is None else (row[0], row[1])


def check_move(distribution: Distribution, starts_at: dt.datetime, closes_at: dt.datetime) -> None:
    """Raises :class:`InvalidDistribution` for dates a distribution cannot be moved to. A past closing may stay."""
    now = utc_now()
    if closes_at != distribution.closes_at or closes_at > starts_at:
        check_dates(starts_at, closes_at, now)
    else:
        check_dates(starts_at, min(starts_at, now + dt.timedelta(microseconds=1)), now)


async def require_movable(session: AsyncSession, distribution: Distribution) -> None:
    """Raises :class:`AlreadyCancelled` or :class:`DistributionValidated`."""
    if distribution.cancelled_at is not None:
        raise AlreadyCancelled(distribution.cancelled_at, await _cancelled_by(session, distribution))
    if await distribution_validation(session, distribution.id) is not None:
        raise DistributionValidated


async def lock_distribution(session: AsyncSession, group_id: int, distribution_id: int) -> Distribution:
    """Locks the distribution, read afterwards, if it can still be cancelled or moved."""
    statement = (
        select(Distribution)
        .where(Distribution.id == distribution_id, Distribution.group_id == group_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    distribution = (await session.execute(statement)).scalar_one_or_none()
    if distribution is None:
        raise NotFound("distribution", distribution_id)
    await require_movable(session, distribution)
    return distribution


async def _cancelled_by(session: AsyncSession, distribution: Distribution) -> str | None:
    """Who reversed a debt of the distribution when it was cancelled."""
    cancelled = select(Order.id).where(
        Order.distribution_id == distribution.id, Order.cancelled_at == distribution.cancelled_at
    )
    subjects = [subject_of(Topic.ORDER, number) for number in (await session.execute(cancelled)).scalars()]
    statement = (
        select(Member.name)
        .join(Transaction, Transaction.actor_id == Member.id)
        .where(
            Transaction.group_id == distribution.group_id,
            Transaction.reverses_id.is_not(None),
            Transaction.subject.in_(subjects),
        )
        .order_by(Transaction.id.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def _lock_orders(session: AsyncSession, group_id: int, distribution_id: int) -> list[OrderState]:
    """Locks the orders with all that cancelling them moves (orders, products, payments, accounts), then reads them.

    The stock goes back: nobody takes the goods.
    """
    of_distribution = (Order.distribution_id == distribution_id, Order.cancelled_at.is_(None))
    locking = select(Order.id).where(*of_distribution).order_by(Order.id).with_for_update(key_share=True)
    order_ids = (await session.execute(locking)).scalars().all()
    if not order_ids:
        return []
    await _give_back(session, order_ids)
    payment_ids = (await session.execute(select(Payment.id).where(Payment.order_id.in_(order_ids)))).scalars()
    locking_them = select(Payment.id).where(Payment.id.in_(payment_ids.all())).order_by(Payment.id)
    await session.execute(locking_them.with_for_update(key_share=True))
    states = await order_states(session, group_id, distribution_id)
    members = sorted({state.member.id for state in states})
    producers = sorted({line.line.producer_id for state in states for line in state.lines})
    accounts = await books.account_ids(session, group_id, AccountKind.MEMBERS, members)
    of_producers = await books.account_ids(session, group_id, AccountKind.PRODUCERS, producers)
    await books.lock_accounts(session, [*accounts.values(), *of_producers.values()])
    return states


async def _give_back(session: AsyncSession, order_ids: Sequence[int]) -> None:
    ordered = (
        select(OrderLine.product_id, func.sum(OrderLine.quantity_milli))
        .where(OrderLine.order_id.in_(order_ids))
        .group_by(OrderLine.product_id)
    )
    quantities = {product_id: int(total) for product_id, total in await session.execute(ordered)}
    statement = (
        select(Product)
        .where(Product.id.in_(quantities))
        .order_by(Product.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    for product in (await session.execute(statement)).scalars():
        product.give_back(quantities[product.id])
    await session.flush()


async def _reverse_debts(session: AsyncSession, group_id: int, order_ids: Sequence[int], by: Member) -> None:
    """Reverses every transaction of the orders' debts that was not reversed before."""
    reversed_ids = select(Transaction.reverses_id).where(
        Transaction.group_id == group_id, Transaction.reverses_id.is_not(None)
    )
    subjects = [subject_of(Topic.ORDER, order_id) for order_id in order_ids]
    statement = (
        select(Transaction.id)
        .where(
            Transaction.group_id == group_id,
            Transaction.subject.in_(subjects),
            Transaction.kind.in_(DEBTS),
            Transaction.id.not_in(reversed_ids),
        )
        .order_by(Transaction.id.desc())
    )
    for transaction_id in (await session.execute(statement)).scalars().all():
        await books.reverse(session, group_id, transaction_id, actor_id=by.id)
