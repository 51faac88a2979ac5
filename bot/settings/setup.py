"""Starting a group in its chat (/installer), and what Telegram says of chats: the bot added, blocked, a chat's new id."""

from __future__ import annotations

from typing import Any

from telegram import ChatMember, ChatMemberUpdated, Update
from telegram.ext import BaseHandler

from bot.board.views import board as board_views
from bot.delivery import chats
from bot.edge.conversation import Command
from bot.edge.scene import Context
from bot.home.menu import longer_menu
from bot.settings.views import setup as views
from bot.ui.screen import Screen
from ledger.db import utc_now
from ledger.groups import service as groups
from ledger.groups.models import ChatKind, Group
from ledger.groups.roles import Role
from ledger.money import currencies
from ledger.payments.card import accounts

ADMINS = (ChatMember.OWNER, ChatMember.ADMINISTRATOR)
GROUPS = ("group", "supergroup")
OUTSIDE = (ChatMember.LEFT, ChatMember.BANNED)
LONGEST_TITLE = 70


class OwnMembership(BaseHandler[Update, Context, Any]):
    """The bot was added, removed, blocked or let back in."""

    def check_update(self, update: object) -> bool:
        """Telegram's ``my_chat_member``."""
        return isinstance(update, Update) and update.my_chat_member is not None


class Migration(BaseHandler[Update, Context, Any]):
    """A chat's upgrade to a supergroup, told on either side."""

    def check_update(self, update: object) -> bool:
        """Both service messages say the same thing."""
        message = update.message if isinstance(update, Update) else None
        return message is not None and bool(message.migrate_to_chat_id or message.migrate_from_chat_id)


async def setup(update: Update, context: Context) -> None:
    """/installer: the chat's group is made by an admin of the chat; its coordinators get the button again."""
    chat = update.effective_chat
    if context.is_private or chat is None:
        context.say(views.send_it_in_the_chat(context.texts, context.scene.bot_username))
    elif context.scene.group is not None:
        await _set_up_before(context, context.scene.group)
    elif context.fact("chat_member", context.chat_id, context.person.id) not in ADMINS:
        context.say(Screen(views.only_admins(context.texts)))
    elif (currency := (context.command_text or "EUR").upper()) not in currencies():
        context.say(Screen(views.unknown_currency(context.texts, context.command_text)))
    else:
        title = (chat.title or "")[:LONGEST_TITLE]
        group, is_new = await groups.create_group(
            context.session, title, context.chat_id, context.person.language, context.person, currency
        )
        context.scene.group = group
        if is_new:
            await accounts.follow_host(context.session, context.cards.host_key, context.cards.host_group)
            _present(context, group)
        else:
            await _set_up_before(context, group)


def _present(context: Context, group: Group) -> None:
    """One message for everybody, and what is next for the founder."""
    knows_us = context.person.started_at is not None
    steps_url = None if knows_us else context.deep_link(f"j_{group.invitation}")
    texts = context.texts_for(group.language)
    context.say(views.group_ready(texts, group, _order_url(context, group), steps_url))
    if knows_us:
        context.tell(context.person.id, views.next_steps(context.texts, group))
        context.scene.calls += longer_menu(context.person.id, Role.COORDINATOR)


async def _set_up_before(context: Context, group: Group) -> None:
    member = await groups.member_of(context.session, group.id, context.person.id)
    if member is not None and member.is_coordinator:
        texts = context.texts_for(group.language)
        context.say(views.order_here(texts, group, _order_url(context, group)))
    else:
        known = await groups.staff(context.session, group.id)
        context.say(Screen(views.already_set_up(context.texts, group, known)))


def _order_url(context: Context, group: Group) -> str:
    return context.deep_link(f"o_{group.invitation}")


async def own_membership(update: Update, context: Context) -> None:
    """Greet where we were added; remember who blocked us, and which chat put us out."""
    change = update.my_chat_member
    assert change is not None
    if context.is_private:
        blocked = change.new_chat_member.status == ChatMember.BANNED
        context.person.blocked_at = utc_now() if blocked else None
    elif change.new_chat_member.status in OUTSIDE:
        await _went_out(context)
    elif change.chat.type in GROUPS and _came_in(change):
        await chats.note_back(context.session, context.chat_id)
        group = context.scene.group
        if group is None:
            context.say(views.greeting(context.texts))
        else:
            texts = context.texts_for(group.language)
            context.say(views.order_here(texts, group, _order_url(context, group)))


def _came_in(change: ChatMemberUpdated) -> bool:
    return change.old_chat_member.status in OUTSIDE and change.new_chat_member.status not in OUTSIDE


async def _went_out(context: Context) -> None:
    """Nothing more is sent to this chat; the coordinators of its group are told in private."""
    change = context.scene.update.my_chat_member
    if change is None or change.chat.id != context.chat_id:
        return  # the old number of a chat that was upgraded: we are still in it
    await chats.note_left(context.session, context.chat_id)
    group = context.scene.group
    if group is None:
        return
    in_theirs, by = context.scene.chat_kind is ChatKind.COORDINATORS, context.person.name
    await context.notify.coordinators(
        lambda texts: board_views.removed(texts, group, coordinators_chat=in_theirs, by=by)
    )


async def migrate(update: Update, context: Context) -> None:
    """The chat's group follows it to its new id; nothing is said."""
    message = update.message
    assert message is not None
    session, bot_id = context.session, context.bot.id
    if message.migrate_to_chat_id:
        await chats.migrate(session, bot_id, message.chat.id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id:
        await chats.migrate(session, bot_id, message.migrate_from_chat_id, message.chat.id)


handlers = [
    Command(("installer", "setup"), setup),
    OwnMembership(own_membership),
    Migration(migrate),
]
