"""A treasurer gives a member money back, gives them an amount, or gives up what they owe: from the member's page, or from
the member's request with everything filled in already.

The amount is checked when it is typed, to be friendly, and once more under the account's lock when it is recorded.
"""

from __future__ import annotations

from enum import StrEnum

from bot.cards.service import Cards
from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.members.pages import show_member_page
from bot.refunds import taking_back
from bot.refunds.taps import (
    ChooseAmount,
    ChooseWay,
    Confirm,
    Gift,
    GrantRequest,
    LeaveToGroup,
    Refund,
    UndoAdjustment,
    UndoRefund,
    WriteOff,
)
from bot.refunds.views import refunds as views
from bot.refunds.views.refunds import Kind
from bot.refusals import sentences as errors
from bot.rights import May
from bot.ui.methods import method_of
from bot.ui.screen import Button, Screen, button
from bot.ui.taps import Id, Number
from ledger.errors import LedgerError
from ledger.groups import service as groups
from ledger.groups.models import Method
from ledger.orders.expected import expected_of
from ledger.payments import adjustments, refunds, requests
from ledger.payments import service as payments
from ledger.payments.adjustments import AdjustmentKind
from ledger.payments.models import Payment

LONGEST_REASON = 100
KINDS = {Refund: Kind.REFUND, Gift: Kind.GIFT, WriteOff: Kind.WRITE_OFF, LeaveToGroup: Kind.LEFT}
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


class RefundDraft(Draft):
    """What is going to be recorded: for whom, in cents; ``request``: the member's own, which it answers."""

    kind: Kind
    member: Id
    out: bool = False
    request: Id | None = None
    amount: Number = 0
    method: Method | None = None
    reason: str | None = None


async def start(scene: Scene, tap: Refund | Gift | WriteOff | LeaveToGroup) -> State | str:
    """💸 🎁 🖊 on a member's page, or 🏠 where a member is taken out."""
    member = await groups.get_member(scene.session, scene.group.id, tap.member)
    draft = RefundDraft(kind=KINDS[type(tap)], member=member.id, out=tap.out)
    request = await requests.open_request(scene.session, member) if draft.kind is Kind.REFUND else None
    if request is not None:  # whatever is given back answers it
        draft.request = request.id
    scene.keep(draft)
    return await _ask_amount(scene, draft)


async def grant(scene: Scene, tap: GrantRequest) -> State | str:
    """💸 under a member's request: amount and way are what they asked for, and only to be confirmed."""
    request = await requests.get_request(scene.session, scene.group.id, tap.request)
    member = await groups.get_member(scene.session, scene.group.id, request.member_id)
    try:
        await requests.require_open(scene.session, request)
    except requests.RequestDecided as decided:
        scene.toast(errors.plain(errors.sentence(scene.texts, decided)), alert=True)
        await show_member_page(scene, member)
        return END
    draft = RefundDraft(kind=Kind.REFUND, member=member.id, request=request.id)
    scene.keep(draft)
    most = (await _stated(scene, draft)).most_cents or 0
    if request.amount_cents > most:
        refusal = refunds.MoreThanCredit(most, request.amount_cents)
        return await _ask_amount(scene, draft, errors.sentence(scene.texts, refusal))
    draft.amount = request.amount_cents
    if request.way not in [way.method for way in await refunds.refund_ways(scene.session, member)]:
        return await _ask_way(scene, draft)
    draft.method = request.way
    return await _preview(scene, draft)


async def take_amount(scene: Scene, draft: RefundDraft) -> State | str:
    """The amount, typed."""
    return await _take(scene, draft, scene.typed_amount or 0)


async def choose_amount(scene: Scene, tap: ChooseAmount, draft: RefundDraft) -> State | str:
    """Everything."""
    return await _take(scene, draft, tap.amount)


async def _take(scene: Scene, draft: RefundDraft, amount: int) -> State | str:
    most = (await _stated(scene, draft)).most_cents
    if amount <= 0:
        return await _ask_amount(scene, draft, errors.amount_again(scene.texts))
    if most is not None and amount > most:
        refusal: LedgerError = refunds.MoreThanCredit(most, amount)
        if draft.kind is Kind.WRITE_OFF:
            refusal = adjustments.MoreThanDebt(most, amount)
        return await _ask_amount(scene, draft, errors.sentence(scene.texts, refusal))
    draft.amount = amount
    if draft.kind is Kind.REFUND:
        return await _ask_way(scene, draft)
    if draft.reason:
        return await _preview(scene, draft)
    screen = views.ask_reason(scene.texts, await _stated(scene, draft), cancel_button(scene))
    scene.ask(screen, in_place=True)
    return State.REASON


async def choose_way(scene: Scene, tap: ChooseWay, draft: RefundDraft) -> State | str:
    """How, tapped."""
    return await _take_way(scene, draft, tap.method)


async def type_way(scene: Scene, draft: RefundDraft) -> State | str:
    """How, typed."""
    return await _take_way(scene, draft, method_of(scene.typed))


async def _take_way(scene: Scene, draft: RefundDraft, method: Method | None) -> State | str:
    member = await groups.get_member(scene.session, scene.group.id, draft.member)
    ways = {way.method: way for way in await refunds.refund_ways(scene.session, member)}
    if method not in ways:
        return await _ask_way(scene, draft)
    most = ways[method].most_cents
    if most is not None and draft.amount > most:
        refusal = refunds.MoreThanTheWayTakes(method, most, draft.amount)
        return await _ask_amount(scene, draft, errors.sentence(scene.texts, refusal))
    draft.method = method
    return await _preview(scene, draft)


