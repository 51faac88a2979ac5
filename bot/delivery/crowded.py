"""A group's chat near Telegram's limit is told, once an hour, that screens come faster in private, with the way there.

What was said is a lease that nobody renews, so that it is said once however many processes there are.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid

from telegram.error import RetryAfter, TelegramError

from bot.delivery import crowded_view as views
from bot.delivery import leases
from bot.delivery.api import Api
from bot.delivery.budget import Budget
from bot.ui.screen import Screen
from bot.ui.texts import Texts
from ledger.db import Database, utc_now
from ledger.groups import service as groups
from ledger.orders import distributions

log = logging.getLogger(__name__)

NEAR = 0.4
"""The free share of a chat's budget below which screens that wait are a reason to say so."""
AGAIN = dt.timedelta(hours=1)


class CrowdedNotes:
    """What the sender says about chats whose screens wait."""

    def __init__(self, database: Database, api: Api, budget: Budget) -> None:
        self._database = database
        self._api = api
        self._budget = budget
        self._said: dict[int, float] = {}

    def is_due(self, chat_id: int, now: float) -> bool:
        """Whether to say it now, to a chat in which a screen waits."""
        last = self._said.get(chat_id)
        if last is not None and now - last < AGAIN.total_seconds():
            return False
        is_near = self._budget.spare(chat_id, now) <= NEAR
        return is_near and self._budget.wait(chat_id, now) <= 0

    async def send(self, chat_id: int) -> None:
        """Says that the chat is crowded, unless it was said within the hour. It is not said again when it fails."""
        self._said[chat_id] = time.monotonic()
        screen = await self._note(chat_id)
        if screen is None:
            return
        try:
            await self._api.call("sendMessage", {"chat_id": chat_id, **screen.as_json()})
        except RetryAfter as error:
            seconds = error.retry_after
            pause = seconds.total_seconds() if isinstance(seconds, dt.timedelta) else float(seconds)
            self._budget.pause(chat_id, time.monotonic() + pause)
        except TelegramError as error:
            log.info("a crowded chat could not be told: %s", type(error).__name__)

    async def _note(self, chat_id: int) -> Screen | None:
        async with self._database.unit_of_work() as session:
            group = await groups.group_of_chat(session, chat_id)
            if group is None:
                return None
            if not await leases.hold(session, f"crowded:{chat_id}", uuid.uuid4().hex, AGAIN):
                return None
            found = await distributions.at_hand(session, group.id, utc_now() - dt.timedelta(hours=18))
        payload = f"?start=d_{found.id}" if found is not None else ""
        texts = Texts(group.language, group.time_zone, group.currency)
        return views.note(texts, f"https://t.me/{self._api.bot.username}{payload}")
