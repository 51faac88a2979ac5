"""First contact: /start with and without a link, help, language, leaving a conversation, choosing a group."""

from __future__ import annotations

from bot.cards.links import returned
from bot.edge.conversation import Button, Command, end
from bot.edge.scene import Scene
from bot.handover.day import show_day
from bot.home.menu import own_menu
from bot.home.views import account as views
from bot.home.views import start as start_views
from bot.members.views import people as people_views
from bot.members.views import welcome as welcome_views
from bot.members.welcome import IN_CHAT, ask_back, chats_of_stranger, statuses
from bot.ordering.baskets import show_open_distributions
from bot.settings.views import setup as setup_views
from bot.ui.texts import LANGUAGES
from ledger.catalogue.service import count_products
from ledger.errors import NotFound
from ledger.groups import people
from ledger.groups import service as groups
from ledger.groups.models import Group, JoinPolicy
from ledger.groups.roles import Role, role_of
from ledger.orders.awaited import awaited_of
from ledger.orders.distributions import get_distribution
from ledger.orders.models import Distribution
from ledger.orders.needless import needless
from ledger.payments import service as payments
from ledger.payments.models import PaymentState


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


async def show_home(scene: Scene) -> None:
    """Where the person stands in the group they look at: what to do first in a new one, the way in for who has none."""
    own = await groups.groups_of_person(scene.session, scene.person.id)
    if scene.maybe_member is None and own:
        await _look_at(scene, own[0])
    if scene.maybe_member is None:
        found = await chats_of_stranger(scene)
        links = [(group, scene.deep_link(f"o_{group.invitation}")) for group in found]
        stranger = start_views.stranger(scene.texts, scene.bot_username)
        scene.show(welcome_views.found_in_chats(scene.texts, links) if links else stranger)
        return
    if scene.member.is_coordinator and not await count_products(scene.session, scene.member.group_id):
        scene.show(setup_views.next_steps(scene.texts, scene.group))
        return
    account = await account_of(scene)
    scene.show(views.home(scene.texts, scene.group, scene.member, account, several_groups=len(own) > 1))


async def account_of(scene: Scene) -> views.Account:
    """The acting member's account."""
    member = scene.member
    expected = await payments.payments_of(scene.session, member, PaymentState.EXPECTED)
    return views.Account(
        await payments.balance_of(scene.session, member),
        await awaited_of(scene.session, member),
        expected,
        await needless(scene.session, member, expected),
    )


async def home(scene: Scene) -> None:
    """The home button."""
    await show_home(scene)


async def choose_group(scene: Scene) -> None:
    """Which of several groups?"""
    own = await groups.groups_of_person(scene.session, scene.person.id)
    scene.show(views.choose_group(scene.texts, own))


async def look_at_group(scene: Scene) -> None:
    """A group was chosen, if it is one of the person's."""
    group_id = scene.numbers(1)[0]
    for group in await groups.groups_of_person(scene.session, scene.person.id):
        if group.id == group_id:
            await _look_at(scene, group)
            await show_home(scene)
            return
    raise NotFound("group", group_id)


async def _look_at(scene: Scene, group: Group) -> None:
    scene.person.group_id = group.id
    scene.maybe_group = group
    scene.maybe_member = await groups.member_of(scene.session, group.id, scene.person.id)


async def help_(scene: Scene) -> None:
    """/aide."""
    scene.say(start_views.help_screen(scene.texts, role_of(scene.maybe_member)))


async def cancel(scene: Scene) -> None:
    """/annuler: leave what was going on."""
    was_at_something = scene.conversation.name is not None
    end(scene.conversation)
    scene.say(start_views.cancelled(scene.texts, was_at_something=was_at_something))


async def language(scene: Scene) -> None:
    """/langue: choose between French and English."""
    scene.show(start_views.choose_language(scene.texts))


async def set_language(scene: Scene) -> None:
    """A language was tapped."""
    chosen = scene.button_args[0] if scene.button_args else ""
    if chosen not in LANGUAGES:
        raise NotFound("language", chosen)
    scene.person.language = chosen
    scene.show(start_views.language_chosen(scene.texts))


async def refuse_anonymous(scene: Scene) -> None:
    """An anonymous admin's message: Telegram does not say who wrote it, so nobody can be recognised."""
    group = scene.maybe_group
    texts = scene.texts_for(group.language) if group else scene.texts
    scene.say(start_views.anonymous_admin(texts))


handlers = [
    Command(("start",), start),
    Command(("aide", "help"), help_),
    Command(("annuler", "cancel"), cancel),
    Command(("langue", "language"), language),
    Button("lang", set_language),
    Button("home", home),
    Button("groups", choose_group),
    Button("group", look_at_group),
]
