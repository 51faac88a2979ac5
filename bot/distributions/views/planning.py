"""Distributions as coordinators see them: the list, the questions for a new one, its preview, its announcement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.distributions.taps import Distributions, NewDistribution
from bot.handover.taps.day import Day
from bot.payments.taps import ExpectedAt
from bot.ui import money
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group
from ledger.orders.distributions import DistributionSummary
from ledger.orders.models import Distribution


@dataclass(frozen=True, slots=True)
class Draft:
    """A distribution that is not announced yet; ``by_default``: nobody said when orders close."""

    place: str
    starts_at: dt.datetime
    closes_at: dt.datetime
    by_default: bool = False


def listing(texts: Texts, group: Group, found: Sequence[DistributionSummary], now: dt.datetime) -> Screen:
    """The newest distributions."""
    lines: list[str] = [texts.t("📅 <b>Distributions</b> · {group}", group=group.title)]
    if not found:
        lines += ["", texts.t("None yet. Announce the first one: members will be told and can order.")]
    for summary in found:
        lines += ["", *_summary(texts, summary, now)]
    lines += ["", one_line_form(texts)]
    rows: list[Row] = [(button(texts.label("➕ New distribution"), NewDistribution(), style="primary"),)]
    rows += [
        (
            button(
                texts.label("📦 Distribution day · {day}", day=texts.short_day(s.distribution.starts_at)),
                Day(s.distribution.id),
            ),
        )
        for s in found[:6]
    ]
    rows += [
        (
            button(
                texts.label("✅ Payments · {day}", day=texts.short_day(s.distribution.starts_at)),
                ExpectedAt(s.distribution.id, 0),
            ),
        )
        for s in found[:4]
        if s.orders
    ]
    return Screen("\n".join(lines)).with_rows(rows)


def _summary(texts: Texts, summary: DistributionSummary, now: dt.datetime) -> list[str]:
    distribution = summary.distribution
    closing = texts.day_and_time(distribution.closes_at)
    if distribution.cancelled_at is not None:
        state = texts.t("🚫 cancelled")
    elif distribution.is_open(now):
        state = texts.t("🟢 open until {closing}", closing=closing)
    else:
        state = texts.t("⚪ closed since {closing}", closing=closing)
    return [
        texts.t(
            "<b>{when}</b> · {place}",
            when=texts.day_and_time(distribution.starts_at),
            place=distribution.place,
        ),
        state
        if distribution.cancelled_at is not None
        else texts.nt(
            "{state} · {n} order, {total}",
            "{state} · {n} orders, {total}",
            summary.orders,
            state=state,
            total=texts.money(summary.total_cents),
        ),
    ]


def one_line_form(texts: Texts) -> Html:
    """How to say it all in one line."""
    return texts.t(
        "In one line: <code>/distributions 2026-12-01 18:30 Town hall ; closing 2026-11-30 20:00</code>"
    )


def ask_date(texts: Texts, cancel: Button) -> Screen:
    """Which day?"""
    text = texts.t("On which day is the distribution? Type it like 2026-12-01 or 01/12/2026.")
    return Screen(text, ((cancel,),))


def ask_time(texts: Texts, day: dt.date, cancel: Button) -> Screen:
    """At what time?"""
    text = texts.t("{day}: at what time? Type it like 18:30.", day=texts.day(day))
    return Screen(text, ((cancel,),))


def ask_place(texts: Texts, cancel: Button) -> Screen:
    """Where?"""
    return Screen(texts.t("Where? Type the place or the address, on one line."), ((cancel,),))


def ask_closing(texts: Texts, proposed: Button, cancel: Button) -> Screen:
    """Until when can one order?"""
    text = texts.t("Until when can members order? Tap, or type a day and time like 2026-11-30 20:00.")
    return Screen(text, ((proposed,), (cancel,)))


def not_understood(texts: Texts, part: str) -> Html:
    """What was typed is not what was asked for."""
    if part == "date":
        return texts.t("I did not understand this day. Type it like 2026-12-01 or 01/12/2026.")
    if part == "time":
        return texts.t("I did not understand this time. Type it like 18:30 or 18h30.")
    if part == "place":
        return texts.t("I need a place, in at most 100 characters.")
    if part == "closing":
        return texts.t("I did not understand when orders close. Type a day and time like 2026-11-30 20:00.")
    return texts.t("I need a day, a time and a place.")


def preview(texts: Texts, group: Group, draft: Draft, confirm: Button, cancel: Button) -> Screen:
    """What will be announced."""
    lines: list[str] = [
        texts.t("📅 <b>New distribution</b> of {group}, not announced yet:", group=group.title),
        "",
        *details(texts, draft.place, draft.starts_at, draft.closes_at),
    ]
    if draft.by_default and draft.closes_at == draft.starts_at:
        lines += ["", texts.t("The evening before is past, so orders close when the distribution starts.")]
    elif draft.by_default:
        lines += ["", texts.t("You did not say when orders close: the day before at 20:00.")]
    return Screen("\n".join(lines), ((confirm,), (cancel,)))


def details(texts: Texts, place: str, starts_at: dt.datetime, closes_at: dt.datetime) -> list[str]:
    """Day, place and closing time, a line each."""
    return [
        texts.t("🗓 <b>{when}</b>", when=texts.dated(starts_at)),
        texts.t("📍 {place}", place=place),
        texts.t("⏳ Orders until {closing}", closing=texts.dated(closes_at)),
    ]


def announced(
    texts: Texts, group: Group, distribution: Distribution, told: int, *, in_chat: bool, catalogue: int
) -> Screen:
    """It is announced; who was told; what is missing still."""
    lines: list[str] = [
        texts.t("✅ Announced. Orders are open now."),
        "",
        *details(texts, distribution.place, distribution.starts_at, distribution.closes_at),
        "",
    ]
    if in_chat:
        lines.append(texts.t("Members were told in the group's chat."))
    else:
        lines.append(texts.nt("{n} member was told in private.", "{n} members were told in private.", told))
    if not catalogue:
        lines.append(
            texts.t("⚠️ The catalogue is empty: send me a CSV or Excel file, so that members can order.")
        )
    lines += money.no_iban(texts, group)
    return Screen(
        "\n".join(lines), ((button(texts.label("📅 Distributions"), Distributions(), below=True),),)
    )


def announcement(texts: Texts, group: Group, distribution: Distribution, order_url: str) -> Screen:
    """What members read."""
    lines: list[str] = [
        texts.t("🧺 <b>{group}</b>: a new distribution!", group=group.title),
        "",
        *details(texts, distribution.place, distribution.starts_at, distribution.closes_at),
    ]
    return Screen("\n".join(lines), ((Button(texts.label("🛒 Order"), url=order_url),),))


def not_announced(texts: Texts) -> Screen:
    """Cancelled."""
    return Screen(
        texts.t("Cancelled. Nothing was announced."),
        ((button(texts.label("📅 Distributions"), Distributions()),),),
    )
