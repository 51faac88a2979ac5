"""SIGKILL at any moment, again and again under load: nothing is lost, nothing happens twice, no receipt is missing.

CAGNOTTE_TEST_SEED says which moments.
"""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.db import Database
from tests.e2e.proxy import RoundRobin
from tests.e2e.ride import ride, rows
from tests.support.bot import environment
from tests.support.bot_process import WHOLE, BotProcess, free_port

SEED = int(os.environ.get("CAGNOTTE_TEST_SEED", "7"))
IN_FULL = 5
"""One death of so many is that of a `python -m bot run`, and may strike while it starts; the others are of forked bots."""


@pytest.mark.timeout(3_600)
async def test_killed_at_random_moments_on_sqlite(
    sqlite_url: str, tmp_path: Path, examples: Callable[[int, int], int]
) -> None:
    """One process that polls."""
    async with ride(sqlite_url, tmp_path) as one, contextlib.AsyncExitStack() as stack:
        settings = environment(one.url, sqlite_url)
        whole = BotProcess(settings, tmp_path / "log", WHOLE)
        forked = BotProcess(settings, tmp_path / "log")
        for bot in (whole, forked):
            stack.push_async_callback(bot.aclose)
        rng = random.Random(SEED)
        async with one.under_load():
            for life in range(examples(20, 200)):
                bot = forked if life % IN_FULL else whole
                await bot.start()
                await one.a_moment(rng, also_while_starting=bot is whole)
                await bot.kill()
            await forked.start()
            await one.a_moment(rng)
        assert await forked.stop() == 0, whole.logged()
        print(dict(await one.check(settings)))


@pytest.mark.timeout(3_600)
async def test_two_workers_killed_at_random_on_postgresql(
    postgresql_url: str, tmp_path: Path, examples: Callable[[int, int], int]
) -> None:
    """Two processes with webhooks behind one address; one of them, at random, dies again and again."""
    ports = [free_port(), free_port()]
    async with (
        ride(postgresql_url, tmp_path) as one,
        RoundRobin(ports).serve() as public_url,
        contextlib.AsyncExitStack() as stack,
    ):
        bots = []
        for port in ports:
            settings = environment(
                one.url, postgresql_url, CAGNOTTE_TELEGRAM__MODE="webhook",
                CAGNOTTE_TELEGRAM__WEBHOOK_SECRET="a-secret-of-the-tests",
                CAGNOTTE_WEB__LISTEN=f"127.0.0.1:{port}", CAGNOTTE_WEB__PUBLIC_URL=public_url,
            )  # fmt: skip
            bots.append(BotProcess(settings, tmp_path / f"log-{port}"))
            stack.push_async_callback(bots[-1].aclose)
            await bots[-1].start()
        rng = random.Random(SEED)
        async with one.under_load():
            for _ in range(
                examples(10, 100)
            ):  # half of them the sender's, whose place is free some seconds later
                await one.a_moment(rng)
                bot = rng.choice(bots)
                await bot.kill()
                await bot.start()
            await one.a_moment(rng)
        for bot in bots:
            assert await bot.stop() == 0, bot.log.read_text()
        print(dict(await one.check(settings)))


async def test_sigterm_ends_what_is_begun(sqlite_url: str, tmp_path: Path) -> None:
    """Under load: nothing stays half done or unsent, the status is 0, and the next process goes on."""
    async with ride(sqlite_url, tmp_path) as one, contextlib.AsyncExitStack() as stack:
        bot = BotProcess(environment(one.url, sqlite_url), tmp_path / "log")
        stack.push_async_callback(bot.aclose)
        rng = random.Random(SEED)
        async with one.under_load():
            for _ in range(2):
                await bot.start()
                await one.a_moment(rng)
                await one.a_moment(rng)
                assert await bot.stop() == 0, bot.logged()
                assert await unsent(sqlite_url) == []
            await bot.start()
            await one.a_moment(rng)
        assert await bot.stop() == 0, bot.logged()
        assert (await one.check(bot.environment))["receipts repeated"] == 0
        assert "ERROR" not in bot.logged()


async def unsent(database_url: str) -> list[tuple[object, ...]]:
    """Calls that wait in the outbox."""
    database = Database(database_url)
    try:
        return await rows(database, "SELECT id, method FROM outbox WHERE sent_at IS NULL")
    finally:
        await database.close()
