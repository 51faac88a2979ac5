"""The verbs of baskets: open one for a distribution, change a quantity. How they are looked at: ``basket_views.py``.

A basket promises nothing: prices and stock count when it is confirmed. Where the group's payments are off (R1) and the
member already ordered, the basket starts from that order, and confirming it replaces the order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.catalogue.models import Product
from ledger.db import insert_or_meet, utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Group, Member
from ledger.names import by_name
from ledger.orders.basket_views import BasketView as BasketView
from ledger.orders.basket_views import ChosenLine, Opening, is_debited, opening
from ledger.orders.basket_views import view as view
from ledger.orders.corrections import day_price
from ledger.orders.models import Basket, BasketLine, Distribution, Order, OrderLine
from ledger.orders.validation import distribution_validation

MAX_QUANTITY = 1_000_000
"""A thousand units of one product in one basket, in thousandths."""


@dataclass(frozen=True, slots=True)
class ClosedDistribution:
    """What can be said of a distribution once its row is out of reach, as after a refusal."""

    id: int
    place: str
    starts_at: dt.datetime
    closes_at: dt.datetime


class OrdersClosed(LedgerError):
    """The distribution does not take orders now."""

    def __init__(self, distribution: Distribution) -> None:
        super().__init__()
        self.distribution = ClosedDistribution(
            distribution.id, distribution.place, distribution.starts_at, distribution.closes_at
        )


class InvalidQuantity(LedgerError):
    """Negative, too large, or a fraction of something that is sold whole."""

    def __init__(self, quantity_milli: int) -> None:
        super().__init__()
        self.quantity_milli = quantity_milli


async def open_basket(
    session: AsyncSession, member: Member, distribution: Distribution, *, by: Member | None = None
) -> BasketView:
    """Returns the member's open basket for a distribution, made if there is none; ``by``: who fills it, if not the member.

    Raises :class:`OrdersClosed`.
    """
    if not await takes_orders(session, distribution, by or member):
        raise OrdersClosed(distribution)
    return await basket_in(session, member, await opening(session, member, distribution))


async def basket_in(session: AsyncSession, member: Member, found: Opening) -> BasketView:
    """Returns the member's basket for a distribution that takes orders, made if there is none."""
    if found.basket is not None:
        return found.basket
    basket = Basket(
        group_id=member.group_id,
        member_id=member.id,
        distribution_id=found.distribution.id,
        created_at=utc_now(),
    )
    session.add(basket)
    await session.flush()
    if found.order is None or not found.is_replaceable:
        return found.with_basket(basket)
    await _copy_order(session, basket, found.order)
    return await view(session, basket)


def may_fill(by: Member, basket: Basket) -> bool:
    """Returns whether the basket is one's own or, for a coordinator, any member's of the group."""
    return basket.group_id == by.group_id and (basket.member_id == by.id or by.is_coordinator)


async def basket_filled_by(session: AsyncSession, by: Member, basket_id: int) -> Basket:
    """Returns a basket that :func:`may_fill` says one may fill. Raises :class:`~ledger.errors.NotFound`."""
    basket = await session.get(Basket, basket_id)
    if basket is None or not may_fill(by, basket):
        raise NotFound("basket", basket_id)
    return basket


async def takes_orders(session: AsyncSession, distribution: Distribution, by: Member) -> bool:
    """Returns whether ``by`` may order now: until closing, and a coordinator until the distribution is validated."""
    if distribution.is_open(utc_now()):
        return True
    if distribution.cancelled_at is not None or not by.is_coordinator:
        return False
    return await distribution_validation(session, distribution.id) is None


async def set_quantity(session: AsyncSession, basket: Basket, product: Product, quantity_milli: int) -> None:
    """Puts ``quantity_milli`` thousandths of a unit of a product in the basket; 0 takes it out."""
    whole = product.weighed or quantity_milli % 1000 == 0
    if not 0 <= quantity_milli <= MAX_QUANTITY or not whole:
        raise InvalidQuantity(quantity_milli)
    if product.group_id != basket.group_id:
        raise NotFound("product", product.id)
    if quantity_milli == 0:
        await session.execute(
            delete(BasketLine).where(BasketLine.basket_id == basket.id, BasketLine.product_id == product.id)
        )
        return
    insert = insert_or_meet(session, BasketLine).values(
        basket_id=basket.id, product_id=product.id, group_id=basket.group_id, quantity_milli=quantity_milli
    )
    await session.execute(
        insert.on_conflict_do_update(
            index_elements=["basket_id", "product_id"], set_={"quantity_milli": quantity_milli}
        )
    )


async def empty(session: AsyncSession, basket: Basket) -> None:
    """Takes everything out of the basket."""
    await session.execute(delete(BasketLine).where(BasketLine.basket_id == basket.id))


async def take_out_withdrawn(session: AsyncSession, basket: Basket) -> None:
    """Takes out what is no longer offered: :func:`view` does not show it, and with it nothing can be ordered."""
    offered = select(Product.id).where(Product.group_id == basket.group_id, Product.available)
    await session.execute(
        delete(BasketLine).where(
            BasketLine.basket_id == basket.id, BasketLine.product_id.not_in(offered.scalar_subquery())
        )
    )


async def chosen_lines(session: AsyncSession, basket: Basket) -> list[ChosenLine]:
    """Returns the lines of a basket by the products' names, no longer offered or not."""
    statement = (
        select(Product, BasketLine.quantity_milli, day_price(Basket.distribution_id, Product.id))
        .join(BasketLine, BasketLine.product_id == Product.id)
        .join(Basket, Basket.id == BasketLine.basket_id)
        .where(BasketLine.basket_id == basket.id)
        .order_by(Product.id)
    )
    chosen = [ChosenLine(*row) for row in await session.execute(statement)]
    return by_name(chosen, lambda line: line.product.name)


async def live_order(
    session: AsyncSession, member_id: int, distribution_id: int, *, lock: bool = False
) -> Order | None:
    """Returns the member's order for a distribution, if there is one."""
    statement = select(Order).where(
        Order.member_id == member_id, Order.distribution_id == distribution_id, Order.cancelled_at.is_(None)
    )
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def is_replaceable(session: AsyncSession, group: Group, order: Order) -> bool:
    """Returns whether the member may still change or cancel the order: payments are off, nothing of it was debited
    (R1, R7)."""
    if group.payments_enabled:
        return False
    return not (await session.execute(select(is_debited(literal(order.id))))).scalar_one()


async def lines_of(session: AsyncSession, order: Order) -> Sequence[OrderLine]:
    """Returns an order's lines, in the order they were added."""
    statement = select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.id)
    return (await session.execute(statement)).scalars().all()


async def _copy_order(session: AsyncSession, basket: Basket, order: Order) -> None:
    for line in await lines_of(session, order):
        session.add(
            BasketLine(
                basket_id=basket.id,
                product_id=line.product_id,
                group_id=basket.group_id,
                quantity_milli=line.quantity_milli,
            )
        )
    await session.flush()
