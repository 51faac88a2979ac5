"""SQLite's one writer: units of work queue for it, commit in groups, and fail alone."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from ledger import sqlite
from ledger.db import Database


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    database = Database(sqlite_url)
    async with database.unit_of_work() as session:
        await session.execute(text("CREATE TABLE scribbles (name TEXT PRIMARY KEY, body BLOB)"))
        await session.execute(text("CREATE TABLE counters (value INTEGER NOT NULL)"))
        await session.execute(text("INSERT INTO counters VALUES (0)"))
    yield database
    await database.close()


@pytest.fixture
def outside(database: Database) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the same file: it sees what is on the disk and nothing else."""
    with closing(sqlite3.connect(database.url.database or "", isolation_level=None, timeout=0)) as connection:
        yield connection


def names(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM scribbles")}


async def note(session: AsyncSession, name: str) -> None:
    await session.execute(text("INSERT INTO scribbles (name) VALUES (:name)"), {"name": name})


async def write(database: Database, name: str) -> str:
    async with database.unit_of_work() as session:
        await note(session, name)
    return name


async def test_a_unit_is_on_the_disk_when_it_is_acknowledged(
    database: Database, outside: sqlite3.Connection
) -> None:
    async def write_and_look(name: str) -> None:
        await write(database, name)
        assert name in names(outside)

    await asyncio.gather(*(write_and_look(f"note {number}") for number in range(40)))
    assert len(names(outside)) == 40


async def test_units_that_wait_share_a_commit(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    statements: list[str] = []
    raw = database._writer._raw
    assert raw is not None
    raw.set_trace_callback(statements.append)
    monkeypatch.setattr(sqlite, "GROUP_SECONDS", 60.0)
    await asyncio.gather(*(write(database, f"note {number}") for number in range(40)))
    assert statements.count("COMMIT") <= 2
    statements.clear()
    monkeypatch.setattr(sqlite, "GROUP_LIMIT", 10)
    await asyncio.gather(*(write(database, f"more {number}") for number in range(40)))
    assert 4 <= statements.count("COMMIT") <= 5
    statements.clear()
    monkeypatch.setattr(sqlite, "GROUP_SECONDS", 0.0)
    await asyncio.gather(*(write(database, f"at once {number}") for number in range(40)))
    assert statements.count("COMMIT") == 40, "nobody waits for others longer than that"
    raw.set_trace_callback(None)


async def test_a_failing_unit_undoes_only_itself(database: Database, outside: sqlite3.Connection) -> None:
    class Slip(Exception):
        pass

    async def fail(number: int) -> None:
        async with database.unit_of_work() as session:
            await note(session, f"bad {number}")
            if number % 2:
                await asyncio.sleep(0)
            raise Slip

    works = [write(database, f"good {n}") if n % 3 else fail(n) for n in range(30)]
    results = await asyncio.gather(*works, return_exceptions=True)
    assert [isinstance(result, Slip) for result in results] == [n % 3 == 0 for n in range(30)]
    assert names(outside) == {f"good {n}" for n in range(30) if n % 3}


async def test_what_the_database_refuses_undoes_only_that_unit(
    database: Database, outside: sqlite3.Connection
) -> None:
    await write(database, "taken")
    results = await asyncio.gather(
        write(database, "one"), write(database, "taken"), write(database, "two"), return_exceptions=True
    )
    assert isinstance(results[1], IntegrityError)
    assert names(outside) == {"taken", "one", "two"}


async def test_a_savepoint_inside_a_unit_can_fail_alone(
    database: Database, outside: sqlite3.Connection
) -> None:
    async with database.unit_of_work() as session:
        await note(session, "before")
        try:
            async with session.begin_nested():
                await note(session, "attempt")
                await note(session, "before")
        except IntegrityError:
            await note(session, "refused")
        await note(session, "after")
    assert names(outside) == {"before", "refused", "after"}


@pytest.mark.parametrize("steps", range(12))
async def test_a_cancelled_unit_harms_nobody(
    database: Database, outside: sqlite3.Connection, steps: int
) -> None:
    """One of five is cancelled at every point of its life in turn; it may have happened or not, never by half."""

    async def unit(name: str) -> str:
        async with database.unit_of_work() as session:
            await note(session, f"{name}, first half")
            await asyncio.sleep(0)
            await note(session, f"{name}, second half")
        return name

    for victim in range(5):
        tasks = [asyncio.create_task(unit(f"{victim} {number}")) for number in range(5)]
        for _ in range(steps):
            await asyncio.sleep(0)
        tasks[victim].cancel()
        async with asyncio.timeout(5):
            results = await asyncio.gather(*tasks, return_exceptions=True)
        found = names(outside)
        for number, result in enumerate(results):
            halves = {f"{victim} {number}, {half} half" for half in ("first", "second")} & found
            if number == victim:
                assert isinstance(result, asyncio.CancelledError) or result == f"{victim} {number}"
                assert len(halves) in (0, 2)
            else:
                assert result == f"{victim} {number}"
                assert len(halves) == 2
        outside.execute("BEGIN IMMEDIATE")  # the write lock is free
        outside.execute("ROLLBACK")


async def test_all_cancelled_at_once(database: Database, outside: sqlite3.Connection) -> None:
    for steps in range(12):
        tasks = [asyncio.create_task(write(database, f"{steps} {number}")) for number in range(5)]
        for _ in range(steps):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        async with asyncio.timeout(5):
            results = await asyncio.gather(*tasks, return_exceptions=True)
        acknowledged = {result for result in results if isinstance(result, str)}
        assert acknowledged <= names(outside)
        outside.execute("BEGIN IMMEDIATE")
        outside.execute("ROLLBACK")
        await write(database, f"{steps} after")


async def test_the_one_that_was_to_commit_is_cancelled(
    database: Database, outside: sqlite3.Connection
) -> None:
    """The first unit leaves its commit to the second, which is cancelled just as its turn comes."""
    inside = asyncio.Event()
    go_on = asyncio.Event()

    async def first() -> None:
        async with database.unit_of_work() as session:
            await note(session, "first")
            inside.set()
            await go_on.wait()

    one = asyncio.create_task(first())
    await inside.wait()
    two = asyncio.create_task(write(database, "second"))
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.sleep(0)  # the first goes on, sees somebody waiting, and gives its turn away
    two.cancel()
    async with asyncio.timeout(5):
        await one
    assert names(outside) == {"first"}


async def test_a_locked_database_is_waited_for_without_holding_up_the_rest(
    database: Database, outside: sqlite3.Connection
) -> None:
    outside.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(write(database, "patient"))
    for _ in range(20):
        await asyncio.sleep(0.001)
        async with database.snapshot() as session:
            await session.execute(text("SELECT 1"))
    assert not waiting.done()
    outside.execute("COMMIT")
    assert await waiting == "patient"


async def test_a_database_that_stays_locked_is_given_up(
    database: Database, outside: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_SECONDS", 0.02)
    outside.execute("BEGIN IMMEDIATE")
    results = await asyncio.gather(*(write(database, f"note {n}") for n in range(3)), return_exceptions=True)
    assert all(isinstance(result, OperationalError) for result in results)
    outside.execute("ROLLBACK")
    await write(database, "after")
    assert names(outside) == {"after"}


async def test_a_commit_that_fails_fails_for_all_who_shared_it(
    database: Database, outside: sqlite3.Connection
) -> None:
    async def poison() -> None:
        async with database.unit_of_work() as session:
            await session.execute(text("PRAGMA defer_foreign_keys = ON"))
            await session.execute(text("INSERT INTO chats VALUES (1, 999, 1, 'members')"))

    results = await asyncio.gather(
        write(database, "one"), poison(), write(database, "two"), return_exceptions=True
    )
    assert all(isinstance(result, OperationalError) for result in results[1:])
    acknowledged = {result for result in results if isinstance(result, str)}
    assert names(outside) == acknowledged
    await write(database, "after")
    assert names(outside) == acknowledged | {"after"}


async def test_a_full_disk(database: Database, outside: sqlite3.Connection) -> None:
    raw = database._writer._raw
    assert raw is not None
    (pages,) = raw.execute("PRAGMA page_count").fetchone()
    raw.execute(f"PRAGMA max_page_count = {pages + 8}")

    async def big(number: int) -> str:
        async with database.unit_of_work() as session:
            await note(session, f"big {number}")
            await session.execute(
                text("UPDATE scribbles SET body = zeroblob(20000) WHERE name = :name"),
                {"name": f"big {number}"},
            )
        return f"big {number}"

    results = await asyncio.gather(*(big(number) for number in range(5)), return_exceptions=True)
    acknowledged = {result for result in results if isinstance(result, str)}
    assert 0 < len(acknowledged) < 5
    assert all(isinstance(result, str | OperationalError) for result in results)
    assert names(outside) == acknowledged
    raw.execute("PRAGMA max_page_count = 1000000")
    await write(database, "after")
    assert names(outside) == acknowledged | {"after"}


async def test_where_sqlite_undid_everything_nobody_is_told_otherwise(
    database: Database, outside: sqlite3.Connection
) -> None:
    async def disaster() -> None:
        async with database.unit_of_work() as session:
            await note(session, "disaster")
            raw = database._writer._raw
            assert raw is not None
            raw.execute("ROLLBACK")  # as SQLite does by itself when the disk is full
            with pytest.raises(OperationalError):
                await note(session, "each of these would be committed at once")

    results = await asyncio.gather(
        write(database, "zero"),
        write(database, "one"),
        disaster(),
        write(database, "two"),
        return_exceptions=True,
    )
    assert isinstance(results[2], Exception)
    acknowledged = {result for result in results if isinstance(result, str)}
    assert "one" not in acknowledged
    assert names(outside) == acknowledged
    assert await write(database, "after") == "after"


async def test_a_snapshot_sees_one_state_and_writes_nothing(database: Database) -> None:
    await write(database, "one")
    async with database.snapshot() as session:
        count = text("SELECT count(*) FROM scribbles")
        assert (await session.execute(count)).scalar_one() == 1
        await write(database, "two")
        assert (await session.execute(count)).scalar_one() == 1
        with pytest.raises(OperationalError):
            await note(session, "three")
    async with database.snapshot() as session:
        assert (await session.execute(count)).scalar_one() == 2


INCREMENT = text("UPDATE counters SET value = :value")
READ = text("SELECT value FROM counters")


async def increment(database: Database) -> None:
    """Read, think, write: what is lost when two do it at once."""
    async with database.unit_of_work() as session:
        value = (await session.execute(READ)).scalar_one()
        await asyncio.sleep(0)
        await session.execute(INCREMENT, {"value": value + 1})


async def test_forty_read_modify_writes_leave_forty(database: Database) -> None:
    await asyncio.gather(*(increment(database) for _ in range(40)))
    async with database.snapshot() as session:
        assert (await session.execute(READ)).scalar_one() == 40


async def test_two_processes_on_one_file(database: Database) -> None:
    program = (
        "import asyncio, sys\n"
        "from ledger.db import Database\n"
        "from tests.ledger.test_sqlite import increment\n"
        "async def main():\n"
        "    database = Database(sys.argv[1])\n"
        "    for _ in range(10):\n"
        "        await asyncio.gather(*(increment(database) for _ in range(5)))\n"
        "    await database.close()\n"
        "asyncio.run(main())\n"
    )
    url = database.url.render_as_string()
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-c", program, url, stderr=subprocess.PIPE
    )
    for _ in range(10):
        await asyncio.gather(*(increment(database) for _ in range(5)))
        await asyncio.sleep(0.02)
    _, errors = await other.communicate()
    assert other.returncode == 0, errors.decode()
    async with database.snapshot() as session:
        assert (await session.execute(READ)).scalar_one() == 100


async def test_what_was_overwritten_or_deleted_is_nowhere_in_the_files(database: Database) -> None:
    async with database.unit_of_work() as session:
        for name in ("overwritten", "deleted", "kept"):
            body = {"name": name, "body": f"{name}: " + "hush " * 2000}
            await session.execute(text("INSERT INTO scribbles VALUES (:name, :body)"), body)
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE scribbles SET body = '' WHERE name = 'overwritten'"))
        await session.execute(text("DELETE FROM scribbles WHERE name = 'deleted'"))
    await database.empty_log()
    path = Path(database.url.database or "")
    found = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    assert b"kept: hush" in found
    assert b"overwritten: hush" not in found
    assert b"deleted: hush" not in found


async def test_a_log_that_somebody_reads_is_left_for_later(
    database: Database, outside: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.db.LOG_PATIENCE", 0.05)
    outside.execute("BEGIN")
    assert names(outside) == set()
    await write(database, "one")
    await database.empty_log()
    assert names(outside) == set()
    outside.execute("COMMIT")
    assert names(outside) == {"one"}
