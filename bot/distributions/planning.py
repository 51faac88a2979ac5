"""Distributions: the list, and a new one, typed in one line or step by step; announced once it is confirmed."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from zoneinfo import ZoneInfo

from telegram import Update

from bot.distributions.views import planning as views
from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Context
from bot.refusals import sentences as errors
from bot.ui import dates
from bot.ui.screen import Button as ScreenButton
from bot.ui.screen import Screen
from bot.ui.texts import Texts
from ledger.catalogue.service import count_products
from ledger.db import utc_now
from ledger.errors import NotFound
from ledger.orders import distributions
from ledger.orders.models import Distribution


class State(StrEnum):
    """What the coordinator is asked."""

    DATE = "date"
    TIME = "time"
    PLACE = "place"
    CLOSING = "closing"
    CONFIRM = "confirm"


async def show_distributions(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """/distributions: the list; with a line, a new one."""
    member = context.coordinator
    if context.command_text and context.scene.update.callback_query is None:
        return _from_line(context)
    found = await distributions.summaries(context.session, member.group_id)
    context.show(views.listing(context.texts, context.group, found, utc_now()))
    return None


def _from_line(context: Context) -> State | None:
    texts = context.texts
    try:
        planned = dates.parse_distribution(context.command_text)
    except dates.NotUnderstood as problem:
        context.say(Screen(f"{views.not_understood(texts, problem.part)}\n\n{views.one_line_form(texts)}"))
        return None
    starts_at = dates.moment(planned.starts, _zone(context))
    if planned.closes is None:
        closes_at = dates.usual_closing(starts_at, _zone(context), utc_now())
    else:
        closes_at = dates.moment(planned.closes, _zone(context))
    distributions.check_dates(starts_at, closes_at, utc_now())
    return _preview(context, views.Draft(planned.place, starts_at, closes_at, planned.closes is None))


async def ask_date(update: Update, context: Context) -> State:  # noqa: ARG001
    """➕: step by step."""
    _ = context.coordinator
    context.say(context.to_answer(views.ask_date(context.texts, _cancel(context))))
    return State.DATE


async def take_date(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """The day."""
    _ = context.coordinator
    try:
        day = dates.parse_date(context.typed)
        end_of_day = dates.moment(dt.datetime.combine(day, dt.time(23, 59)), _zone(context))
        distributions.check_dates(end_of_day, end_of_day, utc_now())
    except (dates.NotUnderstood, distributions.InvalidDistribution) as problem:
        return _again(context, problem)
    keep(context.conversation, date=day.isoformat())
    context.say(context.to_answer(views.ask_time(context.texts, day, _cancel(context))))
    return State.TIME


async def take_time(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """The time of day."""
    _ = context.coordinator
    day = dt.date.fromisoformat(context.conversation.data["date"])
    try:
        time = dates.parse_time(context.typed)
        starts_at = dates.moment(dt.datetime.combine(day, time), _zone(context))
        distributions.check_dates(starts_at, starts_at, utc_now())
    except (dates.NotUnderstood, distributions.InvalidDistribution) as problem:
        return _again(context, problem)
    keep(context.conversation, starts=starts_at.isoformat())
    context.say(context.to_answer(views.ask_place(context.texts, _cancel(context))))
    return State.PLACE


async def take_place(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """The place."""
    _ = context.coordinator
    try:
        place = dates.parse_place(context.typed)
    except dates.NotUnderstood as problem:
        return _again(context, problem)
    closes_at = dates.usual_closing(_starts_at(context), _zone(context), utc_now())
    keep(context.conversation, place=place, proposed=closes_at.isoformat())
    proposed = context.step_button(context.texts.day_and_time(closes_at), "closing", style="primary")
    screen = views.ask_closing(context.texts, proposed, _cancel(context))
    context.say(context.to_answer(screen))
    return State.CLOSING


async def take_closing(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """When orders close, typed."""
    _ = context.coordinator
    starts_at = _starts_at(context)
    try:
        closes_at = dates.moment(dates.parse_moment(context.typed), _zone(context))
        distributions.check_dates(starts_at, closes_at, utc_now())
    except dates.NotUnderstood:
        return _again(context, dates.NotUnderstood("closing"))
    except distributions.InvalidDistribution as problem:
        return _again(context, problem)
    return _preview(context, views.Draft(context.conversation.data["place"], starts_at, closes_at))


async def take_proposed_closing(update: Update, context: Context) -> State:  # noqa: ARG001
    """When orders close, as proposed."""
    _ = context.coordinator
    data = context.conversation.data
    closes_at = dt.datetime.fromisoformat(data["proposed"])
    return _preview(context, views.Draft(data["place"], _starts_at(context), closes_at))


async def confirm(update: Update, context: Context) -> str:  # noqa: ARG001
    """✅: announced, once."""
    member, data = context.coordinator, context.conversation.data
    if data["group"] != member.group_id:
        raise NotFound("distribution", data["group"])
    distribution = await distributions.announce(
        context.session,
        member.group_id,
        data["place"],
        _starts_at(context),
        dt.datetime.fromisoformat(data["closes"]),
    )
    in_chat, told = await _tell_members(context, distribution)
    products = await count_products(context.session, member.group_id)
    context.show(
        views.announced(context.texts, context.group, distribution, told, in_chat=in_chat, catalogue=products)
    )
    return END


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """Not after all."""
    _ = context.coordinator
    context.show(views.not_announced(context.texts))
    return END


async def _tell_members(context: Context, distribution: Distribution) -> tuple[bool, int]:
    """In the members' chats, or where there is none to everybody in private; says which, and to how many."""
    group = context.group
    url = context.deep_link(f"o_{group.invitation}")

    def say(texts: Texts) -> Screen:
        return views.announcement(texts, group, distribution, url)

    if await context.notify.members_chats(say):
        return True, 0
    return False, len((await context.notify.everybody(say)).reached)


