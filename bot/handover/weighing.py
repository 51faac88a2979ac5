"""Goods on distribution day: one product's weights, member by member; each is written at once, and survives a restart."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from bot.edge.handling import END, Conversation, On, Typed
from bot.edge.scene import Scene
from bot.handover import goods
from bot.handover.correcting import (
    LineDraft,
    ask_if_sure_of_quantity,
    changed_meanwhile,
    typed_quantity,
)
from bot.handover.taps.goods import Skip, Stop, Sure, Weigh
from bot.handover.views import asking, changes
from bot.handover.views import goods as views
from bot.rights import May
from bot.ui.screen import Button, Row, Screen
from ledger.errors import NotFound
from ledger.orders import corrections
from ledger.orders.corrections import Changed


class State(StrEnum):
    """What the coordinator is asked to type."""

    WEIGHT = "weight"


class WeighingDraft(LineDraft):
    """The lines of a product at a distribution, and at which of them (from 0) it is."""

    distribution: int = 0
    product: int = 0
    lines: tuple[int, ...] = ()
    at: int = 0


async def walk(scene: Scene, tap: Weigh) -> str:
    """Begins with everybody's weight of one product, one after another, by name."""
    found = await corrections.product_lines_by_name(
        scene.session, scene.member.group_id, tap.distribution, tap.product
    )
    if not found:
        raise NotFound("product", tap.product)
    draft = WeighingDraft(
        distribution=tap.distribution, product=tap.product, lines=tuple(one.line.id for one in found)
    )
    scene.keep(draft)
    return await _ask_weight(scene, draft)


async def take_weight(scene: Scene, draft: WeighingDraft) -> str | None:
    """Takes one weight; then asks for the next member's."""
    page = await goods.line_page_of(scene, draft.line)
    quantity = typed_quantity(scene, page)
    if quantity is None:
        scene.ask(Screen(asking.quantity_again(scene.texts)))
        return None
    if corrections.is_far_off(page.line.line.quantity_milli, quantity):
        ask_if_sure_of_quantity(scene, draft, page, quantity, _skip_button(scene))
        return State.WEIGHT
    return await _weighed(scene, draft, page, quantity)


async def sure_weight(scene: Scene, draft: WeighingDraft) -> str:
    """Takes a weight of ten times as much."""
    return await _weighed(scene, draft, await goods.line_page_of(scene, draft.line), draft.quantity)


async def _weighed(scene: Scene, draft: WeighingDraft, page: views.LinePage, quantity: int) -> str:
    if changed_meanwhile(scene, draft, page, _weigh_screen(scene, draft, page, ())):
        return State.WEIGHT
    by, line, done = scene.member, page.line, None
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
    draft.at += 1
    return await _ask_weight(scene, draft, done)


async def skip(scene: Scene, draft: WeighingDraft) -> str:
    """Leaves it as ordered, or for later: asks for the next member's."""
    draft.at += 1
    return await _ask_weight(scene, draft)


async def stop(scene: Scene, draft: WeighingDraft) -> str:
    """Ends it; what was entered stays."""
    await goods.show_product(scene, draft.distribution, draft.product)
    return END


async def _ask_weight(scene: Scene, draft: WeighingDraft, done: Changed | None = None) -> str:
    """Asks for the next member's weight, under what was done for the one before; the end when there is none."""
    texts = scene.texts
    rows: list[Row] = []
    notice = None
    if done is not None:
        notice = changes.weighed_one(texts, done.corrected[0])
        rows.append((views.undo_button(texts, done.change.id, 1, below=True),))
    page = await _next_line(scene, draft)
    if page is None:
        screen = asking.weighed_all(texts, draft.distribution, draft.product)
        screen = screen.with_rows([*rows, *screen.rows])
        scene.show(screen.under(notice) if notice else screen)
        return END
    draft.ask_for(page)
    screen = _weigh_screen(scene, draft, page, rows)
    scene.ask(screen.under(notice) if notice else screen, in_place=True)
    return State.WEIGHT


def _weigh_screen(scene: Scene, draft: WeighingDraft, page: views.LinePage, more: Sequence[Row]) -> Screen:
    stop_button = scene.step_button(scene.texts.label("⏹ Stop"), Stop())
    rows = [(_skip_button(scene), stop_button), *more]
    return asking.weigh(scene.texts, page, draft.at + 1, len(draft.lines), rows)


def _skip_button(scene: Scene) -> Button:
    return scene.step_button(scene.texts.label("⏭ Skip"), Skip())


async def _next_line(scene: Scene, draft: WeighingDraft) -> views.LinePage | None:
    """The line that is next; orders that were cancelled meanwhile are passed over."""
    while draft.at < len(draft.lines):
        try:
            return await goods.line_page_of(scene, draft.lines[draft.at])
        except NotFound:
            draft.at += 1
    return None


conversation = Conversation(
    "handover_weighing",
    may=May.CORRECT,
    draft=WeighingDraft,
    entry_points=[On(Weigh, walk)],
    states={
        State.WEIGHT: [On(Skip, skip), On(Stop, stop), On(Sure, sure_weight), Typed(take_weight)],
    },
)
