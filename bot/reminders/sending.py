"""The loop that reminds: makes the rows that are due, takes them one by one, and queues what each says.

Every row is one unit of work: the row under lock, the message in the outbox and "done" are committed together, so a
reminder is queued once, whoever else looks and whenever this process ends.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery.outbox import Call
from bot.edge.dispatcher import describe
from bot.edge.notify import Notifier
from bot.edge.unit import Edge, Unit
from bot.reminders.views import reminders as views
from ledger.db import utc_now
from ledger.reminders import service
from ledger.reminders.content import Later, Notice, look
from ledger.reminders.models import Outcome, Reminder, ReminderKind

log = logging.getLogger(__name__)

LOOK_EVERY = 30.0
"""Seconds between looks for what is due."""
AGAIN_AFTER = dt.timedelta(minutes=5)
"""When a reminder that failed is tried again; once it is of no use it is dropped."""

PostBoard = Callable[[AsyncSession, int], Awaitable[Sequence[Call]]]


class Reminding:
    """Runs until cancelled. ``post_board``: sees to a distribution's board, once its orders are closed."""

    def __init__(self, edge: Edge, bot_username: str, post_board: PostBoard | None = None) -> None:
        self._edge = edge
        self._database = edge.database
        self._bot_username = bot_username
        self._post_board = post_board

    async def run(self) -> None:
        """The loop; as many processes as wished may run it."""
        while True:
            await self.remind(utc_now())
            await asyncio.sleep(LOOK_EVERY)

    async def remind(self, now: dt.datetime) -> None:
        """Does everything that is due at ``now``."""
        async with self._database.snapshot() as session:
            unplanned = await service.unplanned(session, now)
        for due in unplanned:
            async with self._database.unit_of_work() as session:
                await service.plan(session, due)
        while await self._next(now):
            pass

    async def _next(self, now: dt.datetime) -> bool:
        """Takes one reminder; false when none is due."""
        taken: int | None = None
        try:
            async with self._edge.unit_of_work() as unit:
                reminder = await service.take(unit.session, now)
                if reminder is None:
                    return False
                taken = reminder.id
                await self._handle(unit, reminder, now)
        except Exception as error:
            if taken is None:
                raise
            log.error("reminder %s failed: %s", taken, describe(error))
            async with self._database.unit_of_work() as session:
                await service.postpone(session, taken, now + AGAIN_AFTER)
        return True

    async def _handle(self, unit: Unit, reminder: Reminder, now: dt.datetime) -> None:
        session = unit.session
        found = await look(session, reminder, now)
        if isinstance(found, Later):
            await service.postpone(session, reminder.id, found.at)
            return
        if isinstance(found, Notice):
            await self._say(unit, found)
            found = Outcome.SENT
        elif reminder.kind is ReminderKind.CLOSED and found is Outcome.SENT and self._post_board is not None:
            unit.calls.extend(await self._post_board(session, reminder.distribution_id))
        await service.finish(session, reminder, found, now)

    async def _say(self, unit: Unit, notice: Notice) -> None:
        notify = Notifier(unit.session, notice.group, unit.calls)
        order_url = f"https://t.me/{self._bot_username}?start=o_{notice.group.invitation}"
        await notify.member(notice.member, lambda texts: views.reminder(texts, notice, order_url))
