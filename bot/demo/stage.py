"""The demo's theatre: the sandbox and the real bot on it, in one process, over HTTP, with a database that is thrown away."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bot import config as configuration
from bot import logs
from bot.app import Bot, running
from bot.delivery import inbox, outbox
from bot.demo.actors import Stage
from bot.sandbox.server import Sandbox

TOKEN = "123456789:DEMO-token-for-the-sandbox-alone-00"  # noqa: S105 - known to nobody but the sandbox
USERNAME = "cagnotte_bot"


@dataclass(frozen=True, slots=True)
class Theatre:
    """Where the page is, the sandbox's control API, and the running bot."""

    url: str
    stage: Stage
    bot: Bot


@contextlib.asynccontextmanager
async def theatre(port: int, language: str) -> AsyncIterator[Theatre]:
    """Everything running, inside the block. Raises OSError when the port is taken."""
    sandbox = Sandbox(token=TOKEN, username=USERNAME, language=language)
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cagnotte-demo-")))
        url = await stack.enter_async_context(sandbox.serve(port=port))
        config = configuration.load(None, _environment(url, folder))
        logs.configure("WARNING", "text", config.secrets())
        stage = Stage(url)
        stack.push_async_callback(stage.close)
        bot = await stack.enter_async_context(running(config))

        async def has_nothing_waiting() -> bool:
            async with bot.database.snapshot() as session:
                bot_id = bot.api.bot.id
                return not (await inbox.backlog(session, bot_id) or await outbox.backlog(session, bot_id))

        stage.has_nothing_waiting = has_nothing_waiting
        yield Theatre(url, stage, bot)


def _environment(url: str, folder: Path) -> dict[str, str]:
    return {
        "CAGNOTTE_TELEGRAM__TOKEN": TOKEN,
        "CAGNOTTE_TELEGRAM__BASE_URL": f"{url}/bot",
        "CAGNOTTE_TELEGRAM__BASE_FILE_URL": f"{url}/file/bot",
        "CAGNOTTE_DATABASE__URL": f"sqlite+aiosqlite:///{folder}/demo.db",
        "CAGNOTTE_LIMITS__MESSAGES_PER_SECOND": "0",
        "CAGNOTTE_LIMITS__PER_CHAT_PER_SECOND": "0",
        "CAGNOTTE_LIMITS__PER_GROUP_PER_MINUTE": "0",
    }