async def take_reason(scene: Scene, draft: RefundDraft) -> State | None:
    """The reason, typed; asked again when it does not fit."""
    reason = " ".join(scene.typed.split())
    if not reason or len(reason) > LONGEST_REASON:
        said = errors.sentence(scene.texts, adjustments.NoReason())
        scene.ask(Screen(said, ((cancel_button(scene),),)))
        return State(scene.conversation.state or State.REASON)
    draft.reason = reason
    return await _preview(scene, draft)


async def confirm(scene: Scene, draft: RefundDraft) -> State | str:
    """✅: recorded, once; the member is told."""
    stated = await _stated(scene, draft)
    try:
        async with scene.attempt():
            undo, payment, balance = await _record(scene, draft, stated)
    except requests.RequestDecided as decided:
        scene.toast(errors.plain(errors.sentence(scene.texts, decided)), alert=True)
        await show_member_page(scene, stated.member)
        return END
    except (refunds.MoreThanCredit, refunds.MoreThanTheWayTakes, adjustments.MoreThanDebt) as refusal:
        return await _ask_amount(scene, draft, errors.sentence(scene.texts, refusal))
    done = stated.recorded(balance)
    scene.show(views.recorded(scene.texts, done, undo, payment, out=draft.out and balance == 0))
    if done.method is Method.CARD:
        scene.after_commit.append(scene.service(Cards).wake)
    else:
        await _tell(scene, done)
    return END


async def _tell(scene: Scene, done: views.Draft) -> None:
    """The member reads what was recorded, unless they did it themselves."""
    by, group = scene.member, scene.group
    if done.member.id != by.id:
        expected = await expected_of(scene.session, done.member)
        await scene.notify.member(
            done.member, lambda texts: views.told(texts, group, done, by.name, expected)
        )


async def _record(
    scene: Scene, draft: RefundDraft, stated: views.Draft
) -> tuple[Button | None, Payment | None, int]:
    """Through the ledger; the button that takes it back (none by card), the payment of a refund, the balance after it."""
    session, by, member, amount = scene.session, scene.member, stated.member, draft.amount
    label = views.undo_label(scene.texts)
    if draft.kind is not Kind.REFUND:
        adjusted = await adjustments.adjust(
            session, member, ADJUSTMENT[draft.kind], amount, by, draft.reason or ""
        )
        return button(label, UndoAdjustment(adjusted.transaction_id)), None, adjusted.balance_cents
    assert draft.method is not None
    if draft.request is None:
        done = await refunds.refund(session, member, draft.method, amount, by, note=draft.reason)
    else:
        done = await requests.grant(
            session, by.group_id, draft.request, draft.method, amount, by, note=draft.reason
        )
    undo = button(label, UndoRefund(done.payment.id, done.settlement.step))
    return None if draft.method is Method.CARD else undo, done.payment, done.balance_cents


async def leave(scene: Scene, draft: RefundDraft) -> str:
    """Not after all: the member's page."""
    await show_member_page(scene, await groups.get_member(scene.session, scene.group.id, draft.member))
    return END


async def _ask_amount(scene: Scene, draft: RefundDraft, notice: str | None = None) -> State | str:
    stated = await _stated(scene, draft)
    if stated.most_cents == 0:
        scene.toast(errors.plain(views.nothing_there(scene.texts, stated)), alert=True)
        await show_member_page(scene, stated.member, notice)
        return END
    everything = None
    if stated.most_cents is not None:
        label = views.everything(scene.texts, stated)
        everything = scene.step_button(label, ChooseAmount(stated.most_cents), style="primary")
    screen = views.ask_amount(scene.texts, stated, everything, cancel_button(scene))
    scene.ask(screen.under(notice) if notice else screen, in_place=True)
    return State.AMOUNT


async def _ask_way(scene: Scene, draft: RefundDraft) -> State:
    stated = await _stated(scene, draft)
    ways = [
        scene.step_button(views.way_label(scene.texts, way, draft.amount), ChooseWay(way.method))
        for way in await refunds.refund_ways(scene.session, stated.member)
    ]
    scene.show(views.ask_way(scene.texts, stated, ways, cancel_button(scene)))
    return State.WAY


async def _preview(scene: Scene, draft: RefundDraft) -> State:
    yes = scene.step_button(scene.texts.label("✅ Confirm"), Confirm(), style="success")
    screen = views.preview(scene.texts, await _stated(scene, draft), yes, cancel_button(scene))
    scene.ask(screen, in_place=True)
    return State.CONFIRM


async def _stated(scene: Scene, draft: RefundDraft) -> views.Draft:
    """What was said so far, with the member and what their balance is now."""
    member = await groups.get_member(scene.session, scene.group.id, draft.member)
    balance = await payments.balance_of(scene.session, member)
    return views.Draft(draft.kind, member, balance, draft.amount, draft.method, draft.reason)


conversation = Conversation(
    "refunds",
    may=May.GIVE_BACK,
    draft=RefundDraft,
    entry_points=[
        *(On(one, start) for one in KINDS),
        On(GrantRequest, grant),
        *taking_back.handlers,
    ],
    states={
        State.AMOUNT: [On(ChooseAmount, choose_amount), Typed(take_amount)],
        State.WAY: [On(ChooseWay, choose_way), Typed(type_way)],
        State.REASON: [Typed(take_reason)],
        State.CONFIRM: [On(Confirm, confirm), Typed(take_reason)],
    },
    cancel=leave,
)
