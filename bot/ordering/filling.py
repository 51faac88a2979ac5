"""The basket at hand, shared by everything that fills one: whose it is, and whether it still stands.

A basket may be somebody else's, filled by a coordinator: every tap asks again whether one may.
"""

from __future__ import annotations

from bot.edge.scene import Scene
from bot.handover.views import plan as acting_views
from bot.ordering.pages import buyer_of, show_basket_of, show_own_basket
from bot.ordering.views import order as views
from ledger.catalogue.models import Product
from ledger.orders import basket_views, baskets
from ledger.orders.basket_views import BasketView, Shop


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
