"""A treasurer gives a member money back, gives them an amount, or gives up what they owe: from the member's page, or from
the member's request with everything filled in already.

The amount is checked when it is typed, to be friendly, and once more under the account's lock when it is recorded.
"""

from __future__ import annotations

from enum import StrEnum

from bot.cards.service import Cards
from bot.edge.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Scene
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


async def start_refund(scene: Scene) -> State | str:
    """💸 on a member's page."""
    return await _begin(scene, Kind.REFUND)


async def start_gift(scene: Scene) -> State | str:
    """🎁 on a member's page."""
    return await _begin(scene, Kind.GIFT)


async def start_write_off(scene: Scene) -> State | str:
    """🖊 on a member's page."""
    return await _begin(scene, Kind.WRITE_OFF)


async def start_left(scene: Scene) -> State | str:
    """🏠 where a member is taken out."""
    return await _begin(scene, Kind.LEFT)


async def _begin(scene: Scene, kind: Kind) -> State | str:
    group_id = _treasurer_aside(scene).group_id
    member_id, *out = scene.numbers(min(max(len(scene.button_args), 1), 2))
    member = await groups.get_member(scene.session, group_id, member_id)
    keep(scene.conversation, kind=kind, group=group_id, member=member.id, out=bool(out and out[0]))
    request = await requests.open_request(scene.session, member) if kind is Kind.REFUND else None
    if request is not None:  # whatever is given back answers it
        keep(scene.conversation, request=request.id)
    return await _ask_amount(scene)


async def start_granting(scene: Scene) -> State | str:
    """💸 under a member's request: amount and way are what they asked for, and only to be confirmed."""
    request_id = scene.numbers(1)[0]
    await scene.follow(RefundRequest, request_id)
    group_id = _treasurer_aside(scene).group_id
    request = await requests.get_request(scene.session, group_id, request_id)
    member = await groups.get_member(scene.session, group_id, request.member_id)
    try:
        await requests.require_open(scene.session, request)
    except requests.RequestDecided as decided:
        scene.toast(errors.plain(errors.sentence(scene.texts, decided)), alert=True)
        await show_member_page(scene, member)
        return END
    keep(scene.conversation, kind=Kind.REFUND, group=group_id, member=member.id, request=request.id)
    draft = await _draft(scene)
    ways = await refunds.refund_ways(scene.session, member)
    if request.amount_cents > (draft.most_cents or 0):
        refusal = refunds.MoreThanCredit(draft.most_cents or 0, request.amount_cents)
        return await _ask_amount(scene, errors.sentence(scene.texts, refusal))
    keep(scene.conversation, amount=request.amount_cents)
    if request.way not in [way.method for way in ways]:
        return await _ask_way(scene)
    keep(scene.conversation, method=str(request.way))
    return await _preview(scene)


async def take_amount(scene: Scene) -> State | str:
    """The amount, typed."""
    return await _take(scene, scene.typed_amount or 0)


async def choose_amount(scene: Scene) -> State | str:
    """Everything."""
    return await _take(scene, scene.numbers(1, skip=2)[0])


async def _take(scene: Scene, amount: int) -> State | str:
    draft = await _draft(scene)
    if amount <= 0:
        return await _ask_amount(scene, errors.amount_again(scene.texts))
    if draft.most_cents is not None and amount > draft.most_cents:
        refusal: LedgerError = refunds.MoreThanCredit(draft.most_cents, amount)
        if draft.kind is Kind.WRITE_OFF:
            refusal = adjustments.MoreThanDebt(draft.most_cents, amount)
        return await _ask_amount(scene, errors.sentence(scene.texts, refusal))
    keep(scene.conversation, amount=amount)
    if draft.kind is Kind.REFUND:
        return await _ask_way(scene)
    if scene.conversation.data.get("reason"):
        return await _preview(scene)
    scene.show(scene.to_answer(views.ask_reason(scene.texts, await _draft(scene), _cancel(scene))))
    return State.REASON


async def choose_way(scene: Scene) -> State | str:
    """How, tapped."""
    word = scene.button_args[-1]
    return await _take_way(scene, Method(word) if word in list(Method) else None)


async def type_way(scene: Scene) -> State | str:
    """How, typed."""
    return await _take_way(scene, method_of(scene.typed))


async def _take_way(scene: Scene, method: Method | None) -> State | str:
    draft = await _draft(scene)
    ways = {way.method: way for way in await refunds.refund_ways(scene.session, draft.member)}
    if method not in ways:
        return await _ask_way(scene)
    most = ways[method].most_cents
    if most is not None and draft.amount_cents > most:
        refusal = refunds.MoreThanTheWayTakes(method, most, draft.amount_cents)
        return await _ask_amount(scene, errors.sentence(scene.texts, refusal))
    keep(scene.conversation, method=str(method))
    return await _preview(scene)


async def take_reason(scene: Scene) -> State | str:
    """The reason, typed; asked again when it does not fit."""
    _ = await _draft(scene)
    reason = " ".join(scene.typed.split())
    if not reason or len(reason) > LONGEST_REASON:
        said = errors.sentence(scene.texts, adjustments.NoReason())
        scene.say(scene.to_answer(Screen(said, ((_cancel(scene),),))))
        return State(scene.conversation.state or State.REASON)
    keep(scene.conversation, reason=reason)
    return await _preview(scene)


