"""Who was taken out of the group, or put out of its chat: coordinators are asked, and nothing is lost meanwhile."""

from __future__ import annotations

from telegram import Update

from bot.delivery import chats
from bot.edge.conversation import Button, Handler
from bot.edge.scene import Scene
from bot.members.pages import show_member_page
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


async def statuses(scene: Scene, group: Group) -> list[str]:
    """What Telegram says of the person in each chat where the group's members are."""
    present = await chats.present(scene.session, group.id)
    return [scene.status_in(chat.telegram_id) for chat in present if chat.kind is ChatKind.MEMBERS]


async def chats_of_stranger(scene: Scene) -> list[Group]:
    """The groups in whose chats somebody is who belongs to none, where the bot serves so few that Telegram can be asked."""
    served = await groups.few_groups(scene.session, GROUPS_ASKED)
    return [group for group in served if any(status in IN_CHAT for status in await statuses(scene, group))]


async def is_held(scene: Scene) -> bool:
    """Whether the member's order waits for a coordinator's word, which it says; the basket stays as it is.

    To be called before anything is locked or written, since Telegram is asked.
    """
    member = scene.member
    if member.kept_at is not None:
        return False
    found = await statuses(scene, scene.group)
    if any(status in IN_CHAT for status in found):
        if member.put_out_at is not None:
            await standing.note_back_in_chat(scene.session, member)
        return False
    if member.put_out_at is None and PUT_OUT not in found:
        return False
    await ask_about(scene, scene.group, member)
    scene.show(views.held(scene.texts, scene.group))
    return True


async def ask_about(scene: Scene, group: Group, member: Member) -> None:
    """Coordinators are asked, once, what it means that somebody put the member out of the chat."""
    if await standing.note_put_out(scene.session, member):
        await scene.notify_in(group).coordinators(
            lambda texts: views.ask_about(texts, group, member), but=member
        )


async def ask_back(scene: Scene, group: Group, member: Member) -> None:
    """Who was taken out opened a link: coordinators are asked whether they may come back."""
    asked_now = await standing.ask_back(scene.session, member)
    if asked_now:
        await scene.notify_in(group).coordinators(lambda texts: views.ask_back(texts, group, member))
    scene.say(views.asked_back(scene.texts, group, asked_now=asked_now))


class SomebodyLeft(Handler):
    """Somebody left a chat, or was removed from it."""

    def check_update(self, update: object) -> bool:
        """Telegram's service message."""
        message = update.message if isinstance(update, Update) else None
        return message is not None and message.left_chat_member is not None


async def left_chat(scene: Scene) -> None:
    """Members stay members. About who was put out coordinators are asked; of who left with a role they are told."""
    message, group = scene.update.message, scene.maybe_group
    gone = message.left_chat_member if message else None
    if message is None or gone is None or group is None:
        return
    member = await groups.member_of(scene.session, group.id, gone.id)
    if member is None:
        return
    by_themselves = message.from_user is not None and message.from_user.id == gone.id
    if not by_themselves and scene.chat_kind is ChatKind.MEMBERS:
        await ask_about(scene, group, member)
    elif member.is_coordinator or member.is_treasurer:
        await scene.notify_in(group).coordinators(
            lambda texts: people_views.still_coordinates(texts, group, member), but=member
        )


async def keep(scene: Scene) -> None:
    """👤: a member all the same; they can go on ordering."""
    member = await named(scene)
    by = scene.coordinator
    if await standing.keep(scene.session, member):
        await scene.notify.member(member, lambda texts: views.kept(texts, scene.group))
        notice = views.keeps(scene.texts, member, by.name)
    else:
        notice = views.settled_before(scene.texts)
    await show_member_page(scene, member, notice)


async def stay_out(scene: Scene) -> None:
    """They do not come back; they are told, once."""
    member = await named(scene)
    if member.left_at is None or member.asked_back_at is None:
        await show_member_page(scene, member, views.settled_before(scene.texts))
        return
    await scene.notify.member(member, lambda texts: views.stays_out(texts, scene.group))
    await show_member_page(scene, member, views.stays_out_noted(scene.texts, member))


handlers = [SomebodyLeft(left_chat), Button("ppkeep", keep), Button("ppno", stay_out)]
