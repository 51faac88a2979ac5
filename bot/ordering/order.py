"""Ordering: choose a distribution, fill a basket from the catalogue, confirm it with a payment choice (R9).

The basket is a row, so there is little state here: buttons carry the basket they belong to, and a button of a basket that
is over shows today's instead. The one thing that needs a conversation is a typed quantity. A basket may be somebody
else's, filled by a coordinator: every screen of it says so, and every tap asks again whether one may.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.cards.pages import card_link
from bot.edge.draft import Draft
from bot.edge.handling import Conversation, On, Typed
from bot.edge.scene import Scene
from bot.edge.state import end, keep
from bot.handover.views import plan as acting_views
from bot.members.pages import is_held
from bot.ordering import search, taps
from bot.ordering.filling import add_quantity, live_basket
from bot.ordering.pages import (
    buyer_of,
    show_basket_of,
    show_catalogue,
    show_of,
    show_open_distributions,
    show_own_basket,
    show_page,
    show_shop,
)
from bot.ordering.views import order as views
from bot.ordering.views import payment_choice as choice_views
from bot.ordering.views.paying import pay_rows
from bot.refusals import sentences as errors
from bot.rights import May
from bot.ui.taps import Id, Number
from ledger.catalogue.models import Product
from ledger.catalogue.service import get_product
from ledger.errors import NotFound
from ledger.groups.models import Member, Method
from ledger.groups.service import offered_methods
from ledger.money import InvalidAmount
from ledger.orders import basket_views, baskets, distributions
from ledger.orders import service as orders
from ledger.orders.basket_views import BasketView
from ledger.orders.expected import expected_of
from ledger.payments import service as payments
from ledger.quantities import parse_quantity


class State(StrEnum):
    """What the person is asked to type."""

    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class Choice:
    """How an order is to be paid.

    ``agreed_cents``: the total that was shown; ``credit_cents``: what of it member credit pays first.
    """

    method: Method | None
    agreed_cents: int | None = None
    credit_cents: int = 0


NOT_TO_BE_PLACED = (NotFound, baskets.OrdersClosed, orders.AlreadyConfirmed)
"""The basket is not there (for this buyer), or not open any more."""
UNFIT = (orders.EmptyBasket, orders.OutOfStock, orders.NoLongerOffered, orders.MethodNotOffered)
"""The basket must be changed, or the choice."""


class QuantityDraft(Draft):
    """Of which product a quantity is typed, for which basket, and the page of the catalogue it stands on."""

    basket: Id
    product: Id
    page: Number


async def start_order(scene: Scene) -> None:
    """Goes straight to the catalogue when one distribution is open; /order HONEY to what the words find there."""
    wanted = scene.command_text if scene.update.callback_query is None else ""
    if not wanted:
        await show_open_distributions(scene)
    elif not await search.search(scene, wanted):
        await search.show_nothing_found(scene, wanted)


async def choose_distribution(scene: Scene, tap: taps.OrderAt) -> None:
    """Shows a distribution's catalogue."""
    distribution = await distributions.get_distribution(scene.session, scene.group.id, tap.distribution)
    await show_catalogue(scene, distribution)


async def turn_page(scene: Scene, tap: taps.Page) -> None:
    """Shows a page, or a product whose quantity is wanted."""
    view = await live_basket(scene, tap.basket)
    if view is not None:
        await show_page(scene, view, views.Place(tap.page, tap.product))


async def change_quantity(scene: Scene, tap: taps.Change) -> None:
    """Takes − or +."""
    view = await live_basket(scene, tap.basket)
    if view is not None:
        shop = await add_quantity(scene, view, tap.product, tap.delta)
        await show_shop(scene, shop, views.Place(tap.page, tap.product))


async def ask_quantity(scene: Scene, tap: taps.TypeQuantity) -> State | None:
    """Asks for a quantity: it was tapped itself."""
    view = await live_basket(scene, tap.basket)
    if view is None:
        return None
    product = await get_product(scene.session, view.basket.group_id, tap.product)
    scene.keep(QuantityDraft(basket=tap.basket, product=product.id, page=tap.page))
    scene.ask(views.ask_quantity(scene.texts, product))
    return State.QUANTITY


