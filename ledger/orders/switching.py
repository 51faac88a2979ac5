"""A member pays another way than announced, until the payment is settled: the old one is cancelled, a new one expected.

The new payment has a reference of its own (D2). Books are not touched: the debt is what it was, and only what settles it
is another choice. Member credit may take over all or a part of an order's payment when the account holds it (I7).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Group, Member, Method
from ledger.groups.service import offered_methods
from ledger.orders.charging import (
    MethodNotOffered,
    NotEnoughCredit,
    check_method,
    check_rest,
    credit_part,
    required_credit,
)
from ledger.orders.corrections import current_lines
from ledger.orders.models import Confirmation, Order, OrderLine
from ledger.payments import service as payments
from ledger.payments.accounts import locked_balance
from ledger.payments.models import Payment, PaymentState, PaymentSwitch, Purpose


class SameChoice(LedgerError):
    """It is paid like this already."""


class PaymentChanged(LedgerError):
    """The payment was settled, and that was undone, since the member looked at it."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How else an expected payment can be paid.

    ``total_cents`` is what the payment and the member credit beside it (``credit_cents``) come to; ``whole`` pay all of
    it, ``mixed`` the rest once member credit has paid ``mixed_credit_cents``. ``steps``: how many settlements it had.
    """

    payment: Payment
    steps: int
    total_cents: int
    credit_cents: int
    whole: tuple[Method, ...]
    mixed: tuple[Method, ...]
    mixed_credit_cents: int


@dataclass(frozen=True, slots=True)
class Switched:
    """What is paid otherwise now: the cancelled payment, the new one (none where member credit pays all), the credit."""

    replaced: Payment
    payment: Payment | None
    total_cents: int
    credit_cents: int
    balance_cents: int


async def ways(session: AsyncSession, group: Group, member: Member, payment_id: int) -> Ways:
    """Returns how else the member's own payment can be paid. Raises :class:`~ledger.payments.service.AlreadySettled`."""
    payment = await _own(session, member, payment_id)
    await payments.require_expected(session, payment)
    confirmation = await _confirmation_of(session, payment)
    total, credit = _total(payment, confirmation)
    offered = offered_methods(group) if group.payments_enabled else []
    plain: list[Method] = [method for method in offered if method is not Method.MEMBER_CREDIT]
    whole: list[Method] = [
        method
        for method in plain
        if (credit or method is not payment.method) and payments.can_carry(method, total, group.currency)
    ]
    part = 0
    if confirmation is not None and Method.MEMBER_CREDIT in offered:
        lines = await _lines_now(session, confirmation)
        available = await payments.balance_of(session, member) + lines
        if available >= lines or group.negative_balances:
            whole.append(Method.MEMBER_CREDIT)
        if available < lines:
            part = min(max(available, credit), total - 1)
    mixed = [
        method
        for method in plain
        if part > 0
        and (method, part) != (payment.method, credit)
        and payments.can_carry(method, total - part, group.currency)
    ]
    return Ways(
        payment,
        await payments.count_steps(session, payment),
        total,
        credit,
        tuple(whole),
        tuple(mixed),
        max(part, 0),
    )


async def switch(
    session: AsyncSession,
    group: Group,
    member: Member,
    payment_id: int,
    method: Method,
    *,
    credit_cents: int = 0,
    steps: int | None = None,
) -> Switched:
    """Replaces the member's own expected payment: by ``method``, for what ``credit_cents`` of member credit leave.

    Of what nobody has ordered (a top-up), member credit pays nothing. ``steps``: how many settlements the payment had when
    the member looked at it. Raises, with nothing written: :class:`~ledger.payments.service.AlreadySettled`,
    :class:`PaymentChanged`, :class:`MethodNotOffered`, :class:`SameChoice`, :class:`~ledger.orders.charging.InvalidSplit`,
    :class:`NotEnoughCredit`, :class:`~ledger.errors.NotFound`.
    """
    await _lock_order(session, await _own(session, member, payment_id))
    payment = await payments.lock_payment(session, group.id, payment_id)
    await payments.require_expected(session, payment)
    if steps is not None and steps != await payments.count_steps(session, payment):
        raise PaymentChanged
    confirmation = await _confirmation_of(session, payment, lock=True)
    check_method(group, method, credit_cents)
    if confirmation is None and (credit_cents or method is Method.MEMBER_CREDIT):
        raise MethodNotOffered(Method.MEMBER_CREDIT)
    total, before = _total(payment, confirmation)
    credit = credit_part(method, credit_cents, total)
    check_rest(group, method, total - credit)
    if (method, credit) == (payment.method, before):
        raise SameChoice
    if confirmation is not None and credit > before:
        await _require_credit(session, group, member, confirmation, method, credit)
    replacement = await _replace(session, member, payment, method, total, before, credit)
    if confirmation is not None:
        confirmation.method, confirmation.credit_cents = method, credit
        confirmation.payment_id = replacement.id if replacement else None
    await session.flush()
    balance = await payments.balance_of(session, member)
    return Switched(payment, replacement, total, credit, balance)


