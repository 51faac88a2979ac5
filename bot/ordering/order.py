"""Ordering: choose a distribution, fill a basket from the catalogue, confirm it with a payment choice (R9).

The basket is a row, so there is little state here: buttons carry the basket they belong to, and a button of a basket that
is over shows today's instead. The one thing that needs a conversation is a typed quantity. A basket may be somebody
else's, filled by a coordinator: every screen of it says so, and every tap asks again whether one may.
"""

from __future__ import annotations

from enum import StrEnum

from bot.cards.links import card_link
from bot.edge.conversation import Button, Command, DurableConversation, Typed, end, keep
from bot.edge.scene import Scene
from bot.handover.views import plan as acting_views
from bot.members.welcome import is_held
from bot.ordering import search as order_search
from bot.ordering.baskets import (
    add_quantity,
    buyer_of,
    live_basket,
    show_basket_of,
    show_catalogue,
    show_of,
    show_open_distributions,
    show_page,
)
from bot.ordering.views import order as views
from bot.ordering.views import payment_choice as choice_views
from bot.ordering.views.paying import pay_rows
from bot.refusals import sentences as errors
from ledger.catalogue.service import get_product
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Member, Method
from ledger.groups.service import offered_methods
from ledger.money import InvalidAmount
from ledger.orders import baskets, distributions
from ledger.orders import service as orders
from ledger.orders.awaited import awaited_of
from ledger.orders.models import Basket, Distribution
from ledger.payments import service as payments
from ledger.quantities import parse_quantity


class State(StrEnum):
    """What the person is asked to type."""

    QUANTITY = "quantity"


async def start_order(scene: Scene) -> None:
    """/commander: straight to the catalogue when one distribution is open; in private, whose basket it is.

    /commander MIEL: to what the words find there.
    """
    _ = scene.member
    wanted = scene.command_text if scene.update.callback_query is None else ""
    if not await scene.privately():
        return
    if not wanted:
        await show_open_distributions(scene)
    elif not await order_search.search(scene, wanted):
        await order_search.show_nothing_found(scene, wanted)


async def choose_distribution(scene: Scene) -> None:
    """A distribution was tapped: its catalogue."""
    distribution_id = scene.numbers(1)[0]
    await scene.follow(Distribution, distribution_id)
    distribution = await distributions.get_distribution(scene.session, scene.member.group_id, distribution_id)
    await show_catalogue(scene, distribution)


async def turn_page(scene: Scene) -> None:
    """A page, or a product whose quantity is wanted."""
    basket_id, page, product_id = scene.numbers(3)
    basket = await live_basket(scene, basket_id)
    if basket is not None:
        await show_page(scene, basket, views.Place(page, product_id))


async def change_quantity(scene: Scene) -> None:
    """− or +."""
    basket_id, product_id, page, delta = scene.numbers(4)
    basket = await live_basket(scene, basket_id)
    if basket is not None:
        await add_quantity(scene, basket, product_id, delta)
        await show_page(scene, basket, views.Place(page, product_id))


async def ask_quantity(scene: Scene) -> State | None:
    """The quantity itself was tapped: it may be typed."""
    basket_id, product_id, page = scene.numbers(3)
    basket = await live_basket(scene, basket_id)
    if basket is None:
        return None
    product = await get_product(scene.session, basket.group_id, product_id)
    keep(scene.conversation, basket=basket.id, product=product.id, page=page)
    scene.say(scene.to_answer(views.ask_quantity(scene.texts, product)))
    return State.QUANTITY


async def take_quantity(scene: Scene) -> None:
    """The typed quantity. Another product's name is looked for; anything else is asked again."""
    data = scene.conversation.data
    product = await get_product(scene.session, scene.member.group_id, data["product"])
    try:
        basket = await baskets.basket_filled_by(scene.session, scene.member, data["basket"])
        quantity = parse_quantity(scene.typed, product.unit)
        await baskets.set_quantity(scene.session, basket, product, quantity)
    except (InvalidAmount, baskets.InvalidQuantity):
        if scene.is_private and await order_search.search(scene, scene.typed):
            shown = scene.conversation.data["basket"]
            end(scene.conversation)
            keep(scene.conversation, basket=shown)
            return
        screen = scene.to_answer(views.ask_quantity(scene.texts, product))
        scene.say(screen.under(scene.texts.t("I did not understand.")))
        return
    end(scene.conversation)
    await show_page(scene, basket, views.Place(data["page"], product.id))


async def show_basket(scene: Scene) -> None:
    """/panier, or the basket's button."""
    if scene.button_args:
        basket = await live_basket(scene, scene.numbers(1)[0])
    elif not (scene.member and await scene.privately()):
        return
    else:
        basket = await baskets.latest_open_basket(scene.session, scene.member)
        if basket is None:
            await show_open_distributions(scene)
    if basket is not None:
        await show_basket_of(scene, basket)


async def empty_basket(scene: Scene) -> None:
    """Everything out."""
    basket = await live_basket(scene, scene.numbers(1)[0])
    if basket is not None:
        await baskets.empty(scene.session, basket)
        await show_basket_of(scene, basket)