async def take_quantity(scene: Scene, draft: QuantityDraft) -> None:
    """Takes the typed quantity. Another product's name is looked for; anything else is asked again."""
    product = await get_product(scene.session, scene.group.id, draft.product)
    try:
        basket = await baskets.basket_filled_by(scene.session, scene.member, draft.basket)
        quantity = parse_quantity(scene.typed, product.unit)
        await baskets.set_quantity(scene.session, basket, product, quantity)
    except (InvalidAmount, baskets.InvalidQuantity):
        await _take_words(scene, draft, product)
        return
    end(scene.conversation)
    view = await baskets.view(scene.session, basket)
    await show_page(scene, view, views.Place(draft.page, product.id))


async def _take_words(scene: Scene, draft: QuantityDraft, product: Product) -> None:
    """Looks for what is no quantity in the catalogue."""
    if scene.is_private and await search.search(scene, scene.typed):
        shown = scene.conversation.data.get("basket", draft.basket)
        end(scene.conversation)
        keep(scene.conversation, basket=shown)
        return
    scene.ask(views.ask_quantity(scene.texts, product).under(scene.texts.t("I did not understand.")))


async def show_basket(scene: Scene, tap: taps.ShowBasket | None = None) -> None:
    """Shows what is in the basket."""
    if tap is None or tap.basket is None:
        await show_own_basket(scene)
        return
    view = await live_basket(scene, tap.basket)
    if view is not None:
        await show_basket_of(scene, view)


async def empty_basket(scene: Scene, tap: taps.Empty) -> None:
    """Takes everything out."""
    view = await live_basket(scene, tap.basket)
    if view is not None:
        await baskets.empty(scene.session, view.basket)
        await show_basket_of(scene, replace(view, lines=()))


async def take_out(scene: Scene, tap: taps.TakeOut) -> None:
    """Takes one product out of the basket."""
    view = await live_basket(scene, tap.basket)
    if view is not None:
        product = await get_product(scene.session, view.basket.group_id, tap.product)
        await baskets.set_quantity(scene.session, view.basket, product, 0)
        await show_basket_of(scene, view.holding(product, 0))


async def confirm_basket(scene: Scene, tap: taps.Confirm) -> None:
    """Asks how a basket will be paid, which is right. Where payments are off, that is all."""
    view = await live_basket(scene, tap.basket)
    if view is None or (view.basket.member_id == scene.member.id and await is_held(scene)):
        return
    if not scene.group.payments_enabled:
        await _place(scene, await buyer_of(scene, view.basket), view.basket.id, Choice(None))
    elif not view.lines:
        await show_basket_of(scene, view)
    else:
        await _show_payment_choice(scene, view)


async def mix(scene: Scene, tap: taps.Mix) -> None:
    """Offers member credit first, or not after all."""
    view = await live_basket(scene, tap.basket)
    if view is None:
        return
    if view.lines:
        await _show_payment_choice(scene, view, mixed=tap.is_mixed)
    else:
        await show_basket_of(scene, view)


async def pay(scene: Scene, tap: taps.Pay) -> None:
    """Places the order with the method that was chosen, perhaps only for what member credit leaves."""
    choice = Choice(tap.method, tap.agreed, tap.credit or 0)
    member = scene.member
    if member.put_out_at is None:
        # Nearly every basket is one's own and open: only what is refused is looked at before.
        with suppress(*NOT_TO_BE_PLACED):
            await _place(scene, member, tap.basket, choice)
            return
    view = await live_basket(scene, tap.basket)
    if view is None:
        return
    buyer = await buyer_of(scene, view.basket)
    if buyer.id == member.id and member.put_out_at is not None and await is_held(scene):
        return
    if buyer.id != member.id and choice.method is Method.CARD:
        raise NotFound("button", choice.method)
    await _place(scene, buyer, tap.basket, choice)


