"""SQLite under SQLAlchemy's asyncio: a driver that seldom crosses threads, and one writer that commits in groups.

Two facts shape this file. aiosqlite runs each cursor step (open, execute, fetch, close) as a trip to its thread and back;
a trip costs some hundred microseconds, SQLite's own work on an indexed row a few. So :class:`ShortTripConnection` makes a
statement one trip, and on the writing connection runs it in place: only COMMIT, which waits for the disk, goes to a
thread, and a database locked by another process is waited for without holding the event loop. And SQLite has one writer:
letting callers queue for the lock inside SQLite wastes a commit (an fsync) each, so :class:`Writer` lets them queue in
the event loop, runs each caller's unit of work in a SAVEPOINT of its own and commits once for all that were waiting. A
caller is told of success only after the commit that holds its work.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

T = TypeVar("T")

BUSY_TIMEOUT_SECONDS = 10.0
"""How long a unit of work waits for another process (a backup, a second bot) that holds the write lock."""

BUSY_PAUSE_SECONDS = 0.005
"""How often it looks whether the lock is free."""

GROUP_LIMIT = 64
GROUP_SECONDS = 0.02
"""How many units of work share a commit at the most, and for how long the first of them waits for the others."""


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
        """Runs one statement and keeps all its rows."""
        await self._connection.call(self._run, False, sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> ShortTripCursor:
        """Runs one statement for each row of parameters."""
        await self._connection.call(self._run, True, sql, parameters)
        return self

    async def fetchall(self) -> list[tuple[Any, ...]]:
        """Returns the rows that execute kept."""
        return self._rows

    async def close(self) -> None:
        """Leaves nothing open."""

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

    in_place = False
    """Whether statements run in the caller's thread, inside a transaction somebody began: so it is with the writer."""

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection of the standard library below."""
        return self._conn

    def cursor(self) -> ShortTripCursor:  # type: ignore[override]
        """Returns a cursor, without a trip."""
        return ShortTripCursor(self)

    async def call(self, function: Any, many: bool, sql: str, parameters: Sequence[Any]) -> None:
        """Runs a cursor's ``function`` on the raw connection, in place or in the connection's thread."""
        if not self.in_place:
            await self._execute(function, self._conn, many, sql, parameters)  # type: ignore[no-untyped-call]
            return
        # A full disk makes SQLite roll everything back; what came next would each be committed at once.
        if not self._conn.in_transaction:
            raise sqlite3.OperationalError("the transaction is gone")
        function(self._conn, many, sql, parameters)


class ShortTripDialect(SQLiteDialect_aiosqlite):
    """SQLAlchemy's dialect, with savepoints that cost one call instead of a compiled statement."""

    supports_statement_cache = True

    def do_savepoint(self, connection: Connection, name: str) -> None:
        """Sets a savepoint."""
        _raw(connection).execute(f"SAVEPOINT {name}")

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        """Keeps what was done since the savepoint."""
        _raw(connection).execute(f"RELEASE {name}")

    def do_rollback_to_savepoint(self, connection: Connection, name: str) -> None:
        """Undoes what was done since the savepoint."""
        _raw(connection).execute(f"ROLLBACK TO {name}")


registry.register("sqlite.short_trips", __name__, ShortTripDialect.__name__)


def run_in_place(
    connection: Connection, sql: str, parameters: Sequence[Any], *, many: bool = False
) -> list[tuple[Any, ...]]:
    """Runs one statement (``many``: for each row of parameters) past SQLAlchemy, which would take thrice SQLite's time.

    For the writing connection, whose statements run in place anyway. What SQLite refuses is raised as SQLAlchemy does.
    """
    raw = _raw(connection)
    try:
        cursor = raw.executemany(sql, parameters) if many else raw.execute(sql, parameters)
        return cursor.fetchall()
    except sqlite3.Error as error:
        engine = connection.engine
        raise DBAPIError.instance(
            sql,
            tuple(parameters),
            error,
            sqlite3.Error,
            hide_parameters=engine.hide_parameters,
            dialect=engine.dialect,
        ) from error


def _raw(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, ShortTripConnection)
    return driver.raw


def make_private(file: Path) -> None:
    """Makes the file where there is none, for its owner alone: SQLite gives its -wal and -shm the same rights."""
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def open_connection(database: str, *, read_only: bool) -> ShortTripConnection:
    """Makes an unopened connection with the settings the books rely on; SQLAlchemy awaits it."""

    def connect() -> sqlite3.Connection:
        make_private(Path(database))
        raw = sqlite3.connect(
            database, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=read_only
        )
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "recursive_triggers = ON",
            "secure_delete = ON",
            "temp_store = MEMORY",
            f"query_only = {'ON' if read_only else 'OFF'}",
        ):
            raw.execute(f"PRAGMA {pragma}").close()
        return raw

    connection = ShortTripConnection(connect, iter_chunk_size=64)
    connection._thread.daemon = True
    return connection


