"""A real process is killed while it waits for Stripe's answers: the next one makes it right, and nobody does anything."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.sandbox.server import Sandbox
from bot.sandbox.stripe.faults import Fault
from bot.sandbox.stripe.server import TEST_KEY, StripeSandbox, running_stripe
from ledger.books.models import AccountKind
from ledger.db import Database
from ledger.groups.models import Method
from ledger.payments import refunds
from ledger.payments import service as payments
from ledger.payments.card import checkouts
from tests.e2e.ride import rows
from tests.support.bot import TOKEN, environment
from tests.support.bot_process import BotProcess
from tests.support.card_desk import set_up
from tests.support.cards import card_environment
from tests.support.ledger import Story


async def until(what: Callable[[], Awaitable[bool]]) -> None:
    """Wait for it."""
    async with asyncio.timeout(60):
        while not await what():  # noqa: ASYNC110 - neither the stand-in nor a database has events
            await asyncio.sleep(0.05)


async def asked(stripe: StripeSandbox, operation: str, since: int) -> bool:
    """Whether Stripe was asked, and has not answered yet."""
    return any(one.operation == operation and one.status == 0 for one in stripe.requests[since:])


async def test_killed_while_stripe_answers(sqlite_url: str, tmp_path: Path) -> None:
    """Once while the session is made, once while it is looked at, once while a refund is made."""
    async with (
        running_stripe() as stripe,
        Sandbox(TOKEN).serve() as url,
        contextlib.AsyncExitStack() as stack,
    ):
        database = Database(sqlite_url)
        stack.push_async_callback(database.close)
        story, marie = await set_up(database)
        more = card_environment(stripe, CAGNOTTE_STRIPE__API_KEY=TEST_KEY)
        bot = BotProcess(environment(url, sqlite_url, **more), tmp_path / "log")
        stack.push_async_callback(bot.aclose)

        async def count(statement: str) -> int:
            return int((await rows(database, statement))[0][0])

        async def die_over(operation: str) -> None:
            stripe.faults.add(Fault("hang", operation=operation, when="after", seconds=60))
            before = len(stripe.requests)
            await bot.start()
            await until(lambda: asked(stripe, operation, before))
            await bot.kill()
            stripe.faults.clear()
            await let_time_pass(database)
            await bot.start()

        async with database.unit_of_work() as session:
            payment = await payments.expect(session, marie, Method.CARD, 1235, None)
            await checkouts.want(session, await story.group(session), payment.id, "en", tell=True)
        await die_over("create_session")

        async def is_offered() -> bool:
            return await count("SELECT count(*) FROM checkouts WHERE state = 'open'") == 1

        await until(is_offered)
        await bot.kill()
        [session_id] = stripe.dashboard.mode().sessions
        stripe.dashboard.pay(session_id)
        await let_time_pass(database)
        await die_over("retrieve_session")

        async def is_received() -> bool:
            return await count("SELECT count(*) FROM card_movements") == 1

        await until(is_received)
        await bot.kill()
        async with database.unit_of_work() as session:
            await refunds.refund(session, marie, Method.CARD, 500, story.anne)
        await die_over("create_refund")

        async def is_refunded() -> bool:
            return await count("SELECT count(*) FROM card_movements") == 2

        await until(is_refunded)
        assert await bot.stop() == 0, bot.logged()
        assert (stripe.balance().charged, stripe.balance().refunded) == (1235, 500)
        assert await count("SELECT count(*) FROM transactions WHERE kind = 'received-card'") == 1
        assert await count("SELECT count(*) FROM transactions WHERE kind = 'refunded-card'") == 1
        assert await count("SELECT count(*) FROM outbox WHERE payload LIKE '%paid by card%'") == 1
        await is_right(story, stripe)


async def let_time_pass(database: Database) -> None:
    """The minute is over for which a process that asks is left alone."""
    async with database.unit_of_work() as session:
        connection = await session.connection()
        for table in ("checkouts", "card_refunds", "card_accounts"):
            await connection.exec_driver_sql(
                f"UPDATE {table} SET look_at = '2020-01-01T00:00:00.000000+00:00' WHERE look_at IS NOT NULL"
            )


async def is_right(story: Story, stripe: StripeSandbox) -> None:
    """To the cent."""
    assert await story.account(AccountKind.CARD) == stripe.balance().total
    assert await story.verify() == []
