"""A treasurer gives a member money back, gives them an amount, or gives up what they owe: from the member's page, or from
the member's request with everything filled in already.

The amount is checked when it is typed, to be friendly, and once more under the account's lock when it is recorded.
"""

from __future__ import annotations

from enum import StrEnum

from telegram import Update

from bot.edge.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Context
from bot.members.members import show_member_page
from bot.payments.line import method_of
from bot.payments.views import taken_back
from bot.refunds.views import refunds as views
from bot.refunds.views.refunds import Kind
from bot.refusals import sentences as errors
from bot.ui.screen import Button as ScreenButton
from bot.ui.screen import Screen, button
from ledger.books.models import Transaction
from ledger.errors import LedgerError, NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member, Method
from ledger.orders.awaited import awaited_of
from ledger.payments import adjustments, refunds, requests
from ledger.payments import service as payments
from ledger.payments.adjustments import AdjustmentKind
from ledger.payments.models import Payment, RefundRequest

LONGEST_REASON = 100
ADJUSTMENT = {
    Kind.GIFT: AdjustmentKind.GIFT,
    Kind.WRITE_OFF: AdjustmentKind.WRITE_OFF,
    Kind.LEFT: AdjustmentKind.LEFT,
}


class State(StrEnum):
    """What is asked."""

    AMOUNT = "amount"
    WAY = "way"
    REASON = "reason"
    CONFIRM = "confirm"


