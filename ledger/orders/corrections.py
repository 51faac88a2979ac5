"""Goods at distribution: what was handed over is not always what was ordered (B5).

Each corrected line posts its difference as a transaction of its own; a change for everybody is undone as a whole. The
order's net debt stays the sum of its current lines (I3), where the order was debited at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.books.subjects import Topic, subject_of
from ledger.catalogue.models import Product
from ledger.db import utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Member
from ledger.money import line_amount
from ledger.names import sort_key
from ledger.orders.handover_models import Change, ChangeKind, Correction
from ledger.orders.models import Confirmation, Distribution, Order, OrderLine
from ledger.orders.seen import check, mark
from ledger.payments import service as payments

Whose = ColumnElement[int] | InstrumentedAttribute[int]
"""A column that holds somebody's or something's id."""
FAR_OFF = 10
"""From this many times the ordered quantity on, a weight is likelier a slip than a truth."""


class AlreadyUndone(LedgerError):
    """The change was taken back before: by whom and when."""

    def __init__(self, by: str, at: dt.datetime) -> None:
        super().__init__()
        self.by = by
        self.at = at


class ChangedSince(LedgerError):
    """A line was corrected again after this change: undo the later one first."""


class NothingToChange(LedgerError):
    """Every line concerned is like this already."""


@dataclass(frozen=True, slots=True)
class CurrentLine:
    """An order line as it is now, beside how it was ordered."""

    line: OrderLine
    step: int
    quantity_milli: int
    price_cents: int
    amount_cents: int

    @property
    def is_changed(self) -> bool:
        """Whether it differs from what was ordered."""
        return (self.quantity_milli, self.price_cents) != (self.line.quantity_milli, self.line.price_cents)


@dataclass(frozen=True, slots=True)
class Corrected:
    """One corrected line: before, after, whose order, and the member's balance afterwards in cents."""

    before: CurrentLine
    after: CurrentLine
    order: Order
    member: Member
    balance_cents: int


@dataclass(frozen=True, slots=True)
class Changed:
    """What a command changed."""

    change: Change
    corrected: tuple[Corrected, ...]


@dataclass(frozen=True, slots=True)
class _Owed:
    """Whose a line is, whether it was debited, and the accounts of the member and the producer that correcting it moves."""

    order: Order
    member: Member
    is_debited: bool
    account_id: int
    producer_id: int


def mark_of(lines: Sequence[CurrentLine]) -> int:
    """Returns a mark that stands for these lines as they are now: which ones, and how often each was corrected."""
    return mark(*sorted((line.line.id, line.step) for line in lines))


def mark_of_line(line_id: int, step: int) -> int:
    """Returns the mark of one line, corrected so often."""
    return mark((line_id, step))


def is_far_off(ordered_milli: int, given_milli: int) -> bool:
    """Returns whether a quantity should be asked for once more."""
    return given_milli >= FAR_OFF * ordered_milli


_step = aliased(Correction)
# Asked of each line by an index: grouped by line, everything that was ever corrected would be read.
_LAST_STEP = (
    select(func.max(_step.step))
    .where(_step.order_line_id == OrderLine.id)
    .correlate(OrderLine)
    .scalar_subquery()
)


async def current_lines(session: AsyncSession, *conditions: object) -> list[CurrentLine]:
    """Returns order lines that fulfil the conditions, as they are now, by order and by name."""
    statement = (
        select(OrderLine, Correction)
        .outerjoin(Correction, and_(Correction.order_line_id == OrderLine.id, Correction.step == _LAST_STEP))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.cancelled_at.is_(None), *conditions)  # type: ignore[arg-type]
    )
    found = [_current(line, correction) for line, correction in await session.execute(statement)]
    return sorted(found, key=lambda one: (one.line.order_id, sort_key(one.line.product_name), one.line.id))


async def lines_now(session: AsyncSession, order: Order) -> list[CurrentLine]:
    """Returns one order's lines as they are now."""
    return await current_lines(session, OrderLine.order_id == order.id)


