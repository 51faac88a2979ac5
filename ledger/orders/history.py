"""A member's history that explains itself (R17): what each line was for, under which reference, who did it and when.

However long the page, it asks the database the same number of times.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind, Transaction
from ledger.books.service import StatementLine
from ledger.books.subjects import Topic, number_in
from ledger.groups.models import Member
from ledger.notes import service as notes
from ledger.notes.models import Note
from ledger.orders.expected import Expected
from ledger.orders.handover_models import Correction
from ledger.orders.models import Confirmation, Distribution, Order, OrderLine
from ledger.payments import service as payments
from ledger.payments.models import Payment, PaymentState


@dataclass(frozen=True, slots=True)
class Explained:
    """One line of a member's account and what is known of it.

    ``payment``: the one that was received or given back, or that pays the order; ``distribution``: whose order it is about;
    ``choice``: how that order is paid; ``undone``: what a reversal took back; ``product``: whose line was corrected;
    ``note``: what somebody typed. ``actor``: who did it (none: nobody here, but
    Stripe); ``is_own``: the member themselves.
    """

    line: StatementLine
    payment: Payment | None
    distribution: Distribution | None
    choice: Confirmation | None
    undone: Transaction | None
    product: str | None
    note: Note | None
    actor: str | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class History:
    """A page, the newest line first; ``older``: what to pass as ``before`` for the next. ``expected`` on the first alone."""

    expected: tuple[Expected, ...]
    lines: tuple[Explained, ...]
    older: int | None


async def history(session: AsyncSession, member: Member, *, before: int | None = None) -> History:
    """Returns a page of a member's account."""
    page = await books.statement(
        session, member.group_id, AccountKind.MEMBERS, member.id, before=before if before else None
    )
    transactions = [line.transaction for line in page.lines]
    expected = await payments.payments_of(session, member, PaymentState.EXPECTED) if not before else ()
    choices = await _choices(session, member.group_id, [one.id for one in transactions])
    named = _ids(Topic.PAYMENT, transactions)
    named |= {choice.payment_id for choice in choices.values() if choice.payment_id is not None}
    paid = await _payments(session, member.group_id, named)
    reversed_ids = {one.reverses_id for one in transactions if one.reverses_id is not None}
    undone = await _transactions(session, member.group_id, reversed_ids)
    orders = _ids(Topic.ORDER, transactions)
    orders |= {one.order_id for one in (*expected, *paid.values()) if one.order_id is not None}
    days = await _distributions(session, member.group_id, orders)
    products = await _corrected(session, member.group_id, transactions, undone)
    noted = await notes.read(session, [one.note_id for one in transactions])
    actors = await _names(session, {one.actor_id for one in transactions if one.actor_id is not None})

    def explain(line: StatementLine) -> Explained:
        transaction = line.transaction
        choice = choices.get(transaction.id)
        chosen = choice.payment_id if choice is not None else None
        payment = paid.get(number_in(transaction.subject, Topic.PAYMENT) or chosen or 0)
        order_id = number_in(transaction.subject, Topic.ORDER) or (payment.order_id if payment else None)
        return Explained(
            line,
            payment,
            days.get(order_id or 0),
            choice,
            undone.get(transaction.reverses_id or 0),
            products.get(transaction.id),
            noted.get(transaction.note_id or 0),
            actors.get(transaction.actor_id or 0),
            transaction.actor_id == member.id,
        )

    return History(
        tuple(Expected(payment, days.get(payment.order_id or 0)) for payment in expected),
        tuple(explain(line) for line in page.lines),
        page.older,
    )


def _ids(topic: Topic, transactions: Sequence[Transaction]) -> set[int]:
    """The numbers of what these transactions are about, where it is of one kind."""
    numbers = (number_in(one.subject, topic) for one in transactions)
    return {number for number in numbers if number is not None}


async def _choices(
    session: AsyncSession, group_id: int, transaction_ids: Sequence[int]
) -> dict[int, Confirmation]:
    """How the orders among these transactions are paid, by the transaction's id."""
    statement = select(Confirmation).where(
        Confirmation.group_id == group_id, Confirmation.transaction_id.in_(transaction_ids)
    )
    found = (await session.execute(statement)).scalars()
    return {one.transaction_id: one for one in found if one.transaction_id is not None}


async def _payments(session: AsyncSession, group_id: int, ids: Collection[int]) -> dict[int, Payment]:
    statement = select(Payment).where(Payment.group_id == group_id, Payment.id.in_(ids))
    return {payment.id: payment for payment in (await session.execute(statement)).scalars()}


async def _transactions(session: AsyncSession, group_id: int, ids: Collection[int]) -> dict[int, Transaction]:
    statement = select(Transaction).where(Transaction.group_id == group_id, Transaction.id.in_(ids))
    return {transaction.id: transaction for transaction in (await session.execute(statement)).scalars()}


async def _distributions(
    session: AsyncSession, group_id: int, order_ids: Collection[int]
) -> dict[int, Distribution]:
    """The distributions of orders, cancelled ones too, by the order's id."""
    statement = (
        select(Order.id, Distribution)
        .join(Distribution, Distribution.id == Order.distribution_id)
        .where(Order.group_id == group_id, Order.id.in_(order_ids))
    )
    return {order_id: distribution for order_id, distribution in await session.execute(statement)}  # noqa: C416


async def _corrected(
    session: AsyncSession,
    group_id: int,
    transactions: Sequence[Transaction],
    undone: Mapping[int, Transaction],
) -> dict[int, str]:
    """The products whose lines these transactions corrected, or corrected back, by the transaction's id."""
    about = [one for one in transactions if undone.get(one.reverses_id or 0, one).kind == "correction"]
    statement = (
        select(Correction.transaction_id, OrderLine.product_name)
        .join(OrderLine, OrderLine.id == Correction.order_line_id)
        .where(
            OrderLine.group_id == group_id,
            OrderLine.order_id.in_(_ids(Topic.ORDER, about)),
            Correction.transaction_id.in_([one.id for one in about]),
        )
    )
    rows = await session.execute(statement) if about else ()
    return {transaction_id: name for transaction_id, name in rows if transaction_id is not None}


async def _names(session: AsyncSession, member_ids: Collection[int]) -> dict[int, str]:
    statement = select(Member.id, Member.name).where(Member.id.in_(member_ids))
    return {member_id: name for member_id, name in await session.execute(statement)}  # noqa: C416
