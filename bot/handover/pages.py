"""Screens of distribution day that are shown from elsewhere too: the distribution's page, an order, an order by name.

Counts are shown anywhere; whoever's name or money is shown, only where coordinators are among themselves.
"""

from __future__ import annotations

import datetime as dt

from bot.edge.scene import Scene
from bot.handover.views import day as views
from bot.handover.views import find as find_views
from bot.handover.views import order as order_views
from ledger.db import utc_now
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.orders import distributions, validation
from ledger.orders.models import Distribution
from ledger.orders.order_state import OrderState
from ledger.payments import service as payments

LONGEST_NAME = 40
"""Characters of a text that may be somebody's name."""


async def distribution_at_hand(scene: Scene) -> Distribution | None:
    """Finds today's distribution, or the next one, or the last there was."""
    group_id = scene.coordinator.group_id
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


async def by_typed_name(scene: Scene, *, on_the_day: bool) -> bool:
    """Shows the order whose member's name was typed; false when it is none, or not the time for it.

    ``on_the_day``: only while a distribution takes place, which a coordinator's words are about then; else only who
    ordered is found.
    """
    text = scene.typed
    if len(text) > LONGEST_NAME or not any(character.isalpha() for character in text):
        return False
    distribution = await distribution_at_hand(scene)
    if distribution is None or (on_the_day and not await _is_under_way(scene, distribution)):
        return False
    states, without = await _find(scene, distribution, text)
    if not states and not (without and on_the_day):
        return False
    await show_found(scene, distribution, text)
    return True


async def show_found(scene: Scene, distribution: Distribution, text: str) -> None:
    """Shows whose name fits: the order, a choice of several, or that there is none; for coordinators' eyes only."""
    states, without = await _find(scene, distribution, text)
    if len(states) == 1 and not without:
        await show_order(scene, states[0].order.id)
    elif len(states) + len(without) > 1:
        scene.show(find_views.choose(scene.texts, distribution, states, without))
    elif without:
        scene.show(find_views.no_order(scene.texts, distribution, without[0]))
    else:
        scene.show(find_views.nobody(scene.texts, distribution, text))


async def _find(scene: Scene, distribution: Distribution, text: str) -> tuple[list[OrderState], list[Member]]:
    """The orders of whoever fits, and who fits and ordered nothing."""
    group_id = scene.coordinator.group_id
    found = await groups.find_members(scene.session, group_id, text, also_left=True)
    ids = {member.id for member in found}
    if not ids:
        return [], []
    states = await validation.order_states(scene.session, group_id, distribution.id)
    fitting = [state for state in states if state.member.id in ids]
    ordered = {state.member.id for state in fitting}
    return fitting, [m for m in found if m.id not in ordered and m.left_at is None]


async def _is_under_way(scene: Scene, distribution: Distribution) -> bool:
    """It takes place today, or its orders are closed and it is not validated."""
    zone, now = scene.texts.zone, utc_now()
    if distribution.starts_at.astimezone(zone).date() == now.astimezone(zone).date():
        return True
    if now < distribution.closes_at:
        return False
    return await validation.distribution_validation(scene.session, distribution.id) is None


async def day_page_of(scene: Scene, distribution: Distribution) -> views.DayPage:
    """Loads a distribution in figures."""
    group_id = scene.coordinator.group_id
    report = await validation.report(scene.session, group_id, distribution.id)
    step = await validation.distribution_validation(scene.session, distribution.id)
    closed = None
    if step is not None:
        closed = views.Closed(step, (await groups.get_member(scene.session, group_id, step.by_id)).name)
    return views.DayPage(report, closed, scene.among_coordinators)


async def order_page_of(scene: Scene, order_id: int) -> order_views.OrderPage:
    """Loads an order with all that its screen shows."""
    session, group_id = scene.session, scene.coordinator.group_id
    state = await validation.order_state(session, group_id, order_id)
    distribution = await distributions.get_distribution(session, group_id, state.order.distribution_id)
    balance = await payments.balance_of(session, state.member)
    by = None
    if state.validated is not None:
        by = (await groups.get_member(session, group_id, state.validated.by_id)).name
    turn = await validation.turn_of(session, state)
    return order_views.OrderPage(state, distribution, balance, by, turn)
