"""Members without Telegram (added by name, invited later), and members who leave: by themselves or taken out."""

from __future__ import annotations

from enum import StrEnum

from telegram import Update

from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Context
from bot.home.menu import own_menu
from bot.members.members import show_member_page
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


async def ask_name(update: Update, context: Context) -> State:  # noqa: ARG001
    """➕: who?"""
    keep(context.conversation, group=context.coordinator.group_id)
    context.say(context.to_answer(views.ask_name(context.texts, _cancel(context))))
    return State.NAME


async def take_name(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """The name; asked again when it is none, or somebody's."""
    _same_group(context, context.coordinator.group_id)
    try:
        name = people.check_name(context.typed)
        await people.require_free_name(context.session, context.group.id, name)
    except (people.InvalidName, people.NameTaken) as problem:
        context.say(context.to_answer(Screen(sentence(context.texts, problem), ((_cancel(context),),))))
        return State.NAME
    keep(context.conversation, name=name)
    confirm = context.step_button(context.texts.label("✅ Confirm"), "confirm", style="success")
    context.show(views.preview(context.texts, context.group, name, confirm, _cancel(context)))
    return State.ADD


async def add(update: Update, context: Context) -> str:  # noqa: ARG001
    """✅: a member, once."""
    _same_group(context, context.coordinator.group_id)
    member = await people.add_member(context.session, context.group, context.conversation.data["name"])
    await show_member_page(context, member, views.added(context.texts, member))
    return END


async def not_added(update: Update, context: Context) -> str:  # noqa: ARG001
    """Nobody after all."""
    _ = context.coordinator
    context.show(views.not_added(context.texts))
    return END


async def invite(update: Update, context: Context) -> None:  # noqa: ARG001
    """🔗: an invitation for this member alone; an earlier one leads nowhere from now on."""
    member = await named(context)
    await people.invite(context.session, member)
    await show_member_page(context, member)


async def revoke(update: Update, context: Context) -> None:  # noqa: ARG001
    """The invitation leads nowhere from now on."""
    member = await named(context)
    await people.revoke_invitation(context.session, member)
    context.toast(context.texts.label("The old link leads nowhere now."))
    await show_member_page(context, member)


async def take_back(update: Update, context: Context) -> None:  # noqa: ARG001
    """Who left and has no Telegram, or was taken out, is a member again, and told."""
    member = await named(context)
    if member.left_at is None:
        await show_member_page(context, member, welcome_views.settled_before(context.texts))
        return
    await people.take_back(context.session, member)
    await show_member_page(context, member, views.added(context.texts, member))
    await context.notify.member(member, lambda texts: welcome_views.let_back(texts, context.group))


async def named(context: Context) -> Member:
    """The member a coordinator's button names, in the group it was made in."""
    number = context.numbers(1)[0]
    await context.follow(Member, number)
    group_id = context.coordinator.group_id
    if not context.among_coordinators:
        raise NotFound("button", group_id)
    return await groups.get_member(context.session, group_id, number)


# — leaving —


async def ask_leave(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """/quitter: really? Or why not yet."""
    _ = context.member
    if not await context.discreetly():
        return None
    member = context.member
    await leaving.check(context.session, member, member)
    keep(context.conversation, group=member.group_id)
    texts = context.texts
    confirm = context.step_button(texts.label("🚪 Leave the group"), "leave", style="danger")
    stay = context.step_button(texts.label("Cancel"), "stay")
    context.show(views.ask_leave(texts, context.group, confirm, stay))
    return State.LEAVE


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """🚪: out; coordinators are told."""
    member, group = context.member, context.group
    _same_group(context, member.group_id)
    await leaving.leave(context.session, member, member)
    context.show(views.left(context.texts, group))
    context.scene.calls += await own_menu(context.session, context.person.id)
    await context.notify.coordinators(lambda texts: views.told_left(texts, group, member.name), but=member)
    return END


async def stay(update: Update, context: Context) -> str:  # noqa: ARG001
    """Not after all."""
    _ = context.member
    context.show(views.stayed(context.texts, context.group))
    return END


def _same_group(context: Context, group_id: int) -> None:
    """A conversation ends in the group it began in."""
    if context.conversation.data["group"] != group_id:
        raise NotFound("button", group_id)


def _cancel(context: Context) -> ScreenButton:
    return context.step_button(context.texts.label("Cancel"), "cancel")


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
