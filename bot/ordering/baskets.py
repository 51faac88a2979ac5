"""The basket at hand, shared by everything that fills one: whose it is, whether it still stands, and its two screens.

A basket may be somebody else's, filled by a coordinator: every screen of it says so, and every tap asks again whether one
may. The basket that was shown last is remembered, so that what is typed next is searched for the same person.
"""

from __future__ import annotations

from bot.edge.conversation import keep
from bot.edge.scene import Context
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


async def show_open_distributions(context: Context) -> None:
    """The open distribution's catalogue, a choice between several, or word that there is none."""
    member = context.member
    found = await basket_views.openings(context.session, member)
    if not found:
        context.show(views.no_distribution(context.texts))
    elif len(found) == 1:
        view = await baskets.basket_in(context.session, member, found[0])
        await show_page(context, view, views.Place())
    else:
        context.show(views.choose_distribution(context.texts, [one.distribution for one in found]))


async def show_catalogue(
    context: Context, distribution: Distribution, *, member: Member | None = None
) -> None:
    """The catalogue over the member's own basket for a distribution, or over the basket of who is ordered for."""
    by = context.member
    view = await baskets.open_basket(context.session, member or by, distribution, by=by)
    await show_page(context, view, views.Place())


async def show_basket_of(context: Context, view: BasketView, notice: str | None = None) -> None:
    """What is in the basket."""
    before = await _last_day(context, view)
    is_own = view.basket.member_id == context.member.id
    screen = views.basket_screen(context.texts, context.group, view, before, is_own=is_own)
    await show_of(context, view.basket, screen.under(notice) if notice else screen)


async def show_page(context: Context, view: BasketView, place: views.Place) -> None:
    """A page of the catalogue, under what was ordered already."""
    await show_shop(context, await basket_views.shop(context.session, view), place)


async def show_shop(context: Context, shop: Shop, place: views.Place) -> None:
    """A page of the catalogue at hand."""
    view = shop.view
    past = views.Past(
        await lines_now(context.session, view.order) if view.order is not None and view.adds else (),
        await _last_day(context, view),
    )
    screen = views.catalogue_page(context.texts, view, shop.catalogue, place, past)
    await show_of(context, view.basket, screen)


async def _last_day(context: Context, view: BasketView) -> Distribution | None:
    """The distribution that "like last time" speaks of: offered where nothing is chosen or ordered yet."""
    if view.lines or view.order is not None:
        return None
    found = await repeating.last_time(context.session, view.basket)
    return found[1] if found is not None else None


async def show_of(context: Context, basket: Basket, screen: Screen) -> None:
    """A screen of a basket; it says whose, where it is not one's own."""
    if context.is_private:
        keep(context.conversation, basket=basket.id)
    buyer = await buyer_of(context, basket)
    if buyer.id != context.member.id:
        screen = screen.under(acting_views.acting_for(context.texts, buyer))
    context.show(screen)


async def buyer_of(context: Context, basket: Basket) -> Member:
    """Whose basket it is."""
    if basket.member_id == context.member.id:
        return context.member
    return await get_member(context.session, basket.group_id, basket.member_id)


async def basket_at_hand(context: Context) -> BasketView | None:
    """The basket that was shown last, or else the member's own newest one; only one that can still be filled."""
    kept = context.conversation.data.get("basket")
    view = await basket_views.find(context.session, kept) if kept else None
    if (
        view is not None
        and baskets.may_fill(context.member, view.basket)
        and view.basket.closed_at is None
        and await baskets.takes_orders(context.session, view.distribution, context.member)
    ):
        return view
    return await basket_views.latest(context.session, context.member)


async def live_basket(context: Context, basket_id: int) -> BasketView | None:
    """The basket the tapped button belongs to; if it is over, what stands today is shown and nothing else happens."""
    view = await basket_views.find(context.session, basket_id)
    if view is not None:
        await context.follow_to(view.basket.group_id)
    if view is None or not baskets.may_fill(context.member, view.basket):
        await _show_today_instead(context)
        return None
    if not await baskets.takes_orders(context.session, view.distribution, context.member):
        if view.basket.member_id != context.member.id:
            raise baskets.OrdersClosed(view.distribution)
        await _show_today_instead(context)
        return None
    if view.basket.closed_at is not None:
        context.toast(context.texts.label("This basket was ordered already."))
        await _show_ordered(context, view)
        return None
    return view


async def _show_ordered(context: Context, view: BasketView) -> None:
    """What became of a basket that was confirmed: another one that is being filled, or the order."""
    buyer, distribution = await buyer_of(context, view.basket), view.distribution
    if buyer.id != context.member.id:
        order_id = view.order.id if view.order is not None else None
        context.show(acting_views.ordered_for(context.texts, buyer, distribution.id, order_id))
        return
    newer = await basket_views.latest(context.session, context.member)
    if newer is not None:
        await show_basket_of(context, newer)
    else:
        context.show(views.placed(context.texts, distribution, can_change=view.replaces))


async def _show_today_instead(context: Context) -> None:
    """The member's own basket of today, or where to begin one."""
    context.toast(context.texts.label("This basket is over. Here is today's."))
    view = await basket_views.latest(context.session, context.member)
    if view is None:
        await show_open_distributions(context)
    else:
        await show_basket_of(context, view)


async def add_quantity(context: Context, view: BasketView, product_id: int, delta_milli: int) -> Shop:
    """So much more (or less) of a product, as far as it is there; a word says where that ends."""
    shop = await basket_views.shop(context.session, view)
    product = await shop.product(context.session, product_id)
    before = view.quantity_of(product.id)
    wanted = max(before + delta_milli, 0)
    if wanted > before:
        wanted = _within_stock(context, product, before, wanted)
    await baskets.set_quantity(context.session, view.basket, product, wanted)
    return shop.holding(product, wanted)


def _within_stock(context: Context, product: Product, before: int, wanted: int) -> int:
    """As much of what is wanted as is left, and never less than before."""
    left = product.stock_milli
    if left is None or wanted <= left:
        return wanted
    context.toast(
        context.texts.label(
            "{left} left of {product}.", left=context.texts.number(left), product=product.name
        ),
        alert=True,
    )
    return max(before, left if product.weighed else left // 1000 * 1000)