class _Group:
    """The units of work that are committed together. Each waits for ``over``; ``error``: none of them is kept."""

    def __init__(self) -> None:
        self.size = 0
        self.begun = time.monotonic()
        self.over = asyncio.Event()
        self.error: OperationalError | None = None

    def is_full(self) -> bool:
        """Returns whether it should be committed now, whoever else waits."""
        return self.size >= GROUP_LIMIT or time.monotonic() - self.begun >= GROUP_SECONDS

    def end(self, error: OperationalError | None = None) -> None:
        """Tells those who wait what became of their work."""
        self.error = error
        self.over.set()


class Writer:
    """The one writing connection of a process, lent to one unit of work after another.

    SQLAlchemy sees one transaction that lasts as long as the connection; the transactions below it are begun and committed
    here. Statements run in place, so within a unit of work only its own code can be interrupted by a cancellation.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._raw: sqlite3.Connection | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._group: _Group | None = None
        self._disk = ThreadPoolExecutor(1, "sqlite-commit")

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """Returns a session in a SAVEPOINT. Leaving it well waits for the commit; an exception undoes only this one."""
        await self._take_turn()
        try:
            try:
                group = self._group or await self._begin()
                group.size += 1
                session = self._session()
                try:
                    yield session
                    await session.commit()
                except BaseException:
                    await self._undo(session)
                    raise
                finally:
                    session.sync_session.close()
            finally:
                await self._commit_unless_awaited()
        finally:
            self._turn.release()
        await group.over.wait()
        if group.error is not None:
            raise group.error

    async def close(self) -> None:
        """Gives the connection back once the last unit of work is done."""
        async with self._turn:
            if self._connection is not None:
                await self._connection.close()
                self._connection = self._raw = None
            self._disk.shutdown()

    async def _take_turn(self) -> None:
        self._waiting += 1
        try:
            await self._turn.acquire()
        except asyncio.CancelledError:
            self._waiting -= 1
            # The unit before may have left its commit to this one, which will not come.
            if not self._turn.locked():
                async with self._turn:
                    await self._commit_unless_awaited()
            raise
        self._waiting -= 1

    def _session(self) -> AsyncSession:
        return AsyncSession(
            self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )

    async def _undo(self, session: AsyncSession) -> None:
        """Undoes one unit of work. Where SQLite already undid all of them (a full disk), nobody's work is kept."""
        assert self._raw is not None
        assert self._group is not None
        try:
            await session.rollback()
        except (SQLAlchemyError, sqlite3.Error):
            self._raw.rollback()
        if not self._raw.in_transaction:
            self._group.end(_refused("ROLLBACK", sqlite3.OperationalError("undone by SQLite")))
            self._group = None

    async def _begin(self) -> _Group:
        if self._raw is None:
            await _to_the_end(self._open())
        assert self._raw is not None
        loop = asyncio.get_running_loop()
        deadline = loop.time() + BUSY_TIMEOUT_SECONDS
        while True:
            try:
                self._raw.execute("BEGIN IMMEDIATE")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or loop.time() > deadline:
                    raise _refused("BEGIN IMMEDIATE", error) from error
            await asyncio.sleep(BUSY_PAUSE_SECONDS)
        self._group = _Group()
        return self._group

    async def _open(self) -> None:
        self._connection = await self._engine.connect()
        await self._connection.begin()
        driver = (await self._connection.get_raw_connection()).driver_connection
        assert isinstance(driver, ShortTripConnection)
        driver.in_place = True
        self._raw = driver.raw
        self._raw.execute("PRAGMA busy_timeout = 0")

    async def _commit_unless_awaited(self) -> None:
        """Commits the group, unless another unit of work waits for its turn and will do it (up to a limit)."""
        group = self._group
        if group is None or (self._waiting and not group.is_full()):
            return
        self._group = None
        assert self._raw is not None
        commit = asyncio.get_running_loop().run_in_executor(self._disk, self._raw.commit)
        try:
            with suppress(sqlite3.Error):
                await _to_the_end(commit)
        finally:
            error = commit.exception()
            if error is not None:
                self._raw.rollback()
            group.end(_refused("COMMIT", error) if error is not None else None)


def _refused(statement: str, error: BaseException) -> OperationalError:
    return OperationalError(statement, None, error)


async def _to_the_end(work: Coroutine[Any, Any, T] | asyncio.Future[T]) -> T:
    """Awaits ``work`` even while this task is being cancelled; the cancellation goes on afterwards."""
    future = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.wait((future,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    return future.result()
