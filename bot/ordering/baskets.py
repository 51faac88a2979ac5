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
from ledger.catalogue.service import get_product, offered_products
from ledger.errors import NotFound
from ledger.groups.models import Member
from ledger.groups.service import get_member
from ledger.orders import baskets, distributions, repeating
from ledger.orders.corrections import lines_now
from ledger.orders.models import Basket, Distribution


async def show_open_distributions(context: Context) -> None:
    """The open distribution's catalogue, a choice between several, or word that there is none."""
    member = context.member
    found = await distributions.open_distributions(context.session, member.group_id)
    if not found:
        context.show(views.no_distribution(context.texts))
    elif len(found) == 1:
        await show_catalogue(context, found[0])
    else:
        context.show(views.choose_distribution(context.texts, found))


async def show_catalogue(
    context: Context, distribution: Distribution, *, member: Member | None = None
) -> None:
    """The catalogue over the member's own basket for a distribution, or over the basket of who is ordered for."""
    by = context.member
    basket = await baskets.open_basket(context.session, context.group, member or by, distribution, by=by)
    await show_page(context, basket, views.Place())


async def show_basket_of(context: Context, basket: Basket, notice: str | None = None) -> None:
    """What is in the basket."""
    view = await baskets.view(context.session, basket)
    before = await _last_day(context, view)
    screen = views.basket_screen(
        context.texts, context.group, view, before, is_own=basket.member_id == context.member.id
    )
    await show_of(context, basket, screen.under(notice) if notice else screen)


async def show_page(context: Context, basket: Basket, place: views.Place) -> None:
    """A page of the catalogue, under what was ordered already."""
    view = await baskets.view(context.session, basket)
    catalogue = await offered_products(context.session, basket.group_id)
    past = views.Past(
        await lines_now(context.session, view.order) if view.order is not None and view.adds else (),
        await _last_day(context, view),
    )
    await show_of(context, basket, views.catalogue_page(context.texts, view, catalogue, place, past))


async def _last_day(context: Context, view: baskets.BasketView) -> Distribution | None:
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


async def basket_at_hand(context: Context) -> Basket | None:
    """The basket that was shown last, or else the member's own newest one; only one that can still be filled."""
    kept = context.conversation.data.get("basket")
    try:
        basket = await baskets.basket_filled_by(context.session, context.member, kept) if kept else None
    except NotFound:
        basket = None
    if basket is not None and basket.closed_at is None:
        distribution = await distributions.get_distribution(
            context.session, basket.group_id, basket.distribution_id
        )
        if await baskets.takes_orders(context.session, distribution, context.member):
            return basket
    return await baskets.latest_open_basket(context.session, context.member)


async def live_basket(context: Context, basket_id: int) -> Basket | None:
    """The basket the tapped button belongs to; if it is over, what stands today is shown and nothing else happens."""
    await context.follow(Basket, basket_id)
    try:
        basket = await baskets.basket_filled_by(context.session, context.member, basket_id)
    except NotFound:
        context.toast(context.texts.label("This basket is over. Here is today's."))
        await show_today(context)
        return None
    distribution = await distributions.get_distribution(
        context.session, basket.group_id, basket.distribution_id
    )
    is_own = basket.member_id == context.member.id
    if not await baskets.takes_orders(context.session, distribution, context.member):
        if not is_own:
            raise baskets.OrdersClosed(distribution)
        context.toast(context.texts.label("This basket is over. Here is today's."))
        await show_today(context)
        return None
    if basket.closed_at is not None:
        context.toast(context.texts.label("This basket was ordered already."))
        if not is_own:
            buyer = await buyer_of(context, basket)
            order = await baskets.live_order(context.session, buyer.id, distribution.id)
            order_id = order.id if order is not None else None
            context.show(acting_views.ordered_for(context.texts, buyer, distribution.id, order_id))
            return None
        newer = await baskets.latest_open_basket(context.session, context.member)
        if newer is not None:
            await show_basket_of(context, newer)
        else:
            order = await baskets.live_order(context.session, basket.member_id, distribution.id)
            can_change = order is not None and await baskets.is_replaceable(
                context.session, context.group, order
            )
            context.show(views.placed(context.texts, distribution, can_change=can_change))
        return None
    return basket


async def show_today(context: Context) -> None:
    """The member's own basket of today, or where to begin one."""
    basket = await baskets.latest_open_basket(context.session, context.member)
    if basket is None:
        await show_open_distributions(context)
    else:
        await show_basket_of(context, basket)


async def add_quantity(context: Context, basket: Basket, product_id: int, delta_milli: int) -> None:
    """So much more (or less) of a product, as far as it is there; a word says where that ends."""
    product = await get_product(context.session, basket.group_id, product_id)
    before = (await baskets.view(context.session, basket)).quantity_of(product.id)
    wanted = max(before + delta_milli, 0)
    if wanted > before:
        wanted = _within_stock(context, product, before, wanted)
    await baskets.set_quantity(context.session, basket, product, wanted)


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
