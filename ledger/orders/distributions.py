"""The verbs of distributions: announce one, find the ones that take orders, and what is expected at one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Member, Method
from ledger.names import by_name
from ledger.orders.models import Confirmation, Distribution, Order
from ledger.payments.models import Payment, PaymentState


class InvalidDistribution(LedgerError):
    """The dates do not fit: ``field`` is ``starts_at`` (not in the future) or ``closes_at`` (past, or after the start)."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


@dataclass(frozen=True, slots=True)
class DistributionSummary:
    """A distribution with its number of orders and their total in cents."""

    distribution: Distribution
    orders: int
    total_cents: int


@dataclass(frozen=True, slots=True)
class NamedPayment:
    """A payment and the name of the member who announced it."""

    payment: Payment
    member_name: str


async def announce(
    session: AsyncSession, group_id: int, place: str, starts_at: dt.datetime, closes_at: dt.datetime
) -> Distribution:
    """Announces a new distribution that takes orders from now until ``closes_at``. Raises :class:`InvalidDistribution`."""
    now = utc_now()
    check_dates(starts_at, closes_at, now)
    distribution = Distribution(
        group_id=group_id, place=place, starts_at=starts_at, opens_at=now, closes_at=closes_at, created_at=now
    )
    session.add(distribution)
    await session.flush()
    return distribution


def check_dates(starts_at: dt.datetime, closes_at: dt.datetime, now: dt.datetime) -> None:
    """Raises :class:`InvalidDistribution` for dates no distribution can have."""
    if starts_at <= now:
        raise InvalidDistribution("starts_at")
    if not now < closes_at <= starts_at:
        raise InvalidDistribution("closes_at")


async def get_distribution(session: AsyncSession, group_id: int, distribution_id: int) -> Distribution:
    """Returns a distribution of this group. Raises :class:`~ledger.errors.NotFound`."""
    distribution = await session.get(Distribution, distribution_id)
    if distribution is None or distribution.group_id != group_id:
        raise NotFound("distribution", distribution_id)
    return distribution


async def at_hand(session: AsyncSession, group_id: int, since: dt.datetime) -> Distribution | None:
    """Returns the first distribution that takes place at ``since`` or later; when there is none, the last one before."""
    takes_place = select(Distribution).where(
        Distribution.group_id == group_id, Distribution.cancelled_at.is_(None)
    )
    coming = takes_place.where(Distribution.starts_at >= since).order_by(Distribution.starts_at)
    found = (await session.execute(coming.limit(1))).scalar_one_or_none()
    if found is None:
        past = takes_place.order_by(Distribution.starts_at.desc()).limit(1)
        found = (await session.execute(past)).scalar_one_or_none()
    return found


async def open_distributions(session: AsyncSession, group_id: int) -> Sequence[Distribution]:
    """Returns those that take orders now, the nearest first."""
    now = utc_now()
    statement = (
        select(Distribution)
        .where(
            Distribution.group_id == group_id,
            Distribution.opens_at <= now,
            Distribution.closes_at > now,
            Distribution.cancelled_at.is_(None),
        )
        .order_by(Distribution.starts_at, Distribution.id)
    )
    return (await session.execute(statement)).scalars().all()


async def to_come(session: AsyncSession, group_id: int) -> Sequence[Distribution]:
    """Returns those that have not begun, the nearest first; not the cancelled ones."""
    statement = (
        select(Distribution)
        .where(
            Distribution.group_id == group_id,
            Distribution.starts_at > utc_now(),
            Distribution.cancelled_at.is_(None),
        )
        .order_by(Distribution.starts_at, Distribution.id)
    )
    return (await session.execute(statement)).scalars().all()


