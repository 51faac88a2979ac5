"""A group that takes cards, and what Stripe would say of them as values: no network, no stand-in."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import utc_now
from ledger.groups.models import Member, Method
from ledger.payments import service as payments
from ledger.payments.card import accounts, checkouts, events, movements, refunds
from ledger.payments.card.categories import category_of
from ledger.payments.card.gateway import Event, Movement, Seen, seen
from ledger.payments.card.models import CardRefund, Checkout, StripeEvent
from ledger.payments.models import Payment
from tests.support.ledger import Story

_numbers = itertools.count(1)


def new_id(prefix: str) -> str:
    """An id as Stripe would give one."""
    return f"{prefix}_{next(_numbers)}"


def intent_of(checkout: Checkout) -> str:
    """The PaymentIntent behind a checkout's session."""
    return f"pi_{checkout.token}"


def seen_as(checkout: Checkout, status: str, declined: str | None = None) -> Seen:
    """The checkout's session at Stripe: ``open``, ``complete`` (and paid), ``under way``, ``failed`` or ``expired``."""
    is_paid = status == "complete"
    intent: object = intent_of(checkout) if is_paid else None
    if status in ("under way", "failed"):
        intent = {"id": intent_of(checkout), "status": "processing"}
        if status == "failed":
            error = {"charge": new_id("ch"), "code": "insufficient_funds"}
            intent = {**intent, "status": "requires_payment_method", "last_payment_error": error}
        status = "complete"
    if declined is not None:
        intent = {"id": intent_of(checkout), "last_payment_error": {"charge": declined}}
    return seen(
        {
            "id": f"cs_{checkout.token}",
            "metadata": {"cagnotte": checkout.token},
            "url": f"https://checkout.stripe.test/{checkout.token}" if status == "open" else None,
            "amount_total": checkout.amount_cents,
            "currency": checkout.currency.lower(),
            "livemode": False,
            "status": status,
            "payment_status": "paid" if is_paid else "unpaid",
            "payment_intent": intent,
        }
    )


def movement(
    kind: str,
    amount_cents: int,
    fee_cents: int = 0,
    *,
    source: str | None = None,
    of: Checkout | None = None,
    token: str | None = None,
    status: str | None = None,
    category: str | None = None,
) -> Movement:
    """A balance transaction; ``of``: the checkout whose payment it is about; ``category``: not that of its type."""
    about = {"dp": "dispute", "re": "refund"}.get((source or "").partition("_")[0])
    return Movement(
        stripe_id=new_id("txn"),
        kind=kind,
        category=category_of(category, kind, about, amount_cents),
        amount_cents=amount_cents,
        fee_cents=fee_cents,
        currency="EUR",
        at=utc_now(),
        source=source,
        payment_intent=intent_of(of) if of else None,
        status=status,
        token=token,
    )


def charge(of: Checkout, fee_cents: int, status: str = "succeeded") -> Movement:
    """What a checkout brought; or ``pending``, as long as the bank has not paid, and ``failed`` when it does not."""
    kind = "charge" if status == "succeeded" else "payment"
    source = new_id("ch")
    return movement(kind, of.amount_cents, fee_cents, source=source, of=of, token=of.token, status=status)


def taken_back(of: Checkout, fee_cents: int = 0) -> Movement:
    """The bank did not pay: what the checkout had brought into the balance is taken out again."""
    back = -of.amount_cents
    return movement(
        "payment_failure_refund", back, fee_cents, source=new_id("ch"), of=of, category="charge_failure"
    )