def _preview(context: Context, draft: views.Draft) -> State:
    texts = context.texts
    keep(
        context.conversation,
        group=context.group.id,
        place=draft.place,
        starts=draft.starts_at.isoformat(),
        closes=draft.closes_at.isoformat(),
    )
    confirm_button = context.step_button(texts.label("✅ Confirm"), "confirm", style="success")
    context.show(views.preview(texts, context.group, draft, confirm_button, _cancel(context)))
    return State.CONFIRM


def _again(context: Context, problem: Exception) -> State | None:
    """Ask once more: the state stays."""
    if isinstance(problem, dates.NotUnderstood):
        sentence = views.not_understood(context.texts, problem.part)
    else:
        assert isinstance(problem, distributions.InvalidDistribution)
        sentence = errors.sentence(context.texts, problem)
    context.say(context.to_answer(Screen(sentence)))
    return None


def _cancel(context: Context) -> ScreenButton:
    return context.step_button(context.texts.label("Cancel"), "cancel")


def _starts_at(context: Context) -> dt.datetime:
    return dt.datetime.fromisoformat(context.conversation.data["starts"])


def _zone(context: Context) -> ZoneInfo:
    return ZoneInfo(context.group.time_zone)


CANCEL = StepButton("cancel", leave)
conversation = DurableConversation(
    name="distributions",
    entry_points=[
        Command(("distributions",), show_distributions),
        Button("distributions", show_distributions),
        Button("newdist", ask_date),
    ],
    states={
        State.DATE: [CANCEL, Typed(take_date)],
        State.TIME: [CANCEL, Typed(take_time)],
        State.PLACE: [CANCEL, Typed(take_place)],
        State.CLOSING: [CANCEL, StepButton("closing", take_proposed_closing), Typed(take_closing)],
        State.CONFIRM: [CANCEL, StepButton("confirm", confirm)],
    },
)
