"""A treasurer declines what a member asks back, with a reason or without. Granting it is a refund: see ``refunds``."""

from __future__ import annotations

from enum import StrEnum

from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.members.pages import show_member_page
from bot.refunds.requests import LONGEST_NOTE
from bot.refunds.taps import DeclineRequest, WithoutReason
from bot.refunds.views import requests as views
from bot.refusals import sentences as errors
from bot.rights import May
from bot.ui.screen import Screen
from bot.ui.taps import Id
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.notes import service as notes
from ledger.orders.expected import expected_of
from ledger.payments import requests
from ledger.payments import service as payments


class State(StrEnum):
    """What is asked."""

    DECLINE = "decline"


class DecliningDraft(Draft):
    """Which request."""

    request: Id


async def start(scene: Scene, tap: DeclineRequest) -> State | str:
    """Declined: why?"""
    request = await requests.get_request(scene.session, scene.group.id, tap.request)
    member = await groups.get_member(scene.session, scene.group.id, request.member_id)
    try:
        await requests.require_open(scene.session, request)
    except requests.RequestDecided as decided:
        return await _decided(scene, member, decided)
    scene.keep(DecliningDraft(request=request.id))
    without = scene.step_button(scene.texts.label("Decline without a reason"), WithoutReason())
    screen = views.ask_reason(scene.texts, member, request, without, cancel_button(scene))
    scene.ask(screen, in_place=True)
    return State.DECLINE


async def take_reason(scene: Scene, draft: DecliningDraft) -> State | str:
    """Why, typed."""
    reason = " ".join(scene.typed.split())
    if len(reason) > LONGEST_NOTE:
        scene.ask(Screen(views.note_again(scene.texts), ((cancel_button(scene),),)))
        return State.DECLINE
    return await _decline(scene, draft, reason)


async def without_reason(scene: Scene, draft: DecliningDraft) -> str:
    """No reason."""
    return await _decline(scene, draft, None)


async def _decline(scene: Scene, draft: DecliningDraft, reason: str | None) -> str:
    by, group = scene.member, scene.group
    member = await _asking(scene, draft)
    try:
        async with scene.attempt():
            request = await requests.decline(scene.session, group.id, draft.request, by, reason)
    except requests.RequestDecided as decided:
        return await _decided(scene, member, decided)
    await show_member_page(scene, member, views.declined(scene.texts, member, request))
    if member.id != by.id:
        answer = await notes.read_one(scene.session, request.answer_id)
        balance = await payments.balance_of(scene.session, member)
        expected = await expected_of(scene.session, member)
        await scene.notify.member(
            member,
            lambda texts: views.told_declined(texts, group, request, answer, by.name, balance, expected),
        )
    return END


async def leave(scene: Scene, draft: DecliningDraft) -> str:
    """Not declined after all: the member's page."""
    await show_member_page(scene, await _asking(scene, draft))
    return END


async def _decided(scene: Scene, member: Member, decided: requests.RequestDecided) -> str:
    said = errors.sentence(scene.texts, decided)
    scene.toast(errors.plain(said), alert=True)
    await show_member_page(scene, member, said)
    return END


async def _asking(scene: Scene, draft: DecliningDraft) -> Member:
    """Who asks."""
    request = await requests.get_request(scene.session, scene.group.id, draft.request)
    return await groups.get_member(scene.session, scene.group.id, request.member_id)


conversation = Conversation(
    "refund_declining",
    may=May.GIVE_BACK,
    draft=DecliningDraft,
    entry_points=[On(DeclineRequest, start)],
    states={State.DECLINE: [On(WithoutReason, without_reason), Typed(take_reason)]},
    cancel=leave,
)