async def deliver(
    session: AsyncSession,
    group_id: int,
    line_id: int,
    quantity_milli: int,
    by: Member,
    *,
    seen: int | None = None,
) -> Changed:
    """Corrects one line: this much was handed over (thousandths of the unit; 0: not delivered).

    ``seen``, here and below: the :func:`mark_of` what the coordinator saw; raises
    :class:`~ledger.orders.seen.SeenChanged` when that is not how things are.
    """
    if quantity_milli < 0:
        raise NotFound("quantity", quantity_milli)
    line = await _line(session, group_id, line_id)
    return await _change(session, ChangeKind.DELIVERED, [line], by, quantity_milli=quantity_milli, seen=seen)


async def reprice(
    session: AsyncSession,
    group_id: int,
    line_id: int,
    price_cents: int,
    by: Member,
    *,
    seen: int | None = None,
) -> Changed:
    """Corrects one line: the price of a unit is this, in cents (> 0)."""
    if price_cents <= 0:
        raise payments.InvalidPayment("amount")
    line = await _line(session, group_id, line_id)
    return await _change(session, ChangeKind.PRICE, [line], by, price_cents=price_cents, seen=seen)


async def not_delivered(
    session: AsyncSession,
    group_id: int,
    distribution_id: int,
    product_id: int,
    by: Member,
    *,
    seen: int | None = None,
) -> Changed:
    """Records that a product did not come: nobody who ordered it for this distribution owes it."""
    lines = await product_lines(session, group_id, distribution_id, product_id)
    return await _change(
        session, ChangeKind.DELIVERED, lines, by, quantity_milli=0, product_id=product_id, seen=seen
    )


async def reprice_for_all(
    session: AsyncSession,
    group_id: int,
    distribution_id: int,
    product_id: int,
    price_cents: int,
    by: Member,
    *,
    seen: int | None = None,
) -> Changed:
    """Records that a product costs something else for everybody who ordered it for this distribution, or will
    (:func:`day_prices`)."""
    if price_cents <= 0:
        raise payments.InvalidPayment("amount")
    await _lock_distribution(session, group_id, distribution_id)
    lines = await product_lines(session, group_id, distribution_id, product_id)
    return await _change(
        session, ChangeKind.PRICE, lines, by, price_cents=price_cents, product_id=product_id, seen=seen
    )


async def day_prices(session: AsyncSession, distribution_id: int) -> dict[int, int]:
    """Returns the products whose price was corrected for everybody at a distribution, and what a unit costs there, in
    cents."""
    undo = aliased(Change)
    statement = (
        select(Change.product_id, Correction.price_cents)
        .join(Correction, Correction.change_id == Change.id)
        .outerjoin(undo, undo.undoes_id == Change.id)
        .where(
            Change.distribution_id == distribution_id,
            Change.kind == ChangeKind.PRICE,
            Change.product_id.is_not(None),
            undo.id.is_(None),
        )
        .order_by(Change.id)
    )
    rows = await session.execute(statement)
    return {product_id: price for product_id, price in rows if product_id is not None}


def day_price(distribution_id: Whose, product_id: Whose) -> ColumnElement[int | None]:
    """Returns a column: what :func:`day_prices` has of one product; null where nothing was corrected for everybody."""
    undo = aliased(Change)
    return (
        select(Correction.price_cents)
        .join(Change, Change.id == Correction.change_id)
        .where(
            Change.distribution_id == distribution_id,
            Change.kind == ChangeKind.PRICE,
            Change.product_id == product_id,
            ~exists().where(undo.undoes_id == Change.id),
        )
        .order_by(Change.id.desc())
        .limit(1)
        .scalar_subquery()
    )


async def product_lines(
    session: AsyncSession, group_id: int, distribution_id: int, product_id: int
) -> list[CurrentLine]:
    """Everybody's lines of one product at a distribution."""
    return await current_lines(
        session,
        OrderLine.group_id == group_id,
        OrderLine.product_id == product_id,
        Order.distribution_id == distribution_id,
    )


