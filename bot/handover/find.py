"""A member's order by name: after /jour, or typed alone in private while a distribution is at hand."""

from __future__ import annotations

from bot.edge.conversation import Command
from bot.edge.scene import Scene
from bot.handover.day import distribution_at_hand, show_day, show_order
from bot.handover.telling import show_aside
from bot.handover.views import find as views
from bot.handover.views.day import no_distribution
from ledger.db import utc_now
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.orders import validation
from ledger.orders.models import Distribution
from ledger.orders.order_state import OrderState

LONGEST_NAME = 40
"""Characters of a text that may be somebody's name."""


async def at_hand(scene: Scene) -> None:
    """/jour: today's distribution, or the next one; with a name, that member's order."""
    found = await distribution_at_hand(scene)
    if found is None:
        scene.show(no_distribution(scene.texts))
    elif scene.command_text:
        await show_found(scene, found, scene.command_text)
    else:
        await show_day(scene, found)


async def show_found(scene: Scene, distribution: Distribution, text: str) -> None:
    """/jour NAME: the order, a choice of several, or that there is none."""
    states, without = await _find(scene, distribution, text)
    if len(states) == 1 and not without:
        await show_order(scene, states[0].order.id)
    elif len(states) + len(without) > 1:
        show_aside(scene, views.choose(scene.texts, distribution, states, without))
    elif without:
        show_aside(scene, views.no_order(scene.texts, distribution, without[0]))
    else:
        show_aside(scene, views.nobody(scene.texts, distribution, text))


async def by_typed_name(scene: Scene, *, on_the_day: bool) -> bool:
    """Show the order whose member's name was typed; false when it is none, or not the time for it.

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


handlers = [Command(("jour", "day", "distribution"), at_hand)]
