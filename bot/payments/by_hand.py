"""Payments and opening balances entered by hand (R8, R16): in one line or step by step, recorded once they are confirmed.

The conversation asks for whatever is missing, in a fixed order, so a line that says half of it goes on from there.
"""

from __future__ import annotations

import datetime as dt

from bot.cards.links import close_page
from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Scene
from bot.payments import line as payment_line
from bot.payments.questions import (
    State,
    ask_member,
    ask_next,
    ask_whether_another,
    cancel_button,
    draft_of,
    today,
)
from bot.payments.validate import page_of, show_settled
from bot.payments.views import by_hand as views
from bot.refusals import sentences as errors
from bot.ui.dates import NotUnderstood, parse_date
from bot.ui.screen import Screen
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import OFFLINE_METHODS, Member
from ledger.money import InvalidAmount
from ledger.orders import by_hand
from ledger.orders.seen import SeenChanged
from ledger.payments import service as payments
from ledger.payments.models import Payment, PaymentState


async def enter_payment(scene: Scene) -> State | None:
    """/paiement, with or without a line."""
    return await _begin(scene, "payment")


async def enter_opening(scene: Scene) -> State | None:
    """/reprise, with or without a line."""
    return await _begin(scene, "opening")


async def payment_for(scene: Scene) -> State:
    """A payment, from a member's page."""
    return await _begin_for(scene, "payment")


async def opening_for(scene: Scene) -> State:
    """An opening balance, from a member's page."""
    return await _begin_for(scene, "opening")


async def _begin(scene: Scene, kind: str) -> State | None:
    _ = scene.treasurer
    if not await scene.discreetly():
        return None
    keep(scene.conversation, kind=kind)
    if not scene.command_text:
        return await ask_next(scene)
    parse = payment_line.parse_opening if kind == "opening" else payment_line.parse_payment
    try:
        typed = parse(scene.command_text, scene.group.currency)
        _check_date(scene, typed.dated)
    except NotUnderstood as problem:
        sentence = views.not_understood(scene.texts, problem.part)
        scene.say(Screen(f"{sentence}\n\n{views.payment_form(scene.texts)}"))
        return None
    if typed.unknown and await groups.find_members(scene.session, scene.group.id, scene.command_text):
        typed = payment_line.TypedPayment(scene.command_text)  # a name with a number in it
    _keep_line(scene, typed)
    notice = errors.amount_again(scene.texts) if typed.wrong else None
    if typed.unknown:
        notice = views.unknown_method(scene.texts, typed.unknown)
    return await _take_member(scene, typed.member, notice)


async def _begin_for(scene: Scene, kind: str) -> State:
    group_id = scene.treasurer.group_id
    member = await groups.get_member(scene.session, group_id, scene.numbers(1)[0])
    keep(scene.conversation, kind=kind, member=member.id)
    screen = views.ask_amount(scene.texts, member, cancel_button(scene), is_opening=kind == "opening")
    scene.say(scene.to_answer(screen))
    return State.AMOUNT


def _keep_line(scene: Scene, typed: payment_line.TypedPayment) -> None:
    """What the line says. A line that names the method is whole: without a date it means today, without a note none."""
    if typed.amount_cents is not None:
        keep(scene.conversation, amount=typed.amount_cents)
    if typed.method is not None:
        dated = typed.dated or today(scene)
        keep(scene.conversation, method=str(typed.method), dated=dated.isoformat(), note=typed.note or "")
    elif typed.dated is not None:
        keep(scene.conversation, dated=typed.dated.isoformat(), note=typed.note or "")


async def take_member(scene: Scene) -> State:
    """A name was typed."""
    _ = scene.treasurer
    return await _take_member(scene, scene.typed)


async def choose_member(scene: Scene) -> State:
    """A member was tapped."""
    group_id = scene.treasurer.group_id
    member = await groups.get_member(scene.session, group_id, scene.numbers(1, skip=2)[0])
    keep(scene.conversation, member=member.id)
    return await ask_next(scene)


async def _take_member(scene: Scene, text: str, notice: str | None = None) -> State:
    """Who the text names; asked again when that is nobody or several."""
    found = await groups.find_members(scene.session, scene.treasurer.group_id, text)
    if len(found) == 1:
        keep(scene.conversation, member=found[0].id)
        return await ask_next(scene, notice)
    if found:
        return ask_member(scene, found, views.several_members(scene.texts))
    everyone = await groups.members(scene.session, scene.group.id)
    return ask_member(scene, everyone, views.unknown_member(scene.texts, text))


async def take_amount(scene: Scene) -> State:
    """How much; asked again when it is no amount."""
    _ = scene.treasurer
    try:
        amount = payment_line.parse_signed(scene.typed, scene.group.currency)
    except InvalidAmount:
        return await ask_next(scene, errors.amount_again(scene.texts))
    keep(scene.conversation, amount=amount)
    return await ask_next(scene)


async def choose_method(scene: Scene) -> State:
    """How it was paid."""
    _ = scene.treasurer
    method = scene.button_args[-1]
    if method not in list(OFFLINE_METHODS):
        raise NotFound("button", method)
    keep(scene.conversation, method=method)
    return await ask_next(scene)


async def take_method(scene: Scene) -> State:
    """How it was paid, typed."""
    _ = scene.treasurer
    method = payment_line.method_of(scene.typed)
    if method is None or method not in OFFLINE_METHODS:
        return await ask_next(scene, views.unknown_method(scene.texts, scene.typed))
    keep(scene.conversation, method=str(method))
    return await ask_next(scene)


