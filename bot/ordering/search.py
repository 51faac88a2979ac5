"""Shorter ways to a basket: words that find products, a list of producers, what was ordered last time."""

from __future__ import annotations

from collections.abc import Sequence

from bot.edge.conversation import Button
from bot.edge.scene import Scene
from bot.ordering.baskets import (
    add_quantity,
    basket_at_hand,
    live_basket,
    show_basket_of,
    show_of,
    show_open_distributions,
    show_page,
)
from bot.ordering.views import order as order_views
from bot.ordering.views import search as views
from ledger.catalogue.search import find_products
from ledger.catalogue.service import offered_products
from ledger.groups.models import Member
from ledger.orders import baskets, distributions, repeating
from ledger.orders.models import Basket, Distribution


async def search(scene: Scene, text: str, members: Sequence[Member] = ()) -> bool:
    """Show what a text finds in the catalogue, over the basket at hand; false when it finds nothing.

    ``members``: who may be meant by it as well, offered below to whoever may look at them.
    """
    group_id = scene.member.group_id
    hits = find_products(await offered_products(scene.session, group_id), text)
    if not hits:
        return False
    basket = await basket_at_hand(scene)
    if basket is None:
        found = await distributions.open_distributions(scene.session, group_id)
        if not found:
            scene.say(views.not_now(scene.texts, hits))
            return True
        if len(found) > 1:
            scene.say(order_views.choose_distribution(scene.texts, found, views.query_of(text)))
            return True
        basket = await baskets.open_basket(scene.session, scene.group, scene.member, found[0])
    opened = hits[0].product.id if len(hits) == 1 else 0
    await _show_hits(scene, basket, views.query_of(text), opened, members)
    return True


async def show_nothing_found(scene: Scene, text: str) -> None:
    """Nothing is called so; the way to everything there is."""
    found = await distributions.open_distributions(scene.session, scene.member.group_id)
    if found:
        scene.say(views.nothing_found(scene.texts, text))
    else:
        await show_open_distributions(scene)


async def found_product(scene: Scene) -> None:
    """A product that was found: one more or less of it; the rest of what was found stays in sight."""
    query = _carried(scene)
    basket_id, product_id, delta = scene.numbers(3, skip=1)
    basket = await live_basket(scene, basket_id)
    if basket is not None:
        await add_quantity(scene, basket, product_id, delta)
        await _show_hits(scene, basket, query, product_id)


async def found_for(scene: Scene) -> None:
    """Several distributions take orders: for this one."""
    query = _carried(scene)
    distribution_id = scene.numbers(1, skip=1)[0]
    await scene.follow(Distribution, distribution_id)
    member = scene.member
    distribution = await distributions.get_distribution(scene.session, member.group_id, distribution_id)
    basket = await baskets.open_basket(scene.session, scene.group, member, distribution)
    await _show_hits(scene, basket, query, 0)


def _carried(scene: Scene) -> str:
    """What the tapped button says is looked for, no longer than a button may say it."""
    return views.query_of(scene.button_args[0] if scene.button_args else "")


async def _show_hits(
    scene: Scene, basket: Basket, query: str, product_id: int, members: Sequence[Member] = ()
) -> None:
    view = await baskets.view(scene.session, basket)
    catalogue = await offered_products(scene.session, basket.group_id)
    hits = find_products(catalogue, query)
    if not hits:
        await show_page(scene, basket, order_views.Place())
        return
    found = views.Found(query, hits, product_id)
    screen = views.found_page(scene.texts, view, catalogue, found)
    await show_of(scene, basket, screen.with_rows([*screen.rows, *views.member_rows(members)]))


async def add_one(scene: Scene) -> None:
    """A product of the catalogue's page was tapped: one of it, with its − n + row."""
    basket_id, product_id, page = scene.numbers(3)
    basket = await live_basket(scene, basket_id)
    if basket is not None:
        await add_quantity(scene, basket, product_id, order_views.ONE)
        await show_page(scene, basket, order_views.Place(page, product_id))


async def producers(scene: Scene) -> None:
    """Behind the page's number: whose products, to go straight there."""
    basket_id, page = scene.numbers(2)
    basket = await live_basket(scene, basket_id)
    if basket is not None:
        catalogue = await offered_products(scene.session, basket.group_id)
        await show_of(scene, basket, views.producers(scene.texts, basket.id, catalogue, page))


async def like_last_time(scene: Scene) -> None:
    """The basket is filled as the last order was, with a word on what is different today."""
    basket = await live_basket(scene, scene.numbers(1)[0])
    if basket is None:
        return
    repeated = await repeating.repeat(scene.session, basket)
    notice = views.repeated(scene.texts, repeated) if repeated is not None else None
    await show_basket_of(scene, basket, notice)


entry_points = [
    Button("add", add_one),
    Button("found", found_product),
    Button("foundfor", found_for),
    Button("producers", producers),
    Button("again", like_last_time),
]