@dataclass
class CardStory:
    """A story with an account at Stripe. Every verb is a unit of work of its own."""

    story: Story
    account_id: int

    async def expect(self, member: Member, cents: int) -> Payment:
        """The member chooses to pay by card."""
        async with self.story.database.unit_of_work() as session:
            return await payments.expect(session, member, Method.CARD, cents, None)

    async def want(self, payment: Payment) -> Checkout:
        """The member follows the link to pay it with; Stripe was not asked yet."""
        async with self.story.database.unit_of_work() as session:
            group = await self.story.group(session)
            checkout = await checkouts.want(session, group, payment.id, "fr")
            await checkouts.hold(session, checkout)
            return checkout

    async def learn(self, checkout: Checkout, found: Seen) -> checkouts.News | None:
        """Stripe says how it stands."""
        async with self.story.database.unit_of_work() as session:
            return await checkouts.learn(session, checkout.id, found)

    async def pay(self, member: Member, cents: int, fee_cents: int = 30) -> Checkout:
        """Paid, as soon as it was chosen; the fee is known as well."""
        checkout = await self.want(await self.expect(member, cents))
        await self.learn(checkout, seen_as(checkout, "open"))
        await self.learn(checkout, seen_as(checkout, "complete"))
        await self.write(charge(checkout, fee_cents))
        return checkout

    async def write(self, found: Movement, *paid_out: Movement) -> tuple[bool, movements.MovementNews | None]:
        """Something moved at Stripe; ``paid_out``: what a payout consists of."""
        async with self.story.database.unit_of_work() as session:
            return await movements.write(session, self.account_id, found, [one.stripe_id for one in paid_out])

    async def refund(self, member: Member, cents: int) -> list[CardRefund]:
        """A treasurer gives back by card; Stripe was not asked yet."""
        known = {one.id for one in await self.refunds()}
        await self.story.refund(member, cents, Method.CARD)
        return [one for one in await self.refunds() if one.id not in known]

    async def refunds(self) -> list[CardRefund]:
        """All the group's refunds."""
        async with self.story.database.snapshot() as session:
            statement = select(CardRefund).where(CardRefund.group_id == self.story.group_id)
            return list((await session.execute(statement.order_by(CardRefund.id))).scalars())

    async def made(self, refund: CardRefund) -> Movement:
        """Stripe makes a refund and says so; what it moves, which is not written down yet."""
        stripe_id = new_id("re")
        async with self.story.database.unit_of_work() as session:
            await refunds.made(session, refund.id, stripe_id)
        return movement(
            "refund",
            -refund.amount_cents,
            source=stripe_id,
            of=await self.checkout(refund.checkout_id),
            token=refund.token,
        )

    async def failed(self, refund: CardRefund) -> None:
        """Stripe refuses a refund."""
        async with self.story.database.unit_of_work() as session:
            await refunds.failed(session, refund.id)

    async def checkout(self, checkout_id: int) -> Checkout:
        """A checkout as it is now."""
        async with self.story.database.snapshot() as session:
            return await session.get_one(Checkout, checkout_id)

    async def event(self, *, done: bool = False) -> str:
        """Stripe sends an event, which is handled at once if it is to be; its id."""
        event = Event(new_id("evt"), "charge.updated", False, {"data": {"object": {}}})
        async with self.story.database.unit_of_work() as session:
            await events.store(session, await accounts.get_account(session, self.account_id), event)
            if done:
                await self._finish(session, event.stripe_id)
        return event.stripe_id

    async def finish(self, stripe_id: str) -> None:
        """An event is handled."""
        async with self.story.database.unit_of_work() as session:
            await self._finish(session, stripe_id)

    async def _finish(self, session: AsyncSession, stripe_id: str) -> None:
        statement = select(StripeEvent).where(StripeEvent.stripe_id == stripe_id)
        await events.finish(session, (await session.execute(statement)).scalar_one(), "looked")


async def takes_cards(story: Story) -> CardStory:
    """The group enters a key of its own."""
    async with story.database.unit_of_work() as session:
        group = await story.group(session)
        account = await accounts.use_own_key(
            session, group, "sk_test_OwnKeyAAAA", "sealed", "acct_1", story.anne
        )
    return CardStory(story, account.id)
