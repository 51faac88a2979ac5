"""The one place where everything is wired: configuration, database, Telegram, delivery, web."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp
from telegram import Update
from telegram.error import BadRequest, InvalidToken
from telegram.ext import Application, ContextTypes

from bot.board import boards
from bot.board.sender import BoardSender
from bot.cards import typed_keys
from bot.cards.service import Cards
from bot.config import Address, Config
from bot.delivery import inbox, outbox
from bot.delivery.api import Api, asked_pause
from bot.delivery.budget import Budget
from bot.delivery.http import AiohttpRequest
from bot.delivery.polling import poll
from bot.delivery.sender import Sender
from bot.edge.carrier import Carrier, current_scene
from bot.edge.dispatcher import AnyApplication, Dispatcher
from bot.edge.intake import Intake
from bot.edge.unit import Edge
from bot.home.menu import publish_menus
from bot.reminders.sending import Reminding
from bot.routes import handlers
from bot.web.app import web_app
from bot.web.metrics import Metrics
from bot.web.server import serving
from bot.web.stripe import StripeDoor
from ledger import migrations
from ledger.db import Database, utc_now
from ledger.payments.card.gateway import Gateway
from ledger.payments.card.keys import Vault
from ledger.reminders import service as reminders

log = logging.getLogger(__name__)

FLUSH_SECONDS = 10.0
"""How long a stopping process goes on sending what is queued."""
TIDY_EVERY = 6 * 3600.0


class SchemaOutdated(Exception):
    """The database's schema is older than this code, and is not migrated by itself."""


class AddressTaken(Exception):
    """Where the web server should listen, it cannot."""

    def __init__(self, key: str, address: Address, error: OSError) -> None:
        super().__init__(key, address, error)
        self.key, self.address, self.error = key, address, error

    def __str__(self) -> str:
        why = os.strerror(self.error.errno) if self.error.errno else str(self.error)
        return f"{self.address.host}:{self.address.port} ({self.key}) cannot be listened on: {why}"


@dataclass
class Bot:
    """A running bot. ``ended``: it cannot go on, for this reason."""

    api: Api
    edge: Edge
    intake: Intake
    dispatcher: Dispatcher
    sender: Sender[boards.Due]
    reminding: Reminding
    cards: Cards
    ended: asyncio.Future[None]

    @property
    def database(self) -> Database:
        """Where all of it is kept."""
        return self.edge.database


def build_api(config: Config) -> Api:
    """The Bot API client of the configured bot."""
    return Api(
        config.telegram.token,
        base_url=config.telegram.base_url,
        base_file_url=config.telegram.base_file_url,
        request=AiohttpRequest(connections=32),
        get_updates_request=AiohttpRequest(connections=2),
    )


def build_application(api: Api) -> AnyApplication:
    """python-telegram-bot's application with all our handlers; it is handed updates and fetches none."""
    context_types: Any = ContextTypes(context=Carrier)
    application = Application.builder().bot(api).updater(None).context_types(context_types).build()
    for handler in handlers():
        application.add_handler(handler)

    async def keep_error(update: object, context: Any) -> None:
        if isinstance(update, Update):
            current_scene.get().error = context.error

    application.add_error_handler(keep_error)
    return application


def build_cards(config: Config, edge: Edge, api: Api) -> Cards:
    """The door to Stripe; members reach it through our own web server where that has a public address."""
    return Cards(
        edge=edge,
        gateway=Gateway(config.stripe.base_url),
        vault=Vault(config.stripe.encryption_key),
        host_key=config.stripe.api_key,
        host_group=config.stripe.group,
        public_url=config.web.public_url if config.web.listen else None,
        bot_username=api.bot.username or "",
    )


async def prepare_database(database: Database) -> None:
    """Brings an SQLite file's schema up; on PostgreSQL, refuses to start on an old one."""
    if database.is_sqlite:
        await migrations.upgrade(database)
    elif not await migrations.is_current(database):
        raise SchemaOutdated