async def _place(scene: Scene, buyer: Member, basket_id: int, choice: Choice) -> None:
    """Places the order, or says what is in its way; raises what :data:`NOT_TO_BE_PLACED` says."""
    texts, by = scene.texts, scene.member
    try:
        done = await orders.confirm(
            scene.session,
            scene.group,
            buyer,
            basket_id,
            choice.method,
            agreed_cents=choice.agreed_cents,
            credit_cents=choice.credit_cents,
            by=by,
        )
    except orders.NotEnoughCredit as refusal:
        sentence = choice_views.not_enough_credit(texts, refusal.balance, refusal.needed)
        if buyer.id != by.id:
            sentence = acting_views.not_enough_credit(texts, buyer, refusal.balance, refusal.needed)
        scene.toast(sentence, alert=True)
        await _ask_again(scene, basket_id, mixed=choice.credit_cents > 0)
    except (orders.PriceChanged, orders.InvalidSplit) as refusal:
        scene.toast(errors.plain(errors.sentence(texts, refusal)), alert=True)
        await _ask_again(scene, basket_id)
    except UNFIT as refusal:
        scene.toast(errors.plain(errors.sentence(texts, refusal)), alert=True)
        view = await basket_views.get(scene.session, basket_id)
        await baskets.take_out_withdrawn(scene.session, view.basket)
        await show_basket_of(scene, view)
    else:
        await _show_receipt(scene, buyer, done)


async def _ask_again(scene: Scene, basket_id: int, *, mixed: bool = False) -> None:
    await _show_payment_choice(scene, await basket_views.get(scene.session, basket_id), mixed=mixed)


async def _show_receipt(scene: Scene, buyer: Member, done: orders.Confirmed) -> None:
    """The receipt, below what is left of the basket; whoever was ordered for reads it too."""
    texts, group = scene.texts, scene.group
    expected = done.standing.expected_cents
    if buyer.id == scene.member.id:
        link = await card_link(scene, done.payment)
        scene.show(views.placed(texts, done.distribution, can_change=views.can_change(group, done)))
        scene.say(views.receipt(texts, group, done, expected, link))
        return
    receipt = views.receipt(texts, group, done, expected, is_own=False)
    scene.show(acting_views.ordered_for(texts, buyer, done.distribution.id, done.order.id))
    own = receipt.with_rows(pay_rows(texts, group, done.payment) if done.payment else ())
    scene.say(own.under(acting_views.acting_for(texts, buyer)))
    by = scene.member.name
    theirs = await expected_of(scene.session, buyer)
    await scene.notify.member(
        buyer,
        lambda texts: views.receipt(texts, group, done, theirs).under(acting_views.ordered_by(texts, by)),
    )


async def _show_payment_choice(scene: Scene, view: BasketView, *, mixed: bool = False) -> None:
    """``mixed``: with member credit first, as long as there is some and it does not pay everything."""
    buyer = await buyer_of(scene, view.basket)
    balance = await payments.balance_of(scene.session, buyer)
    purse = choice_views.Purse(balance, buyer.name if buyer.id != scene.member.id else None)
    methods = _methods(scene, buyer)
    is_mixed = mixed and purse.first(scene.group, view.total_cents, methods) > 0
    choice = choice_views.mixed_choice if is_mixed else choice_views.payment_choice
    await show_of(scene, view.basket, choice(scene.texts, scene.group, view, methods, purse))


def _methods(scene: Scene, buyer: Member) -> list[Method]:
    """How an order may be paid. A card is its holder's: whoever orders for somebody leaves that to them."""
    return [
        method
        for method in offered_methods(scene.group)
        if method is not Method.CARD or buyer.id == scene.member.id
    ]


conversation = Conversation(
    "order",
    may=May.ORDER,
    draft=QuantityDraft,
    entry_points=[
        On(taps.ORDER, start_order),
        On(taps.BASKET, show_basket),
        On(taps.Start, start_order),
        On(taps.OrderAt, choose_distribution),
        On(taps.Page, turn_page),
        On(taps.Change, change_quantity),
        *search.entry_points,
        On(taps.TypeQuantity, ask_quantity),
        On(taps.ShowBasket, show_basket),
        On(taps.Empty, empty_basket),
        On(taps.TakeOut, take_out),
        On(taps.Confirm, confirm_basket),
        On(taps.Mix, mix),
        On(taps.Pay, pay),
    ],
    states={State.QUANTITY: [Typed(take_quantity)]},
)
