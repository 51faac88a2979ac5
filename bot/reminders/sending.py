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

from bot.delivery import outbox
from bot.delivery.outbox import Call
from bot.edge.dispatcher import describe
from bot.reminders.views import reminders as views
from bot.ui.texts import Texts
from ledger.db import Database, utc_now
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
    """Runs until cancelled. ``committed`` is called after each commit that queued calls."""

    def __init__(
        self,
        database: Database,
        bot_id: int,
        bot_username: str,
        committed: Callable[[], None],
        post_board: PostBoard | None = None,
    ) -> None:
        self._database = database
        self._bot_id = bot_id
        self._bot_username = bot_username
        self._committed = committed
        self._post_board = post_board

    async def run(self) -> None:
        """The loop; as many processes as wished may run it."""
        while True:
            await self.remind(utc_now())
            await asyncio.sleep(LOOK_EVERY)

    async def remind(self, now: dt.datetime) -> None:
        """Do everything that is due at ``now``."""
        async with self._database.snapshot() as session:
            unplanned = await service.unplanned(session, now)
        for due in unplanned:
            async with self._database.unit_of_work() as session:
                await service.plan(session, due)
        while await self._next(now):
            self._committed()

    async def _next(self, now: dt.datetime) -> bool:
        """Take one reminder; false when none is due."""
        taken: int | None = None
        try:
            async with self._database.unit_of_work() as session:
                reminder = await service.take(session, now)
                if reminder is None:
                    return False
                taken = reminder.id
                await self._handle(session, reminder, now)
        except Exception as error:
            if taken is None:
                raise
            log.error("reminder %s failed: %s", taken, describe(error))
            async with self._database.unit_of_work() as session:
                await service.postpone(session, taken, now + AGAIN_AFTER)
        return True

    async def _handle(self, session: AsyncSession, reminder: Reminder, now: dt.datetime) -> None:
        found = await look(session, reminder, now)
        if isinstance(found, Later):
            await service.postpone(session, reminder.id, found.at)
            return
        if isinstance(found, Notice):
            await outbox.enqueue(session, self._bot_id, [self._call(found)])
            found = Outcome.SENT
        elif reminder.kind is ReminderKind.CLOSED and found is Outcome.SENT and self._post_board is not None:
            calls = await self._post_board(session, reminder.distribution_id)
            await outbox.enqueue(session, self._bot_id, calls)
        await service.finish(session, reminder, found, now)

    def _call(self, notice: Notice) -> Call:
        group = notice.group
        texts = Texts(notice.person.language, group.time_zone, group.currency)
        order_url = f"https://t.me/{self._bot_username}?start=o_{group.invitation}"
        return Call("sendMessage", notice.person.id, views.reminder(texts, notice, order_url).as_json())
