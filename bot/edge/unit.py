"""The unit of work as everything that acts from the edge uses it: the dispatcher, reminders, Stripe, the feeders.

What was written, the boards it puts behind, and the messages it causes are committed together or not at all; whoever has
to do with it is woken after the commit, and only then.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery import outbox
from bot.delivery.outbox import Call
from ledger.db import Database


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of work: its session, the calls it causes in their order, and what to wake once it is committed."""

    session: AsyncSession
    calls: list[Call] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Edge:
    """Opens units of work for one bot.

    ``refresh``: marks what is drawn from the database and is behind now; returns whether anything is.
    ``wake_sender``: called after each commit that left the sender something to do.
    """

    database: Database
    bot_id: int
    refresh: Callable[[AsyncSession], Awaitable[bool]]
    wake_sender: Callable[[], None]

    @contextlib.asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[Unit]:
        """Commits what the block wrote together with its calls, then wakes; when the block raises, nothing of it was."""
        async with self.database.unit_of_work() as session:
            unit = Unit(session)
            yield unit
            is_behind = await self.refresh(session)
            await outbox.enqueue(session, self.bot_id, unit.calls)
        if unit.calls or is_behind:
            self.wake_sender()
        for wake in unit.after_commit:
            wake()
