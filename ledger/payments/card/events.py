"""Events that Stripe sent: stored once before they are answered, then handled like an update."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import insert_or_meet, utc_now
from ledger.payments.card.gateway import Event, Seen, seen
from ledger.payments.card.models import CardAccount, Checkout, StripeEvent

ABOUT_CHECKOUTS = "checkout.session."
FAILED = "checkout.session.async_payment_failed"
ABOUT_PAYMENTS = "payment_intent."
ABOUT_MONEY = ("charge.", "refund.", "payout.", "balance.", "transfer.")


async def store(session: AsyncSession, account: CardAccount, event: Event) -> None:
    """Keeps an event; one that is already here is the same row."""
    insert = insert_or_meet(session, StripeEvent)
    await session.execute(
        insert.values(
            group_id=account.group_id,
            account_id=account.id,
            stripe_id=event.stripe_id,
            kind=event.kind,
            payload=event.payload,
            received_at=utc_now(),
        ).on_conflict_do_nothing(index_elements=["stripe_id"])
    )


async def take(session: AsyncSession) -> StripeEvent | None:
    """Takes the next event that nobody handled, locked until the unit of work ends."""
    statement = (
        select(StripeEvent)
        .where(StripeEvent.done_at.is_(None))
        .order_by(StripeEvent.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def finish(session: AsyncSession, event: StripeEvent, outcome: str) -> None:
    """Marks the event handled; its content, which may name people, is kept no longer."""
    event.done_at, event.outcome, event.payload = utc_now(), outcome, {}
    await session.flush()


def session_in(event: StripeEvent) -> Seen | None:
    """Returns the Checkout Session an event is about, as it says it is."""
    return seen(event.payload["data"]["object"]) if event.kind.startswith(ABOUT_CHECKOUTS) else None


def is_elsewhere(event: StripeEvent) -> bool:
    """Returns whether it is about an account that is only connected to the one whose secret signed it: none of ours is."""
    return event.payload.get("account") is not None


def mark_in(event: StripeEvent) -> str | None:
    """Returns our mark in the object an event is about."""
    metadata = event.payload["data"]["object"].get("metadata")
    mark = metadata.get("cagnotte") if isinstance(metadata, dict) else None
    return mark if isinstance(mark, str) else None


async def checkout_of(session: AsyncSession, found: Seen) -> Checkout | None:
    """Returns the checkout of ours that an event is about."""
    statement = select(Checkout).where(Checkout.stripe_id == found.stripe_id)
    checkout = (await session.execute(statement)).scalar_one_or_none()
    if checkout is None and found.token is not None:
        statement = select(Checkout).where(Checkout.token == found.token)
        checkout = (await session.execute(statement)).scalar_one_or_none()
    return checkout
