"""Goods on distribution day, typed: a line's quantity or price, a price for everybody, the weights one after another.

A line may be corrected by somebody else between the question and the answer: then nothing is written and it is asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from telegram import Update

from bot.commands import handover_goods as goods
from bot.delivery.context import Context
from bot.delivery.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.views import errors
from bot.views import handover_goods as views
from bot.views.screen import Button as ScreenButton
from bot.views.screen import Row, Screen
from ledger.errors import NotFound
from ledger.money import InvalidAmount, exponent_of, parse_amount
from ledger.orders import corrections
from ledger.orders.baskets import MAX_QUANTITY
from ledger.orders.corrections import Changed


class State(StrEnum):
    """What the coordinator is asked."""

    QUANTITY = "quantity"
    PRICE = "price"
    PRICE_FOR_ALL = "price_for_all"
    CONFIRM_PRICE = "confirm_price"
    WEIGHT = "weight"


async def ask_quantity(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """How much of a line was handed over?"""
    _ = context.coordinator
    page = await goods.line_page_of(context, context.numbers(1)[0])
    if not await context.discreetly():
        return None
    _keep_line(context, page)
    context.say(context.to_answer(views.ask_quantity(context.texts, page, _cancel(context))))
    return State.QUANTITY


async def take_quantity(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """The quantity; ten times what was ordered is asked again."""
    page = await _asked_line(context)
    quantity = _typed_quantity(context, page)
    if quantity is None:
        return _say_again(context, views.quantity_again(context.texts))
    if corrections.is_far_off(page.line.line.quantity_milli, quantity):
        return _ask_if_sure(context, page, quantity, State.QUANTITY)
    return await _deliver(context, page, quantity)


async def sure_quantity(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """It is ten times as much indeed."""
    return await _deliver(context, await _asked_line(context), context.conversation.data["quantity"])


async def _deliver(context: Context, page: views.LinePage, quantity: int) -> str | None:
    ask = views.ask_quantity(context.texts, page, _cancel(context))
    if _changed_meanwhile(context, page, ask):
        return State.QUANTITY
    by = context.coordinator
    done = await corrections.deliver(context.session, by.group_id, page.line.line.id, quantity, by)
    await goods.show_changed(context, done)
    return END


async def ask_price(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """What does a line cost?"""
    _ = context.coordinator
    page = await goods.line_page_of(context, context.numbers(1)[0])
    if not await context.discreetly():
        return None
    _keep_line(context, page)
    screen = views.ask_price(context.texts, page.line.line, page.line.price_cents, _cancel(context))
    context.say(context.to_answer(screen))
    return State.PRICE


async def take_price(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """The price of one line."""
    page = await _asked_line(context)
    price = _typed_price(context)
    if price is None:
        return _say_again(context, errors.amount_again(context.texts))
    ask = views.ask_price(context.texts, page.line.line, page.line.price_cents, _cancel(context))
    if _changed_meanwhile(context, page, ask):
        return State.PRICE
    by = context.coordinator
    done = await corrections.reprice(context.session, by.group_id, page.line.line.id, price, by)
    await goods.show_changed(context, done)
    return END


async def ask_price_for_all(update: Update, context: Context) -> State:  # noqa: ARG001
    """What does a product cost everybody?"""
    _ = context.coordinator
    distribution_id, product_id = context.numbers(2)
    one = await goods.totals_of(context, distribution_id, product_id)
    keep(context.conversation, distribution=distribution_id, product=product_id)
    screen = views.ask_price(
        context.texts, one.newest, one.newest.price_cents, _cancel(context), members=one.members
    )
    context.say(context.to_answer(screen))
    return State.PRICE_FOR_ALL


async def take_price_for_all(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """The price, shown once more with how many it is for."""
    one = await _asked_product(context)
    price = _typed_price(context)
    if price is None:
        return _say_again(context, errors.amount_again(context.texts))
    keep(context.conversation, price=price)
    yes = context.step_button(context.texts.label("✅ Confirm"), "confirm", style="success")
    context.say(views.price_preview(context.texts, one, price, yes, _cancel(context)))
    return State.CONFIRM_PRICE


async def confirm_price(update: Update, context: Context) -> str:  # noqa: ARG001
    """✅: for everybody, once."""
    by, data = context.coordinator, context.conversation.data
    _ = await _asked_product(context)
    done = await corrections.reprice_for_all(
        context.session, by.group_id, data["distribution"], data["product"], data["price"], by
    )
    await goods.tell_changed(context, done)
    context.show(views.changed_many(context.texts, done, by.name))
    return END


async def walk(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """Everybody's weight of one product, one after another, by name."""
    group_id = context.coordinator.group_id
    distribution_id, product_id = context.numbers(2)
    lines = await corrections.product_lines(context.session, group_id, distribution_id, product_id)
    if not lines:
        raise NotFound("product", product_id)
    if not await context.discreetly():
        return None
    pages = [await goods.line_page_of(context, line.line.id) for line in lines]
    pages.sort(key=lambda page: (page.member.name.casefold(), page.line.line.id))
    keep(
        context.conversation,
        distribution=distribution_id,
        product=product_id,
        lines=[page.line.line.id for page in pages],
        at=0,
    )
    return await _ask_weight(context)