async def start_refund(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """💸 on a member's page."""
    return await _begin(context, Kind.REFUND)


async def start_gift(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """🎁 on a member's page."""
    return await _begin(context, Kind.GIFT)


async def start_write_off(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """🖊 on a member's page."""
    return await _begin(context, Kind.WRITE_OFF)


async def start_left(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """🏠 where a member is taken out."""
    return await _begin(context, Kind.LEFT)


async def _begin(context: Context, kind: Kind) -> State | str:
    group_id = _treasurer_aside(context).group_id
    member_id, *out = context.numbers(min(max(len(context.button_args), 1), 2))
    member = await groups.get_member(context.session, group_id, member_id)
    keep(context.conversation, kind=kind, group=group_id, member=member.id, out=bool(out and out[0]))
    request = await requests.open_request(context.session, member) if kind is Kind.REFUND else None
    if request is not None:  # whatever is given back answers it
        keep(context.conversation, request=request.id)
    return await _ask_amount(context)


async def start_granting(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """💸 under a member's request: amount and way are what they asked for, and only to be confirmed."""
    request_id = context.numbers(1)[0]
    await context.follow(RefundRequest, request_id)
    group_id = _treasurer_aside(context).group_id
    request = await requests.get_request(context.session, group_id, request_id)
    member = await groups.get_member(context.session, group_id, request.member_id)
    try:
        await requests.require_open(context.session, request)
    except requests.RequestDecided as decided:
        context.toast(errors.plain(errors.sentence(context.texts, decided)), alert=True)
        await show_member_page(context, member)
        return END
    keep(context.conversation, kind=Kind.REFUND, group=group_id, member=member.id, request=request.id)
    draft = await _draft(context)
    ways = await refunds.refund_ways(context.session, member)
    if request.amount_cents > (draft.most_cents or 0):
        refusal = refunds.MoreThanCredit(draft.most_cents or 0, request.amount_cents)
        return await _ask_amount(context, errors.sentence(context.texts, refusal))
    keep(context.conversation, amount=request.amount_cents)
    if request.way not in [way.method for way in ways]:
        return await _ask_way(context)
    keep(context.conversation, method=str(request.way))
    return await _preview(context)


async def take_amount(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """The amount, typed."""
    return await _take(context, context.typed_amount or 0)


async def choose_amount(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """Everything."""
    return await _take(context, context.numbers(1, skip=2)[0])


async def _take(context: Context, amount: int) -> State | str:
    draft = await _draft(context)
    if amount <= 0:
        return await _ask_amount(context, errors.amount_again(context.texts))
    if draft.most_cents is not None and amount > draft.most_cents:
        refusal: LedgerError = refunds.MoreThanCredit(draft.most_cents, amount)
        if draft.kind is Kind.WRITE_OFF:
            refusal = adjustments.MoreThanDebt(draft.most_cents, amount)
        return await _ask_amount(context, errors.sentence(context.texts, refusal))
    keep(context.conversation, amount=amount)
    if draft.kind is Kind.REFUND:
        return await _ask_way(context)
    if context.conversation.data.get("reason"):
        return await _preview(context)
    context.show(context.to_answer(views.ask_reason(context.texts, await _draft(context), _cancel(context))))
    return State.REASON


async def choose_way(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """How, tapped."""
    word = context.button_args[-1]
    return await _take_way(context, Method(word) if word in list(Method) else None)


async def type_way(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """How, typed."""
    return await _take_way(context, method_of(context.typed))


async def _take_way(context: Context, method: Method | None) -> State | str:
    draft = await _draft(context)
    ways = {way.method: way for way in await refunds.refund_ways(context.session, draft.member)}
    if method not in ways:
        return await _ask_way(context)
    most = ways[method].most_cents
    if most is not None and draft.amount_cents > most:
        refusal = refunds.MoreThanTheWayTakes(method, most, draft.amount_cents)
        return await _ask_amount(context, errors.sentence(context.texts, refusal))
    keep(context.conversation, method=str(method))
    return await _preview(context)


async def take_reason(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """The reason, typed; asked again when it does not fit."""
    _ = await _draft(context)
    reason = " ".join(context.typed.split())
    if not reason or len(reason) > LONGEST_REASON:
        said = errors.sentence(context.texts, adjustments.NoReason())
        context.say(context.to_answer(Screen(said, ((_cancel(context),),))))
        return State(context.conversation.state or State.REASON)
    keep(context.conversation, reason=reason)
    return await _preview(context)


async def confirm(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """✅: recorded, once; the member is told."""
    by, draft, data = context.treasurer, await _draft(context), context.conversation.data
    try:
        async with context.attempt():
            undo, payment, balance = await _record(context, draft, by)
    except requests.RequestDecided as decided:
        context.toast(errors.plain(errors.sentence(context.texts, decided)), alert=True)
        await show_member_page(context, draft.member)
        return END
    except (refunds.MoreThanCredit, refunds.MoreThanTheWayTakes, adjustments.MoreThanDebt) as refusal:
        return await _ask_amount(context, errors.sentence(context.texts, refusal))
    gains = draft.kind in (Kind.GIFT, Kind.WRITE_OFF)
    before = balance + (-draft.amount_cents if gains else draft.amount_cents)
    done = views.Draft(draft.kind, draft.member, before, draft.amount_cents, draft.method, draft.reason)
    out = bool(data.get("out")) and balance == 0
    context.show(views.recorded(context.texts, done, undo, payment, out=out))
    group = context.group
    if draft.method is Method.CARD:
        context.scene.after_commit.append(context.cards.wake)
    elif draft.member.id != by.id:
        awaited = await awaited_of(context.session, draft.member)
        await context.notify.member(
            draft.member, lambda texts: views.told(texts, group, done, by.name, awaited)
        )
    return END


async def _record(
    context: Context, draft: views.Draft, by: Member
) -> tuple[ScreenButton | None, Payment | None, int]:
    """Through the ledger; the button that takes it back (none by card), the payment of a refund, the balance after it."""
    session, data = context.session, context.conversation.data
    label = views.undo_label(context.texts)
    if draft.kind is not Kind.REFUND:
        adjusted = await adjustments.adjust(
            session, draft.member, ADJUSTMENT[draft.kind], draft.amount_cents, by, draft.reason or ""
        )
        return button(label, "adjundo", adjusted.transaction_id), None, adjusted.balance_cents
    assert draft.method is not None
    request_id = data.get("request")
    if request_id is None:
        done = await refunds.refund(
            session, draft.member, draft.method, draft.amount_cents, by, note=draft.reason
        )
    else:
        done = await requests.grant(
            session, by.group_id, request_id, draft.method, draft.amount_cents, by, note=draft.reason
        )
    undo = button(label, "rfundo", done.payment.id, done.settlement.step)
    return None if draft.method is Method.CARD else undo, done.payment, done.balance_cents


async def undo_refund(update: Update, context: Context) -> None:  # noqa: ARG001
    """↩️ under a refund: taken back, once."""
    by = _treasurer_aside(context)
    payment_id, step = context.numbers(2)
    done = await refunds.undo_refund(context.session, by.group_id, payment_id, by, step=step)
    member = await groups.get_member(context.session, by.group_id, done.payment.member_id)
    maker_id = done.payment.entered_by_id
    assert maker_id is not None, "a treasurer recorded it"
    await _show_taken_back(context, by, member, -done.payment.amount_cents, done.balance_cents, maker_id)


async def undo_adjustment(update: Update, context: Context) -> None:  # noqa: ARG001
    """↩️ under a gift or a write-off: taken back, once."""
    by = _treasurer_aside(context)
    transaction_id = context.numbers(1)[0]
    member, done = await adjustments.undo_adjustment(context.session, by.group_id, transaction_id, by)
    maker_id = (await context.session.get_one(Transaction, transaction_id)).actor_id
    await _show_taken_back(context, by, member, done.amount_cents, done.balance_cents, maker_id or by.id)


async def _show_taken_back(
    context: Context, by: Member, member: Member, amount: int, balance: int, maker_id: int
) -> None:
    group = context.group
    told = await context.notify.maker(
        maker_id, by, lambda texts: taken_back.recorded(texts, group, member, amount, by.name)
    )
    notice = taken_back.unreachable(context.texts, told.unreachable)
    screen = views.taken_back(context.texts, member, amount, balance)
    context.show(screen.under(notice) if notice else screen)
    if member.id != by.id:
        awaited = await awaited_of(context.session, member)
        await context.notify.member(
            member,
            lambda texts: views.told_taken_back(texts, group, by.name, amount, balance, awaited),
        )


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """Not after all: the member's page."""
    await show_member_page(context, (await _draft(context)).member)
    return END


async def _ask_amount(context: Context, notice: str | None = None) -> State | str:
    draft = await _draft(context)
    if draft.most_cents == 0:
        context.toast(errors.plain(views.nothing_there(context.texts, draft)), alert=True)
        await show_member_page(context, draft.member, notice)
        return END
    everything = None
    if draft.most_cents is not None:
        label = views.everything(context.texts, draft)
        everything = context.step_button(label, "amount", draft.most_cents, style="primary")
    screen = views.ask_amount(context.texts, draft, everything, _cancel(context))
    context.show(context.to_answer(screen.under(notice) if notice else screen))
    return State.AMOUNT


async def _ask_way(context: Context) -> State:
    draft = await _draft(context)
    ways = [
        context.step_button(views.way_label(context.texts, way, draft.amount_cents), "way", way.method)
        for way in await refunds.refund_ways(context.session, draft.member)
    ]
    context.show(views.ask_way(context.texts, draft, ways, _cancel(context)))
    return State.WAY


async def _preview(context: Context) -> State:
    yes = context.step_button(context.texts.label("✅ Confirm"), "confirm", style="success")
    context.show(
        context.to_answer(views.preview(context.texts, await _draft(context), yes, _cancel(context)))
    )
    return State.CONFIRM


async def _draft(context: Context) -> views.Draft:
    """What was said so far, in the group it began in."""
    group_id, data = context.treasurer.group_id, context.conversation.data
    if data["group"] != group_id:
        raise NotFound("button", group_id)
    member = await groups.get_member(context.session, group_id, data["member"])
    balance = await payments.balance_of(context.session, member)
    method = Method(data["method"]) if data.get("method") else None
    return views.Draft(Kind(data["kind"]), member, balance, data.get("amount", 0), method, data.get("reason"))


def _treasurer_aside(context: Context) -> Member:
    """Whoever keeps the money, where only coordinators read along."""
    by = context.treasurer
    if not context.among_coordinators:
        raise NotFound("button", by.group_id)
    return by


def _cancel(context: Context) -> ScreenButton:
    return context.step_button(context.texts.label("Cancel"), "cancel")


CANCEL = StepButton("cancel", leave)
conversation = DurableConversation(
    name="refunds",
    entry_points=[
        Button(Kind.REFUND, start_refund),
        Button(Kind.GIFT, start_gift),
        Button(Kind.WRITE_OFF, start_write_off),
        Button(Kind.LEFT, start_left),
        Button("rqgrant", start_granting),
        Button("rfundo", undo_refund),
        Button("adjundo", undo_adjustment),
    ],
    states={
        State.AMOUNT: [CANCEL, StepButton("amount", choose_amount), Typed(take_amount)],
        State.WAY: [CANCEL, StepButton("way", choose_way), Typed(type_way)],
        State.REASON: [CANCEL, Typed(take_reason)],
        State.CONFIRM: [CANCEL, StepButton("confirm", confirm), Typed(take_reason)],
    },
)
