"""The bot under test: the real one, running in this event loop against a sandbox, over HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from bot.app import Bot, running
from bot.config import load
from bot.sandbox.server import Sandbox
from ledger.db import Database
from tests.support.telegram import TelegramWorld

TOKEN = "123456:TEST"


def environment(url: str, database_url: str, **more: str) -> dict[str, str]:
    """The environment of a bot on the sandbox at ``url``, as fast as it can."""
    return {
        "CAGNOTTE_TELEGRAM__TOKEN": TOKEN,
        "CAGNOTTE_TELEGRAM__BASE_URL": f"{url}/bot",
        "CAGNOTTE_TELEGRAM__BASE_FILE_URL": f"{url}/file/bot",
        "CAGNOTTE_DATABASE__URL": database_url,
        "CAGNOTTE_LIMITS__MESSAGES_PER_SECOND": "0",
        "CAGNOTTE_LIMITS__PER_CHAT_PER_SECOND": "0",
        "CAGNOTTE_LIMITS__PER_GROUP_PER_MINUTE": "0",
        **more,
    }


@contextlib.asynccontextmanager
async def running_bot(url: str, database_url: str, **more: str) -> AsyncIterator[Bot]:
    """The bot, polling the sandbox at ``url``."""
    async with running(load(None, environment(url, database_url, **more))) as bot:
        yield bot


@dataclass
class Stage:
    """A sandbox with its people, the bot, and its database."""

    world: TelegramWorld
    bot: Bot

    @property
    def database(self) -> Database:
        """The bot's own database."""
        return self.bot.database

    async def rows(self, table: str) -> list[dict[str, Any]]:
        """Everything in a table, to see that nothing was written."""
        async with self.database.snapshot() as session:
            found = await session.execute(text(f"SELECT * FROM {table}"))
            return [dict(row) for row in found.mappings()]


@contextlib.asynccontextmanager
async def staged(database_url: str, **more: str) -> AsyncIterator[Stage]:
    """A new sandbox and a bot on it; ``more``: variables of the bot's environment."""
    async with (
        Sandbox(TOKEN).serve() as url,
        running_bot(url, database_url, **more) as bot,
        await TelegramWorld.connect(url) as world,
    ):
        yield Stage(world, bot)


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    """A sandbox and the bot on it, with an empty database."""
    async with staged(sqlite_url) as stage:
        yield stage


@pytest.fixture
async def any_stage(database_url: str) -> AsyncIterator[Stage]:
    """The same on either database: for the stories in which money moves."""
    async with staged(database_url) as stage:
        yield stage
