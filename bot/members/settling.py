"""Taking a member out of the group; before that, what is between them and the group is settled (see ``refunds``)."""

from __future__ import annotations

from enum import StrEnum

from bot.edge.draft import Draft
from bot.edge.handling import END, Cancel, Conversation, On
from bot.edge.scene import Scene
from bot.home.menu import own_menu
from bot.members import taps
from bot.members.pages import show_member_page
from bot.members.views import people as people_views
from bot.payments.taps import EnterPayment
from bot.refunds.views import refunds as refund_views
from bot.rights import May
from bot.ui.screen import Row, button
from bot.ui.taps import Id
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.orders import leaving


class State(StrEnum):
    """What is asked."""

    OUT = "out"


class OutDraft(Draft):
    """Who is to be taken out."""

    member: Id


async def ask_out(scene: Scene, tap: taps.AskOut) -> State:
    """🚪 on a member's page: what is in the way, and how to settle it; or really?"""
    member = await groups.get_member(scene.session, scene.group.id, tap.member)
    if member.left_at is not None:
        raise NotFound("member", member.id)
    scene.keep(OutDraft(member=member.id))
    found = await leaving.obstacles(scene.session, member)
    screen = people_views.taking_out(scene.texts, member, found, _rows(scene, member, found))
    scene.show(screen)
    return State.OUT


async def take_out(scene: Scene, draft: OutDraft) -> str:
    """🚪: out; they are told."""
    by = scene.member
    member = await groups.get_member(scene.session, scene.group.id, draft.member)
    await leaving.leave(scene.session, member, by)
    if member.id == by.id:
        scene.show(people_views.left(scene.texts, scene.group))
    else:
        await show_member_page(scene, member)
    person = await groups.reachable(scene.session, member)
    if person is not None:
        scene.calls += await own_menu(scene.session, person.id)
    if member.id != by.id:
        group = scene.group
        await scene.notify.member(member, lambda texts: people_views.told_out(texts, group, by.name))
    return END


async def leave(scene: Scene, draft: OutDraft) -> str:
    """Not after all: the member's page."""
    await show_member_page(scene, await groups.get_member(scene.session, scene.group.id, draft.member))
    return END


def _rows(scene: Scene, member: Member, found: leaving.Obstacles) -> list[Row]:
    texts = scene.texts
    rows = refund_views.ways_in(texts, member, found.balance_cents, out=True)
    if found.balance_cents < 0:
        rows.append((button(texts.label("💶 Enter a payment"), EnterPayment(member.id)),))
    if not found:
        out = scene.step_button(texts.label("🚪 Take out of the group"), taps.TakeOut(), style="danger")
        rows.append((out,))
    rows.append((scene.step_button(texts.label("◀️ Back"), Cancel()),))
    return rows


conversation = Conversation(
    "settling",
    may=May.CHANGE_MEMBERS,
    draft=OutDraft,
    entry_points=[On(taps.AskOut, ask_out)],
    states={State.OUT: [On(taps.TakeOut, take_out)]},
    cancel=leave,
)
