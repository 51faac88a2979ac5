"""A member asks for their avoir back, or takes that back; a treasurer declines it. Granting it is a refund: see ``refunds``.

Asking moves no money, and one request at a time waits for an answer.
"""

from __future__ import annotations

from enum import StrEnum

from bot.edge.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Scene
from bot.home.views import start as start_views
from bot.members.members import show_member_page
from bot.payments.line import method_of
from bot.refunds.views import refunds as refund_views
from bot.refunds.views import requests as views
from bot.refusals import sentences as errors
from bot.ui.screen import Button as ScreenButton
from bot.ui.screen import Screen
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member, Method
from ledger.notes import service as notes
from ledger.orders.awaited import awaited_of
from ledger.payments import refunds, requests
from ledger.payments import service as payments
from ledger.payments.models import RefundRequest

LONGEST_NOTE = 100


class State(StrEnum):
    """What is asked."""

    AMOUNT = "amount"
    WAY = "way"
    CONFIRM = "confirm"
    DECLINE = "decline"


# — the member —


async def start_asking(scene: Scene) -> State | str:
    """💸 on one's balance."""
    group_id = scene.numbers(1)[0]
    if group_id != scene.group.id:
        await scene.act_in(group_id)
    keep(scene.conversation, member=scene.member.id)
    return await _ask_amount(scene)


async def take_amount(scene: Scene) -> State | str:
    """How much, typed."""
    return await _take(scene, scene.typed_amount or 0)


async def choose_amount(scene: Scene) -> State | str:
    """All of it."""
    return await _take(scene, scene.numbers(1, skip=2)[0])


async def _take(scene: Scene, amount: int) -> State | str:
    member = await _same_member(scene)
    balance = await payments.balance_of(scene.session, member)
    if amount <= 0:
        return await _ask_amount(scene, errors.amount_again(scene.texts))
    if amount > balance:
        refusal = refunds.MoreThanCredit(max(balance, 0), amount)
        return await _ask_amount(scene, errors.sentence(scene.texts, refusal))
    keep(scene.conversation, amount=amount)
    return await _ask_way(scene)


async def choose_way(scene: Scene) -> State | str:
    """How they would like it, tapped."""
    word = scene.button_args[-1]
    return await _take_way(scene, Method(word) if word in list(Method) else None)


async def type_way(scene: Scene) -> State | str:
    """How they would like it, typed."""
    return await _take_way(scene, method_of(scene.typed))


async def _take_way(scene: Scene, way: Method | None) -> State:
    ways = await refunds.refund_ways(scene.session, await _same_member(scene))
    if way not in [one.method for one in ways]:
        return await _ask_way(scene)
    keep(scene.conversation, way=str(way))
    return _preview(scene)


async def take_note(scene: Scene) -> State:
    """A word for whoever keeps the money."""
    _ = await _same_member(scene)
    note = " ".join(scene.typed.split())
    if len(note) > LONGEST_NOTE:
        scene.say(Screen(views.note_again(scene.texts), ((_cancel(scene),),)))
        return State.CONFIRM
    keep(scene.conversation, note=note)
    return _preview(scene)


async def ask(scene: Scene) -> State | str:
    """✅: asked, once; whoever keeps the money is told."""
    member, data = await _same_member(scene), scene.conversation.data
    try:
        async with scene.attempt():
            request = await requests.ask(
                scene.session, member, data["amount"], Method(data["way"]), data.get("note")
            )
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


async def take_back(scene: Scene) -> None:
    """↩️: nobody needs to answer any more."""
    request_id = scene.numbers(1)[0]
    await scene.follow(RefundRequest, request_id)
    await requests.withdraw(scene.session, scene.member, request_id)
    scene.toast(views.withdrawn(scene.texts))
    scene.show(Screen(views.withdrawn(scene.texts)))


async def _ask_amount(scene: Scene, notice: str | None = None) -> State | str:
    texts, balance = scene.texts, await payments.balance_of(scene.session, scene.member)
    if balance <= 0:
        draft = refund_views.Draft(refund_views.Kind.REFUND, scene.member, balance)
        scene.toast(errors.plain(refund_views.nothing_there(texts, draft)), alert=True)
        return END
    everything = scene.step_button(views.everything(texts, balance), "amount", balance, style="primary")
    screen = views.ask_amount(texts, scene.group, balance, everything, _cancel(scene))
    scene.show(screen.under(notice) if notice else screen)
    return State.AMOUNT


