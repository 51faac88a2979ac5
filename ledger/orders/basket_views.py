"""Baskets as people look at them: one statement brings a basket with all that its screens show.

Nothing is decided here: whoever confirms reads again under the locks (``service.py``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import cast

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.catalogue.models import Producer, Product
from ledger.catalogue.service import ProducerProducts, by_producer, get_product
from ledger.db import UtcDateTime, utc_now
from ledger.errors import NotFound
from ledger.groups.models import Group, Member
from ledger.money import line_amount
from ledger.names import by_name
from ledger.orders.corrections import Whose, day_price
from ledger.orders.models import Basket, BasketLine, Confirmation, Distribution, Order


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
    ``day_prices``: what products cost at this distribution, by their ids, where that was corrected for everybody there: of
    the basket's own, and of everything on offer once :func:`shop` looked.
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
        """Returns what a unit costs here, in cents."""
        return self.day_prices.get(product.id, product.price_cents)

    def quantity_of(self, product_id: int) -> int:
        """Returns how much of a product the basket holds, in thousandths of a unit; 0 when it is not in the basket."""
        return next((line.quantity_milli for line in self.lines if line.product.id == product_id), 0)

    def holding(self, product: Product, quantity_milli: int) -> BasketView:
        """Returns the basket once it was made to hold so much of a product (which is not seen where it is not offered)."""
        lines = [line for line in self.lines if line.product.id != product.id]
        if quantity_milli and product.available:
            lines.append(ChosenLine(product, quantity_milli, self.day_prices.get(product.id)))
        return replace(self, lines=tuple(by_name(lines, lambda line: line.product.name)))


@dataclass(frozen=True, slots=True)
class Shop:
    """A basket before everything that can be put into it, by producer and name."""

    view: BasketView
    catalogue: Sequence[ProducerProducts]

    async def product(self, session: AsyncSession, product_id: int) -> Product:
        """Returns a product of the group, on offer or not. Raises :class:`~ledger.errors.NotFound`."""
        for producer in self.catalogue:
            for product in producer.products:
                if product.id == product_id:
                    return product
        return await get_product(session, self.view.basket.group_id, product_id)

    def holding(self, product: Product, quantity_milli: int) -> Shop:
        """As :meth:`BasketView.holding`."""
        return replace(self, view=self.view.holding(product, quantity_milli))


@dataclass(frozen=True, slots=True)
class Opening:
    """A distribution and what a member has there: an open basket, or none yet, and an order.

    ``is_replaceable``: the order may still be changed or cancelled by its member (R1).
    """

    distribution: Distribution
    order: Order | None
    is_replaceable: bool
    basket: BasketView | None

    def with_basket(self, basket: Basket) -> BasketView:
        """Puts a new, empty basket in the place."""
        return BasketView(basket, self.distribution, (), self.order, self.is_replaceable)


async def find(session: AsyncSession, basket_id: int) -> BasketView | None:
    """Finds the basket at today's prices, whoever it belongs to. Products no longer offered are left out."""
    rows = (await session.execute(_BY_ID, {"basket_id": basket_id})).all()
    return _opening(rows).basket if rows else None


async def get(session: AsyncSession, basket_id: int) -> BasketView:
    """Finds (:func:`find`) a basket that is there. Raises :class:`~ledger.errors.NotFound`."""
    found = await find(session, basket_id)
    if found is None:
        raise NotFound("basket", basket_id)
    return found


async def view(session: AsyncSession, basket: Basket) -> BasketView:
    """Returns the view of a basket at hand, as :func:`get` does."""
    return await get(session, basket.id)


async def opening(session: AsyncSession, member: Member, distribution: Distribution) -> Opening:
    """Returns what the member has at a distribution."""
    values = {"member_id": member.id, "distribution_id": distribution.id}
    return _opening((await session.execute(_AT_DISTRIBUTION, values)).all())


async def openings(session: AsyncSession, member: Member) -> list[Opening]:
    """Returns the distributions of the member's group that take orders now, the nearest first, with what the member
    has there."""
    values = {"member_id": member.id, "group_id": member.group_id, "now": utc_now()}
    rows = await session.execute(_WHERE_OPEN, values)
    return [_opening(list(some)) for _, some in groupby(rows, lambda row: row[0].id)]


