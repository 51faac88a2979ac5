"""Taking a member out of the group; before that, what is between them and the group is settled (see ``refunds``)."""

from __future__ import annotations

from enum import StrEnum

from telegram import Update

from bot.edge.conversation import END, Button, DurableConversation, StepButton, keep
from bot.edge.scene import Context
from bot.home.menu import own_menu
from bot.members.members import show_member_page
from bot.members.people import named
from bot.members.views import people as people_views
from bot.refunds.views import refunds as refund_views
from bot.ui.screen import Row, button
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.orders import leaving


class State(StrEnum):
    """What is asked."""

    OUT = "out"


async def ask_out(update: Update, context: Context) -> State:  # noqa: ARG001
    """🚪 on a member's page: what is in the way, and how to settle it; or really?"""
    member = await named(context)
    if member.left_at is not None:
        raise NotFound("member", member.id)
    keep(context.conversation, group=member.group_id, member=member.id)
    found = await leaving.obstacles(context.session, member)
    screen = people_views.taking_out(context.texts, member, found, _rows(context, member, found))
    context.show(screen)
    return State.OUT


async def take_out(update: Update, context: Context) -> str:  # noqa: ARG001
    """🚪: out; they are told."""
    by, member = context.coordinator, await _member(context)
    await leaving.leave(context.session, member, by)
    if member.id == by.id:
        context.show(people_views.left(context.texts, context.group))
    else:
        await show_member_page(context, member)
    person = await groups.reachable(context.session, member)
    if person is not None:
        context.scene.calls += await own_menu(context.session, person.id)
    if member.id != by.id:
        group = context.group
        await context.notify.member(member, lambda texts: people_views.told_out(texts, group, by.name))
    return END


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """Not after all: the member's page."""
    await show_member_page(context, await _member(context))
    return END


def _rows(context: Context, member: Member, found: leaving.Obstacles) -> list[Row]:
    texts = context.texts
    rows = refund_views.ways_in(texts, member, found.balance_cents, out=1)
    if found.balance_cents < 0:
        rows.append((button(texts.label("💶 Enter a payment"), "payfor", member.id),))
    if not found:
        out = context.step_button(texts.label("🚪 Take out of the group"), "out", style="danger")
        rows.append((out,))
    rows.append((context.step_button(texts.label("◀️ Back"), "cancel"),))
    return rows


async def _member(context: Context) -> Member:
    """The member this is about, of the group it began in."""
    group_id, data = context.coordinator.group_id, context.conversation.data
    if data["group"] != group_id:
        raise NotFound("button", group_id)
    return await groups.get_member(context.session, group_id, data["member"])


conversation = DurableConversation(
    name="settling",
    entry_points=[Button("ppout", ask_out)],
    states={State.OUT: [StepButton("cancel", leave), StepButton("out", take_out)]},
)
