"""What is expected from members: the payments, and their sums as they should be read where corrected goods cost less."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from ledger.groups.models import Member, Method
from ledger.orders.distributions import orders_of
from ledger.orders.models import Distribution
from ledger.orders.order_state import OrderState, Settles, due_by
from ledger.orders.validation import order_states
from ledger.payments import service as payments
from ledger.payments.models import Payment, PaymentState
from ledger.payments.service import ExpectedCents


@dataclass(frozen=True, slots=True)
class Expected:
    """A payment that is expected, and the distribution whose order it pays (none: money put on the account)."""

    payment: Payment
    distribution: Distribution | None


async def expected_of(session: AsyncSession, member: Member) -> ExpectedCents:
    """Returns what the member announced and nobody settled, in cents; ``recounted`` where all of it is cash for
    corrected orders."""
    found = await payments.expected_cents(session, member)
    if not found:
        return found
    expected = await payments.payments_of(session, member, PaymentState.EXPECTED)
    if any(payment.method is not Method.CASH for payment in expected):
        return found
    return _marked(found, expected, await _states(session, expected))


async def expected_among(session: AsyncSession, found: Sequence[Member]) -> dict[int, ExpectedCents]:
    """Returns :func:`expected_of` for several members of one group, by their ids: asked together, however many they are."""
    if not found:
        return {}
    sums = await payments.expected_cents_by_member(session, found[0].group_id)
    expected = await payments.expected_by_member(session, [one.id for one in found if one.id in sums])
    in_cash = {
        member_id: theirs
        for member_id, theirs in expected.items()
        if all(payment.method is Method.CASH for payment in theirs)
    }
    states = await _states(session, [payment for theirs in in_cash.values() for payment in theirs])
    sums_of_all = {one.id: sums.get(one.id, ExpectedCents(0)) for one in found}
    return sums_of_all | {one: _marked(sums_of_all[one], theirs, states) for one, theirs in in_cash.items()}


async def _states(session: AsyncSession, expected: Sequence[Payment]) -> dict[int, OrderState]:
    """How the orders stand that payments pay, by the payments' ids: asked once a distribution."""
    orders = {
        one: order for one, order in (await orders_of(session, expected)).items() if not order.cancelled_at
    }
    at = defaultdict(list)
    for order in orders.values():
        at[order.group_id, order.distribution_id].append(order.id)
    by_order: dict[int, OrderState] = {}
    for (group_id, distribution_id), ids in at.items():
        only = ids[0] if len(ids) == 1 else None
        found = await order_states(session, group_id, distribution_id, only)
        by_order |= {state.order.id: state for state in found}
    return {one: by_order[order.id] for one, order in orders.items()}


def _marked(
    found: ExpectedCents, in_cash: Sequence[Payment], states: Mapping[int, OrderState]
) -> ExpectedCents:
    """``recounted`` where each payment pays for an order, and the goods of one came to less than it announced."""
    if any(payment.id not in states for payment in in_cash):
        return found
    return ExpectedCents(found, recounted=any(_is_less(states[payment.id], payment) for payment in in_cash))


def _is_less(state: OrderState, payment: Payment) -> bool:
    due = due_by(state, payment)
    return due.settles is not Settles.AS_ANNOUNCED and due.amount_cents < payment.amount_cents
