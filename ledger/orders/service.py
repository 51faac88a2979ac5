"""The verbs of orders: confirm a basket with its payment choice, in one transaction (R9); list; cancel where allowed.

Locks are taken in one order everywhere: the basket, the distribution, the orders, the products, the payments, the
accounts; several of a kind by id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.catalogue.models import Product
from ledger.db import utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Group, Member, Method
from ledger.names import by_name
from ledger.orders.basket_views import ChosenLine
from ledger.orders.baskets import OrdersClosed, chosen_lines, is_replaceable, lines_of, takes_orders
from ledger.orders.charging import (
    Debt,
    check_method,
    check_rest,
    credit_part,
    per_producer,
    post_debt,
    require_credit,
    required_credit,
)
from ledger.orders.charging import InvalidSplit as InvalidSplit
from ledger.orders.charging import MethodNotOffered as MethodNotOffered
from ledger.orders.charging import NotEnoughCredit as NotEnoughCredit
from ledger.orders.corrections import CurrentLine, current_lines
from ledger.orders.models import Basket, Confirmation, Distribution, Order, OrderLine
from ledger.orders.order_locks import lock_basket, lock_lines, lock_order
from ledger.payments import service as payments
from ledger.payments.card.checkouts import taken_back
from ledger.payments.models import Payment


class EmptyBasket(LedgerError):
    """There is nothing to order."""


class AlreadyConfirmed(LedgerError):
    """The basket was confirmed before; ``confirmation_id`` is what it became."""

    def __init__(self, confirmation_id: int) -> None:
        super().__init__()
        self.confirmation_id = confirmation_id


class PriceChanged(LedgerError):
    """The total is not the one the member agreed to, in cents."""

    def __init__(self, shown: int, now: int) -> None:
        super().__init__()
        self.shown = shown
        self.now = now


class OutOfStock(LedgerError):
    """Less of a product is left (thousandths of a unit) than the basket holds."""

    def __init__(self, product: str, left_milli: int) -> None:
        super().__init__()
        self.product = product
        self.left_milli = left_milli


class NoLongerOffered(LedgerError):
    """A product of the basket was withdrawn."""

    def __init__(self, product: str) -> None:
        super().__init__()
        self.product = product


class OrderFixed(LedgerError):
    """The order cannot be cancelled by its member any more."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmed basket became. ``is_addition``: the order existed before. ``standing``: the member's, after it.

    ``replaces``: it took the place of that order (R1).
    """

    order: Order
    confirmation: Confirmation
    payment: Payment | None
    lines: tuple[OrderLine, ...]
    distribution: Distribution
    is_addition: bool
    standing: payments.Standing
    replaces: bool = False

    @property
    def balance_cents(self) -> int:
        """The member's balance after it, in cents."""
        return self.standing.balance_cents

    @property
    def adds(self) -> bool:
        """Whether it was added to an order that stays as it was."""
        return self.is_addition and not self.replaces


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as its member sees it, its lines as they are now.

    ``taken_back``: what a bank took back of a payment by card, in cents by its id.
    """

    order: Order
    distribution: Distribution
    current: tuple[CurrentLine, ...]
    confirmations: tuple[tuple[Confirmation, Payment | None], ...]
    taken_back: Mapping[int, int]

    @property
    def is_debited(self) -> bool:
        """Whether an account moved for it: then it stays as it is (R1, R7)."""
        return any(choice.transaction_id is not None for choice, _ in self.confirmations)

    @property
    def total_cents(self) -> int:
        """Σ of the lines as they are now."""
        return sum(line.amount_cents for line in self.current)


async def confirm(
    session: AsyncSession,
    group: Group,
    member: Member,
    basket_id: int,
    method: Method | None,
    *,
    agreed_cents: int | None = None,
    credit_cents: int = 0,
    by: Member | None = None,
) -> Confirmed:
    """Turns a basket into an order (or an addition to one), with its debt, payment and reference: all of it or nothing.

    ``method`` is none where the group's payments are off, and only there. ``agreed_cents`` is the total the member saw.
    ``credit_cents``: what of it member credit pays (more than nothing, less than the total), and ``method`` the rest (B4).
    ``by``: the coordinator who orders for the member, also after closing, until the distribution is validated.
    Raises, with nothing written: :class:`AlreadyConfirmed`, :class:`EmptyBasket`, :class:`OrdersClosed`,
    :class:`PriceChanged`, :class:`OutOfStock`, :class:`NoLongerOffered`, :class:`MethodNotOffered`,
    :class:`InvalidSplit`, :class:`NotEnoughCredit`.
    """
    basket, distribution = await lock_basket(session, member, basket_id)
    if basket.closed_at is not None:
        raise AlreadyConfirmed(await _confirmation_of(session, basket))
    if not await takes_orders(session, distribution, by or member):
        raise OrdersClosed(distribution)
    # Only now is it known what the basket stands for: switching the group's payments turns it over under its lock.
    before = await lock_order(session, member, distribution)
    check_method(group, method, credit_cents)
    replaced = None if group.payments_enabled or before.is_debited else before.order
    given_back = await _given_back(session, replaced, basket)
    chosen = await lock_lines(session, basket)
    total = _check_lines(chosen.lines, given_back, agreed_cents)
    credit = credit_part(method, credit_cents, total)
    check_rest(group, method, total - credit)
    owed = per_producer(chosen.lines) if method is not None else {}
    debt = Debt(before.account, chosen.accounts, owed, required_credit(group, method, credit))
    if debt.within_cents:
        await require_credit(session, debt)
    order = before.order
    if replaced is not None:
        await _cancel(session, replaced)
        order = None
    confirmation = Confirmation(
        group_id=group.id, basket_id=basket.id, method=method, amount_cents=total, credit_cents=credit
    )
    placed = await _place(session, member, distribution, order, confirmation, debt, by or member)
    lines = _write_lines(session, confirmation, chosen.lines)
    basket.closed_at = confirmation.confirmed_at
    await session.flush()
    standing = await payments.standing(session, member)
    is_addition = before.order is not None
    return Confirmed(*placed, lines, distribution, is_addition, standing, replaces=replaced is not None)


async def _place(
    session: AsyncSession,
    member: Member,
    distribution: Distribution,
    order: Order | None,
    confirmation: Confirmation,
    debt: Debt,
    by: Member,
) -> tuple[Order, Confirmation, Payment | None]:
    """Writes the confirmation, with the debt it posts and the payment it expects; ``order``: what it adds to."""
    kind = "order" if order is None else "addition"
    if order is None:
        order = Order(
            group_id=member.group_id,
            member_id=member.id,
            distribution_id=distribution.id,
            created_at=utc_now(),
        )
        session.add(order)
        await session.flush()
    confirmation.order_id = order.id
    confirmation.transaction_id = await post_debt(
        session,
        member,
        debt,
        kind=kind,
        key=f"basket:{confirmation.basket_id}",
        order_id=order.id,
        actor_id=by.id,
    )
    rest = confirmation.amount_cents - confirmation.credit_cents
    payment = None
    if confirmation.method is not None and rest:
        payment = await payments.expect(session, member, confirmation.method, rest, order.id)
        confirmation.payment_id = payment.id
    confirmation.confirmed_at = utc_now()
    session.add(confirmation)
    await session.flush()
    return order, confirmation, payment


async def confirmed(session: AsyncSession, member: Member, confirmation_id: int) -> Confirmed:
    """Returns what an earlier confirmation made, to show its receipt again."""
    confirmation = await session.get(Confirmation, confirmation_id)
    if confirmation is None or confirmation.group_id != member.group_id:
        raise NotFound("confirmation", confirmation_id)
    order = await get_order(session, member.group_id, confirmation.order_id)
    if order.member_id != member.id:
        raise NotFound("confirmation", confirmation_id)
    distribution = await session.get(Distribution, order.distribution_id)
    assert distribution is not None
    payment = await session.get(Payment, confirmation.payment_id) if confirmation.payment_id else None
    lines = [line for line in await lines_of(session, order) if line.confirmation_id == confirmation.id]
    first = select(func.min(Confirmation.id)).where(Confirmation.order_id == order.id)
    is_addition = (await session.execute(first)).scalar_one() != confirmation.id
    standing = await payments.standing(session, member)
    return Confirmed(order, confirmation, payment, tuple(lines), distribution, is_addition, standing)


async def cancel(session: AsyncSession, group: Group, member: Member, order_id: int) -> Order:
    """Cancels an order where the group's payments are off (R1), before closing; the stock goes back.

    Raises :class:`OrderFixed`, :class:`OrdersClosed`, :class:`~ledger.errors.NotFound`.
    """
    statement = (
        select(Order)
        .where(Order.id == order_id, Order.member_id == member.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    order = (await session.execute(statement)).scalar_one_or_none()
    if order is None or order.cancelled_at is not None:
        raise NotFound("order", order_id)
    distribution = await session.get(Distribution, order.distribution_id)
    assert distribution is not None
    if not distribution.is_open(utc_now()):
        raise OrdersClosed(distribution)
    if not await is_replaceable(session, group, order):
        raise OrderFixed
    await _cancel(session, order)
    return order


async def get_order(session: AsyncSession, group_id: int, order_id: int) -> Order:
    """Returns an order of this group. Raises :class:`~ledger.errors.NotFound`."""
    order = await session.get(Order, order_id)
    if order is None or order.group_id != group_id:
        raise NotFound("order", order_id)
    return order


async def orders_of(session: AsyncSession, member: Member, limit: int = 5) -> list[OrderView]:
    """Returns a member's orders, the latest distribution first."""
    statement = (
        select(Order, Distribution)
        .join(Distribution, Distribution.id == Order.distribution_id)
        .where(Order.member_id == member.id, Order.cancelled_at.is_(None))
        .order_by(Distribution.starts_at.desc(), Order.id.desc())
        .limit(limit)
    )
    return await _views(session, [(row[0], row[1]) for row in await session.execute(statement)])


