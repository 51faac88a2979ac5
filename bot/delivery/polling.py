"""The polling feeder: fetches updates, stores and commits them, and only then asks for the next ones."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable

from telegram.error import InvalidToken, TelegramError

from bot.delivery import inbox
from bot.delivery.api import Api
from ledger.db import Database

log = logging.getLogger(__name__)

LONG_POLL_SECONDS = 25
LONGEST_BACK_OFF = 30.0


async def poll(database: Database, api: Api, stored: Callable[[int], None]) -> None:
    """Poll until cancelled. ``stored(count)`` is called after each commit. Raises :class:`InvalidToken`."""
    offset: int | None = None
    failures = 0
    while True:
        parameters: dict[str, object] = {
            "timeout": LONG_POLL_SECONDS,
            "allowed_updates": json.dumps(inbox.ALLOWED_UPDATES),
        }
        if offset is not None:
            parameters["offset"] = offset
        try:
            updates = await api.call("getUpdates", parameters, read_timeout=LONG_POLL_SECONDS + 10.0)
            if updates:
                async with database.unit_of_work() as session:
                    await inbox.store(session, api.bot.id, updates)
                offset = max(int(update["update_id"]) for update in updates) + 1
                stored(len(updates))
            failures = 0
        except InvalidToken:
            raise
        except TelegramError as error:
            failures += 1
            delay = min(0.5 * 2 ** min(failures, 10), LONGEST_BACK_OFF)
            log.warning("polling: %s, again in %.1f s", type(error).__name__, delay)
            await asyncio.sleep(delay)
