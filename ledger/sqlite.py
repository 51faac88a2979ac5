"""SQLite under SQLAlchemy's asyncio: a driver that seldom crosses threads, and one writer that commits in groups.

Two facts shape this file. aiosqlite runs each cursor step (open, execute, fetch, close) as a trip to its thread and back;
a trip costs some hundred microseconds, SQLite's own work on an indexed row a few. So :class:`ShortTripConnection` makes a
statement one trip, and on the writing connection runs it in place: only what may wait (BEGIN IMMEDIATE for another
process, COMMIT for the disk) goes to the thread. And SQLite has one writer: letting callers queue for the lock inside
SQLite wastes a commit (an fsync) each, so :class:`Writer` lets them queue in the event loop, runs each caller's unit of
work in a SAVEPOINT of its own and commits once for all that were waiting. A caller is told of success only after the
commit that holds its work.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

T = TypeVar("T")

BUSY_TIMEOUT_SECONDS = 10.0
"""How long a statement waits for another process (a backup, a second bot) that holds the write lock."""

GROUP_LIMIT = 64
"""How many units of work share a commit at the most: bounds the time the first of them waits."""


class ShortTripCursor:
    """The part of a DB-API cursor SQLAlchemy's adapter uses; executes, fetches and closes in one go."""

    def __init__(self, connection: ShortTripConnection) -> None:
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> ShortTripCursor:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> ShortTripCursor:
        """Run one statement and keep all its rows."""
        await self._connection.call(self._run, False, sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> ShortTripCursor:
        """Run one statement for each row of parameters."""
        await self._connection.call(self._run, True, sql, parameters)
        return self

    async def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows that execute kept."""
        return self._rows

    async def close(self) -> None:
        """Nothing is left open."""

    def _run(self, raw: sqlite3.Connection, many: bool, sql: str, parameters: Sequence[Any]) -> None:
        cursor = raw.cursor()
        try:
            if many:
                cursor.executemany(sql, parameters)
            else:
                cursor.execute(sql, parameters)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount = cursor.rowcount
            self.lastrowid = cursor.lastrowid
        finally:
            cursor.close()


class ShortTripConnection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors are :class:`ShortTripCursor`."""

    def cursor(self) -> ShortTripCursor:  # type: ignore[override]
        """A cursor, without a trip."""
        return ShortTripCursor(self)

    in_place = False
    """Whether statements run in the caller's thread: for short ones, by one caller at a time."""

    async def call(self, function: Any, many: bool, sql: str, parameters: Sequence[Any]) -> None:
        """Run a cursor's ``function`` on the raw connection, in place or in the connection's thread."""
        if self.in_place and not sql.startswith("BEGIN"):
            function(self._conn, many, sql, parameters)
        else:
            await self._execute(function, self._conn, many, sql, parameters)  # type: ignore[no-untyped-call]


def open_connection(database: str, *, read_only: bool) -> ShortTripConnection:
    """An unopened connection with the settings the books rely on; SQLAlchemy awaits it."""

    def connect() -> sqlite3.Connection:
        raw = sqlite3.connect(
            database, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=read_only
        )
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "recursive_triggers = ON",
            "temp_store = MEMORY",
            f"query_only = {'ON' if read_only else 'OFF'}",
        ):
            raw.execute(f"PRAGMA {pragma}").close()
        return raw

    connection = ShortTripConnection(connect, iter_chunk_size=64)
    connection.in_place = not read_only
    connection._thread.daemon = True
    return connection


class _Group:
    """The units of work that will be committed together, and the promise they all wait for."""

    def __init__(self) -> None:
        self.committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.committed.add_done_callback(lambda future: future.exception())
        self.size = 0


class Writer:
    """The one writing connection of a process, lent to one unit of work after another."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._group: _Group | None = None

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """A session in a SAVEPOINT. Leaving it well waits for the commit; leaving it by an exception undoes only this one."""
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        try:
            group = self._group = self._group or await _to_the_end(self._begin())
            try:
                async with self._savepoint() as session:
                    yield session
                group.size += 1
            finally:
                if self._group is not None and (not self._waiting or group.size >= GROUP_LIMIT):
                    await _to_the_end(self._commit())
        finally:
            self._turn.release()
        await asyncio.shield(group.committed)

    @asynccontextmanager
    async def _savepoint(self) -> AsyncIterator[AsyncSession]:
        session = AsyncSession(
            self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        try:
            yield session
            await session.commit()
        except BaseException as error:
            try:
                await _to_the_end(session.rollback())
            except SQLAlchemyError:
                await _to_the_end(self._abandon(error))
            raise
        finally:
            await _to_the_end(session.close())

    async def close(self) -> None:
        """Give the connection back once the last unit of work is done."""
        async with self._turn:
            if self._connection is not None:
                await self._connection.close()
                self._connection = None

    async def _begin(self) -> _Group:
        if self._connection is None:
            self._connection = await self._engine.connect()
        await self._connection.begin()
        return _Group()

    async def _commit(self) -> None:
        group, self._group = self._group, None
        assert group is not None
        assert self._connection is not None
        try:
            await self._connection.commit()
        except Exception as error:
            await self._connection.rollback()
            group.committed.set_exception(error)
        else:
            group.committed.set_result(None)

    async def _abandon(self, error: BaseException) -> None:
        """The SAVEPOINT itself could not be undone (a full disk rolls everything back): nobody's work is kept."""
        group, self._group = self._group, None
        assert self._connection is not None
        await self._connection.close()
        self._connection = None
        if group is not None:
            group.committed.set_exception(error)


async def _to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Await ``work`` even while this task is being cancelled; the cancellation goes on afterwards."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
        except Exception:  # noqa: S110 - raised below by task.result()
            pass
    if cancelled is not None:
        task.exception()
        raise cancelled
    return task.result()
