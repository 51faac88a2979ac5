"""First contact: /start with and without a link, help, language, leaving a conversation, choosing a group."""

from __future__ import annotations

from telegram import Update

from bot.cards.links import returned
from bot.edge.conversation import Button, Command, end
from bot.edge.scene import Context
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


async def start(update: Update, context: Context) -> None:  # noqa: ARG001
    """/start: a link's payload is followed; without one, home."""
    end(context.conversation)
    payload = context.command_text
    if not context.is_private:
        await _started_in_a_group(context, payload)
    elif payload.startswith("o_"):
        await _follow_invitation(context, payload.removeprefix("o_"), then_order=True)
    elif payload.startswith("j_"):
        await _follow_invitation(context, payload.removeprefix("j_"), then_order=False)
    elif payload.startswith("m_"):
        await _follow_own_invitation(context, payload.removeprefix("m_"))
    elif payload.startswith("d_"):
        await _follow_distribution(context, payload.removeprefix("d_"))
    elif payload.startswith("p_"):
        if not await returned(context, payload.removeprefix("p_")):
            await show_home(context)
    else:
        await show_home(context)
    member = context.scene.member
    if context.is_private and role_of(member) >= Role.TREASURER:
        context.scene.calls += await own_menu(context.session, context.person.id)


async def _follow_invitation(context: Context, token: str, *, then_order: bool) -> None:
    group = await groups.group_by_invitation(context.session, token)
    if group is None:
        context.say(start_views.unknown_invitation(context.texts))
        return
    member = await groups.member_of(context.session, group.id, context.person.id, also_left=True)
    if member is not None and member.taken_out_at is not None:
        await ask_back(context, group, member)
        return
    if (member is None or member.left_at is not None) and not await _may_join(context, group):
        context.say(start_views.not_in_chat(context.texts, group))
        return
    member, is_new = await groups.join(context.session, group, context.person)
    context.scene.group, context.scene.member = group, member
    if is_new:
        context.say(start_views.joined(context.texts, group, member))
    if then_order:
        await show_open_distributions(context)
    else:
        await show_home(context)


async def _follow_own_invitation(context: Context, token: str) -> None:
    """A member without Telegram opens the link made for them; coordinators are told who it was."""
    try:
        group, member = await people.link(context.session, token, context.person)
    except NotFound:
        context.say(start_views.unknown_invitation(context.texts))
        return
    context.scene.group, context.scene.member = group, member
    context.say(people_views.linked(context.texts, group, member))
    name = context.person.name
    await context.notify.coordinators(
        lambda texts: people_views.told_linked(texts, group, member, name), but=member
    )
    await show_home(context)


async def _follow_distribution(context: Context, number: str) -> None:
    """From a busy chat: the distribution's page, to who coordinates its group; home to everybody else."""
    found = int(number) if number.isdecimal() and len(number) < 16 else 0
    group_id = await groups.group_of(context.session, Distribution, found)
    member = await groups.member_of(context.session, group_id, context.person.id) if group_id else None
    if group_id and member is not None and member.is_coordinator:
        await context.act_in(group_id)
        await show_day(context, await get_distribution(context.session, group_id, found))
    else:
        await show_home(context)


async def _may_join(context: Context, group: Group) -> bool:
    """By the group's policy: whoever holds the link, or whoever is in the chat, as Telegram says."""
    if group.join_policy is JoinPolicy.LINK:
        return True
    return any(status in IN_CHAT for status in await statuses(context, group))


async def _started_in_a_group(context: Context, payload: str) -> None:
    """A coordinators' link opened with "add to a group": this chat becomes the coordinators' chat."""
    if not payload.startswith("c_"):
        return
    token = payload.removeprefix("c_")
    group = await groups.link_coordinators_chat(context.session, token, context.chat_id, context.person.id)
    context.say(start_views.coordinators_chat_linked(context.texts_for(group.language), group))


async def show_home(context: Context) -> None:
    """Where the person stands in the group they look at: what to do first in a new one, the way in for who has none."""
    own = await groups.groups_of_person(context.session, context.person.id)
    if context.scene.member is None and own:
        await _look_at(context, own[0])
    if context.scene.member is None:
        found = await chats_of_stranger(context)
        links = [(group, context.deep_link(f"o_{group.invitation}")) for group in found]
        stranger = start_views.stranger(context.texts, context.scene.bot_username)
        context.show(welcome_views.found_in_chats(context.texts, links) if links else stranger)
        return
    if context.member.is_coordinator and not await count_products(context.session, context.member.group_id):
        context.show(setup_views.next_steps(context.texts, context.group))
        return
    account = await account_of(context)
    context.show(
        views.home(context.texts, context.group, context.member, account, several_groups=len(own) > 1)
    )


async def account_of(context: Context) -> views.Account:
    """The acting member's account."""
    member = context.member
    expected = await payments.payments_of(context.session, member, PaymentState.EXPECTED)
    return views.Account(
        await payments.balance_of(context.session, member),
        await awaited_of(context.session, member),
        expected,
        await needless(context.session, member, expected),
    )


async def home(update: Update, context: Context) -> None:  # noqa: ARG001
    """The home button."""
    await show_home(context)


async def choose_group(update: Update, context: Context) -> None:  # noqa: ARG001
    """Which of several groups?"""
    own = await groups.groups_of_person(context.session, context.person.id)
    context.show(views.choose_group(context.texts, own))


async def look_at_group(update: Update, context: Context) -> None:  # noqa: ARG001
    """A group was chosen, if it is one of the person's."""
    group_id = context.numbers(1)[0]
    for group in await groups.groups_of_person(context.session, context.person.id):
        if group.id == group_id:
            await _look_at(context, group)
            await show_home(context)
            return
    raise NotFound("group", group_id)


async def _look_at(context: Context, group: Group) -> None:
    context.person.group_id = group.id
    context.scene.group = group
    context.scene.member = await groups.member_of(context.session, group.id, context.person.id)


async def help_(update: Update, context: Context) -> None:  # noqa: ARG001
    """/aide."""
    context.say(start_views.help_screen(context.texts, role_of(context.scene.member)))


async def cancel(update: Update, context: Context) -> None:  # noqa: ARG001
    """/annuler: leave what was going on."""
    was_at_something = context.conversation.name is not None
    end(context.conversation)
    context.say(start_views.cancelled(context.texts, was_at_something=was_at_something))


async def language(update: Update, context: Context) -> None:  # noqa: ARG001
    """/langue: choose between French and English."""
    context.show(start_views.choose_language(context.texts))


async def set_language(update: Update, context: Context) -> None:  # noqa: ARG001
    """A language was tapped."""
    chosen = context.button_args[0] if context.button_args else ""
    if chosen not in LANGUAGES:
        raise NotFound("language", chosen)
    context.person.language = chosen
    context.show(start_views.language_chosen(context.texts))


async def refuse_anonymous(update: Update, context: Context) -> None:  # noqa: ARG001
    """An anonymous admin's message: Telegram does not say who wrote it, so nobody can be recognised."""
    group = context.scene.group
    texts = context.texts_for(group.language) if group else context.texts
    context.say(start_views.anonymous_admin(texts))


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
