"""Validating a distribution: how its orders stand, validating one, undoing that exactly, closing the distribution.

Validating an order receives what is handed over at the stand, cheques and cash; a bank transfer stays expected until
somebody who saw it on the account receives it by itself. Undoing takes back what the validation settled and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.db import utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Member, Method
from ledger.names import by_name
from ledger.orders.corrections import CurrentLine, current_lines
from ledger.orders.handover_models import DistributionStep, OrderStep, StepKind, StepSettlement
from ledger.orders.models import Confirmation, Distribution, Order
from ledger.orders.order_state import OrderState as OrderState
from ledger.orders.order_state import Tally, mark_of_orders, share, tally
from ledger.orders.seen import check
from ledger.payments import service as payments
from ledger.payments.card.checkouts import taken_back
from ledger.payments.models import Payment, PaymentState, Settlement, SettlementKind


class AlreadyValidated(LedgerError):
    """Somebody validated it before: who and when."""

    def __init__(self, by: str, at: dt.datetime) -> None:
        super().__init__()
        self.by = by
        self.at = at


class NotValidated(LedgerError):
    """There is no validation to undo; ``by`` and ``at``: who took it back and when, if there was one."""

    def __init__(self, by: str | None = None, at: dt.datetime | None = None) -> None:
        super().__init__()
        self.by = by
        self.at = at


class ExpectedChanged(LedgerError):
    """What is expected for the order is not what the coordinator saw; in cents."""

    def __init__(self, expected: int) -> None:
        super().__init__()
        self.expected = expected


class OrdersLeftOpen(LedgerError):
    """So many orders of the distribution are not validated; it is validated only when whoever does it says so."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count


@dataclass(frozen=True, slots=True)
class OrderUndone:
    """An order whose validation was taken back; the step that had validated it, and the one that had validated the whole
    distribution, which does not stand any more either."""

    state: OrderState
    validated: OrderStep
    closed: DistributionStep | None


async def order_states(
    session: AsyncSession, group_id: int, distribution_id: int, order_id: int | None = None
) -> list[OrderState]:
    """Returns the orders of a distribution (or one of them), by the member's name."""
    statement = (
        select(Order, Member)
        .join(Member, Member.id == Order.member_id)
        .where(
            Order.group_id == group_id,
            Order.distribution_id == distribution_id,
            Order.cancelled_at.is_(None),
            *([Order.id == order_id] if order_id is not None else []),
        )
        .order_by(Order.id)
    )
    found = [(order, member) for order, member in await session.execute(statement)]
    rows = by_name(found, lambda row: row[1].name)
    ids = [order.id for order, _ in rows]
    lines = _by_order(await current_lines(session, Order.id.in_(ids)))
    choices = await confirmations_of(session, ids)
    paid = await _payments(session, ids)
    received = await _received(session, [payment.id for found in paid.values() for payment in found])
    steps = await _last_steps(session, ids)
    shares = {order_id: _shares(lines[order_id], choices) for order_id in ids}
    return [
        OrderState(
            order=order,
            member=member,
            lines=tuple(lines[order.id]),
            payments=tuple(paid[order.id]),
            due_cents=shares[order.id][0],
            credit_cents=shares[order.id][1],
            validated=step if (step := steps.get(order.id)) and step.kind is StepKind.VALIDATED else None,
            received={p.id: received[p.id] for p in paid[order.id] if p.id in received},
        )
        for order, member in rows
    ]


@dataclass(frozen=True, slots=True)
class Turn:
    """An order among those of its distribution that nobody validated, by name: how many stand before it, and which is next.

    After the last one the first is next; none where no other is left.
    """

    before: int
    next_order_id: int | None
    next_member_id: int = 0
    next_name: str = ""


async def turn_of(session: AsyncSession, state: OrderState) -> Turn:
    """Where an order stands, validated or not."""
    order = state.order
    statement = (
        select(Order.id, Order.member_id, Member.name)
        .join(Member, Member.id == Order.member_id)
        .where(Order.distribution_id == order.distribution_id, Order.cancelled_at.is_(None))
        .order_by(Order.id)
    )
    rows = by_name((await session.execute(statement)).all(), lambda row: row.name)
    steps = await _last_steps(session, [row.id for row in rows])
    done = {id_ for id_, step in steps.items() if step.kind is StepKind.VALIDATED}
    at = next(number for number, row in enumerate(rows) if row.id == order.id)
    before = [row for row in rows[:at] if row.id not in done]
    following = [row for row in rows[at + 1 :] if row.id not in done] + before
    if not following:
        return Turn(len(before), None)
    return Turn(len(before), following[0].id, following[0].member_id, following[0].name)


