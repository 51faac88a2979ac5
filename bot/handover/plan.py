"""A distribution is moved, in one line or step by step, or cancelled; whoever is concerned is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from zoneinfo import ZoneInfo

from telegram import Update

from bot.distributions.views import planning as distribution_views
from bot.distributions.views.planning import Draft
from bot.edge.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.edge.notify import Say
from bot.edge.scene import Context
from bot.handover import day as handover
from bot.handover.telling import toast_refusal
from bot.handover.views import plan as views
from bot.refusals import sentences as errors
from bot.ui import dates
from bot.ui.screen import Button as ScreenButton
from bot.ui.screen import Screen
from bot.ui.texts import Texts
from ledger.errors import NotFound
from ledger.orders import distributions, rescheduling, validation
from ledger.orders.awaited import awaited_among
from ledger.orders.models import Distribution
from ledger.orders.seen import SeenChanged


class State(StrEnum):
    """What the coordinator is asked."""

    LINE = "line"
    DATE = "date"
    TIME = "time"
    PLACE = "place"
    CONFIRM = "confirm"


async def ask_move(update: Update, context: Context) -> State:  # noqa: ARG001
    """When and where instead?"""
    distribution = await handover.distribution_of_button(context)
    await rescheduling.require_movable(context.session, distribution)
    keep(context.conversation, group=context.group.id, distribution=distribution.id)
    step_by_step = context.step_button(context.texts.label("Step by step"), "steps")
    screen = views.ask_move(context.texts, distribution, step_by_step, _cancel(context))
    context.say(context.to_answer(screen))
    return State.LINE


async def take_line(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """All of it in one line."""
    distribution = await _asked(context)
    try:
        planned = dates.parse_distribution(context.typed)
    except dates.NotUnderstood as problem:
        return _again(context, distribution_views.not_understood(context.texts, problem.part))
    starts_at = dates.moment(planned.starts, _zone(context))
    closes_at = dates.moment(planned.closes, _zone(context)) if planned.closes else None
    return await _preview(context, distribution, planned.place, starts_at, closes_at)


async def ask_date(update: Update, context: Context) -> State:  # noqa: ARG001
    """Step by step: the day."""
    _ = await _asked(context)
    context.show(context.to_answer(distribution_views.ask_date(context.texts, _cancel(context))))
    return State.DATE


async def take_date(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """The day."""
    _ = await _asked(context)
    try:
        day = dates.parse_date(context.typed)
    except dates.NotUnderstood as problem:
        return _again(context, distribution_views.not_understood(context.texts, problem.part))
    keep(context.conversation, date=day.isoformat())
    context.say(context.to_answer(distribution_views.ask_time(context.texts, day, _cancel(context))))
    return State.TIME


async def take_time(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """The time of day."""
    distribution = await _asked(context)
    try:
        time = dates.parse_time(context.typed)
    except dates.NotUnderstood as problem:
        return _again(context, distribution_views.not_understood(context.texts, problem.part))
    day = dt.date.fromisoformat(context.conversation.data["date"])
    starts_at = dates.moment(dt.datetime.combine(day, time), _zone(context))
    keep(context.conversation, starts=starts_at.isoformat())
    screen = distribution_views.ask_place(context.texts, _cancel(context))
    same = context.step_button(distribution.place[:60], "same", style="primary")
    context.say(context.to_answer(screen.with_rows([(same,), *screen.rows])))
    return State.PLACE


async def take_place(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """The place."""
    distribution = await _asked(context)
    try:
        place = dates.parse_place(context.typed)
    except dates.NotUnderstood as problem:
        return _again(context, distribution_views.not_understood(context.texts, problem.part))
    return await _preview(context, distribution, place, _starts_at(context), None)


async def same_place(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """Where it was to be anyway."""
    distribution = await _asked(context)
    return await _preview(context, distribution, distribution.place, _starts_at(context), None)


async def _preview(
    context: Context,
    distribution: Distribution,
    place: str,
    starts_at: dt.datetime,
    closes_at: dt.datetime | None,
) -> State | None:
    """Before and after. Left out, the closing stays where it was, at the latest when the distribution starts."""
    closes_at = closes_at or min(distribution.closes_at, starts_at)
    try:
        rescheduling.check_move(distribution, starts_at, closes_at)
    except distributions.InvalidDistribution as problem:
        return _again(context, errors.sentence(context.texts, problem))
    orders = await validation.order_states(context.session, context.group.id, distribution.id)
    keep(
        context.conversation,
        was=_as_it_is(distribution),
        place=place,
        starts=starts_at.isoformat(),
        closes=closes_at.isoformat(),
    )
    yes = context.step_button(context.texts.label("✅ Confirm"), "confirm", style="success")
    draft = Draft(place, starts_at, closes_at)
    context.show(views.move_preview(context.texts, distribution, draft, len(orders), yes, _cancel(context)))
    return State.CONFIRM


async def confirm_move(update: Update, context: Context) -> str:  # noqa: ARG001
    """✅: moved, once; everybody is told."""
    by, data = context.coordinator, context.conversation.data
    distribution = await _asked(context)
    await rescheduling.lock_distribution(context.session, by.group_id, distribution.id)
    if _as_it_is(distribution) != data["was"]:
        last = await rescheduling.last_move(context.session, distribution.id)
        context.toast(
            errors.plain(views.moved_meanwhile(context.texts, last[1] if last else "?")), alert=True
        )
        await handover.show_day(context, distribution)
        return END
    moved = await rescheduling.move_distribution(
        context.session,
        by.group_id,
        distribution.id,
        data["place"],
        dt.datetime.fromisoformat(data["starts"]),
        dt.datetime.fromisoformat(data["closes"]),
        by,
    )
    context.toast(context.texts.label("📅 The distribution is moved."))

    def say(texts: Texts) -> Screen:
        return views.moved(texts, context.group, moved, by.name)

    states = await validation.order_states(context.session, by.group_id, moved.id)
    await context.notify.each((state.member, say) for state in states)
    await context.notify.members_chats(say)
    await handover.show_day(context, moved)
    return END


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """It stays as it is."""
    await handover.show_day(context, await _asked(context))
    return END


async def ask_cancel(update: Update, context: Context) -> None:  # noqa: ARG001
    """What cancelling does: sure?"""
    distribution = await handover.distribution_of_button(context)
    await rescheduling.require_movable(context.session, distribution)
    await _ask_cancel(context, distribution)


async def _ask_cancel(context: Context, distribution: Distribution) -> None:
    states = await validation.order_states(context.session, context.group.id, distribution.id)
    context.show(views.sure_to_cancel(context.texts, context.group, distribution, states))


async def cancel(update: Update, context: Context) -> None:  # noqa: ARG001
    """Cancelled, with the orders that were shown; asked again when anything of them changed."""
    by = context.coordinator
    (distribution_id, _), seen = context.numbers_seen(2)
    distribution = await distributions.get_distribution(context.session, by.group_id, distribution_id)
    try:
        async with context.attempt():
            done = await rescheduling.cancel_distribution(
                context.session, by.group_id, distribution_id, by, seen=seen
            )
    except SeenChanged as refusal:
        toast_refusal(context, refusal)
        await _ask_cancel(context, distribution)
        return
    context.toast(context.texts.label("🚫 The distribution is cancelled."))
    await _tell_cancelled(context, distribution, done)
    await handover.show_day(context, distribution)


async def _tell_cancelled(
    context: Context, distribution: Distribution, done: Sequence[rescheduling.Cancelled]
) -> None:
    group, by = context.group, context.coordinator.name
    awaited = await awaited_among(context.session, [one.state.member for one in done])

    def say(one: rescheduling.Cancelled) -> Say:
        left = awaited[one.state.member.id]
        return lambda texts: views.told_cancelled(texts, group, distribution, one, by, left)

    await context.notify.each((one.state.member, say(one)) for one in done)
    await context.notify.members_chats(
        lambda texts: views.cancelled(texts, group, distribution, by, len(done))
    )


async def _asked(context: Context) -> Distribution:
    """The distribution that was asked about, of the group it was asked in."""
    group_id = context.coordinator.group_id
    data = context.conversation.data
    if data["group"] != group_id:
        raise NotFound("distribution", data["distribution"])
    return await distributions.get_distribution(context.session, group_id, data["distribution"])


def _as_it_is(distribution: Distribution) -> list[str]:
    return [distribution.place, distribution.starts_at.isoformat(), distribution.closes_at.isoformat()]


def _starts_at(context: Context) -> dt.datetime:
    return dt.datetime.fromisoformat(context.conversation.data["starts"])


def _again(context: Context, sentence: str) -> State | None:
    """Ask once more: the state stays."""
    context.say(context.to_answer(Screen(sentence)))
    return None


def _zone(context: Context) -> ZoneInfo:
    return ZoneInfo(context.group.time_zone)


def _cancel(context: Context) -> ScreenButton:
    return context.step_button(context.texts.label("Cancel"), "cancel")


CANCEL = StepButton("cancel", leave)
conversation = DurableConversation(
    name="handover_plan",
    entry_points=[
        Button("dmove", ask_move),
        Button("dcancel", ask_cancel),
        Button("dcancelyes", cancel),
    ],
    states={
        State.LINE: [CANCEL, StepButton("steps", ask_date), Typed(take_line)],
        State.DATE: [CANCEL, Typed(take_date)],
        State.TIME: [CANCEL, Typed(take_time)],
        State.PLACE: [CANCEL, StepButton("same", same_place), Typed(take_place)],
        State.CONFIRM: [CANCEL, StepButton("confirm", confirm_move)],
    },
)
