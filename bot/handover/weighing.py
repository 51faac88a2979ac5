"""Goods on distribution day: one product's weights, member by member; each is written at once, and survives a restart."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from bot.edge.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Scene
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


async def walk(scene: Scene) -> str | None:
    """Everybody's weight of one product, one after another, by name."""
    group_id = scene.coordinator.group_id
    distribution_id, product_id = scene.numbers(2)
    lines = await corrections.product_lines(scene.session, group_id, distribution_id, product_id)
    if not lines:
        raise NotFound("product", product_id)
    if not await scene.discreetly():
        return None
    pages = [await goods.line_page_of(scene, line.line.id) for line in lines]
    pages.sort(key=lambda page: (sort_key(page.member.name), page.line.line.id))
    keep(
        scene.conversation,
        distribution=distribution_id,
        product=product_id,
        lines=[page.line.line.id for page in pages],
        at=0,
    )
    return await _ask_weight(scene)


async def take_weight(scene: Scene) -> str | None:
    """One weight; then the next member's."""
    page = await asked_line(scene)
    quantity = typed_quantity(scene, page)
    if quantity is None:
        return say_again(scene, asking.quantity_again(scene.texts))
    if corrections.is_far_off(page.line.line.quantity_milli, quantity):
        skip_button = scene.step_button(scene.texts.label("⏭ Skip"), "skip")
        ask_if_sure(scene, page, quantity, skip_button)
        return State.WEIGHT
    return await _weighed(scene, page, quantity)


async def sure_weight(scene: Scene) -> str | None:
    """It is ten times as much indeed."""
    return await _weighed(scene, await asked_line(scene), scene.conversation.data["quantity"])


async def _weighed(scene: Scene, page: views.LinePage, quantity: int) -> str | None:
    if changed_meanwhile(scene, page, _weigh_screen(scene, page, ())):
        return State.WEIGHT
    by, line, done = scene.coordinator, page.line, None
    seen = corrections.mark_of_line(line.line.id, line.step)
    try:
        async with scene.attempt():
            done = await corrections.deliver(
                scene.session, by.group_id, line.line.id, quantity, by, seen=seen
            )
    except corrections.NothingToChange:
        pass
    if done is not None:
        await goods.tell_changed(scene, done)
    keep(scene.conversation, at=scene.conversation.data["at"] + 1)
    return await _ask_weight(scene, done)


async def skip(scene: Scene) -> str | None:
    """As ordered, or later: the next member."""
    _ = scene.coordinator
    keep(scene.conversation, at=scene.conversation.data["at"] + 1)
    return await _ask_weight(scene)


async def stop(scene: Scene) -> str:
    """Enough of it: what was entered stays."""
    data = scene.conversation.data
    _ = scene.coordinator
    await goods.show_product(scene, data["distribution"], data["product"])
    return END


async def _ask_weight(scene: Scene, done: Changed | None = None) -> str:
    """The next member's weight, under what was done for the one before; the end when there is none."""
    texts, data = scene.texts, scene.conversation.data
    rows: list[Row] = []
    notice = None
    if done is not None:
        notice = changes.weighed_one(texts, done.corrected[0])
        rows.append((views.undo_button(texts, done.change.id, 1, below=True),))
    page = await _next_line(scene)
    if page is None:
        screen = asking.weighed_all(texts, data["distribution"], data["product"])
        screen = screen.with_rows([*rows, *screen.rows])
        scene.show(screen.under(notice) if notice else screen)
        return END
    keep_line(scene, page)
    screen = scene.to_answer(_weigh_screen(scene, page, rows))
    scene.show(screen.under(notice) if notice else screen)
    return State.WEIGHT


def _weigh_screen(scene: Scene, page: views.LinePage, more: Sequence[Row]) -> Screen:
    texts, data = scene.texts, scene.conversation.data
    skip_button = scene.step_button(texts.label("⏭ Skip"), "skip")
    stop_button = scene.step_button(texts.label("⏹ Stop"), "stop")
    rows = [(skip_button, stop_button), *more]
    return asking.weigh(texts, page, data["at"] + 1, len(data["lines"]), rows)


async def _next_line(scene: Scene) -> views.LinePage | None:
    """The line that is next; orders that were cancelled meanwhile are passed over."""
    while True:
        data = scene.conversation.data
        if data["at"] >= len(data["lines"]):
            return None
        try:
            return await goods.line_page_of(scene, data["lines"][data["at"]])
        except NotFound:
            keep(scene.conversation, at=data["at"] + 1)


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
