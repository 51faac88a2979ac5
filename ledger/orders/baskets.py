"""The verbs of baskets: open one for a distribution, change a quantity, look at it.

A basket promises nothing: prices and stock count when it is confirmed. Where the group's payments are off (R1) and the
member already ordered, the basket starts from that order, and confirming it replaces the order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.catalogue.models import Product
from ledger.db import insert_or_meet, utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Group, Member
from ledger.money import line_amount
from ledger.names import by_name
from ledger.orders.corrections import day_prices
from ledger.orders.models import Basket, BasketLine, Confirmation, Distribution, Order, OrderLine
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


@dataclass(frozen=True, slots=True)
class ChosenLine:
    """A product in a basket, its quantity in thousandths of the unit, and what that costs at today's price.

    ``day_price_cents``: what a unit costs at the distribution, where that was corrected for everybody there.
    """

    product: Product
    quantity_milli: int
    day_price_cents: int | None = None

    @property
    def price_cents(self) -> int:
        """What a unit costs."""
        return self.product.price_cents if self.day_price_cents is None else self.day_price_cents

    @property
    def is_short(self) -> bool:
        """Whether less is left than the basket holds."""
        left = self.product.stock_milli
        return left is not None and left < self.quantity_milli

    @property
    def amount_cents(self) -> int:
        """Rounded half up, as it will be on the order."""
        return line_amount(self.price_cents, self.quantity_milli)


@dataclass(frozen=True, slots=True)
class BasketView:
    """A basket, its distribution and its lines by product name; ``order``: what the member already ordered there.

    ``replaces``: the basket stands for the whole of that order and takes its place (R1); else it adds to it (R7).
    ``day_prices``: what products cost at this distribution, by their ids, where that was corrected for everybody there.
    """

    basket: Basket
    distribution: Distribution
    lines: tuple[ChosenLine, ...]
    order: Order | None
    replaces: bool = False
    day_prices: Mapping[int, int] = field(default_factory=dict)

    @property
    def adds(self) -> bool:
        """Whether it adds to an order that stays as it is."""
        return self.order is not None and not self.replaces

    @property
    def total_cents(self) -> int:
        """Σ of the lines."""
        return sum(line.amount_cents for line in self.lines)

    def price_of(self, product: Product) -> int:
        """What a unit costs here, in cents."""
        return self.day_prices.get(product.id, product.price_cents)

    def quantity_of(self, product_id: int) -> int:
        """Thousandths of a unit, 0 when it is not in the basket."""
        return next((line.quantity_milli for line in self.lines if line.product.id == product_id), 0)


async def open_basket(
    session: AsyncSession,
    group: Group,
    member: Member,
    distribution: Distribution,
    *,
    by: Member | None = None,
) -> Basket:
    """The member's open basket for a distribution, made if there is none; ``by``: who fills it, if not the member.

    Raises :class:`OrdersClosed`.
    """
    if not await takes_orders(session, distribution, by or member):
        raise OrdersClosed(distribution)
    existing = await _find_open(session, member.id, distribution.id)
    if existing is not None:
        return existing
    basket = Basket(
        group_id=group.id, member_id=member.id, distribution_id=distribution.id, created_at=utc_now()
    )
    session.add(basket)
    await session.flush()
    order = await live_order(session, member.id, distribution.id)
    if order is not None and await is_replaceable(session, group, order):
        await _copy_order(session, basket, order)
    return basket


async def latest_open_basket(session: AsyncSession, member: Member) -> Basket | None:
    """The basket the member was last filling for a distribution that still takes orders."""
    now = utc_now()
    statement = (
        select(Basket)
        .join(Distribution, Distribution.id == Basket.distribution_id)
        .where(
            Basket.member_id == member.id,
            Basket.closed_at.is_(None),
            Distribution.opens_at <= now,
            Distribution.closes_at > now,
            Distribution.cancelled_at.is_(None),
        )
        .order_by(Basket.id.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def get_basket(session: AsyncSession, member: Member, basket_id: int, *, lock: bool = False) -> Basket:
    """A basket of this member, or :class:`~ledger.errors.NotFound`."""
    statement = select(Basket).where(Basket.id == basket_id, Basket.member_id == member.id)
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    basket = (await session.execute(statement)).scalar_one_or_none()
    if basket is None:
        raise NotFound("basket", basket_id)
    return basket


async def basket_filled_by(session: AsyncSession, by: Member, basket_id: int) -> Basket:
    """A basket of one's own or, for a coordinator, of any member of the group; else :class:`~ledger.errors.NotFound`."""
    basket = await session.get(Basket, basket_id)
    if basket is None or basket.group_id != by.group_id:
        raise NotFound("basket", basket_id)
    if basket.member_id != by.id and not by.is_coordinator:
        raise NotFound("basket", basket_id)
    return basket


