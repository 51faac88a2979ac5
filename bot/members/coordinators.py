"""Roles (/coordinateurs): who coordinates, who keeps the money; given and taken by coordinators."""

from __future__ import annotations

from enum import StrEnum

from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed
from bot.edge.scene import Scene
from bot.home.menu import own_menu
from bot.members.views import coordinators as views
from bot.members.views import members as members_views
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member


class State(StrEnum):
    """What the coordinator is asked to type."""

    NAME = "name"


async def coordinators(scene: Scene) -> None:
    """/coordinateurs: who holds which role."""
    _ = scene.coordinator
    if await scene.discreetly():
        await _show(scene)


async def _show(scene: Scene) -> None:
    holders = await groups.staff(scene.session, scene.group.id)
    scene.show(views.listing(scene.texts, scene.group, holders))


async def pick(scene: Scene) -> State:
    """Whom to name: a page of members, or a name to type."""
    group_id = scene.coordinator.group_id
    page = scene.numbers(1)[0]
    everyone = await groups.members(scene.session, group_id)
    cancel = scene.step_button(scene.texts.label("Cancel"), "cancel")
    scene.show(scene.to_answer(views.pick(scene.texts, everyone, page, cancel)))
    return State.NAME


async def take_name(scene: Scene) -> str | None:
    """A name was typed; asked again when nobody is called so."""
    group_id = scene.coordinator.group_id
    found = await groups.find_members(scene.session, group_id, scene.typed)
    if not found:
        scene.say(scene.to_answer(members_views.unknown(scene.texts, scene.typed)))
        return None
    if len(found) == 1:
        scene.say(views.roles(scene.texts, found[0]))
    else:
        scene.say(members_views.choose(scene.texts, found, "role"))
    return END


async def leave(scene: Scene) -> str:
    """Nobody after all."""
    _ = scene.coordinator
    await _show(scene)
    return END


async def show_roles(scene: Scene) -> None:
    """A member was tapped: their roles."""
    group_id = scene.coordinator.group_id
    member = await groups.get_member(scene.session, group_id, scene.numbers(1)[0])
    scene.show(views.roles(scene.texts, member))


async def set_role(scene: Scene) -> None:
    """A role is given or taken; the person is told. Tapped again, nothing more happens."""
    by = scene.coordinator
    member_id, number, wanted = scene.numbers(3)
    if number not in range(len(views.ROLES)) or wanted not in (0, 1):
        raise NotFound("button", number)
    member = await groups.get_member(scene.session, by.group_id, member_id)
    role, held = views.ROLES[number], bool(wanted)
    if held != (member.is_coordinator if role == "coordinator" else member.is_treasurer):
        await groups.set_role(scene.session, member, role, held)
        await _tell(scene, member, by, role, held)
    if by.is_coordinator:
        scene.show(views.roles(scene.texts, member))
    else:
        scene.show(views.gave_up(scene.texts, scene.group))


async def _tell(scene: Scene, member: Member, by: Member, role: str, held: bool) -> None:
    if member.id != by.id:
        group = scene.group
        await scene.notify.member(member, lambda texts: views.told(texts, group, by.name, role, held=held))
    person = await groups.reachable(scene.session, member)
    if person is not None:
        scene.calls += await own_menu(scene.session, person.id)


conversation = DurableConversation(
    name="coordinators",
    entry_points=[
        Command(("coordinateurs", "coordinators"), coordinators),
        Button("coordinators", coordinators),
        Button("rolepick", pick),
        Button("role", show_roles),
        Button("setrole", set_role),
    ],
    states={State.NAME: [StepButton("cancel", leave), Typed(take_name)]},
)
