"""Roles (/coordinateurs): who coordinates, who keeps the money; given and taken by coordinators."""

from __future__ import annotations

from enum import StrEnum

from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.home.menu import own_menu
from bot.members import taps
from bot.members.views import coordinators as views
from bot.members.views import members as members_views
from bot.rights import May
from ledger.groups import service as groups
from ledger.groups.models import Member


class State(StrEnum):
    """What the coordinator is asked to type."""

    NAME = "name"


async def coordinators(scene: Scene) -> None:
    """/coordinateurs: who holds which role."""
    await _show(scene)


async def _show(scene: Scene) -> None:
    holders = await groups.staff(scene.session, scene.group.id)
    scene.show(views.listing(scene.texts, scene.group, holders))


async def pick(scene: Scene, tap: taps.PickMember) -> State:
    """Whom to name: a page of members, or a name to type."""
    scene.keep(Draft())
    everyone = await groups.members(scene.session, scene.group.id)
    cancel = cancel_button(scene)
    scene.ask(views.pick(scene.texts, everyone, tap.page, cancel), in_place=True)
    return State.NAME


async def take_name(scene: Scene) -> str | None:
    """A name was typed; asked again when nobody is called so."""
    found = await groups.find_members(scene.session, scene.group.id, scene.typed)
    if not found:
        scene.ask(members_views.unknown(scene.texts, scene.typed))
        return None
    if len(found) == 1:
        scene.say(views.roles(scene.texts, found[0]))
    else:
        scene.say(members_views.choose(scene.texts, found, taps.ShowRoles))
    return END


async def leave(scene: Scene) -> str:
    """Nobody after all."""
    await _show(scene)
    return END


async def show_roles(scene: Scene, tap: taps.ShowRoles) -> None:
    """A member was tapped: their roles."""
    member = await groups.get_member(scene.session, scene.group.id, tap.member)
    scene.show(views.roles(scene.texts, member))


async def set_role(scene: Scene, tap: taps.SetRole) -> None:
    """A role is given or taken; the person is told. Tapped again, nothing more happens."""
    by = scene.member
    member = await groups.get_member(scene.session, by.group_id, tap.member)
    is_coordinator = tap.role is taps.RoleGiven.COORDINATOR
    if tap.wanted != (member.is_coordinator if is_coordinator else member.is_treasurer):
        role = tap.role.name.lower()
        await groups.set_role(scene.session, member, role, tap.wanted)
        await _tell(scene, member, by, role, tap.wanted)
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


conversation = Conversation(
    "coordinators",
    may=May.GIVE_ROLES,
    entry_points=[
        On(taps.COORDINATORS, coordinators),
        On(taps.Coordinators, coordinators),
        On(taps.PickMember, pick),
        On(taps.ShowRoles, show_roles),
        On(taps.SetRole, set_role),
    ],
    states={State.NAME: [Typed(take_name)]},
    cancel=leave,
)
