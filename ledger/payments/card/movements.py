"""What moved at Stripe, written into the books: fees, refunds, disputes, payouts. Each balance transaction once.

So the account ``card`` is what Stripe holds for the group, to the cent: a payment's gross amount was posted when it was
paid, everything else comes from here. A payout is posted when it arrived at the bank.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.db import utc_now
from ledger.groups.models import Member
from ledger.payments import service as payments
from ledger.payments.card import refunds
from ledger.payments.card.checkouts import look_soon
from ledger.payments.card.gateway import Movement
from ledger.payments.card.models import CardAccount, CardMovement, Checkout, CheckoutState
from ledger.payments.models import Payment

AGAIN_SOON = dt.timedelta(minutes=1)
AGAIN = dt.timedelta(minutes=30)
OVERLAP = dt.timedelta(days=14)
"""How far back movements are looked through again: a payout takes days to arrive."""
PAYMENTS = ("charge", "payment")
REFUNDS = ("refund", "payment_refund")
REFUNDS_FAILED = ("refund_failure", "payment_refund_failure")
PAYOUTS = ("payout",)
PAYOUTS_BACK = ("payout_failure", "payout_cancel")
DISPUTES = ("adjustment",)
NEVER_ARRIVED = ("failed", "canceled")


@dataclass(frozen=True, slots=True)
class Disputed:
    """The holder of a card took money back (< 0), or the group got it back (> 0). Balance after it, in cents."""

    payment: Payment
    member: Member
    amount_cents: int
    balance_cents: int


MovementNews = Disputed | refunds.RefundNews


async def known(session: AsyncSession, account: CardAccount, ids: Collection[str]) -> set[str]:
    """Which of these balance transactions were written down before."""
    statement = select(CardMovement.stripe_id).where(
        CardMovement.account_id == account.id, CardMovement.stripe_id.in_(ids)
    )
    return set((await session.execute(statement)).scalars())


def since(account: CardAccount) -> dt.datetime:
    """From when on Stripe is asked for movements."""
    return (account.looked_at or account.created_at) - OVERLAP


async def looked(session: AsyncSession, account_id: int, *, soon: bool) -> None:
    """The account's movements were looked through; ``soon``: something was not ready yet."""
    account = await session.get_one(CardAccount, account_id, with_for_update={"key_share": True})
    now = utc_now()
    account.looked_at, account.look_at = now, now + (AGAIN_SOON if soon else AGAIN)
    await session.flush()


async def write(
    session: AsyncSession, account_id: int, movement: Movement, paid_out: Sequence[str] = ()
) -> tuple[bool, MovementNews | None]:
    """Write one movement down and post what it means. ``paid_out``: the movements that a payout consists of.

    Returns whether it is done (false: look at it again later) and what people should know.
    """
    account = await session.get_one(CardAccount, account_id, with_for_update={"key_share": True})
    if await known(session, account, [movement.stripe_id]):
        return True, None
    if movement.kind in PAYOUTS + PAYOUTS_BACK:
        return await _payout(session, account, movement, paid_out)
    if movement.source is None or movement.kind not in PAYMENTS + REFUNDS + REFUNDS_FAILED + DISPUTES:
        is_ours = not await _serves_others(session, account)
        await _note(
            session, account, movement, is_ours, await _fee(session, account, movement, is_ours, movement.net)
        )
        return True, None
    checkout = await _checkout(session, account, movement)
    if checkout is None:
        await _note(session, account, movement, is_ours=False)
        return True, None
    if checkout.state is not CheckoutState.PAID:
        await look_soon(session, checkout.token)  # the news that it was paid is still on its way
        return False, None
    fee = await _fee(session, account, movement, True, -movement.fee_cents)
    news: MovementNews | None = None
    posted = fee
    if movement.kind in REFUNDS:
        posted, news = await _refunded(session, checkout, movement)
    elif movement.kind in REFUNDS_FAILED:
        refund = await refunds.by_mark(session, movement.source, movement.token)
        news = await refunds.failed(session, refund.id) if refund is not None else None
    elif movement.kind in DISPUTES:
        posted, news = await _disputed(session, checkout, movement)
    await _note(session, account, movement, True, posted or fee)
    return True, news


async def _payout(
    session: AsyncSession, account: CardAccount, movement: Movement, paid_out: Sequence[str]
) -> tuple[bool, None]:
    if movement.kind in PAYOUTS_BACK:
        statement = select(CardMovement).where(
            CardMovement.account_id == account.id,
            CardMovement.source == movement.source,
            CardMovement.kind.in_(PAYOUTS),
        )
        before = (await session.execute(statement)).scalar_one_or_none()
        posted = None
        if before is not None and before.transaction_id is not None:
            posted = await books.reverse(session, account.group_id, before.transaction_id, actor_id=None)
        await _note(session, account, movement, True, posted.transaction_id if posted else None)
        return True, None
    if movement.status in NEVER_ARRIVED:
        await _note(session, account, movement, is_ours=True)
        return True, None
    if movement.status != "paid":
        return False, None
    amount = -movement.amount_cents
    if await _serves_others(session, account):
        statement = select(CardMovement).where(
            CardMovement.account_id == account.id, CardMovement.stripe_id.in_(paid_out), CardMovement.is_ours
        )
        ours = (await session.execute(statement)).scalars().all()
        amount = sum(one.amount_cents - one.fee_cents for one in ours)
    posted_id = await _post(session, account, movement, "payout", AccountKind.BANK, AccountKind.CARD, amount)
    await _note(session, account, movement, True, posted_id)
    return True, None


