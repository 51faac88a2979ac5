"""Shorter ways to a basket: words that find products, a list of producers, what was ordered last time."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Update

from bot.edge.conversation import Button
from bot.edge.scene import Context
from bot.ordering.baskets import (
    add_quantity,
    basket_at_hand,
    live_basket,
    show_basket_of,
    show_of,
    show_open_distributions,
    show_shop,
)
from bot.ordering.views import order as order_views
from bot.ordering.views import search as views
from ledger.catalogue.search import find_products
from ledger.catalogue.service import offered_products
from ledger.groups.models import Member
from ledger.orders import basket_views, baskets, distributions, repeating
from ledger.orders.basket_views import Shop
from ledger.orders.models import Distribution


async def search(context: Context, text: str, members: Sequence[Member] = ()) -> bool:
    """Show what a text finds in the catalogue, over the basket at hand; false when it finds nothing.

    ``members``: who may be meant by it as well, offered below to whoever may look at them.
    """
    group_id = context.member.group_id
    hits = find_products(await offered_products(context.session, group_id), text)
    if not hits:
        return False
    view = await basket_at_hand(context)
    if view is None:
        found = await basket_views.openings(context.session, context.member)
        if not found:
            context.say(views.not_now(context.texts, hits))
            return True
        if len(found) > 1:
            days = [one.distribution for one in found]
            context.say(order_views.choose_distribution(context.texts, days, views.query_of(text)))
            return True
        view = await baskets.basket_in(context.session, context.member, found[0])
    opened = hits[0].product.id if len(hits) == 1 else 0
    shop = await basket_views.shop(context.session, view)
    await _show_hits(context, shop, views.query_of(text), opened, members)
    return True


async def show_nothing_found(context: Context, text: str) -> None:
    """Nothing is called so; the way to everything there is."""
    found = await distributions.open_distributions(context.session, context.member.group_id)
    if found:
        context.say(views.nothing_found(context.texts, text))
    else:
        await show_open_distributions(context)


async def found_product(update: Update, context: Context) -> None:  # noqa: ARG001
    """A product that was found: one more or less of it; the rest of what was found stays in sight."""
    query = _carried(context)
    basket_id, product_id, delta = context.numbers(3, skip=1)
    view = await live_basket(context, basket_id)
    if view is not None:
        shop = await add_quantity(context, view, product_id, delta)
        await _show_hits(context, shop, query, product_id)


async def found_for(update: Update, context: Context) -> None:  # noqa: ARG001
    """Several distributions take orders: for this one."""
    query = _carried(context)
    distribution_id = context.numbers(1, skip=1)[0]
    await context.follow(Distribution, distribution_id)
    member = context.member
    distribution = await distributions.get_distribution(context.session, member.group_id, distribution_id)
    view = await baskets.open_basket(context.session, member, distribution)
    await _show_hits(context, await basket_views.shop(context.session, view), query, 0)


def _carried(context: Context) -> str:
    """What the tapped button says is looked for, no longer than a button may say it."""
    return views.query_of(context.button_args[0] if context.button_args else "")


async def _show_hits(
    context: Context, shop: Shop, query: str, product_id: int, members: Sequence[Member] = ()
) -> None:
    hits = find_products(shop.catalogue, query)
    if not hits:
        await show_shop(context, shop, order_views.Place())
        return
    found = views.Found(query, hits, product_id)
    screen = views.found_page(context.texts, shop.view, shop.catalogue, found)
    await show_of(context, shop.view.basket, screen.with_rows([*screen.rows, *views.member_rows(members)]))


async def add_one(update: Update, context: Context) -> None:  # noqa: ARG001
    """A product of the catalogue's page was tapped: one of it, with its − n + row."""
    basket_id, product_id, page = context.numbers(3)
    view = await live_basket(context, basket_id)
    if view is not None:
        shop = await add_quantity(context, view, product_id, order_views.ONE)
        await show_shop(context, shop, order_views.Place(page, product_id))


async def producers(update: Update, context: Context) -> None:  # noqa: ARG001
    """Behind the page's number: whose products, to go straight there."""
    basket_id, page = context.numbers(2)
    view = await live_basket(context, basket_id)
    if view is not None:
        catalogue = await offered_products(context.session, view.basket.group_id)
        await show_of(context, view.basket, views.producers(context.texts, basket_id, catalogue, page))


async def like_last_time(update: Update, context: Context) -> None:  # noqa: ARG001
    """The basket is filled as the last order was, with a word on what is different today."""
    view = await live_basket(context, context.numbers(1)[0])
    if view is None:
        return
    repeated = await repeating.repeat(context.session, view.basket)
    notice = views.repeated(context.texts, repeated) if repeated is not None else None
    await show_basket_of(context, await baskets.view(context.session, view.basket), notice)


entry_points = [
    Button("add", add_one),
    Button("found", found_product),
    Button("foundfor", found_for),
    Button("producers", producers),
    Button("again", like_last_time),
]
