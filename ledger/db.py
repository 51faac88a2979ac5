"""The database: column types both engines store alike, the declarative base, and the unit of work.

Only the edges (dispatcher, feeders, command line) open a unit of work; services receive its session and never commit.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeEngine

from ledger.sqlite import Writer, open_connection

LOG_PATIENCE = 2.0
"""Seconds to wait for who reads or writes, before the write-ahead log is left as it is."""

PLANNING = {"enable_seqscan": "off", "enable_sort": "off", "jit": "off"}
"""How PostgreSQL plans for us: by the indexes, in their order, also while tables are small. A connection keeps its plans:
one that reads and sorts the whole of a small table would still be there when it is large."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware moment, always UTC. SQLite: ISO text of fixed width, so that text order is time order."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Takes TEXT in SQLite's STRICT tables, TIMESTAMPTZ in PostgreSQL."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """Refuses a naive moment: it has no meaning."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(dt.UTC)
        return value.isoformat(timespec="microseconds") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Makes the moment aware, in UTC."""
        if value is None:
            return None
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(dt.UTC)


class Day(TypeDecorator[dt.date]):
    """A calendar date. SQLite: ISO text."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Takes TEXT in SQLite's STRICT tables."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: dt.date | None, dialect: Dialect) -> Any:
        """Gives SQLite ISO text."""
        return value.isoformat() if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.date | None:
        """Makes it a date again."""
        return dt.date.fromisoformat(value) if isinstance(value, str) else value


class Flag(TypeDecorator[bool]):
    """A yes or no. SQLite: 0 or 1."""

    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Takes INTEGER in SQLite's STRICT tables."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else Boolean())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:
        """Gives SQLite 0 or 1."""
        return int(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        """Makes it a bool again."""
        return None if value is None else bool(value)


class Json(TypeDecorator[Any]):
    """A JSON document. SQLite: text; PostgreSQL: JSONB."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Takes TEXT in SQLite's STRICT tables."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else JSONB())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Gives SQLite text; the PostgreSQL driver encodes by itself."""
        if value is None or dialect.name != "sqlite":
            return value
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Makes it the document again."""
        return json.loads(value) if isinstance(value, str) and dialect.name == "sqlite" else value


E = TypeVar("E", bound=StrEnum)


class Code(TypeDecorator[E]):
    """A value of one StrEnum, stored as its text; the table's CHECK (see :func:`one_of`) keeps others out."""

    impl = Text
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: E | None, dialect: Dialect) -> Any:
        """Gives the database plain text."""
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> E | None:
        """Makes it the enum's member again."""
        return None if value is None else self.enum(value)


def one_of(column: str, enum: type[StrEnum]) -> CheckConstraint:
    """Returns the CHECK that goes with a :class:`Code` column."""
    values = ", ".join(f"'{member.value}'" for member in enum)
    return CheckConstraint(f"{column} IN ({values})", name=f"{column}_known")


BigInt = BigInteger().with_variant(Integer, "sqlite")
Key = Annotated[int, mapped_column(BigInt, primary_key=True, autoincrement=True)]
Cents = Annotated[int, mapped_column(BigInt)]
Moment = Annotated[dt.datetime, mapped_column(UtcDateTime)]
GroupId = Annotated[int, mapped_column(BigInt, ForeignKey("groups.id"), index=True)]


class Base(DeclarativeBase):
    """All tables: one metadata, one naming convention, STRICT on SQLite."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own attribute
        int: BigInt,
        str: Text,
        bool: Flag,
        dt.datetime: UtcDateTime,
        dt.date: Day,
        dict[str, Any]: Json,
        list[Any]: Json,
    }

    @classmethod
    def __init_subclass__(cls, **kw: Any) -> None:
        if "__tablename__" in cls.__dict__:
            args = getattr(cls, "__table_args__", ())
            args = args if isinstance(args, tuple) else (args,)
            options = args[-1] if args and isinstance(args[-1], dict) else {}
            constraints = args[:-1] if options else args
            cls.__table_args__ = (*constraints, {"sqlite_strict": True, **options})
        super().__init_subclass__(**kw)


def insert_or_meet(session: AsyncSession, table: type[Base]) -> PostgresqlInsert | SqliteInsert:
    """Returns an INSERT that can say what happens when it meets a row that is there (``on_conflict_…``), on either
    database."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite_insert(table) if is_sqlite else postgresql_insert(table)


def utc_now() -> dt.datetime:
    """Returns the moment now, aware."""
    return dt.datetime.now(dt.UTC)


class Database:
    """The engine(s) behind one database URL, and the unit of work on it.

    SQLite: one writing connection (see :class:`ledger.sqlite.Writer`) and a small pool of reading ones.
    PostgreSQL: one pool.
    """

    def __init__(self, url: str) -> None:
        self.url: URL = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writing = _sqlite_engine(self.url, read_only=False)
            self._reading = _sqlite_engine(self.url, read_only=True)
            self._writer = Writer(self._writing)
        else:
            # No overflow: under load SQLAlchemy would open and close those connections for every unit of work.
            self._reading = create_async_engine(
                self.url,
                pool_size=10,
                max_overflow=0,
                hide_parameters=True,
                connect_args={"server_settings": PLANNING},
            )

    def unit_of_work(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Opens a session whose work is committed as a whole when the block ends, or not at all when it raises."""
        return self._writer.unit_of_work() if self.is_sqlite else self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(self._reading, expire_on_commit=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """Opens a session that reads one consistent state and can write nothing."""
        async with AsyncSession(self._reading, expire_on_commit=False) as session:
            if not self.is_sqlite:
                await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield session

    def is_there(self) -> bool:
        """Returns whether there is anything to connect to, as far as one can tell without creating it."""
        return not self.is_sqlite or Path(self.url.database or "").exists()

    async def copy_to(self, path: Path) -> None:
        """Writes a consistent copy of an SQLite database to a new file while others go on writing (VACUUM INTO).

        The file is its owner's alone. Raises FileExistsError; no part of a copy is left behind.
        """

        def copy() -> None:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            try:
                with closing(sqlite3.connect(self.url.database or "", isolation_level=None)) as source:
                    source.execute("VACUUM INTO ?", (str(path),))
            except BaseException:
                path.unlink()
                raise

        await asyncio.to_thread(copy)

    async def empty_log(self) -> None:
        """Empties SQLite's write-ahead log, which still holds what was overwritten; not if somebody is reading it long.

        On PostgreSQL old rows and the log are the server's to clean.
        """
        if not self.is_sqlite:
            return

        def checkpoint() -> None:
            with closing(sqlite3.connect(self.url.database or "", timeout=LOG_PATIENCE)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

        with suppress(sqlite3.OperationalError):
            await asyncio.to_thread(checkpoint)

    @property
    def reading_engine(self) -> AsyncEngine:
        """The engine for reading (SQLite) or for everything (PostgreSQL)."""
        return self._reading

    async def close(self) -> None:
        """Closes every connection."""
        if self.is_sqlite:
            await self._writer.close()
            await self._writing.dispose()
        await self._reading.dispose()


def _sqlite_engine(url: URL, *, read_only: bool) -> AsyncEngine:
    database = url.database or ""
    engine = create_async_engine(
        "sqlite+short_trips:///" + database,
        pool_size=4 if read_only else 1,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"async_creator_fn": lambda *_, **__: open_connection(database, read_only=read_only)},
    )

    if read_only:  # the writer begins by itself

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN")

    return engine
