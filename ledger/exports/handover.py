"""A distribution as its sheets need it: who gets what, from whom, and what is to be paid. Values, read at one moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.catalogue.models import Producer, Product
from ledger.db import utc_now
from ledger.groups.models import Group, Member, Method
from ledger.groups.namesakes import Namesake, namesakes
from ledger.names import by_name
from ledger.orders.corrections import CurrentLine
from ledger.orders.distributions import get_distribution
from ledger.orders.models import Confirmation, Distribution
from ledger.orders.validation import OrderState, confirmations_of, order_states
from ledger.payments.models import PaymentState, Settlement, SettlementKind
from ledger.reference import format_reference


class DueKind(StrEnum):
    """What a volunteer at the door does with an amount: take it, nothing (it came, or needs no money), ask, or say so."""

    EXPECTED = "expected"
    RECEIVED = "received"
    ELSEWHERE = "elsewhere"
    MISSING = "missing"
    OVERPAID = "overpaid"


@dataclass(frozen=True, slots=True)
class Due:
    """One amount of an order, in cents; ``reference`` as people read it. The amounts add up to the order's total."""

    kind: DueKind
    amount_cents: int
    method: Method | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A line as it is now. Quantity in thousandths of the unit; price of one unit and amount in cents."""

    producer_id: int
    product_id: int
    product: str
    unit: str
    weighed: bool
    quantity_milli: int
    price_cents: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class MemberOrder:
    """What one member gets, and how it is paid."""

    member: str
    items: tuple[Item, ...]
    dues: tuple[Due, ...]

    @property
    def total_cents(self) -> int:
        """Σ of the lines."""
        return sum(item.amount_cents for item in self.items)


@dataclass(frozen=True, slots=True)
class HandOver:
    """A distribution's orders by the member's name; ``producers``: id → name, by name, of those something is ordered from.

    ``provisional``: orders are still taken.
    """

    distribution_id: int
    group: str
    currency: str
    place: str
    starts_at: dt.datetime
    closes_at: dt.datetime
    provisional: bool
    producers: dict[int, str]
    orders: tuple[MemberOrder, ...]

    @property
    def total_cents(self) -> int:
        """Σ of all lines."""
        return sum(order.total_cents for order in self.orders)


async def load(session: AsyncSession, group: Group, distribution_id: int) -> HandOver:
    """Loads the distribution as its orders stand now; cancelled orders are left out."""
    distribution = await get_distribution(session, group.id, distribution_id)
    states = await order_states(session, group.id, distribution_id)
    lines = [line for state in states for line in state.lines]
    weighed = await _weighed(session, {line.line.product_id for line in lines})
    choices = await confirmations_of(session, [state.order.id for state in states])
    received = await _received(session, [payment.id for state in states for payment in state.payments])
    told_apart = await namesakes(session, group.id)
    orders = [
        MemberOrder(
            _called(state.member, told_apart),
            tuple(by_name((_item(line, weighed) for line in state.lines), lambda item: item.product)),
            tuple(_dues(state, choices, received)),
        )
        for state in states
    ]
    return HandOver(
        distribution_id=distribution.id,
        group=group.title,
        currency=group.currency,
        place=distribution.place,
        starts_at=distribution.starts_at,
        closes_at=distribution.closes_at,
        provisional=distribution.cancelled_at is None and utc_now() < distribution.closes_at,
        producers=await _producers(session, {line.line.producer_id for line in lines}),
        orders=tuple(by_name(orders, lambda order: order.member)),
    )


async def nearest_distribution(session: AsyncSession, group: Group) -> Distribution | None:
    """Returns today's distribution, else the next one, else the last one; in the group's time zone, cancelled ones
    left out."""
    today = utc_now().astimezone(ZoneInfo(group.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    ours = select(Distribution).where(Distribution.group_id == group.id, Distribution.cancelled_at.is_(None))
    coming = ours.where(Distribution.starts_at >= today).order_by(Distribution.starts_at, Distribution.id)
    past = ours.where(Distribution.starts_at < today).order_by(
        Distribution.starts_at.desc(), Distribution.id.desc()
    )
    for statement in (coming, past):
        found = (await session.execute(statement.limit(1))).scalar_one_or_none()
        if found is not None:
            return found
    return None


def _called(member: Member, told_apart: Mapping[int, Namesake]) -> str:
    """A name on paper, with what tells its bearer from another of that name; no balances there."""
    namesake = told_apart.get(member.id)
    if namesake is None:
        return member.name
    mark = f"@{namesake.username}" if namesake.username else f"{namesake.joined_at:%d/%m/%Y}"
    return f"{member.name} ({mark}{f', {namesake.number}' if namesake.number else ''})"


def _item(line: CurrentLine, weighed: set[int]) -> Item:
    return Item(
        producer_id=line.line.producer_id,
        product_id=line.line.product_id,
        product=line.line.product_name,
        unit=line.line.unit,
        weighed=line.line.product_id in weighed,
        quantity_milli=line.quantity_milli,
        price_cents=line.price_cents,
        amount_cents=line.amount_cents,
    )


def _dues(state: OrderState, choices: dict[int, Confirmation], received: dict[int, int]) -> list[Due]:
    """What was and is to be paid for an order: its payments, what is settled without money, and the difference."""
    dues = []
    for payment in state.payments:
        reference = format_reference(payment.reference)
        if payment.state is PaymentState.EXPECTED:
            dues.append(Due(DueKind.EXPECTED, payment.amount_cents, payment.method, reference))
        elif payment.state is PaymentState.RECEIVED:
            dues.append(Due(DueKind.RECEIVED, received.get(payment.id, 0), payment.method, reference))
    if state.credit_cents:
        dues.append(Due(DueKind.ELSEWHERE, state.credit_cents, Method.MEMBER_CREDIT))
    unpaid = [line for line in state.lines if choices[line.line.confirmation_id].method is None]
    if total := sum(line.amount_cents for line in unpaid):
        dues.append(Due(DueKind.ELSEWHERE, total, None))
    if state.missing_cents:
        kind = DueKind.MISSING if state.missing_cents > 0 else DueKind.OVERPAID
        dues.append(Due(kind, state.missing_cents))
    return dues


async def _weighed(session: AsyncSession, product_ids: set[int]) -> set[int]:
    statement = select(Product.id).where(Product.id.in_(product_ids), Product.weighed)
    return set((await session.execute(statement)).scalars())


async def _producers(session: AsyncSession, producer_ids: set[int]) -> dict[int, str]:
    statement = select(Producer).where(Producer.id.in_(producer_ids))
    found = (await session.execute(statement)).scalars().all()
    return {producer.id: producer.name for producer in by_name(found, lambda producer: producer.name)}


async def _received(session: AsyncSession, payment_ids: Sequence[int]) -> dict[int, int]:
    """What each payment brought when it was received last."""
    statement = (
        select(Settlement)
        .where(Settlement.payment_id.in_(payment_ids), Settlement.kind == SettlementKind.RECEIVED)
        .order_by(Settlement.step)
    )
    return {row.payment_id: row.amount_cents or 0 for row in (await session.execute(statement)).scalars()}
