"""The basket at hand, shared by everything that fills one: whose it is, whether it still stands, and its two screens.

A basket may be somebody else's, filled by a coordinator: every screen of it says so, and every tap asks again whether one
may. The basket that was shown last is remembered, so that what is typed next is searched for the same person.
"""

from __future__ import annotations

from bot.edge.conversation import keep
from bot.edge.scene import Scene
from bot.handover.views import plan as acting_views
from bot.ordering.views import order as views
from bot.ui.screen import Screen
from ledger.catalogue.models import Product
from ledger.catalogue.service import get_product, offered_products
from ledger.errors import NotFound
from ledger.groups.models import Member
from ledger.groups.service import get_member
from ledger.orders import baskets, distributions, repeating
from ledger.orders.corrections import lines_now
from ledger.orders.models import Basket, Distribution


async def show_open_distributions(scene: Scene) -> None:
    """The open distribution's catalogue, a choice between several, or word that there is none."""
    member = scene.member
    found = await distributions.open_distributions(scene.session, member.group_id)
    if not found:
        scene.show(views.no_distribution(scene.texts))
    elif len(found) == 1:
        await show_catalogue(scene, found[0])
    else:
        scene.show(views.choose_distribution(scene.texts, found))


async def show_catalogue(scene: Scene, distribution: Distribution, *, member: Member | None = None) -> None:
    """The catalogue over the member's own basket for a distribution, or over the basket of who is ordered for."""
    by = scene.member
    basket = await baskets.open_basket(scene.session, scene.group, member or by, distribution, by=by)
    await show_page(scene, basket, views.Place())


async def show_basket_of(scene: Scene, basket: Basket, notice: str | None = None) -> None:
    """What is in the basket."""
    view = await baskets.view(scene.session, basket)
    before = await _last_day(scene, view)
    screen = views.basket_screen(
        scene.texts, scene.group, view, before, is_own=basket.member_id == scene.member.id
    )
    await show_of(scene, basket, screen.under(notice) if notice else screen)


async def show_page(scene: Scene, basket: Basket, place: views.Place) -> None:
    """A page of the catalogue, under what was ordered already."""
    view = await baskets.view(scene.session, basket)
    catalogue = await offered_products(scene.session, basket.group_id)
    past = views.Past(
        await lines_now(scene.session, view.order) if view.order is not None and view.adds else (),
        await _last_day(scene, view),
    )
    await show_of(scene, basket, views.catalogue_page(scene.texts, view, catalogue, place, past))


async def _last_day(scene: Scene, view: baskets.BasketView) -> Distribution | None:
    """The distribution that "like last time" speaks of: offered where nothing is chosen or ordered yet."""
    if view.lines or view.order is not None:
        return None
    found = await repeating.last_time(scene.session, view.basket)
    return found[1] if found is not None else None


async def show_of(scene: Scene, basket: Basket, screen: Screen) -> None:
    """A screen of a basket; it says whose, where it is not one's own."""
    if scene.is_private:
        keep(scene.conversation, basket=basket.id)
    buyer = await buyer_of(scene, basket)
    if buyer.id != scene.member.id:
        screen = screen.under(acting_views.acting_for(scene.texts, buyer))
    scene.show(screen)


async def buyer_of(scene: Scene, basket: Basket) -> Member:
    """Whose basket it is."""
    if basket.member_id == scene.member.id:
        return scene.member
    return await get_member(scene.session, basket.group_id, basket.member_id)


async def basket_at_hand(scene: Scene) -> Basket | None:
    """The basket that was shown last, or else the member's own newest one; only one that can still be filled."""
    kept = scene.conversation.data.get("basket")
    try:
        basket = await baskets.basket_filled_by(scene.session, scene.member, kept) if kept else None
    except NotFound:
        basket = None
    if basket is not None and basket.closed_at is None:
        distribution = await distributions.get_distribution(
            scene.session, basket.group_id, basket.distribution_id
        )
        if await baskets.takes_orders(scene.session, distribution, scene.member):
            return basket
    return await baskets.latest_open_basket(scene.session, scene.member)


async def live_basket(scene: Scene, basket_id: int) -> Basket | None:
    """The basket the tapped button belongs to; if it is over, what stands today is shown and nothing else happens."""
    await scene.follow(Basket, basket_id)
    try:
        basket = await baskets.basket_filled_by(scene.session, scene.member, basket_id)
    except NotFound:
        scene.toast(scene.texts.label("This basket is over. Here is today's."))
        await show_today(scene)
        return None
    distribution = await distributions.get_distribution(
        scene.session, basket.group_id, basket.distribution_id
    )
    is_own = basket.member_id == scene.member.id
    if not await baskets.takes_orders(scene.session, distribution, scene.member):
        if not is_own:
            raise baskets.OrdersClosed(distribution)
        scene.toast(scene.texts.label("This basket is over. Here is today's."))
        await show_today(scene)
        return None
    if basket.closed_at is not None:
        scene.toast(scene.texts.label("This basket was ordered already."))
        if not is_own:
            buyer = await buyer_of(scene, basket)
            order = await baskets.live_order(scene.session, buyer.id, distribution.id)
            order_id = order.id if order is not None else None
            scene.show(acting_views.ordered_for(scene.texts, buyer, distribution.id, order_id))
            return None
        newer = await baskets.latest_open_basket(scene.session, scene.member)
        if newer is not None:
            await show_basket_of(scene, newer)
        else:
            order = await baskets.live_order(scene.session, basket.member_id, distribution.id)
            can_change = order is not None and await baskets.is_replaceable(scene.session, scene.group, order)
            scene.show(views.placed(scene.texts, distribution, can_change=can_change))
        return None
    return basket


async def show_today(scene: Scene) -> None:
    """The member's own basket of today, or where to begin one."""
    basket = await baskets.latest_open_basket(scene.session, scene.member)
    if basket is None:
        await show_open_distributions(scene)
    else:
        await show_basket_of(scene, basket)


async def add_quantity(scene: Scene, basket: Basket, product_id: int, delta_milli: int) -> None:
    """So much more (or less) of a product, as far as it is there; a word says where that ends."""
    product = await get_product(scene.session, basket.group_id, product_id)
    before = (await baskets.view(scene.session, basket)).quantity_of(product.id)
    wanted = max(before + delta_milli, 0)
    if wanted > before:
        wanted = _within_stock(scene, product, before, wanted)
    await baskets.set_quantity(scene.session, basket, product, wanted)


def _within_stock(scene: Scene, product: Product, before: int, wanted: int) -> int:
    """As much of what is wanted as is left, and never less than before."""
    left = product.stock_milli
    if left is None or wanted <= left:
        return wanted
    scene.toast(
        scene.texts.label("{left} left of {product}.", left=scene.texts.number(left), product=product.name),
        alert=True,
    )
    return max(before, left if product.weighed else left // 1000 * 1000)
