"""Payments and opening balances entered by hand (R8, R16): in one line or step by step, recorded once they are confirmed.

The conversation asks for whatever is missing, in a fixed order, so a line that says half of it goes on from there.
"""

from __future__ import annotations

import datetime as dt

from telegram import Update

from bot.cards.links import close_page
from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Context
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


async def enter_payment(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """/paiement, with or without a line."""
    return await _begin(context, "payment")


async def enter_opening(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """/reprise, with or without a line."""
    return await _begin(context, "opening")


async def payment_for(update: Update, context: Context) -> State:  # noqa: ARG001
    """A payment, from a member's page."""
    return await _begin_for(context, "payment")


async def opening_for(update: Update, context: Context) -> State:  # noqa: ARG001
    """An opening balance, from a member's page."""
    return await _begin_for(context, "opening")


async def _begin(context: Context, kind: str) -> State | None:
    _ = context.treasurer
    if not await context.discreetly():
        return None
    keep(context.conversation, kind=kind)
    if not context.command_text:
        return await ask_next(context)
    parse = payment_line.parse_opening if kind == "opening" else payment_line.parse_payment
    try:
        typed = parse(context.command_text, context.group.currency)
        _check_date(context, typed.dated)
    except NotUnderstood as problem:
        sentence = views.not_understood(context.texts, problem.part)
        context.say(Screen(f"{sentence}\n\n{views.payment_form(context.texts)}"))
        return None
    if typed.unknown and await groups.find_members(context.session, context.group.id, context.command_text):
        typed = payment_line.TypedPayment(context.command_text)  # a name with a number in it
    _keep_line(context, typed)
    notice = errors.amount_again(context.texts) if typed.wrong else None
    if typed.unknown:
        notice = views.unknown_method(context.texts, typed.unknown)
    return await _take_member(context, typed.member, notice)


async def _begin_for(context: Context, kind: str) -> State:
    group_id = context.treasurer.group_id
    member = await groups.get_member(context.session, group_id, context.numbers(1)[0])
    keep(context.conversation, kind=kind, member=member.id)
    screen = views.ask_amount(context.texts, member, cancel_button(context), is_opening=kind == "opening")
    context.say(context.to_answer(screen))
    return State.AMOUNT


def _keep_line(context: Context, typed: payment_line.TypedPayment) -> None:
    """What the line says. A line that names the method is whole: without a date it means today, without a note none."""
    if typed.amount_cents is not None:
        keep(context.conversation, amount=typed.amount_cents)
    if typed.method is not None:
        dated = typed.dated or today(context)
        keep(context.conversation, method=str(typed.method), dated=dated.isoformat(), note=typed.note or "")
    elif typed.dated is not None:
        keep(context.conversation, dated=typed.dated.isoformat(), note=typed.note or "")


async def take_member(update: Update, context: Context) -> State:  # noqa: ARG001
    """A name was typed."""
    _ = context.treasurer
    return await _take_member(context, context.typed)


async def choose_member(update: Update, context: Context) -> State:  # noqa: ARG001
    """A member was tapped."""
    group_id = context.treasurer.group_id
    member = await groups.get_member(context.session, group_id, context.numbers(1, skip=2)[0])
    keep(context.conversation, member=member.id)
    return await ask_next(context)


async def _take_member(context: Context, text: str, notice: str | None = None) -> State:
    """Who the text names; asked again when that is nobody or several."""
    found = await groups.find_members(context.session, context.treasurer.group_id, text)
    if len(found) == 1:
        keep(context.conversation, member=found[0].id)
        return await ask_next(context, notice)
    if found:
        return ask_member(context, found, views.several_members(context.texts))
    everyone = await groups.members(context.session, context.group.id)
    return ask_member(context, everyone, views.unknown_member(context.texts, text))


async def take_amount(update: Update, context: Context) -> State:  # noqa: ARG001
    """How much; asked again when it is no amount."""
    _ = context.treasurer
    try:
        amount = payment_line.parse_signed(context.typed, context.group.currency)
    except InvalidAmount:
        return await ask_next(context, errors.amount_again(context.texts))
    keep(context.conversation, amount=amount)
    return await ask_next(context)


async def choose_method(update: Update, context: Context) -> State:  # noqa: ARG001
    """How it was paid."""
    _ = context.treasurer
    method = context.button_args[-1]
    if method not in list(OFFLINE_METHODS):
        raise NotFound("button", method)
    keep(context.conversation, method=method)
    return await ask_next(context)


async def take_method(update: Update, context: Context) -> State:  # noqa: ARG001
    """How it was paid, typed."""
    _ = context.treasurer
    method = payment_line.method_of(context.typed)
    if method is None or method not in OFFLINE_METHODS:
        return await ask_next(context, views.unknown_method(context.texts, context.typed))
    keep(context.conversation, method=str(method))
    return await ask_next(context)


async def take_date(update: Update, context: Context) -> State:  # noqa: ARG001
    """The day, typed."""
    _ = context.treasurer
    try:
        dated = parse_date(context.typed)
        _check_date(context, dated)
    except NotUnderstood as problem:
        return await ask_next(context, views.not_understood(context.texts, problem.part))
    except payments.InvalidPayment as problem:
        return await ask_next(context, errors.sentence(context.texts, problem))
    keep(context.conversation, dated=dated.isoformat())
    return await ask_next(context)


async def choose_today(update: Update, context: Context) -> State:  # noqa: ARG001
    """Today."""
    _ = context.treasurer
    keep(context.conversation, dated=today(context).isoformat())
    return await ask_next(context)


async def take_note(update: Update, context: Context) -> State:  # noqa: ARG001
    """A note, typed."""
    _ = context.treasurer
    note = " ".join(context.typed.split())
    if len(note) > payment_line.LONGEST_NOTE:
        return await ask_next(context, views.not_understood(context.texts, "note"))
    keep(context.conversation, note=note)
    return await ask_next(context)


async def skip_note(update: Update, context: Context) -> State:  # noqa: ARG001
    """No note."""
    _ = context.treasurer
    keep(context.conversation, note="")
    return await ask_next(context)


async def receive_awaited(update: Update, context: Context) -> str:  # noqa: ARG001
    """✅: it is what was awaited already; received for the amount that was typed, so that it counts once."""
    by, draft = context.treasurer, await draft_of(context)
    payment = await payments.get_payment(context.session, by.group_id, context.numbers(1, skip=2)[0])
    if payment.member_id != draft.member.id or draft.method is None:
        raise NotFound("payment", payment.id)
    if payment.method is not draft.method:
        await close_page(context, payment)
    await payments.lock_payment(context.session, payment.group_id, payment.id)
    if payment.state is not PaymentState.EXPECTED:
        settled = await payments.settled_by(context.session, payment)
        return await ask_whether_another(context, errors.already_settled(context.texts, settled))
    due = (await page_of(context, payment)).due.amount_cents
    if payment.method is draft.method:
        done = await payments.receive(context.session, payment.group_id, payment.id, by, draft.amount_cents)
    else:
        done = await payments.receive_instead(
            context.session, payment.group_id, payment.id, draft.method, draft.amount_cents, by
        )
    await show_settled(context, done, due_cents=due, instead_of=payment)
    return END


async def another(update: Update, context: Context) -> State:  # noqa: ARG001
    """➕: other money than what is awaited."""
    _ = context.treasurer
    keep(context.conversation, another=True)
    return await ask_next(context)


async def confirm(update: Update, context: Context) -> str:  # noqa: ARG001
    """✅: recorded, once; the member is told."""
    by, draft = context.treasurer, await draft_of(context)
    payment = None
    if draft.method is None:
        key = f"{context.chat_id}:{context.person.id}:{context.conversation.revision}"
        balance = await payments.enter_opening_balance(
            context.session, draft.member, draft.amount_cents, by, key=key
        )
        context.show(views.opening_recorded(context.texts, draft, balance))
        context.toast(views.toast_recorded(context.texts, draft))
    else:
        try:
            async with context.attempt():
                done = await by_hand.enter(
                    context.session,
                    draft.member,
                    draft.method,
                    draft.amount_cents,
                    by,
                    seen=context.conversation.data.get("seen"),
                    dated=draft.dated,
                    note=draft.note,
                )
        except SeenChanged:
            return await ask_whether_another(context, views.changed_meanwhile(context.texts, draft.member))
        payment, balance = done.payment, done.balance_cents
        context.show(views.recorded(context.texts, payment, done.settlement, draft, balance))
        context.toast(views.toast_recorded(context.texts, draft))
    await _tell_member(context, draft, by, balance, payment)
    return END


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """Not after all."""
    _ = context.treasurer
    context.show(views.not_recorded(context.texts))
    return END


async def _tell_member(
    context: Context, draft: views.Draft, by: Member, balance: int, payment: Payment | None
) -> None:
    if draft.member.id == by.id:
        return
    awaited = await payments.awaited(context.session, draft.member)
    await context.notify.member(
        draft.member, lambda texts: views.told_member(texts, draft, by.name, balance, awaited, payment)
    )


def _check_date(context: Context, dated: dt.date | None) -> None:
    if dated is not None and dated > today(context):
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
