"""Dates and times as people type them, and moments out of them. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ledger.names import clean_text

_DATE = re.compile(
    r"(?:(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"
    r"|(?P<day>[0-9]{1,2})[/.](?P<month>[0-9]{1,2})[/.](?P<year>[0-9]{4}))"
)
_TIME = re.compile(r"(?P<hour>[0-9]{1,2})\s?(?:[:hH]\s?(?P<minute>[0-9]{2})|[hH])")
_WHEN = r"(?P<{0}date>\S+)\s+(?:[àa]\s+|at\s+)?(?P<{0}time>[0-9]{{1,2}}\s?(?:[:hH]\s?[0-9]{{2}}|[hH]))"
_CLOSING = re.compile(
    r"(?:cl[oôÔ]tures?|closing|closes|closed?)\s*:?\s*(?:le\s+|on\s+)?" + _WHEN.format("c") + r"\s*",
    re.IGNORECASE,
)
_STARTS_CLOSING = re.compile(r"\s*(?:cl[oôÔ]t|clos)", re.IGNORECASE)
_LINE = re.compile(_WHEN.format("") + r"\s+(?P<place>\S.*)", re.IGNORECASE | re.DOTALL)

YEARS = range(2000, 2101)
LONGEST_PLACE = 100
CLOSING_TIME = dt.time(20)
"""When orders close on the day before, unless somebody says otherwise."""


class NotUnderstood(Exception):
    """The text is not what was asked for; ``part`` is ``line``, ``date``, ``time``, ``place`` or ``closing``."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True, slots=True)
class PlannedDistribution:
    """A distribution as typed, in the group's own time; ``closes`` is none when it was left out."""

    starts: dt.datetime
    place: str
    closes: dt.datetime | None


def parse_date(text: str) -> dt.date:
    """``2026-12-01``, ``01/12/2026`` or ``1.12.2026``. Raises :class:`NotUnderstood`."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise NotUnderstood("date")
    year, month, day = (int(match[a] or match[b]) for a, b in (("y", "year"), ("m", "month"), ("d", "day")))
    if year not in YEARS:
        raise NotUnderstood("date")
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise NotUnderstood("date") from None


def parse_time(text: str) -> dt.time:
    """``18:30``, ``18h30``, ``18 h 30``, ``18h``. Raises :class:`NotUnderstood`."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise NotUnderstood("time")
    try:
        return dt.time(int(match["hour"]), int(match["minute"] or 0))
    except ValueError:
        raise NotUnderstood("time") from None


def parse_moment(text: str) -> dt.datetime:
    """A date and a time, in the group's own time. Raises :class:`NotUnderstood`."""
    match = re.fullmatch(_WHEN.format(""), text.strip(), re.IGNORECASE)
    if match is None:
        raise NotUnderstood("closing")
    return dt.datetime.combine(parse_date(match["date"]), parse_time(match["time"]))


def parse_place(text: str) -> str:
    """A place on one line. Raises :class:`NotUnderstood`."""
    place = clean_text(text)
    if not 0 < len(place) <= LONGEST_PLACE:
        raise NotUnderstood("place")
    return place


def parse_distribution(text: str) -> PlannedDistribution:
    """``2026-12-01 18:30 Salle des fêtes ; clôture 2026-11-30 20:00``. Raises :class:`NotUnderstood`."""
    match = _LINE.fullmatch(text.strip())
    if match is None:
        raise NotUnderstood("line")
    place, semicolon, last = match["place"].rpartition(";")
    closes = None
    if semicolon and _STARTS_CLOSING.match(last):
        found = _CLOSING.fullmatch(last.strip())
        if found is None:
            raise NotUnderstood("closing")
        closes = parse_moment(f"{found['cdate']} {found['ctime']}")
    else:
        place = match["place"]
    starts = parse_moment(f"{match['date']} {match['time']}")
    return PlannedDistribution(starts, parse_place(place), closes)


def moment(local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The moment a clock in ``zone`` shows ``local``, in UTC.

    Of an hour the clock shows twice it is the first; an hour the clock leaves out becomes the one after it.
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)


def usual_closing(starts_at: dt.datetime, zone: ZoneInfo, now: dt.datetime) -> dt.datetime:
    """The evening before at 20:00; when that is past, the start itself."""
    eve = starts_at.astimezone(zone).date() - dt.timedelta(days=1)
    closes_at = moment(dt.datetime.combine(eve, CLOSING_TIME), zone)
    return closes_at if closes_at > now else starts_at
