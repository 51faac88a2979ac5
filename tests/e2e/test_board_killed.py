"""The process is killed while its board is on the way: Telegram has the message, and nobody wrote its number down."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.delivery.models import Board
from bot.sandbox.server import Sandbox
from ledger.db import Database
from tests.support.bot import TOKEN, environment
from tests.support.bot_process import BotProcess
from tests.support.seed import seed_group
from tests.support.telegram import Group, Person, TelegramWorld

LONG = 60.0


async def test_no_second_board_and_a_tap_finds_the_first(sqlite_url: str, tmp_path: Path) -> None:
    async with Sandbox(TOKEN).serve() as url, await TelegramWorld.connect(url) as world:
        database = Database(sqlite_url)
        bot = BotProcess(environment(url, sqlite_url), tmp_path / "bot.log")
        try:
            anne = await world.person("Anne", language="en")
            await anne.send("/start")
            group = await world.group("Amap des Lilas", admins=[anne])
            await seed_group(database, group.chat_id, coordinators=[anne], language="en")
            await bot.start()
            page = await anne.ask("/distribution", expect="0 orders", timeout=LONG)
            await world.fault("delay", method="sendMessage", chat_id=group.chat_id, seconds=6)
            await anne.tap("📌 Board", message=page)
            first = await anne.wait("📌 Distribution", chat=group)
            await bot.kill()
            async with database.snapshot() as session:
                board = (await session.execute(select(Board))).scalar_one()
            assert board.message_id is None
            assert board.asked_at is not None

            await bot.start()
            await anne.ask("/distribution", expect="0 orders", timeout=LONG)
            await world.settle(quiet=1.0, timeout=LONG)
            assert await boards(anne, group) == [first.id]
            assert "drawn anew" in await anne.tap("Refresh", message=first)
            async with database.snapshot() as session:
                known = (await session.execute(select(Board.message_id))).scalar_one()
            assert known == first.id
            await world.settle(quiet=1.0, timeout=LONG)
            assert await boards(anne, group) == [first.id]
        finally:
            await bot.aclose()
            await database.close()


async def boards(person: Person, group: Group) -> list[int]:
    """The numbers of all messages in the chat that are boards."""
    return [m.id for m in await person.messages(group) if m.says("📌 Distribution")]
