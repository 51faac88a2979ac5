"""A coordinator orders for somebody: who, then the member's own screens of ordering, which say for whom they are.

Works after closing too, until the distribution is validated, and for members without Telegram.
"""

from __future__ import annotations

from enum import StrEnum

from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.edge.state import end
from bot.handover import pages
from bot.handover.taps.day import BasketFor, ChooseMember, OrderFor
from bot.handover.views import plan as views
from bot.ordering.pages import show_catalogue
from bot.payments.views import by_hand as payment_views
from bot.rights import May
from bot.ui.screen import NARROW
from bot.ui.taps import Id
from ledger.groups import service as groups
from ledger.groups.models import Member

MEMBERS_SHOWN = 20


class State(StrEnum):
    """What the coordinator is asked."""

    MEMBER = "member"


class OrderDraft(Draft):
    """The distribution for which is ordered."""

    distribution: Id


async def ask_whom(scene: Scene, tap: OrderFor) -> State:
    """Asks for whom."""
    draft = OrderDraft(distribution=tap.distribution)
    scene.keep(draft)
    return await _ask(scene, draft, await groups.members(scene.session, scene.group.id))


async def _ask(scene: Scene, draft: OrderDraft, found: list[Member], notice: str | None = None) -> State:
    distribution = await pages.get_distribution(scene, draft.distribution)
    choices = [
        scene.step_button(scene.texts.who(member, NARROW), ChooseMember(member.id)) for member in found
    ]
    shown = choices if len(choices) <= MEMBERS_SHOWN else []
    cancel = cancel_button(scene)
    screen = views.ask_whom(scene.texts, distribution, shown, cancel)
    scene.ask(screen.under(notice) if notice else screen)
    return State.MEMBER


async def take_member(scene: Scene, draft: OrderDraft) -> State | None:
    """Takes a name; asks again when it is nobody's or several people's."""
    group_id = scene.group.id
    found = await groups.find_members(scene.session, group_id, scene.typed)
    if len(found) == 1:
        await _start(scene, draft, found[0])
        return None
    if found:
        return await _ask(scene, draft, found, payment_views.several_members(scene.texts))
    everyone = await groups.members(scene.session, group_id)
    return await _ask(scene, draft, everyone, payment_views.unknown_member(scene.texts, scene.typed))


async def choose_member(scene: Scene, draft: OrderDraft, tap: ChooseMember) -> None:
    """Takes the member who was tapped."""
    await _start(scene, draft, await groups.get_member(scene.session, scene.group.id, tap.member))


async def _start(scene: Scene, draft: OrderDraft, member: Member) -> None:
    """Ends the question; what is typed next is looked for in the catalogue, for the same member."""
    distribution = await pages.get_distribution(scene, draft.distribution)
    end(scene.conversation)
    await show_catalogue(scene, distribution, member=member)


async def add_products(scene: Scene, tap: BasketFor) -> None:
    """Goes straight to a member's basket, from their order."""
    distribution = await pages.get_distribution(scene, tap.distribution)
    member = await groups.get_member(scene.session, scene.group.id, tap.member)
    await show_catalogue(scene, distribution, member=member)


async def leave(scene: Scene, draft: OrderDraft) -> str:
    """Orders for nobody after all."""
    await pages.show_day(scene, await pages.get_distribution(scene, draft.distribution))
    return END


conversation = Conversation(
    "handover_for",
    may=May.ORDER_FOR_SOMEBODY,
    draft=OrderDraft,
    entry_points=[On(OrderFor, ask_whom), On(BasketFor, add_products)],
    states={State.MEMBER: [On(ChooseMember, choose_member), Typed(take_member)]},
    cancel=leave,
)
