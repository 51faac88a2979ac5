"""The outbox: calls to make after the commit that decided them. This file is its table; ``sender.py`` makes the calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery import files
from bot.delivery.files import Document
from bot.delivery.models import OutboxRow
from ledger.db import utc_now

KEPT = dt.timedelta(days=30)
NOWHERE = 0
"""The chat of calls that go to no chat, such as setMyCommands: they wait in a line of their own."""


@dataclass(frozen=True, slots=True)
class Call:
    """One Bot API call to a chat (``parameters`` without its ``chat_id``), or to :data:`NOWHERE`.

    A newer queued call with the same ``collapse_key`` takes the place of an older one, unless that one sends something new:
    screens are replaced, messages never. ``document``: what a ``sendDocument`` uploads.
    """

    method: str
    chat_id: int
    parameters: dict[str, Any]
    collapse_key: str | None = None
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A stored call, waiting."""

    id: int
    chat_id: int
    method: str
    parameters: dict[str, Any]
    collapse_key: str | None

    @property
    def is_screen(self) -> bool:
        """Whether it only shows an existing message anew."""
        return self.method.startswith("edit")

    @property
    def is_new(self) -> bool:
        """Whether it brings a message of its own, which nothing takes the place of."""
        return self.method.startswith("send")


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
    """Stores calls; they are made after this unit of work's commit, each chat's in this order."""
    if not calls:
        return
    now = utc_now()
    rows = [
        {
            "bot_id": bot_id,
            "chat_id": call.chat_id,
            "method": call.method,
            "payload": call.parameters,
            "collapse_key": call.collapse_key,
            "created_at": now,
        }
        for call in calls
    ]
    connection = await session.connection()
    if not any(call.document for call in calls):
        await connection.execute(_INSERT, rows)
        return
    # Numbers are wanted back only here: messages without a file are many, and asking costs.
    numbered = _INSERT.returning(_OUTBOX.c.id, sort_by_parameter_order=True)
    ids = (await connection.execute(numbered, rows)).scalars().all()
    documents = ((row_id, call.document) for row_id, call in zip(ids, calls, strict=True))
    await files.keep(session, [(row_id, document) for row_id, document in documents if document])


async def queued(
    session: AsyncSession,
    bot_id: int,
    known: Collection[int],
    limit: int = 500,
    *,
    chat_id: int | None = None,
) -> list[Queued]:
    """Waiting calls this process does not know yet (to one chat), the oldest first."""
    statement = (
        select(OutboxRow.id, OutboxRow.chat_id, OutboxRow.method, OutboxRow.payload, OutboxRow.collapse_key)
        .where(OutboxRow.sent_at.is_(None), OutboxRow.bot_id == bot_id)
        .order_by(OutboxRow.id)
        .limit(limit + len(known))
    )
    if chat_id is not None:
        statement = statement.where(OutboxRow.chat_id == chat_id)
    rows = await session.execute(statement)
    return [Queued(*row) for row in rows if row.id not in known]


async def record(session: AsyncSession, results: Sequence[Result]) -> None:
    """Writes down what became of calls."""
    now = utc_now()
    rows = [
        {"row_id": result.row_id, "now": now, "what": result.outcome, "message": result.message_id}
        for result in results
    ]
    connection = await session.connection()
    await connection.execute(_RECORD, rows)


async def readdress(session: AsyncSession, bot_id: int, old_id: int, new_id: int) -> None:
    """Sends a chat's waiting calls to its new id, as :func:`moved` makes them."""
    for row in await queued(session, bot_id, (), chat_id=old_id):
        there = moved(row, new_id)
        if there is None:
            await record(session, [Result(row.id, "refused")])
            continue
        await session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row.id)
            .values(chat_id=new_id, method=there.method, payload=there.parameters)
        )


def moved(row: Queued, new_id: int) -> Queued | None:
    """A call to a chat that was upgraded, as it is made to the new one: none of its messages is there.

    An edit becomes a message; other calls about a message are off (the number may be another message's there).
    """
    parameters = {
        key: value for key, value in row.parameters.items() if key not in ("message_id", "message_thread_id")
    }
    if row.method == "editMessageText":
        return replace(row, chat_id=new_id, method="sendMessage", parameters=parameters)
    if "message_id" in row.parameters:
        return None
    return replace(row, chat_id=new_id, parameters=parameters)


async def backlog(session: AsyncSession, bot_id: int) -> int:
    """How many calls wait."""
    statement = select(func.count()).where(OutboxRow.sent_at.is_(None), OutboxRow.bot_id == bot_id)
    return int((await session.execute(statement)).scalar_one())


async def forget_old(session: AsyncSession) -> None:
    """Drops calls made long ago, and the files of all that were made."""
    await files.forget_sent(session)
    await session.execute(delete(OutboxRow).where(OutboxRow.sent_at < utc_now() - KEPT))
