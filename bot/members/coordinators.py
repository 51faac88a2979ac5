"""Roles (/coordinateurs): who coordinates, who keeps the money; given and taken by coordinators."""

from __future__ import annotations

from enum import StrEnum

from telegram import Update

from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed
from bot.edge.scene import Context
from bot.home.menu import own_menu
from bot.members.views import coordinators as views
from bot.members.views import members as members_views
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member


class State(StrEnum):
    """What the coordinator is asked to type."""

    NAME = "name"


async def coordinators(update: Update, context: Context) -> None:  # noqa: ARG001
    """/coordinateurs: who holds which role."""
    _ = context.coordinator
    if await context.discreetly():
        await _show(context)


async def _show(context: Context) -> None:
    holders = await groups.staff(context.session, context.group.id)
    context.show(views.listing(context.texts, context.group, holders))


async def pick(update: Update, context: Context) -> State:  # noqa: ARG001
    """Whom to name: a page of members, or a name to type."""
    group_id = context.coordinator.group_id
    page = context.numbers(1)[0]
    everyone = await groups.members(context.session, group_id)
    cancel = context.step_button(context.texts.label("Cancel"), "cancel")
    context.show(context.to_answer(views.pick(context.texts, everyone, page, cancel)))
    return State.NAME


async def take_name(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """A name was typed; asked again when nobody is called so."""
    group_id = context.coordinator.group_id
    found = await groups.find_members(context.session, group_id, context.typed)
    if not found:
        context.say(context.to_answer(members_views.unknown(context.texts, context.typed)))
        return None
    if len(found) == 1:
        context.say(views.roles(context.texts, found[0]))
    else:
        context.say(members_views.choose(context.texts, found, "role"))
    return END


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """Nobody after all."""
    _ = context.coordinator
    await _show(context)
    return END


async def show_roles(update: Update, context: Context) -> None:  # noqa: ARG001
    """A member was tapped: their roles."""
    group_id = context.coordinator.group_id
    member = await groups.get_member(context.session, group_id, context.numbers(1)[0])
    context.show(views.roles(context.texts, member))


async def set_role(update: Update, context: Context) -> None:  # noqa: ARG001
    """A role is given or taken; the person is told. Tapped again, nothing more happens."""
    by = context.coordinator
    member_id, number, wanted = context.numbers(3)
    if number not in range(len(views.ROLES)) or wanted not in (0, 1):
        raise NotFound("button", number)
    member = await groups.get_member(context.session, by.group_id, member_id)
    role, held = views.ROLES[number], bool(wanted)
    if held != (member.is_coordinator if role == "coordinator" else member.is_treasurer):
        await groups.set_role(context.session, member, role, held)
        await _tell(context, member, by, role, held)
    if by.is_coordinator:
        context.show(views.roles(context.texts, member))
    else:
        context.show(views.gave_up(context.texts, context.group))


async def _tell(context: Context, member: Member, by: Member, role: str, held: bool) -> None:
    if member.id != by.id:
        group = context.group
        await context.notify.member(member, lambda texts: views.told(texts, group, by.name, role, held=held))
    person = await groups.reachable(context.session, member)
    if person is not None:
        context.scene.calls += await own_menu(context.session, person.id)


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
