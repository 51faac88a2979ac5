"""« Like last time »: a basket is filled with what the member ordered last, as far as it can still be had.

Doing it again changes nothing: what is in the basket already stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.catalogue.models import Product
from ledger.names import by_name
from ledger.orders.baskets import MAX_QUANTITY, chosen_lines, lines_of, set_quantity
from ledger.orders.corrections import day_prices
from ledger.orders.models import Basket, Distribution, Order, OrderLine


@dataclass(frozen=True, slots=True)
class Wanted:
    """A product of last time: how it was ordered then (the last line of it), and how much of it in all, in thousandths.

    ``price_cents``: what a unit costs now.
    """

    product: Product
    then: OrderLine
    quantity_milli: int
    price_cents: int

    @property
    def is_changed(self) -> bool:
        """Whether it costs something else now, or is sold by another unit."""
        return (self.price_cents, self.product.unit) != (self.then.price_cents, self.then.unit)

    @property
    def available_milli(self) -> int:
        """How much of it can be had now."""
        left = self.product.stock_milli if self.product.available else 0
        quantity = self.quantity_milli if left is None else min(self.quantity_milli, left)
        return min(quantity if self.product.weighed else quantity // 1000 * 1000, MAX_QUANTITY)


@dataclass(frozen=True, slots=True)
class Repeated:
    """What was taken over from the order for an earlier (or another) distribution."""

    distribution: Distribution
    wanted: tuple[Wanted, ...]


async def last_time(session: AsyncSession, basket: Basket) -> tuple[Order, Distribution] | None:
    """Returns the member's last order that is for another distribution than the basket's, if there was one."""
    statement = (
        select(Order, Distribution)
        .join(Distribution, Distribution.id == Order.distribution_id)
        .where(
            Order.member_id == basket.member_id,
            Order.distribution_id != basket.distribution_id,
            Order.cancelled_at.is_(None),
        )
        .order_by(Order.id.desc())
        .limit(1)
    )
    row = (await session.execute(statement)).first()
    return None if row is None else (row[0], row[1])


async def repeat(session: AsyncSession, basket: Basket) -> Repeated | None:
    """Puts into the basket what the member ordered last time and can still be had; none: there was no last time."""
    await session.execute(select(Basket.id).where(Basket.id == basket.id).with_for_update(key_share=True))
    found = await last_time(session, basket)
    if found is None:
        return None
    order, distribution = found
    wanted = await _wanted(session, order, await day_prices(session, basket.distribution_id))
    chosen = {line.product.id for line in await chosen_lines(session, basket)}
    for one in wanted:
        if one.product.id not in chosen and one.available_milli > 0:
            await set_quantity(session, basket, one.product, one.available_milli)
    return Repeated(distribution, wanted)


async def _wanted(session: AsyncSession, order: Order, prices: Mapping[int, int]) -> tuple[Wanted, ...]:
    """What was ordered, additions included, by the products' names; ``prices``: what costs something else that day."""
    lines: dict[int, OrderLine] = {}
    quantities: dict[int, int] = defaultdict(int)
    for line in await lines_of(session, order):
        lines[line.product_id] = line
        quantities[line.product_id] += line.quantity_milli
    statement = select(Product).where(Product.id.in_(lines)).order_by(Product.id)
    found = (await session.execute(statement.execution_options(populate_existing=True))).scalars()
    return tuple(
        Wanted(
            product, lines[product.id], quantities[product.id], prices.get(product.id, product.price_cents)
        )
        for product in by_name(found, lambda product: product.name)
    )
