"""A member's order by name: after /jour, or typed alone in private while a distribution is at hand."""

from __future__ import annotations

from bot.edge.handling import On
from bot.edge.scene import Scene
from bot.handover import pages
from bot.handover.taps.day import DAY
from bot.handover.views import find as views
from bot.handover.views.day import no_distribution
from bot.ui.taps import Answered
from ledger.db import utc_now
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.orders import validation
from ledger.orders.models import Distribution
from ledger.orders.order_state import OrderState

LONGEST_NAME = 40
"""Characters of a text that may be somebody's name."""


async def at_hand(scene: Scene) -> None:
    """Shows today's distribution, or the next one; with a name, that member's order."""
    found = await pages.distribution_at_hand(scene)
    if found is None:
        scene.show(no_distribution(scene.texts))
    elif scene.command_text:
        scene.answered = Answered.DISCREETLY  # names and money are not for members who read along
        await _show_found(scene, found, scene.command_text)
    else:
        await pages.show_day(scene, found)


async def by_name_on_the_day(scene: Scene) -> bool:
    """Takes a name typed in private while a distribution takes place: it comes before everything else."""
    return await _by_name(scene, on_the_day=True)


async def by_name(scene: Scene) -> bool:
    """Takes a name typed in private at any other time: after the products."""
    return await _by_name(scene, on_the_day=False)


async def _by_name(scene: Scene, *, on_the_day: bool) -> bool:
    """Shows the order whose member's name was typed; false when it is none, or not the time for it.

    ``on_the_day``: only while a distribution takes place, which a coordinator's words are about then; else only who
    ordered is found.
    """
    text = scene.typed
    if len(text) > LONGEST_NAME or not any(character.isalpha() for character in text):
        return False
    distribution = await pages.distribution_at_hand(scene)
    if distribution is None or (on_the_day and not await _is_under_way(scene, distribution)):
        return False
    states, without = await _find(scene, distribution, text)
    if not states and not (without and on_the_day):
        return False
    await _show_found(scene, distribution, text)
    return True


async def _show_found(scene: Scene, distribution: Distribution, text: str) -> None:
    """Shows whose name fits: the order, a choice of several, or that there is none; for coordinators' eyes only."""
    states, without = await _find(scene, distribution, text)
    if len(states) == 1 and not without:
        await pages.show_order(scene, states[0].order.id)
    elif len(states) + len(without) > 1:
        scene.show(views.choose(scene.texts, distribution, states, without))
    elif without:
        scene.show(views.no_order(scene.texts, distribution, without[0]))
    else:
        scene.show(views.nobody(scene.texts, distribution, text))


async def _find(scene: Scene, distribution: Distribution, text: str) -> tuple[list[OrderState], list[Member]]:
    """The orders of whoever fits, and who fits and ordered nothing."""
    group_id = scene.member.group_id
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


handlers = [On(DAY, at_hand)]