async def takes_orders(session: AsyncSession, distribution: Distribution, by: Member) -> bool:
    """Whether ``by`` may order now: until closing, and a coordinator until the distribution is validated."""
    if distribution.is_open(utc_now()):
        return True
    if distribution.cancelled_at is not None or not by.is_coordinator:
        return False
    return await distribution_validation(session, distribution.id) is None


async def set_quantity(session: AsyncSession, basket: Basket, product: Product, quantity_milli: int) -> None:
    """Put ``quantity_milli`` thousandths of a unit of a product in the basket; 0 takes it out."""
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
    """Take everything out of the basket."""
    await session.execute(delete(BasketLine).where(BasketLine.basket_id == basket.id))


async def take_out_withdrawn(session: AsyncSession, basket: Basket) -> None:
    """Take out what is no longer offered: :func:`view` does not show it, and with it nothing can be ordered."""
    offered = select(Product.id).where(Product.group_id == basket.group_id, Product.available)
    await session.execute(
        delete(BasketLine).where(
            BasketLine.basket_id == basket.id, BasketLine.product_id.not_in(offered.scalar_subquery())
        )
    )


async def view(session: AsyncSession, basket: Basket) -> BasketView:
    """The basket with its lines at today's prices. Products no longer offered are left out."""
    distribution = await session.get(Distribution, basket.distribution_id)
    assert distribution is not None
    lines = await chosen_lines(session, basket)
    order = await live_order(session, basket.member_id, basket.distribution_id)
    group = await session.get_one(Group, basket.group_id)
    replaces = order is not None and await is_replaceable(session, group, order)
    offered = tuple(line for line in lines if line.product.available)
    prices = await day_prices(session, distribution.id)
    return BasketView(basket, distribution, offered, order, replaces, prices)


async def chosen_lines(session: AsyncSession, basket: Basket, *, lock: bool = False) -> list[ChosenLine]:
    """The lines of a basket; ``lock`` locks their products in the order of their ids and reads them afterwards."""
    statement = (
        select(Product, BasketLine.quantity_milli)
        .join(BasketLine, BasketLine.product_id == Product.id)
        .where(BasketLine.basket_id == basket.id)
        .order_by(Product.id)
    )
    if lock:
        statement = statement.with_for_update(of=Product, key_share=True)
        statement = statement.execution_options(populate_existing=True)
    rows = (await session.execute(statement)).all()
    prices = await day_prices(session, basket.distribution_id)
    chosen = [ChosenLine(product, quantity, prices.get(product.id)) for product, quantity in rows]
    return by_name(chosen, lambda line: line.product.name)


async def live_order(
    session: AsyncSession, member_id: int, distribution_id: int, *, lock: bool = False
) -> Order | None:
    """The member's order for a distribution, if there is one."""
    statement = select(Order).where(
        Order.member_id == member_id, Order.distribution_id == distribution_id, Order.cancelled_at.is_(None)
    )
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def is_replaceable(session: AsyncSession, group: Group, order: Order) -> bool:
    """Whether the member may still change or cancel the order: payments are off, nothing of it was debited (R1, R7)."""
    if group.payments_enabled:
        return False
    statement = select(Confirmation.id).where(
        Confirmation.order_id == order.id, Confirmation.transaction_id.is_not(None)
    )
    return (await session.execute(statement.limit(1))).scalar_one_or_none() is None


async def lines_of(session: AsyncSession, order: Order) -> Sequence[OrderLine]:
    """An order's lines, in the order they were added."""
    statement = select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.id)
    return (await session.execute(statement)).scalars().all()


async def _find_open(session: AsyncSession, member_id: int, distribution_id: int) -> Basket | None:
    statement = select(Basket).where(
        Basket.member_id == member_id, Basket.distribution_id == distribution_id, Basket.closed_at.is_(None)
    )
    return (await session.execute(statement)).scalar_one_or_none()


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
