"""The screens of ordering, loaded: the catalogue over a basket, and the basket.

A basket may be somebody else's, filled by a coordinator: every screen of it says so. The basket that was shown last is
remembered, so that what is typed next is searched for the same person.
"""

from __future__ import annotations

from bot.edge.scene import Scene
from bot.edge.state import keep
from bot.handover.views import plan as acting_views
from bot.ordering.views import order as views
from bot.ui.screen import Screen
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


async def show_own_basket(scene: Scene) -> None:
    """The member's own basket of today, or where to begin one."""
    view = await basket_views.latest(scene.session, scene.member)
    if view is None:
        await show_open_distributions(scene)
    else:
        await show_basket_of(scene, view)