async def product_lines_by_name(
    session: AsyncSession, group_id: int, distribution_id: int, product_id: int
) -> list[CurrentLine]:
    """Returns :func:`product_lines` in the order of the members' names."""
    lines = await product_lines(session, group_id, distribution_id, product_id)
    statement = (
        select(Order.id, Member.name)
        .join(Member, Member.id == Order.member_id)
        .where(Order.group_id == group_id, Order.distribution_id == distribution_id)
    )
    names = {order_id: sort_key(name) for order_id, name in await session.execute(statement)}
    return sorted(lines, key=lambda one: (names[one.line.order_id], one.line.id))


async def get_line(session: AsyncSession, group_id: int, line_id: int) -> CurrentLine:
    """Returns one line as it is now. Raises :class:`~ledger.errors.NotFound`."""
    return await _line(session, group_id, line_id)


async def last_change(session: AsyncSession, line: CurrentLine) -> tuple[Change, str] | None:
    """Returns the change that made a line what it is now, and who made it."""
    statement = (
        select(Change, Member.name)
        .join(Correction, Correction.change_id == Change.id)
        .join(Member, Member.id == Change.by_id)
        .where(Correction.order_line_id == line.line.id, Correction.step == line.step)
    )
    row = (await session.execute(statement)).first()
    return None if row is None else (row[0], row[1])


async def count_lines(session: AsyncSession, change: Change) -> int:
    """Returns how many lines a change corrected."""
    statement = select(func.count()).where(Correction.change_id == change.id)
    return int((await session.execute(statement)).scalar_one())


async def undo_change(session: AsyncSession, group_id: int, change_id: int, by: Member) -> Changed:
    """Takes a change back for all its lines, by reversals; what was ordered since at its price costs what it does without.

    Raises :class:`AlreadyUndone` or :class:`ChangedSince`.
    """
    statement = select(Change).where(Change.id == change_id, Change.group_id == group_id)
    change = (await session.execute(statement.with_for_update(key_share=True))).scalar_one_or_none()
    if change is None or change.kind is ChangeKind.UNDO:
        raise NotFound("change", change_id)
    undone = await session.execute(
        select(Member.name, Change.at)
        .join(Change, Change.by_id == Member.id)
        .where(Change.undoes_id == change.id)
    )
    if (row := undone.first()) is not None:
        raise AlreadyUndone(row.name, row.at)
    mine = await session.execute(
        select(Correction).where(Correction.change_id == change.id).order_by(Correction.id)
    )
    corrections = mine.scalars().all()
    await _lock_distribution(session, group_id, change.distribution_id)
    since = await _ordered_since(session, change)
    corrected_ids = [correction.order_line_id for correction in corrections]
    line_ids = [*corrected_ids, *(line.line.id for line in since)]
    await _lock_orders(session, line_ids)
    owed = await _owed(session, group_id, line_ids)
    fresh = {line.line.id: line for line in await _lines(session, group_id, corrected_ids)}
    before_it = await _steps_before(session, corrections)
    undo = await _new_change(
        session, group_id, change.distribution_id, ChangeKind.UNDO, by, undoes_id=change.id
    )
    corrected = []
    for correction in corrections:
        now = fresh[correction.order_line_id]
        if now.step != correction.step:
            raise ChangedSince
        before = _current(now.line, before_it.get(now.line.id))
        transaction_id = None
        if correction.transaction_id is not None:
            posted = await books.reverse(session, group_id, correction.transaction_id, actor_id=by.id)
            transaction_id = posted.transaction_id
        corrected.append(await _correct(session, undo, owed[now.line.id], now, before, transaction_id))
    again = await _ordered_since(session, change)
    standing = await _standing_price(session, change) if again else None
    for line in again:
        target = _target(line, None, standing)
        if target != line:
            of = owed[line.line.id]
            transaction_id = await _post(session, of, line, target, by)
            corrected.append(await _correct(session, undo, of, line, target, transaction_id))
    return Changed(undo, tuple(corrected))


