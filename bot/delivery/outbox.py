"""The outbox: calls to make after the commit that decided them. This file is its table; ``sender.py`` makes the calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery.models import OutboxRow
from ledger.db import utc_now

KEPT = dt.timedelta(days=30)
NOWHERE = 0
"""The chat of calls that go to no chat, such as setMyCommands: they wait in a line of their own."""


@dataclass(frozen=True, slots=True)
class Call:
    """One Bot API call to a chat (``parameters`` without its ``chat_id``), or to :data:`NOWHERE`.

    A newer queued call with the same ``collapse_key`` takes the place of an older one.
    """

    method: str
    chat_id: int
    parameters: dict[str, Any]
    collapse_key: str | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A stored call, waiting."""

    id: int
    chat_id: int
    method: str
    parameters: dict[str, Any]
    collapse_key: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a call: ``sent``, ``unknown``, ``refused``, ``replaced``; and the message it made."""

    row_id: int
    outcome: str
    message_id: int | None = None


_OUTBOX = cast(Table, OutboxRow.__table__)
_INSERT = insert(_OUTBOX)
_RECORD = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("row_id"))
    .values(sent_at=bindparam("now"), outcome=bindparam("what"), message_id=bindparam("message"))
)


async def enqueue(session: AsyncSession, bot_id: int, calls: Sequence[Call]) -> None:
    """Store calls; they are made after this unit of work's commit, each chat's in this order."""
    if not calls:
        return
    now = utc_now()
    connection = await session.connection()
    await connection.execute(
        _INSERT,
        [
            {
                "bot_id": bot_id,
                "chat_id": call.chat_id,
                "method": call.method,
                "payload": call.parameters,
                "collapse_key": call.collapse_key,
                "created_at": now,
            }
            for call in calls
        ],
    )


async def queued(
    session: AsyncSession, bot_id: int, known: Collection[int], limit: int = 500
) -> list[Queued]:
    """Waiting calls this process does not know yet, the oldest first."""
    statement = (
        select(OutboxRow.id, OutboxRow.chat_id, OutboxRow.method, OutboxRow.payload, OutboxRow.collapse_key)
        .where(OutboxRow.sent_at.is_(None), OutboxRow.bot_id == bot_id)
        .order_by(OutboxRow.id)
        .limit(limit + len(known))
    )
    rows = await session.execute(statement)
    return [Queued(*row) for row in rows if row.id not in known]


async def record(session: AsyncSession, results: Sequence[Result]) -> None:
    """Write down what became of calls."""
    now = utc_now()
    rows = [
        {"row_id": result.row_id, "now": now, "what": result.outcome, "message": result.message_id}
        for result in results
    ]
    connection = await session.connection()
    await connection.execute(_RECORD, rows)


async def readdress(session: AsyncSession, bot_id: int, old_id: int, new_id: int) -> None:
    """Send a chat's waiting calls to its new id."""
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.chat_id == old_id, OutboxRow.sent_at.is_(None), OutboxRow.bot_id == bot_id)
        .values(chat_id=new_id)
    )


async def backlog(session: AsyncSession, bot_id: int) -> int:
    """How many calls wait."""
    statement = select(func.count()).where(OutboxRow.sent_at.is_(None), OutboxRow.bot_id == bot_id)
    return int((await session.execute(statement)).scalar_one())


async def forget_old(session: AsyncSession) -> None:
    """Drop calls made long ago."""
    await session.execute(delete(OutboxRow).where(OutboxRow.sent_at < utc_now() - KEPT))
