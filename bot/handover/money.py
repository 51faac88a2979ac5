"""Money on distribution day: what was given by another method, what nobody announced, and the till."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from bot.cards.links import close_page
from bot.edge.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Scene
from bot.handover import day as handover
from bot.handover.telling import show_aside
from bot.handover.views import money as views
from bot.handover.views.report import Till
from bot.payments.validate import back_of, is_old, page_of, payment_of, screen_of, show_settled, tell_settled
from bot.payments.views import validation as payment_views
from bot.refusals import sentences as errors
from bot.ui import money
from bot.ui.screen import Button as ScreenButton
from bot.ui.screen import Row, Screen
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


async def choose_other_method(scene: Scene) -> None:
    """Not as announced: how then?"""
    payment_id, steps = scene.numbers(2)
    payment = await payment_of(scene, payment_id)
    if not await is_old(scene, payment, steps):
        scene.show(views.other_method(scene.texts, await page_of(scene, payment)))


async def ask_instead(scene: Scene) -> State | None:
    """By this method: how much?"""
    (payment_id, steps), method = _method(scene, 2)
    payment = await payment_of(scene, payment_id)
    if await is_old(scene, payment, steps):
        return None
    offered = sums(method, payment.amount_cents, (await page_of(scene, payment)).due)
    keep(scene.conversation, group=scene.group.id, payment=payment.id, steps=steps, method=method)
    _ask_given(scene, method, offered)
    return State.INSTEAD


async def take_instead(scene: Scene) -> str | None:
    """The amount, typed."""
    amount = _typed_amount(scene)
    if not amount:
        return None
    if _asks_if_sure(scene, amount):
        return State.INSTEAD
    return await _receive_instead(scene, amount)


async def sure_instead(scene: Scene) -> str:
    """It is ten times as much indeed."""
    return await _receive_instead(scene, _data(scene)["typed"])


async def proposed_instead(scene: Scene) -> str:
    """As much as was announced, or as is due now."""
    return await _receive_instead(scene, _proposed(scene))


async def _receive_instead(scene: Scene, amount: int) -> str:
    by, data = scene.treasurer, _data(scene)
    announced = await payment_of(scene, data["payment"])
    await close_page(scene, announced)
    if await is_old(scene, announced, data["steps"]):
        return END
    due = (await page_of(scene, announced)).due.amount_cents
    done = await payments.receive_instead(
        scene.session, by.group_id, announced.id, Method(data["method"]), amount, by
    )
    await show_settled(scene, done, due_cents=due, instead_of=announced)
    return END


async def choose_unannounced(scene: Scene) -> None:
    """Money nobody announced: how was it paid?"""
    group_id = scene.coordinator.group_id
    state = await validation.order_state(scene.session, group_id, scene.numbers(1)[0])
    show_aside(scene, views.unannounced_method(scene.texts, state))


async def ask_unannounced(scene: Scene) -> State | None:
    """How much of it? What is missing is proposed."""
    group_id = scene.coordinator.group_id
    (order_id,), method = _method(scene, 1)
    state = await validation.order_state(scene.session, group_id, order_id)
    if not await scene.discreetly():
        return None
    _ask_unannounced(scene, state, method)
    return State.UNANNOUNCED


def _ask_unannounced(scene: Scene, state: OrderState, method: Method, notice: str = "") -> None:
    """Remembers how the order stood when it was asked."""
    keep(
        scene.conversation,
        group=scene.group.id,
        order=state.order.id,
        method=method,
        seen=state.mark,
    )
    missing = state.missing_cents
    offered = [Receipt(Settles.WHAT_IS_LEFT, missing)] if missing > 0 else []
    _ask_given(scene, method, offered, notice)


async def take_unannounced(scene: Scene) -> str | None:
    """The amount, typed."""
    amount = _typed_amount(scene)
    if not amount:
        return None
    if _asks_if_sure(scene, amount):
        return State.UNANNOUNCED
    return await _receive_unannounced(scene, amount)


async def sure_unannounced(scene: Scene) -> str:
    """It is ten times as much indeed."""
    return await _receive_unannounced(scene, _data(scene)["typed"])


async def proposed_unannounced(scene: Scene) -> str:
    """As much as is missing."""
    return await _receive_unannounced(scene, _proposed(scene))


async def _receive_unannounced(scene: Scene, amount: int) -> str:
    by, data = scene.coordinator, _data(scene)
    await validation.lock_order(scene.session, by.group_id, data["order"])
    state = await validation.order_state(scene.session, by.group_id, data["order"])
    if state.mark != data.get("seen"):
        notice = errors.sentence(scene.texts, SeenChanged())
        _ask_unannounced(scene, state, Method(data["method"]), notice)
        return State.UNANNOUNCED
    done = await payments.receive_unannounced(
        scene.session, state.member, Method(data["method"]), amount, by, f"order:{state.order.id}"
    )
    page = await page_of(scene, done.payment)
    back = await back_of(scene, done.payment)
    scene.toast(payment_views.toast_settled(scene.texts, page, done.settlement))
    scene.show(payment_views.settled(scene.texts, page, done.settlement, by.name, back, discreet=False))
    await tell_settled(scene, done)
    return END


async def cash(scene: Scene) -> None:
    """The till and its counts."""
    distribution = await handover.distribution_of_button(scene)
    scene.show(views.cash_page(scene.texts, distribution, await till_of(scene, distribution)))


async def ask_count(scene: Scene) -> State:
    """How much is in the till, at opening or at closing?"""
    group_id = scene.coordinator.group_id
    words = scene.button_args
    if len(words) != 2 or not words[0].isdecimal() or words[1] not in list(CountKind):
        raise NotFound("button", words)
    distribution = await distributions.get_distribution(scene.session, group_id, int(words[0]))
    keep(scene.conversation, group=group_id, distribution=distribution.id, kind=words[1])
    screen = views.ask_count(scene.texts, await till_of(scene, distribution), _cancel(scene))
    scene.say(scene.to_answer(screen))
    return State.COUNT


async def take_count(scene: Scene) -> str | None:
    """The amount; a till that may well be empty."""
    data = _data(scene)
    counted = scene.typed_amount
    if counted is None:
        scene.say(scene.to_answer(Screen(errors.amount_again(scene.texts))))
        return None
    keep(scene.conversation, counted=counted)
    return await _count(scene, data["distribution"], None)


async def take_reason(scene: Scene) -> str | None:
    """Why the till differs. If the books moved meanwhile, the difference is another one: it is asked again."""
    data = _data(scene)
    reason = " ".join(scene.typed.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        scene.say(scene.to_answer(Screen(views.reason_again(scene.texts))))
        return None
    return await _count(scene, data["distribution"], reason)


async def _count(scene: Scene, distribution_id: int, reason: str | None) -> str:
    by, data = scene.coordinator, scene.conversation.data
    try:
        async with scene.attempt():
            count = await till.count(
                scene.session,
                by.group_id,
                distribution_id,
                CountKind(data["kind"]),
                data["counted"],
                by,
                reason=reason,
                seen_cents=data.get("expected"),
            )
    except till.ReasonNeeded as need:
        keep(scene.conversation, expected=need.expected)
        screen = views.ask_reason(scene.texts, need.counted, need.expected, _cancel(scene))
        scene.say(scene.to_answer(screen))
        return State.REASON
    scene.show(views.counted(scene.texts, count, by.name))
    await scene.notify.coordinators_chat(lambda texts: views.counted(texts, count, by.name))
    return END


async def till_of(scene: Scene, distribution: Distribution) -> Till:
    """The till by the books, and how it was counted at this distribution."""
    expected = await till.expected_in_till(scene.session, distribution.group_id)
    return Till(expected, await till.counts(scene.session, distribution.id))


async def leave(scene: Scene) -> str:
    """Not after all: back to where it was asked."""
    group_id = scene.treasurer.group_id
    data = scene.conversation.data
    if data.get("group") != group_id:
        raise NotFound("button", "cancel")
    if "payment" in data:
        payment = await payment_of(scene, data["payment"])
        scene.show(await screen_of(scene, payment))
    elif "order" in data:
        await handover.show_order(scene, data["order"])
    else:
        distribution = await distributions.get_distribution(scene.session, group_id, data["distribution"])
        await handover.show_day(scene, distribution)
    return END


def _ask_given(scene: Scene, method: Method, offered: Sequence[Receipt], notice: str = "") -> None:
    """A button for each sum that is likely; any other is typed."""
    texts = scene.texts
    keep(scene.conversation, proposed=[one.amount_cents for one in offered])
    proposed = [
        scene.step_button(
            money.received_label(texts, one, alone=len(offered) == 1),
            "amount",
            one.amount_cents,
            style=None if number else "success",
        )
        for number, one in enumerate(offered)
    ]
    example = offered[0].amount_cents if offered else 1250
    screen = views.ask_given(texts, method, proposed, example, _cancel(scene))
    scene.say(scene.to_answer(screen.under(notice) if notice else screen))


def _proposed(scene: Scene) -> int:
    """The tapped sum, which is one of those that were offered."""
    amount = scene.numbers(1, skip=2)[0]
    if amount not in _data(scene)["proposed"]:
        raise NotFound("button", amount)
    return amount


def _method(scene: Scene, position: int) -> tuple[list[int], Method]:
    """The numbers of a button that ends in a method."""
    words = scene.button_args
    if len(words) != position + 1 or words[-1] not in list(OFFLINE_METHODS):
        raise NotFound("button", words)
    if not all(word.isdecimal() for word in words[:-1]):
        raise NotFound("button", words)
    return [int(word) for word in words[:-1]], Method(words[-1])


def _typed_amount(scene: Scene) -> int | None:
    """What was typed; asked again when it is no amount, or nothing."""
    _ = _data(scene)
    amount = scene.typed_amount
    if not amount:
        scene.say(scene.to_answer(Screen(errors.amount_again(scene.texts))))
    return amount or None


def _asks_if_sure(scene: Scene, amount: int) -> bool:
    """Whether the amount is ten times what is awaited; then all stand as buttons, and typing again is possible."""
    proposed = _data(scene)["proposed"]
    awaited = max(proposed, default=0)
    if not payments.is_far_off(awaited, amount):
        return False
    keep(scene.conversation, typed=amount)
    texts = scene.texts
    rows: list[Row] = [
        (
            scene.step_button(
                texts.label("✅ Received · {amount}", amount=texts.money(one)), "amount", one, style="success"
            ),
        )
        for one in proposed
    ]
    yes = texts.label("Yes, {amount}", amount=texts.money(amount))
    rows += [(scene.step_button(yes, "sure", style="danger"),), (_cancel(scene),)]
    scene.say(scene.to_answer(Screen(payment_views.far_off(texts, awaited, amount)).with_rows(rows)))
    return True


def _data(scene: Scene) -> dict[str, Any]:
    """What is remembered, if it is of the group the coordinator acts in."""
    group_id = scene.treasurer.group_id
    data = scene.conversation.data
    if data["group"] != group_id:
        raise NotFound("button", group_id)
    return data


def _cancel(scene: Scene) -> ScreenButton:
    return scene.step_button(scene.texts.label("Cancel"), "cancel")


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
