"""What is awaited from a member, as they should read it after the goods of their order came to less."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from ledger.groups.models import Member, Method
from ledger.orders.distributions import order_of
from ledger.orders.order_state import Settles, due_by
from ledger.orders.validation import order_state
from ledger.payments import service as payments
from ledger.payments.models import Payment, PaymentState
from ledger.payments.service import AwaitedCents


async def awaited_of(session: AsyncSession, member: Member) -> AwaitedCents:
    """What the member announced and nobody settled, in cents; ``recounted`` where all of it is cash for corrected orders."""
    found = await payments.awaited(session, member)
    if not found:
        return found
    expected = await payments.payments_of(session, member, PaymentState.EXPECTED)
    if any(payment.method is not Method.CASH for payment in expected):
        return found
    changed = [await _came_to_less(session, payment) for payment in expected]
    return AwaitedCents(found, recounted=None not in changed and any(changed))


async def _came_to_less(session: AsyncSession, payment: Payment) -> bool | None:
    """Whether correcting the goods left less due than a payment announced; none where it pays for no order."""
    order = await order_of(session, payment)
    if order is None or order.cancelled_at is not None:
        return None
    due = due_by(await order_state(session, payment.group_id, order.id), payment)
    return due.settles is not Settles.AS_ANNOUNCED and due.amount_cents < payment.amount_cents
