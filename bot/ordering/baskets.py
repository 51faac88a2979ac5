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
from ledger.groups.models import Member
from ledger.groups.service import get_member
from ledger.orders import basket_views, baskets, repeating
from ledger.orders.basket_views import BasketView, Shop
from ledger.orders.corrections import lines_now
from ledger.orders.models import Basket, Distribution


async def show_open_distributions(scene: Scene) -> None:
    """The open distribution's catalogue, a choice between several, or word that there is none."""
    member = scene.member
    found = await basket_views.openings(scene.session, member)
    if not found:
        scene.show(views.no_distribution(scene.texts))
    elif len(found) == 1:
        view = await baskets.basket_in(scene.session, member, found[0])
        await show_page(scene, view, views.Place())
    else:
        scene.show(views.choose_distribution(scene.texts, [one.distribution for one in found]))


async def show_catalogue(scene: Scene, distribution: Distribution, *, member: Member | None = None) -> None:
    """The catalogue over the member's own basket for a distribution, or over the basket of who is ordered for."""
    by = scene.member
    view = await baskets.open_basket(scene.session, member or by, distribution, by=by)
    await show_page(scene, view, views.Place())


async def show_basket_of(scene: Scene, view: BasketView, notice: str | None = None) -> None:
    """What is in the basket."""
    before = await _last_day(scene, view)
    is_own = view.basket.member_id == scene.member.id
    screen = views.basket_screen(scene.texts, scene.group, view, before, is_own=is_own)
    await show_of(scene, view.basket, screen.under(notice) if notice else screen)


async def show_page(scene: Scene, view: BasketView, place: views.Place) -> None:
    """A page of the catalogue, under what was ordered already."""
    await show_shop(scene, await basket_views.shop(scene.session, view), place)


async def show_shop(scene: Scene, shop: Shop, place: views.Place) -> None:
    """A page of the catalogue at hand."""
    view = shop.view
    past = views.Past(
        await lines_now(scene.session, view.order) if view.order is not None and view.adds else (),
        await _last_day(scene, view),
    )
    screen = views.catalogue_page(scene.texts, view, shop.catalogue, place, past)
    await show_of(scene, view.basket, screen)


async def _last_day(scene: Scene, view: BasketView) -> Distribution | None:
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


async def basket_at_hand(scene: Scene) -> BasketView | None:
    """The basket that was shown last, or else the member's own newest one; only one that can still be filled."""
    kept = scene.conversation.data.get("basket")
    view = await basket_views.find(scene.session, kept) if kept else None
    if (
        view is not None
        and baskets.may_fill(scene.member, view.basket)
        and view.basket.closed_at is None
        and await baskets.takes_orders(scene.session, view.distribution, scene.member)
    ):
        return view
    return await basket_views.latest(scene.session, scene.member)


async def live_basket(scene: Scene, basket_id: int) -> BasketView | None:
    """The basket the tapped button belongs to; if it is over, what stands today is shown and nothing else happens."""
    view = await basket_views.find(scene.session, basket_id)
    if view is not None:
        await scene.follow_to(view.basket.group_id)
    if view is None or not baskets.may_fill(scene.member, view.basket):
        await _show_today_instead(scene)
        return None
    if not await baskets.takes_orders(scene.session, view.distribution, scene.member):
        if view.basket.member_id != scene.member.id:
            raise baskets.OrdersClosed(view.distribution)
        await _show_today_instead(scene)
        return None
    if view.basket.closed_at is not None:
        scene.toast(scene.texts.label("This basket was ordered already."))
        await _show_ordered(scene, view)
        return None
    return view


async def _show_ordered(scene: Scene, view: BasketView) -> None:
    """What became of a basket that was confirmed: another one that is being filled, or the order."""
    buyer, distribution = await buyer_of(scene, view.basket), view.distribution
    if buyer.id != scene.member.id:
        order_id = view.order.id if view.order is not None else None
        scene.show(acting_views.ordered_for(scene.texts, buyer, distribution.id, order_id))
        return
    newer = await basket_views.latest(scene.session, scene.member)
    if newer is not None:
        await show_basket_of(scene, newer)
    else:
        scene.show(views.placed(scene.texts, distribution, can_change=view.replaces))


async def _show_today_instead(scene: Scene) -> None:
    scene.toast(scene.texts.label("This basket is over. Here is today's."))
    await show_own_basket(scene)


async def show_own_basket(scene: Scene) -> None:
    """The member's own basket of today, or where to begin one."""
    view = await basket_views.latest(scene.session, scene.member)
    if view is None:
        await show_open_distributions(scene)
    else:
        await show_basket_of(scene, view)


async def add_quantity(scene: Scene, view: BasketView, product_id: int, delta_milli: int) -> Shop:
    """So much more (or less) of a product, as far as it is there; a word says where that ends."""
    shop = await basket_views.shop(scene.session, view)
    product = await shop.product(scene.session, product_id)
    before = view.quantity_of(product.id)
    wanted = max(before + delta_milli, 0)
    if wanted > before:
        wanted = _within_stock(scene, product, before, wanted)
    await baskets.set_quantity(scene.session, view.basket, product, wanted)
    return shop.holding(product, wanted)


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
