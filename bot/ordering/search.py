"""Shorter ways to a basket: words that find products, a list of producers, what was ordered last time."""

from __future__ import annotations

from collections.abc import Sequence

from bot.edge.handling import On
from bot.edge.scene import Scene
from bot.ordering import taps
from bot.ordering.filling import add_quantity, basket_at_hand, live_basket
from bot.ordering.pages import show_basket_of, show_of, show_open_distributions, show_shop
from bot.ordering.views import order as order_views
from bot.ordering.views import search as views
from ledger.catalogue.search import find_products
from ledger.catalogue.service import offered_products
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.groups.roles import Role, role_of
from ledger.orders import basket_views, baskets, distributions, repeating
from ledger.orders.basket_views import Shop


async def by_words(scene: Scene) -> bool:
    """Words typed in private: products; members of that name below, to those who look at members."""
    called: Sequence[Member] = ()
    if role_of(scene.member) >= Role.TREASURER:
        called = await groups.find_members(scene.session, scene.member.group_id, scene.typed)
    return await search(scene, scene.typed, called)


async def search(scene: Scene, text: str, members: Sequence[Member] = ()) -> bool:
    """Shows what a text finds in the catalogue, over the basket at hand; false when it finds nothing.

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


async def found_product(scene: Scene, tap: taps.Found) -> None:
    """Takes one more or less of a product that was found; the rest of what was found stays in sight."""
    view = await live_basket(scene, tap.basket)
    if view is not None:
        shop = await add_quantity(scene, view, tap.product, tap.delta)
        await _show_hits(scene, shop, views.query_of(tap.query), tap.product)


async def found_for(scene: Scene, tap: taps.FoundAt) -> None:
    """Shows what is found for one of several distributions that take orders."""
    distribution = await distributions.get_distribution(scene.session, scene.group.id, tap.distribution)
    view = await baskets.open_basket(scene.session, scene.member, distribution)
    shop = await basket_views.shop(scene.session, view)
    await _show_hits(scene, shop, views.query_of(tap.query), 0)


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


async def add_one(scene: Scene, tap: taps.Add) -> None:
    """Takes one of a product of the catalogue's page, with its − n + row."""
    view = await live_basket(scene, tap.basket)
    if view is not None:
        shop = await add_quantity(scene, view, tap.product, order_views.ONE)
        await show_shop(scene, shop, order_views.Place(tap.page, tap.product))


async def producers(scene: Scene, tap: taps.Producers) -> None:
    """Shows, behind the page's number, whose products there are, to go straight there."""
    view = await live_basket(scene, tap.basket)
    if view is not None:
        catalogue = await offered_products(scene.session, view.basket.group_id)
        await show_of(scene, view.basket, views.producers(scene.texts, tap.basket, catalogue, tap.page))


async def like_last_time(scene: Scene, tap: taps.Again) -> None:
    """Fills the basket as the last order was, with a word on what is different today."""
    view = await live_basket(scene, tap.basket)
    if view is None:
        return
    repeated = await repeating.repeat(scene.session, view.basket)
    notice = views.repeated(scene.texts, repeated) if repeated is not None else None
    await show_basket_of(scene, await baskets.view(scene.session, view.basket), notice)


entry_points = [
    On(taps.Add, add_one),
    On(taps.Found, found_product),
    On(taps.FoundAt, found_for),
    On(taps.Producers, producers),
    On(taps.Again, like_last_time),
]
