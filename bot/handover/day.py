"""Distribution day: the distribution's page, its orders, an order with its verdict, validating it and taking that back.

Counts are shown anywhere; whoever's name or money is shown, only where coordinators are among themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.edge.handling import On
from bot.edge.scene import Scene
from bot.handover import pages
from bot.handover.taps.day import Day, Orders, ShowOrder, Undo, Validate, ValidateAndNext
from bot.handover.telling import tell_reopened, toast_refusal
from bot.handover.views import day as views
from bot.handover.views import order as order_views
from bot.handover.views.report import reopened_by_order
from bot.payments.views import taken_back
from ledger.orders import validation
from ledger.orders.expected import expected_of
from ledger.orders.seen import SeenChanged


async def day(scene: Scene, tap: Day) -> None:
    """Shows a distribution's page."""
    await pages.show_day(scene, await pages.get_distribution(scene, tap.distribution))


async def orders(scene: Scene, tap: Orders) -> None:
    """Shows everybody's order, by pages."""
    distribution = await pages.get_distribution(scene, tap.distribution)
    states = await validation.order_states(scene.session, distribution.group_id, distribution.id)
    scene.show(views.orders_page(scene.texts, distribution, states, tap.page))


async def order(scene: Scene, tap: ShowOrder) -> None:
    """Shows one order; from the list of who is left, with the page of that list to go back to."""
    await pages.show_order(scene, tap.order, tap.left_page)


async def validate(scene: Scene, tap: Validate) -> None:
    """Receives what is handed over, and marks the order validated."""
    done = await _validate(scene, tap)
    if done is not None:
        scene.show(order_views.order_page(scene.texts, scene.group, done.page))
        _toast_validated(scene, done)


async def validate_and_next(scene: Scene, tap: ValidateAndNext) -> None:
    """Does the same and goes on to the next open order; what was done stands above it, with its undo."""
    done = await _validate(scene, tap)
    if done is None:
        return
    following = done.page.turn.next_order_id
    if following is None:
        screen = order_views.order_page(scene.texts, scene.group, done.page)
    else:
        page = await pages.order_page_of(scene, following)
        screen = order_views.order_page(scene.texts, scene.group, page)
        undo_row = (order_views.undo_button(scene.texts, done.page),)
        screen = screen.with_rows([*screen.rows[:-1], undo_row, screen.rows[-1]])
        notice = order_views.validated_before(scene.texts, done.page, done.received_cents)
        screen = screen.under(notice)
    scene.show(screen)
    _toast_validated(scene, done)


@dataclass(frozen=True, slots=True)
class Done:
    """An order that was validated just now, and what was received with it, in cents."""

    page: order_views.OrderPage
    received_cents: int


def _toast_validated(scene: Scene, done: Done) -> None:
    name = scene.texts.who(done.page.state.member)
    scene.toast(order_views.toast_validated(scene.texts, name, done.received_cents))


async def _validate(scene: Scene, tap: Validate) -> Done | None:
    """None where nothing was done: then the order is shown as it stands."""
    by = scene.member
    before = await validation.order_state(scene.session, by.group_id, tap.order)
    given = {payment.id for payment in before.at_the_stand}
    try:
        async with scene.attempt():
            await validation.validate_order(
                scene.session, by.group_id, tap.order, by, received_cents=tap.received, seen=tap.seen
            )
    except (validation.AlreadyValidated, validation.ExpectedChanged, SeenChanged) as refusal:
        toast_refusal(scene, refusal)
        await pages.show_order(scene, tap.order)
        return None
    page = await pages.order_page_of(scene, tap.order)
    settled = [payment for payment in page.state.payments if payment.id in given]
    expected = await expected_of(scene.session, page.state.member)
    await scene.notify.member(
        page.state.member,
        lambda texts: order_views.told_validated(texts, scene.group, page, by.name, settled, expected),
    )
    return Done(page, sum(page.state.received.get(payment.id, 0) for payment in settled))


async def undo(scene: Scene, tap: Undo) -> None:
    """Takes an order's validation back, if it is the one the button was made for."""
    by = scene.member
    if scene.leaves_others_page():
        await pages.show_order(scene, tap.order)
        return
    try:
        async with scene.attempt():
            undone = await validation.undo_order(scene.session, by.group_id, tap.order, by, seen=tap.step)
    except SeenChanged:
        scene.toast(scene.texts.label("This order changed meanwhile. Here is how it stands."))
        await pages.show_order(scene, tap.order)
        return
    page = await pages.order_page_of(scene, tap.order)
    await _show_undone(scene, page, undone)
    expected = await expected_of(scene.session, page.state.member)
    await scene.notify.member(
        page.state.member,
        lambda texts: order_views.told_undone(texts, scene.group, page, by.name, expected),
    )


async def _show_undone(scene: Scene, page: order_views.OrderPage, undone: validation.OrderUndone) -> None:
    """Shows the order as it stands again, once whoever validated it and those who read the report were told."""
    by = scene.member
    told = await scene.notify.maker(
        undone.validated.by_id,
        by,
        lambda texts: taken_back.order(texts, scene.group, page.state, page.distribution, by.name),
    )
    notice = taken_back.unreachable(scene.texts, told.unreachable)
    if undone.closed is not None:
        await tell_reopened(
            scene,
            undone.closed,
            by,
            lambda texts: reopened_by_order(texts, page.distribution, page.state.total_cents, by.name),
        )
    screen = order_views.order_page(scene.texts, scene.group, page)
    scene.show(screen.under(notice) if notice else screen)
    name = scene.texts.who(page.state.member)
    scene.toast(scene.texts.label("↩️ {name} · not validated any more", name=name))


handlers = [
    On(Day, day),
    On(Orders, orders),
    On(ShowOrder, order),
    On(Validate, validate),
    On(ValidateAndNext, validate_and_next),
    On(Undo, undo),
]
