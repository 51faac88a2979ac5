"""Payments entered by hand, where the same money may be expected already: it is to count once.

What is expected from the member is offered first; entering another payment is refused when the account is not as it was
shown, since a colleague may have received the money meanwhile.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from ledger.groups.models import Member, Method
from ledger.orders.distributions import order_of
from ledger.orders.expected import Expected
from ledger.orders.models import Distribution
from ledger.orders.seen import check, mark
from ledger.payments import service as payments
from ledger.payments.accounts import locked_balance, next_number
from ledger.payments.models import Payment, PaymentState
from ledger.payments.service import ACCOUNT_OF, InvalidPayment, Settled


async def expected_from(
    session: AsyncSession, member: Member, method: Method, amount_cents: int
) -> list[Expected]:
    """Returns what is expected from a member: by the same method first, of the same amount before others; cards last,
    and of them what is under way already, which cannot be what is entered."""
    found = await payments.payments_of(session, member, PaymentState.EXPECTED)
    likeliest = sorted(
        found,
        key=lambda p: (
            p.under_way_since is not None,
            p.method is Method.CARD,
            p.method is not method,
            p.amount_cents != amount_cents,
        ),
    )
    return [Expected(payment, await _distribution_of(session, payment)) for payment in likeliest]


async def standing(session: AsyncSession, member: Member) -> int:
    """Returns a mark of how the member's account stands: another one as soon as money moved, or something else is
    expected."""
    found = await payments.payments_of(session, member, PaymentState.EXPECTED)
    return mark(await next_number(session, member), [payment.id for payment in found])


async def enter(
    session: AsyncSession,
    member: Member,
    method: Method,
    amount_cents: int,
    by: Member,
    *,
    seen: int | None,
    dated: dt.date | None = None,
    note: str | None = None,
) -> Settled:
    """Enters a payment beside whatever is expected (:func:`~ledger.payments.service.enter_by_hand`), in cents, once.

    Raises :class:`~ledger.orders.seen.SeenChanged` when the account is not as ``seen`` (of :func:`standing`) any more.
    """
    if method not in ACCOUNT_OF:
        raise InvalidPayment("method")
    await locked_balance(session, member, ACCOUNT_OF[method])
    check(seen, now=await standing(session, member))
    return await payments.enter_by_hand(session, member, method, amount_cents, by, dated=dated, note=note)


async def _distribution_of(session: AsyncSession, payment: Payment) -> Distribution | None:
    order = await order_of(session, payment)
    return None if order is None else await session.get(Distribution, order.distribution_id)