async def order_state(session: AsyncSession, group_id: int, order_id: int) -> OrderState:
    """Returns one order's state. Raises :class:`~ledger.errors.NotFound`."""
    order = await session.get(Order, order_id)
    if order is None or order.group_id != group_id or order.cancelled_at is not None:
        raise NotFound("order", order_id)
    return (await order_states(session, group_id, order.distribution_id, order_id))[0]


async def validate_order(
    session: AsyncSession,
    group_id: int,
    order_id: int,
    by: Member,
    *,
    received_cents: int | None = None,
    seen: int | None = None,
) -> OrderState:
    """Receives what is handed over for the order, and marks it validated. Bank transfers and cards stay expected.

    As announced, or ``received_cents`` in all: shared over what is expected, and what gets nothing of it is not expected any
    more. ``seen``: the mark of the order on the screen of who validates; without it, only what is announced is received.
    Raises :class:`AlreadyValidated`, :class:`ExpectedChanged`, :class:`~ledger.orders.seen.SeenChanged`.
    """
    step = await _next_order_step(session, group_id, order_id, StepKind.VALIDATED, by)
    await _lock_payments(session, group_id, order_id)
    state = await order_state(session, group_id, order_id)
    check(seen, now=state.mark)
    if seen is None and received_cents not in (None, state.at_the_stand_cents):
        raise ExpectedChanged(state.at_the_stand_cents)
    received = state.at_the_stand_cents if received_cents is None else received_cents
    shares = share(state.at_the_stand, received)
    if sum(shares.values()) != received:
        raise ExpectedChanged(state.at_the_stand_cents)
    for payment_id, amount in shares.items():
        if amount:
            settled = await payments.receive(session, group_id, payment_id, by, amount)
        else:
            settled = await payments.cancel(session, group_id, payment_id, by)
        session.add(
            StepSettlement(order_step_id=step.id, settlement_id=settled.settlement.id, group_id=group_id)
        )
    await session.flush()
    return await order_state(session, group_id, order_id)


async def undo_order(
    session: AsyncSession, group_id: int, order_id: int, by: Member, *, seen: int | None = None
) -> OrderUndone:
    """Takes the order's validation back, with what it settled and nothing else; a validated distribution opens again.

    ``seen``: the number of the validating step that was shown. Raises :class:`NotValidated`,
    :class:`~ledger.orders.seen.SeenChanged`.
    """
    order = (await order_state(session, group_id, order_id)).order
    closed = await _lock_distribution(session, group_id, order.distribution_id)
    step = await _next_order_step(session, group_id, order_id, StepKind.UNDONE, by)
    check(seen, now=step.step - 1)
    if closed is None or closed.kind is not StepKind.VALIDATED:
        closed = None
    else:
        await _next_distribution_step(session, group_id, order.distribution_id, StepKind.UNDONE, by)
    await _lock_payments(session, group_id, order_id)
    statement = select(OrderStep).where(OrderStep.order_id == order_id, OrderStep.step == step.step - 1)
    validated = (await session.execute(statement)).scalar_one()
    made = await session.execute(
        select(Settlement)
        .join(StepSettlement, StepSettlement.settlement_id == Settlement.id)
        .where(StepSettlement.order_step_id == validated.id)
        .order_by(Settlement.id)
    )
    for settlement in made.scalars().all():
        payment = await payments.lock_payment(session, group_id, settlement.payment_id)
        last = await payments.last_settlement(session, payment)
        # Somebody may have undone this very payment by hand meanwhile: then there is nothing to take back.
        if last is not None and last.id == settlement.id:
            await payments.undo(session, group_id, payment.id, by)
    return OrderUndone(await order_state(session, group_id, order_id), validated, closed)


async def validate_distribution(
    session: AsyncSession,
    group_id: int,
    distribution_id: int,
    by: Member,
    *,
    leave_open: bool = False,
    seen: int | None = None,
) -> DistributionStep:
    """Validates a distribution whose orders all are; ``leave_open`` says to do it although some are not.

    ``seen``: the :func:`mark_of_orders` left open that were shown. Raises :class:`AlreadyValidated`,
    :class:`OrdersLeftOpen`, :class:`~ledger.orders.seen.SeenChanged`.
    """
    last = await _lock_distribution(session, group_id, distribution_id)
    await _check_turn(session, last, StepKind.VALIDATED)
    states = await order_states(session, group_id, distribution_id)
    left = [state for state in states if state.validated is None]
    open_orders = len(left)
    if open_orders and not leave_open:
        raise OrdersLeftOpen(open_orders)
    check(seen, now=mark_of_orders(left))
    return await _next_distribution_step(
        session, group_id, distribution_id, StepKind.VALIDATED, by, left_open=open_orders
    )


