"""Ordering: choose a distribution, fill a basket from the catalogue, confirm it with a payment choice (R9).

The basket is a row, so there is little state here: buttons carry the basket they belong to, and a button of a basket that
is over shows today's instead. The one thing that needs a conversation is a typed quantity. A basket may be somebody
else's, filled by a coordinator: every screen of it says so, and every tap asks again whether one may.
"""

from __future__ import annotations

from enum import StrEnum

from telegram import Update

from bot.commands.handover_telling import tell_member
from bot.conversations.cards import card_link
from bot.delivery.context import Context
from bot.delivery.conversation import END, Button, Command, DurableConversation, Typed, keep
from bot.views import errors
from bot.views import handover_plan as acting_views
from bot.views import order as views
from bot.views import payment_choice as choice_views
from bot.views.paying import pay_rows
from bot.views.screen import Screen
from ledger.catalogue.models import Product
from ledger.catalogue.service import get_product, offered_products
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Member, Method
from ledger.groups.service import get_member, offered_methods
from ledger.money import InvalidAmount
from ledger.orders import baskets, distributions
from ledger.orders import service as orders
from ledger.orders.models import Basket, Distribution
from ledger.payments import service as payments
from ledger.quantities import parse_quantity


class State(StrEnum):
    """What the person is asked to type."""

    QUANTITY = "quantity"


async def start_order(update: Update, context: Context) -> None:  # noqa: ARG001
    """/commander: straight to the catalogue when one distribution is open; in private, whose basket it is."""
    _ = context.member
    if await context.privately():
        await show_open_distributions(context)


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


async def choose_distribution(update: Update, context: Context) -> None:  # noqa: ARG001
    """A distribution was tapped: its catalogue."""
    distribution_id = context.numbers(1)[0]
    await context.follow(Distribution, distribution_id)
    distribution = await distributions.get_distribution(
        context.session, context.member.group_id, distribution_id
    )
    await show_catalogue(context, distribution)


async def show_catalogue(
    context: Context, distribution: Distribution, *, member: Member | None = None
) -> None:
    """The catalogue over the member's own basket for a distribution, or over the basket of who is ordered for."""
    by = context.member
    basket = await baskets.open_basket(context.session, context.group, member or by, distribution, by=by)
    await _show_page(context, basket, views.Place())


async def turn_page(update: Update, context: Context) -> None:  # noqa: ARG001
    """A page, or a product whose quantity is wanted."""
    basket_id, page, product_id = context.numbers(3)
    basket = await _live_basket(context, basket_id)
    if basket is not None:
        await _show_page(context, basket, views.Place(page, product_id))


async def change_quantity(update: Update, context: Context) -> None:  # noqa: ARG001
    """− or +."""
    basket_id, product_id, page, delta = context.numbers(4)
    basket = await _live_basket(context, basket_id)
    if basket is None:
        return
    product = await get_product(context.session, basket.group_id, product_id)
    before = (await baskets.view(context.session, basket)).quantity_of(product.id)
    wanted = max(before + delta, 0)
    if wanted > before:
        wanted = _within_stock(context, product, before, wanted)
    await baskets.set_quantity(context.session, basket, product, wanted)
    await _show_page(context, basket, views.Place(page, product.id))