async def summaries(session: AsyncSession, group_id: int, limit: int = 10) -> list[DistributionSummary]:
    """Returns the newest distributions with what was ordered, the latest date first."""
    orders = (
        select(
            Order.distribution_id,
            func.count(func.distinct(Order.id)).label("orders"),
            func.coalesce(func.sum(Confirmation.amount_cents), 0).label("total"),
        )
        .join(Confirmation, Confirmation.order_id == Order.id)
        .where(Order.group_id == group_id, Order.cancelled_at.is_(None))
        .group_by(Order.distribution_id)
        .subquery()
    )
    statement = (
        select(Distribution, func.coalesce(orders.c.orders, 0), func.coalesce(orders.c.total, 0))
        .outerjoin(orders, orders.c.distribution_id == Distribution.id)
        .where(Distribution.group_id == group_id)
        .order_by(Distribution.starts_at.desc(), Distribution.id.desc())
        .limit(limit)
    )
    return [
        DistributionSummary(d, int(count), int(total)) for d, count, total in await session.execute(statement)
    ]


async def distribution_of(session: AsyncSession, payment: Payment) -> int | None:
    """Returns the id of the distribution whose order a payment pays."""
    order = await order_of(session, payment)
    return order.distribution_id if order is not None else None


async def order_of(session: AsyncSession, payment: Payment) -> Order | None:
    """Returns the order a payment pays."""
    return await session.get_one(Order, payment.order_id) if payment.order_id is not None else None


async def orders_of(session: AsyncSession, found: Sequence[Payment]) -> dict[int, Order]:
    """Returns the orders that payments pay, by the payments' ids; what pays for no order is left out."""
    order_ids = {payment.id: payment.order_id for payment in found if payment.order_id is not None}
    if not order_ids:
        return {}
    statement = select(Order).where(Order.id.in_(order_ids.values()))
    orders = {order.id: order for order in (await session.execute(statement)).scalars()}
    return {payment_id: orders[order_id] for payment_id, order_id in order_ids.items()}


async def expecting(session: AsyncSession, group_id: int) -> list[tuple[Distribution, int]]:
    """Returns every distribution with payments that are still expected, and how many; the latest date first."""
    statement = (
        select(Distribution, func.count(Payment.id))
        .join(Order, Order.distribution_id == Distribution.id)
        .join(Confirmation, Confirmation.order_id == Order.id)
        .join(Payment, Payment.id == Confirmation.payment_id)
        .where(Payment.group_id == group_id, Payment.state == PaymentState.EXPECTED)
        .group_by(Distribution.id)
        .order_by(Distribution.starts_at.desc(), Distribution.id.desc())
    )
    return [(distribution, int(count)) for distribution, count in await session.execute(statement)]


async def expected_elsewhere(session: AsyncSession, group_id: int) -> list[NamedPayment]:
    """Returns every payment that is expected and belongs to no order (a top-up), by the member's name.

    Together with :func:`expecting` it is everything that is expected in the group.
    """
    statement = (
        select(Payment, Member.name)
        .join(Member, Member.id == Payment.member_id)
        .outerjoin(Confirmation, Confirmation.payment_id == Payment.id)
        .where(
            Payment.group_id == group_id,
            Payment.state == PaymentState.EXPECTED,
            Confirmation.id.is_(None),
        )
        .order_by(Payment.id)
    )
    found = [NamedPayment(payment, name) for payment, name in await session.execute(statement)]
    return by_name(found, lambda one: one.member_name)


async def expected_by(session: AsyncSession, group_id: int, method: Method) -> list[NamedPayment]:
    """Returns every payment that is expected by one method, for an order or not, by the member's name."""
    statement = (
        select(Payment, Member.name)
        .join(Member, Member.id == Payment.member_id)
        .where(Payment.group_id == group_id, Payment.state == PaymentState.EXPECTED, Payment.method == method)
        .order_by(Payment.id)
    )
    found = [NamedPayment(payment, name) for payment, name in await session.execute(statement)]
    return by_name(found, lambda one: one.member_name)


async def payments_at(session: AsyncSession, group_id: int, distribution_id: int) -> list[NamedPayment]:
    """Returns every payment for the orders of a distribution, settled or not, by the member's name."""
    statement = (
        select(Payment, Member.name)
        .join(Order, Order.id == Payment.order_id)
        .join(Member, Member.id == Payment.member_id)
        .where(Order.distribution_id == distribution_id, Order.group_id == group_id)
    )
    found = [NamedPayment(payment, name) for payment, name in await session.execute(statement)]
    found.sort(key=lambda one: one.payment.id)
    return by_name(found, lambda one: one.member_name)
