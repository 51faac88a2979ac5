"""Screens of distribution day that are shown from elsewhere too: the distribution's page and an order.

Counts are shown anywhere; whoever's name or money is shown, only where coordinators are among themselves.
"""

from __future__ import annotations

import datetime as dt

from bot.edge.scene import Scene
from bot.handover.views import day as views
from bot.handover.views import order as order_views
from ledger.db import utc_now
from ledger.groups import service as groups
from ledger.orders import distributions, validation
from ledger.orders.models import Distribution
from ledger.payments import service as payments


async def distribution_at_hand(scene: Scene) -> Distribution | None:
    """Finds today's distribution, or the next one, or the last there was."""
    group_id = scene.group.id
    zone = scene.texts.zone
    today = utc_now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return await distributions.at_hand(scene.session, group_id, today.astimezone(dt.UTC))


async def get_distribution(scene: Scene, distribution_id: int) -> Distribution:
    """A distribution of the group that the member acts in."""
    return await distributions.get_distribution(scene.session, scene.member.group_id, distribution_id)


async def show_day(scene: Scene, distribution: Distribution) -> None:
    """Shows the distribution's page."""
    page = await day_page_of(scene, distribution)
    scene.show(views.day_page(scene.texts, scene.group, page, utc_now()))


async def show_order(scene: Scene, order_id: int, left_page: int | None = None) -> None:
    """Shows an order, opened from that page of the list of who is left; for coordinators' eyes only."""
    page = await order_page_of(scene, order_id)
    scene.show(order_views.order_page(scene.texts, scene.group, page, left_page))


async def day_page_of(scene: Scene, distribution: Distribution) -> views.DayPage:
    """Loads a distribution in figures."""
    group_id = scene.group.id
    report = await validation.report(scene.session, group_id, distribution.id)
    step = await validation.distribution_validation(scene.session, distribution.id)
    closed = None
    if step is not None:
        closed = views.Closed(step, (await groups.get_member(scene.session, group_id, step.by_id)).name)
    return views.DayPage(report, closed, scene.among_coordinators)


async def order_page_of(scene: Scene, order_id: int) -> order_views.OrderPage:
    """Loads an order with all that its screen shows."""
    session, group_id = scene.session, scene.group.id
    state = await validation.order_state(session, group_id, order_id)
    distribution = await distributions.get_distribution(session, group_id, state.order.distribution_id)
    balance = await payments.balance_of(session, state.member)
    by = None
    if state.validated is not None:
        by = (await groups.get_member(session, group_id, state.validated.by_id)).name
    turn = await validation.turn_of(session, state)
    return order_views.OrderPage(state, distribution, balance, by, turn)
