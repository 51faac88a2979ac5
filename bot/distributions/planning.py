"""Distributions: the list, and a new one, typed in one line or step by step; announced once it is confirmed."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.distributions.views import planning as views
from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Scene
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


async def show_distributions(scene: Scene) -> State | None:
    """/distributions: the list; with a line, a new one."""
    member = scene.coordinator
    if scene.command_text and scene.update.callback_query is None:
        return _from_line(scene)
    found = await distributions.summaries(scene.session, member.group_id)
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
    return _preview(scene, views.Draft(planned.place, starts_at, closes_at, planned.closes is None))


async def ask_date(scene: Scene) -> State:
    """➕: step by step."""
    _ = scene.coordinator
    scene.say(scene.to_answer(views.ask_date(scene.texts, _cancel(scene))))
    return State.DATE


async def take_date(scene: Scene) -> State | None:
    """The day."""
    _ = scene.coordinator
    try:
        day = dates.parse_date(scene.typed)
        end_of_day = dates.moment(dt.datetime.combine(day, dt.time(23, 59)), _zone(scene))
        distributions.check_dates(end_of_day, end_of_day, utc_now())
    except (dates.NotUnderstood, distributions.InvalidDistribution) as problem:
        return _again(scene, problem)
    keep(scene.conversation, date=day.isoformat())
    scene.say(scene.to_answer(views.ask_time(scene.texts, day, _cancel(scene))))
    return State.TIME


async def take_time(scene: Scene) -> State | None:
    """The time of day."""
    _ = scene.coordinator
    day = dt.date.fromisoformat(scene.conversation.data["date"])
    try:
        time = dates.parse_time(scene.typed)
        starts_at = dates.moment(dt.datetime.combine(day, time), _zone(scene))
        distributions.check_dates(starts_at, starts_at, utc_now())
    except (dates.NotUnderstood, distributions.InvalidDistribution) as problem:
        return _again(scene, problem)
    keep(scene.conversation, starts=starts_at.isoformat())
    scene.say(scene.to_answer(views.ask_place(scene.texts, _cancel(scene))))
    return State.PLACE


async def take_place(scene: Scene) -> State | None:
    """The place."""
    _ = scene.coordinator
    try:
        place = dates.parse_place(scene.typed)
    except dates.NotUnderstood as problem:
        return _again(scene, problem)
    closes_at = dates.usual_closing(_starts_at(scene), _zone(scene), utc_now())
    keep(scene.conversation, place=place, proposed=closes_at.isoformat())
    proposed = scene.step_button(scene.texts.day_and_time(closes_at), "closing", style="primary")
    screen = views.ask_closing(scene.texts, proposed, _cancel(scene))
    scene.say(scene.to_answer(screen))
    return State.CLOSING


async def take_closing(scene: Scene) -> State | None:
    """When orders close, typed."""
    _ = scene.coordinator
    starts_at = _starts_at(scene)
    try:
        closes_at = dates.moment(dates.parse_moment(scene.typed), _zone(scene))
        distributions.check_dates(starts_at, closes_at, utc_now())
    except dates.NotUnderstood:
        return _again(scene, dates.NotUnderstood("closing"))
    except distributions.InvalidDistribution as problem:
        return _again(scene, problem)
    return _preview(scene, views.Draft(scene.conversation.data["place"], starts_at, closes_at))


async def take_proposed_closing(scene: Scene) -> State:
    """When orders close, as proposed."""
    _ = scene.coordinator
    data = scene.conversation.data
    closes_at = dt.datetime.fromisoformat(data["proposed"])
    return _preview(scene, views.Draft(data["place"], _starts_at(scene), closes_at))


async def confirm(scene: Scene) -> str:
    """✅: announced, once."""
    member, data = scene.coordinator, scene.conversation.data
    if data["group"] != member.group_id:
        raise NotFound("distribution", data["group"])
    distribution = await distributions.announce(
        scene.session,
        member.group_id,
        data["place"],
        _starts_at(scene),
        dt.datetime.fromisoformat(data["closes"]),
    )
    in_chat, told = await _tell_members(scene, distribution)
    products = await count_products(scene.session, member.group_id)
    scene.show(
        views.announced(scene.texts, scene.group, distribution, told, in_chat=in_chat, catalogue=products)
    )
    return END


async def leave(scene: Scene) -> str:
    """Not after all."""
    _ = scene.coordinator
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


def _preview(scene: Scene, draft: views.Draft) -> State:
    texts = scene.texts
    keep(
        scene.conversation,
        group=scene.group.id,
        place=draft.place,
        starts=draft.starts_at.isoformat(),
        closes=draft.closes_at.isoformat(),
    )
    confirm_button = scene.step_button(texts.label("✅ Confirm"), "confirm", style="success")
    scene.show(views.preview(texts, scene.group, draft, confirm_button, _cancel(scene)))
    return State.CONFIRM


def _again(scene: Scene, problem: Exception) -> State | None:
    """Ask once more: the state stays."""
    if isinstance(problem, dates.NotUnderstood):
        sentence = views.not_understood(scene.texts, problem.part)
    else:
        assert isinstance(problem, distributions.InvalidDistribution)
        sentence = errors.sentence(scene.texts, problem)
    scene.say(scene.to_answer(Screen(sentence)))
    return None


def _cancel(scene: Scene) -> ScreenButton:
    return scene.step_button(scene.texts.label("Cancel"), "cancel")


def _starts_at(scene: Scene) -> dt.datetime:
    return dt.datetime.fromisoformat(scene.conversation.data["starts"])


def _zone(scene: Scene) -> ZoneInfo:
    return ZoneInfo(scene.group.time_zone)


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
