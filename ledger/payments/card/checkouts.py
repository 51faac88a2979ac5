"""Checkouts: wanted, opened, seen again until they are paid or over. Every verb may be repeated and changes nothing twice.

Locks, here as in movements and refunds: the row of a movement, the payment, its checkouts, a refund, the accounts of the
books, and last the account at Stripe (to have it looked at).
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Group, Method
from ledger.payments import service as payments
from ledger.payments.card import asking
from ledger.payments.card.accounts import get_account, in_use
from ledger.payments.card.categories import MEANINGS, Meaning
from ledger.payments.card.gateway import Seen
from ledger.payments.card.models import CardAccount, CardMovement, Checkout, CheckoutState
from ledger.payments.models import Payment, PaymentState
from ledger.payments.service import CardReceipt

ALIVE = (CheckoutState.WANTED, CheckoutState.OPEN)


class CardNotOffered(LedgerError):
    """The group takes no cards (any more)."""


class PaymentUnderWay(LedgerError):
    """The money is on its way by a means that takes days, and nobody can stop it: who pays otherwise may pay twice."""

    def __init__(self, since: dt.datetime, amount_cents: int) -> None:
        super().__init__()
        self.since = since
        self.amount_cents = amount_cents


class NotOurs(LedgerError):
    """What Stripe says does not fit what we asked for: ``field`` tells in what. Nothing is booked."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


@dataclass(frozen=True, slots=True)
class News:
    """What was learnt about a checkout. ``receipt``: it was paid. ``is_over``: it ended unpaid, and the payment is expected
    still. ``is_declined``: a card was declined. ``is_open``: the member waits for its link. ``is_under_way``: paid by a
    means that takes days. ``failure``: that failed, for a reason in Stripe's word."""

    checkout: Checkout
    payment: Payment
    receipt: CardReceipt | None = None
    is_over: bool = False
    is_declined: bool = False
    is_open: bool = False
    is_under_way: bool = False
    failure: str | None = None


async def want(
    session: AsyncSession, group: Group, payment_id: int, language: str, *, tell: bool = False
) -> Checkout:
    """Returns the checkout a member can pay an expected card payment with: the one that is alive, or a new one.

    ``tell``: it is opened now, and the member told its link. Raises :class:`~ledger.payments.service.AlreadySettled`,
    :class:`CardNotOffered`.
    """
    payment = await payments.lock_payment(session, group.id, payment_id)
    if payment.state is not PaymentState.EXPECTED:
        raise await payments.settled_by(session, payment)
    alive = await live(session, payment.id)
    if alive is not None:
        if tell:
            alive.tell, alive.look_at, alive.looks = True, utc_now(), 0
            await session.flush()
        return alive
    account = await in_use(session, group.id)
    if payment.method is not Method.CARD or account is None:
        raise CardNotOffered
    now = utc_now()
    checkout = Checkout(
        group_id=group.id,
        payment_id=payment.id,
        account_id=account.id,
        token=secrets.token_urlsafe(16),
        amount_cents=payment.amount_cents,
        currency=group.currency,
        language=language,
        tell=tell,
        created_at=now,
        look_at=now if tell else None,
    )
    session.add(checkout)
    await session.flush()
    return checkout


async def live(session: AsyncSession, payment_id: int) -> Checkout | None:
    """Returns the payment's checkout that is alive."""
    statement = select(Checkout).where(Checkout.payment_id == payment_id, Checkout.state.in_(ALIVE))
    return (await session.execute(statement)).scalar_one_or_none()


async def taken_back(session: AsyncSession, payment_ids: Collection[int]) -> dict[int, int]:
    """Returns what banks took back of payments that had been received by card, in cents by the payments' ids: debits
    that failed after all, disputes that are not won."""
    statement = select(Checkout.payment_id, Checkout.disputed_cents).where(
        Checkout.payment_id.in_(payment_ids), Checkout.disputed_cents > 0
    )
    return {row.payment_id: row.disputed_cents for row in await session.execute(statement)}


async def may_be_paid(session: AsyncSession, payment_id: int) -> bool:
    """Returns whether somebody stood before a page of the payment of which Stripe has not said how it ended."""
    statement = select(Checkout.id).where(
        Checkout.payment_id == payment_id, Checkout.state.in_(ALIVE), Checkout.stripe_id.is_not(None)
    )
    return (await session.execute(statement.limit(1))).first() is not None


