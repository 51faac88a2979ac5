"""A member asks for their avoir back, or takes that back; a treasurer declines it. Granting it is a refund: see ``refunds``.

Asking moves no money, and one request at a time waits for an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from telegram import Update

from bot.edge.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Context
from bot.handover.telling import tell_member
from bot.home.views import start as start_views
from bot.members.members import show_member_page
from bot.payments.line import method_of
from bot.refunds.views import refunds as refund_views
from bot.refunds.views import requests as views
from bot.refusals import sentences as errors
from bot.ui.screen import Button as ScreenButton
from bot.ui.screen import Screen
from bot.ui.texts import Texts
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member, Method
from ledger.notes import service as notes
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


async def start_asking(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """💸 on one's balance."""
    group_id = context.numbers(1)[0]
    if group_id != context.group.id:
        await context.act_in(group_id)
    keep(context.conversation, member=context.member.id)
    return await _ask_amount(context)


async def take_amount(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """How much, typed."""
    return await _take(context, context.typed_amount or 0)


async def choose_amount(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """All of it."""
    return await _take(context, context.numbers(1, skip=2)[0])


async def _take(context: Context, amount: int) -> State | str:
    member = await _same_member(context)
    balance = await payments.balance_of(context.session, member)
    if amount <= 0:
        return await _ask_amount(context, errors.amount_again(context.texts))
    if amount > balance:
        refusal = refunds.MoreThanCredit(max(balance, 0), amount)
        return await _ask_amount(context, errors.sentence(context.texts, refusal))
    keep(context.conversation, amount=amount)
    return await _ask_way(context)


async def choose_way(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """How they would like it, tapped."""
    word = context.button_args[-1]
    return await _take_way(context, Method(word) if word in list(Method) else None)


async def type_way(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """How they would like it, typed."""
    return await _take_way(context, method_of(context.typed))


async def _take_way(context: Context, way: Method | None) -> State:
    ways = await refunds.refund_ways(context.session, await _same_member(context))
    if way not in [one.method for one in ways]:
        return await _ask_way(context)
    keep(context.conversation, way=str(way))
    return _preview(context)


async def take_note(update: Update, context: Context) -> State:  # noqa: ARG001
    """A word for whoever keeps the money."""
    _ = await _same_member(context)
    note = " ".join(context.typed.split())
    if len(note) > LONGEST_NOTE:
        context.say(Screen(views.note_again(context.texts), ((_cancel(context),),)))
        return State.CONFIRM
    keep(context.conversation, note=note)
    return _preview(context)


async def ask(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """✅: asked, once; whoever keeps the money is told."""
    member, data = await _same_member(context), context.conversation.data
    try:
        async with context.attempt():
            request = await requests.ask(
                context.session, member, data["amount"], Method(data["way"]), data.get("note")
            )
    except (refunds.MoreThanCredit, refunds.MoreThanTheWayTakes) as refusal:
        return await _ask_amount(context, errors.sentence(context.texts, refusal))
    group, balance = context.group, await payments.balance_of(context.session, member)
    note = await notes.read_one(context.session, request.note_id)
    told = await _tell_treasurers(
        context, lambda texts: views.told_asked(texts, group, member, request, note, balance), but=member
    )
    context.show(views.asked(context.texts, group, request, told))
    return END


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """Not after all."""
    context.show(start_views.cancelled(context.texts, was_at_something=True))
    return END


async def take_back(update: Update, context: Context) -> None:  # noqa: ARG001
    """↩️: nobody needs to answer any more."""
    request_id = context.numbers(1)[0]
    await context.follow(RefundRequest, request_id)
    await requests.withdraw(context.session, context.member, request_id)
    context.toast(views.withdrawn(context.texts))
    context.show(Screen(views.withdrawn(context.texts)))


async def _tell_treasurers(context: Context, screen: Callable[[Texts], Screen], *, but: Member) -> int:
    """Whoever keeps the group's money or coordinates it, in private; how many could be told."""
    told = 0
    for member in await groups.coordinators(context.session, context.group.id):
        person = await groups.reachable(context.session, member) if member.id != but.id else None
        if person is not None:
            context.tell(person.id, screen(await context.texts_of_keeper(person.language)))
            told += 1
    return told


async def _ask_amount(context: Context, notice: str | None = None) -> State | str:
    texts, balance = context.texts, await payments.balance_of(context.session, context.member)
    if balance <= 0:
        draft = refund_views.Draft(refund_views.Kind.REFUND, context.member, balance)
        context.toast(errors.plain(refund_views.nothing_there(texts, draft)), alert=True)
        return END
    everything = context.step_button(views.everything(texts, balance), "amount", balance, style="primary")
    screen = views.ask_amount(texts, context.group, balance, everything, _cancel(context))
    context.show(screen.under(notice) if notice else screen)
    return State.AMOUNT


async def _ask_way(context: Context) -> State:
    amount = context.conversation.data["amount"]
    ways = [
        context.step_button(refund_views.way_label(context.texts, way, amount), "way", way.method)
        for way in await refunds.refund_ways(context.session, context.member)
    ]
    context.show(views.ask_way(context.texts, amount, ways, _cancel(context)))
    return State.WAY


def _preview(context: Context) -> State:
    data = context.conversation.data
    yes = context.step_button(context.texts.label("✅ Confirm"), "confirm", style="success")
    context.show(
        views.preview(
            context.texts, data["amount"], Method(data["way"]), data.get("note"), yes, _cancel(context)
        )
    )
    return State.CONFIRM


async def _same_member(context: Context) -> Member:
    """Who began: in private the person may look at another group by now, and then nothing happens there."""
    if context.conversation.data["member"] != context.member.id:
        raise NotFound("button", context.member.id)
    return context.member


# — the treasurer —


async def start_declining(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """Declined: why?"""
    request_id = context.numbers(1)[0]
    await context.follow(RefundRequest, request_id)
    group_id = context.treasurer.group_id
    if not context.among_coordinators:
        raise NotFound("button", group_id)
    request = await requests.get_request(context.session, group_id, request_id)
    member = await groups.get_member(context.session, group_id, request.member_id)
    try:
        await requests.require_open(context.session, request)
    except requests.RequestDecided as decided:
        return await _decided(context, member, decided)
    keep(context.conversation, group=group_id, request=request.id)
    without = context.step_button(context.texts.label("Decline without a reason"), "without")
    context.show(
        context.to_answer(views.ask_reason(context.texts, member, request, without, _cancel(context)))
    )
    return State.DECLINE


async def take_reason(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """Why, typed."""
    reason = " ".join(context.typed.split())
    if len(reason) > LONGEST_NOTE:
        said = views.note_again(context.texts)
        context.say(context.to_answer(Screen(said, ((_cancel(context),),))))
        return State.DECLINE
    return await _decline(context, reason)


async def without_reason(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """No reason."""
    return await _decline(context, None)


async def _decline(context: Context, reason: str | None) -> str:
    by, request = await _request(context)
    member = await groups.get_member(context.session, by.group_id, request.member_id)
    try:
        async with context.attempt():
            request = await requests.decline(context.session, by.group_id, request.id, by, reason)
    except requests.RequestDecided as decided:
        return await _decided(context, member, decided)
    await show_member_page(context, member, views.declined(context.texts, member, request))
    group, balance = context.group, await payments.balance_of(context.session, member)
    answer = await notes.read_one(context.session, request.answer_id)
    if member.id != by.id:
        await tell_member(
            context,
            member,
            lambda texts, awaited: views.told_declined(
                texts, group, request, answer, by.name, balance, awaited
            ),
        )
    return END


async def keep_it(update: Update, context: Context) -> str:  # noqa: ARG001
    """Not declined after all: the member's page."""
    by, request = await _request(context)
    await show_member_page(context, await groups.get_member(context.session, by.group_id, request.member_id))
    return END


async def _decided(context: Context, member: Member, decided: requests.RequestDecided) -> str:
    said = errors.sentence(context.texts, decided)
    context.toast(errors.plain(said), alert=True)
    await show_member_page(context, member, said)
    return END


async def _request(context: Context) -> tuple[Member, RefundRequest]:
    """Whoever declines, and what; in the group it began in."""
    by, data = context.treasurer, context.conversation.data
    if data["group"] != by.group_id:
        raise NotFound("button", by.group_id)
    return by, await requests.get_request(context.session, by.group_id, data["request"])


def _cancel(context: Context) -> ScreenButton:
    return context.step_button(context.texts.label("Cancel"), "cancel")


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
