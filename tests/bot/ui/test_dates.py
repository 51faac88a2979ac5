"""Dates and times as people type them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from bot.ui.dates import NotUnderstood, moment, parse_date, parse_distribution, parse_time, usual_closing

PARIS = ZoneInfo("Europe/Paris")


def local(text: str) -> dt.datetime:
    """What a clock shows."""
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize("text", ["2026-12-01", "01/12/2026", "1/12/2026", "1.12.2026", " 2026-12-1 "])
def test_dates(text: str) -> None:
    assert parse_date(text) == dt.date(2026, 12, 1)


@pytest.mark.parametrize(
    "text", ["", "demain", "2026-13-01", "31/02/2026", "12/2026", "9999-01-01", "٢٠٢٦-12-01", "20261201"]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse_date(text)
    assert caught.value.part == "date"


@pytest.mark.parametrize(
    ("text", "time"),
    [("18:30", (18, 30)), ("18h30", (18, 30)), ("18H30", (18, 30)), ("18 h 30", (18, 30)), ("9h", (9, 0))],
)
def test_times(text: str, time: tuple[int, int]) -> None:
    assert parse_time(text) == dt.time(*time)


@pytest.mark.parametrize("text", ["", "18", "24:00", "18:60", "18:5", "six heures", "18:30:00"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_time(text)


@pytest.mark.parametrize(
    ("line", "place", "closes"),
    [
        ("2026-12-01 18:30 Salle des fêtes", "Salle des fêtes", None),
        ("01/12/2026 18h30 Salle des fêtes", "Salle des fêtes", None),
        ("01/12/2026 à 18h30 Salle des fêtes", "Salle des fêtes", None),
        ("2026-12-01 18:30 Salle ; clôture 2026-11-29 19:00", "Salle", local("2026-11-29 19:00")),
        ("2026-12-01 18:30 Salle;cloture 29/11/2026 19h00", "Salle", local("2026-11-29 19:00")),
        ("2026-12-01 18:30 Hall ; closing 2026-11-29 19:00", "Hall", local("2026-11-29 19:00")),
        ("2026-12-01 18:30 Hall ; closes 2026-11-29 at 19:00", "Hall", local("2026-11-29 19:00")),
        ("2026-12-01 18:30 Hall ; CLÔTURE : le 29/11/2026 à 19h", "Hall", local("2026-11-29 19:00")),
        ("2026-12-01 18:30 Salle ; porte 2", "Salle ; porte 2", None),
        (
            "2026-12-01 18:30 Salle ; porte 2 ; clôture 2026-11-29 19:00",
            "Salle ; porte 2",
            local("2026-11-29 19:00"),
        ),
        ("2026-12-01 18:30 12 rue de la Paix", "12 rue de la Paix", None),
    ],
)
def test_a_distribution_in_one_line(line: str, place: str, closes: dt.datetime | None) -> None:
    planned = parse_distribution(line)
    assert planned.starts == local("2026-12-01 18:30")
    assert (planned.place, planned.closes) == (place, closes)


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("", "line"),
        ("Salle des fêtes", "line"),
        ("2026-12-01 18:30", "line"),
        ("2026-13-01 18:30 Salle", "date"),
        ("2026-12-01 25:30 Salle", "time"),
        ("2026-12-01 18:30 Salle ; clôture demain", "closing"),
        ("2026-12-01 18:30 " + "a" * 101, "place"),
    ],
)
def test_a_line_that_is_not_understood(line: str, part: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse_distribution(line)
    assert caught.value.part == part


@pytest.mark.parametrize(
    ("clock", "utc"),
    [
        ("2026-12-01 18:30", "2026-12-01 17:30"),
        ("2026-07-01 18:30", "2026-07-01 16:30"),
        ("2026-10-25 02:30", "2026-10-25 00:30"),  # shown twice: the first
        ("2026-03-29 02:30", "2026-03-29 01:30"),  # left out: 03:30 is what the clock shows
    ],
)
def test_moments_of_a_clock_that_changes(clock: str, utc: str) -> None:
    expected = dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)
    assert moment(local(clock), PARIS) == expected


def test_orders_usually_close_the_evening_before() -> None:
    starts_at = moment(local("2026-12-01 18:30"), PARIS)
    early = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    assert usual_closing(starts_at, PARIS, early) == moment(local("2026-11-30 20:00"), PARIS)
    late = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)
    assert usual_closing(starts_at, PARIS, late) == starts_at
