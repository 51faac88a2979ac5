"""The suite's own footing: every test gets a migrated, empty database that no other test sees."""

import asyncio
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tests.support.databases import create_sqlite_template, postgres_server, sqlite_file


async def tables_of(engine: AsyncEngine) -> set[str]:
    async with engine.connect() as connection:
        return set(await connection.run_sync(lambda it: inspect(it).get_table_names()))


@pytest.mark.parametrize("turn", [1, 2])
async def test_a_database_is_migrated_and_nobody_elses(database_url: str, turn: int) -> None:
    engine = create_async_engine(database_url)
    try:
        found = await tables_of(engine)
        assert {"groups", "transfers", "alembic_version"} <= found
        assert "left_behind" not in found
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE left_behind (id INTEGER)"))
    finally:
        await engine.dispose()


def test_a_plain_test_can_have_one_too(database_url: str) -> None:
    assert database_url.startswith(("sqlite+aiosqlite:////", "postgresql+asyncpg://"))


def test_a_server_comes_and_goes() -> None:
    with postgres_server() as server:
        server.execute("CREATE DATABASE one")
        url = urlsplit(server.url("one"))
        assert url.port
        socket.create_connection((url.hostname, url.port)).close()
        with pytest.raises(RuntimeError, match="already exists"):
            server.execute("CREATE DATABASE one")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((url.hostname, url.port))


async def test_copies_are_whole_and_keep_nothing_of_each_other(tmp_path: Path) -> None:
    """Although the template was written ahead of its log, by a loop of its own while this one runs."""

    async def migrate(url: str) -> None:
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            await connection.execute(text("PRAGMA journal_mode=WAL"))
            await connection.execute(text("CREATE TABLE migrated (id INTEGER)"))
            await connection.commit()
        await engine.dispose()

    template = create_sqlite_template(tmp_path, lambda url: asyncio.run(migrate(url)))
    urls = {sqlite_file(template, tmp_path) for _ in range(2)}
    assert len(urls) == 2
    for url in urls:
        engine = create_async_engine(url)
        assert await tables_of(engine) == {"migrated"}
        await engine.dispose()
