"""Goods on distribution day: one product's weights, member by member; each is written at once, and survives a restart."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from telegram import Update

from bot.edge.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Context
from bot.handover import goods
from bot.handover.correcting import (
    ask_if_sure,
    asked_line,
    changed_meanwhile,
    keep_line,
    say_again,
    typed_quantity,
)
from bot.handover.views import asking, changes
from bot.handover.views import goods as views
from bot.ui.screen import Row, Screen
from ledger.errors import NotFound
from ledger.names import sort_key
from ledger.orders import corrections
from ledger.orders.corrections import Changed


class State(StrEnum):
    """What the coordinator is asked to type."""

    WEIGHT = "weight"


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
    pages.sort(key=lambda page: (sort_key(page.member.name), page.line.line.id))
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
    page = await asked_line(context)
    quantity = typed_quantity(context, page)
    if quantity is None:
        return say_again(context, asking.quantity_again(context.texts))
    if corrections.is_far_off(page.line.line.quantity_milli, quantity):
        skip_button = context.step_button(context.texts.label("⏭ Skip"), "skip")
        ask_if_sure(context, page, quantity, skip_button)
        return State.WEIGHT
    return await _weighed(context, page, quantity)


async def sure_weight(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """It is ten times as much indeed."""
    return await _weighed(context, await asked_line(context), context.conversation.data["quantity"])


async def _weighed(context: Context, page: views.LinePage, quantity: int) -> str | None:
    if changed_meanwhile(context, page, _weigh_screen(context, page, ())):
        return State.WEIGHT
    by, line, done = context.coordinator, page.line, None
    seen = corrections.mark_of_line(line.line.id, line.step)
    try:
        async with context.attempt():
            done = await corrections.deliver(
                context.session, by.group_id, line.line.id, quantity, by, seen=seen
            )
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
    _ = context.coordinator
    await goods.show_product(context, data["distribution"], data["product"])
    return END


async def _ask_weight(context: Context, done: Changed | None = None) -> str:
    """The next member's weight, under what was done for the one before; the end when there is none."""
    texts, data = context.texts, context.conversation.data
    rows: list[Row] = []
    notice = None
    if done is not None:
        notice = changes.weighed_one(texts, done.corrected[0])
        rows.append((views.undo_button(texts, done.change.id, 1, below=True),))
    page = await _next_line(context)
    if page is None:
        screen = asking.weighed_all(texts, data["distribution"], data["product"])
        screen = screen.with_rows([*rows, *screen.rows])
        context.show(screen.under(notice) if notice else screen)
        return END
    keep_line(context, page)
    screen = context.to_answer(_weigh_screen(context, page, rows))
    context.show(screen.under(notice) if notice else screen)
    return State.WEIGHT


def _weigh_screen(context: Context, page: views.LinePage, more: Sequence[Row]) -> Screen:
    texts, data = context.texts, context.conversation.data
    skip_button = context.step_button(texts.label("⏭ Skip"), "skip")
    stop_button = context.step_button(texts.label("⏹ Stop"), "stop")
    rows = [(skip_button, stop_button), *more]
    return asking.weigh(texts, page, data["at"] + 1, len(data["lines"]), rows)


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


conversation = DurableConversation(
    name="handover_weighing",
    entry_points=[Button("dwalk", walk)],
    states={
        State.WEIGHT: [
            StepButton("skip", skip),
            StepButton("stop", stop),
            StepButton("sure", sure_weight),
            Typed(take_weight),
        ]
    },
)
