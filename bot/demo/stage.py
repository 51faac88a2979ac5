"""The demo's theatre: the sandbox, a stand-in for Stripe and the real bot on them, in one process, over HTTP on this
machine alone, with a database that is thrown away."""

from __future__ import annotations

import contextlib
import socket
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bot import config as configuration
from bot import logs
from bot.app import Bot, running
from bot.delivery import inbox, outbox
from bot.demo.actors import Stage
from bot.demo.story import WORDS
from bot.sandbox.server import Sandbox
from bot.sandbox.stripe.server import TEST_KEY, StripeSandbox

TOKEN = "123456789:DEMO-token-for-the-sandbox-alone-00"  # noqa: S105 - known to nobody but the sandbox
USERNAME = "cagnotte_bot"


@dataclass(frozen=True, slots=True)
class Theatre:
    """Where the page is, the sandbox's control API, the running bot, and the stand-in for Stripe."""

    url: str
    stage: Stage
    bot: Bot
    stripe: StripeSandbox


@contextlib.asynccontextmanager
async def theatre(port: int, language: str) -> AsyncIterator[Theatre]:
    """Everything running, inside the block. Raises OSError when the port is taken."""
    sandbox = Sandbox(token=TOKEN, username=USERNAME, language=language)
    stripe = StripeSandbox()
    stripe.add_account(WORDS[language].group, keys=[TEST_KEY])
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cagnotte-demo-")))
        url = await stack.enter_async_context(sandbox.serve(port=port))
        stripe_url = await stack.enter_async_context(stripe.serve())
        environment = _environment(url, folder) | _cards(stripe, stripe_url)
        config = configuration.load(None, environment)
        logs.configure("WARNING", "text", config.secrets())
        stage = Stage(url)
        stack.push_async_callback(stage.close)
        bot = await stack.enter_async_context(running(config))
        bot.cards.telegram_links = f"{url}/t.me"

        async def has_nothing_waiting() -> bool:
            async with bot.database.snapshot() as session:
                bot_id = bot.api.bot.id
                return not (await inbox.backlog(session, bot_id) or await outbox.backlog(session, bot_id))

        stage.has_nothing_waiting = has_nothing_waiting
        yield Theatre(url, stage, bot, stripe)


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


def _cards(stripe: StripeSandbox, stripe_url: str) -> dict[str, str]:
    """The bot's own web server, where members go to pay and the stand-in sends its events."""
    listen = f"127.0.0.1:{_free_port()}"
    endpoint = stripe.add_webhook(f"http://{listen}/stripe")
    return {
        "CAGNOTTE_WEB__LISTEN": listen,
        "CAGNOTTE_WEB__PUBLIC_URL": f"http://{listen}",
        "CAGNOTTE_STRIPE__API_KEY": TEST_KEY,
        "CAGNOTTE_STRIPE__BASE_URL": stripe_url,
        "CAGNOTTE_STRIPE__WEBHOOK_SECRET": endpoint.secret,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
