"""The polling feeder: fetches updates, stores and commits them, and only then asks for the next ones."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.delivery import inbox
from bot.delivery.api import Api, asked_pause
from bot.figures import POLLED

log = logging.getLogger(__name__)

LONG_POLL_SECONDS = 25
LONGEST_BACK_OFF = 30.0


async def poll(api: Api, take: Callable[[Sequence[dict[str, Any]]], Awaitable[None]]) -> None:
    """Polls until cancelled. ``take`` keeps updates and commits them. Raises :class:`InvalidToken`."""
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
                await take(updates)
                offset = max(int(update["update_id"]) for update in updates) + 1
            failures = 0
            POLLED.set_to_current_time()
        except InvalidToken:
            raise
        except Conflict:
            failures += 1
            log.error(
                "another process polls Telegram with this bot's token: stop one of the two. Until then both lose time"
            )
            await asyncio.sleep(_back_off(failures))
        except TelegramError as error:
            failures += 1
            delay = max(_back_off(failures), asked_pause(error).total_seconds())
            log.warning("polling: %s, again in %.1f s", type(error).__name__, delay)
            await asyncio.sleep(delay)


def _back_off(failures: int) -> float:
    return min(0.5 * float(2 ** min(failures, 10)), LONGEST_BACK_OFF)
