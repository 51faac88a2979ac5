"""One sender at a time: a lease decides which, and passes on when its holder ends or dies."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import AsyncIterator

from sqlalchemy import text

from bot.app import build_api
from bot.board.boards import Due
from bot.board.sender import BoardSender
from bot.config import load
from bot.delivery import leases, outbox
from bot.delivery.api import Api
from bot.delivery.budget import Budget
from bot.delivery.sender import LEASE, Sender
from bot.sandbox.server import Sandbox
from ledger.db import Database
from tests.bot.delivery.conftest import message
from tests.support.bot import TOKEN, environment

SPAN = dt.timedelta(seconds=30)


async def holds(database: Database, holder: str, span: dt.timedelta = SPAN) -> bool:
    """Whether somebody can take or renew the lease."""
    async with database.unit_of_work() as session:
        return await leases.hold(session, "task", holder, span)


async def test_one_holds_it_until_it_is_over_or_given_back(database_url: str) -> None:
    database = Database(database_url)
    try:
        assert await holds(database, "a")
        assert not await holds(database, "b")
        assert await holds(database, "a", dt.timedelta(seconds=-1))  # over
        assert await holds(database, "b")
        assert not await holds(database, "a")
        async with database.unit_of_work() as session:
            await leases.release(session, "task", "a")  # not its own
        assert not await holds(database, "a")
        async with database.unit_of_work() as session:
            await leases.release(session, "task", "b")
        assert await holds(database, "a")
    finally:
        await database.close()


async def test_many_ask_at_once_and_one_gets_it(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(4)]
    try:
        for _ in range(5):
            asked = [holds(database, f"{n}:{i}") for n, database in enumerate(databases) for i in range(5)]
            assert (await asyncio.gather(*asked)).count(True) == 1
            async with databases[0].unit_of_work() as session:
                await session.execute(text("DELETE FROM leases"))
    finally:
        for database in databases:
            await database.close()


def sender_of(database: Database, api: Api) -> Sender[Due]:
    """A sender as a process has it, without a budget."""
    budget = Budget(0, 0, 0)
    return Sender(database, api, api.bot.id, budget, BoardSender(database, api, budget))


@contextlib.asynccontextmanager
async def office(
    database_url: str, senders: int
) -> AsyncIterator[tuple[Sandbox, int, list[Sender[Due]], Database]]:
    """A sandbox with one person (the second value), and senders that are not yet at work."""
    sandbox = Sandbox(TOKEN)
    sandbox.world.add_person("Marie", user_id=77).has_started = True
    database = Database(database_url)
    async with sandbox.serve() as url:
        api: Api = build_api(load(None, environment(url, database_url)))
        await api.initialize()
        try:
            yield (
                sandbox, api.bot.id,
                [sender_of(database, api) for _ in range(senders)], database,
            )  # fmt: skip
        finally:
            await api.shutdown()
            await database.close()


async def queue(database: Database, bot_id: int, *words: str) -> None:
    """Queue messages for Marie, as another process does: nobody is woken."""
    async with database.unit_of_work() as session:
        await outbox.enqueue(session, bot_id, [message(77, one) for one in words])


async def until_sent(database: Database, bot_id: int) -> None:
    """Return once nothing waits."""
    async with asyncio.timeout(30):
        while True:
            async with database.snapshot() as session:
                if not await outbox.backlog(session, bot_id):
                    return
            await asyncio.sleep(0.02)


def heard(sandbox: Sandbox) -> list[str]:
    """What Marie was sent."""
    return [str(one.data["text"]) for one in sandbox.world.chats[77].messages.values()]


async def test_of_three_senders_one_sends(postgresql_url: str) -> None:
    words = [str(number) for number in range(60)]
    async with office(postgresql_url, 3) as (sandbox, bot_id, senders, database):
        tasks = [asyncio.create_task(sender.run()) for sender in senders]
        for begin in range(0, 60, 10):
            await queue(database, bot_id, *words[begin : begin + 10])
            for sender in senders:
                sender.wake()
        await until_sent(database, bot_id)
        assert heard(sandbox) == words
        for sender in senders:
            sender.finish()
        await asyncio.wait_for(asyncio.gather(*tasks), 30)


async def test_another_takes_over_at_once_when_the_sender_ends_and_soon_when_it_dies(
    postgresql_url: str,
) -> None:
    async with office(postgresql_url, 3) as (sandbox, bot_id, senders, database):
        first, second, third = senders
        ending = asyncio.create_task(first.run())
        await queue(database, bot_id, "un")
        await until_sent(database, bot_id)
        first.finish()
        await asyncio.wait_for(ending, 30)
        begin = time.monotonic()
        dying = asyncio.create_task(second.run())
        await queue(database, bot_id, "deux")
        await until_sent(database, bot_id)
        assert time.monotonic() - begin < LEASE.total_seconds()

        second._lease_until = 0.0  # it dies without a word: nothing is given back
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        taking_over = asyncio.create_task(third.run())
        await queue(database, bot_id, "trois")
        await until_sent(database, bot_id)
        third.finish()
        await asyncio.wait_for(taking_over, 30)
        assert heard(sandbox) == ["un", "deux", "trois"]


async def test_a_sender_that_lost_its_lease_sends_nothing_more(postgresql_url: str) -> None:
    async with office(postgresql_url, 1) as (sandbox, bot_id, (sender,), database):
        task = asyncio.create_task(sender.run())
        await queue(database, bot_id, "un")
        await until_sent(database, bot_id)
        far = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
        async with database.unit_of_work() as session:
            await session.execute(text("UPDATE leases SET holder = 'other', until = :far"), {"far": far})
        async with asyncio.timeout(30):
            while sender._lease_until:  # noqa: ASYNC110 - it notices when it renews
                await asyncio.sleep(0.02)
        await queue(database, bot_id, "deux")
        sender.wake()
        sender.finish()
        await asyncio.wait_for(task, 30)
        assert heard(sandbox) == ["un"]