async def _views(session: AsyncSession, found: Sequence[tuple[Order, Distribution]]) -> list[OrderView]:
    """Orders with their lines and their payment choices, asked together."""
    ids = [order.id for order, _ in found]
    statement = (
        select(Confirmation, Payment)
        .outerjoin(Payment, Payment.id == Confirmation.payment_id)
        .where(Confirmation.order_id.in_(ids))
        .order_by(Confirmation.id)
    )
    choices: dict[int, list[tuple[Confirmation, Payment | None]]] = defaultdict(list)
    for confirmation, payment in await session.execute(statement):
        choices[confirmation.order_id].append((confirmation, payment))
    current: dict[int, list[CurrentLine]] = defaultdict(list)
    for line in await current_lines(session, OrderLine.order_id.in_(ids)):
        current[line.line.order_id].append(line)
    paid = [payment.id for some in choices.values() for _, payment in some if payment is not None]
    taken = await taken_back(session, paid)
    return [
        OrderView(order, distribution, tuple(current[order.id]), tuple(choices[order.id]), taken)
        for order, distribution in found
    ]


def _check_lines(lines: Sequence[ChosenLine], given_back: Mapping[int, int], agreed_cents: int | None) -> int:
    if not lines:
        raise EmptyBasket
    for line in lines:
        product = line.product
        if not product.available:
            raise NoLongerOffered(product.name)
        left = product.left_with(given_back.get(product.id, 0))
        if left is not None and left < line.quantity_milli:
            raise OutOfStock(product.name, left)
    total = sum(line.amount_cents for line in lines)
    if agreed_cents is not None and agreed_cents != total:
        raise PriceChanged(agreed_cents, total)
    return total