async def take_date(scene: Scene) -> State:
    """The day, typed."""
    _ = scene.treasurer
    try:
        dated = parse_date(scene.typed)
        _check_date(scene, dated)
    except NotUnderstood as problem:
        return await ask_next(scene, views.not_understood(scene.texts, problem.part))
    except payments.InvalidPayment as problem:
        return await ask_next(scene, errors.sentence(scene.texts, problem))
    keep(scene.conversation, dated=dated.isoformat())
    return await ask_next(scene)


async def choose_today(scene: Scene) -> State:
    """Today."""
    _ = scene.treasurer
    keep(scene.conversation, dated=today(scene).isoformat())
    return await ask_next(scene)


async def take_note(scene: Scene) -> State:
    """A note, typed."""
    _ = scene.treasurer
    note = " ".join(scene.typed.split())
    if len(note) > payment_line.LONGEST_NOTE:
        return await ask_next(scene, views.not_understood(scene.texts, "note"))
    keep(scene.conversation, note=note)
    return await ask_next(scene)


async def skip_note(scene: Scene) -> State:
    """No note."""
    _ = scene.treasurer
    keep(scene.conversation, note="")
    return await ask_next(scene)


async def receive_awaited(scene: Scene) -> str:
    """✅: it is what was awaited already; received for the amount that was typed, so that it counts once."""
    by, draft = scene.treasurer, await draft_of(scene)
    payment = await payments.get_payment(scene.session, by.group_id, scene.numbers(1, skip=2)[0])
    if payment.member_id != draft.member.id or draft.method is None:
        raise NotFound("payment", payment.id)
    if payment.method is not draft.method:
        await close_page(scene, payment)
    await payments.lock_payment(scene.session, payment.group_id, payment.id)
    if payment.state is not PaymentState.EXPECTED:
        settled = await payments.settled_by(scene.session, payment)
        return await ask_whether_another(scene, errors.already_settled(scene.texts, settled))
    due = (await page_of(scene, payment)).due.amount_cents
    if payment.method is draft.method:
        done = await payments.receive(scene.session, payment.group_id, payment.id, by, draft.amount_cents)
    else:
        done = await payments.receive_instead(
            scene.session, payment.group_id, payment.id, draft.method, draft.amount_cents, by
        )
    await show_settled(scene, done, due_cents=due, instead_of=payment)
    return END


async def another(scene: Scene) -> State:
    """➕: other money than what is awaited."""
    _ = scene.treasurer
    keep(scene.conversation, another=True)
    return await ask_next(scene)


async def confirm(scene: Scene) -> str:
    """✅: recorded, once; the member is told."""
    by, draft = scene.treasurer, await draft_of(scene)
    payment = None
    if draft.method is None:
        key = f"{scene.chat_id}:{scene.person.id}:{scene.conversation.revision}"
        balance = await payments.enter_opening_balance(
            scene.session, draft.member, draft.amount_cents, by, key=key
        )
        scene.show(views.opening_recorded(scene.texts, draft, balance))
        scene.toast(views.toast_recorded(scene.texts, draft))
    else:
        try:
            async with scene.attempt():
                done = await by_hand.enter(
                    scene.session,
                    draft.member,
                    draft.method,
                    draft.amount_cents,
                    by,
                    seen=scene.conversation.data.get("seen"),
                    dated=draft.dated,
                    note=draft.note,
                )
        except SeenChanged:
            return await ask_whether_another(scene, views.changed_meanwhile(scene.texts, draft.member))
        payment, balance = done.payment, done.balance_cents
        scene.show(views.recorded(scene.texts, payment, done.settlement, draft, balance))
        scene.toast(views.toast_recorded(scene.texts, draft))
    await _tell_member(scene, draft, by, balance, payment)
    return END


async def leave(scene: Scene) -> str:
    """Not after all."""
    _ = scene.treasurer
    scene.show(views.not_recorded(scene.texts))
    return END


async def _tell_member(
    scene: Scene, draft: views.Draft, by: Member, balance: int, payment: Payment | None
) -> None:
    if draft.member.id == by.id:
        return
    awaited = await payments.awaited(scene.session, draft.member)
    await scene.notify.member(
        draft.member, lambda texts: views.told_member(texts, draft, by.name, balance, awaited, payment)
    )


def _check_date(scene: Scene, dated: dt.date | None) -> None:
    if dated is not None and dated > today(scene):
        raise payments.InvalidPayment("date")


CANCEL = StepButton("cancel", leave)
conversation = DurableConversation(
    name="payment",
    entry_points=[
        Command(("paiement", "payment"), enter_payment),
        Command(("reprise", "opening"), enter_opening),
        Button("payfor", payment_for),
        Button("openfor", opening_for),
    ],
    states={
        State.MEMBER: [CANCEL, StepButton("member", choose_member), Typed(take_member)],
        State.AMOUNT: [CANCEL, Typed(take_amount)],
        State.METHOD: [CANCEL, StepButton("method", choose_method), Typed(take_method)],
        State.DATE: [CANCEL, StepButton("today", choose_today), Typed(take_date)],
        State.NOTE: [CANCEL, StepButton("skip", skip_note), Typed(take_note)],
        State.AWAITED: [CANCEL, StepButton("receive", receive_awaited), StepButton("another", another)],
        State.CONFIRM: [CANCEL, StepButton("confirm", confirm)],
    },
)
