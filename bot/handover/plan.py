"""A distribution is moved, in one line or step by step, or cancelled; whoever is concerned is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.distributions.views import planning as distribution_views
from bot.distributions.views.planning import Draft
from bot.edge.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.edge.notify import Say
from bot.edge.scene import Scene
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


async def ask_move(scene: Scene) -> State:
    """When and where instead?"""
    distribution = await handover.distribution_of_button(scene)
    await rescheduling.require_movable(scene.session, distribution)
    keep(scene.conversation, group=scene.group.id, distribution=distribution.id)
    step_by_step = scene.step_button(scene.texts.label("Step by step"), "steps")
    screen = views.ask_move(scene.texts, distribution, step_by_step, _cancel(scene))
    scene.say(scene.to_answer(screen))
    return State.LINE


async def take_line(scene: Scene) -> State | None:
    """All of it in one line."""
    distribution = await _asked(scene)
    try:
        planned = dates.parse_distribution(scene.typed)
    except dates.NotUnderstood as problem:
        return _again(scene, distribution_views.not_understood(scene.texts, problem.part))
    starts_at = dates.moment(planned.starts, _zone(scene))
    closes_at = dates.moment(planned.closes, _zone(scene)) if planned.closes else None
    return await _preview(scene, distribution, planned.place, starts_at, closes_at)


async def ask_date(scene: Scene) -> State:
    """Step by step: the day."""
    _ = await _asked(scene)
    scene.show(scene.to_answer(distribution_views.ask_date(scene.texts, _cancel(scene))))
    return State.DATE


async def take_date(scene: Scene) -> State | None:
    """The day."""
    _ = await _asked(scene)
    try:
        day = dates.parse_date(scene.typed)
    except dates.NotUnderstood as problem:
        return _again(scene, distribution_views.not_understood(scene.texts, problem.part))
    keep(scene.conversation, date=day.isoformat())
    scene.say(scene.to_answer(distribution_views.ask_time(scene.texts, day, _cancel(scene))))
    return State.TIME


async def take_time(scene: Scene) -> State | None:
    """The time of day."""
    distribution = await _asked(scene)
    try:
        time = dates.parse_time(scene.typed)
    except dates.NotUnderstood as problem:
        return _again(scene, distribution_views.not_understood(scene.texts, problem.part))
    day = dt.date.fromisoformat(scene.conversation.data["date"])
    starts_at = dates.moment(dt.datetime.combine(day, time), _zone(scene))
    keep(scene.conversation, starts=starts_at.isoformat())
    screen = distribution_views.ask_place(scene.texts, _cancel(scene))
    same = scene.step_button(distribution.place[:60], "same", style="primary")
    scene.say(scene.to_answer(screen.with_rows([(same,), *screen.rows])))
    return State.PLACE


async def take_place(scene: Scene) -> State | None:
    """The place."""
    distribution = await _asked(scene)
    try:
        place = dates.parse_place(scene.typed)
    except dates.NotUnderstood as problem:
        return _again(scene, distribution_views.not_understood(scene.texts, problem.part))
    return await _preview(scene, distribution, place, _starts_at(scene), None)


async def same_place(scene: Scene) -> State | None:
    """Where it was to be anyway."""
    distribution = await _asked(scene)
    return await _preview(scene, distribution, distribution.place, _starts_at(scene), None)


async def _preview(
    scene: Scene,
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
        return _again(scene, errors.sentence(scene.texts, problem))
    orders = await validation.order_states(scene.session, scene.group.id, distribution.id)
    keep(
        scene.conversation,
        was=_as_it_is(distribution),
        place=place,
        starts=starts_at.isoformat(),
        closes=closes_at.isoformat(),
    )
    yes = scene.step_button(scene.texts.label("✅ Confirm"), "confirm", style="success")
    draft = Draft(place, starts_at, closes_at)
    scene.show(views.move_preview(scene.texts, distribution, draft, len(orders), yes, _cancel(scene)))
    return State.CONFIRM


async def confirm_move(scene: Scene) -> str:
    """✅: moved, once; everybody is told."""
    by, data = scene.coordinator, scene.conversation.data
    distribution = await _asked(scene)
    await rescheduling.lock_distribution(scene.session, by.group_id, distribution.id)
    if _as_it_is(distribution) != data["was"]:
        last = await rescheduling.last_move(scene.session, distribution.id)
        scene.toast(errors.plain(views.moved_meanwhile(scene.texts, last[1] if last else "?")), alert=True)
        await handover.show_day(scene, distribution)
        return END
    moved = await rescheduling.move_distribution(
        scene.session,
        by.group_id,
        distribution.id,
        data["place"],
        dt.datetime.fromisoformat(data["starts"]),
        dt.datetime.fromisoformat(data["closes"]),
        by,
    )
    scene.toast(scene.texts.label("📅 The distribution is moved."))

    def say(texts: Texts) -> Screen:
        return views.moved(texts, scene.group, moved, by.name)

    states = await validation.order_states(scene.session, by.group_id, moved.id)
    await scene.notify.each((state.member, say) for state in states)
    await scene.notify.members_chats(say)
    await handover.show_day(scene, moved)
    return END


async def leave(scene: Scene) -> str:
    """It stays as it is."""
    await handover.show_day(scene, await _asked(scene))
    return END


async def ask_cancel(scene: Scene) -> None:
    """What cancelling does: sure?"""
    distribution = await handover.distribution_of_button(scene)
    await rescheduling.require_movable(scene.session, distribution)
    await _ask_cancel(scene, distribution)


async def _ask_cancel(scene: Scene, distribution: Distribution) -> None:
    states = await validation.order_states(scene.session, scene.group.id, distribution.id)
    scene.show(views.sure_to_cancel(scene.texts, scene.group, distribution, states))


async def cancel(scene: Scene) -> None:
    """Cancelled, with the orders that were shown; asked again when anything of them changed."""
    by = scene.coordinator
    (distribution_id, _), seen = scene.numbers_seen(2)
    distribution = await distributions.get_distribution(scene.session, by.group_id, distribution_id)
    try:
        async with scene.attempt():
            done = await rescheduling.cancel_distribution(
                scene.session, by.group_id, distribution_id, by, seen=seen
            )
    except SeenChanged as refusal:
        toast_refusal(scene, refusal)
        await _ask_cancel(scene, distribution)
        return
    scene.toast(scene.texts.label("🚫 The distribution is cancelled."))
    await _tell_cancelled(scene, distribution, done)
    await handover.show_day(scene, distribution)


async def _tell_cancelled(
    scene: Scene, distribution: Distribution, done: Sequence[rescheduling.Cancelled]
) -> None:
    group, by = scene.group, scene.coordinator.name
    awaited = await awaited_among(scene.session, [one.state.member for one in done])

    def say(one: rescheduling.Cancelled) -> Say:
        left = awaited[one.state.member.id]
        return lambda texts: views.told_cancelled(texts, group, distribution, one, by, left)

    await scene.notify.each((one.state.member, say(one)) for one in done)
    await scene.notify.members_chats(lambda texts: views.cancelled(texts, group, distribution, by, len(done)))


async def _asked(scene: Scene) -> Distribution:
    """The distribution that was asked about, of the group it was asked in."""
    group_id = scene.coordinator.group_id
    data = scene.conversation.data
    if data["group"] != group_id:
        raise NotFound("distribution", data["distribution"])
    return await distributions.get_distribution(scene.session, group_id, data["distribution"])


def _as_it_is(distribution: Distribution) -> list[str]:
    return [distribution.place, distribution.starts_at.isoformat(), distribution.closes_at.isoformat()]


def _starts_at(scene: Scene) -> dt.datetime:
    return dt.datetime.fromisoformat(scene.conversation.data["starts"])


def _again(scene: Scene, sentence: str) -> State | None:
    """Ask once more: the state stays."""
    scene.say(scene.to_answer(Screen(sentence)))
    return None


def _zone(scene: Scene) -> ZoneInfo:
    return ZoneInfo(scene.group.time_zone)


def _cancel(scene: Scene) -> ScreenButton:
    return scene.step_button(scene.texts.label("Cancel"), "cancel")


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
