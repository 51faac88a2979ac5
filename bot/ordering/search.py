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
    show_shop,
)
from bot.ordering.views import order as order_views
from bot.ordering.views import search as views
from ledger.catalogue.search import find_products
from ledger.catalogue.service import offered_products
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.groups.roles import Role, role_of
from ledger.orders import basket_views, baskets, distributions, repeating
from ledger.orders.basket_views import Shop
from ledger.orders.models import Distribution


async def by_words(scene: Scene) -> bool:
    """Words typed in private: products; members of that name below, to those who look at members."""
    called: Sequence[Member] = ()
    if role_of(scene.member) >= Role.TREASURER:
        called = await groups.find_members(scene.session, scene.member.group_id, scene.typed)
    return await search(scene, scene.typed, called)


async def search(scene: Scene, text: str, members: Sequence[Member] = ()) -> bool:
    """Show what a text finds in the catalogue, over the basket at hand; false when it finds nothing.

    ``members``: who may be meant by it as well, offered below to whoever may look at them.
    """
    group_id = scene.member.group_id
    hits = find_products(await offered_products(scene.session, group_id), text)
    if not hits:
        return False
    view = await basket_at_hand(scene)
    if view is None:
        found = await basket_views.openings(scene.session, scene.member)
        if not found:
            scene.say(views.not_now(scene.texts, hits))
            return True
        if len(found) > 1:
            days = [one.distribution for one in found]
            scene.say(order_views.choose_distribution(scene.texts, days, views.query_of(text)))
            return True
        view = await baskets.basket_in(scene.session, scene.member, found[0])
    opened = hits[0].product.id if len(hits) == 1 else 0
    shop = await basket_views.shop(scene.session, view)
    await _show_hits(scene, shop, views.query_of(text), opened, members)
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
    view = await live_basket(scene, basket_id)
    if view is not None:
        shop = await add_quantity(scene, view, product_id, delta)
        await _show_hits(scene, shop, query, product_id)


async def found_for(scene: Scene) -> None:
    """Several distributions take orders: for this one."""
    query = _carried(scene)
    distribution_id = scene.numbers(1, skip=1)[0]
    await scene.follow(Distribution, distribution_id)
    member = scene.member
    distribution = await distributions.get_distribution(scene.session, member.group_id, distribution_id)
    view = await baskets.open_basket(scene.session, member, distribution)
    await _show_hits(scene, await basket_views.shop(scene.session, view), query, 0)


def _carried(scene: Scene) -> str:
    """What the tapped button says is looked for, no longer than a button may say it."""
    return views.query_of(scene.button_args[0] if scene.button_args else "")


async def _show_hits(
    scene: Scene, shop: Shop, query: str, product_id: int, members: Sequence[Member] = ()
) -> None:
    hits = find_products(shop.catalogue, query)
    if not hits:
        await show_shop(scene, shop, order_views.Place())
        return
    found = views.Found(query, hits, product_id)
    screen = views.found_page(scene.texts, shop.view, shop.catalogue, found)
    await show_of(scene, shop.view.basket, screen.with_rows([*screen.rows, *views.member_rows(members)]))


async def add_one(scene: Scene) -> None:
    """A product of the catalogue's page was tapped: one of it, with its − n + row."""
    basket_id, product_id, page = scene.numbers(3)
    view = await live_basket(scene, basket_id)
    if view is not None:
        shop = await add_quantity(scene, view, product_id, order_views.ONE)
        await show_shop(scene, shop, order_views.Place(page, product_id))


async def producers(scene: Scene) -> None:
    """Behind the page's number: whose products, to go straight there."""
    basket_id, page = scene.numbers(2)
    view = await live_basket(scene, basket_id)
    if view is not None:
        catalogue = await offered_products(scene.session, view.basket.group_id)
        await show_of(scene, view.basket, views.producers(scene.texts, basket_id, catalogue, page))


async def like_last_time(scene: Scene) -> None:
    """The basket is filled as the last order was, with a word on what is different today."""
    view = await live_basket(scene, scene.numbers(1)[0])
    if view is None:
        return
    repeated = await repeating.repeat(scene.session, view.basket)
    notice = views.repeated(scene.texts, repeated) if repeated is not None else None
    await show_basket_of(scene, await baskets.view(scene.session, view.basket), notice)


entry_points = [
    Button("add", add_one),
    Button("found", found_product),
    Button("foundfor", found_for),
    Button("producers", producers),
    Button("again", like_last_time),
]