@contextlib.asynccontextmanager
async def running(config: Config) -> AsyncIterator[Bot]:
    """The whole bot, working inside the block. Leaving it ends what is under way and sends what is queued."""
    database = Database(config.database.url)
    try:
        await prepare_database(database)
        api = build_api(config)
        limits = config.limits
        budget = Budget(limits.messages_per_second, limits.per_chat_per_second, limits.per_group_per_minute)
        await _with_patience(api.initialize)
        application = build_application(api)
        await application.initialize()
        sender = Sender(database, api, api.bot.id, budget, BoardSender(database, api, budget))
        edge = Edge(database, api.bot.id, boards.refresh, sender.wake)
        cards = build_cards(config, edge, api)
        dispatcher = Dispatcher(edge, application, api, typed_keys, {Cards: cards})
        intake = Intake(edge, typed_keys, dispatcher.wake)
        reminding = Reminding(edge, api.bot.username or "", boards.post_board)
        ended = asyncio.get_running_loop().create_future()
        bot = Bot(api, edge, intake, dispatcher, sender, reminding, cards, ended)
        try:
            async with _work(config, bot):
                yield bot
        finally:
            await application.shutdown()
            await api.shutdown()
            await cards.gateway.aclose()
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def _work(config: Config, bot: Bot) -> AsyncIterator[None]:
    """Feeders first in line to stop; then the workers finish; then the sender flushes."""
    workers = config.dispatcher.workers
    sending = asyncio.create_task(_for_ever("sender", bot.sender.run))
    working = [asyncio.create_task(bot.dispatcher.run()) for _ in range(workers)]
    tidying = asyncio.create_task(_for_ever("housekeeping", lambda: _tidy(bot)))
    reminding = asyncio.create_task(_for_ever("reminders", bot.reminding.run))
    cards = asyncio.create_task(_for_ever("cards", bot.cards.run))
    menus = asyncio.create_task(_for_ever("menus", lambda: publish_menus(bot.api, bot.database)))
    try:
        async with _feeding(config, bot):
            yield
    finally:
        for task in (tidying, reminding, menus, cards):
            task.cancel()
        bot.dispatcher.finish(workers)
        await asyncio.wait(working)
        await asyncio.wait([asyncio.create_task(bot.dispatcher.drain())], timeout=FLUSH_SECONDS)
        bot.sender.finish()
        await asyncio.wait([sending], timeout=FLUSH_SECONDS)
        sending.cancel()
        await asyncio.gather(sending, tidying, reminding, menus, cards, *working, return_exceptions=True)


@contextlib.asynccontextmanager
async def _feeding(config: Config, bot: Bot) -> AsyncIterator[None]:
    telegram, web = config.telegram, config.web
    secret = telegram.webhook_secret if telegram.mode == "webhook" else None
    async with contextlib.AsyncExitStack() as stack:
        metrics = Metrics(bot.database, bot.api.bot.id)
        if web.metrics_listen is not None:
            await _listen(stack, metrics.app(), "web.metrics_listen", web.metrics_listen)
        if web.listen is not None:
            here = None if web.metrics_listen else metrics
            stripe = StripeDoor(bot.cards, config.stripe.webhook_secret)
            app = web_app(bot.database, bot.intake, secret, stripe, here)
            await _listen(stack, app, "web.listen", web.listen)
        if telegram.mode == "webhook":
            parameters = {
                "url": f"{(web.public_url or '').rstrip('/')}/telegram",
                "secret_token": secret,
                "allowed_updates": list(inbox.ALLOWED_UPDATES),
                "max_connections": 40,
            }
            await _with_patience(lambda: bot.api.call("setWebhook", parameters))
            log.info("connected as @%s, webhook at %s", bot.api.bot.username, parameters["url"])
            yield
            return
        await _with_patience(lambda: bot.api.call("deleteWebhook", {}))
        polling = asyncio.create_task(_for_ever("polling", lambda: poll(bot.api, bot.intake.take)))
        polling.add_done_callback(lambda task: _end(bot, task))
        log.info("connected as @%s, polling", bot.api.bot.username)
        try:
            yield
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)


async def _listen(stack: contextlib.AsyncExitStack, app: ASGIApp, key: str, address: Address) -> None:
    try:
        await stack.enter_async_context(serving(app, address.host, address.port))
    except OSError as error:
        raise AddressTaken(key, address, error) from None


def _end(bot: Bot, task: asyncio.Task[None]) -> None:
    """A token that is taken back while we run: there is nothing more to do."""
    if not task.cancelled() and isinstance(error := task.exception(), InvalidToken) and not bot.ended.done():
        bot.ended.set_exception(error)


async def _tidy(bot: Bot) -> None:
    while True:
        async with bot.database.unit_of_work() as session:
            await inbox.forget_old(session)
            await outbox.forget_old(session)
            await reminders.forget_old(session, utc_now())
        await bot.database.empty_log()
        await asyncio.sleep(TIDY_EVERY)


async def _for_ever(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Runs ``work``; when it breaks, says so and starts it again a little later. It ends when it returns."""
    delay = 0.5
    while True:
        try:
            await work()
        except InvalidToken:
            raise
        except Exception as error:
            log.error("%s stopped: %s; again in %.1f s", name, type(error).__name__, delay, exc_info=True)
            await asyncio.sleep(delay)
            delay = min(delay * 2, 30.0)
        else:
            return


async def _with_patience(call: Callable[[], Awaitable[object]]) -> None:
    """Makes a first call to Telegram, again and again while it cannot be reached. Raises :class:`InvalidToken`."""
    delay = 0.5
    while True:
        try:
            await call()
        except InvalidToken:
            raise
        except Exception as error:
            pause = max(delay, asked_pause(error).total_seconds())
            how = (
                f"refuses: {error.message}"
                if isinstance(error, BadRequest)
                else f"does not answer ({type(error).__name__})"
            )
            log.warning("Telegram %s; again in %.1f s", how, pause)
            await asyncio.sleep(pause)
            delay = min(delay * 2, 30.0)
        else:
            return
