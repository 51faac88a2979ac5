"""Money on distribution day: what was given by another method, what nobody announced, and the till."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from telegram import Update

from bot.commands import handover
from bot.commands.handover_telling import show_aside, tell_coordinators_chat
from bot.commands.validate import (
    back_of,
    is_old,
    page_of,
    payment_of,
    screen_of,
    show_settled,
    tell_settled,
)
from bot.conversations.cards import close_page
from bot.delivery.context import Context
from bot.delivery.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.views import errors, money
from bot.views import handover_money as views
from bot.views import validation as payment_views
from bot.views.handover_report import Till
from bot.views.screen import Button as ScreenButton
from bot.views.screen import Row, Screen
from ledger.errors import NotFound
from ledger.groups.models import OFFLINE_METHODS, Method
from ledger.orders import distributions, till, validation
from ledger.orders.handover_models import CountKind
from ledger.orders.models import Distribution
from ledger.orders.order_state import OrderState, Receipt, Settles, sums
from ledger.orders.seen import SeenChanged
from ledger.payments import service as payments

LONGEST_REASON = 100


class State(StrEnum):
    """What the coordinator is asked to type."""

    INSTEAD = "instead"
    UNANNOUNCED = "unannounced"
    COUNT = "count"
    REASON = "reason"


async def choose_other_method(update: Update, context: Context) -> None:  # noqa: ARG001
    """Not as announced: how then?"""
    payment_id, steps = context.numbers(2)
    payment = await payment_of(context, payment_id)
    if not await is_old(context, payment, steps):
        context.show(views.other_method(context.texts, await page_of(context, payment)))


async def ask_instead(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """By this method: how much?"""
    (payment_id, steps), method = _method(context, 2)
    payment = await payment_of(context, payment_id)
    if await is_old(context, payment, steps):
        return None
    offered = sums(method, payment.amount_cents, (await page_of(context, payment)).due)
    keep(context.conversation, group=context.group.id, payment=payment.id, steps=steps, method=method)
    _ask_given(context, method, offered)
    return State.INSTEAD


async def take_instead(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """The amount, typed."""
    amount = _typed_amount(context)
    if not amount:
        return None
    if _asks_if_sure(context, amount):
        return State.INSTEAD
    return await _receive_instead(context, amount)


async def sure_instead(update: Update, context: Context) -> str:  # noqa: ARG001
    """It is ten times as much indeed."""
    return await _receive_instead(context, _data(context)["typed"])


async def proposed_instead(update: Update, context: Context) -> str:  # noqa: ARG001
    """As much as was announced, or as is due now."""
    return await _receive_instead(context, _proposed(context))


async def _receive_instead(context: Context, amount: int) -> str:
    by, data = context.treasurer, _data(context)
    announced = await payment_of(context, data["payment"])
    await close_page(context, announced)
    if await is_old(context, announced, data["steps"]):
        return END
    due = (await page_of(context, announced)).due.amount_cents
    done = await payments.receive_instead(
        context.session, by.group_id, announced.id, Method(data["method"]), amount, by
    )
    await show_settled(context, done, due_cents=due, instead_of=announced)
    return END


async def choose_unannounced(update: Update, context: Context) -> None:  # noqa: ARG001
    """Money nobody announced: how was it paid?"""
    group_id = context.coordinator.group_id
    state = await validation.order_state(context.session, group_id, context.numbers(1)[0])
    show_aside(context, views.unannounced_method(context.texts, state))


async def ask_unannounced(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """How much of it? What is missing is proposed."""
    group_id = context.coordinator.group_id
    (order_id,), method = _method(context, 1)
    state = await validation.order_state(context.session, group_id, order_id)
    if not await context.discreetly():
        return None
    _ask_unannounced(context, state, method)
    return State.UNANNOUNCED


def _ask_unannounced(context: Context, state: OrderState, method: Method, notice: str = "") -> None:
    """Remembers how the order stood when it was asked."""
    keep(
        context.conversation,
        group=context.group.id,
        order=state.order.id,
        method=method,
        seen=state.mark,
    )
    missing = state.missing_cents
    offered = [Receipt(Settles.WHAT_IS_LEFT, missing)] if missing > 0 else []
    _ask_given(context, method, offered, notice)


async def take_unannounced(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """The amount, typed."""
    amount = _typed_amount(context)
    if not amount:
        return None
    if _asks_if_sure(context, amount):
        return State.UNANNOUNCED
    return await _receive_unannounced(context, amount)


async def sure_unannounced(update: Update, context: Context) -> str:  # noqa: ARG001
    """It is ten times as much indeed."""
    return await _receive_unannounced(context, _data(context)["typed"])


async def proposed_unannounced(update: Update, context: Context) -> str:  # noqa: ARG001
    """As much as is missing."""
    return await _receive_unannounced(context, _proposed(context))


async def _receive_unannounced(context: Context, amount: int) -> str:
    by, data = context.coordinator, _data(context)
    await validation.lock_order(context.session, by.group_id, data["order"])
    state = await validation.order_state(context.session, by.group_id, data["order"])
    if state.mark != data.get("seen"):
        notice = errors.sentence(context.texts, SeenChanged())
        _ask_unannounced(context, state, Method(data["method"]), notice)
        return State.UNANNOUNCED
    done = await payments.receive_unannounced(
        context.session, state.member, Method(data["method"]), amount, by, state.order.id
    )
    page = await page_of(context, done.payment)
    back = await back_of(context, done.payment)
    context.toast(payment_views.toast_settled(context.texts, page, done.settlement))
    context.show(payment_views.settled(context.texts, page, done.settlement, by.name, back, discreet=False))
    await tell_settled(context, done)
    return END


async def cash(update: Update, context: Context) -> None:  # noqa: ARG001
    """The till and its counts."""
    distribution = await handover.distribution_of_button(context)
    context.show(views.cash_page(context.texts, distribution, await till_of(context, distribution)))


async def ask_count(update: Update, context: Context) -> State:  # noqa: ARG001
    """How much is in the till, at opening or at closing?"""
    group_id = context.coordinator.group_id
    words = context.button_args
    if len(words) != 2 or not words[0].isdecimal() or words[1] not in list(CountKind):
        raise NotFound("button", words)
    distribution = await distributions.get_distribution(context.session, group_id, int(words[0]))
    keep(context.conversation, group=group_id, distribution=distribution.id, kind=words[1])
    screen = views.ask_count(context.texts, await till_of(context, distribution), _cancel(context))
    context.say(context.to_answer(screen))
    return State.COUNT


async def take_count(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """The amount; a till that may well be empty."""
    data = _data(context)
    counted = context.typed_amount
    if counted is None:
        context.say(context.to_answer(Screen(errors.amount_again(context.texts))))
        return None
    keep(context.conversation, counted=counted)
    return await _count(context, data["distribution"], None)


async def take_reason(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """Why the till differs. If the books moved meanwhile, the difference is another one: it is asked again."""
    data = _data(context)
    reason = " ".join(context.typed.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        context.say(context.to_answer(Screen(views.reason_again(context.texts))))
        return None
    return await _count(context, data["distribution"], reason)


async def _count(context: Context, distribution_id: int, reason: str | None) -> str:
    by, data = context.coordinator, context.conversation.data
    try:
        async with context.attempt():
            count = await till.count(
                context.session,
                by.group_id,
                distribution_id,
                CountKind(data["kind"]),
                data["counted"],
                by,
                reason=reason,
                seen_cents=data.get("expected"),
            )
    except till.ReasonNeeded as need:
        keep(context.conversation, expected=need.expected)
        screen = views.ask_reason(context.texts, need.counted, need.expected, _cancel(context))
        context.say(context.to_answer(screen))
        return State.REASON
    context.show(views.counted(context.texts, count, by.name))
    await tell_coordinators_chat(context, lambda texts: views.counted(texts, count, by.name))
    return END


async def till_of(context: Context, distribution: Distribution) -> Till:
    """The till by the books, and how it was counted at this distribution."""
    expected = await till.expected_in_till(context.session, distribution.group_id)
    return Till(expected, await till.counts(context.session, distribution.id))


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """Not after all: back to where it was asked."""
    group_id = context.treasurer.group_id
    data = context.conversation.data
    if data.get("group") != group_id:
        raise NotFound("button", "cancel")
    if "payment" in data:
        payment = await payment_of(context, data["payment"])
        context.show(await screen_of(context, payment))
    elif "order" in data:
        await handover.show_order(context, data["order"])
    else:
        distribution = await distributions.get_distribution(context.session, group_id, data["distribution"])
        await handover.show_day(context, distribution)
    return END


def _ask_given(context: Context, method: Method, offered: Sequence[Receipt], notice: str = "") -> None:
    """A button for each sum that is likely; any other is typed."""
    texts = context.texts
    keep(context.conversation, proposed=[one.amount_cents for one in offered])
    proposed = [
        context.step_button(
            money.received_label(texts, one, alone=len(offered) == 1),
            "amount",
            one.amount_cents,
            style=None if number else "success",
        )
        for number, one in enumerate(offered)
    ]
    example = offered[0].amount_cents if offered else 1250
    screen = views.ask_given(texts, method, proposed, example, _cancel(context))
    context.say(context.to_answer(screen.under(notice) if notice else screen))


def _proposed(context: Context) -> int:
    """The tapped sum, which is one of those that were offered."""
    amount = context.numbers(1, skip=2)[0]
    if amount not in _data(context)["proposed"]:
        raise NotFound("button", amount)
    return amount


def _method(context: Context, position: int) -> tuple[list[int], Method]:
    """The numbers of a button that ends in a method."""
    words = context.button_args
    if len(words) != position + 1 or words[-1] not in list(OFFLINE_METHODS):
        raise NotFound("button", words)
    if not all(word.isdecimal() for word in words[:-1]):
        raise NotFound("button", words)
    return [int(word) for word in words[:-1]], Method(words[-1])


def _typed_amount(context: Context) -> int | None:
    """What was typed; asked again when it is no amount, or nothing."""
    _ = _data(context)
    amount = context.typed_amount
    if not amount:
        context.say(context.to_answer(Screen(errors.amount_again(context.texts))))
    return amount or None


def _asks_if_sure(context: Context, amount: int) -> bool:
    """Whether the amount is ten times what is awaited; then all stand as buttons, and typing again is possible."""
    proposed = _data(context)["proposed"]
    awaited = max(proposed, default=0)
    if not payments.is_far_off(awaited, amount):
        return False
    keep(context.conversation, typed=amount)
    texts = context.texts
    rows: list[Row] = [
        (
            context.step_button(
                texts.label("✅ Received · {amount}", amount=texts.money(one)), "amount", one, style="success"
            ),
        )
        for one in proposed
    ]
    yes = texts.label("Yes, {amount}", amount=texts.money(amount))
    rows += [(context.step_button(yes, "sure", style="danger"),), (_cancel(context),)]
    context.say(context.to_answer(Screen(payment_views.far_off(texts, awaited, amount)).with_rows(rows)))
    return True


def _data(context: Context) -> dict[str, Any]:
    """What is remembered, if it is of the group the coordinator acts in."""
    group_id = context.treasurer.group_id
    data = context.conversation.data
    if data["group"] != group_id:
        raise NotFound("button", group_id)
    return data


def _cancel(context: Context) -> ScreenButton:
    return context.step_button(context.texts.label("Cancel"), "cancel")


CANCEL = StepButton("cancel", leave)
conversation = DurableConversation(
    name="handover_money",
    entry_points=[
        Button("pinstead", choose_other_method),
        Button("pinstm", ask_instead),
        Button("daddpay", choose_unannounced),
        Button("daddm", ask_unannounced),
        Button("dcash", cash),
        Button("dcount", ask_count),
    ],
    states={
        State.INSTEAD: [
            CANCEL,
            StepButton("amount", proposed_instead),
            StepButton("sure", sure_instead),
            Typed(take_instead),
        ],
        State.UNANNOUNCED: [
            CANCEL,
            StepButton("amount", proposed_unannounced),
            StepButton("sure", sure_unannounced),
            Typed(take_unannounced),
        ],
        State.COUNT: [CANCEL, Typed(take_count)],
        State.REASON: [CANCEL, Typed(take_reason)],
    },
)
