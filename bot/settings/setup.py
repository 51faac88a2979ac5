"""Starting a group in its chat (/installer), and what Telegram says of chats: the bot added, blocked, a chat's new id."""

from __future__ import annotations

from telegram import ChatMember, ChatMemberUpdated, Update

from bot.board.views import board as board_views
from bot.cards.service import Cards
from bot.delivery import chats
from bot.edge.handling import On, event
from bot.edge.scene import Scene
from bot.home.menu import longer_menu
from bot.rights import May
from bot.settings import taps
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


async def setup(scene: Scene) -> None:
    """/installer: the chat's group is made by an admin of the chat; its coordinators get the button again."""
    chat = scene.update.effective_chat
    if scene.is_private or chat is None:
        scene.say(views.send_it_in_the_chat(scene.texts, scene.bot_username))
    elif scene.maybe_group is not None:
        await _set_up_before(scene, scene.maybe_group)
    elif scene.status_in(scene.chat_id) not in ADMINS:
        scene.say(Screen(views.only_admins(scene.texts)))
    elif (currency := (scene.command_text or "EUR").upper()) not in currencies():
        scene.say(Screen(views.unknown_currency(scene.texts, scene.command_text)))
    else:
        title = (chat.title or "")[:LONGEST_TITLE]
        group, is_new = await groups.create_group(
            scene.session, title, scene.chat_id, scene.person.language, scene.person, currency
        )
        scene.maybe_group = group
        if is_new:
            await accounts.follow_host(
                scene.session, scene.service(Cards).host_key, scene.service(Cards).host_group
            )
            await _present(scene, group)
        else:
            await _set_up_before(scene, group)


async def _present(scene: Scene, group: Group) -> None:
    """One message for everybody, and what is next for the founder."""
    knows_us = scene.person.started_at is not None
    steps_url = None if knows_us else scene.deep_link(f"j_{group.invitation}")
    texts = scene.texts_for(group.language)
    scene.say(views.group_ready(texts, group, _order_url(scene, group), steps_url))
    if knows_us:
        await scene.notify.coordinators(lambda texts: views.next_steps(texts, group))
        scene.calls += longer_menu(scene.person.id, Role.COORDINATOR)


async def _set_up_before(scene: Scene, group: Group) -> None:
    member = await groups.member_of(scene.session, group.id, scene.person.id)
    if member is not None and member.is_coordinator:
        texts = scene.texts_for(group.language)
        scene.say(views.order_here(texts, group, _order_url(scene, group)))
    else:
        known = await groups.staff(scene.session, group.id)
        scene.say(Screen(views.already_set_up(scene.texts, group, known)))


def _order_url(scene: Scene, group: Group) -> str:
    return scene.deep_link(f"o_{group.invitation}")


async def own_membership(scene: Scene) -> None:
    """Greets where we were added; remembers who blocked us, and which chat put us out."""
    change = scene.update.my_chat_member
    assert change is not None
    if scene.is_private:
        blocked = change.new_chat_member.status == ChatMember.BANNED
        scene.person.blocked_at = utc_now() if blocked else None
    elif change.new_chat_member.status in OUTSIDE:
        await _went_out(scene)
    elif change.chat.type in GROUPS and _came_in(change):
        await chats.note_back(scene.session, scene.chat_id)
        group = scene.maybe_group
        if group is None:
            scene.say(views.greeting(scene.texts))
        else:
            texts = scene.texts_for(group.language)
            scene.say(views.order_here(texts, group, _order_url(scene, group)))


def _came_in(change: ChatMemberUpdated) -> bool:
    return change.old_chat_member.status in OUTSIDE and change.new_chat_member.status not in OUTSIDE


async def _went_out(scene: Scene) -> None:
    """Nothing more is sent to this chat; the coordinators of its group are told in private."""
    change = scene.update.my_chat_member
    if change is None or change.chat.id != scene.chat_id:
        return  # the old number of a chat that was upgraded: we are still in it
    await chats.note_left(scene.session, scene.chat_id)
    group = scene.maybe_group
    if group is None:
        return
    in_theirs, by = scene.chat_kind is ChatKind.COORDINATORS, scene.person.name
    await scene.notify.coordinators(
        lambda texts: board_views.removed(texts, group, coordinators_chat=in_theirs, by=by)
    )


async def migrate(scene: Scene) -> None:
    """The chat's group follows it to its new id; nothing is said."""
    message = scene.update.message
    assert message is not None
    session, bot_id = scene.session, scene.bot_id
    if message.migrate_to_chat_id:
        await chats.migrate(session, bot_id, message.chat.id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id:
        await chats.migrate(session, bot_id, message.migrate_from_chat_id, message.chat.id)


def _of_ourselves(update: Update) -> bool:
    return update.my_chat_member is not None


def _of_a_new_id(update: Update) -> bool:
    """Both of the service messages that tell of a chat's upgrade."""
    message = update.message
    return message is not None and bool(message.migrate_to_chat_id or message.migrate_from_chat_id)


OWN_MEMBERSHIP = event("the bot added, removed, blocked or let back in", _of_ourselves, may=May.FIND_ONES_WAY)
MIGRATION = event("a chat's upgrade", _of_a_new_id, may=May.FIND_ONES_WAY)

handlers = [On(taps.SETUP, setup), On(OWN_MEMBERSHIP, own_membership), On(MIGRATION, migrate)]
