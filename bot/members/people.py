"""Members without Telegram (added by name, invited later), and members who leave: by themselves or taken out."""

from __future__ import annotations

from enum import StrEnum

from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Scene
from bot.home.menu import own_menu
from bot.members.pages import show_member_page
from bot.members.views import people as views
from bot.members.views import welcome as welcome_views
from bot.refusals.sentences import sentence
from bot.ui.screen import Button as ScreenButton
from bot.ui.screen import Screen
from ledger.errors import NotFound
from ledger.groups import people
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.orders import leaving


class State(StrEnum):
    """What is asked."""

    NAME = "name"
    ADD = "add"
    LEAVE = "leave"


# — members without Telegram —


async def ask_name(scene: Scene) -> State:
    """➕: who?"""
    keep(scene.conversation, group=scene.coordinator.group_id)
    scene.say(scene.to_answer(views.ask_name(scene.texts, _cancel(scene))))
    return State.NAME


async def take_name(scene: Scene) -> State | None:
    """The name; asked again when it is none, or somebody's."""
    _same_group(scene, scene.coordinator.group_id)
    try:
        name = people.check_name(scene.typed)
        await people.require_free_name(scene.session, scene.group.id, name)
    except (people.InvalidName, people.NameTaken) as problem:
        scene.say(scene.to_answer(Screen(sentence(scene.texts, problem), ((_cancel(scene),),))))
        return State.NAME
    keep(scene.conversation, name=name)
    confirm = scene.step_button(scene.texts.label("✅ Confirm"), "confirm", style="success")
    scene.show(views.preview(scene.texts, scene.group, name, confirm, _cancel(scene)))
    return State.ADD


async def add(scene: Scene) -> str:
    """✅: a member, once."""
    _same_group(scene, scene.coordinator.group_id)
    member = await people.add_member(scene.session, scene.group, scene.conversation.data["name"])
    await show_member_page(scene, member, views.added(scene.texts, member))
    return END


async def not_added(scene: Scene) -> str:
    """Nobody after all."""
    _ = scene.coordinator
    scene.show(views.not_added(scene.texts))
    return END


async def invite(scene: Scene) -> None:
    """🔗: an invitation for this member alone; an earlier one leads nowhere from now on."""
    member = await named(scene)
    await people.invite(scene.session, member)
    await show_member_page(scene, member)


async def revoke(scene: Scene) -> None:
    """The invitation leads nowhere from now on."""
    member = await named(scene)
    await people.revoke_invitation(scene.session, member)
    scene.toast(scene.texts.label("The old link leads nowhere now."))
    await show_member_page(scene, member)


async def take_back(scene: Scene) -> None:
    """Who left and has no Telegram, or was taken out, is a member again, and told."""
    member = await named(scene)
    if member.left_at is None:
        await show_member_page(scene, member, welcome_views.settled_before(scene.texts))
        return
    await people.take_back(scene.session, member)
    await show_member_page(scene, member, views.added(scene.texts, member))
    await scene.notify.member(member, lambda texts: welcome_views.let_back(texts, scene.group))


async def named(scene: Scene) -> Member:
    """The member a coordinator's button names, in the group it was made in."""
    number = scene.numbers(1)[0]
    await scene.follow(Member, number)
    group_id = scene.coordinator.group_id
    if not scene.among_coordinators:
        raise NotFound("button", group_id)
    return await groups.get_member(scene.session, group_id, number)


# — leaving —


async def ask_leave(scene: Scene) -> State | None:
    """/quitter: really? Or why not yet."""
    _ = scene.member
    if not await scene.discreetly():
        return None
    member = scene.member
    await leaving.check(scene.session, member, member)
    keep(scene.conversation, group=member.group_id)
    texts = scene.texts
    confirm = scene.step_button(texts.label("🚪 Leave the group"), "leave", style="danger")
    stay = scene.step_button(texts.label("Cancel"), "stay")
    scene.show(views.ask_leave(texts, scene.group, confirm, stay))
    return State.LEAVE


async def leave(scene: Scene) -> str:
    """🚪: out; coordinators are told."""
    member, group = scene.member, scene.group
    _same_group(scene, member.group_id)
    await leaving.leave(scene.session, member, member)
    scene.show(views.left(scene.texts, group))
    scene.calls += await own_menu(scene.session, scene.person.id)
    await scene.notify.coordinators(lambda texts: views.told_left(texts, group, member.name), but=member)
    return END


async def stay(scene: Scene) -> str:
    """Not after all."""
    _ = scene.member
    scene.show(views.stayed(scene.texts, scene.group))
    return END


def _same_group(scene: Scene, group_id: int) -> None:
    """A conversation ends in the group it began in."""
    if scene.conversation.data["group"] != group_id:
        raise NotFound("button", group_id)


def _cancel(scene: Scene) -> ScreenButton:
    return scene.step_button(scene.texts.label("Cancel"), "cancel")


CANCEL = StepButton("cancel", not_added)
conversation = DurableConversation(
    name="people",
    entry_points=[
        Command(("quitter", "leave"), ask_leave),
        Button("ppadd", ask_name),
        Button("ppinvite", invite),
        Button("pprevoke", revoke),
        Button("ppback", take_back),
    ],
    states={
        State.NAME: [CANCEL, Typed(take_name)],
        State.ADD: [CANCEL, StepButton("confirm", add)],
        State.LEAVE: [StepButton("leave", leave), StepButton("stay", stay)],
    },
)
