"""The verbs of payments: expect, receive, refuse, undo, enter by hand, opening balance; and what is expected.

Only receiving moves money in the books (D1). A payment's row is locked before its state is read, so two coordinators who
confirm at the same instant settle it once, and the second is told who did it and when.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.books.subjects import Topic, subject_of
from ledger.db import insert_or_meet, utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Member, Method
from ledger.money import MAX_AMOUNT, SMALLEST_BY_CARD
from ledger.notes import service as notes
from ledger.payments.card.models import Checkout, CheckoutState
from ledger.payments.models import (
    Payment,
    PaymentState,
    PaymentSwitch,
    Purpose,
    Settlement,
    SettlementKind,
)
from ledger.reference import find_references, neighbours, new_reference

ACCOUNT_OF = {
    Method.CHEQUE: AccountKind.CHEQUES,
    Method.CASH: AccountKind.CASH,
    Method.TRANSFER: AccountKind.BANK,
}
"""Where money received by each offline method goes. What is paid by card comes by :func:`receive_by_card` alone."""
FAR_OFF = 10
"""So many times what is expected, an amount is asked for once more."""


class AlreadySettled(LedgerError):
    """The payment was settled before: by whom (Stripe, where ``by_card``), how, when, how much (none unless received)."""

    def __init__(
        self, kind: SettlementKind, by: str, at: dt.datetime, amount_cents: int | None, *, by_card: bool
    ) -> None:
        super().__init__()
        self.kind = kind
        self.by_card = by_card
        self.by = by
        self.at = at
        self.amount_cents = amount_cents


class NotSettled(LedgerError):
    """There is nothing to undo: the payment is expected."""


class Replaced(LedgerError):
    """The member pays another way: cancelling this payment is not undone (the one in its place would stand beside it)."""


class InvalidPayment(LedgerError):
    """Something does not fit a payment: the amount (zero, or negative where money is received), the date (in the future),
    the method (not by hand)."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


@dataclass(frozen=True, slots=True)
class Settled:
    """What a settlement did: the payment, the amount it was settled with (none unless received), and the balance after."""

    payment: Payment
    settlement: Settlement
    balance_cents: int


@dataclass(frozen=True, slots=True)
class CardReceipt:
    """What a payment by card did; ``was``: how the payment stood before. Other than expected, its money is avoir now.

    ``instead``: what the member chose in its place meanwhile and has not given yet; it is not needed any more.
    """

    settled: Settled
    member: Member
    was: PaymentState
    instead: Payment | None = None

    @property
    def is_avoir(self) -> bool:
        """Whether the money pays nothing that was expected."""
        return self.was is not PaymentState.EXPECTED


def account_of(method: Method) -> AccountKind:
    """Returns the account where a method's money is."""
    return AccountKind.CARD if method is Method.CARD else ACCOUNT_OF[method]


def can_carry(method: Method, amount_cents: int, currency: str) -> bool:
    """Returns whether a method takes an amount (> 0): cards take none of a few cents, and not every currency."""
    return method is not Method.CARD or amount_cents >= SMALLEST_BY_CARD.get(currency, MAX_AMOUNT + 1)


def is_far_off(expected_cents: int, given_cents: int) -> bool:
    """Returns whether an amount (both > 0; nothing is expected at 0) looks like a point left out: 750 for 7,50."""
    return 0 < expected_cents * FAR_OFF <= given_cents


async def expect(
    session: AsyncSession, member: Member, method: Method, amount_cents: int, order_id: int | None
) -> Payment:
    """Records that a member will pay ``amount_cents`` (> 0) by ``method``, under a reference of its own. Moves no money.

    ``order_id``: their order that it pays; none for a top-up.
    """
    return await _add_payment(
        session, member, method, amount_cents, order_id=order_id, dated=utc_now().date()
    )


async def receive(
    session: AsyncSession, group_id: int, payment_id: int, by: Member, amount_cents: int | None = None
) -> Settled:
    """Receives the payment for ``amount_cents`` (> 0), or as announced (below zero where money was given back) (D3).

    Raises :class:`AlreadySettled`, :class:`InvalidPayment` (also by card: nobody confirms that by hand),
    :class:`~ledger.errors.NotFound`.
    """
    payment = await lock_payment(session, group_id, payment_id)
    await require_expected(session, payment)
    _require_offline(payment)
    amount = payment.amount_cents if amount_cents is None else amount_cents
    if amount <= 0 and amount != payment.amount_cents:
        raise InvalidPayment("amount")
    return await _settle_received(session, payment, by, amount)


