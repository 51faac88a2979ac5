"""Sends boards: after everything else that waits for their chat, seldom, and leaving most of the rate budget to taps.

A first message is claimed (committed), sent, and its number written down. If the process dies in between, nobody knows
whether the message arrived: nothing is sent for :data:`bot.board.boards.UNKNOWN_FOR`, then another message takes its
place. A tap on the one that did arrive makes it the board, or, once there is another, says that it is an old one. So there
are never two boards that are kept up to date, and never none for longer than that.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.board import boards as board
from bot.board.boards import Drawn, Due
from bot.board.views import board as views
from bot.delivery.api import NO_TOPIC, Api, surely_not_delivered
from bot.delivery.budget import Budget
from bot.ui.texts import Texts
from ledger.db import Database

log = logging.getLogger(__name__)

EVERY = 3.0
"""Seconds between two calls about one board, at least."""
SPARE = 0.75
"""The share of the budget that must be free, so that taps find theirs, when a board was drawn just now …"""
LEAST_SPARE = 0.2
OVERDUE = 40.0
"""… falling to this share when it was not drawn for so many seconds, so that a busy chat sees its board too."""
BACK_OFF = 10.0
"""Seconds until a call that failed on its way is made again."""
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")


class BoardSender:
    """What the sender does with boards; ``due`` is what the database said last."""

    def __init__(self, database: Database, api: Api, budget: Budget) -> None:
        self._database = database
        self._api = api
        self._budget = budget
        self._last: dict[int, float] = {}
        self._not_before: dict[int, float] = {}
        self.due: list[Due] = []

    async def load(self, session: AsyncSession) -> None:
        """Looks which boards want something."""
        self.due = await board.due(session)

    def may_send(self, due: Due, now: float) -> bool:
        """Whether it is this board's turn, in a chat for which nothing else waits."""
        if self._budget.wait(due.chat_id, now) > 0 or now < self._not_before.get(due.id, 0.0):
            return False
        last = self._last.get(due.id)
        if last is None or due.message_id is None or not due.is_behind:
            return True
        waited = now - last
        needed = SPARE - (SPARE - LEAST_SPARE) * min(waited / OVERDUE, 1.0)
        return waited >= EVERY and self._budget.spare(due.chat_id, now) > needed

    async def send(self, due: Due) -> None:
        """Makes one call about a board and writes down what became of it. Raises :class:`ChatMigrated`."""
        self.due = [other for other in self.due if other.id != due.id]
        if due.message_id is None:
            await self._send_first(due)
        elif due.is_behind:
            await self._edit(due, due.message_id)
        else:
            await self._pin(due, due.message_id)

    async def _send_first(self, due: Due) -> None:
        async with self._database.unit_of_work() as session:
            if not await board.claim_first(session, due.id):
                return
        drawn = await self._draw(due)
        if drawn is None:
            return
        topic = {"message_thread_id": due.topic} if due.topic is not None else {}
        sent = await self._call(due, "sendMessage", {**topic, **_parameters(drawn)})
        if isinstance(sent, dict):
            await self._record(
                due, message_id=sent["message_id"], shown=drawn.wanted, asked_at=None, pin_due=True
            )

    async def _edit(self, due: Due, message_id: int) -> None:
        drawn = await self._draw(due)
        if drawn is None:
            return
        done = await self._call(due, "editMessageText", {"message_id": message_id, **_parameters(drawn)})
        if done:
            await self._record(due, shown=drawn.wanted)

    async def _pin(self, due: Due, message_id: int) -> None:
        if await self._call(due, "pinChatMessage", {"message_id": message_id, "disable_notification": True}):
            await self._record(due, pin_due=False)

    async def _draw(self, due: Due) -> Drawn | None:
        async with self._database.snapshot() as session:
            return await board.draw(session, due.id)

    async def _call(self, due: Due, method: str, parameters: dict[str, Any]) -> Any:
        """The answer; none when the board needs another call, for which all is prepared."""
        now = time.monotonic()
        try:
            return await self._api.call(method, {"chat_id": due.chat_id, **parameters})
        except ChatMigrated:
            await self._not_sent(due)
            raise
        except RetryAfter as error:
            seconds = error.retry_after
            pause = seconds.total_seconds() if isinstance(seconds, dt.timedelta) else float(seconds)
            self._budget.pause(due.chat_id, time.monotonic() + pause)
            await self._not_sent(due)
        except Forbidden:
            async with self._database.unit_of_work() as session:
                await board.give_up(session, due)
        except BadRequest as error:
            return await self._refused(due, method, error.message.lower())
        except TimedOut as error:
            self._not_before[due.id] = now + BACK_OFF
            if surely_not_delivered(error):
                await self._not_sent(due)
        except (NetworkError, TelegramError):
            self._not_before[due.id] = now + BACK_OFF
            await self._not_sent(due)
        finally:
            self._last[due.id] = time.monotonic()
        return None

    async def _refused(self, due: Due, method: str, why: str) -> Any:
        if "not modified" in why or method == "pinChatMessage":
            return True
        if due.message_id is not None and any(words in why for words in GONE):
            await self._record(due, message_id=None, asked_at=None)
        elif due.topic is not None and any(words in why for words in NO_TOPIC):
            await self._record(due, message_thread_id=None, asked_at=None)
        else:
            log.warning("board: %s was refused: %s", method, why)
            await self._record(due, shown=due.wanted, asked_at=None)
        return None

    async def _not_sent(self, due: Due) -> None:
        """A first message certainly did not arrive: it need not be waited for."""
        if due.message_id is None:
            await self._record(due, asked_at=None)

    async def _record(self, due: Due, **values: Any) -> None:
        async with self._database.unit_of_work() as session:
            await board.record(session, due, **values)


def _parameters(drawn: Drawn) -> dict[str, Any]:
    group = drawn.group
    texts = Texts(group.language, group.time_zone, group.currency)
    return views.board(texts, drawn.picture).as_json()
