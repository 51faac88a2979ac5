"""What a reminder says, looked up at the moment it is sent: what happened since it was planned counts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.groups.models import Group, Member, Method, Person
from ledger.groups.service import reachable, reachable_among
from ledger.orders import baskets
from ledger.orders.baskets import live_order
from ledger.orders.models import Basket, Distribution
from ledger.orders.validation import OrderState, distribution_validation, order_states
from ledger.payments.models import Payment, PaymentState
from ledger.reminders import service
from ledger.reminders.models import FOR_COORDINATORS, Outcome, Reminder, ReminderKind
from ledger.reminders.schedule import Occasion, after_quiet, occasions


@dataclass(frozen=True, slots=True)
class Opened:
    """Orders opened."""


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A basket that is no order yet, in cents."""

    total_cents: int


@dataclass(frozen=True, slots=True)
class Eve:
    """What a member brings: the order's total in cents and what is expected for it; ``days`` until the distribution.

    ``missing_cents``: to be paid besides, and announced by nobody.
    """

    total_cents: int
    expected: tuple[Payment, ...]
    days: int
    missing_cents: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """What coordinators prepare for: orders, what is expected by method in cents, and whom the bot cannot reach."""

    orders: int
    total_cents: int
    expected: Mapping[Method, int]
    unreachable: tuple[str, ...]
    days: int


@dataclass(frozen=True, slots=True)
class Unvalidated:
    """A distribution is over and not validated, since ``days``: its orders, how many of them are, whether all are told."""

    orders: int
    validated: int
    days: int
    is_escalation: bool


Content = Opened | Unconfirmed | Eve | Summary | Unvalidated


@dataclass(frozen=True, slots=True)
class Notice:
    """A reminder ready to be said to a person in their language."""

    group: Group
    distribution: Distribution
    member: Member
    person: Person
    content: Content


@dataclass(frozen=True, slots=True)
class Later:
    """Its time has moved: look again then."""

    at: dt.datetime


async def look(session: AsyncSession, reminder: Reminder, now: dt.datetime) -> Notice | Outcome | Later:
    """Looks what to say, or why nothing is said, or when to look again."""
    distribution = await session.get_one(Distribution, reminder.distribution_id)
    group = await session.get_one(Group, reminder.group_id)
    zone = ZoneInfo(group.time_zone)
    occasion = current(reminder, distribution, zone)
    if distribution.cancelled_at is not None or occasion is None:
        return Outcome.NEEDLESS
    if now < occasion.due_at:
        return Later(occasion.due_at)
    # Somebody may come to it late, when people sleep by now.
    awake = now if reminder.member_id is None else after_quiet(now, zone)
    if awake >= occasion.useless_at:
        return Outcome.LATE
    if awake > now:
        return Later(awake)
    if reminder.member_id is None:
        return Outcome.SENT
    return await _for_member(session, reminder.member_id, occasion, group, distribution, now)


def current(reminder: Reminder, distribution: Distribution, zone: ZoneInfo) -> Occasion | None:
    """Returns the reminder's occasion as the distribution's dates stand now; none when it was moved away."""
    for occasion in occasions(distribution, zone):
        if (occasion.kind, occasion.slot) == (reminder.kind, reminder.slot):
            return occasion
    return None


async def _for_member(
    session: AsyncSession,
    member_id: int,
    occasion: Occasion,
    group: Group,
    distribution: Distribution,
    now: dt.datetime,
) -> Notice | Outcome:
    member = await session.get_one(Member, member_id)
    if member.left_at is not None or (occasion.kind in FOR_COORDINATORS and not member.is_coordinator):
        return Outcome.NEEDLESS
    content = await _content(session, occasion, group, distribution, member, now)
    if content is None:
        return Outcome.NEEDLESS
    if not occasion.is_escalation and occasion.kind in await service.muted(session, member):
        return Outcome.MUTED
    person = await reachable(session, member)
    if person is None:
        return Outcome.UNDELIVERABLE
    return Notice(group, distribution, member, person, content)


async def _content(
    session: AsyncSession,
    occasion: Occasion,
    group: Group,
    distribution: Distribution,
    member: Member,
    now: dt.datetime,
) -> Content | None:
    zone = ZoneInfo(group.time_zone)
    days = (distribution.starts_at.astimezone(zone).date() - now.astimezone(zone).date()).days
    match occasion.kind:
        case ReminderKind.OPENED:
            ordered = await live_order(session, member.id, distribution.id)
            return Opened() if ordered is None else None
        case ReminderKind.CLOSING:
            return await _unconfirmed(session, group, distribution, member)
        case ReminderKind.EVE:
            return await _eve(session, distribution, member, days)
        case ReminderKind.SUMMARY:
            return await _summary(session, distribution, days)
        case ReminderKind.UNVALIDATED:
            return await _unvalidated(session, distribution, occasion)
    return None


async def _unconfirmed(
    session: AsyncSession, group: Group, distribution: Distribution, member: Member
) -> Unconfirmed | None:
    statement = select(Basket).where(
        Basket.member_id == member.id,
        Basket.distribution_id == distribution.id,
        Basket.closed_at.is_(None),
    )
    basket = (await session.execute(statement)).scalar_one_or_none()
    if basket is None:
        return None
    view = await baskets.view(session, basket)
    chosen = {line.product.id: line.quantity_milli for line in view.lines}
    if not chosen:
        return None
    if view.order is not None and await baskets.is_replaceable(session, group, view.order):
        # Where payments are off, the basket starts as a copy of the order: unchanged, there is nothing to confirm.
        ordered: dict[int, int] = defaultdict(int)
        for line in await baskets.lines_of(session, view.order):
            ordered[line.product_id] += line.quantity_milli
        if ordered == chosen:
            return None
    return Unconfirmed(view.total_cents)


async def _eve(session: AsyncSession, distribution: Distribution, member: Member, days: int) -> Eve | None:
    order = await live_order(session, member.id, distribution.id)
    if order is None:
        return None
    (state,) = await order_states(session, order.group_id, distribution.id, order.id)
    if state.validated is not None:
        return None
    return Eve(state.total_cents, _expected(state), days, max(state.missing_cents, 0))


async def _summary(session: AsyncSession, distribution: Distribution, days: int) -> Summary | None:
    states = await order_states(session, distribution.group_id, distribution.id)
    if not states or await distribution_validation(session, distribution.id) is not None:
        return None
    expected: dict[Method, int] = defaultdict(int)
    for state in states:
        for payment in _expected(state):
            expected[payment.method] += payment.amount_cents
    reached = await reachable_among(session, [state.member for state in states])
    unreachable = tuple(state.member.name for state in states if state.member.id not in reached)
    return Summary(len(states), sum(state.total_cents for state in states), expected, unreachable, days)


async def _unvalidated(
    session: AsyncSession, distribution: Distribution, occasion: Occasion
) -> Unvalidated | None:
    if await distribution_validation(session, distribution.id) is not None:
        return None
    states = await order_states(session, distribution.group_id, distribution.id)
    validated = sum(1 for state in states if state.validated is not None)
    return Unvalidated(len(states), validated, occasion.days, occasion.is_escalation)


def _expected(state: OrderState) -> tuple[Payment, ...]:
    return tuple(payment for payment in state.payments if payment.state is PaymentState.EXPECTED)
