"""First contact: /start with and without a link, help, language, leaving a conversation, choosing a group."""

from __future__ import annotations

from telegram import Update

from bot.cards.pages import returned
from bot.edge.handling import On, event
from bot.edge.scene import Scene
from bot.edge.state import end
from bot.handover.pages import show_day
from bot.home import taps
from bot.home.menu import own_menu
from bot.home.pages import show_help, show_home
from bot.home.views import account as views
from bot.home.views import start as start_views
from bot.members.pages import IN_CHAT, ask_back, statuses
from bot.members.views import people as people_views
from bot.ordering.pages import show_open_distributions
from bot.rights import May
from ledger.errors import NotFound
from ledger.groups import people
from ledger.groups import service as groups
from ledger.groups.models import Group, JoinPolicy
from ledger.groups.roles import Role, role_of
from ledger.orders.distributions import get_distribution
from ledger.orders.models import Distribution

ANONYMOUS_ADMIN = 1087968824
"""The account in whose name Telegram delivers what a group's anonymous admins write."""


async def start(scene: Scene) -> None:
    """/start: a link's payload is followed; without one, home."""
    end(scene.conversation)
    payload = scene.command_text
    if not scene.is_private:
        await _started_in_a_group(scene, payload)
    elif payload.startswith("o_"):
        await _follow_invitation(scene, payload.removeprefix("o_"), then_order=True)
    elif payload.startswith("j_"):
        await _follow_invitation(scene, payload.removeprefix("j_"), then_order=False)
    elif payload.startswith("m_"):
        await _follow_own_invitation(scene, payload.removeprefix("m_"))
    elif payload.startswith("d_"):
        await _follow_distribution(scene, payload.removeprefix("d_"))
    elif payload.startswith("p_"):
        if not await returned(scene, payload.removeprefix("p_")):
            await show_home(scene)
    else:
        await show_home(scene)
    member = scene.maybe_member
    if scene.is_private and role_of(member) >= Role.TREASURER:
        scene.calls += await own_menu(scene.session, scene.person.id)


async def _follow_invitation(scene: Scene, token: str, *, then_order: bool) -> None:
    group = await groups.group_by_invitation(scene.session, token)
    if group is None:
        scene.say(start_views.unknown_invitation(scene.texts))
        return
    member = await groups.member_of(scene.session, group.id, scene.person.id, also_left=True)
    if member is not None and member.taken_out_at is not None:
        await ask_back(scene, group, member)
        return
    if (member is None or member.left_at is not None) and not await _may_join(scene, group):
        scene.say(start_views.not_in_chat(scene.texts, group))
        return
    member, is_new = await groups.join(scene.session, group, scene.person)
    scene.maybe_group, scene.maybe_member = group, member
    if is_new:
        scene.say(start_views.joined(scene.texts, group, member))
    if then_order:
        await show_open_distributions(scene)
    else:
        await show_home(scene)


async def _follow_own_invitation(scene: Scene, token: str) -> None:
    """A member without Telegram opens the link made for them; coordinators are told who it was."""
    try:
        group, member = await people.link(scene.session, token, scene.person)
    except NotFound:
        scene.say(start_views.unknown_invitation(scene.texts))
        return
    scene.maybe_group, scene.maybe_member = group, member
    scene.say(people_views.linked(scene.texts, group, member))
    name = scene.person.name
    await scene.notify.coordinators(
        lambda texts: people_views.told_linked(texts, group, member, name), but=member
    )
    await show_home(scene)


async def _follow_distribution(scene: Scene, number: str) -> None:
    """From a busy chat: the distribution's page, to who coordinates its group; home to everybody else."""
    found = int(number) if number.isdecimal() and len(number) < 16 else 0
    group_id = await groups.group_of(scene.session, Distribution, found)
    member = await groups.member_of(scene.session, group_id, scene.person.id) if group_id else None
    if group_id and member is not None and member.is_coordinator:
        await scene.act_in(group_id)
        await show_day(scene, await get_distribution(scene.session, group_id, found))
    else:
        await show_home(scene)


async def _may_join(scene: Scene, group: Group) -> bool:
    """By the group's policy: whoever holds the link, or whoever is in the chat, as Telegram says."""
    if group.join_policy is JoinPolicy.LINK:
        return True
    return any(status in IN_CHAT for status in await statuses(scene, group))


async def _started_in_a_group(scene: Scene, payload: str) -> None:
    """A coordinators' link opened with "add to a group": this chat becomes the coordinators' chat."""
    if not payload.startswith("c_"):
        return
    token = payload.removeprefix("c_")
    group = await groups.link_coordinators_chat(scene.session, token, scene.chat_id, scene.person.id)
    scene.say(start_views.coordinators_chat_linked(scene.texts_for(group.language), group))


async def home(scene: Scene) -> None:
    """The home button."""
    await show_home(scene)


async def choose_group(scene: Scene) -> None:
    """Which of several groups?"""
    own = await groups.groups_of_person(scene.session, scene.person.id)
    scene.show(views.choose_group(scene.texts, own))


async def look_at_group(scene: Scene, tap: taps.LookAtGroup) -> None:
    """A group was chosen, if it is one of the person's."""
    for group in await groups.groups_of_person(scene.session, scene.person.id):
        if group.id == tap.group:
            await scene.act_in(group.id)
            await show_home(scene)
            return
    raise NotFound("group", tap.group)


async def help_(scene: Scene) -> None:
    """/aide."""
    show_help(scene)


async def cancel(scene: Scene) -> None:
    """/annuler: leave what was going on."""
    was_at_something = scene.conversation.name is not None
    end(scene.conversation)
    scene.say(start_views.cancelled(scene.texts, was_at_something=was_at_something))


async def language(scene: Scene) -> None:
    """/langue: choose between French and English."""
    scene.show(start_views.choose_language(scene.texts))


async def set_language(scene: Scene, tap: taps.Speak) -> None:
    """A language was tapped."""
    scene.person.language = tap.language
    scene.show(start_views.language_chosen(scene.texts))


async def refuse_anonymous(scene: Scene) -> None:
    """An anonymous admin's message: Telegram does not say who wrote it, so nobody can be recognised."""
    group = scene.maybe_group
    texts = scene.texts_for(group.language) if group else scene.texts
    scene.say(start_views.anonymous_admin(texts))


def _is_anonymous(update: Update) -> bool:
    """A command of an anonymous admin; their taps carry the real person."""
    message = update.message
    return (
        message is not None
        and message.from_user is not None
        and message.from_user.id == ANONYMOUS_ADMIN
        and (message.text or "").startswith("/")
    )


ANONYMOUS = event("command of an anonymous admin", _is_anonymous, may=May.FIND_ONES_WAY)

handlers = [
    On(taps.START, start),
    On(taps.HELP, help_),
    On(taps.CANCEL, cancel),
    On(taps.LANGUAGE, language),
    On(taps.Speak, set_language),
    On(taps.Home, home),
    On(taps.ChooseGroup, choose_group),
    On(taps.LookAtGroup, look_at_group),
]