async def undo_distribution(
    session: AsyncSession, group_id: int, distribution_id: int, by: Member, *, seen: int | None = None
) -> DistributionStep:
    """Opens a validated distribution again; its orders stay as they are.

    ``seen``: the number of the validating step that was shown. Raises :class:`NotValidated`,
    :class:`~ledger.orders.seen.SeenChanged`.
    """
    step = await _next_distribution_step(session, group_id, distribution_id, StepKind.UNDONE, by)
    check(seen, now=step.step - 1)
    return step


async def distribution_validation(session: AsyncSession, distribution_id: int) -> DistributionStep | None:
    """Returns the step that validated a distribution, if it stands."""
    last = await _last_distribution_step(session, distribution_id)
    return last if last is not None and last.kind is StepKind.VALIDATED else None


@dataclass(frozen=True, slots=True)
class MethodTotals:
    """What one method brought at a distribution: announced, and received, in cents."""

    announced_cents: int
    received_cents: int


@dataclass(frozen=True, slots=True)
class Report:
    """A distribution in figures: orders, per producer (name → cents of current lines), per method, differences.

    ``uncharged``: the orders of which something was never charged, since payments were off.
    """

    distribution: Distribution
    orders: int
    validated: int
    total_cents: int
    per_producer: dict[int, int]
    per_method: dict[Method, MethodTotals]
    tally: Tally
    uncharged: tuple[OrderState, ...] = ()


async def report(session: AsyncSession, group_id: int, distribution_id: int) -> Report:
    """Returns the figures of a distribution, as its orders stand now."""
    distribution = await session.get(Distribution, distribution_id)
    if distribution is None or distribution.group_id != group_id:
        raise NotFound("distribution", distribution_id)
    states = await order_states(session, group_id, distribution_id)
    per_producer: dict[int, int] = defaultdict(int)
    announced: dict[Method, int] = defaultdict(int)
    got: dict[Method, int] = defaultdict(int)
    for state in states:
        for line in state.lines:
            per_producer[line.line.producer_id] += line.amount_cents
        for payment in state.payments:
            if payment.state in (PaymentState.EXPECTED, PaymentState.RECEIVED):
                announced[payment.method] += payment.amount_cents
            got[payment.method] += state.received.get(payment.id, 0)
    return Report(
        distribution=distribution,
        orders=len(states),
        validated=sum(1 for state in states if state.validated is not None),
        total_cents=sum(state.total_cents for state in states),
        per_producer=dict(per_producer),
        per_method={m: MethodTotals(announced[m], got[m]) for m in Method if m in announced or got[m]},
        tally=tally(states),
        uncharged=tuple(state for state in states if state.uncharged_cents),
    )


async def lock_order(session: AsyncSession, group_id: int, order_id: int) -> None:
    """Locks the order: until this unit of work ends nobody else corrects or validates it. Raises :class:`NotFound`."""
    statement = select(Order.id).where(
        Order.id == order_id, Order.group_id == group_id, Order.cancelled_at.is_(None)
    )
    if (await session.execute(statement.with_for_update(key_share=True))).scalar_one_or_none() is None:
        raise NotFound("order", order_id)


async def _next_order_step(
    session: AsyncSession, group_id: int, order_id: int, kind: StepKind, by: Member
) -> OrderStep:
    await lock_order(session, group_id, order_id)
    last = (await _last_steps(session, [order_id])).get(order_id)
    await _check_turn(session, last, kind)
    step = OrderStep(
        group_id=group_id,
        order_id=order_id,
        step=(last.step if last else 0) + 1,
        kind=kind,
        by_id=by.id,
        at=utc_now(),
    )
    session.add(step)
    await session.flush()
    return step


async def _next_distribution_step(
    session: AsyncSession, group_id: int, distribution_id: int, kind: StepKind, by: Member, left_open: int = 0
) -> DistributionStep:
    last = await _lock_distribution(session, group_id, distribution_id)
    await _check_turn(session, last, kind)
    step = DistributionStep(
        group_id=group_id,
        distribution_id=distribution_id,
        step=(last.step if last else 0) + 1,
        kind=kind,
        left_open=left_open,
        by_id=by.id,
        at=utc_now(),
    )
    session.add(step)
    await session.flush()
    return step


async def _lock_distribution(
    session: AsyncSession, group_id: int, distribution_id: int
) -> DistributionStep | None:
    """Locks a distribution that takes place and returns its last step."""
    statement = select(Distribution.id).where(
        Distribution.id == distribution_id,
        Distribution.group_id == group_id,
        Distribution.cancelled_at.is_(None),
    )
    if (await session.execute(statement.with_for_update(key_share=True))).scalar_one_or_none() is None:
        raise NotFound("distribution", distribution_id)
    return await _last_distribution_step(session, distribution_id)


