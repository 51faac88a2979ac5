"""The group's payments are switched on or off (R1) while orders stand and baskets are open.

What was debited stays debited, what was not is never debited afterwards. Where payments are off, the basket of who has
ordered stands for the whole of that order; where they are on, it adds to it. So switching turns the open baskets over.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.catalogue.models import Product
from ledger.groups import service as groups
from ledger.groups.models import Group
from ledger.orders.baskets import MAX_QUANTITY, chosen_lines, set_quantity
from ledger.orders.models import Basket, Confirmation, Order, OrderLine


async def switch_payments(session: AsyncSession, group: Group, enabled: bool) -> None:
    """Switch them; nothing happens where they are so already."""
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
    for basket in (await session.execute(locked)).scalars().all():
        ordered = await _ordered_and_not_debited(session, basket)
        if ordered:
            await _turn_over(session, basket, ordered, -1 if enabled else 1)
    await groups.set_option(session, group, "payments_enabled", enabled)


async def _ordered_and_not_debited(session: AsyncSession, basket: Basket) -> dict[int, int]:
    """What the member ordered there, by product; nothing where an account moved for it, since that order is fixed."""
    statement = (
        select(OrderLine.product_id, OrderLine.quantity_milli, Confirmation.transaction_id)
        .join(Confirmation, Confirmation.id == OrderLine.confirmation_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            Order.member_id == basket.member_id,
            Order.distribution_id == basket.distribution_id,
            Order.cancelled_at.is_(None),
        )
    )
    quantities: dict[int, int] = defaultdict(int)
    for product_id, quantity, transaction_id in await session.execute(statement):
        if transaction_id is not None:
            return {}
        quantities[product_id] += quantity
    return quantities


async def _turn_over(session: AsyncSession, basket: Basket, ordered: dict[int, int], sign: int) -> None:
    """Put what is ordered into the basket, or take it out."""
    chosen = {line.product.id: line.quantity_milli for line in await chosen_lines(session, basket)}
    for product_id, quantity in sorted(ordered.items()):
        product = await session.get_one(Product, product_id)
        wanted = chosen.get(product_id, 0) + sign * quantity
        await set_quantity(session, basket, product, min(max(wanted, 0), MAX_QUANTITY))