async def refuse(session: AsyncSession, group_id: int, payment_id: int, by: Member) -> Settled:
    """Refuses the payment, since the money did not come: it is not expected any more, and the debt stays."""
    payment = await lock_payment(session, group_id, payment_id)
    await require_expected(session, payment)
    _require_offline(payment)
    return await _settle(session, payment, SettlementKind.REFUSED, by)


async def receive_by_card(session: AsyncSession, payment: Payment) -> CardReceipt:
    """Receives a payment whose money Stripe has (locked by the caller, which proves it and sees to it that it counts once).

    It is received whatever became of the payment meanwhile: when it was not expected any more, and when it was received
    or replaced before (then as a payment of its own), it is the member's avoir. Gross; what Stripe keeps is posted apart.
    """
    member = await session.get_one(Member, payment.member_id)
    was = payment.state
    instead = await in_place_of(session, payment) if was is PaymentState.CANCELLED else None
    if was is PaymentState.RECEIVED or await _is_replaced(session, payment):
        payment = await _add_payment(
            session, member, Method.CARD, payment.amount_cents, dated=utc_now().date()
        )
    elif was is not PaymentState.EXPECTED:
        await _settle(session, payment, SettlementKind.UNDONE, member)
    settled = await _settle_received(session, payment, member, payment.amount_cents)
    return CardReceipt(settled, member, was, instead)


async def cancel(session: AsyncSession, group_id: int, payment_id: int, by: Member) -> Settled:
    """Stops expecting a payment whose reason is gone (its order was cancelled, another method took its place).

    A page on which it could be paid by card is closed next: nobody waits for the money any more.
    """
    payment = await lock_payment(session, group_id, payment_id)
    await require_expected(session, payment)
    await session.execute(
        update(Checkout)
        .where(Checkout.payment_id == payment.id, Checkout.state == CheckoutState.OPEN)
        .values(look_at=utc_now(), looks=0)
    )
    return await _settle(session, payment, SettlementKind.CANCELLED, by)


async def receive_instead(
    session: AsyncSession, group_id: int, payment_id: int, method: Method, amount_cents: int, by: Member
) -> Settled:
    """Receives ``amount_cents`` (> 0) that the member gave by another method than announced, under a reference of its
    own, for what was announced, and the announced payment is not expected any more.

    Raises :class:`AlreadySettled`, :class:`InvalidPayment`, :class:`~ledger.errors.NotFound`.
    """
    if amount_cents <= 0 or method not in ACCOUNT_OF:
        raise InvalidPayment("amount" if amount_cents <= 0 else "method")
    announced = (await cancel(session, group_id, payment_id, by)).payment
    member = await session.get_one(Member, announced.member_id)
    payment = await _add_payment(
        session, member, method, announced.amount_cents, dated=utc_now().date(), order_id=announced.order_id
    )
    return await _settle_received(session, payment, by, amount_cents)


async def receive_unannounced(
    session: AsyncSession, member: Member, method: Method, amount_cents: int, by: Member, order_id: int
) -> Settled:
    """Receives money (> 0, in cents) that nobody announced, given for the member's order: a payment with a reference of
    its own, received at once.

    The caller sees to it that one request is carried out once. Raises :class:`InvalidPayment`.
    """
    if amount_cents <= 0 or method not in ACCOUNT_OF:
        raise InvalidPayment("amount" if amount_cents <= 0 else "method")
    payment = await _add_payment(
        session,
        member,
        method,
        amount_cents,
        dated=utc_now().date(),
        order_id=order_id,
        entered_by_id=by.id,
    )
    return await _settle_received(session, payment, by, amount_cents)