async def latest(session: AsyncSession, member: Member) -> BasketView | None:
    """Returns the basket the member was last filling for a distribution that still takes orders."""
    views = [one.basket for one in await openings(session, member) if one.basket is not None]
    return max(views, key=lambda view: view.basket.id, default=None)


async def shop(session: AsyncSession, view: BasketView) -> Shop:
    """Returns everything that can be ordered now, at this distribution's prices, for a basket to be filled from."""
    values = {"group_id": view.basket.group_id, "distribution_id": view.basket.distribution_id}
    rows = (await session.execute(_ON_OFFER, values)).all()
    prices = {product.id: price for _, product, price in rows if price is not None}
    catalogue = by_producer((producer, product) for producer, product, _ in rows)
    return Shop(replace(view, day_prices={**view.day_prices, **prices}), catalogue)


def is_debited(order_id: Whose) -> ColumnElement[bool]:
    """Returns whether an account moved for an order, as a column: then it stays as it is (R1, R7)."""
    return exists().where(Confirmation.order_id == order_id, Confirmation.transaction_id.is_not(None))


_Looked = Row[Distribution, Order | None, bool, bool, Basket | None, Product | None, int | None, int | None]
_Looking = Select[
    Distribution, Order | None, bool, bool, Basket | None, Product | None, int | None, int | None
]


def _opening(rows: Sequence[_Looked]) -> Opening:
    """From the rows of one distribution: a row a product in the basket, or one where nothing is in it."""
    distribution, order, payments_enabled, debited, basket, *_ = rows[0]
    replaceable = order is not None and not payments_enabled and not debited
    if basket is None:
        return Opening(distribution, order, replaceable, None)
    lines = by_name(
        (
            ChosenLine(product, quantity, price)
            for *_, product, quantity, price in rows
            if product is not None and quantity is not None and product.available
        ),
        lambda line: line.product.name,
    )
    prices = {line.product.id: line.day_price_cents for line in lines if line.day_price_cents is not None}
    view = BasketView(basket, distribution, tuple(lines), order, replaceable, prices)
    return Opening(distribution, order, replaceable, view)


def _looked_at(is_basket: ColumnElement[bool], member_id: Whose, *, outer: bool) -> _Looking:
    """``outer``: where there is no such basket, the distribution comes alone."""
    is_order = and_(
        Order.member_id == member_id, Order.distribution_id == Distribution.id, Order.cancelled_at.is_(None)
    )
    looked = (
        select(
            Distribution,
            Order,
            Group.payments_enabled,
            is_debited(Order.id),
            Basket,
            Product,
            BasketLine.quantity_milli,
            day_price(Distribution.id, Product.id),
        )
        .select_from(Distribution)
        .join(Group, Group.id == Distribution.group_id)
        .join(Basket, and_(Basket.distribution_id == Distribution.id, is_basket), isouter=outer)
        .outerjoin(Order, is_order)
        .outerjoin(BasketLine, BasketLine.basket_id == Basket.id)
        .outerjoin(Product, Product.id == BasketLine.product_id)
    )
    return cast(_Looking, looked)


# Built once: putting a statement together costs more than SQLite takes to run it.
_MEMBER: BindParameter[int] = bindparam("member_id")
_NOW: BindParameter[dt.datetime] = bindparam("now", type_=UtcDateTime())
_DISTRIBUTION: BindParameter[int] = bindparam("distribution_id")
_IS_OPEN = and_(Basket.member_id == _MEMBER, Basket.closed_at.is_(None))
_BY_ID = _looked_at(Basket.id == bindparam("basket_id"), Basket.member_id, outer=False).order_by(Product.id)
_AT_DISTRIBUTION = (
    _looked_at(_IS_OPEN, _MEMBER, outer=True).where(Distribution.id == _DISTRIBUTION).order_by(Product.id)
)
_WHERE_OPEN = (
    _looked_at(_IS_OPEN, _MEMBER, outer=True)
    .where(
        Distribution.group_id == bindparam("group_id"),
        Distribution.opens_at <= _NOW,
        Distribution.closes_at > _NOW,
        Distribution.cancelled_at.is_(None),
    )
    .order_by(Distribution.starts_at, Distribution.id, Product.id)
)
_ON_OFFER = (
    select(Producer, Product, day_price(_DISTRIBUTION, Product.id))
    .join(Product, Product.producer_id == Producer.id)
    .where(Product.group_id == bindparam("group_id"), Product.available)
    .order_by(Producer.id, Product.id)
)
