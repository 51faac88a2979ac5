"""A distribution is moved, in one line or step by step, or cancelled; whoever is concerned is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.distributions.views import planning as distribution_views
from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.notify import Say
from bot.edge.scene import Scene
from bot.handover import pages
from bot.handover.taps.day import AskCancel, CancelDistribution, ConfirmMove, Move, SamePlace, StepByStep
from bot.handover.telling import toast_refusal
from bot.handover.views import plan as views
from bot.refusals import sentences as errors
from bot.rights import May
from bot.ui import dates
from bot.ui.screen import Screen
from bot.ui.taps import Id
from bot.ui.texts import Texts
from ledger.orders import distributions, rescheduling, validation
from ledger.orders.expected import expected_among
from ledger.orders.models import Distribution
from ledger.orders.seen import SeenChanged


class State(StrEnum):
    """What the coordinator is asked."""

    LINE = "line"
    DATE = "date"
    TIME = "time"
    PLACE = "place"
    CONFIRM = "confirm"


class MoveDraft(Draft):
    """What a distribution becomes; ``was``: how it stood when that was shown."""

    distribution: Id
    date: dt.date | None = None
    starts: dt.datetime | None = None
    closes: dt.datetime | None = None
    place: str = ""
    was: tuple[str, ...] = ()


async def ask_move(scene: Scene, tap: Move) -> State:
    """Asks when and where instead."""
    distribution = await pages.get_distribution(scene, tap.distribution)
    await rescheduling.require_movable(scene.session, distribution)
    scene.keep(MoveDraft(distribution=distribution.id))
    step_by_step = scene.step_button(scene.texts.label("Step by step"), StepByStep())
    scene.ask(views.ask_move(scene.texts, distribution, step_by_step, cancel_button(scene)))
    return State.LINE


async def take_line(scene: Scene, draft: MoveDraft) -> State | None:
    """Takes all of it in one line."""
    try:
        planned = dates.parse_distribution(scene.typed)
    except dates.NotUnderstood as problem:
        return _again(scene, distribution_views.not_understood(scene.texts, problem.part))
    starts_at = dates.moment(planned.starts, _zone(scene))
    closes_at = dates.moment(planned.closes, _zone(scene)) if planned.closes else None
    return await _preview(scene, draft, planned.place, starts_at, closes_at)


async def ask_date(scene: Scene) -> State:
    """Asks for the day, the first of the steps."""
    scene.ask(distribution_views.ask_date(scene.texts, cancel_button(scene)), in_place=True)
    return State.DATE


async def take_date(scene: Scene, draft: MoveDraft) -> State | None:
    """Takes the day and asks for the time."""
    try:
        draft.date = day = dates.parse_date(scene.typed)
    except dates.NotUnderstood as problem:
        return _again(scene, distribution_views.not_understood(scene.texts, problem.part))
    scene.ask(distribution_views.ask_time(scene.texts, day, cancel_button(scene)))
    return State.TIME


async def take_time(scene: Scene, draft: MoveDraft) -> State | None:
    """Takes the time of day and asks for the place."""
    assert draft.date is not None, "it was asked for before"
    try:
        time = dates.parse_time(scene.typed)
    except dates.NotUnderstood as problem:
        return _again(scene, distribution_views.not_understood(scene.texts, problem.part))
    draft.starts = dates.moment(dt.datetime.combine(draft.date, time), _zone(scene))
    distribution = await pages.get_distribution(scene, draft.distribution)
    screen = distribution_views.ask_place(scene.texts, cancel_button(scene))
    same = scene.step_button(distribution.place[:60], SamePlace(), style="primary")
    scene.ask(screen.with_rows([(same,), *screen.rows]))
    return State.PLACE


async def take_place(scene: Scene, draft: MoveDraft) -> State | None:
    """Takes the place."""
    try:
        place = dates.parse_place(scene.typed)
    except dates.NotUnderstood as problem:
        return _again(scene, distribution_views.not_understood(scene.texts, problem.part))
    return await _preview(scene, draft, place, _starts_at(draft), None)


async def same_place(scene: Scene, draft: MoveDraft) -> State | None:
    """Leaves it where it was to be anyway."""
    distribution = await pages.get_distribution(scene, draft.distribution)
    return await _preview(scene, draft, distribution.place, _starts_at(draft), None)


async def _preview(
    scene: Scene,
    draft: MoveDraft,
    place: str,
    starts_at: dt.datetime,
    closes_at: dt.datetime | None,
) -> State | None:
    """Shows before and after. Left out, the closing stays where it was, at the latest when the distribution starts."""
    distribution = await pages.get_distribution(scene, draft.distribution)
    closes_at = closes_at or min(distribution.closes_at, starts_at)
    try:
        rescheduling.check_move(distribution, starts_at, closes_at)
    except distributions.InvalidDistribution as problem:
        return _again(scene, errors.sentence(scene.texts, problem))
    orders = await validation.order_states(scene.session, scene.group.id, distribution.id)
    draft.was = _as_it_is(distribution)
    draft.place, draft.starts, draft.closes = place, starts_at, closes_at
    yes = scene.step_button(scene.texts.label("✅ Confirm"), ConfirmMove(), style="success")
    after = distribution_views.Draft(place, starts_at, closes_at)
    scene.show(views.move_preview(scene.texts, distribution, after, len(orders), yes, cancel_button(scene)))
    return State.CONFIRM


async def confirm_move(scene: Scene, draft: MoveDraft) -> str:
    """Moves it, once; everybody is told."""
    by = scene.member
    distribution = await pages.get_distribution(scene, draft.distribution)
    await rescheduling.lock_distribution(scene.session, by.group_id, distribution.id)
    if _as_it_is(distribution) != draft.was:
        last = await rescheduling.last_move(scene.session, distribution.id)
        scene.toast(errors.plain(views.moved_meanwhile(scene.texts, last[1] if last else "?")), alert=True)
        await pages.show_day(scene, distribution)
        return END
    moved = await rescheduling.move_distribution(
        scene.session,
        by.group_id,
        distribution.id,
        draft.place,
        _starts_at(draft),
        draft.closes or distribution.closes_at,
        by,
    )
    scene.toast(scene.texts.label("📅 The distribution is moved."))

    def say(texts: Texts) -> Screen:
        return views.moved(texts, scene.group, moved, by.name)

    states = await validation.order_states(scene.session, by.group_id, moved.id)
    await scene.notify.each((state.member, say) for state in states)
    await scene.notify.members_chats(say)
    await pages.show_day(scene, moved)
    return END


async def leave(scene: Scene, draft: MoveDraft) -> str:
    """Leaves it as it is."""
    await pages.show_day(scene, await pages.get_distribution(scene, draft.distribution))
    return END


async def ask_cancel(scene: Scene, tap: AskCancel) -> None:
    """Says what cancelling does, and asks."""
    distribution = await pages.get_distribution(scene, tap.distribution)
    await rescheduling.require_movable(scene.session, distribution)
    await _ask_cancel(scene, distribution)


async def _ask_cancel(scene: Scene, distribution: Distribution) -> None:
    states = await validation.order_states(scene.session, scene.group.id, distribution.id)
    scene.show(views.sure_to_cancel(scene.texts, scene.group, distribution, states))


async def cancel(scene: Scene, tap: CancelDistribution) -> None:
    """Cancels it with the orders that were shown; asks again when anything of them changed."""
    by = scene.member
    distribution = await pages.get_distribution(scene, tap.distribution)
    try:
        async with scene.attempt():
            done = await rescheduling.cancel_distribution(
                scene.session, by.group_id, distribution.id, by, seen=tap.seen
            )
    except SeenChanged as refusal:
        toast_refusal(scene, refusal)
        await _ask_cancel(scene, distribution)
        return
    scene.toast(scene.texts.label("🚫 The distribution is cancelled."))
    await _tell_cancelled(scene, distribution, done)
    await pages.show_day(scene, distribution)


async def _tell_cancelled(
    scene: Scene, distribution: Distribution, done: Sequence[rescheduling.Cancelled]
) -> None:
    group, by = scene.group, scene.member.name
    expected = await expected_among(scene.session, [one.state.member for one in done])

    def say(one: rescheduling.Cancelled) -> Say:
        left = expected[one.state.member.id]
        return lambda texts: views.told_cancelled(texts, group, distribution, one, by, left)

    await scene.notify.each((one.state.member, say(one)) for one in done)
    await scene.notify.members_chats(lambda texts: views.cancelled(texts, group, distribution, by, len(done)))


def _as_it_is(distribution: Distribution) -> tuple[str, ...]:
    return distribution.place, distribution.starts_at.isoformat(), distribution.closes_at.isoformat()


def _starts_at(draft: MoveDraft) -> dt.datetime:
    assert draft.starts is not None, "it was asked for before"
    return draft.starts


def _again(scene: Scene, sentence: str) -> State | None:
    """Asks once more: the state stays."""
    scene.ask(Screen(sentence))
    return None


def _zone(scene: Scene) -> ZoneInfo:
    return ZoneInfo(scene.group.time_zone)


conversation = Conversation(
    "handover_plan",
    may=May.PLAN_DISTRIBUTIONS,
    draft=MoveDraft,
    entry_points=[On(Move, ask_move), On(AskCancel, ask_cancel), On(CancelDistribution, cancel)],
    states={
        State.LINE: [On(StepByStep, ask_date), Typed(take_line)],
        State.DATE: [Typed(take_date)],
        State.TIME: [Typed(take_time)],
        State.PLACE: [On(SamePlace, same_place), Typed(take_place)],
        State.CONFIRM: [On(ConfirmMove, confirm_move)],
    },
    cancel=leave,
)
