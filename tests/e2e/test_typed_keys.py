"""A key that is typed leaves nothing in the files and the log of a real process, killed in the midst of it or not."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from bot.sandbox.server import Sandbox
from bot.sandbox.stripe.faults import Fault
from bot.sandbox.stripe.server import running_stripe
from ledger.db import Database
from tests.support.bot import TOKEN, environment
from tests.support.bot_process import BotProcess
from tests.support.cards import bytes_of, card_environment
from tests.support.seed import seed_group
from tests.support.telegram import TelegramWorld

KEY, STRAY = "sk_test_51KilledAbCdEfGhIj", "rk_live_51StrayAbCdEfGhIj"


async def test_killed_while_stripe_is_asked(sqlite_url: str, tmp_path: Path) -> None:
    async with (
        running_stripe() as stripe,
        Sandbox(TOKEN).serve() as url,
        await TelegramWorld.connect(url) as world,
        contextlib.AsyncExitStack() as stack,
    ):
        stripe.add_key(KEY)
        settings = environment(url, sqlite_url, **card_environment(stripe), CAGNOTTE_LOGGING__LEVEL="DEBUG")
        bot = BotProcess(settings, tmp_path / "log")
        stack.push_async_callback(bot.aclose)
        anne = await world.person("Anne", language="en")
        chat = await world.group("Amap", admins=[anne])
        database = Database(sqlite_url)
        try:
            await seed_group(database, chat.chat_id, coordinators=[anne], language="en")
        finally:
            await database.close()
        await bot.start()
        await anne.ask("/settings", expect="Settings", timeout=60)
        await anne.press("Card", expect="Cards are not taken")
        await anne.press("Enter our own key", expect="Paste it here")

        stripe.faults.add(Fault("hang", seconds=60))
        await anne.send(KEY)
        for _ in range(200):
            if stripe.requests:
                break
            await asyncio.sleep(0.05)
        assert stripe.requests
        await bot.kill()
        stripe.faults.clear()
        await bot.start()
        await anne.wait("The key works and is kept", timeout=60)
        await anne.ask(f"voici {STRAY}", expect="That looks like a secret key")
        await world.settle()
        assert KEY not in await anne.transcript()
        assert await bot.stop() == 0
    files = bytes_of(database)
    for key in (KEY, STRAY):
        assert key.encode() not in files
        assert key not in bot.logged()
    assert b"Anne" in files