async def take_out(scene: Scene) -> None:
    """One product out of the basket."""
    basket_id, product_id = scene.numbers(2)
    basket = await live_basket(scene, basket_id)
    if basket is not None:
        product = await get_product(scene.session, basket.group_id, product_id)
        await baskets.set_quantity(scene.session, basket, product, 0)
        await show_basket_of(scene, basket)


async def confirm_basket(scene: Scene) -> None:
    """The basket is right: how will it be paid? Where payments are off, that is all."""
    basket = await live_basket(scene, scene.numbers(1)[0])
    if basket is None or (basket.member_id == scene.member.id and await is_held(scene)):
        return
    if not scene.group.payments_enabled:
        await _place(scene, basket, None, None)
        return
    view = await baskets.view(scene.session, basket)
    if not view.lines:
        await show_basket_of(scene, basket)
        return
    await _show_payment_choice(scene, view)


async def mix(scene: Scene) -> None:
    """Member credit first, or not after all."""
    basket_id, is_mixed = scene.numbers(2)
    basket = await live_basket(scene, basket_id)
    if basket is None:
        return
    view = await baskets.view(scene.session, basket)
    if not view.lines:
        await show_basket_of(scene, basket)
        return
    await _show_payment_choice(scene, view, mixed=bool(is_mixed))


async def pay(scene: Scene) -> None:
    """A method was chosen, perhaps only for what member credit leaves: the order is placed with it."""
    method = scene.button_args[0] if scene.button_args else ""
    is_mixed = len(scene.button_args) > 3
    basket_id, agreed, *credit = scene.numbers(3 if is_mixed else 2, skip=1)
    if method not in list(Method):
        raise NotFound("button", method)
    basket = await live_basket(scene, basket_id)
    if basket is None:
        return
    is_own = basket.member_id == scene.member.id
    if is_own and scene.member.put_out_at is not None and await is_held(scene):
        return
    await _place(scene, basket, Method(method), agreed, *credit)


async def _place(
    scene: Scene, basket: Basket, method: Method | None, agreed: int | None, credit: int = 0
) -> None:
    texts, by, buyer = scene.texts, scene.member, await buyer_of(scene, basket)
    if method is Method.CARD and buyer.id != by.id:
        raise NotFound("button", method)
    try:
        async with scene.attempt():
            done = await orders.confirm(
                scene.session,
                scene.group,
                buyer,
                basket.id,
                method,
                agreed_cents=agreed,
                credit_cents=credit,
                by=by,
            )
    except orders.NotEnoughCredit as refusal:
        sentence = choice_views.not_enough_credit(texts, refusal.balance, refusal.needed)
        if buyer.id != by.id:
            sentence = acting_views.not_enough_credit(texts, buyer, refusal.balance, refusal.needed)
        scene.toast(sentence, alert=True)
        view = await baskets.view(scene.session, basket)
        await _show_payment_choice(scene, view, mixed=credit > 0)
    except (orders.PriceChanged, orders.InvalidSplit) as refusal:
        scene.toast(errors.plain(errors.sentence(texts, refusal)), alert=True)
        await _show_payment_choice(scene, await baskets.view(scene.session, basket))
    except LedgerError as refusal:
        scene.toast(errors.plain(errors.sentence(texts, refusal)), alert=True)
        await baskets.take_out_withdrawn(scene.session, basket)
        await show_basket_of(scene, basket)
    else:
        await _show_receipt(scene, buyer, done)


async def _show_receipt(scene: Scene, buyer: Member, done: orders.Confirmed) -> None:
    """The receipt, below what is left of the basket; whoever was ordered for reads it too."""
    texts, group = scene.texts, scene.group
    awaited = await payments.awaited(scene.session, buyer)
    if buyer.id == scene.member.id:
        link = await card_link(scene, done.payment)
        scene.show(views.placed(texts, done.distribution, can_change=views.can_change(group, done)))
        scene.say(views.receipt(texts, group, done, awaited, link))
        return
    receipt = views.receipt(texts, group, done, awaited, is_own=False)
    scene.show(acting_views.ordered_for(texts, buyer, done.distribution.id, done.order.id))
    own = receipt.with_rows(pay_rows(texts, group, done.payment) if done.payment else ())
    scene.say(own.under(acting_views.acting_for(texts, buyer)))
    by = scene.member.name
    theirs = await awaited_of(scene.session, buyer)
    await scene.notify.member(
        buyer,
        lambda texts: views.receipt(texts, group, done, theirs).under(acting_views.ordered_by(texts, by)),
    )


async def _show_payment_choice(scene: Scene, view: baskets.BasketView, *, mixed: bool = False) -> None:
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


conversation = DurableConversation(
    name="order",
    entry_points=[
        Command(("commander", "order"), start_order),
        Command(("panier", "basket"), show_basket),
        Button("order", start_order),
        Button("dist", choose_distribution),
        Button("cat", turn_page),
        Button("qty", change_quantity),
        *order_search.entry_points,
        Button("qask", ask_quantity),
        Button("basket", show_basket),
        Button("empty", empty_basket),
        Button("drop", take_out),
        Button("confirm", confirm_basket),
        Button("paymix", mix),
        Button("pay", pay),
    ],
    states={State.QUANTITY: [Typed(take_quantity)]},
)