async def _ask_way(scene: Scene) -> State:
    amount = scene.conversation.data["amount"]
    ways = [
        scene.step_button(refund_views.way_label(scene.texts, way, amount), "way", way.method)
        for way in await refunds.refund_ways(scene.session, scene.member)
    ]
    scene.show(views.ask_way(scene.texts, amount, ways, _cancel(scene)))
    return State.WAY


def _preview(scene: Scene) -> State:
    data = scene.conversation.data
    yes = scene.step_button(scene.texts.label("✅ Confirm"), "confirm", style="success")
    scene.show(
        views.preview(scene.texts, data["amount"], Method(data["way"]), data.get("note"), yes, _cancel(scene))
    )
    return State.CONFIRM


async def _same_member(scene: Scene) -> Member:
    """Who began: in private the person may look at another group by now, and then nothing happens there."""
    if scene.conversation.data["member"] != scene.member.id:
        raise NotFound("button", scene.member.id)
    return scene.member


# — the treasurer —


async def start_declining(scene: Scene) -> State | str:
    """Declined: why?"""
    request_id = scene.numbers(1)[0]
    await scene.follow(RefundRequest, request_id)
    group_id = scene.treasurer.group_id
    if not scene.among_coordinators:
        raise NotFound("button", group_id)
    request = await requests.get_request(scene.session, group_id, request_id)
    member = await groups.get_member(scene.session, group_id, request.member_id)
    try:
        await requests.require_open(scene.session, request)
    except requests.RequestDecided as decided:
        return await _decided(scene, member, decided)
    keep(scene.conversation, group=group_id, request=request.id)
    without = scene.step_button(scene.texts.label("Decline without a reason"), "without")
    scene.show(scene.to_answer(views.ask_reason(scene.texts, member, request, without, _cancel(scene))))
    return State.DECLINE


async def take_reason(scene: Scene) -> State | str:
    """Why, typed."""
    reason = " ".join(scene.typed.split())
    if len(reason) > LONGEST_NOTE:
        said = views.note_again(scene.texts)
        scene.say(scene.to_answer(Screen(said, ((_cancel(scene),),))))
        return State.DECLINE
    return await _decline(scene, reason)


async def without_reason(scene: Scene) -> State | str:
    """No reason."""
    return await _decline(scene, None)


async def _decline(scene: Scene, reason: str | None) -> str:
    by, request = await _request(scene)
    member = await groups.get_member(scene.session, by.group_id, request.member_id)
    try:
        async with scene.attempt():
            request = await requests.decline(scene.session, by.group_id, request.id, by, reason)
    except requests.RequestDecided as decided:
        return await _decided(scene, member, decided)
    answer = await notes.read_one(scene.session, request.answer_id)
    await show_member_page(scene, member, views.declined(scene.texts, member, request))
    group, balance = scene.group, await payments.balance_of(scene.session, member)
    if member.id != by.id:
        awaited = await awaited_of(scene.session, member)
        await scene.notify.member(
            member,
            lambda texts: views.told_declined(texts, group, request, answer, by.name, balance, awaited),
        )
    return END


async def keep_it(scene: Scene) -> str:
    """Not declined after all: the member's page."""
    by, request = await _request(scene)
    await show_member_page(scene, await groups.get_member(scene.session, by.group_id, request.member_id))
    return END


async def _decided(scene: Scene, member: Member, decided: requests.RequestDecided) -> str:
    said = errors.sentence(scene.texts, decided)
    scene.toast(errors.plain(said), alert=True)
    await show_member_page(scene, member, said)
    return END


async def _request(scene: Scene) -> tuple[Member, RefundRequest]:
    """Whoever declines, and what; in the group it began in."""
    by, data = scene.treasurer, scene.conversation.data
    if data["group"] != by.group_id:
        raise NotFound("button", by.group_id)
    return by, await requests.get_request(scene.session, by.group_id, data["request"])


def _cancel(scene: Scene) -> ScreenButton:
    return scene.step_button(scene.texts.label("Cancel"), "cancel")


CANCEL = StepButton("cancel", leave)
conversation = DurableConversation(
    name="refund_requests",
    entry_points=[Button("askback", start_asking), Button("askbackoff", take_back)],
    states={
        State.AMOUNT: [CANCEL, StepButton("amount", choose_amount), Typed(take_amount)],
        State.WAY: [CANCEL, StepButton("way", choose_way), Typed(type_way)],
        State.CONFIRM: [CANCEL, StepButton("confirm", ask), Typed(take_note)],
    },
)
declining = DurableConversation(
    name="refund_declining",
    entry_points=[Button("rqdeny", start_declining)],
    states={
        State.DECLINE: [
            StepButton("cancel", keep_it),
            StepButton("without", without_reason),
            Typed(take_reason),
        ],
    },
)
