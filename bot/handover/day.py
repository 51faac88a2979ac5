"""Distribution day: the distribution's page, its orders, an order with its verdict, validating it and taking that back.

Counts are shown anywhere; whoever's name or money is shown, only where coordinators are among themselves.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.edge.conversation import Button
from bot.edge.scene import Scene
from bot.handover.telling import show_aside, tell_reopened, toast_refusal
from bot.handover.views import day as views
from bot.handover.views import order as order_views
from bot.handover.views.report import reopened_by_order
from bot.payments.views import taken_back
from ledger.db import utc_now
from ledger.groups.service import get_member
from ledger.orders import distributions, validation
from ledger.orders.awaited import awaited_of
from ledger.orders.models import Distribution
from ledger.orders.seen import SeenChanged
from ledger.payments import service as payments


async def distribution_at_hand(scene: Scene) -> Distribution | None:
    """Today's, or the next one, or the last there was."""
    group_id = scene.coordinator.group_id
    zone = scene.texts.zone
    today = utc_now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return await distributions.at_hand(scene.session, group_id, today.astimezone(dt.UTC))


async def day(scene: Scene) -> None:
    """A distribution was tapped."""
    await show_day(scene, await distribution_of_button(scene))


async def show_day(scene: Scene, distribution: Distribution) -> None:
    """The distribution's page."""
    page = await day_page_of(scene, distribution)
    scene.show(views.day_page(scene.texts, scene.group, page, utc_now()))


async def orders(scene: Scene) -> None:
    """Everybody's order, by pages."""
    group_id = scene.coordinator.group_id
    distribution_id, page = scene.numbers(2)
    distribution = await distributions.get_distribution(scene.session, group_id, distribution_id)
    states = await validation.order_states(scene.session, group_id, distribution_id)
    show_aside(scene, views.orders_page(scene.texts, distribution, states, page))


async def order(scene: Scene) -> None:
    """One order; from the list of who is left, with the page of that list to go back to."""
    _ = scene.coordinator
    if len(scene.button_args) == 1:
        await show_order(scene, scene.numbers(1)[0])
    else:
        order_id, left_page = scene.numbers(2)
        await show_order(scene, order_id, left_page)


async def show_order(scene: Scene, order_id: int, left_page: int | None = None) -> None:
    """An order's page."""
    page = await order_page_of(scene, order_id)
    show_aside(scene, order_views.order_page(scene.texts, scene.group, page, left_page))


async def validate(scene: Scene) -> None:
    """✅: receive what is handed over, and mark the order validated; the button says how much, and what it was made from."""
    done = await _validate(scene)
    if done is not None:
        show_aside(scene, order_views.order_page(scene.texts, scene.group, done.page))
        _toast_validated(scene, done)


async def validate_and_next(scene: Scene) -> None:
    """✅➡️: the same, and on to the next open order; what was done stands above it, with its undo."""
    done = await _validate(scene)
    if done is None:
        return
    following = done.page.turn.next_order_id
    if following is None:
        screen = order_views.order_page(scene.texts, scene.group, done.page)
    else:
        page = await order_page_of(scene, following)
        screen = order_views.order_page(scene.texts, scene.group, page)
        undo_row = (order_views.undo_button(scene.texts, done.page),)
        screen = screen.with_rows([*screen.rows[:-1], undo_row, screen.rows[-1]])
        notice = order_views.validated_before(scene.texts, done.page, done.received_cents)
        screen = screen.under(notice)
    show_aside(scene, screen)
    _toast_validated(scene, done)


@dataclass(frozen=True, slots=True)
class Done:
    """An order that was validated just now, and what was received with it, in cents."""

    page: order_views.OrderPage
    received_cents: int


def _toast_validated(scene: Scene, done: Done) -> None:
    name = scene.texts.who(done.page.state.member)
    scene.toast(order_views.toast_validated(scene.texts, name, done.received_cents))