async def _lock_payments(session: AsyncSession, group_id: int, order_id: int) -> None:
    """Locks an order's payments and the accounts they move, each by id, so that nobody waits in a circle."""
    statement = (
        select(Payment)
        .where(Payment.group_id == group_id, Payment.order_id == order_id)
        .order_by(Payment.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = (await session.execute(statement)).scalars().all()
    kinds = {
        payments.ACCOUNT_OF[payment.method] for payment in found if payment.method in payments.ACCOUNT_OF
    }
    accounts = [await books.account_id(session, group_id, kind) for kind in sorted(kinds)]
    owners = sorted({payment.member_id for payment in found})
    accounts += (await books.account_ids(session, group_id, AccountKind.MEMBERS, owners)).values()
    await books.lock_accounts(session, accounts)


async def _check_turn(
    session: AsyncSession, last: OrderStep | DistributionStep | None, kind: StepKind
) -> None:
    stands = last is not None and last.kind is StepKind.VALIDATED
    if kind is StepKind.UNDONE and not stands:
        if last is None:
            raise NotValidated
        raise NotValidated((await session.get_one(Member, last.by_id)).name, last.at)
    if kind is StepKind.VALIDATED and stands:
        assert last is not None
        by = await session.get_one(Member, last.by_id)
        raise AlreadyValidated(by.name, last.at)


async def _last_distribution_step(session: AsyncSession, distribution_id: int) -> DistributionStep | None:
    statement = (
        select(DistributionStep)
        .where(DistributionStep.distribution_id == distribution_id)
        .order_by(DistributionStep.step.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def _last_steps(session: AsyncSession, order_ids: Sequence[int]) -> dict[int, OrderStep]:
    statement = select(OrderStep).where(OrderStep.order_id.in_(order_ids)).order_by(OrderStep.step)
    return {step.order_id: step for step in (await session.execute(statement)).scalars()}


async def confirmations_of(session: AsyncSession, order_ids: Sequence[int]) -> dict[int, Confirmation]:
    """Returns the confirmed baskets of these orders, with how each is paid, by id."""
    statement = (
        select(Confirmation)
        .where(Confirmation.order_id.in_(order_ids))
        .execution_options(populate_existing=True)
    )
    return {one.id: one for one in (await session.execute(statement)).scalars()}


def _shares(lines: Sequence[CurrentLine], choices: Mapping[int, Confirmation]) -> tuple[int, int]:
    """What is to be paid, and what member credit pays, of an order's current lines; neither where payments are off."""
    totals: dict[int, int] = defaultdict(int)
    for line in lines:
        totals[line.line.confirmation_id] += line.amount_cents
    due = credit = 0
    for confirmation_id, total in totals.items():
        choice = choices[confirmation_id]
        if choice.method is not None:
            by_credit = choice.by_credit(total)
            due, credit = due + total - by_credit, credit + by_credit
    return due, credit


async def _payments(session: AsyncSession, order_ids: Sequence[int]) -> dict[int, list[Payment]]:
    statement = (
        select(Payment).where(Payment.order_id.in_(order_ids)).execution_options(populate_existing=True)
    )
    found: dict[int, list[Payment]] = {order_id: [] for order_id in order_ids}
    for payment in sorted((await session.execute(statement)).scalars(), key=lambda one: one.id):
        if payment.order_id is not None:
            found[payment.order_id].append(payment)
    return found


async def _received(session: AsyncSession, payment_ids: Sequence[int]) -> dict[int, int]:
    """What each received payment brought, in cents; what its payer's bank took back since is not there."""
    statement = (
        select(Settlement.payment_id, Settlement.amount_cents)
        .join(Payment, Payment.id == Settlement.payment_id)
        .where(
            Settlement.payment_id.in_(payment_ids),
            Settlement.kind == SettlementKind.RECEIVED,
            Payment.state == PaymentState.RECEIVED,
        )
        .order_by(Settlement.step)
    )
    brought = {payment_id: amount or 0 for payment_id, amount in await session.execute(statement)}
    for payment_id, cents in (await taken_back(session, payment_ids)).items():
        brought[payment_id] = max(brought.get(payment_id, 0) - cents, 0)
    return brought


def _by_order(lines: Sequence[CurrentLine]) -> dict[int, list[CurrentLine]]:
    grouped: dict[int, list[CurrentLine]] = defaultdict(list)
    for line in lines:
        grouped[line.line.order_id].append(line)
    return grouped
