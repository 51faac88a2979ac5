"""Refunds through Stripe: booked first, then asked of Stripe, and taken back if it does not make them.

A payment by card gives back at most what it brought. The caller holds the member's account of the books under lock before
anything is read, so that two who refund at once cannot exceed it.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import utc_now
from ledger.errors import NotFound
from ledger.groups.models import Member
from ledger.payments import service as payments
from ledger.payments.card import asking
from ledger.payments.card.models import CardRefund, CardRefundState, Checkout, CheckoutState
from ledger.payments.models import Payment, PaymentState


@dataclass(frozen=True, slots=True)
class RefundNews:
    """A refund was made (or failed, and its booking was taken back). The balance after it, in cents."""

    refund: CardRefund
    payment: Payment
    member: Member
    balance_cents: int


@dataclass(frozen=True, slots=True)
class _Held:
    checkout: Checkout
    cents: int


async def held(session: AsyncSession, member: Member) -> int:
    """Returns what the member's card payments still hold, in cents: no more can go back to the cards."""
    return sum(one.cents for one in await _held(session, member))


async def give_back(
    session: AsyncSession, member: Member, amount_cents: int, by: Member, note: str | None
) -> payments.Settled:
    """Gives ``amount_cents`` (> 0, at most :func:`held`) back to the cards they came from, the newest first.

    Booked now; Stripe is asked after the commit. Returns the last of the payments below zero that this takes, one a card
    payment.
    """
    done = None
    for one in await _held(session, member):
        part = min(amount_cents, one.cents)
        done = await payments.give_back_by_card(session, member, part, by, note)
        _add(session, one.checkout, done.payment, secrets.token_urlsafe(16))
        amount_cents -= part
        if not amount_cents:
            break
    assert done is not None
    assert not amount_cents
    await session.flush()
    return done


async def book_made(
    session: AsyncSession, checkout: Checkout, amount_cents: int, stripe_id: str
) -> CardRefund:
    """Writes down a refund that was made without us, in Stripe's dashboard: a fact, whatever the member's balance is."""
    member = await session.get_one(Member, (await session.get_one(Payment, checkout.payment_id)).member_id)
    done = await payments.give_back_by_card(session, member, amount_cents, None)
    refund = _add(session, checkout, done.payment, stripe_id, stripe_id=stripe_id)
    await session.flush()
    return refund


def _add(
    session: AsyncSession, checkout: Checkout, payment: Payment, token: str, stripe_id: str | None = None
) -> CardRefund:
    now = utc_now()
    row = CardRefund(
        group_id=checkout.group_id,
        checkout_id=checkout.id,
        token=token,
        amount_cents=-payment.amount_cents,
        state=CardRefundState.MADE if stripe_id else CardRefundState.WANTED,
        stripe_id=stripe_id,
        payment_id=payment.id,
        created_at=now,
        look_at=None if stripe_id else now,
    )
    session.add(row)
    return row


async def take_due(session: AsyncSession, now: dt.datetime) -> tuple[CardRefund, Checkout] | None:
    """Takes the next refund to ask Stripe for; others leave it alone for a while. ``looks``: this is the how manieth
    attempt."""
    found = await asking.take(session, CardRefund, now)
    if found is None:
        return None
    found.looks += 1
    await session.flush()
    return found, await session.get_one(Checkout, found.checkout_id)


async def postpone(session: AsyncSession, refund_id: int) -> None:
    """Has Stripe asked again later, since it could not say."""
    found = await _lock(session, refund_id)
    if found.state is CardRefundState.WANTED:
        found.look_at = asking.later(found.looks)
        await session.flush()


async def ask_anew(session: AsyncSession, refund_id: int) -> None:
    """Has a refund asked for under another token: Stripe did not make it, and will answer nothing else under this one."""
    found = await _lock(session, refund_id)
    if found.state is CardRefundState.WANTED:
        found.token = secrets.token_urlsafe(16)
        await session.flush()
    await postpone(session, refund_id)


async def made(session: AsyncSession, refund_id: int, stripe_id: str) -> RefundNews | None:
    """Records that Stripe made the refund. Returns none when that was known."""
    found = await _lock(session, refund_id)
    if found.state is not CardRefundState.WANTED:
        return None
    found.state, found.stripe_id, found.look_at = CardRefundState.MADE, stripe_id, None
    await session.flush()
    return await news(session, found)


async def failed(session: AsyncSession, refund_id: int, stripe_id: str | None = None) -> RefundNews | None:
    """Takes the booking of a refund back that Stripe did not make, or that the card's bank sent back. Returns none when
    that was known.

    ``stripe_id``: Stripe had it.
    """
    found = await _lock(session, refund_id)
    if found.state is CardRefundState.FAILED:
        return None
    found.state, found.look_at = CardRefundState.FAILED, None
    found.stripe_id = stripe_id or found.stripe_id
    await session.flush()
    await payments.take_back_by_card(session, found.group_id, found.payment_id)
    return await news(session, found)


async def by_mark(session: AsyncSession, stripe_id: str | None, token: str | None) -> CardRefund | None:
    """Finds the refund that Stripe speaks of: by its own id, or by our mark in it."""
    if stripe_id is not None:
        statement = select(CardRefund).where(CardRefund.stripe_id == stripe_id)
        if (found := (await session.execute(statement)).scalar_one_or_none()) is not None:
            return found
    if token is None:
        return None
    return (await session.execute(select(CardRefund).where(CardRefund.token == token))).scalar_one_or_none()


async def news(session: AsyncSession, found: CardRefund) -> RefundNews:
    """Returns what people should know of a refund."""
    payment = await session.get_one(Payment, found.payment_id)
    member = await session.get_one(Member, payment.member_id)
    return RefundNews(found, payment, member, await payments.balance_of(session, member))


async def _held(session: AsyncSession, member: Member) -> list[_Held]:
    """What each paid checkout of the member still holds, the newest first."""
    given_back = (
        select(func.coalesce(func.sum(CardRefund.amount_cents), 0))
        .where(CardRefund.checkout_id == Checkout.id, CardRefund.state != CardRefundState.FAILED)
        .scalar_subquery()
    )
    statement = (
        select(Checkout, given_back)
        .join(Payment, Payment.id == Checkout.payment_id)
        .where(
            Payment.member_id == member.id,
            Payment.state == PaymentState.RECEIVED,
            Checkout.state == CheckoutState.PAID,
            Checkout.payment_intent.is_not(None),
            Checkout.disputed_cents == 0,
        )
        .order_by(Checkout.id.desc())
    )
    rows = await session.execute(statement)
    found = [_Held(checkout, checkout.amount_cents - int(back)) for checkout, back in rows]
    return [one for one in found if one.cents > 0]


async def _lock(session: AsyncSession, refund_id: int) -> CardRefund:
    statement = (
        select(CardRefund)
        .where(CardRefund.id == refund_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = (await session.execute(statement)).scalar_one_or_none()
    if found is None:
        raise NotFound("refund", refund_id)
    return found
