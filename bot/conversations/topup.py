"""Topping up (/crediter): a member announces money for their account, whatever it is for, and gets a reference for it.

Nothing moves until a coordinator confirms it, like the payment of an order. How much and how are both one tap.
"""

from __future__ import annotations

from enum import StrEnum

from telegram import Update

from bot.conversations.cards import card_link
from bot.conversations.payment_line import method_of
from bot.delivery.context import Context
from bot.delivery.conversation import END, Button, Command, DurableConversation, StepButton, Typed, keep
from bot.views import errors, money
from bot.views import start as start_views
from bot.views import topup as views
from bot.views.screen import Button as ScreenButton
from bot.views.screen import Row
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import PAID_METHODS, Member, Method
from ledger.money import MAX_AMOUNT, InvalidAmount, exponent_of, parse_amount
from ledger.payments import service as payments

PROPOSED = (20, 50, 100)
"""What one tap proposes, in the group's currency."""


class State(StrEnum):
    """What the member is asked."""

    AMOUNT = "amount"
    METHOD = "method"


async def topup(update: Update, context: Context) -> State | str | None:
    """/crediter, with or without an amount; or the button, which knows the group and perhaps what is missing."""
    tapped = context.numbers(len(context.button_args)) if update.callback_query is not None else []
    if tapped and tapped[0] != context.group.id:
        await context.act_in(tapped[0])
    _ = context.member
    if not await context.privately():
        return None
    if not views.methods(context.group):
        context.show(views.not_possible(context.texts, context.group))
        return None
    keep(context.conversation, member=context.member.id)
    if len(tapped) > 1:
        return await _ask_method(context, _amount_of(tapped[1]))
    if update.callback_query is None and context.command_text:
        return await _take(context, context.command_text)
    return await _ask_amount(context)


async def take_amount(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """The amount, typed; asked again when it is none."""
    await _the_same_member(context)
    return await _take(context, context.typed)


async def choose_amount(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """A proposed amount was tapped."""
    await _the_same_member(context)
    return await _ask_method(context, _amount_of(*context.numbers(1, skip=2)))


async def change_amount(update: Update, context: Context) -> State:  # noqa: ARG001
    """Another amount after all."""
    await _the_same_member(context)
    return await _ask_amount(context)


async def choose_method(update: Update, context: Context) -> State | str:  # noqa: ARG001
    """A method was tapped: the payment is announced, once."""
    method = context.button_args[-1]
    if method not in list(PAID_METHODS):
        raise NotFound("button", method)
    return await _announce(context, Method(method))


async def take_method(update: Update, context: Context) -> State | str:
    """The method was typed, or another amount."""
    method = method_of(context.typed)
    return await _announce(context, method) if method else await take_amount(update, context)


async def _announce(context: Context, method: Method) -> State | str:
    member, amount = await _the_same_member(context), context.conversation.data["amount"]
    if method not in views.methods(context.group, amount):
        return await _ask_method(context, amount, views.not_offered(context.texts))
    payment = await payments.expect(context.session, member, method, amount, None)
    context.show(views.announced(context.texts, payment))
    balance, awaited = await _account(context, member)
    link = await card_link(context, payment)
    context.say(views.receipt(context.texts, context.group, payment, balance, awaited, link))
    return END


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """Not after all."""
    context.show(start_views.cancelled(context.texts, was_at_something=True))
    return END


async def _take(context: Context, text: str) -> State | str:
    try:
        amount = _amount_of(parse_amount(text, currency=context.group.currency))
    except InvalidAmount:
        return await _ask_amount(context, errors.amount_again(context.texts))
    return await _ask_method(context, amount)


async def _ask_amount(context: Context, notice: str | None = None) -> State:
    balance, awaited = await _account(context, context.member)
    proposals = _proposals(context, owed=-(balance + awaited))
    screen = views.ask_amount(
        context.texts, context.group, balance, awaited, proposals, _cancel_button(context)
    )
    context.show(screen.under(notice) if notice else screen)
    return State.AMOUNT


def _proposals(context: Context, owed: int) -> list[Row]:
    """What is owed and not announced yet, then round amounts."""
    texts = context.texts
    rows: list[Row] = []
    if owed > 0:
        label = texts.label("What I owe · {amount}", amount=texts.money(owed))
        rows.append((context.step_button(label, "amount", owed, style="primary"),))
    # A currency without decimals counts in hundreds what others count in ones.
    digits = exponent_of(context.group.currency) or 2
    round_ones = [whole * 10**digits for whole in PROPOSED]
    rows.append(tuple(context.step_button(texts.money(cents), "amount", cents) for cents in round_ones))
    return rows


async def _ask_method(context: Context, amount: int, notice: str | None = None) -> State | str:
    texts, group = context.texts, context.group
    ways = [
        context.step_button(
            f"{money.METHOD_ICON[method]} {money.method(texts, method)} · {texts.money(amount)}",
            "method",
            method,
        )
        for method in views.methods(group, amount)
    ]
    if not ways:
        context.show(views.not_possible(texts, group))
        return END
    keep(context.conversation, amount=amount)
    other = context.step_button(texts.label("Other amount"), "other")
    screen = views.ask_method(texts, group, amount, ways, other, _cancel_button(context))
    context.show(screen.under(notice) if notice else screen)
    return State.METHOD


async def _account(context: Context, member: Member) -> tuple[int, int]:
    """The balance, and what is awaited."""
    return (
        await payments.balance_of(context.session, member),
        await payments.awaited(context.session, member),
    )


async def _the_same_member(context: Context) -> Member:
    """Who began: in private the person may look at another group by now, and then nothing happens there."""
    member = await groups.get_member(
        context.session, context.member.group_id, context.conversation.data["member"]
    )
    if member.id != context.member.id:
        raise NotFound("member", member.id)
    return member


def _amount_of(cents: int) -> int:
    if not 0 < cents <= MAX_AMOUNT:
        raise InvalidAmount(str(cents))
    return cents


def _cancel_button(context: Context) -> ScreenButton:
    return context.step_button(context.texts.label("Cancel"), "cancel")


CANCEL = StepButton("cancel", leave)
conversation = DurableConversation(
    name="topup",
    entry_points=[Command(("crediter", "topup"), topup), Button("topup", topup)],
    states={
        State.AMOUNT: [CANCEL, StepButton("amount", choose_amount), Typed(take_amount)],
        State.METHOD: [
            CANCEL,
            StepButton("method", choose_method),
            StepButton("other", change_amount),
            Typed(take_method),
        ],
    },
)
