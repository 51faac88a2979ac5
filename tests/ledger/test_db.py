"""Column types that both databases keep alike, and units of work on both."""

import asyncio
import datetime as dt
from enum import StrEnum

import pytest
from sqlalchemy import Column, MetaData, Table, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from ledger.db import Code, Database, Day, Flag, Json, UtcDateTime, utc_now


class Colour(StrEnum):
    RED = "red"


VALUES = Table(
    "values_kept",
    MetaData(),
    Column("moment", UtcDateTime),
    Column("day", Day),
    Column("flag", Flag),
    Column("document", Json),
    Column("colour", Code(Colour)),
)
PARIS = dt.timezone(dt.timedelta(hours=2))


async def test_values_come_back_as_they_went_in(own_database: Database) -> None:
    row = {
        "moment": dt.datetime(2025, 7, 1, 20, 30, 0, 123456, tzinfo=PARIS),
        "day": dt.date(2025, 7, 1),
        "flag": False,
        "document": {"nom": "Élodie", "lignes": [1, None, True]},
        "colour": Colour.RED,
    }
    async with own_database.unit_of_work() as session:
        await (await session.connection()).run_sync(VALUES.metadata.create_all)
        await session.execute(VALUES.insert(), [row, dict.fromkeys(row)])
    async with own_database.snapshot() as session:
        full, empty = (await session.execute(select(VALUES).order_by(VALUES.c.day.is_(None)))).all()
    assert full._asdict() == row
    assert full.moment.tzinfo is dt.UTC
    assert full.flag is False
    assert full.colour is Colour.RED
    assert set(empty) == {None}


async def test_moments_sort_by_time(own_database: Database) -> None:
    start = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    moments = [start + dt.timedelta(microseconds=n) for n in (0, 1, 999_999, 1_000_000, 60_000_000)]
    async with own_database.unit_of_work() as session:
        await (await session.connection()).run_sync(VALUES.metadata.create_all)
        await session.execute(VALUES.insert(), [{"moment": moment} for moment in reversed(moments)])
    async with own_database.snapshot() as session:
        statement = select(VALUES.c.moment).order_by(VALUES.c.moment)
        assert list((await session.execute(statement)).scalars()) == moments
        since = statement.where(VALUES.c.moment > moments[1])
        assert list((await session.execute(since)).scalars()) == moments[2:]


async def test_a_moment_without_a_time_zone_is_refused(own_database: Database) -> None:
    async with own_database.unit_of_work() as session:
        await (await session.connection()).run_sync(VALUES.metadata.create_all)
        with pytest.raises(StatementError):
            await session.execute(VALUES.insert(), [{"moment": dt.datetime(2025, 1, 1)}])  # noqa: DTZ001
        await session.rollback()


async def test_a_unit_of_work_is_all_or_nothing(own_database: Database) -> None:
    create = text("CREATE TABLE scribbles (name TEXT PRIMARY KEY)")
    async with own_database.unit_of_work() as session:
        await session.execute(create)

    async def write(name: str, *, fail: bool) -> None:
        async with own_database.unit_of_work() as session:
            await session.execute(text("INSERT INTO scribbles VALUES (:name)"), {"name": name})
            await asyncio.sleep(0)
            if fail:
                raise LookupError(name)

    await asyncio.gather(*(write(f"{n}", fail=bool(n % 2)) for n in range(20)), return_exceptions=True)
    async with own_database.snapshot() as session:
        names = set((await session.execute(text("SELECT name FROM scribbles"))).scalars())
    assert names == {f"{n}" for n in range(0, 20, 2)}


async def test_a_snapshot_cannot_write(own_database: Database) -> None:
    async with own_database.snapshot() as session:
        with pytest.raises(DBAPIError):
            await session.execute(
                text("INSERT INTO leases (name, holder, until) VALUES ('a', 'b', :now)"),
                {"now": utc_now().isoformat() if own_database.is_sqlite else utc_now()},
            )