async def _validate(scene: Scene) -> Done | None:
    """None where nothing was done: then the order is shown as it stands."""
    by = scene.coordinator
    (order_id, received), seen = scene.numbers_seen(2)
    before = await validation.order_state(scene.session, by.group_id, order_id)
    given = {payment.id for payment in before.at_the_stand}
    try:
        async with scene.attempt():
            await validation.validate_order(
                scene.session, by.group_id, order_id, by, received_cents=received, seen=seen
            )
    except (validation.AlreadyValidated, validation.ExpectedChanged, SeenChanged) as refusal:
        toast_refusal(scene, refusal)
        await show_order(scene, order_id)
        return None
    page = await order_page_of(scene, order_id)
    settled = [payment for payment in page.state.payments if payment.id in given]
    awaited = await awaited_of(scene.session, page.state.member)
    await scene.notify.member(
        page.state.member,
        lambda texts: order_views.told_validated(texts, scene.group, page, by.name, settled, awaited),
    )
    return Done(page, sum(page.state.received.get(payment.id, 0) for payment in settled))


async def undo(scene: Scene) -> None:
    """Take an order's validation back, if it is the one the button was made for."""
    by = scene.coordinator
    order_id, step = scene.numbers(2)
    if scene.leaves_others_page():
        await show_order(scene, order_id)
        return
    try:
        async with scene.attempt():
            undone = await validation.undo_order(scene.session, by.group_id, order_id, by, seen=step)
    except SeenChanged:
        scene.toast(scene.texts.label("This order changed meanwhile. Here is how it stands."))
        await show_order(scene, order_id)
        return
    page = await order_page_of(scene, order_id)
    screen = order_views.order_page(scene.texts, scene.group, page)
    told = await scene.notify.maker(
        undone.validated.by_id,
        by,
        lambda texts: taken_back.order(texts, scene.group, page.state, page.distribution, by.name),
    )
    notice = taken_back.unreachable(scene.texts, told.unreachable)
    show_aside(scene, screen.under(notice) if notice else screen)
    name = scene.texts.who(page.state.member)
    scene.toast(scene.texts.label("↩️ {name} · not validated any more", name=name))
    if undone.closed is not None:
        await tell_reopened(
            scene,
            undone.closed,
            by,
            lambda texts: reopened_by_order(texts, page.distribution, page.state.total_cents, by.name),
        )
    awaited = await awaited_of(scene.session, page.state.member)
    await scene.notify.member(
        page.state.member,
        lambda texts: order_views.told_undone(texts, scene.group, page, by.name, awaited),
    )


async def distribution_of_button(scene: Scene) -> Distribution:
    """The distribution the tapped button names, of the group the coordinator acts in."""
    group_id = scene.coordinator.group_id
    return await distributions.get_distribution(scene.session, group_id, scene.numbers(1)[0])


async def day_page_of(scene: Scene, distribution: Distribution) -> views.DayPage:
    """A distribution in figures."""
    group_id = scene.coordinator.group_id
    report = await validation.report(scene.session, group_id, distribution.id)
    step = await validation.distribution_validation(scene.session, distribution.id)
    closed = None
    if step is not None:
        closed = views.Closed(step, (await get_member(scene.session, group_id, step.by_id)).name)
    return views.DayPage(report, closed, scene.among_coordinators)


async def order_page_of(scene: Scene, order_id: int) -> order_views.OrderPage:
    """An order with all that its screen shows."""
    session, group_id = scene.session, scene.coordinator.group_id
    state = await validation.order_state(session, group_id, order_id)
    distribution = await distributions.get_distribution(session, group_id, state.order.distribution_id)
    balance = await payments.balance_of(session, state.member)
    by = None
    if state.validated is not None:
        by = (await get_member(session, group_id, state.validated.by_id)).name
    turn = await validation.turn_of(session, state)
    return order_views.OrderPage(state, distribution, balance, by, turn)


handlers = [
    Button("day", day),
    Button("dorders", orders),
    Button("dorder", order),
    Button("dval", validate),
    Button("dvalnext", validate_and_next),
    Button("dunval", undo),
]