async def undo(session: AsyncSession, group_id: int, payment_id: int, by: Member) -> Settled:
    """Takes the last settlement back; what it posted is reversed (D5), and the payment is expected again.

    One that a coordinator entered by hand was never announced by anybody: taking its receipt back cancels it. One that
    came late (:func:`receive_late`) is cancelled again.
    Raises :class:`NotSettled`, :class:`Replaced`, :class:`InvalidPayment` (by card), :class:`~ledger.errors.NotFound`.
    """
    payment = await lock_payment(session, group_id, payment_id)
    if payment.state is PaymentState.EXPECTED:
        raise NotSettled
    _require_offline(payment)
    last = await last_settlement(session, payment)
    assert last is not None
    if last.kind is SettlementKind.CANCELLED and await _is_replaced(session, payment):
        raise Replaced
    transaction_id = None
    if last.transaction_id is not None:
        posted = await books.reverse(session, group_id, last.transaction_id, actor_id=by.id)
        transaction_id = posted.transaction_id
    came_late = await _came_late(session, payment, last)
    undone = await _settle(session, payment, SettlementKind.UNDONE, by, transaction_id=transaction_id)
    if last.kind is SettlementKind.RECEIVED and (payment.entered_by_id is not None or came_late):
        await _settle(session, payment, SettlementKind.CANCELLED, by)
    return undone


async def can_come_late(session: AsyncSession, payment: Payment) -> bool:
    """Returns whether a payment that is not expected any more may still arrive: a bank transfer that its member may
    have made before its order was cancelled, and that no other payment replaced."""
    return (
        payment.state is PaymentState.CANCELLED
        and payment.method is Method.TRANSFER
        and payment.entered_by_id is None
        and not await _is_replaced(session, payment)
    )


async def receive_late(
    session: AsyncSession, group_id: int, payment_id: int, by: Member, amount_cents: int
) -> Settled:
    """Receives ``amount_cents`` (> 0) of a cancelled transfer that arrived all the same. Nothing is owed for them any more,
    so they are the member's avoir. Undone, it is cancelled again.

    Raises :class:`AlreadySettled` for what cannot come late, :class:`InvalidPayment`, :class:`~ledger.errors.NotFound`.
    """
    payment = await lock_payment(session, group_id, payment_id)
    if not await can_come_late(session, payment):
        return await receive(session, group_id, payment_id, by, amount_cents)
    if amount_cents <= 0:
        raise InvalidPayment("amount")
    await _settle(session, payment, SettlementKind.UNDONE, by)
    return await _settle_received(session, payment, by, amount_cents)


async def enter_by_hand(
    session: AsyncSession,
    member: Member,
    method: Method,
    amount_cents: int,
    by: Member,
    *,
    dated: dt.date | None = None,
    note: str | None = None,
) -> Settled:
    """Enters a payment that a coordinator types in (R8), received at once; negative when money was given back. A past
    date is kept.

    The caller sees to it that one request is carried out once (one conversation, one confirmation).
    """
    if amount_cents == 0 or method not in ACCOUNT_OF:
        raise InvalidPayment("amount" if amount_cents == 0 else "method")
    today = utc_now().date()
    if dated is not None and dated > today + dt.timedelta(days=1):
        raise InvalidPayment("date")
    payment = await _add_payment(
        session, member, method, amount_cents, dated=dated or today, note=note, entered_by_id=by.id
    )
    return await _settle_received(session, payment, by, amount_cents)


async def give_back_by_card(
    session: AsyncSession, member: Member, amount_cents: int, by: Member | None, note: str | None = None
) -> Settled:
    """Gives ``amount_cents`` (> 0) back to a card: a payment below zero. ``by``: none where Stripe was asked without us.

    The caller sees to it that it counts once, and that Stripe does it.
    """
    payment = await _add_payment(
        session,
        member,
        Method.CARD,
        -amount_cents,
        dated=utc_now().date(),
        note=note,
        entered_by_id=by.id if by else None,
    )
    return await _settle_received(session, payment, by or member, -amount_cents)


async def take_back_by_card(session: AsyncSession, group_id: int, payment_id: int) -> Settled:
    """Reverses a refund that Stripe did not give back after all, and ends its payment."""
    payment = await lock_payment(session, group_id, payment_id)
    last = await last_settlement(session, payment)
    if payment.state is not PaymentState.RECEIVED or last is None or last.transaction_id is None:
        raise NotSettled
    by = await session.get_one(Member, last.by_id)
    posted = await books.reverse(session, group_id, last.transaction_id, actor_id=None)
    await _settle(session, payment, SettlementKind.UNDONE, by, transaction_id=posted.transaction_id)
    return await _settle(session, payment, SettlementKind.CANCELLED, by)


