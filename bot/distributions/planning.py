"""Distributions: the list, and a new one, typed in one line or step by step; announced once it is confirmed."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.distributions.taps import (
    DISTRIBUTIONS,
    Announce,
    Distributions,
    NewDistribution,
    ProposedClosing,
)
from bot.distributions.views import planning as views
from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.refusals import sentences as errors
from bot.rights import May
from bot.ui import dates
from bot.ui.screen import Screen
from bot.ui.texts import Texts
from ledger.catalogue.service import count_products
from ledger.db import utc_now
from ledger.orders import distributions
from ledger.orders.models import Distribution


class State(StrEnum):
    """What the coordinator is asked."""

    DATE = "date"
    TIME = "time"
    PLACE = "place"
    CLOSING = "closing"
    CONFIRM = "confirm"


class PlanDraft(Draft):
    """What is known of a distribution so far; ``proposed``: when orders close unless somebody says otherwise."""

    date: dt.date | None = None
    starts: dt.datetime | None = None
    place: str = ""
    proposed: dt.datetime | None = None
    closes: dt.datetime | None = None


async def show_distributions(scene: Scene) -> State | None:
    """Shows the list; with a line after the command, a new one."""
    if scene.command_text and scene.update.callback_query is None:
        return _from_line(scene)
    found = await distributions.summaries(scene.session, scene.group.id)
    scene.show(views.listing(scene.texts, scene.group, found, utc_now()))
    return None


def _from_line(scene: Scene) -> State | None:
    texts = scene.texts
    try:
        planned = dates.parse_distribution(scene.command_text)
    except dates.NotUnderstood as problem:
        scene.say(Screen(f"{views.not_understood(texts, problem.part)}\n\n{views.one_line_form(texts)}"))
        return None
    starts_at = dates.moment(planned.starts, _zone(scene))
    if planned.closes is None:
        closes_at = dates.usual_closing(starts_at, _zone(scene), utc_now())
    else:
        closes_at = dates.moment(planned.closes, _zone(scene))
    distributions.check_dates(starts_at, closes_at, utc_now())
    draft = PlanDraft(place=planned.place, starts=starts_at)
    scene.keep(draft)
    return _preview(scene, draft, closes_at, by_default=planned.closes is None)


async def ask_date(scene: Scene) -> State:
    """Asks for the day, the first of the steps."""
    scene.keep(PlanDraft())
    scene.ask(views.ask_date(scene.texts, cancel_button(scene)))
    return State.DATE


async def take_date(scene: Scene, draft: PlanDraft) -> State | None:
    """Takes the day and asks for the time."""
    try:
        day = dates.parse_date(scene.typed)
        end_of_day = dates.moment(dt.datetime.combine(day, dt.time(23, 59)), _zone(scene))
        distributions.check_dates(end_of_day, end_of_day, utc_now())
    except (dates.NotUnderstood, distributions.InvalidDistribution) as problem:
        return _again(scene, problem)
    draft.date = day
    scene.ask(views.ask_time(scene.texts, day, cancel_button(scene)))
    return State.TIME


async def take_time(scene: Scene, draft: PlanDraft) -> State | None:
    """Takes the time of day and asks for the place."""
    assert draft.date is not None, "it was asked for before"
    try:
        time = dates.parse_time(scene.typed)
        starts_at = dates.moment(dt.datetime.combine(draft.date, time), _zone(scene))
        distributions.check_dates(starts_at, starts_at, utc_now())
    except (dates.NotUnderstood, distributions.InvalidDistribution) as problem:
        return _again(scene, problem)
    draft.starts = starts_at
    scene.ask(views.ask_place(scene.texts, cancel_button(scene)))
    return State.PLACE


async def take_place(scene: Scene, draft: PlanDraft) -> State | None:
    """Takes the place and asks when orders close."""
    try:
        draft.place = dates.parse_place(scene.typed)
    except dates.NotUnderstood as problem:
        return _again(scene, problem)
    draft.proposed = dates.usual_closing(_starts_at(draft), _zone(scene), utc_now())
    label = scene.texts.day_and_time(draft.proposed)
    proposed = scene.step_button(label, ProposedClosing(), style="primary")
    scene.ask(views.ask_closing(scene.texts, proposed, cancel_button(scene)))
    return State.CLOSING


async def take_closing(scene: Scene, draft: PlanDraft) -> State | None:
    """Takes when orders close, typed."""
    try:
        closes_at = dates.moment(dates.parse_moment(scene.typed), _zone(scene))
        distributions.check_dates(_starts_at(draft), closes_at, utc_now())
    except dates.NotUnderstood:
        return _again(scene, dates.NotUnderstood("closing"))
    except distributions.InvalidDistribution as problem:
        return _again(scene, problem)
    return _preview(scene, draft, closes_at)


async def take_proposed_closing(scene: Scene, draft: PlanDraft) -> State:
    """Takes when orders close, as proposed."""
    assert draft.proposed is not None, "it was proposed before"
    return _preview(scene, draft, draft.proposed)


async def confirm(scene: Scene, draft: PlanDraft) -> str:
    """Announces it, once."""
    assert draft.closes is not None, "it was shown before"
    group = scene.group
    distribution = await distributions.announce(
        scene.session, group.id, draft.place, _starts_at(draft), draft.closes
    )
    in_chat, told = await _tell_members(scene, distribution)
    products = await count_products(scene.session, group.id)
    scene.show(views.announced(scene.texts, group, distribution, told, in_chat=in_chat, catalogue=products))
    return END


async def leave(scene: Scene) -> str:
    """Announces nothing after all."""
    scene.show(views.not_announced(scene.texts))
    return END


async def _tell_members(scene: Scene, distribution: Distribution) -> tuple[bool, int]:
    """In the members' chats, or where there is none to everybody in private; says which, and to how many."""
    group = scene.group
    url = scene.deep_link(f"o_{group.invitation}")

    def say(texts: Texts) -> Screen:
        return views.announcement(texts, group, distribution, url)

    if await scene.notify.members_chats(say):
        return True, 0
    return False, len((await scene.notify.everybody(say)).reached)


