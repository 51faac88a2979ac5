"""A coordinator orders for somebody: who, then the member's own screens of ordering, which say for whom they are.

Works after closing too, until the distribution is validated, and for members without Telegram.
"""

from __future__ import annotations

from enum import StrEnum

from bot.edge.conversation import END, Button, DurableConversation, StepButton, Typed, end, keep
from bot.edge.scene import Scene
from bot.handover import day as handover
from bot.handover.views import plan as views
from bot.ordering.baskets import show_catalogue
from bot.payments.views import by_hand as payment_views
from bot.ui.screen import NARROW
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.orders import distributions

MEMBERS_SHOWN = 20


class State(StrEnum):
    """What the coordinator is asked."""

    MEMBER = "member"


async def ask_whom(scene: Scene) -> State | None:
    """For whom?"""
    distribution = await handover.distribution_of_button(scene)
    if not await scene.discreetly():
        return None
    keep(scene.conversation, group=scene.group.id, distribution=distribution.id)
    return await _ask(scene, await groups.members(scene.session, scene.group.id))


async def _ask(scene: Scene, found: list[Member], notice: str | None = None) -> State:
    data = scene.conversation.data
    distribution = await distributions.get_distribution(scene.session, scene.group.id, data["distribution"])
    choices = [scene.step_button(scene.texts.who(member, NARROW), "member", member.id) for member in found]
    shown = choices if len(choices) <= MEMBERS_SHOWN else []
    cancel = scene.step_button(scene.texts.label("Cancel"), "cancel")
    screen = scene.to_answer(views.ask_whom(scene.texts, distribution, shown, cancel))
    scene.say(screen.under(notice) if notice else screen)
    return State.MEMBER


async def take_member(scene: Scene) -> str | None:
    """A name was typed; asked again when it is nobody's or several people's."""
    group_id = _group_id(scene)
    found = await groups.find_members(scene.session, group_id, scene.typed)
    if len(found) == 1:
        await _start(scene, found[0])
        return None
    if found:
        return await _ask(scene, found, payment_views.several_members(scene.texts))
    everyone = await groups.members(scene.session, group_id)
    return await _ask(scene, everyone, payment_views.unknown_member(scene.texts, scene.typed))


async def choose_member(scene: Scene) -> None:
    """A member was tapped."""
    group_id = _group_id(scene)
    member_id = scene.numbers(1, skip=2)[0]
    await _start(scene, await groups.get_member(scene.session, group_id, member_id))


async def _start(scene: Scene, member: Member) -> None:
    """The question is over; what is typed next is looked for in the catalogue, for the same member."""
    distribution_id = scene.conversation.data["distribution"]
    distribution = await distributions.get_distribution(scene.session, member.group_id, distribution_id)
    end(scene.conversation)
    await show_catalogue(scene, distribution, member=member)


async def add_products(scene: Scene) -> None:
    """Straight to a member's basket, from their order."""
    group_id = scene.coordinator.group_id
    distribution_id, member_id = scene.numbers(2)
    distribution = await distributions.get_distribution(scene.session, group_id, distribution_id)
    member = await groups.get_member(scene.session, group_id, member_id)
    if await scene.discreetly():
        await show_catalogue(scene, distribution, member=member)


async def leave(scene: Scene) -> str:
    """For nobody after all."""
    group_id = _group_id(scene)
    distribution_id = scene.conversation.data["distribution"]
    distribution = await distributions.get_distribution(scene.session, group_id, distribution_id)
    await handover.show_day(scene, distribution)
    return END


def _group_id(scene: Scene) -> int:
    """The group it was asked in, which must be the one the coordinator acts in."""
    group_id = scene.coordinator.group_id
    if scene.conversation.data["group"] != group_id:
        raise NotFound("distribution", scene.conversation.data["distribution"])
    return group_id


CANCEL = StepButton("cancel", leave)
conversation = DurableConversation(
    name="handover_for",
    entry_points=[Button("dfor", ask_whom), Button("forbasket", add_products)],
    states={State.MEMBER: [CANCEL, StepButton("member", choose_member), Typed(take_member)]},
)