async def _ordered_since(session: AsyncSession, change: Change) -> list[CurrentLine]:
    """What was ordered at the price that a change had set for everybody, and still costs that."""
    if change.kind is not ChangeKind.PRICE or change.product_id is None:
        return []
    statement = select(Correction.price_cents).where(Correction.change_id == change.id).limit(1)
    price = (await session.execute(statement)).scalar_one()
    later = select(Confirmation.id).where(Confirmation.confirmed_at > change.at)
    lines = await current_lines(
        session,
        OrderLine.product_id == change.product_id,
        Order.distribution_id == change.distribution_id,
        OrderLine.confirmation_id.in_(later),
        OrderLine.price_cents == price,
    )
    return [line for line in lines if line.price_cents == price]


async def _change(
    session: AsyncSession,
    kind: ChangeKind,
    lines: Sequence[CurrentLine],
    by: Member,
    *,
    quantity_milli: int | None = None,
    price_cents: int | None = None,
    product_id: int | None = None,
    seen: int | None = None,
) -> Changed:
    await _lock_orders(session, [line.line.id for line in lines])
    # What was read before the lock may be old: the lines are read again under it.
    fresh = await _lines(session, by.group_id, [line.line.id for line in lines])
    check(seen, now=mark_of(fresh))
    targets = [(line, _target(line, quantity_milli, price_cents)) for line in fresh]
    targets = [(line, target) for line, target in targets if target != line]
    if not targets:
        raise NothingToChange
    owed = await _owed(session, by.group_id, [line.line.id for line, _ in targets])
    first = owed[targets[0][0].line.id].order
    change = await _new_change(session, by.group_id, first.distribution_id, kind, by, product_id=product_id)
    corrected = []
    for line, target in targets:
        of = owed[line.line.id]
        transaction_id = await _post(session, of, line, target, by)
        corrected.append(await _correct(session, change, of, line, target, transaction_id))
    return Changed(change, tuple(corrected))


def _target(line: CurrentLine, quantity_milli: int | None, price_cents: int | None) -> CurrentLine:
    quantity = line.quantity_milli if quantity_milli is None else quantity_milli
    price = line.price_cents if price_cents is None else price_cents
    return CurrentLine(line.line, line.step, quantity, price, line_amount(price, quantity))


async def _post(
    session: AsyncSession, of: _Owed, before: CurrentLine, after: CurrentLine, by: Member
) -> int | None:
    """Posts a line's difference, where its order was debited."""
    difference = after.amount_cents - before.amount_cents
    if difference == 0 or not of.is_debited:
        return None
    debit, credit = (of.account_id, of.producer_id) if difference > 0 else (of.producer_id, of.account_id)
    entry = books.Entry(
        kind="correction",
        key=f"correction:{before.line.id}:{before.step + 1}",
        legs=[books.Leg(debit, credit, abs(difference))],
        subject=subject_of(Topic.ORDER, of.order.id),
        actor_id=by.id,
    )
    return (await books.post(session, of.order.group_id, entry)).transaction_id


async def _correct(
    session: AsyncSession,
    change: Change,
    of: _Owed,
    before: CurrentLine,
    after: CurrentLine,
    transaction_id: int | None,
) -> Corrected:
    correction = Correction(
        group_id=change.group_id,
        change_id=change.id,
        order_line_id=before.line.id,
        step=before.step + 1,
        quantity_milli=after.quantity_milli,
        price_cents=after.price_cents,
        amount_cents=after.amount_cents,
        transaction_id=transaction_id,
    )
    session.add(correction)
    await session.flush()
    balance = await payments.balance_of(session, of.member)
    return Corrected(before, _current(before.line, correction), of.order, of.member, balance)