async def take_weight(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """One weight; then the next member's."""
    page = await _asked_line(context)
    quantity = _typed_quantity(context, page)
    if quantity is None:
        return _say_again(context, views.quantity_again(context.texts))
    if corrections.is_far_off(page.line.line.quantity_milli, quantity):
        return _ask_if_sure(context, page, quantity, State.WEIGHT)
    return await _weighed(context, page, quantity)


async def sure_weight(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """It is ten times as much indeed."""
    return await _weighed(context, await _asked_line(context), context.conversation.data["quantity"])


async def _weighed(context: Context, page: views.LinePage, quantity: int) -> str | None:
    if _changed_meanwhile(context, page, _weigh_screen(context, page, ())):
        return State.WEIGHT
    by, done = context.coordinator, None
    try:
        async with context.attempt():
            done = await corrections.deliver(context.session, by.group_id, page.line.line.id, quantity, by)
    except corrections.NothingToChange:
        pass
    if done is not None:
        await goods.tell_changed(context, done)
    keep(context.conversation, at=context.conversation.data["at"] + 1)
    return await _ask_weight(context, done)


async def skip(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """As ordered, or later: the next member."""
    _ = context.coordinator
    keep(context.conversation, at=context.conversation.data["at"] + 1)
    return await _ask_weight(context)


async def stop(update: Update, context: Context) -> str:  # noqa: ARG001
    """Enough of it: what was entered stays."""
    data = context.conversation.data
    _ = await _asked_product(context)
    await goods.show_product(context, data["distribution"], data["product"])
    return END


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """Not after all."""
    _ = context.coordinator
    context.show(Screen(views.not_changed(context.texts)))
    return END


async def _ask_weight(context: Context, done: Changed | None = None) -> str:
    """The next member's weight, under what was done for the one before; the end when there is none."""
    texts, data = context.texts, context.conversation.data
    rows: list[Row] = []
    notice = None
    if done is not None:
        notice = views.weighed_one(texts, done.corrected[0])
        rows.append((views.undo_button(texts, done.change.id, 1, below=True),))
    page = await _next_line(context)
    if page is None:
        screen = views.weighed_all(texts, data["distribution"], data["product"])
        screen = screen.with_rows([*rows, *screen.rows])
        context.show(screen.under(notice) if notice else screen)
        return END
    _keep_line(context, page)
    screen = context.to_answer(_weigh_screen(context, page, rows))
    context.show(screen.under(notice) if notice else screen)
    return State.WEIGHT


def _weigh_screen(context: Context, page: views.LinePage, more: Sequence[Row]) -> Screen:
    texts, data = context.texts, context.conversation.data
    skip_button = context.step_button(texts.label("⏭ Skip"), "skip")
    stop_button = context.step_button(texts.label("⏹ Stop"), "stop")
    rows = [(skip_button, stop_button), *more]
    return views.weigh(texts, page, data["at"] + 1, len(data["lines"]), rows)


async def _next_line(context: Context) -> views.LinePage | None:
    """The line that is next; orders that were cancelled meanwhile are passed over."""
    while True:
        data = context.conversation.data
        if data["at"] >= len(data["lines"]):
            return None
        try:
            return await goods.line_page_of(context, data["lines"][data["at"]])
        except NotFound:
            keep(context.conversation, at=data["at"] + 1)


def _keep_line(context: Context, page: views.LinePage) -> None:
    keep(context.conversation, group=context.group.id, line=page.line.line.id, step=page.line.step)


async def _asked_line(context: Context) -> views.LinePage:
    """The line that was asked for, of the group it was asked in, as it is now."""
    group_id = context.coordinator.group_id
    data = context.conversation.data
    if data["group"] != group_id:
        raise NotFound("line", data["line"])
    return await goods.line_page_of(context, data["line"])


async def _asked_product(context: Context) -> views.ProductTotals:
    data = context.conversation.data
    return await goods.totals_of(context, data["distribution"], data["product"])


def _changed_meanwhile(context: Context, page: views.LinePage, ask: Screen) -> bool:
    """Whether somebody corrected the line since it was asked for; then they are named, and it is asked again."""
    if page.line.step == context.conversation.data["step"]:
        return False
    _keep_line(context, page)
    context.say(context.to_answer(ask.under(views.changed_meanwhile(context.texts, page))))
    return True


def _ask_if_sure(context: Context, page: views.LinePage, quantity: int, state: State) -> State:
    keep(context.conversation, quantity=quantity)
    texts, line = context.texts, page.line.line
    label = texts.label("Yes, {quantity}", quantity=texts.quantity(quantity, line.unit))
    yes = context.step_button(label, "sure", style="danger")
    cancel = _cancel(context)
    if state is State.WEIGHT:
        cancel = context.step_button(texts.label("⏭ Skip"), "skip")
    context.say(context.to_answer(views.far_off(texts, line, quantity, yes, cancel)))
    return state


def _typed_quantity(context: Context, page: views.LinePage) -> int | None:
    text = context.typed.removesuffix(page.line.line.unit).strip()
    try:
        quantity = parse_amount(text, exponent=3)
    except InvalidAmount:
        return None
    return quantity if quantity <= MAX_QUANTITY else None


def _typed_price(context: Context) -> int | None:
    try:
        price = parse_amount(context.typed, exponent=exponent_of(context.group.currency))
    except InvalidAmount:
        return None
    return price or None


def _say_again(context: Context, sentence: str) -> State | None:
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
        Button("dwalk", walk),
    ],
    states={
        State.QUANTITY: [CANCEL, StepButton("sure", sure_quantity), Typed(take_quantity)],
        State.PRICE: [CANCEL, Typed(take_price)],
        State.PRICE_FOR_ALL: [CANCEL, Typed(take_price_for_all)],
        State.CONFIRM_PRICE: [CANCEL, StepButton("confirm", confirm_price)],
        State.WEIGHT: [
            CANCEL,
            StepButton("skip", skip),
            StepButton("stop", stop),
            StepButton("sure", sure_weight),
            Typed(take_weight),
        ],
    },
)