async def confirm(scene: Scene) -> State | str:
    """✅: recorded, once; the member is told."""
    by, draft, data = scene.treasurer, await _draft(scene), scene.conversation.data
    try:
        async with scene.attempt():
            undo, payment, balance = await _record(scene, draft, by)
    except requests.RequestDecided as decided:
        scene.toast(errors.plain(errors.sentence(scene.texts, decided)), alert=True)
        await show_member_page(scene, draft.member)
        return END
    except (refunds.MoreThanCredit, refunds.MoreThanTheWayTakes, adjustments.MoreThanDebt) as refusal:
        return await _ask_amount(scene, errors.sentence(scene.texts, refusal))
    gains = draft.kind in (Kind.GIFT, Kind.WRITE_OFF)
    before = balance + (-draft.amount_cents if gains else draft.amount_cents)
    done = views.Draft(draft.kind, draft.member, before, draft.amount_cents, draft.method, draft.reason)
    out = bool(data.get("out")) and balance == 0
    scene.show(views.recorded(scene.texts, done, undo, payment, out=out))
    group = scene.group
    if draft.method is Method.CARD:
        scene.after_commit.append(scene.service(Cards).wake)
    elif draft.member.id != by.id:
        awaited = await awaited_of(scene.session, draft.member)
        await scene.notify.member(
            draft.member, lambda texts: views.told(texts, group, done, by.name, awaited)
        )
    return END


async def _record(
    scene: Scene, draft: views.Draft, by: Member
) -> tuple[ScreenButton | None, Payment | None, int]:
    """Through the ledger; the button that takes it back (none by card), the payment of a refund, the balance after it."""
    session, data = scene.session, scene.conversation.data
    label = views.undo_label(scene.texts)
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


async def undo_refund(scene: Scene) -> None:
    """↩️ under a refund: taken back, once."""
    by = _treasurer_aside(scene)
    payment_id, step = scene.numbers(2)
    done = await refunds.undo_refund(scene.session, by.group_id, payment_id, by, step=step)
    member = await groups.get_member(scene.session, by.group_id, done.payment.member_id)
    maker_id = done.payment.entered_by_id
    assert maker_id is not None, "a treasurer recorded it"
    await _show_taken_back(scene, by, member, -done.payment.amount_cents, done.balance_cents, maker_id)


async def undo_adjustment(scene: Scene) -> None:
    """↩️ under a gift or a write-off: taken back, once."""
    by = _treasurer_aside(scene)
    transaction_id = scene.numbers(1)[0]
    member, done = await adjustments.undo_adjustment(scene.session, by.group_id, transaction_id, by)
    maker_id = (await scene.session.get_one(Transaction, transaction_id)).actor_id
    await _show_taken_back(scene, by, member, done.amount_cents, done.balance_cents, maker_id or by.id)


async def _show_taken_back(
    scene: Scene, by: Member, member: Member, amount: int, balance: int, maker_id: int
) -> None:
    group = scene.group
    told = await scene.notify.maker(
        maker_id, by, lambda texts: taken_back.recorded(texts, group, member, amount, by.name)
    )
    notice = taken_back.unreachable(scene.texts, told.unreachable)
    screen = views.taken_back(scene.texts, member, amount, balance)
    scene.show(screen.under(notice) if notice else screen)
    if member.id != by.id:
        awaited = await awaited_of(scene.session, member)
        await scene.notify.member(
            member,
            lambda texts: views.told_taken_back(texts, group, by.name, amount, balance, awaited),
        )


async def leave(scene: Scene) -> str:
    """Not after all: the member's page."""
    await show_member_page(scene, (await _draft(scene)).member)
    return END


async def _ask_amount(scene: Scene, notice: str | None = None) -> State | str:
    draft = await _draft(scene)
    if draft.most_cents == 0:
        scene.toast(errors.plain(views.nothing_there(scene.texts, draft)), alert=True)
        await show_member_page(scene, draft.member, notice)
        return END
    everything = None
    if draft.most_cents is not None:
        label = views.everything(scene.texts, draft)
        everything = scene.step_button(label, "amount", draft.most_cents, style="primary")
    screen = views.ask_amount(scene.texts, draft, everything, _cancel(scene))
    scene.show(scene.to_answer(screen.under(notice) if notice else screen))
    return State.AMOUNT


async def _ask_way(scene: Scene) -> State:
    draft = await _draft(scene)
    ways = [
        scene.step_button(views.way_label(scene.texts, way, draft.amount_cents), "way", way.method)
        for way in await refunds.refund_ways(scene.session, draft.member)
    ]
    scene.show(views.ask_way(scene.texts, draft, ways, _cancel(scene)))
    return State.WAY


async def _preview(scene: Scene) -> State:
    yes = scene.step_button(scene.texts.label("✅ Confirm"), "confirm", style="success")
    scene.show(scene.to_answer(views.preview(scene.texts, await _draft(scene), yes, _cancel(scene))))
    return State.CONFIRM


async def _draft(scene: Scene) -> views.Draft:
    """What was said so far, in the group it began in."""
    group_id, data = scene.treasurer.group_id, scene.conversation.data
    if data["group"] != group_id:
        raise NotFound("button", group_id)
    member = await groups.get_member(scene.session, group_id, data["member"])
    balance = await payments.balance_of(scene.session, member)
    method = Method(data["method"]) if data.get("method") else None
    return views.Draft(Kind(data["kind"]), member, balance, data.get("amount", 0), method, data.get("reason"))


def _treasurer_aside(scene: Scene) -> Member:
    """Whoever keeps the money, where only coordinators read along."""
    by = scene.treasurer
    if not scene.among_coordinators:
        raise NotFound("button", by.group_id)
    return by


def _cancel(scene: Scene) -> ScreenButton:
    return scene.step_button(scene.texts.label("Cancel"), "cancel")


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
