"""Taking a member out of the group; before that, what is between them and the group is settled (see ``refunds``)."""

from __future__ import annotations

from enum import StrEnum

from bot.edge.conversation import END, Button, DurableConversation, StepButton, keep
from bot.edge.scene import Scene
from bot.home.menu import own_menu
from bot.members.pages import show_member_page
from bot.members.people import named
from bot.members.views import people as people_views
from bot.payments.taps import EnterPayment
from bot.refunds.views import refunds as refund_views
from bot.ui.screen import Row, button
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.orders import leaving


class State(StrEnum):
    """What is asked."""

    OUT = "out"


async def ask_out(scene: Scene) -> State:
    """🚪 on a member's page: what is in the way, and how to settle it; or really?"""
    member = await named(scene)
    if member.left_at is not None:
        raise NotFound("member", member.id)
    keep(scene.conversation, group=member.group_id, member=member.id)
    found = await leaving.obstacles(scene.session, member)
    screen = people_views.taking_out(scene.texts, member, found, _rows(scene, member, found))
    scene.show(screen)
    return State.OUT


async def take_out(scene: Scene) -> str:
    """🚪: out; they are told."""
    by, member = scene.coordinator, await _member(scene)
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


async def leave(scene: Scene) -> str:
    """Not after all: the member's page."""
    await show_member_page(scene, await _member(scene))
    return END


def _rows(scene: Scene, member: Member, found: leaving.Obstacles) -> list[Row]:
    texts = scene.texts
    rows = refund_views.ways_in(texts, member, found.balance_cents, out=True)
    if found.balance_cents < 0:
        rows.append((button(texts.label("💶 Enter a payment"), EnterPayment(member.id)),))
    if not found:
        out = scene.step_button(texts.label("🚪 Take out of the group"), "out", style="danger")
        rows.append((out,))
    rows.append((scene.step_button(texts.label("◀️ Back"), "cancel"),))
    return rows


async def _member(scene: Scene) -> Member:
    """The member this is about, of the group it began in."""
    group_id, data = scene.coordinator.group_id, scene.conversation.data
    if data["group"] != group_id:
        raise NotFound("button", group_id)
    return await groups.get_member(scene.session, group_id, data["member"])


conversation = DurableConversation(
    name="settling",
    entry_points=[Button("ppout", ask_out)],
    states={State.OUT: [StepButton("cancel", leave), StepButton("out", take_out)]},
)