def _write_lines(
    session: AsyncSession, confirmation: Confirmation, lines: Sequence[ChosenLine]
) -> tuple[OrderLine, ...]:
    """To be flushed: the lines, and what they leave of the products."""
    written = []
    for line in lines:
        product = line.product
        if product.stock_milli is not None:
            product.stock_milli -= line.quantity_milli
        written.append(
            OrderLine(
                group_id=confirmation.group_id,
                order_id=confirmation.order_id,
                confirmation_id=confirmation.id,
                product_id=product.id,
                producer_id=product.producer_id,
                product_name=product.name,
                unit=product.unit,
                price_cents=line.price_cents,
                vat_rate=product.vat_rate,
                quantity_milli=line.quantity_milli,
                amount_cents=line.amount_cents,
            )
        )
    session.add_all(written)
    return tuple(by_name(written, lambda line: line.product_name))


async def _confirmation_of(session: AsyncSession, basket: Basket) -> int:
    statement = select(Confirmation.id).where(Confirmation.basket_id == basket.id)
    return (await session.execute(statement)).scalar_one()


async def _given_back(session: AsyncSession, replaced: Order | None, basket: Basket) -> dict[int, int]:
    """What a replaced order gives back of each product: where payments are off, the basket stands for the whole order.

    Its products and the basket's are locked together, in the order of their ids.
    """
    quantities: dict[int, int] = defaultdict(int)
    if replaced is not None:
        for line in await lines_of(session, replaced):
            quantities[line.product_id] += line.quantity_milli
        wanted = [line.product.id for line in await chosen_lines(session, basket)]
        await _lock_products(session, {*quantities, *wanted})
    return quantities


async def _lock_products(session: AsyncSession, ids: Collection[int]) -> dict[int, Product]:
    statement = (
        select(Product)
        .where(Product.id.in_(ids))
        .order_by(Product.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {product.id: product for product in (await session.execute(statement)).scalars()}


async def _cancel(session: AsyncSession, order: Order) -> None:
    lines = await lines_of(session, order)
    products = await _lock_products(session, {line.product_id for line in lines})
    for line in lines:
        products[line.product_id].give_back(line.quantity_milli)
    order.cancelled_at = utc_now()
    await session.flush()