async def count_live(session: AsyncSession, group_id: int) -> int:
    """Returns how many of the group's checkouts are under way at Stripe."""
    statement = select(func.count()).where(
        Checkout.group_id == group_id, Checkout.state.in_(ALIVE), Checkout.look_at.is_not(None)
    )
    return int((await session.execute(statement)).scalar_one())


async def hold(session: AsyncSession, checkout: Checkout) -> None:
    """Holds a checkout that Stripe is about to be asked of here (its payment is locked); should that be cut short, it
    is asked elsewhere."""
    checkout.look_at = utc_now() + asking.TAKEN
    await session.flush()


async def hold_to_close(session: AsyncSession, checkout_id: int) -> Checkout | None:
    """Holds a checkout that nobody is to pay any more. Returns none where it is over, or closed now since Stripe never
    heard of it."""
    _, checkout = await _lock(session, checkout_id)
    if checkout.state not in ALIVE:
        return None
    if checkout.look_at is None:
        await _close(session, checkout)
        return None
    await hold(session, checkout)
    return checkout


async def by_token(session: AsyncSession, token: str) -> Checkout:
    """Returns the checkout whose link it is. Raises :class:`~ledger.errors.NotFound`."""
    found = (await session.execute(select(Checkout).where(Checkout.token == token))).scalar_one_or_none()
    if found is None:
        raise NotFound("checkout", token)
    return found


async def take_due(session: AsyncSession, now: dt.datetime) -> Checkout | None:
    """Takes the next checkout to ask Stripe about; others leave it alone for a while."""
    return await asking.take(session, Checkout, now)


async def look_soon(session: AsyncSession, token: str) -> None:
    """Has Stripe asked at once, since something may have happened."""
    await session.execute(
        update(Checkout)
        .where(Checkout.token == token, Checkout.state.in_(ALIVE))
        .values(look_at=utc_now(), looks=0)
    )


async def postpone(session: AsyncSession, checkout_id: int) -> int:
    """Has Stripe asked again later, less and less often, since nothing was learnt. Returns how often that happened in
    a row."""
    _, checkout = await _lock(session, checkout_id)
    if checkout.state in ALIVE:
        checkout.looks += 1
        checkout.look_at = asking.later(checkout.looks)
        await session.flush()
    return checkout.looks


async def give_up(session: AsyncSession, checkout_id: int) -> News | None:
    """Ends a checkout that Stripe will not make: nothing can have been paid with it."""
    payment, checkout = await _lock(session, checkout_id)
    return await _over(session, payment, checkout)


async def close(session: AsyncSession, checkout_id: int) -> None:
    """Ends a checkout that Stripe lets nobody pay any more, and that nobody paid."""
    payment, checkout = await _lock(session, checkout_id)
    if checkout.state in ALIVE:
        payment.under_way_since = None
        await _close(session, checkout)


async def renew(session: AsyncSession, checkout_id: int) -> None:
    """Puts another in the place of a checkout of which Stripe will never answer whether it made it: nobody can have its
    link.

    At once where the member waits for it; else when they follow their link again.
    """
    payment, checkout = await _lock(session, checkout_id)
    if checkout.state is not CheckoutState.WANTED:
        return
    tell = checkout.tell
    await _close(session, checkout)
    if tell and payment.state is PaymentState.EXPECTED:
        group = await session.get_one(Group, checkout.group_id)
        if await in_use(session, group.id) is not None:
            await want(session, group, payment.id, checkout.language, tell=True)


async def charged(
    session: AsyncSession, checkout_id: int, payment_intent: str | None, amount_cents: int, currency: str
) -> News | None:
    """Receives a checkout whose money Stripe's balance holds, even where it was given up. Raises :class:`NotOurs`."""
    payment, checkout = await _lock(session, checkout_id)
    if currency != checkout.currency:
        raise NotOurs("currency")
    if amount_cents != checkout.amount_cents:
        raise NotOurs("amount")
    checkout.payment_intent = payment_intent or checkout.payment_intent
    return await _paid(session, payment, checkout)


