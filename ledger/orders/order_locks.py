"""What is locked, and then read, before a basket becomes an order: the basket, its distribution, the order, the products.

Each statement is sent once the locks of the one before are had, so it sees what whoever held them wrote: switching the
group's payments turns baskets over under their locks, and prices for everybody are set under the distribution's. Where one
statement takes two locks, the second row is found through the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import literal, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.catalogue.models import Product
from ledger.errors import NotFound
from ledger.groups.models import Group, Member
from ledger.names import by_name
from ledger.orders.basket_views import ChosenLine, is_debited
from ledger.orders.corrections import day_price
from ledger.orders.models import Basket, BasketLine, Distribution, Order


@dataclass(frozen=True, slots=True)
class LockedOrder:
    """The member's live order for a distribution, if there is one; ``is_debited``: an account moved for it.

    ``account``: the id of the member's account.
    """

    order: Order | None
    is_debited: bool
    account: int


@dataclass(frozen=True, slots=True)
class LockedLines:
    """The lines of a basket by the products' names, and the ids of their producers' accounts, by producer."""

    lines: list[ChosenLine]
    accounts: Mapping[int, int]


async def lock_basket(session: AsyncSession, member: Member, basket_id: int) -> tuple[Basket, Distribution]:
    """Locks a basket of this member (or raises :class:`~ledger.errors.NotFound`) and its distribution, kept from being
    cancelled, moved or validated until the order is written."""
    mine = select(Basket).where(Basket.id == basket_id, Basket.member_id == member.id)
    basket = aliased(Basket, mine.with_for_update(key_share=True).cte("basket"))
    statement = (
        select(basket, Distribution)
        .join(Distribution, Distribution.id == basket.distribution_id)
        .with_for_update(of=Distribution, read=True)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("basket", basket_id)
    return row[0], row[1]


async def lock_order(session: AsyncSession, member: Member, distribution: Distribution) -> LockedOrder:
    """Locks the member's order for a distribution. The group is read anew with it: are its payments on?"""
    live = select(Order).where(
        Order.member_id == member.id,
        Order.distribution_id == distribution.id,
        Order.cancelled_at.is_(None),
    )
    order = aliased(Order, live.with_for_update(key_share=True).cte("live_order"))
    account = books.account_of(AccountKind.MEMBERS, Group.id, literal(member.id))
    statement = (
        select(Group, order, is_debited(order.id), account)
        .outerjoin(order, true())
        .where(Group.id == member.group_id)
        .execution_options(populate_existing=True)
    )
    _, found, debited, account_id = (await session.execute(statement)).one()
    return LockedOrder(found, debited, account_id)


async def lock_lines(session: AsyncSession, basket: Basket) -> LockedLines:
    """Locks the basket's products in the order of their ids."""
    account = books.account_of(AccountKind.PRODUCERS, Product.group_id, Product.producer_id)
    statement = (
        select(
            Product,
            BasketLine.quantity_milli,
            day_price(literal(basket.distribution_id), Product.id),
            account,
        )
        .join(BasketLine, BasketLine.product_id == Product.id)
        .where(BasketLine.basket_id == basket.id)
        .order_by(Product.id)
        .with_for_update(of=Product, key_share=True)
        .execution_options(populate_existing=True)
    )
    rows = (await session.execute(statement)).all()
    lines = [ChosenLine(product, quantity, price) for product, quantity, price, _ in rows]
    accounts = {product.producer_id: account_id for product, *_, account_id in rows}
    return LockedLines(by_name(lines, lambda line: line.product.name), accounts)
