"""Distribution day: the distribution's page, its orders, an order with its verdict, validating it and taking that back.

Counts are shown anywhere; whoever's name or money is shown, only where coordinators are among themselves.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from telegram import Update

from bot.edge.conversation import Button
from bot.edge.scene import Context
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


async def distribution_at_hand(context: Context) -> Distribution | None:
    """Today's, or the next one, or the last there was."""
    group_id = context.coordinator.group_id
    zone = context.texts.zone
    today = utc_now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return await distributions.at_hand(context.session, group_id, today.astimezone(dt.UTC))


async def day(update: Update, context: Context) -> None:  # noqa: ARG001
    """A distribution was tapped."""
    await show_day(context, await distribution_of_button(context))


async def show_day(context: Context, distribution: Distribution) -> None:
    """The distribution's page."""
    page = await day_page_of(context, distribution)
    context.show(views.day_page(context.texts, context.group, page, utc_now()))


async def orders(update: Update, context: Context) -> None:  # noqa: ARG001
    """Everybody's order, by pages."""
    group_id = context.coordinator.group_id
    distribution_id, page = context.numbers(2)
    distribution = await distributions.get_distribution(context.session, group_id, distribution_id)
    states = await validation.order_states(context.session, group_id, distribution_id)
    show_aside(context, views.orders_page(context.texts, distribution, states, page))


async def order(update: Update, context: Context) -> None:  # noqa: ARG001
    """One order; from the list of who is left, with the page of that list to go back to."""
    _ = context.coordinator
    if len(context.button_args) == 1:
        await show_order(context, context.numbers(1)[0])
    else:
        order_id, left_page = context.numbers(2)
        await show_order(context, order_id, left_page)


async def show_order(context: Context, order_id: int, left_page: int | None = None) -> None:
    """An order's page."""
    page = await order_page_of(context, order_id)
    show_aside(context, order_views.order_page(context.texts, context.group, page, left_page))


async def validate(update: Update, context: Context) -> None:  # noqa: ARG001
    """✅: receive what is handed over, and mark the order validated; the button says how much, and what it was made from."""
    done = await _validate(context)
    if done is not None:
        show_aside(context, order_views.order_page(context.texts, context.group, done.page))
        _toast_validated(context, done)


async def validate_and_next(update: Update, context: Context) -> None:  # noqa: ARG001
    """✅➡️: the same, and on to the next open order; what was done stands above it, with its undo."""
    done = await _validate(context)
    if done is None:
        return
    following = done.page.turn.next_order_id
    if following is None:
        screen = order_views.order_page(context.texts, context.group, done.page)
    else:
        page = await order_page_of(context, following)
        screen = order_views.order_page(context.texts, context.group, page)
        undo_row = (order_views.undo_button(context.texts, done.page),)
        screen = screen.with_rows([*screen.rows[:-1], undo_row, screen.rows[-1]])
        notice = order_views.validated_before(context.texts, done.page, done.received_cents)
        screen = screen.under(notice)
    show_aside(context, screen)
    _toast_validated(context, done)


@dataclass(frozen=True, slots=True)
class Done:
    """An order that was validated just now, and what was received with it, in cents."""

    page: order_views.OrderPage
    received_cents: int


def _toast_validated(context: Context, done: Done) -> None:
    name = context.texts.who(done.page.state.member)
    context.toast(order_views.toast_validated(context.texts, name, done.received_cents))


async def _validate(context: Context) -> Done | None:
    """None where nothing was done: then the order is shown as it stands."""
    by = context.coordinator
    (order_id, received), seen = context.numbers_seen(2)
    before = await validation.order_state(context.session, by.group_id, order_id)
    given = {payment.id for payment in before.at_the_stand}
    try:
        async with context.attempt():
            await validation.validate_order(
                context.session, by.group_id, order_id, by, received_cents=received, seen=seen
            )
    except (validation.AlreadyValidated, validation.ExpectedChanged, SeenChanged) as refusal:
        toast_refusal(context, refusal)
        await show_order(context, order_id)
        return None
    page = await order_page_of(context, order_id)
    settled = [payment for payment in page.state.payments if payment.id in given]
    awaited = await awaited_of(context.session, page.state.member)
    await context.notify.member(
        page.state.member,
        lambda texts: order_views.told_validated(texts, context.group, page, by.name, settled, awaited),
    )
    return Done(page, sum(page.state.received.get(payment.id, 0) for payment in settled))


async def undo(update: Update, context: Context) -> None:  # noqa: ARG001
    """Take an order's validation back, if it is the one the button was made for."""
    by = context.coordinator
    order_id, step = context.numbers(2)
    if context.leaves_others_page():
        await show_order(context, order_id)
        return
    try:
        async with context.attempt():
            undone = await validation.undo_order(context.session, by.group_id, order_id, by, seen=step)
    except SeenChanged:
        context.toast(context.texts.label("This order changed meanwhile. Here is how it stands."))
        await show_order(context, order_id)
        return
    page = await order_page_of(context, order_id)
    screen = order_views.order_page(context.texts, context.group, page)
    told = await context.notify.maker(
        undone.validated.by_id,
        by,
        lambda texts: taken_back.order(texts, context.group, page.state, page.distribution, by.name),
    )
    notice = taken_back.unreachable(context.texts, told.unreachable)
    show_aside(context, screen.under(notice) if notice else screen)
    name = context.texts.who(page.state.member)
    context.toast(context.texts.label("↩️ {name} · not validated any more", name=name))
    if undone.closed is not None:
        await tell_reopened(
            context,
            undone.closed,
            by,
            lambda texts: reopened_by_order(texts, page.distribution, page.state.total_cents, by.name),
        )
    awaited = await awaited_of(context.session, page.state.member)
    await context.notify.member(
        page.state.member,
        lambda texts: order_views.told_undone(texts, context.group, page, by.name, awaited),
    )


async def distribution_of_button(context: Context) -> Distribution:
    """The distribution the tapped button names, of the group the coordinator acts in."""
    group_id = context.coordinator.group_id
    return await distributions.get_distribution(context.session, group_id, context.numbers(1)[0])


async def day_page_of(context: Context, distribution: Distribution) -> views.DayPage:
    """A distribution in figures."""
    group_id = context.coordinator.group_id
    report = await validation.report(context.session, group_id, distribution.id)
    step = await validation.distribution_validation(context.session, distribution.id)
    closed = None
    if step is not None:
        closed = views.Closed(step, (await get_member(context.session, group_id, step.by_id)).name)
    return views.DayPage(report, closed, context.among_coordinators)


async def order_page_of(context: Context, order_id: int) -> order_views.OrderPage:
    """An order with all that its screen shows."""
    session, group_id = context.session, context.coordinator.group_id
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
