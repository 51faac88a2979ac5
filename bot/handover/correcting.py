"""Goods on distribution day, typed: a line's quantity or price, and a price for everybody.

A line may be corrected by somebody else between the question and the answer: then nothing is written and it is asked again.
"""

from __future__ import annotations

from enum import StrEnum

from telegram import Update

from bot.edge.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import UNSEEN, Context
from bot.handover import goods
from bot.handover.views import asking, changes
from bot.handover.views import goods as views
from bot.refusals import sentences as errors
from bot.ui.screen import Button as ScreenButton
from bot.ui.screen import Screen
from ledger.errors import NotFound
from ledger.money import InvalidAmount
from ledger.orders import corrections
from ledger.orders.baskets import MAX_QUANTITY
from ledger.orders.seen import SeenChanged
from ledger.payments.service import is_far_off
from ledger.quantities import parse_quantity


class State(StrEnum):
    """What the coordinator is asked."""

    QUANTITY = "quantity"
    PRICE = "price"
    PRICE_FOR_ALL = "price_for_all"
    CONFIRM_PRICE = "confirm_price"


async def ask_quantity(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """How much of a line was handed over?"""
    _ = context.coordinator
    page = await goods.line_page_of(context, context.numbers(1)[0])
    if not await context.discreetly():
        return None
    keep_line(context, page)
    context.say(context.to_answer(asking.ask_quantity(context.texts, page, _cancel(context))))
    return State.QUANTITY


async def take_quantity(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """The quantity; ten times what was ordered is asked again."""
    page = await asked_line(context)
    quantity = typed_quantity(context, page)
    if quantity is None:
        return say_again(context, asking.quantity_again(context.texts))
    if corrections.is_far_off(page.line.line.quantity_milli, quantity):
        ask_if_sure(context, page, quantity, _cancel(context))
        return State.QUANTITY
    return await _deliver(context, page, quantity)


async def sure_quantity(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """It is ten times as much indeed."""
    return await _deliver(context, await asked_line(context), context.conversation.data["quantity"])


async def _deliver(context: Context, page: views.LinePage, quantity: int) -> str | None:
    ask = asking.ask_quantity(context.texts, page, _cancel(context))
    if changed_meanwhile(context, page, ask):
        return State.QUANTITY
    by, line = context.coordinator, page.line
    seen = corrections.mark_of_line(line.line.id, line.step)
    done = await corrections.deliver(context.session, by.group_id, line.line.id, quantity, by, seen=seen)
    await goods.show_changed(context, done)
    return END


async def ask_price(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """What does a line cost?"""
    _ = context.coordinator
    page = await goods.line_page_of(context, context.numbers(1)[0])
    if not await context.discreetly():
        return None
    keep_line(context, page)
    screen = asking.ask_price(context.texts, page.line.line, page.line.price_cents, _cancel(context))
    context.say(context.to_answer(screen))
    return State.PRICE


async def take_price(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """The price of one line; ten times the present one is asked again."""
    texts, page = context.texts, await asked_line(context)
    price = context.typed_amount
    if not price:
        return say_again(context, errors.amount_again(texts))
    if is_far_off(page.line.price_cents, price):
        keep(context.conversation, price=price)
        yes = texts.label("Yes, {amount}", amount=texts.money(price))
        button = context.step_button(yes, "sure", style="danger")
        context.say(
            context.to_answer(asking.price_far_off(texts, page.line, price, button, _cancel(context)))
        )
        return State.PRICE
    return await _reprice(context, page, price)


async def sure_price(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """It is ten times as much indeed."""
    return await _reprice(context, await asked_line(context), context.conversation.data["price"])


async def _reprice(context: Context, page: views.LinePage, price: int) -> str | None:
    ask = asking.ask_price(context.texts, page.line.line, page.line.price_cents, _cancel(context))
    if changed_meanwhile(context, page, ask):
        return State.PRICE
    by, line = context.coordinator, page.line
    seen = corrections.mark_of_line(line.line.id, line.step)
    done = await corrections.reprice(context.session, by.group_id, line.line.id, price, by, seen=seen)
    await goods.show_changed(context, done)
    return END


async def ask_price_for_all(update: Update, context: Context) -> State:  # noqa: ARG001
    """What does a product cost everybody?"""
    _ = context.coordinator
    distribution_id, product_id = context.numbers(2)
    one = await goods.totals_of(context, distribution_id, product_id)
    keep(context.conversation, distribution=distribution_id, product=product_id)
    screen = asking.ask_price(
        context.texts, one.newest, one.newest.price_cents, _cancel(context), members=one.members
    )
    context.say(context.to_answer(screen))
    return State.PRICE_FOR_ALL


async def take_price_for_all(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """The price, shown once more with how many it is for."""
    one = await _asked_product(context)
    price = context.typed_amount
    if not price:
        return say_again(context, errors.amount_again(context.texts))
    context.say(_price_preview(context, one, price))
    return State.CONFIRM_PRICE


def _price_preview(context: Context, one: views.ProductTotals, price: int) -> Screen:
    """Remembers what it shows."""
    keep(context.conversation, price=price, seen=one.mark)
    yes = context.step_button(context.texts.label("✅ Confirm"), "confirm", style="success")
    return asking.price_preview(context.texts, one, price, yes, _cancel(context))


async def confirm_price(update: Update, context: Context) -> str:  # noqa: ARG001
    """✅: for everybody, once; shown again when a line changed meanwhile."""
    by, data = context.coordinator, context.conversation.data
    try:
        async with context.attempt():
            done = await corrections.reprice_for_all(
                context.session,
                by.group_id,
                data["distribution"],
                data["product"],
                data["price"],
                by,
                seen=data.get("seen", UNSEEN),
            )
    except SeenChanged as refusal:
        again = _price_preview(context, await _asked_product(context), data["price"])
        context.show(again.under(errors.sentence(context.texts, refusal)))
        return State.CONFIRM_PRICE
    await goods.tell_changed(context, done)
    context.toast(changes.toast_changed(context.texts, done))
    context.show(changes.changed_many(context.texts, done, by.name))
    return END


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """Not after all."""
    _ = context.coordinator
    context.show(Screen(asking.not_changed(context.texts)))
    return END


def keep_line(context: Context, page: views.LinePage) -> None:
    """Remember which line is asked for, of which group, and how often it was corrected so far."""
    keep(context.conversation, group=context.group.id, line=page.line.line.id, step=page.line.step)


async def asked_line(context: Context) -> views.LinePage:
    """The line that was asked for, of the group it was asked in, as it is now."""
    group_id = context.coordinator.group_id
    data = context.conversation.data
    if data["group"] != group_id:
        raise NotFound("line", data["line"])
    return await goods.line_page_of(context, data["line"])


async def _asked_product(context: Context) -> views.ProductTotals:
    data = context.conversation.data
    return await goods.totals_of(context, data["distribution"], data["product"])


def changed_meanwhile(context: Context, page: views.LinePage, ask: Screen) -> bool:
    """Whether somebody corrected the line since it was asked for; then they are named, and it is asked again."""
    if page.line.step == context.conversation.data["step"]:
        return False
    keep_line(context, page)
    context.say(context.to_answer(ask.under(asking.changed_meanwhile(context.texts, page))))
    return True


def ask_if_sure(context: Context, page: views.LinePage, quantity: int, instead: ScreenButton) -> None:
    """Ten times as much as was ordered: a button for yes, and another way out; typing again is one too."""
    keep(context.conversation, quantity=quantity)
    texts, line = context.texts, page.line.line
    label = texts.label("Yes, {quantity}", quantity=texts.quantity(quantity, line.unit))
    yes = context.step_button(label, "sure", style="danger")
    context.say(context.to_answer(asking.far_off(texts, line, quantity, yes, instead)))


def typed_quantity(context: Context, page: views.LinePage) -> int | None:
    """Thousandths of the line's unit; none when the text is no quantity."""
    try:
        quantity = parse_quantity(context.typed, page.line.line.unit)
    except InvalidAmount:
        return None
    return quantity if quantity <= MAX_QUANTITY else None


def say_again(context: Context, sentence: str) -> State | None:
    """Ask once more: the state stays."""
    context.say(context.to_answer(Screen(sentence)))
    return None


def _cancel(context: Context) -> ScreenButton:
    return context.step_button(context.texts.label("Cancel"), "cancel")


CANCEL = StepButton("cancel", leave)
conversation = DurableConversation(
    name="handover_goods",
    entry_points=[
        Button("dqty", ask_quantity),
        Button("dprice", ask_price),
        Button("dpall", ask_price_for_all),
    ],
    states={
        State.QUANTITY: [CANCEL, StepButton("sure", sure_quantity), Typed(take_quantity)],
        State.PRICE: [CANCEL, StepButton("sure", sure_price), Typed(take_price)],
        State.PRICE_FOR_ALL: [CANCEL, Typed(take_price_for_all)],
        State.CONFIRM_PRICE: [CANCEL, StepButton("confirm", confirm_price)],
    },
)
