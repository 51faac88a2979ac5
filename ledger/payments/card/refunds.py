"""Refunds through Stripe: booked first, then asked of Stripe, and reversed if it does not make them.

A payment by card gives back at most what it brought. Locks: the member's account of the books is had before anything is
read, so that two who refund at once cannot exceed it.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.db import utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Member
from ledger.payments.accounts import locked_balance
from ledger.payments.card.models import CardRefund, CardRefundState, Checkout, CheckoutState
from ledger.payments.models import Payment, PaymentState

FIRST_WAIT = dt.timedelta(seconds=10)
LONGEST_WAIT = dt.timedelta(minutes=15)
TAKEN = dt.timedelta(minutes=1)


class RefundTooHigh(LedgerError):
    """More than there is to give back by card: the avoir, or what the card payments still hold; in cents."""

    def __init__(self, wanted: int, available: int) -> None:
        super().__init__()
        self.wanted = wanted
        self.available = available


@dataclass(frozen=True, slots=True)
class RefundNews:
    """A refund was made (or failed, and its booking was reversed). The balance after it, in cents."""

    refund: CardRefund
    member: Member
    balance_cents: int


@dataclass(frozen=True, slots=True)
class _Held:
    checkout: Checkout
    cents: int


async def refundable(session: AsyncSession, member: Member) -> int:
    """How much can be given back to the member by card, in cents: their avoir, as far as card payments hold it."""
    balance = await books.balance(session, member.group_id, AccountKind.MEMBERS, member.id)
    return max(min(balance, sum(held.cents for held in await _held(session, member))), 0)


async def refund(
    session: AsyncSession, member: Member, amount_cents: int, by: Member, reason: str | None
) -> list[CardRefund]:
    """Give back ``amount_cents`` (> 0) of the member's avoir to the cards it came from, the newest first.

    Booked now; Stripe is asked after the commit. Raises :class:`RefundTooHigh`.
    """
    balance = await locked_balance(session, member)
    held = await _held(session, member)
    available = max(min(balance, sum(one.cents for one in held)), 0)
    if not 0 < amount_cents <= available:
        raise RefundTooHigh(amount_cents, available)
    made = []
    left = amount_cents
    for one in held:
        part = min(left, one.cents)
        made.append(await book(session, one.checkout, part, secrets.token_urlsafe(16), by=by, reason=reason))
        left -= part
        if not left:
            break
    return made


async def book(
    session: AsyncSession,
    checkout: Checkout,
    amount_cents: int,
    token: str,
    *,
    by: Member | None = None,
    reason: str | None = None,
    stripe_id: str | None = None,
) -> CardRefund:
    """Debit the member for a refund. ``stripe_id``: Stripe made it already (in its dashboard)."""
    member_id = await _member_id(session, checkout)
    group_id = checkout.group_id
    account = await books.account_id(session, group_id, AccountKind.MEMBERS, member_id)
    card = await books.account_id(session, group_id, AccountKind.CARD)
    entry = books.Entry(
        kind="refunded-card",
        key=f"card-refund:{token}",
        legs=[books.Leg(account, card, amount_cents)],
        subject=f"payment:{checkout.payment_id}",
        actor_id=by.id if by else None,
        note=reason,
    )
    posted = await books.post(session, group_id, entry)
    now = utc_now()
    row = CardRefund(
        group_id=group_id,
        checkout_id=checkout.id,
        token=token,
        amount_cents=amount_cents,
        reason=reason,
        state=CardRefundState.MADE if stripe_id else CardRefundState.WANTED,
        stripe_id=stripe_id,
        transaction_id=posted.transaction_id,
        by_id=by.id if by else None,
        created_at=now,
        look_at=None if stripe_id else now,
    )
    session.add(row)
    await session.flush()
    return row


async def take_due(session: AsyncSession, now: dt.datetime) -> tuple[CardRefund, Checkout] | None:
    """The next refund to ask Stripe for; others leave it alone for a while."""
    statement = (
        select(CardRefund)
        .where(CardRefund.look_at <= now)
        .order_by(CardRefund.look_at, CardRefund.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    found = (await session.execute(statement)).scalar_one_or_none()
    if found is None:
        return None
    found.look_at = now + TAKEN
    await session.flush()
    return found, await session.get_one(Checkout, found.checkout_id)


async def postpone(session: AsyncSession, refund_id: int) -> None:
    """Stripe could not say: ask again later."""
    found = await _lock(session, refund_id)
    if found.state is CardRefundState.WANTED:
        found.looks += 1
        found.look_at = utc_now() + min(FIRST_WAIT * 2 ** min(found.looks - 1, 10), LONGEST_WAIT)
        await session.flush()


async def made(session: AsyncSession, refund_id: int, stripe_id: str) -> RefundNews | None:
    """Stripe made it. None when that was known."""
    found = await _lock(session, refund_id)
    if found.state is not CardRefundState.WANTED:
        return None
    found.state, found.stripe_id, found.look_at = CardRefundState.MADE, stripe_id, None
    await session.flush()
    return await news(session, found)


async def failed(session: AsyncSession, refund_id: int) -> RefundNews | None:
    """Stripe did not make it, or the card's bank sent it back: the booking is reversed. None when that was known."""
    found = await _lock(session, refund_id)
    if found.state is CardRefundState.FAILED:
        return None
    found.state, found.look_at = CardRefundState.FAILED, None
    await books.reverse(session, found.group_id, found.transaction_id, actor_id=None)
    await session.flush()
    return await news(session, found)


async def by_mark(session: AsyncSession, stripe_id: str | None, token: str | None) -> CardRefund | None:
    """The refund that Stripe speaks of: by its own id, or by our mark in it."""
    if stripe_id is not None:
        statement = select(CardRefund).where(CardRefund.stripe_id == stripe_id)
        if (found := (await session.execute(statement)).scalar_one_or_none()) is not None:
            return found
    if token is None:
        return None
    return (await session.execute(select(CardRefund).where(CardRefund.token == token))).scalar_one_or_none()


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
    return [held for held in found if held.cents > 0]


async def _member_id(session: AsyncSession, checkout: Checkout) -> int:
    return (await session.get_one(Payment, checkout.payment_id)).member_id


async def news(session: AsyncSession, found: CardRefund) -> RefundNews:
    """What people should know of a refund."""
    checkout = await session.get_one(Checkout, found.checkout_id)
    member = await session.get_one(Member, await _member_id(session, checkout))
    balance = await books.balance(session, member.group_id, AccountKind.MEMBERS, member.id)
    return RefundNews(found, member, balance)


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
