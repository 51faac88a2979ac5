"""What a member need not give any more, since the card it had been chosen instead of paid after all, too late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.groups.models import Member, Method
from ledger.payments import service as payments
from ledger.payments.card.models import Checkout
from ledger.payments.models import Payment, PaymentState, PaymentSwitch, Purpose


@dataclass(frozen=True, slots=True)
class Needless:
    """An expected payment, how many settlements it had, and the payment by card that came instead."""

    payment: Payment
    steps: int
    by_card_id: int


async def needless(session: AsyncSession, member: Member, expected: Sequence[Payment]) -> dict[int, Needless]:
    """Returns which of a member's expected payments are not needed, by their ids (:func:`~ledger.orders.switching.drop`)."""
    late = await _paid_late(session, member) if expected else []
    found: dict[int, Needless] = {}
    for payment in expected if late else ():
        before = await _chosen_before(session, payment)
        by_card = next((one for one in late if one.amount_cents in before), None)
        if by_card is not None:
            late.remove(by_card)
            steps = await payments.count_steps(session, payment)
            found[payment.id] = Needless(payment, steps, by_card.id)
    return found


async def _paid_late(session: AsyncSession, member: Member) -> list[Payment]:
    """What was received by card and pays no order: its page is older than the payment."""
    statement = (
        select(Payment)
        .join(Checkout, Checkout.payment_id == Payment.id)
        .where(
            Payment.member_id == member.id,
            Payment.method == Method.CARD,
            Payment.state == PaymentState.RECEIVED,
            Payment.purpose == Purpose.TOP_UP,
            Checkout.created_at < Payment.created_at,
            Checkout.disputed_cents == 0,
        )
        .order_by(Payment.id)
    )
    return list((await session.execute(statement)).scalars())


async def _chosen_before(session: AsyncSession, payment: Payment) -> set[int]:
    """The amounts, in cents, of the payments by card in whose place this one is expected."""
    amounts: set[int] = set()
    current: Payment | None = payment
    while current is not None:
        statement = (
            select(Payment)
            .join(PaymentSwitch, PaymentSwitch.payment_id == Payment.id)
            .where(PaymentSwitch.replaced_by_id == current.id)
        )
        current = (await session.execute(statement)).scalar_one_or_none()
        if current is not None and current.method is Method.CARD:
            amounts.add(current.amount_cents)
    return amounts