async def _new_change(
    session: AsyncSession,
    group_id: int,
    distribution_id: int,
    kind: ChangeKind,
    by: Member,
    undoes_id: int | None = None,
    product_id: int | None = None,
) -> Change:
    change = Change(
        group_id=group_id,
        distribution_id=distribution_id,
        kind=kind,
        undoes_id=undoes_id,
        product_id=product_id,
        by_id=by.id,
        at=utc_now(),
    )
    session.add(change)
    await session.flush()
    return change


async def _line(session: AsyncSession, group_id: int, line_id: int) -> CurrentLine:
    found = await current_lines(session, OrderLine.id == line_id, OrderLine.group_id == group_id)
    if not found:
        raise NotFound("line", line_id)
    return found[0]


async def _lines(session: AsyncSession, group_id: int, line_ids: Sequence[int]) -> list[CurrentLine]:
    """These lines as they are now. Raises :class:`~ledger.errors.NotFound` when one of them is gone."""
    found = await current_lines(session, OrderLine.id.in_(line_ids), OrderLine.group_id == group_id)
    for gone in set(line_ids) - {line.line.id for line in found}:
        raise NotFound("line", gone)
    return found


async def _steps_before(session: AsyncSession, corrections: Sequence[Correction]) -> dict[int, Correction]:
    """The correction before each of these, where there is one, by the line's id."""
    before = aliased(Correction)
    statement = (
        select(before)
        .join(
            Correction,
            and_(Correction.order_line_id == before.order_line_id, Correction.step == before.step + 1),
        )
        .where(Correction.id.in_([one.id for one in corrections]))
    )
    return {one.order_line_id: one for one in (await session.execute(statement)).scalars()}


async def _standing_price(session: AsyncSession, change: Change) -> int:
    """What a unit of the product that a change was about costs at its distribution without it, in cents."""
    product = await session.get_one(Product, change.product_id)
    return (await day_prices(session, change.distribution_id)).get(product.id, product.price_cents)


async def _lock_distribution(session: AsyncSession, group_id: int, distribution_id: int) -> None:
    """Whoever confirms a basket holds it too: an order is at the price of before, and corrected, or at the new one."""
    statement = select(Distribution.id).where(
        Distribution.id == distribution_id, Distribution.group_id == group_id
    )
    await session.execute(statement.with_for_update(key_share=True))


async def _lock_orders(session: AsyncSession, line_ids: Sequence[int]) -> None:
    """Locks the orders of these lines, by id."""
    orders = select(OrderLine.order_id).where(OrderLine.id.in_(line_ids)).distinct()
    order_ids = (await session.execute(orders)).scalars().all()
    statement = select(Order.id).where(Order.id.in_(order_ids)).order_by(Order.id)
    await session.execute(statement.with_for_update(key_share=True))


async def _owed(session: AsyncSession, group_id: int, line_ids: Sequence[int]) -> dict[int, _Owed]:
    """By a line's id; locks the accounts, by id, so that nobody waits in a circle."""
    statement = (
        select(OrderLine.id, OrderLine.producer_id, Order, Member, Confirmation.method)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Member, Member.id == Order.member_id)
        .join(Confirmation, Confirmation.id == OrderLine.confirmation_id)
        .where(OrderLine.id.in_(line_ids))
    )
    found = (await session.execute(statement)).all()
    members = sorted({member.id for _, _, _, member, _ in found})
    producers = sorted({producer for _, producer, *_ in found})
    accounts = await books.account_ids(session, group_id, AccountKind.MEMBERS, members)
    of_producers = await books.account_ids(session, group_id, AccountKind.PRODUCERS, producers)
    await books.lock_accounts(session, [*accounts.values(), *of_producers.values()])
    return {
        line_id: _Owed(order, member, method is not None, accounts[member.id], of_producers[producer])
        for line_id, producer, order, member, method in found
    }


def _current(line: OrderLine, correction: Correction | None) -> CurrentLine:
    if correction is None:
        return CurrentLine(line, 0, line.quantity_milli, line.price_cents, line.amount_cents)
    return CurrentLine(
        line, correction.step, correction.quantity_milli, correction.price_cents, correction.amount_cents
    )
