"""Who was taken out of the group, or put out of its chat: coordinators are asked, and nothing is lost meanwhile."""

from __future__ import annotations

from typing import Any

from telegram import Update
from telegram.ext import BaseHandler

from bot.delivery import chats
from bot.edge.conversation import Button
from bot.edge.scene import Context
from bot.members.members import show_member_page
from bot.members.people import named
from bot.members.views import people as people_views
from bot.members.views import welcome as views
from ledger.groups import service as groups
from ledger.groups import standing
from ledger.groups.models import ChatKind, Group, Member

IN_CHAT = ("creator", "administrator", "member", "restricted")
PUT_OUT = "kicked"
GROUPS_ASKED = 5
"""In the chats of how many groups a stranger is looked for, a question to Telegram each."""


async def statuses(context: Context, group: Group) -> list[str]:
    """What Telegram says of the person in each chat where the group's members are."""
    present = await chats.present(context.session, group.id)
    return [
        context.fact("chat_member", chat.telegram_id, context.person.id)
        for chat in present
        if chat.kind is ChatKind.MEMBERS
    ]


async def chats_of_stranger(context: Context) -> list[Group]:
    """The groups in whose chats somebody is who belongs to none, where the bot serves so few that Telegram can be asked."""
    served = await groups.few_groups(context.session, GROUPS_ASKED)
    return [group for group in served if any(status in IN_CHAT for status in await statuses(context, group))]


async def is_held(context: Context) -> bool:
    """Whether the member's order waits for a coordinator's word, which it says; the basket stays as it is.

    To be called before anything is locked or written, since Telegram is asked.
    """
    member = context.member
    if member.kept_at is not None:
        return False
    found = await statuses(context, context.group)
    if any(status in IN_CHAT for status in found):
        if member.put_out_at is not None:
            await standing.note_back_in_chat(context.session, member)
        return False
    if member.put_out_at is None and PUT_OUT not in found:
        return False
    await ask_about(context, context.group, member)
    context.show(views.held(context.texts, context.group))
    return True


async def ask_about(context: Context, group: Group, member: Member) -> None:
    """Coordinators are asked, once, what it means that somebody put the member out of the chat."""
    if await standing.note_put_out(context.session, member):
        await context.notify_in(group).coordinators(
            lambda texts: views.ask_about(texts, group, member), but=member
        )


async def ask_back(context: Context, group: Group, member: Member) -> None:
    """Who was taken out opened a link: coordinators are asked whether they may come back."""
    asked_now = await standing.ask_back(context.session, member)
    if asked_now:
        await context.notify_in(group).coordinators(lambda texts: views.ask_back(texts, group, member))
    context.say(views.asked_back(context.texts, group, asked_now=asked_now))


class SomebodyLeft(BaseHandler[Update, Context, Any]):
    """Somebody left a chat, or was removed from it."""

    def check_update(self, update: object) -> bool:
        """Telegram's service message."""
        message = update.message if isinstance(update, Update) else None
        return message is not None and message.left_chat_member is not None


async def left_chat(update: Update, context: Context) -> None:
    """Members stay members. About who was put out coordinators are asked; of who left with a role they are told."""
    message, group = update.message, context.scene.group
    gone = message.left_chat_member if message else None
    if message is None or gone is None or group is None:
        return
    member = await groups.member_of(context.session, group.id, gone.id)
    if member is None:
        return
    by_themselves = message.from_user is not None and message.from_user.id == gone.id
    if not by_themselves and context.scene.chat_kind is ChatKind.MEMBERS:
        await ask_about(context, group, member)
    elif member.is_coordinator or member.is_treasurer:
        await context.notify_in(group).coordinators(
            lambda texts: people_views.still_coordinates(texts, group, member), but=member
        )


async def keep(update: Update, context: Context) -> None:  # noqa: ARG001
    """👤: a member all the same; they can go on ordering."""
    member = await named(context)
    by = context.coordinator
    if await standing.keep(context.session, member):
        await context.notify.member(member, lambda texts: views.kept(texts, context.group))
        notice = views.keeps(context.texts, member, by.name)
    else:
        notice = views.settled_before(context.texts)
    await show_member_page(context, member, notice)


async def stay_out(update: Update, context: Context) -> None:  # noqa: ARG001
    """They do not come back; they are told, once."""
    member = await named(context)
    if member.left_at is None or member.asked_back_at is None:
        await show_member_page(context, member, views.settled_before(context.texts))
        return
    await context.notify.member(member, lambda texts: views.stays_out(texts, context.group))
    await show_member_page(context, member, views.stays_out_noted(context.texts, member))


handlers = [SomebodyLeft(left_chat), Button("ppkeep", keep), Button("ppno", stay_out)]