async def learn(session: AsyncSession, checkout_id: int, seen: Seen) -> News | None:
    """Writes down what Stripe says of a checkout, however often and in whatever order it says it.

    Proof of payment is this alone (D7). Raises :class:`NotOurs` when it is not what we asked for.
    """
    payment, checkout = await _lock(session, checkout_id)
    _check(checkout, seen, await get_account(session, checkout.account_id))
    checkout.stripe_id = seen.stripe_id
    checkout.payment_intent = seen.payment_intent or checkout.payment_intent
    if seen.is_paid:
        is_stale = checkout.state is not CheckoutState.PAID and await _has_failed(session, checkout)
        return await (_over if is_stale else _paid)(session, payment, checkout)
    if checkout.state not in ALIVE:
        return None
    if seen.is_over:
        return await _over(session, payment, checkout, seen.failure)
    if seen.is_under_way:
        return await _under_way(session, payment, checkout)
    if seen.url is not None:
        checkout.state, checkout.url = CheckoutState.OPEN, seen.url
    is_declined = seen.declined is not None and seen.declined != checkout.declined
    checkout.declined = seen.declined or checkout.declined
    is_open = checkout.tell and checkout.state is CheckoutState.OPEN
    checkout.tell = checkout.tell and not is_open
    await session.flush()
    if is_declined or is_open:
        return News(checkout, payment, is_declined=is_declined, is_open=is_open)
    return None


async def _paid(session: AsyncSession, payment: Payment, checkout: Checkout) -> News | None:
    if checkout.state is CheckoutState.PAID:
        return None
    payment.under_way_since = None
    receipt = await payments.receive_by_card(session, payment)
    checkout.payment_id = receipt.settled.payment.id  # another one where this was received or replaced before
    checkout.state, checkout.look_at, checkout.tell = CheckoutState.PAID, None, False
    account = await get_account(session, checkout.account_id)
    account.look_at = utc_now()  # for the fee
    await session.flush()
    return News(checkout, receipt.settled.payment, receipt=receipt)


async def _under_way(session: AsyncSession, payment: Payment, checkout: Checkout) -> News | None:
    """Nobody can pay it a second time, and nobody has the money yet: it is asked about until the bank has said."""
    is_new = payment.under_way_since is None and payment.state is not PaymentState.RECEIVED
    if is_new:
        payment.under_way_since = utc_now()
    checkout.tell = False
    await session.flush()
    return News(checkout, payment, is_under_way=True) if is_new else None


async def _has_failed(session: AsyncSession, checkout: Checkout) -> bool:
    """Whether Stripe's balance shows that the bank did not pay: what says otherwise is from before."""
    failed = [category for category, found in MEANINGS.items() if found is Meaning.PAYMENT_FAILED]
    statement = select(CardMovement.id).where(
        CardMovement.checkout_id == checkout.id, CardMovement.category.in_(failed)
    )
    return (await session.execute(statement.limit(1))).first() is not None


async def _over(
    session: AsyncSession, payment: Payment, checkout: Checkout, failure: str | None = None
) -> News | None:
    """``failure``: why the bank did not pay; told also where another payment is expected instead meanwhile."""
    if checkout.state not in ALIVE:
        return None
    was_under_way = payment.under_way_since is not None
    payment.under_way_since = None
    await _close(session, checkout)
    if payment.state is PaymentState.EXPECTED or (failure and was_under_way):
        return News(checkout, payment, is_over=True, failure=failure)
    return None


async def _close(session: AsyncSession, checkout: Checkout) -> None:
    checkout.state, checkout.look_at, checkout.tell = CheckoutState.CLOSED, None, False
    await session.flush()


def _check(checkout: Checkout, seen: Seen, account: CardAccount) -> None:
    if seen.token != checkout.token:
        raise NotOurs("token")
    if seen.livemode != account.livemode:
        raise NotOurs("livemode")
    if checkout.stripe_id is not None and checkout.stripe_id != seen.stripe_id:
        raise NotOurs("session")
    if seen.currency != checkout.currency:
        raise NotOurs("currency")
    if seen.amount_cents != checkout.amount_cents:
        raise NotOurs("amount")


async def lock(session: AsyncSession, checkout_id: int) -> Checkout:
    """Locks the checkout behind its payment until the unit of work ends; it is read after the locks were had."""
    return (await _lock(session, checkout_id))[1]


async def _lock(session: AsyncSession, checkout_id: int) -> tuple[Payment, Checkout]:
    found = await session.get(Checkout, checkout_id)
    if found is None:
        raise NotFound("checkout", checkout_id)
    payment = await payments.lock_payment(session, found.group_id, found.payment_id)
    statement = (
        select(Checkout)
        .where(Checkout.id == checkout_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return payment, (await session.execute(statement)).scalar_one()
