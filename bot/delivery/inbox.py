"""The inbox: updates are stored before Telegram is told they arrived, and taken in each person's order.

A claimed row stays locked until the unit of work that handles it commits, so a worker that dies gives it back, and no
row of the same person is taken before it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.delivery.models import InboxRow
from ledger.db import UtcDateTime, insert_or_meet, utc_now

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
BIG = 2**63
"""Numbers below it fit a column."""
KEPT = dt.timedelta(days=14)
"""How long a handled update is remembered, to know it when Telegram repeats it (it does so for a day)."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An inbox row's values, which outlive the session that read them."""

    id: int
    sender_id: int
    payload: dict[str, Any]
    attempts: int


def sender_of(update: dict[str, Any]) -> int:
    """Who an update's place in line belongs to: the person, or the chat where there is none. 0 for the unknown."""
    for kind in ALLOWED_UPDATES:
        content = update.get(kind)
        if isinstance(content, dict):
            sender = content.get("from") or content.get("chat")
            sender_id = sender.get("id") if isinstance(sender, dict) else 0
            return sender_id if isinstance(sender_id, int) and abs(sender_id) < BIG else 0
    return 0


async def store(session: AsyncSession, bot_id: int, updates: Sequence[dict[str, Any]]) -> None:
    """Keep raw updates; one that is already here is the same row. Raises ValueError for what is not an update."""
    if not updates:
        return
    now = utc_now()
    rows = [
        {
            "bot_id": bot_id,
            "update_id": update_id_of(update),
            "sender_id": sender_of(update),
            "payload": storable(update),
            "received_at": now,
            "attempts": 0,
        }
        for update in updates
    ]
    insert = insert_or_meet(session, InboxRow)
    await session.execute(insert.on_conflict_do_nothing(index_elements=["bot_id", "update_id"]), rows)


def update_id_of(update: object) -> int:
    """The update's number. Raises ValueError for what is not an update."""
    update_id = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(update_id, int) or isinstance(update_id, bool) or not 0 <= update_id < BIG:
        raise ValueError("not an update")
    return update_id


def storable(update: dict[str, Any]) -> dict[str, Any]:
    """The update without what a database cannot keep (NUL, halves of surrogate pairs): one such text must not block all."""
    try:
        text = json.dumps(update, ensure_ascii=False)
        text.encode()
    except UnicodeEncodeError:
        suspicious = True
    else:
        suspicious = "\\u0000" in text
    return cast(dict[str, Any], _cleaned(update)) if suspicious else update


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="replace").decode()
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(one) for key, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list) else value


_COLUMNS = (InboxRow.id, InboxRow.sender_id, InboxRow.payload, InboxRow.attempts)
# Built once: putting a statement together costs more than SQLite takes to run it.
_EARLIER = aliased(InboxRow)
_NEXT = (
    select(*_COLUMNS)
    .where(
        InboxRow.done_at.is_(None),
        # "+ 0" keeps SQLite off the index of (bot_id, update_id): it would read every update ever kept.
        InboxRow.bot_id + 0 == bindparam("bot_id"),
        or_(InboxRow.not_before.is_(None), InboxRow.not_before <= bindparam("now", type_=UtcDateTime())),
        ~exists().where(
            _EARLIER.sender_id == InboxRow.sender_id, _EARLIER.done_at.is_(None), _EARLIER.id < InboxRow.id
        ),
    )
    .order_by(InboxRow.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_NEXT_OF_OTHERS = _NEXT.where(InboxRow.sender_id.not_in(bindparam("busy", expanding=True)))
_AGAIN = (
    select(*_COLUMNS)
    .where(InboxRow.id == bindparam("row_id"), InboxRow.done_at.is_(None))
    .with_for_update(skip_locked=True)
)
_INBOX = cast(Table, InboxRow.__table__)
_DONE = (
    update(_INBOX)
    .where(_INBOX.c.id == bindparam("row_id"))
    .values(done_at=bindparam("now"), error=bindparam("why"))
)


async def claim(session: AsyncSession, bot_id: int, busy: Collection[int]) -> Claimed | None:
    """The next undone update of a person nobody holds, locked; none when there is nothing to do.

    ``busy``: people whose update this process let go of for a moment, to ask the outside something.
    """
    values = {"bot_id": bot_id, "now": utc_now()}
    if busy:
        found = await session.execute(_NEXT_OF_OTHERS, values | {"busy": list(busy)})
    else:
        found = await session.execute(_NEXT, values)
    row = found.first()
    return None if row is None else Claimed(*row)


async def claim_again(session: AsyncSession, row_id: int) -> Claimed | None:
    """A row this worker let go of to ask the outside something; none when somebody else did it meanwhile."""
    row = (await session.execute(_AGAIN, {"row_id": row_id})).first()
    return None if row is None else Claimed(*row)


async def mark_done(session: AsyncSession, row_id: int, error: str | None = None) -> None:
    """The update is handled; ``error`` names the exception's class when it failed for good."""
    await session.execute(_DONE, {"row_id": row_id, "now": utc_now(), "why": error})


async def replace_payload(session: AsyncSession, row_id: int, payload: dict[str, Any]) -> None:
    """Keep this of an update, instead of how it came."""
    await session.execute(update(InboxRow).where(InboxRow.id == row_id).values(payload=payload))


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