async def drop(
    session: AsyncSession, member: Member, payment_id: int, by_card_id: int, *, steps: int
) -> Payment:
    """Drops an expected payment that the member does not give after all: what they had paid by card before it came too
    late for that.

    The payment by card (received, with nothing that it pays) takes its place. Moves no money. Returns the dropped payment.
    Raises :class:`~ledger.payments.service.AlreadySettled`, :class:`PaymentChanged`, :class:`~ledger.errors.NotFound`.
    """
    by_card = await _own(session, member, by_card_id)
    await _lock_order(session, await _own(session, member, payment_id))
    payment = await payments.lock_payment(session, member.group_id, payment_id)
    await payments.require_expected(session, payment)
    if steps != await payments.count_steps(session, payment):
        raise PaymentChanged
    confirmation = await _confirmation_of(session, payment, lock=True)
    total, before = _total(payment, confirmation)
    is_free = by_card.state is PaymentState.RECEIVED and by_card.purpose is Purpose.TOP_UP
    if by_card.method is not Method.CARD or not is_free or not 0 < by_card.amount_cents <= total:
        raise NotFound("payment", by_card_id)
    await payments.cancel(session, payment.group_id, payment.id, member)
    by_card.purpose, by_card.order_id = payment.purpose, payment.order_id
    after = total - by_card.amount_cents
    session.add(_switched(payment, by_card, before, after, member))
    if confirmation is not None:
        confirmation.method, confirmation.credit_cents = Method.CARD, after
        confirmation.payment_id = by_card.id
    await session.flush()
    return payment


async def what_stands(session: AsyncSession, payment: Payment) -> tuple[Payment | None, bool]:
    """Returns what the member's later choices made of a payment: the newest in its place (none: member credit), and
    whether any."""
    current: Payment | None = payment
    changed = False
    while current is not None and current.state is PaymentState.CANCELLED:
        statement = select(PaymentSwitch).where(PaymentSwitch.payment_id == current.id)
        found = (await session.execute(statement)).scalar_one_or_none()
        if found is None:
            break
        changed = True
        current = await session.get(Payment, found.replaced_by_id) if found.replaced_by_id else None
    return current, changed


async def _replace(
    session: AsyncSession,
    member: Member,
    payment: Payment,
    method: Method,
    total_cents: int,
    before_cents: int,
    credit_cents: int,
) -> Payment | None:
    """Cancels the payment, expects the rest in its place, and keeps which one took it."""
    await payments.cancel(session, payment.group_id, payment.id, member)
    replacement = None
    if total_cents > credit_cents:
        rest = total_cents - credit_cents
        replacement = await payments.expect(session, member, method, rest, payment.order_id)
    session.add(_switched(payment, replacement, before_cents, credit_cents, member))
    await session.flush()
    return replacement


def _switched(
    payment: Payment, replacement: Payment | None, before_cents: int, after_cents: int, by: Member
) -> PaymentSwitch:
    return PaymentSwitch(
        group_id=payment.group_id,
        payment_id=payment.id,
        replaced_by_id=replacement.id if replacement else None,
        credit_before_cents=before_cents,
        credit_after_cents=after_cents,
        by_id=by.id,
        at=utc_now(),
    )


async def _require_credit(
    session: AsyncSession,
    group: Group,
    member: Member,
    confirmation: Confirmation,
    method: Method,
    credit_cents: int,
) -> None:
    """Under the account's lock: what the member would have without these goods must pay what member credit takes over."""
    if not required_credit(group, method, credit_cents):
        return
    lines = await _lines_now(session, confirmation)
    available = await locked_balance(session, member) + lines
    needed = lines if method is Method.MEMBER_CREDIT else min(credit_cents, lines)
    if available < needed:
        raise NotEnoughCredit(available, needed)


async def _own(session: AsyncSession, member: Member, payment_id: int) -> Payment:
    payment = await payments.get_payment(session, member.group_id, payment_id)
    if payment.member_id != member.id:
        raise NotFound("payment", payment_id)
    return payment


async def _lock_order(session: AsyncSession, payment: Payment) -> None:
    """The order before its payment, as whoever validates, corrects or cancels it does."""
    if payment.order_id is not None:
        statement = select(Order.id).where(Order.id == payment.order_id)
        await session.execute(statement.with_for_update(key_share=True))


async def _confirmation_of(
    session: AsyncSession, payment: Payment, *, lock: bool = False
) -> Confirmation | None:
    """The confirmed basket that a payment pays; none for a top-up."""
    statement = select(Confirmation).where(Confirmation.payment_id == payment.id)
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


def _total(payment: Payment, confirmation: Confirmation | None) -> tuple[int, int]:
    """What the payment and the member credit beside it come to, and that credit."""
    credit = confirmation.credit_cents if confirmation is not None else 0
    return payment.amount_cents + credit, credit


async def _lines_now(session: AsyncSession, confirmation: Confirmation) -> int:
    lines = await current_lines(session, OrderLine.confirmation_id == confirmation.id)
    return sum(line.amount_cents for line in lines)