async def enter_opening_balance(
    session: AsyncSession, member: Member, amount_cents: int, by: Member, *, key: str
) -> int:
    """Enters the balance a member brings from before (R16), in cents: > 0 avoir, < 0 owed, never 0. Returns the
    balance after it."""
    if amount_cents == 0:
        raise InvalidPayment("amount")
    account = await books.account_id(session, member.group_id, AccountKind.MEMBERS, member.id)
    opening = await books.account_id(session, member.group_id, AccountKind.OPENING)
    debit, credit = (opening, account) if amount_cents > 0 else (account, opening)
    entry = books.Entry(
        kind="opening",
        key=f"opening:{key}",
        legs=[books.Leg(debit, credit, abs(amount_cents))],
        subject=subject_of(Topic.MEMBER, member.id),
        actor_id=by.id,
    )
    await books.post(session, member.group_id, entry)
    return await balance_of(session, member)


async def balance_of(session: AsyncSession, member: Member) -> int:
    """Returns a member's balance in cents: > 0 avoir, < 0 owed (R5)."""
    return await books.balance(session, member.group_id, AccountKind.MEMBERS, member.id)


class ExpectedCents(int):
    """An amount that is expected, in cents, which knows what of it nobody confirms by hand: ``by_card_cents``, of which
    ``under_way_cents`` are paid already, as far as the member is concerned; and whether it is cash for goods that came to
    less since (``recounted``), so that what is owed is enough."""

    by_card_cents: int
    under_way_cents: int
    recounted: bool

    def __new__(
        cls, cents: int, by_card_cents: int = 0, under_way_cents: int = 0, *, recounted: bool = False
    ) -> ExpectedCents:
        """Makes the amount of ``cents``."""
        made = super().__new__(cls, cents)
        made.by_card_cents, made.under_way_cents = by_card_cents, under_way_cents
        made.recounted = recounted
        return made

    @classmethod
    def sum(cls, several: Iterable[int]) -> ExpectedCents:
        """Adds several up; a plain amount is one that is confirmed by hand."""
        found = [one if isinstance(one, cls) else cls(one) for one in several]
        return cls(
            sum(found), sum(one.by_card_cents for one in found), sum(one.under_way_cents for one in found)
        )


_EXPECTED = [
    func.coalesce(func.sum(one), 0)
    for one in (
        Payment.amount_cents,
        case((Payment.method == Method.CARD, Payment.amount_cents), else_=0),
        case((Payment.under_way_since.is_not(None), Payment.amount_cents), else_=0),
    )
]
"""The parts of :class:`ExpectedCents`."""


async def expected_cents(session: AsyncSession, member: Member) -> ExpectedCents:
    """Returns how much the member announced and nobody has settled yet, in cents (D1)."""
    statement = select(*_EXPECTED).where(
        Payment.member_id == member.id, Payment.state == PaymentState.EXPECTED
    )
    return ExpectedCents(*(int(cents) for cents in (await session.execute(statement)).one()))


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's balance in cents (> 0 avoir), and what is expected from them."""

    balance_cents: int
    expected_cents: ExpectedCents


async def standing(session: AsyncSession, member: Member) -> Standing:
    """Returns :func:`balance_of` and :func:`expected_cents`, at one moment."""
    statement = select(
        books.balance_of(AccountKind.MEMBERS, literal(member.group_id), literal(member.id)), *_EXPECTED
    ).where(Payment.member_id == member.id, Payment.state == PaymentState.EXPECTED)
    balance, *cents = (await session.execute(statement)).one()
    return Standing(balance, ExpectedCents(*(int(one) for one in cents)))


async def expected_cents_by_member(session: AsyncSession, group_id: int) -> dict[int, ExpectedCents]:
    """Returns :func:`expected_cents` for every member of a group who has something announced, by member id."""
    statement = (
        select(Payment.member_id, *_EXPECTED)
        .where(Payment.group_id == group_id, Payment.state == PaymentState.EXPECTED)
        .group_by(Payment.member_id)
    )
    rows = await session.execute(statement)
    return {member_id: ExpectedCents(*(int(cents) for cents in sums)) for member_id, *sums in rows}


