"""The inbox: updates are stored before Telegram is told they arrived, and taken in each person's order.

A claimed row stays locked until the unit of work that handles it commits, so a worker that dies gives it back, and no
row of the same person is taken before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.delivery.models import InboxRow
from ledger.db import utc_now

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
KEPT = dt.timedelta(days=14)
"""How long a handled update is remembered, to know it when Telegram repeats it (it does so for a day)."""


def sender_of(update: dict[str, Any]) -> int:
    """Who an update's place in line belongs to: the person, or the chat where there is none. 0 for the unknown."""
    for kind in ALLOWED_UPDATES:
        content = update.get(kind)
        if isinstance(content, dict):
            sender = content.get("from") or content.get("chat") or {}
            return int(sender.get("id", 0))
    return 0


async def store(session: AsyncSession, bot_id: int, updates: Sequence[dict[str, Any]]) -> None:
    """Keep raw updates; one that is already here is the same row. Raises ValueError for what is not an update."""
    if not updates:
        return
    now = utc_now()
    rows = [
        {
            "bot_id": bot_id,
            "update_id": int(update["update_id"]),
            "sender_id": sender_of(update),
            "payload": update,
            "received_at": now,
            "attempts": 0,
        }
        for update in updates
    ]
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite_insert if is_sqlite else postgresql_insert)(InboxRow)
    await session.execute(insert.on_conflict_do_nothing(index_elements=["bot_id", "update_id"]), rows)


async def claim(session: AsyncSession, bot_id: int, busy: Collection[int]) -> InboxRow | None:
    """The next undone update of a person nobody holds, locked; none when there is nothing to do.

    ``busy``: people whose update this process is already at.
    """
    earlier = aliased(InboxRow)
    statement = (
        select(InboxRow)
        .where(
            InboxRow.done_at.is_(None),
            InboxRow.bot_id == bot_id,
            or_(InboxRow.not_before.is_(None), InboxRow.not_before <= utc_now()),
            ~exists().where(
                earlier.sender_id == InboxRow.sender_id, earlier.done_at.is_(None), earlier.id < InboxRow.id
            ),
        )
        .order_by(InboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if busy:
        statement = statement.where(InboxRow.sender_id.not_in(busy))
    return (await session.execute(statement)).scalar_one_or_none()


async def claim_again(session: AsyncSession, row_id: int) -> InboxRow | None:
    """A row this worker let go of to ask the outside something; none when somebody else did it meanwhile."""
    statement = (
        select(InboxRow)
        .where(InboxRow.id == row_id, InboxRow.done_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def mark_done(session: AsyncSession, row_id: int, error: str | None = None) -> None:
    """The update is handled; ``error`` names the exception's class when it failed for good."""
    await session.execute(
        update(InboxRow).where(InboxRow.id == row_id).values(done_at=utc_now(), error=error)
    )


async def put_back(session: AsyncSession, row_id: int, delay: dt.timedelta) -> None:
    """Try the update again after ``delay``; the person's later updates wait with it."""
    await session.execute(
        update(InboxRow)
        .where(InboxRow.id == row_id)
        .values(attempts=InboxRow.attempts + 1, not_before=utc_now() + delay)
    )


async def backlog(session: AsyncSession, bot_id: int) -> int:
    """How many updates wait."""
    statement = select(func.count()).where(InboxRow.done_at.is_(None), InboxRow.bot_id == bot_id)
    return int((await session.execute(statement)).scalar_one())


async def forget_old(session: AsyncSession) -> None:
    """Drop updates handled long ago (what members wrote is not kept longer than it serves)."""
    await session.execute(delete(InboxRow).where(InboxRow.done_at < utc_now() - KEPT))
