"""What moved at Stripe, written into the books: fees, refunds, disputes, payouts. Each balance transaction once.

So the account ``card`` is what Stripe holds for the group, to the cent: a payment's gross amount was posted when it was
paid, everything else comes from here. A payout is posted when it arrived at the bank, and a payment by a means that takes
days when its bank has paid. What nobody here knows the meaning of is written down and posted nowhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.books.subjects import Topic, subject_of
from ledger.db import insert_or_meet, utc_now
from ledger.groups.models import Group, Member
from ledger.payments import service as payments
from ledger.payments.card import checkouts, refunds
from ledger.payments.card.categories import MEANINGS, Meaning, meaning_of
from ledger.payments.card.gateway import Movement
from ledger.payments.card.models import (
    CardAccount,
    CardMovement,
    CardRefundState,
    Checkout,
    CheckoutState,
)
from ledger.payments.models import Payment

AGAIN_SOON = dt.timedelta(minutes=1)
AGAIN = dt.timedelta(minutes=30)
OVERLAP = dt.timedelta(days=14)
"""How far back movements are looked through again: a payout takes days to arrive."""
PAYOUTS_BACK = [category for category, found in MEANINGS.items() if found is Meaning.PAYOUT_BACK]
OF_THE_ACCOUNT = (Meaning.FEE, Meaning.BANK, Meaning.HELD, Meaning.UNKNOWN)
"""What may be about no payment at all."""
NEVER_ARRIVED = ("failed", "canceled")


@dataclass(frozen=True, slots=True)
class Disputed:
    """The holder of a card took money back (< 0), or the group got it back (> 0). Balance after it, in cents.

    ``is_unpaid``: nobody disputes anything; the bank did not pay after all what it had seemed to pay.
    """

    payment: Payment
    member: Member
    amount_cents: int
    balance_cents: int
    is_unpaid: bool = False


@dataclass(frozen=True, slots=True)
class Parked:
    """Something moved by which nobody here knows what to do: written down, posted nowhere."""

    group_id: int
    movement: Movement


MovementNews = Disputed | refunds.RefundNews | checkouts.News | Parked


async def known(session: AsyncSession, account: CardAccount, ids: Collection[str]) -> set[str]:
    """Returns which of these balance transactions were written down before."""
    statement = select(CardMovement.stripe_id).where(
        CardMovement.account_id == account.id, CardMovement.stripe_id.in_(ids)
    )
    return set((await session.execute(statement)).scalars())


async def parked(session: AsyncSession, group_id: int) -> tuple[int, int]:
    """Returns how many of the group's movements are booked nowhere, as nobody here knows what they mean, and their sum
    in cents."""
    net = CardMovement.amount_cents - CardMovement.fee_cents
    statement = select(func.count(), func.coalesce(func.sum(net), 0)).where(
        CardMovement.group_id == group_id,
        CardMovement.is_ours,
        CardMovement.category.not_in(MEANINGS),
        net != 0,
    )
    count, cents = (await session.execute(statement)).one()
    return int(count), int(cents)


def since(account: CardAccount) -> dt.datetime:
    """Returns from when on Stripe is asked for movements."""
    return (account.looked_at or account.created_at) - OVERLAP


async def looked(
    session: AsyncSession,
    account_id: int,
    begun: dt.datetime,
    *,
    is_complete: bool,
    soon: bool,
    waiting: Collection[Movement] = (),
) -> None:
    """Notes that the account's movements were looked through (``is_complete``: all of them), from the moment ``begun`` on.

    ``soon``: something was not ready yet. Whatever moved since ``begun`` is looked at at once, and what waits (``waiting``)
    is never left behind, however long it takes.
    """
    account = await session.get_one(CardAccount, account_id, with_for_update={"key_share": True})
    if is_complete:
        account.looked_at = min([begun, *(movement.at for movement in waiting)])
    if account.look_at <= begun:
        account.look_at = utc_now() + (AGAIN_SOON if soon else AGAIN)
    await session.flush()


async def write(
    session: AsyncSession, account_id: int, movement: Movement, paid_out: Sequence[str] = ()
) -> tuple[bool, MovementNews | None]:
    """Writes one movement down and posts what it means. ``paid_out``: the movements that a payout consists of.

    Returns whether it is done (false: look at it again later) and what people should know.
    """
    account = await session.get_one(CardAccount, account_id)
    note = await _claim(session, account, movement)
    if note is None:
        return True, None
    done = await _write(session, account, movement, paid_out)
    if done is None:
        await session.delete(note)
        await session.flush()
        return False, None
    note.is_ours, note.transaction_id, note.checkout_id = done.is_ours, done.transaction_id, done.checkout_id
    await session.flush()
    return True, done.news


@dataclass(frozen=True, slots=True)
class _Done:
    is_ours: bool
    transaction_id: int | None = None
    news: MovementNews | None = None
    checkout_id: int | None = None


async def _write(
    session: AsyncSession, account: CardAccount, movement: Movement, paid_out: Sequence[str]
) -> _Done | None:
    """What a movement does to the books; none: not yet. The fee comes last, since it locks only accounts of the books."""
    group = await session.get_one(Group, account.group_id)
    if movement.currency != group.currency:
        return _Done(is_ours=False)
    what = meaning_of(movement.category)
    if what is Meaning.PAYOUT:
        return await _payout(session, account, movement, paid_out)
    if what is Meaning.PAYOUT_BACK:
        return await _payout_back(session, account, movement)
    if await _is_anothers(session, account, movement):
        return _Done(is_ours=False)
    checkout = await _checkout(session, account, movement)
    if what in OF_THE_ACCOUNT:
        return await _of_account(session, account, movement, checkout)
    if checkout is None:
        return _Done(is_ours=False)
    checkout = await checkouts.lock(session, checkout.id)
    done = await _of_checkout(session, checkout, movement)
    if done is None:
        return None
    posted, news = done
    fee = await _fee(session, account, movement, True, -movement.fee_cents)
    return _Done(True, posted or fee, news, checkout.id)


async def _of_checkout(
    session: AsyncSession, checkout: Checkout, movement: Movement
) -> tuple[int | None, MovementNews | None] | None:
    """What moved of a payment of ours, but for the fee: what it posted, and what people should know. None: not yet."""
    what = meaning_of(movement.category)
    if what is Meaning.PAYMENT:
        if movement.status == "succeeded":
            return None, await checkouts.charged(
                session, checkout.id, movement.payment_intent, movement.amount_cents, movement.currency
            )
        checkout.payment_intent = checkout.payment_intent or movement.payment_intent
        return (None, None) if movement.status == "failed" else None
    is_paid = checkout.state is CheckoutState.PAID
    if what is Meaning.PAYMENT_FAILED and not is_paid:
        return None, None
    if not is_paid:
        return None
    if what is Meaning.REFUND:
        return await _refunded(session, checkout, movement)
    if what is Meaning.REFUND_FAILED:
        refund = await refunds.by_mark(session, movement.source, movement.token)
        return None, await refunds.failed(session, refund.id, movement.source) if refund is not None else None
    return await _disputed(session, checkout, movement)


async def _of_account(
    session: AsyncSession, account: CardAccount, movement: Movement, checkout: Checkout | None
) -> _Done:
    """What moved of no payment: a fee, money from or to the bank, a reserve; or nobody knows what."""
    is_ours = checkout is not None or not await _serves_others(session, account)
    what, checkout_id = meaning_of(movement.category), checkout.id if checkout else None
    if what is Meaning.UNKNOWN:  # whosever it is: nobody here can tell that it is not ours
        return _Done(is_ours, None, Parked(account.group_id, movement) if movement.net else None, checkout_id)
    if not is_ours:
        return _Done(is_ours=False)
    posted = None
    if what is Meaning.BANK:
        posted = await _post(
            session,
            account,
            movement,
            "card-topup",
            AccountKind.CARD,
            AccountKind.BANK,
            movement.amount_cents,
        )
    change = movement.net if what is Meaning.FEE else -movement.fee_cents
    fee = await _fee(session, account, movement, True, change)
    return _Done(True, posted or fee, None, checkout_id)


async def _payout_back(session: AsyncSession, account: CardAccount, movement: Movement) -> _Done:
    statement = select(CardMovement).where(
        CardMovement.account_id == account.id,
        CardMovement.source == movement.source,
        CardMovement.category == "payout",
    )
    before = (await session.execute(statement)).scalar_one_or_none()
    posted = None
    if before is not None and before.transaction_id is not None:
        posted = await books.reverse(session, account.group_id, before.transaction_id, actor_id=None)
    return _Done(True, posted.transaction_id if posted else None)


async def _payout(
    session: AsyncSession, account: CardAccount, movement: Movement, paid_out: Sequence[str]
) -> _Done | None:
    if movement.status in NEVER_ARRIVED:
        return _Done(is_ours=True)
    if movement.status != "paid":
        return None
    amount = -movement.amount_cents
    statement = select(CardMovement).where(
        CardMovement.account_id == account.id, CardMovement.stripe_id.in_(paid_out)
    )
    found = (await session.execute(statement)).scalars().all()
    # What nobody here knows was there before us, or is another shop's.
    if len(found) < len(paid_out) or await _serves_others(session, account):
        amount = sum([await _share(session, one) for one in found if one.is_ours])
    elif await _is_anothers(session, account, movement):
        return _Done(is_ours=False)
    else:
        await _fee(session, account, movement, True, -movement.fee_cents)
    posted_id = await _post(session, account, movement, "payout", AccountKind.BANK, AccountKind.CARD, amount)
    return _Done(True, posted_id)


async def _share(session: AsyncSession, paid_out: CardMovement) -> int:
    """What one of our movements brings into a payout; of another payout that came back, what was ours in it."""
    if paid_out.category not in PAYOUTS_BACK:
        return paid_out.amount_cents - paid_out.fee_cents
    if paid_out.transaction_id is None:
        return 0
    return await books.moved(session, paid_out.group_id, AccountKind.CARD, 0, paid_out.transaction_id)


async def _refunded(
    session: AsyncSession, checkout: Checkout, movement: Movement
) -> tuple[int | None, refunds.RefundNews | None]:
    refund = await refunds.by_mark(session, movement.source, movement.token)
    is_mistaken = (
        refund is not None and refund.state is CardRefundState.FAILED and refund.stripe_id is None
    )  # it was made after all
    if refund is not None and not is_mistaken:
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
    is_unpaid = meaning_of(movement.category) is Meaning.PAYMENT_FAILED
    checkout.disputed_cents = max(checkout.disputed_cents - movement.amount_cents, 0)
    if not movement.amount_cents:
        return None, None
    legs = [books.Leg(account, card, -movement.amount_cents)]
    if movement.amount_cents > 0:
        legs = [books.Leg(card, account, movement.amount_cents)]
    kind = "disputed-card" if movement.amount_cents < 0 else "dispute-won"
    entry = books.Entry(
        kind="failed-card" if is_unpaid else kind,
        key=f"card:{checkout.account_id}:{movement.stripe_id}",
        legs=legs,
        subject=subject_of(Topic.PAYMENT, payment.id),
    )
    posted = await books.post(session, checkout.group_id, entry)
    balance = await books.balance(session, checkout.group_id, AccountKind.MEMBERS, member.id)
    return posted.transaction_id, Disputed(payment, member, movement.amount_cents, balance, is_unpaid)


async def _fee(
    session: AsyncSession, account: CardAccount, movement: Movement, is_ours: bool, change: int
) -> int | None:
    """Posts what Stripe kept (``change`` < 0) or gave back of fees."""
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
    """Posts ``cents`` from one of the group's accounts to another; < 0 the other way round, 0 nothing."""
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
    )
    return (await books.post(session, account.group_id, entry)).transaction_id


