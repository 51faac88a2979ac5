"""Taking a member out of the group, and before that, settling what is between them and the group."""

from __future__ import annotations

from enum import StrEnum

from telegram import Update

from bot.commands.members import show_member_page
from bot.commands.validate import reachable
from bot.conversations.people import forget_menu
from bot.delivery.context import Context
from bot.delivery.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.views import people as people_views
from bot.views import settling as views
from bot.views.errors import plain, sentence
from bot.views.screen import Button as ScreenButton
from bot.views.screen import Row, Screen, button
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member, Method
from ledger.orders import leaving
from ledger.payments import service as payments

GIVEN_BACK = (Method.CASH, Method.TRANSFER)
LONGEST_REASON = 100


class State(StrEnum):
    """What is asked."""

    OUT = "out"
    REASON = "reason"
    SETTLE = "settle"


async def ask_out(update: Update, context: Context) -> State:  # noqa: ARG001
    """🚪 on a member's page: what is in the way, and how to settle it; or really?"""
    group_id = context.treasurer.group_id
    if not context.among_coordinators:
        raise NotFound("button", group_id)
    member = await groups.get_member(context.session, group_id, context.numbers(1)[0])
    if member.left_at is not None:
        raise NotFound("member", member.id)
    return await _show_out(context, member)


async def take_out(update: Update, context: Context) -> str:  # noqa: ARG001
    """🚪: out; they are told."""
    by, member = context.coordinator, await _member(context)
    await leaving.leave(context.session, member, by)
    if member.id == by.id:
        context.show(people_views.left(context.texts, context.group))
    else:
        await show_member_page(context, member)
    person = await reachable(context, member)
    if person is not None:
        await forget_menu(context, person.id)
        if person.id != context.person.id:
            texts = context.texts_for(person.language)
            context.tell(person.id, people_views.told_out(texts, context.group, by.name))
    return END


async def give_back(update: Update, context: Context) -> State:  # noqa: ARG001
    """The balance was given back, in cash or by transfer: shown once more with its button."""
    member = await _member(context)
    method = Method(context.button_args[-1]) if context.button_args[-1] in GIVEN_BACK else None
    balance = await payments.balance_of(context.session, member)
    if method is None or balance <= 0:
        raise NotFound("button", context.button_args[-1])
    keep(context.conversation, method=str(method), balance=balance, reason=None)
    return _preview(context, member)


async def ask_reason(update: Update, context: Context) -> State:  # noqa: ARG001
    """The balance is given up: why?"""
    member = await _member(context)
    balance = await payments.balance_of(context.session, member)
    if balance == 0:
        raise payments.NothingToWriteOff
    keep(context.conversation, method=None, balance=balance)
    screen = views.ask_reason(context.texts, member, balance, _cancel(context))
    context.show(context.to_answer(screen))
    return State.REASON


async def take_reason(update: Update, context: Context) -> State:  # noqa: ARG001
    """The reason, typed; asked again when it does not fit."""
    member = await _member(context)
    reason = " ".join(context.typed.split())
    if not reason or len(reason) > LONGEST_REASON:
        screen = Screen(views.reason_again(context.texts), ((_cancel(context),),))
        context.say(context.to_answer(screen))
        return State.REASON
    keep(context.conversation, reason=reason)
    return _preview(context, member)


async def settle(update: Update, context: Context) -> State:  # noqa: ARG001
    """✅: recorded, once and only for the balance that was shown; the member is told."""
    by, member, data = context.treasurer, await _member(context), context.conversation.data
    shown, method = data["balance"], Method(data["method"]) if data["method"] else None
    try:
        async with context.attempt():
            if method is None:
                await payments.write_off(context.session, member, by, data["reason"], agreed_cents=shown)
            else:
                await payments.give_back(context.session, member, method, by, agreed_cents=shown)
    except (payments.BalanceChanged, payments.NothingToWriteOff) as refusal:
        context.toast(plain(sentence(context.texts, refusal)), alert=True)
        return await _show_out(context, member)
    person = await reachable(context, member)
    if person is not None and person.id != context.person.id:
        texts = context.texts_for(person.language)
        context.tell(
            person.id, views.told_settled(texts, context.group, by.name, shown, method, data["reason"])
        )
    return await _show_out(context, member, views.settled(context.texts, member))


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """Not after all: the member's page."""
    member = await _member(context)
    await show_member_page(context, member)
    return END


async def _show_out(context: Context, member: Member, notice: str | None = None) -> State:
    keep(context.conversation, group=member.group_id, member=member.id)
    found = await leaving.obstacles(context.session, member)
    screen = people_views.taking_out(context.texts, member, found, _rows(context, member, found))
    context.show(screen.under(notice) if notice else screen)
    return State.OUT


def _rows(context: Context, member: Member, found: leaving.Obstacles) -> list[Row]:
    texts = context.texts
    rows: list[Row] = []
    if found.balance_cents > 0:
        amount = texts.money(found.balance_cents)
        cash = texts.label("💶 {amount} given back in cash", amount=amount)
        transfer = texts.label("🏦 {amount} given back by transfer", amount=amount)
        rows.append((context.step_button(cash, "give", Method.CASH),))
        rows.append((context.step_button(transfer, "give", Method.TRANSFER),))
    elif found.balance_cents < 0:
        rows.append((button(texts.label("💶 Enter a payment"), "payfor", member.id),))
    if found.balance_cents:
        rows.append((context.step_button(texts.label("🖊 Write it off"), "writeoff"),))
    if not found:
        out = context.step_button(texts.label("🚪 Take out of the group"), "out", style="danger")
        rows.append((out,))
    rows.append((context.step_button(texts.label("◀️ Back"), "cancel"),))
    return rows


def _preview(context: Context, member: Member) -> State:
    data = context.conversation.data
    method = Method(data["method"]) if data["method"] else None
    confirm = context.step_button(context.texts.label("✅ Confirm"), "confirm", style="success")
    screen = views.settlement_preview(
        context.texts, member, data["balance"], method, data["reason"], (confirm, _cancel(context))
    )
    context.show(screen)
    return State.SETTLE


async def _member(context: Context) -> Member:
    """The member this is about, of the group it began in."""
    group_id, data = context.treasurer.group_id, context.conversation.data
    if data["group"] != group_id:
        raise NotFound("button", group_id)
    return await groups.get_member(context.session, group_id, data["member"])


def _cancel(context: Context) -> ScreenButton:
    return context.step_button(context.texts.label("Cancel"), "cancel")


CANCEL = StepButton("cancel", leave)
conversation = DurableConversation(
    name="settling",
    entry_points=[Button("ppout", ask_out)],
    states={
        State.OUT: [
            CANCEL,
            StepButton("out", take_out),
            StepButton("give", give_back),
            StepButton("writeoff", ask_reason),
        ],
        State.REASON: [CANCEL, Typed(take_reason)],
        State.SETTLE: [CANCEL, StepButton("confirm", settle)],
    },
)
