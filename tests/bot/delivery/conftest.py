"""The whole of delivery with handlers of the tests' own: a sandbox, a database of either kind, the bot in between."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest
from telegram import Update

from bot.app import Bot
from bot.delivery import outbox
from bot.delivery.outbox import Call
from bot.edge.handling import On, event
from bot.edge.scene import Scene
from bot.rights import May
from bot.sandbox.server import Sandbox
from bot.ui.screen import Screen
from ledger.db import Database
from tests.e2e.ride import rows
from tests.support.bot import TOKEN, running_bot
from tests.support.telegram import TelegramWorld

Handle = Callable[[Update, Scene], Coroutine[Any, Any, None]]


EVERYTHING = event("everything", lambda _: True, may=May.FIND_ONES_WAY)


def said(update: Update) -> str:
    """What was written or tapped."""
    query = update.callback_query
    return (query.data or "") if query else ((update.message and update.message.text) or "")


async def echo(scene: Scene) -> None:
    """Say it back."""
    scene.say(Screen(f"echo {said(scene.update)}"))


@dataclass
class Desk:
    """A sandbox, and bots that come and go on one database, with one handler for everything."""

    sandbox: Sandbox
    url: str
    world: TelegramWorld
    database_url: str
    handle: Handle = echo
    settings: dict[str, str] = field(default_factory=dict)

    @contextlib.asynccontextmanager
    async def open(self, **more: str) -> AsyncIterator[Bot]:
        """The bot at work inside the block."""
        async with running_bot(self.url, self.database_url, **self.settings, **more) as bot:
            yield bot

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a query finds, seen by nobody in particular."""
        database = Database(self.database_url)
        try:
            return await rows(database, statement)
        finally:
            await database.close()

    async def until(self, statement: str, wanted: object) -> None:
        """Return once a query finds one value."""
        found: object = None
        async with asyncio.timeout(30):
            database = Database(self.database_url)
            try:
                while (found := (await rows(database, statement))[0][0]) != wanted:  # noqa: ASYNC110 - a database has no events
                    await asyncio.sleep(0.02)
            except TimeoutError:
                raise AssertionError(f"{statement}: {found}, not {wanted}") from None
            finally:
                await database.close()


@pytest.fixture
async def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """On either kind of database."""
    sandbox = Sandbox(TOKEN)
    async with sandbox.serve() as url, await TelegramWorld.connect(url) as world:
        desk = Desk(sandbox, url, world, database_url)

        async def handle(scene: Scene) -> None:
            await desk.handle(scene)

        monkeypatch.setattr("bot.app.handlers", lambda: [On(EVERYTHING, handle)])
        yield desk


async def queue(bot: Bot, *calls: Call) -> None:
    """Put calls into the outbox, as a unit of work does."""
    async with bot.database.unit_of_work() as session:
        await outbox.enqueue(session, bot.api.bot.id, calls)
    bot.sender.wake()


def message(chat_id: int, text: str) -> Call:
    """A new message."""
    return Call("sendMessage", chat_id, {"text": text})