async def ask_quantity(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """The quantity itself was tapped: it may be typed."""
    basket_id, product_id, page = context.numbers(3)
    basket = await _live_basket(context, basket_id)
    if basket is None:
        return None
    product = await get_product(context.session, basket.group_id, product_id)
    keep(context.conversation, basket=basket.id, product=product.id, page=page)
    context.say(context.to_answer(views.ask_quantity(context.texts, product)))
    return State.QUANTITY


async def take_quantity(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """The typed quantity; asked again when it is none."""
    data = context.conversation.data
    product = await get_product(context.session, context.member.group_id, data["product"])
    try:
        basket = await baskets.basket_filled_by(context.session, context.member, data["basket"])
        quantity = parse_quantity(context.typed, product.unit)
        await baskets.set_quantity(context.session, basket, product, quantity)
    except (InvalidAmount, baskets.InvalidQuantity):
        screen = context.to_answer(views.ask_quantity(context.texts, product))
        context.say(screen.under(context.texts.t("I did not understand.")))
        return None
    await _show_page(context, basket, views.Place(data["page"], product.id))
    return END


async def show_basket(update: Update, context: Context) -> None:  # noqa: ARG001
    """/panier, or the basket's button."""
    if context.button_args:
        basket = await _live_basket(context, context.numbers(1)[0])
    elif not (context.member and await context.privately()):
        return
    else:
        basket = await baskets.latest_open_basket(context.session, context.member)
        if basket is None:
            await show_open_distributions(context)
    if basket is not None:
        await _show_basket(context, basket)


async def empty_basket(update: Update, context: Context) -> None:  # noqa: ARG001
    """Everything out."""
    basket = await _live_basket(context, context.numbers(1)[0])
    if basket is not None:
        await baskets.empty(context.session, basket)
        await _show_basket(context, basket)


async def take_out(update: Update, context: Context) -> None:  # noqa: ARG001
    """One product out of the basket."""
    basket_id, product_id = context.numbers(2)
    basket = await _live_basket(context, basket_id)
    if basket is not None:
        product = await get_product(context.session, basket.group_id, product_id)
        await baskets.set_quantity(context.session, basket, product, 0)
        await _show_basket(context, basket)


async def confirm_basket(update: Update, context: Context) -> None:  # noqa: ARG001
    """The basket is right: how will it be paid? Where payments are off, that is all."""
    basket = await _live_basket(context, context.numbers(1)[0])
    if basket is None:
        return
    if not context.group.payments_enabled:
        await _place(context, basket, None, None)
        return
    view = await baskets.view(context.session, basket)
    if not view.lines:
        await _show_basket(context, basket)
        return
    await _show_payment_choice(context, view)


async def mix(update: Update, context: Context) -> None:  # noqa: ARG001
    """Member credit first, or not after all."""
    basket_id, is_mixed = context.numbers(2)
    basket = await _live_basket(context, basket_id)
    if basket is None:
        return
    view = await baskets.view(context.session, basket)
    if not view.lines:
        await _show_basket(context, basket)
        return
    await _show_payment_choice(context, view, mixed=bool(is_mixed))


async def pay(update: Update, context: Context) -> None:  # noqa: ARG001
    """A method was chosen, perhaps only for what member credit leaves: the order is placed with it."""
    method = context.button_args[0] if context.button_args else ""
    is_mixed = len(context.button_args) > 3
    basket_id, agreed, *credit = context.numbers(3 if is_mixed else 2, skip=1)
    if method not in list(Method):
        raise NotFound("button", method)
    basket = await _live_basket(context, basket_id)
    if basket is not None:
        await _place(context, basket, Method(method), agreed, *credit)


async def _place(
    context: Context, basket: Basket, method: Method | None, agreed: int | None, credit: int = 0
) -> None:
    texts, by, buyer = context.texts, context.member, await _buyer(context, basket)
    if method is Method.CARD and buyer.id != by.id:
        raise NotFound("button", method)
    try:
        async with context.attempt():
            done = await orders.confirm(
                context.session,
                context.group,
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
        context.toast(sentence, alert=True)
        view = await baskets.view(context.session, basket)
        await _show_payment_choice(context, view, mixed=credit > 0)
    except (orders.PriceChanged, orders.InvalidSplit) as refusal:
        context.toast(errors.plain(errors.sentence(texts, refusal)), alert=True)
        await _show_payment_choice(context, await baskets.view(context.session, basket))
    except LedgerError as refusal:
        context.toast(errors.plain(errors.sentence(texts, refusal)), alert=True)
        await baskets.take_out_withdrawn(context.session, basket)
        await _show_basket(context, basket)
    else:
        await _show_receipt(context, buyer, done)


async def _show_receipt(context: Context, buyer: Member, done: orders.Confirmed) -> None:
    """The receipt, below what is left of the basket; whoever was ordered for reads it too."""
    texts, group = context.texts, context.group
    awaited = await payments.awaited(context.session, buyer)
    if buyer.id == context.member.id:
        link = await card_link(context, done.payment)
        context.show(views.placed(texts, group, done.distribution))
        context.say(views.receipt(texts, group, done, awaited, link))
        return
    receipt = views.receipt(texts, group, done, awaited)
    context.show(acting_views.ordered_for(texts, buyer, done.distribution.id, done.order.id))
    own = receipt.with_rows(pay_rows(texts, group, done.payment) if done.payment else ())
    context.say(own.under(acting_views.acting_for(texts, buyer)))
    by = context.member.name
    await tell_member(
        context,
        buyer,
        lambda theirs, awaited: views.receipt(theirs, group, done, awaited).under(
            acting_views.ordered_by(theirs, by)
        ),
    )


async def _show_payment_choice(context: Context, view: baskets.BasketView, *, mixed: bool = False) -> None:
    """``mixed``: with member credit first, as long as there is some and it does not pay everything."""
    buyer = await _buyer(context, view.basket)
    balance = await payments.balance_of(context.session, buyer)
    purse = choice_views.Purse(balance, buyer.name if buyer.id != context.member.id else None)
    methods = _methods(context, buyer)
    is_mixed = mixed and purse.first(context.group, view.total_cents, methods) > 0
    choice = choice_views.mixed_choice if is_mixed else choice_views.payment_choice
    await _show(context, view.basket, choice(context.texts, context.group, view, methods, purse))


def _methods(context: Context, buyer: Member) -> list[Method]:
    """How an order may be paid. A card is its holder's: whoever orders for somebody leaves that to them."""
    return [
        method
        for method in offered_methods(context.group)
        if method is not Method.CARD or buyer.id == context.member.id
    ]


async def _show_basket(context: Context, basket: Basket) -> None:
    view = await baskets.view(context.session, basket)
    await _show(context, basket, views.basket_screen(context.texts, context.group, view))


async def _show_page(context: Context, basket: Basket, place: views.Place) -> None:
    view = await baskets.view(context.session, basket)
    catalogue = await offered_products(context.session, basket.group_id)
    await _show(context, basket, views.catalogue_page(context.texts, view, catalogue, place))


async def _show(context: Context, basket: Basket, screen: Screen) -> None:
    """A screen of a basket; it says whose, where it is not one's own."""
    buyer = await _buyer(context, basket)
    if buyer.id != context.member.id:
        screen = screen.under(acting_views.acting_for(context.texts, buyer))
    context.show(screen)


async def _buyer(context: Context, basket: Basket) -> Member:
    """Whose basket it is."""
    if basket.member_id == context.member.id:
        return context.member
    return await get_member(context.session, basket.group_id, basket.member_id)


async def _live_basket(context: Context, basket_id: int) -> Basket | None:
    """The basket the tapped button belongs to; if it is over, what stands today is shown and nothing else happens."""
    await context.follow(Basket, basket_id)
    try:
        basket = await baskets.basket_filled_by(context.session, context.member, basket_id)
    except NotFound:
        context.toast(context.texts.label("This basket is over. Here is today's."))
        await _show_today(context)
        return None
    distribution = await distributions.get_distribution(
        context.session, basket.group_id, basket.distribution_id
    )
    is_own = basket.member_id == context.member.id
    if not await baskets.takes_orders(context.session, distribution, context.member):
        if not is_own:
            raise baskets.OrdersClosed(distribution)
        context.toast(context.texts.label("This basket is over. Here is today's."))
        await _show_today(context)
        return None
    if basket.closed_at is not None:
        context.toast(context.texts.label("This basket was ordered already."))
        if not is_own:
            buyer = await _buyer(context, basket)
            order = await baskets.live_order(context.session, buyer.id, distribution.id)
            order_id = order.id if order is not None else None
            context.show(acting_views.ordered_for(context.texts, buyer, distribution.id, order_id))
            return None
        newer = await baskets.latest_open_basket(context.session, context.member)
        if newer is not None:
            await _show_basket(context, newer)
        else:
            context.show(views.placed(context.texts, context.group, distribution))
        return None
    return basket


async def _show_today(context: Context) -> None:
    basket = await baskets.latest_open_basket(context.session, context.member)
    if basket is None:
        await show_open_distributions(context)
    else:
        await _show_basket(context, basket)


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


conversation = DurableConversation(
    name="order",
    entry_points=[
        Command(("commander", "order"), start_order),
        Command(("panier", "basket"), show_basket),
        Button("order", start_order),
        Button("dist", choose_distribution),
        Button("cat", turn_page),
        Button("qty", change_quantity),
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