def _preview(scene: Scene, draft: PlanDraft, closes_at: dt.datetime, *, by_default: bool = False) -> State:
    """Shows what will be announced; ``by_default``: nobody said when orders close."""
    draft.closes = closes_at
    texts = scene.texts
    yes = scene.step_button(texts.label("✅ Confirm"), Announce(), style="success")
    planned = views.Draft(draft.place, _starts_at(draft), closes_at, by_default)
    scene.show(views.preview(texts, scene.group, planned, yes, cancel_button(scene)))
    return State.CONFIRM


def _again(scene: Scene, problem: Exception) -> State | None:
    """Asks once more: the state stays."""
    if isinstance(problem, dates.NotUnderstood):
        sentence = views.not_understood(scene.texts, problem.part)
    else:
        assert isinstance(problem, distributions.InvalidDistribution)
        sentence = errors.sentence(scene.texts, problem)
    scene.ask(Screen(sentence))
    return None


def _starts_at(draft: PlanDraft) -> dt.datetime:
    assert draft.starts is not None, "it was asked for before"
    return draft.starts


def _zone(scene: Scene) -> ZoneInfo:
    return ZoneInfo(scene.group.time_zone)


conversation = Conversation(
    "distributions",
    may=May.PLAN_DISTRIBUTIONS,
    draft=PlanDraft,
    entry_points=[
        On(DISTRIBUTIONS, show_distributions),
        On(Distributions, show_distributions),
        On(NewDistribution, ask_date),
    ],
    states={
        State.DATE: [Typed(take_date)],
        State.TIME: [Typed(take_time)],
        State.PLACE: [Typed(take_place)],
        State.CLOSING: [On(ProposedClosing, take_proposed_closing), Typed(take_closing)],
        State.CONFIRM: [On(Announce, confirm)],
    },
    cancel=leave,
)