async def _claim(session: AsyncSession, account: CardAccount, movement: Movement) -> CardMovement | None:
    """The row of a movement that nobody wrote down yet; whoever writes it down at this moment is waited for."""
    insert = insert_or_meet(session, CardMovement)
    statement = (
        insert.values(
            group_id=account.group_id,
            account_id=account.id,
            stripe_id=movement.stripe_id,
            kind=movement.kind,
            category=movement.category,
            source=movement.source,
            amount_cents=movement.amount_cents,
            fee_cents=movement.fee_cents,
            is_ours=True,
            at=movement.at,
        )
        .on_conflict_do_nothing(index_elements=["account_id", "stripe_id"])
        .returning(CardMovement.id)
    )
    claimed = (await session.execute(statement)).scalar_one_or_none()
    return None if claimed is None else await session.get_one(CardMovement, claimed)


async def _is_anothers(session: AsyncSession, account: CardAccount, movement: Movement) -> bool:
    """Whether it was posted as another of the group's accounts', which is the same one at Stripe."""
    statement = select(CardMovement.id).where(
        CardMovement.group_id == account.group_id,
        CardMovement.account_id != account.id,
        CardMovement.stripe_id == movement.stripe_id,
        CardMovement.transaction_id.is_not(None),
    )
    return (await session.execute(statement)).first() is not None


async def _checkout(session: AsyncSession, account: CardAccount, movement: Movement) -> Checkout | None:
    """The checkout whose payment moved, if it is one of ours in this account; by our mark where it is news to us."""
    if meaning_of(movement.category) is Meaning.PAYMENT and movement.token is not None:
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
