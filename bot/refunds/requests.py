"""A member asks for their avoir back, or takes that back. Answering is the treasurers': see ``refunds`` and ``declining``.

Asking moves no money, and one request at a time waits for an answer.
"""

from __future__ import annotations

from enum import StrEnum

from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.home.views import start as start_views
from bot.refunds.taps import AskForRefund, ChooseAmount, ChooseWay, Confirm, WithdrawRequest
from bot.refunds.views import refunds as refund_views
from bot.refunds.views import requests as views
from bot.refusals import sentences as errors
from bot.rights import May
from bot.ui.methods import method_of
from bot.ui.screen import Screen
from bot.ui.taps import Id, Number
from ledger.errors import NotFound
from ledger.groups.models import Method
from ledger.notes import service as notes
from ledger.payments import refunds, requests
from ledger.payments import service as payments

LONGEST_NOTE = 100


class State(StrEnum):
    """What is asked."""

    AMOUNT = "amount"
    WAY = "way"
    CONFIRM = "confirm"


class RequestDraft(Draft):
    """What is going to be asked, in cents; ``member``: who began, as rows of earlier versions say instead of the group."""

    member: Id | None = None
    amount: Number = 0
    way: Method | None = None
    note: str | None = None


async def start(scene: Scene) -> State | str:
    """💸 on one's balance."""
    scene.keep(RequestDraft())
    return await _ask_amount(scene)


async def take_amount(scene: Scene, draft: RequestDraft) -> State | str:
    """How much, typed."""
    return await _take(scene, draft, scene.typed_amount or 0)


async def choose_amount(scene: Scene, tap: ChooseAmount, draft: RequestDraft) -> State | str:
    """All of it."""
    return await _take(scene, draft, tap.amount)


async def _take(scene: Scene, draft: RequestDraft, amount: int) -> State | str:
    balance = await payments.balance_of(scene.session, scene.member)
    if amount <= 0:
        return await _ask_amount(scene, errors.amount_again(scene.texts))
    if amount > balance:
        refusal = refunds.MoreThanCredit(max(balance, 0), amount)
        return await _ask_amount(scene, errors.sentence(scene.texts, refusal))
    draft.amount = amount
    return await _ask_way(scene, draft)


async def choose_way(scene: Scene, tap: ChooseWay, draft: RequestDraft) -> State:
    """How they would like it, tapped."""
    return await _take_way(scene, draft, tap.method)


async def type_way(scene: Scene, draft: RequestDraft) -> State:
    """How they would like it, typed."""
    return await _take_way(scene, draft, method_of(scene.typed))


async def _take_way(scene: Scene, draft: RequestDraft, way: Method | None) -> State:
    ways = await refunds.refund_ways(scene.session, scene.member)
    if way not in [one.method for one in ways]:
        return await _ask_way(scene, draft)
    draft.way = way
    return _preview(scene, draft)


async def take_note(scene: Scene, draft: RequestDraft) -> State:
    """A word for whoever keeps the money."""
    note = " ".join(scene.typed.split())
    if len(note) > LONGEST_NOTE:
        scene.say(Screen(views.note_again(scene.texts), ((cancel_button(scene),),)))
        return State.CONFIRM
    draft.note = note
    return _preview(scene, draft)


async def ask(scene: Scene, draft: RequestDraft) -> State | str:
    """✅: asked, once; whoever keeps the money is told."""
    member = scene.member
    if draft.member not in (None, member.id):
        raise NotFound("member", draft.member)
    assert draft.way is not None
    try:
        async with scene.attempt():
            request = await requests.ask(scene.session, member, draft.amount, draft.way, draft.note)
    except (refunds.MoreThanCredit, refunds.MoreThanTheWayTakes) as refusal:
        return await _ask_amount(scene, errors.sentence(scene.texts, refusal))
    group, balance = scene.group, await payments.balance_of(scene.session, member)
    note = await notes.read_one(scene.session, request.note_id)
    told = await scene.notify.staff(
        lambda texts: views.told_asked(texts, group, member, request, note, balance), but=member
    )
    scene.show(views.asked(scene.texts, group, request, len(told.reached)))
    return END


async def leave(scene: Scene) -> str:
    """Not after all."""
    scene.show(start_views.cancelled(scene.texts, was_at_something=True))
    return END


async def withdraw(scene: Scene, tap: WithdrawRequest) -> None:
    """↩️: nobody needs to answer any more."""
    await requests.withdraw(scene.session, scene.member, tap.request)
    scene.toast(views.withdrawn(scene.texts))
    scene.show(Screen(views.withdrawn(scene.texts)))


async def _ask_amount(scene: Scene, notice: str | None = None) -> State | str:
    texts, balance = scene.texts, await payments.balance_of(scene.session, scene.member)
    if balance <= 0:
        stated = refund_views.Draft(refund_views.Kind.REFUND, scene.member, balance)
        scene.toast(errors.plain(refund_views.nothing_there(texts, stated)), alert=True)
        return END
    everything = scene.step_button(views.everything(texts, balance), ChooseAmount(balance), style="primary")
    screen = views.ask_amount(texts, scene.group, balance, everything, cancel_button(scene))
    scene.show(screen.under(notice) if notice else screen)
    return State.AMOUNT


async def _ask_way(scene: Scene, draft: RequestDraft) -> State:
    ways = [
        scene.step_button(refund_views.way_label(scene.texts, way, draft.amount), ChooseWay(way.method))
        for way in await refunds.refund_ways(scene.session, scene.member)
    ]
    scene.show(views.ask_way(scene.texts, draft.amount, ways, cancel_button(scene)))
    return State.WAY


def _preview(scene: Scene, draft: RequestDraft) -> State:
    assert draft.way is not None
    yes = scene.step_button(scene.texts.label("✅ Confirm"), Confirm(), style="success")
    screen = views.preview(scene.texts, draft.amount, draft.way, draft.note, yes, cancel_button(scene))
    scene.show(screen)
    return State.CONFIRM


conversation = Conversation(
    "refund_requests",
    may=May.USE_ONES_ACCOUNT,
    draft=RequestDraft,
    entry_points=[On(AskForRefund, start), On(WithdrawRequest, withdraw)],
    states={
        State.AMOUNT: [On(ChooseAmount, choose_amount), Typed(take_amount)],
        State.WAY: [On(ChooseWay, choose_way), Typed(type_way)],
        State.CONFIRM: [On(Confirm, ask), Typed(take_note)],
    },
    cancel=leave,
)
