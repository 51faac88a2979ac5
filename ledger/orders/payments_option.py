"""The group's payments are switched on or off (R1) while orders stand and baskets are open.

What was debited stays debited, what was not is never debited afterwards. Where payments are off, the basket of who has
ordered stands for the whole of that order; where they are on, it adds to it. So switching turns the open baskets over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.catalogue.models import Product
from ledger.groups import service as groups
from ledger.groups.models import Group
from ledger.orders.baskets import MAX_QUANTITY, set_quantity
from ledger.orders.models import Basket, BasketLine, Confirmation, Order, OrderLine


async def switch_payments(session: AsyncSession, group: Group, enabled: bool) -> None:
    """Switches the group's payments on or off; nothing happens where they are so already."""
    locking = select(Group).where(Group.id == group.id).with_for_update(key_share=True)
    await session.execute(locking.execution_options(populate_existing=True))
    if group.payments_enabled == enabled:
        return
    locked = (
        select(Basket)
        .where(Basket.group_id == group.id, Basket.closed_at.is_(None))
        .order_by(Basket.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    baskets = (await session.execute(locked)).scalars().all()
    ordered = await _ordered_and_not_debited(session, [basket.id for basket in baskets])
    chosen = await _chosen(session, list(ordered))
    products = await _products(session, ordered)
    for basket in baskets:
        for product_id, quantity in sorted(ordered.get(basket.id, {}).items()):
            wanted = chosen.get((basket.id, product_id), 0) + (-quantity if enabled else quantity)
            kept = min(max(wanted, 0), MAX_QUANTITY)
            await set_quantity(session, basket, products[product_id], kept)
    await groups.set_option(session, group, "payments_enabled", enabled)


async def _ordered_and_not_debited(
    session: AsyncSession, basket_ids: Sequence[int]
) -> dict[int, dict[int, int]]:
    """What the baskets' members ordered there, by basket and product; nothing where an account moved for it, since that
    order is fixed."""
    statement = (
        select(Basket.id, OrderLine.product_id, OrderLine.quantity_milli, Confirmation.transaction_id)
        .join(
            Order,
            and_(
                Order.member_id == Basket.member_id,
                Order.distribution_id == Basket.distribution_id,
                Order.cancelled_at.is_(None),
            ),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Confirmation, Confirmation.id == OrderLine.confirmation_id)
        .where(Basket.id.in_(basket_ids))
    )
    quantities: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    fixed: set[int] = set()
    for basket_id, product_id, quantity, transaction_id in await session.execute(statement):
        quantities[basket_id][product_id] += quantity
        if transaction_id is not None:
            fixed.add(basket_id)
    return {basket_id: found for basket_id, found in quantities.items() if basket_id not in fixed}


async def _chosen(session: AsyncSession, basket_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """What is in the baskets, in thousandths, by basket and product."""
    statement = select(BasketLine.basket_id, BasketLine.product_id, BasketLine.quantity_milli)
    rows = await session.execute(statement.where(BasketLine.basket_id.in_(basket_ids)))
    return {(basket_id, product_id): quantity for basket_id, product_id, quantity in rows}


async def _products(session: AsyncSession, ordered: Mapping[int, Mapping[int, int]]) -> dict[int, Product]:
    wanted = {product_id for quantities in ordered.values() for product_id in quantities}
    found = await session.execute(select(Product).where(Product.id.in_(wanted)))
    return {product.id: product for product in found.scalars()}