async def _refunded(
    session: AsyncSession, checkout: Checkout, movement: Movement
) -> tuple[int | None, refunds.RefundNews | None]:
    refund = await refunds.by_mark(session, movement.source, movement.token)
    if refund is not None:
        assert movement.source is not None
        return None, await refunds.made(session, refund.id, movement.source)
    made = await refunds.book_made(session, checkout, -movement.amount_cents, str(movement.source))
    news = await refunds.news(session, made)
    last = await payments.last_settlement(session, news.payment)
    return (last.transaction_id if last else None), news


async def _disputed(
    session: AsyncSession, checkout: Checkout, movement: Movement
) -> tuple[int | None, Disputed | None]:
    payment = await session.get_one(Payment, checkout.payment_id)
    member = await session.get_one(Member, payment.member_id)
    account = await books.account_id(session, checkout.group_id, AccountKind.MEMBERS, member.id)
    card = await books.account_id(session, checkout.group_id, AccountKind.CARD)
    checkout.disputed_cents = max(checkout.disputed_cents - movement.amount_cents, 0)
    if not movement.amount_cents:
        return None, None
    legs = [books.Leg(account, card, -movement.amount_cents)]
    if movement.amount_cents > 0:
        legs = [books.Leg(card, account, movement.amount_cents)]
    entry = books.Entry(
        kind="disputed-card" if movement.amount_cents < 0 else "dispute-won",
        key=f"card:{checkout.account_id}:{movement.stripe_id}",
        legs=legs,
        subject=f"payment:{payment.id}",
    )
    posted = await books.post(session, checkout.group_id, entry)
    balance = await books.balance(session, checkout.group_id, AccountKind.MEMBERS, member.id)
    return posted.transaction_id, Disputed(payment, member, movement.amount_cents, balance)


async def _fee(
    session: AsyncSession, account: CardAccount, movement: Movement, is_ours: bool, change: int
) -> int | None:
    """Post what Stripe kept (``change`` < 0) or gave back of fees."""
    if not is_ours or not change:
        return None
    return await _post(
        session, account, movement, "card-fee", AccountKind.CARD_FEES, AccountKind.CARD, -change, part="fee:"
    )


async def _post(
    session: AsyncSession,
    account: CardAccount,
    movement: Movement,
    kind: str,
    debit: AccountKind,
    credit: AccountKind,
    cents: int,
    part: str = "",
) -> int | None:
    """Post ``cents`` from one of the group's accounts to another; < 0 the other way round, 0 nothing."""
    if not cents:
        return None
    debit_id = await books.account_id(session, account.group_id, debit)
    credit_id = await books.account_id(session, account.group_id, credit)
    if cents < 0:
        debit_id, credit_id = credit_id, debit_id
    entry = books.Entry(
        kind=kind,
        key=f"card:{part}{account.id}:{movement.stripe_id}",
        legs=[books.Leg(debit_id, credit_id, abs(cents))],
        dated=movement.at.date(),
        note=movement.source,
    )
    return (await books.post(session, account.group_id, entry)).transaction_id


async def _note(
    session: AsyncSession,
    account: CardAccount,
    movement: Movement,
    is_ours: bool,
    transaction_id: int | None = None,
) -> None:
    session.add(
        CardMovement(
            group_id=account.group_id,
            account_id=account.id,
            stripe_id=movement.stripe_id,
            kind=movement.kind,
            source=movement.source,
            amount_cents=movement.amount_cents,
            fee_cents=movement.fee_cents,
            is_ours=is_ours,
            transaction_id=transaction_id,
            at=movement.at,
        )
    )
    await session.flush()


async def _checkout(session: AsyncSession, account: CardAccount, movement: Movement) -> Checkout | None:
    """The checkout whose payment moved, if it is one of ours in this account; by our mark where it is news to us."""
    if movement.kind in PAYMENTS and movement.token is not None:
        statement = select(Checkout).where(
            Checkout.account_id == account.id, Checkout.token == movement.token
        )
        return (await session.execute(statement)).scalar_one_or_none()
    if movement.payment_intent is None:
        return None
    statement = select(Checkout).where(
        Checkout.account_id == account.id, Checkout.payment_intent == movement.payment_intent
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def _serves_others(session: AsyncSession, account: CardAccount) -> bool:
    """Whether money that is not the group's goes through the account as well."""
    statement = (
        select(CardMovement.id).where(CardMovement.account_id == account.id, ~CardMovement.is_ours).limit(1)
    )
    return (await session.execute(statement)).first() is not None
