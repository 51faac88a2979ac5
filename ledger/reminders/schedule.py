"""When reminders of a distribution are due, and until when they are of use. Pure: dates and a time zone in, moments out.

Days are counted on the group's calendar and hours on its clock, so a reminder at 18:00 is at 18:00 on both sides of a
change to summer time; only "four hours before closing" is four real hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ledger.orders.models import Distribution
from ledger.reminders.models import ReminderKind

QUIET_FROM = dt.time(21)
QUIET_UNTIL = dt.time(8)
"""From evening to morning nobody is reminded of anything; what is due goes in the morning, if it is of use then."""
EVE_AT = dt.time(18)
BEFORE_CLOSING = dt.timedelta(hours=4)
LASTS = dt.timedelta(hours=3)
"""How long a distribution takes: it is over so long after it started."""
NAG_DAYS = (0, 1, 3, 7)
"""Days after the end on which coordinators are told that a distribution is not validated; the last goes to all of them."""
LAST_NAG_KEEPS = dt.timedelta(days=7)
OLDEST = LASTS + dt.timedelta(days=NAG_DAYS[-1]) + LAST_NAG_KEEPS + dt.timedelta(days=1)
"""Distributions that started longer ago have nothing due any more."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A reminder's kind and slot, when it is due, and when it is of no use any more. ``days``: of a nag, after the end."""

    kind: ReminderKind
    slot: str
    due_at: dt.datetime
    useless_at: dt.datetime
    days: int = 0

    @property
    def is_escalation(self) -> bool:
        """Whether every coordinator is told, whoever muted it."""
        return self.kind is ReminderKind.UNVALIDATED and self.days == NAG_DAYS[-1]


def occasions(distribution: Distribution, zone: ZoneInfo) -> list[Occasion]:
    """Returns everything a distribution gives reason to say, as its dates stand; what quiet hours make useless is left
    out."""
    found = [*_before(distribution, zone), *_after(distribution, zone)]
    return [one for one in found if one.due_at < one.useless_at]


def is_quiet(moment: dt.datetime, zone: ZoneInfo) -> bool:
    """Returns whether people sleep at that moment."""
    time = moment.astimezone(zone).time()
    return time >= QUIET_FROM or time < QUIET_UNTIL


def after_quiet(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Returns the moment itself, or the end of the quiet hours it falls into."""
    if not is_quiet(moment, zone):
        return moment
    local = moment.astimezone(zone)
    day = local.date() + dt.timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    return _at(day, QUIET_UNTIL, zone)


def _before(distribution: Distribution, zone: ZoneInfo) -> Iterator[Occasion]:
    opens, closes, starts = distribution.opens_at, distribution.closes_at, distribution.starts_at
    if opens > distribution.created_at:
        yield Occasion(ReminderKind.OPENED, _slot(opens, zone), after_quiet(opens, zone), closes)
    # Where orders are open for less than eight hours, half of the time is left instead of four hours.
    closing = max(closes - BEFORE_CLOSING, opens + (closes - opens) / 2)
    yield Occasion(ReminderKind.CLOSING, _slot(closes, zone), after_quiet(closing, zone), closes)
    yield Occasion(ReminderKind.CLOSED, _slot(closes, zone), closes, max(starts, closes) + LASTS)
    eve = _at(starts.astimezone(zone).date() - dt.timedelta(days=1), EVE_AT, zone)
    yield Occasion(ReminderKind.EVE, _slot(starts, zone), eve, starts)
    yield Occasion(ReminderKind.SUMMARY, _slot(starts, zone), eve, starts)


def _after(distribution: Distribution, zone: ZoneInfo) -> Iterator[Occasion]:
    ended = (distribution.starts_at + LASTS).astimezone(zone)
    due = [
        after_quiet(_at(ended.date() + dt.timedelta(days=days), ended.time(), zone), zone)
        for days in NAG_DAYS
    ]
    useless = [*due[1:], due[-1] + LAST_NAG_KEEPS]
    for days, due_at, useless_at in zip(NAG_DAYS, due, useless, strict=True):
        slot = f"{_slot(distribution.starts_at, zone)}+{days}"
        yield Occasion(ReminderKind.UNVALIDATED, slot, due_at, useless_at, days)


def _slot(moment: dt.datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).date().isoformat()


def _at(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, time, tzinfo=zone).astimezone(dt.UTC)
