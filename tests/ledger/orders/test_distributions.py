"""Dates a distribution can have."""

import datetime as dt

import pytest

from ledger.orders.distributions import InvalidDistribution, check_dates
from ledger.orders.models import Distribution
from tests.support.ledger import Story

NOW = dt.datetime(2025, 3, 3, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("starts_at", "closes_at"), [(NOW + 48 * HOUR, NOW + 24 * HOUR), (NOW + 48 * HOUR, NOW + 48 * HOUR)]
)
def test_accepted(starts_at: dt.datetime, closes_at: dt.datetime) -> None:
    check_dates(starts_at, closes_at, NOW)


@pytest.mark.parametrize(
    ("starts_at", "closes_at", "field"),
    [
        (NOW, NOW, "starts_at"),
        (NOW - HOUR, NOW - 2 * HOUR, "starts_at"),
        (NOW + HOUR, NOW, "closes_at"),
        (NOW + HOUR, NOW - HOUR, "closes_at"),
        (NOW + HOUR, NOW + 2 * HOUR, "closes_at"),
    ],
)
def test_refused(starts_at: dt.datetime, closes_at: dt.datetime, field: str) -> None:
    with pytest.raises(InvalidDistribution) as refused:
        check_dates(starts_at, closes_at, NOW)
    assert refused.value.field == field


async def test_open_until_the_closing_time(story: Story) -> None:
    distribution = await story.distribution()
    assert distribution.is_open(distribution.opens_at)
    assert distribution.is_open(distribution.closes_at - dt.timedelta(microseconds=1))
    assert not distribution.is_open(distribution.closes_at)
    assert not distribution.is_open(distribution.opens_at - HOUR)
    async with story.database.snapshot() as session:
        kept = await session.get_one(Distribution, distribution.id)
    assert (kept.starts_at, kept.closes_at) == (distribution.starts_at, distribution.closes_at)