async def get_payment(session: AsyncSession, group_id: int, payment_id: int) -> Payment:
    """Returns a payment of this group. Raises :class:`~ledger.errors.NotFound`."""
    payment = await session.get(Payment, payment_id)
    if payment is None or payment.group_id != group_id:
        raise NotFound("payment", payment_id)
    return payment


async def lock_payment(session: AsyncSession, group_id: int, payment_id: int) -> Payment:
    """Locks the payment until the unit of work ends; it is read after the lock was had."""
    statement = (
        select(Payment)
        .where(Payment.id == payment_id, Payment.group_id == group_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    payment = (await session.execute(statement)).scalar_one_or_none()
    if payment is None:
        raise NotFound("payment", payment_id)
    return payment


async def find_by_reference(session: AsyncSession, group_id: int, text: str) -> Payment | None:
    """Finds the payment of this group that the text names, however it is written."""
    for code in find_references(text):
        statement = select(Payment).where(Payment.reference == code, Payment.group_id == group_id)
        if (payment := (await session.execute(statement)).scalar_one_or_none()) is not None:
            return payment
    return None


async def near_references(
    session: AsyncSession, group_id: int, text: str, limit: int = 5
) -> Sequence[Payment]:
    """Returns the expected payments whose reference is one slip away from ``text``: to be proposed, never taken (B1)."""
    codes = list(dict.fromkeys(neighbours(text)))
    statement = (
        select(Payment)
        .where(
            Payment.group_id == group_id, Payment.state == PaymentState.EXPECTED, Payment.reference.in_(codes)
        )
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def last_settlement(session: AsyncSession, payment: Payment) -> Settlement | None:
    """Returns the last thing that happened to the payment."""
    statement = (
        select(Settlement)
        .where(Settlement.payment_id == payment.id)
        .order_by(Settlement.step.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def settled_by(session: AsyncSession, payment: Payment) -> AlreadySettled:
    """Returns who settled a payment that is not expected any more, and how."""
    statement = (
        select(Settlement, Member.name)
        .join(Member, Member.id == Settlement.by_id)
        .where(Settlement.payment_id == payment.id)
        .order_by(Settlement.step.desc())
        .limit(1)
    )
    settlement, name = (await session.execute(statement)).one()
    by_card = payment.method is Method.CARD
    return AlreadySettled(settlement.kind, name, settlement.at, settlement.amount_cents, by_card=by_card)


async def payments_of(session: AsyncSession, member: Member, state: PaymentState) -> Sequence[Payment]:
    """Returns a member's payments in one state, oldest first."""
    statement = (
        select(Payment).where(Payment.member_id == member.id, Payment.state == state).order_by(Payment.id)
    )
    return (await session.execute(statement)).scalars().all()


async def expected_by_member(session: AsyncSession, member_ids: Collection[int]) -> dict[int, list[Payment]]:
    """Returns the expected payments of these members who have any, oldest first."""
    statement = (
        select(Payment)
        .where(Payment.member_id.in_(member_ids), Payment.state == PaymentState.EXPECTED)
        .order_by(Payment.id)
    )
    found: dict[int, list[Payment]] = {}
    for payment in (await session.execute(statement)).scalars():
        found.setdefault(payment.member_id, []).append(payment)
    return found


async def require_expected(session: AsyncSession, payment: Payment) -> None:
    """Raises :class:`AlreadySettled` unless nobody settled the payment yet."""
    if payment.state is not PaymentState.EXPECTED:
        raise await settled_by(session, payment)


async def _came_late(session: AsyncSession, payment: Payment, received: Settlement) -> bool:
    """Whether a transfer was cancelled before it was received. Of cheques and cash, a cancelling was taken back first."""
    if payment.method is not Method.TRANSFER:
        return False
    statement = select(Settlement.kind).where(
        Settlement.payment_id == received.payment_id, Settlement.step == received.step - 2
    )
    return (await session.execute(statement)).scalar_one_or_none() is SettlementKind.CANCELLED


def _require_offline(payment: Payment) -> None:
    if payment.method is Method.CARD:
        raise InvalidPayment("method")


async def in_place_of(session: AsyncSession, payment: Payment) -> Payment | None:
    """Returns what is expected in the place of a payment that its member replaced; none where nothing is, or where it
    was not."""
    current: Payment | None = payment
    while current is not None and current.state is PaymentState.CANCELLED:
        statement = select(PaymentSwitch.replaced_by_id).where(PaymentSwitch.payment_id == current.id)
        replaced_by = (await session.execute(statement)).scalar_one_or_none()
        current = await session.get(Payment, replaced_by) if replaced_by is not None else None
    return current if current is not None and current.state is PaymentState.EXPECTED else None


async def _is_replaced(session: AsyncSession, payment: Payment) -> bool:
    statement = select(PaymentSwitch.id).where(PaymentSwitch.payment_id == payment.id)
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def _add_payment(
    session: AsyncSession,
    member: Member,
    method: Method,
    amount_cents: int,
    *,
    dated: dt.date,
    order_id: int | None = None,
    note: str | None = None,
    entered_by_id: int | None = None,
) -> Payment:
    """Writes it under a reference that no payment has; one that was drawn before is not written, and another one drawn."""
    kept = await notes.keep(session, member.group_id, member.id, note)
    not_for_an_order = Purpose.TOP_UP if amount_cents > 0 else Purpose.REFUND
    values = {
        "group_id": member.group_id,
        "member_id": member.id,
        "method": method,
        "amount_cents": amount_cents,
        "purpose": Purpose.ORDER if order_id is not None else not_for_an_order,
        "order_id": order_id,
        "dated": dated,
        "note_id": kept.id if kept else None,
        "entered_by_id": entered_by_id,
        "created_at": utc_now(),
    }
    insert = insert_or_meet(session, Payment).on_conflict_do_nothing(index_elements=["reference"])
    while True:
        statement = insert.values(values | {"reference": new_reference()}).returning(Payment)
        payment = (await session.execute(statement)).scalar_one_or_none()
        if payment is not None:
            return payment


async def _settle_received(session: AsyncSession, payment: Payment, by: Member, amount_cents: int) -> Settled:
    kind = account_of(payment.method)
    account = await books.account_id(session, payment.group_id, AccountKind.MEMBERS, payment.member_id)
    money = await books.account_id(session, payment.group_id, kind)
    debit, credit = (money, account) if amount_cents > 0 else (account, money)
    step = await _next_step(session, payment)
    entry = books.Entry(
        kind=f"received-{payment.method}" if amount_cents > 0 else f"refunded-{payment.method}",
        key=f"payment:{payment.id}:{step}",
        legs=[books.Leg(debit, credit, abs(amount_cents))],
        subject=subject_of(Topic.PAYMENT, payment.id),
        dated=payment.dated if payment.entered_by_id else None,
        actor_id=by.id,
        note_id=payment.note_id,
    )
    posted = await books.post(session, payment.group_id, entry)
    return await _settle(
        session,
        payment,
        SettlementKind.RECEIVED,
        by,
        amount_cents=amount_cents,
        transaction_id=posted.transaction_id,
    )


async def _settle(
    session: AsyncSession,
    payment: Payment,
    kind: SettlementKind,
    by: Member,
    *,
    amount_cents: int | None = None,
    transaction_id: int | None = None,
) -> Settled:
    settlement = Settlement(
        group_id=payment.group_id,
        payment_id=payment.id,
        step=await _next_step(session, payment),
        kind=kind,
        amount_cents=amount_cents,
        transaction_id=transaction_id,
        by_id=by.id,
        at=utc_now(),
    )
    session.add(settlement)
    await session.flush()
    await session.refresh(payment, ["state"])
    balance = await books.balance(session, payment.group_id, AccountKind.MEMBERS, payment.member_id)
    return Settled(payment, settlement, balance)


async def _next_step(session: AsyncSession, payment: Payment) -> int:
    return await count_steps(session, payment) + 1


async def count_steps(session: AsyncSession, payment: Payment) -> int:
    """Returns how many settlements a payment has had: what a button that acts on it carries, to be old after the next."""
    statement = select(func.count()).where(Settlement.payment_id == payment.id)
    return int((await session.execute(statement)).scalar_one())
