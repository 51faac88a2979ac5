"""A coordinator orders for somebody: who, then the member's own screens of ordering, which say for whom they are.

Works after closing too, until the distribution is validated, and for members without Telegram.
"""

from __future__ import annotations

from enum import StrEnum

from telegram import Update

from bot.edge.conversation import END, Button, DurableConversation, StepButton, Typed, end, keep
from bot.edge.scene import Context
from bot.handover import day as handover
from bot.handover.views import plan as views
from bot.ordering.baskets import show_catalogue
from bot.payments.views import by_hand as payment_views
from bot.ui.screen import NARROW
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.orders import distributions

MEMBERS_SHOWN = 20


class State(StrEnum):
    """What the coordinator is asked."""

    MEMBER = "member"


async def ask_whom(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """For whom?"""
    distribution = await handover.distribution_of_button(context)
    if not await context.discreetly():
        return None
    keep(context.conversation, group=context.group.id, distribution=distribution.id)
    return await _ask(context, await groups.members(context.session, context.group.id))


async def _ask(context: Context, found: list[Member], notice: str | None = None) -> State:
    data = context.conversation.data
    distribution = await distributions.get_distribution(
        context.session, context.group.id, data["distribution"]
    )
    choices = [
        context.step_button(context.texts.who(member, NARROW), "member", member.id) for member in found
    ]
    shown = choices if len(choices) <= MEMBERS_SHOWN else []
    cancel = context.step_button(context.texts.label("Cancel"), "cancel")
    screen = context.to_answer(views.ask_whom(context.texts, distribution, shown, cancel))
    context.say(screen.under(notice) if notice else screen)
    return State.MEMBER


async def take_member(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """A name was typed; asked again when it is nobody's or several people's."""
    group_id = _group_id(context)
    found = await groups.find_members(context.session, group_id, context.typed)
    if len(found) == 1:
        await _start(context, found[0])
        return None
    if found:
        return await _ask(context, found, payment_views.several_members(context.texts))
    everyone = await groups.members(context.session, group_id)
    return await _ask(context, everyone, payment_views.unknown_member(context.texts, context.typed))


async def choose_member(update: Update, context: Context) -> None:  # noqa: ARG001
    """A member was tapped."""
    group_id = _group_id(context)
    member_id = context.numbers(1, skip=2)[0]
    await _start(context, await groups.get_member(context.session, group_id, member_id))


async def _start(context: Context, member: Member) -> None:
    """The question is over; what is typed next is looked for in the catalogue, for the same member."""
    distribution_id = context.conversation.data["distribution"]
    distribution = await distributions.get_distribution(context.session, member.group_id, distribution_id)
    end(context.conversation)
    await show_catalogue(context, distribution, member=member)


async def add_products(update: Update, context: Context) -> None:  # noqa: ARG001
    """Straight to a member's basket, from their order."""
    group_id = context.coordinator.group_id
    distribution_id, member_id = context.numbers(2)
    distribution = await distributions.get_distribution(context.session, group_id, distribution_id)
    member = await groups.get_member(context.session, group_id, member_id)
    if await context.discreetly():
        await show_catalogue(context, distribution, member=member)


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """For nobody after all."""
    group_id = _group_id(context)
    distribution_id = context.conversation.data["distribution"]
    distribution = await distributions.get_distribution(context.session, group_id, distribution_id)
    await handover.show_day(context, distribution)
    return END


def _group_id(context: Context) -> int:
    """The group it was asked in, which must be the one the coordinator acts in."""
    group_id = context.coordinator.group_id
    if context.conversation.data["group"] != group_id:
        raise NotFound("distribution", context.conversation.data["distribution"])
    return group_id


CANCEL = StepButton("cancel", leave)
conversation = DurableConversation(
    name="handover_for",
    entry_points=[Button("dfor", ask_whom), Button("forbasket", add_products)],
    states={State.MEMBER: [CANCEL, StepButton("member", choose_member), Typed(take_member)]},
)
