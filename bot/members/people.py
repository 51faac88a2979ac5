"""Members without Telegram (added by name, invited later), and members who leave: by themselves or taken out."""

from __future__ import annotations

from enum import StrEnum

from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.home.menu import own_menu
from bot.members import taps
from bot.members.pages import show_member_page
from bot.members.views import people as views
from bot.members.views import welcome as welcome_views
from bot.refusals.sentences import sentence
from bot.rights import May
from bot.ui.screen import Screen
from ledger.errors import NotFound
from ledger.groups import people
from ledger.groups import service as groups
from ledger.orders import leaving


class State(StrEnum):
    """What is asked."""

    NAME = "name"
    ADD = "add"
    LEAVE = "leave"


class NameDraft(Draft):
    """Who is to be added."""

    name: str | None = None


# — members without Telegram —


async def ask_name(scene: Scene) -> State:
    """➕: who?"""
    scene.keep(NameDraft())
    scene.ask(views.ask_name(scene.texts, cancel_button(scene)))
    return State.NAME


async def take_name(scene: Scene, draft: NameDraft) -> State | None:
    """The name; asked again when it is none, or somebody's."""
    try:
        name = people.check_name(scene.typed)
        await people.require_free_name(scene.session, scene.group.id, name)
    except (people.InvalidName, people.NameTaken) as problem:
        scene.ask(Screen(sentence(scene.texts, problem), ((cancel_button(scene),),)))
        return State.NAME
    draft.name = name
    confirm = scene.step_button(scene.texts.label("✅ Confirm"), taps.Confirm(), style="success")
    scene.show(views.preview(scene.texts, scene.group, name, confirm, cancel_button(scene)))
    return State.ADD


async def add(scene: Scene, draft: NameDraft) -> str:
    """✅: a member, once."""
    if draft.name is None:
        raise NotFound("draft", "name")
    member = await people.add_member(scene.session, scene.group, draft.name)
    await show_member_page(scene, member, views.added(scene.texts, member))
    return END


async def not_added(scene: Scene) -> str:
    """Nobody after all."""
    scene.show(views.not_added(scene.texts))
    return END


async def invite(scene: Scene, tap: taps.Invite) -> None:
    """🔗: an invitation for this member alone; an earlier one leads nowhere from now on."""
    member = await groups.get_member(scene.session, scene.group.id, tap.member)
    await people.invite(scene.session, member)
    await show_member_page(scene, member)


async def revoke(scene: Scene, tap: taps.RevokeInvitation) -> None:
    """The invitation leads nowhere from now on."""
    member = await groups.get_member(scene.session, scene.group.id, tap.member)
    await people.revoke_invitation(scene.session, member)
    scene.toast(scene.texts.label("The old link leads nowhere now."))
    await show_member_page(scene, member)


async def take_back(scene: Scene, tap: taps.TakeBack) -> None:
    """Who left and has no Telegram, or was taken out, is a member again, and told."""
    member = await groups.get_member(scene.session, scene.group.id, tap.member)
    if member.left_at is None:
        await show_member_page(scene, member, welcome_views.settled_before(scene.texts))
        return
    await people.take_back(scene.session, member)
    await show_member_page(scene, member, views.added(scene.texts, member))
    await scene.notify.member(member, lambda texts: welcome_views.let_back(texts, scene.group))


# — leaving —


async def ask_leave(scene: Scene) -> State:
    """/quitter: really? Or why not yet."""
    member = scene.member
    await leaving.check(scene.session, member, member)
    scene.keep(Draft())
    texts = scene.texts
    confirm = scene.step_button(texts.label("🚪 Leave the group"), taps.LeaveNow(), style="danger")
    stay = cancel_button(scene)
    scene.show(views.ask_leave(texts, scene.group, confirm, stay))
    return State.LEAVE


async def leave(scene: Scene) -> str:
    """🚪: out; coordinators are told."""
    member, group = scene.member, scene.group
    await leaving.leave(scene.session, member, member)
    scene.show(views.left(scene.texts, group))
    scene.calls += await own_menu(scene.session, scene.person.id)
    await scene.notify.coordinators(lambda texts: views.told_left(texts, group, member.name), but=member)
    return END


async def stay(scene: Scene) -> str:
    """Not after all."""
    scene.show(views.stayed(scene.texts, scene.group))
    return END


adding = Conversation(
    "people",
    may=May.CHANGE_MEMBERS,
    draft=NameDraft,
    entry_points=[
        On(taps.AddMember, ask_name),
        On(taps.Invite, invite),
        On(taps.RevokeInvitation, revoke),
        On(taps.TakeBack, take_back),
    ],
    states={State.NAME: [Typed(take_name)], State.ADD: [On(taps.Confirm, add)]},
    cancel=not_added,
)
parting = Conversation(
    "people",
    may=May.CHOOSE_REMINDERS,
    entry_points=[On(taps.LEAVE, ask_leave)],
    states={State.LEAVE: [On(taps.LeaveNow, leave)]},
    cancel=stay,
)
