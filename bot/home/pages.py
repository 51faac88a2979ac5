"""The first screen, and what other rooms may show of home."""

from __future__ import annotations

from bot.edge.scene import Scene
from bot.home.views import account as views
from bot.home.views import start as start_views
from bot.members.pages import chats_of_stranger
from bot.members.views import welcome as welcome_views
from bot.settings.views import setup as setup_views
from ledger.catalogue.service import count_products
from ledger.groups import service as groups
from ledger.groups.roles import role_of
from ledger.orders.expected import expected_of
from ledger.orders.needless import needless
from ledger.payments import service as payments
from ledger.payments.models import PaymentState


async def show_home(scene: Scene) -> None:
    """Where the person stands in the group they look at: what to do first in a new one, the way in for who has none."""
    own = await groups.groups_of_person(scene.session, scene.person.id)
    if scene.maybe_member is None and own:
        await scene.act_in(own[0].id)
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
        await expected_of(scene.session, member),
        expected,
        await needless(scene.session, member, expected),
    )


def show_help(scene: Scene) -> None:
    """What one can do, by role."""
    scene.say(start_views.help_screen(scene.texts, role_of(scene.maybe_member)))
