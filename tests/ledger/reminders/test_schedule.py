"""When reminders are due: on the group's clock, never at night, never when they are of no use any more."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from ledger.orders.models import Distribution
from ledger.reminders.models import ReminderKind
from ledger.reminders.schedule import Occasion, after_quiet, occasions

PARIS = ZoneInfo("Europe/Paris")
KINDS = ReminderKind


def paris(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=PARIS)


def distribution(
    starts: str, closes: str, opens: str = "2026-10-01T10:00", created: str | None = None
) -> Distribution:
    return Distribution(
        id=1,
        group_id=1,
        place="Hall",
        starts_at=paris(starts).astimezone(dt.UTC),
        closes_at=paris(closes).astimezone(dt.UTC),
        opens_at=paris(opens).astimezone(dt.UTC),
        created_at=paris(created or opens).astimezone(dt.UTC),
    )


def due(found: list[Occasion], kind: ReminderKind) -> list[str]:
    """When a kind is due, as a clock in Paris shows it."""
    return [one.due_at.astimezone(PARIS).strftime("%Y-%m-%d %H:%M %z") for one in found if one.kind is kind]


def test_a_usual_week() -> None:
    found = occasions(distribution("2026-11-24T18:30", "2026-11-23T20:00"), PARIS)
    assert due(found, KINDS.OPENED) == []
    assert due(found, KINDS.CLOSING) == ["2026-11-23 16:00 +0100"]
    assert due(found, KINDS.CLOSED) == ["2026-11-23 20:00 +0100"]
    assert due(found, KINDS.EVE) == due(found, KINDS.SUMMARY) == ["2026-11-23 18:00 +0100"]
    assert due(found, KINDS.UNVALIDATED) == [
        "2026-11-25 08:00 +0100",  # it ends at 21:30: in the morning
        "2026-11-26 08:00 +0100",
        "2026-11-28 08:00 +0100",
        "2026-12-02 08:00 +0100",
    ]
    assert [one.is_escalation for one in found if one.kind is KINDS.UNVALIDATED] == [False] * 3 + [True]


@pytest.mark.parametrize(
    ("starts", "eve", "nags"),
    [
        # Clocks go back on Sunday 25 October 2026, at 3:00.
        ("2026-10-25T10:00", "2026-10-24 18:00 +0200", ["2026-10-25 13:00 +0100", "2026-10-26 13:00 +0100"]),
        ("2026-10-24T10:00", "2026-10-23 18:00 +0200", ["2026-10-24 13:00 +0200", "2026-10-25 13:00 +0100"]),
        ("2026-10-26T10:00", "2026-10-25 18:00 +0100", ["2026-10-26 13:00 +0100", "2026-10-27 13:00 +0100"]),
        # And forward on Sunday 28 March 2027, at 2:00.
        ("2027-03-28T10:00", "2027-03-27 18:00 +0100", ["2027-03-28 13:00 +0200", "2027-03-29 13:00 +0200"]),
        ("2027-03-27T10:00", "2027-03-26 18:00 +0100", ["2027-03-27 13:00 +0100", "2027-03-28 13:00 +0200"]),
    ],
)
def test_the_clock_on_the_wall_counts_when_it_is_moved(starts: str, eve: str, nags: list[str]) -> None:
    found = occasions(distribution(starts, starts), PARIS)
    assert due(found, KINDS.EVE) == [eve]
    assert due(found, KINDS.UNVALIDATED)[:2] == nags


@pytest.mark.parametrize(
    ("closes", "expected"),
    [
        ("2026-10-25T12:00", ["2026-10-25 08:00 +0100"]),
        ("2026-10-25T11:30", ["2026-10-25 08:00 +0100"]),  # 7:30 is quiet
        ("2026-10-25T08:00", []),  # at the end of the quiet hours orders are closed
        ("2026-10-25T03:30", []),
        ("2026-10-24T23:30", ["2026-10-24 19:30 +0200"]),
        ("2026-10-25T01:00", []),  # 21:00 is quiet
        ("2027-03-28T13:00", ["2027-03-28 09:00 +0200"]),
    ],
)
def test_closing_soon_keeps_the_quiet_hours(closes: str, expected: list[str]) -> None:
    found = occasions(distribution("2027-04-10T18:00", closes), PARIS)
    assert due(found, KINDS.CLOSING) == expected


def test_orders_that_open_later_and_for_a_short_time() -> None:
    later = distribution(
        "2026-11-24T18:30", "2026-11-24T15:00", opens="2026-11-24T11:00", created="2026-11-20T10:00"
    )
    found = occasions(later, PARIS)
    assert due(found, KINDS.OPENED) == ["2026-11-24 11:00 +0100"]
    assert due(found, KINDS.CLOSING) == ["2026-11-24 13:00 +0100"], "half of the time is left"
    at_night = distribution(
        "2026-11-24T18:30", "2026-11-24T15:00", opens="2026-11-23T23:00", created="2026-11-20T10:00"
    )
    assert due(occasions(at_night, PARIS), KINDS.OPENED) == ["2026-11-24 08:00 +0100"]


def test_quiet_hours_end_in_the_morning() -> None:
    for before, after in (
        ("2026-10-24T21:00", "2026-10-25T08:00"),
        ("2026-10-24T20:59", "2026-10-24T20:59"),
        ("2026-10-25T02:30", "2026-10-25T08:00"),
        ("2027-03-28T03:00", "2027-03-28T08:00"),
        ("2026-10-25T08:00", "2026-10-25T08:00"),
    ):
        assert after_quiet(paris(before), PARIS) == paris(after), before


def test_the_slot_stays_within_a_day_and_changes_with_it() -> None:
    def slots(starts: str) -> set[str]:
        return {one.slot for one in occasions(distribution(starts, starts), PARIS) if one.kind is KINDS.EVE}

    assert slots("2026-11-24T18:30") == slots("2026-11-24T19:30") != slots("2026-11-25T18:30")


def test_another_time_zone() -> None:
    noumea = ZoneInfo("Pacific/Noumea")
    starts = dt.datetime(2026, 11, 24, 17, tzinfo=noumea).astimezone(dt.UTC)
    one = distribution("2026-11-24T18:30", "2026-11-23T20:00")
    one.starts_at = one.closes_at = starts
    (eve,) = (o for o in occasions(one, noumea) if o.kind is KINDS.EVE)
    assert eve.due_at == dt.datetime(2026, 11, 23, 7, tzinfo=dt.UTC)
