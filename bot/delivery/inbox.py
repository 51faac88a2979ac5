"""The inbox: updates are stored before Telegram is told they arrived, and taken in each person's order, each person in turn.

A claimed row stays locked until the unit of work that handles it commits, so a worker that dies gives it back, and no
row of the same person is taken before it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, Table, Update, bindparam, delete, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.delivery.models import OVERFLOWED, UNDONE, InboxRow
from ledger.db import UtcDateTime, insert_or_meet, utc_now

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
BIG = 2**63
"""Numbers below it fit a column."""
KEPT = dt.timedelta(days=14)
"""How long a handled update is remembered, to know it when Telegram repeats it (it does so for a day)."""


MOST_WAITING = 100
"""How many updates of one person may wait. Nobody at a distribution gets near: a tap is done in a fraction of a second."""
OVERFLOW = "overflow"
"""The ``error`` of an update that came on top of them."""
TOLD_FOR = dt.timedelta(minutes=10)
"""For how long a person who was told that updates are not kept is not told again, from the last such update."""
CHAT_NEWS = {"migrate_to_chat_id", "migrate_from_chat_id", "new_chat_members", "left_chat_member"}
NOW = -(2**62)
"""Nobody's id."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An inbox row's values, which outlive the session that read them."""

    id: int
    sender_id: int
    payload: dict[str, Any]
    attempts: int
    received_at: dt.datetime


def sender_of(update: dict[str, Any]) -> int:
    """Who an update's place in line belongs to: the person, or the chat where there is none. 0 for the unknown."""
    for kind in ALLOWED_UPDATES:
        content = update.get(kind)
        if isinstance(content, dict):
            sender = content.get("from") or content.get("chat")
            sender_id = sender.get("id") if isinstance(sender, dict) else 0
            return sender_id if isinstance(sender_id, int) and abs(sender_id) < BIG else 0
    return 0


@dataclass(slots=True)
class Line:
    """How many of a person's updates wait, and the turn of the last of them."""

    waiting: int = 0
    last_turn: int = -1

    def next_turn(self, now: Line) -> int:
        """One more update waits: its turn."""
        self.waiting += 1
        self.last_turn = max(now.last_turn, self.last_turn + 1)
        return self.last_turn


@dataclass(frozen=True, slots=True)
class Overflow:
    """Updates that were not kept, and the people to whom that did not happen before, for a while."""

    updates: list[dict[str, Any]]
    newly: frozenset[int]


NO_OVERFLOW = Overflow([], frozenset())


async def store(session: AsyncSession, bot_id: int, updates: Sequence[dict[str, Any]]) -> Overflow:
    """Keeps raw updates; one that is already here is the same row. Raises ValueError for what is not an update.

    Each gets its turn: one after the person's last that waits, and not before the turn that is on now. So the first
    updates of all who wait come before anybody's second, however many somebody sent. Of whom
    :data:`MOST_WAITING` wait already, no more is kept than that something came.
    """
    if not updates:
        return NO_OVERFLOW
    lines, overflow = await _lines(session, {sender_of(one) for one in updates}), []
    now, rows = utc_now(), []
    for one in updates:
        sender_id = sender_of(one)
        row = {"bot_id": bot_id, "update_id": update_id_of(one), "sender_id": sender_id, "attempts": 0}
        line = lines.setdefault(sender_id, Line())
        if line.waiting >= MOST_WAITING and _may_be_lost(one):
            overflow.append(one)
            kept = {"payload": {}, "turn": 0, "done_at": now, "error": OVERFLOW}
        else:
            turn = line.next_turn(lines[NOW])
            kept = {"payload": storable(one), "turn": turn, "done_at": None, "error": None}
        rows.append(row | kept | {"received_at": now})
    newly = await _not_told(session, {sender_of(one) for one in overflow}, now)
    insert = insert_or_meet(session, InboxRow)
    await session.execute(insert.on_conflict_do_nothing(index_elements=["bot_id", "update_id"]), rows)
    return Overflow(overflow, newly)


async def _lines(session: AsyncSession, senders: Collection[int]) -> dict[int, Line]:
    """The lines of these people, and under :data:`NOW` the turn that is on."""
    rows = await session.execute(_LINES, {"senders": list(senders)})
    return {sender_id: Line(waiting, -1 if turn is None else turn) for sender_id, waiting, turn in rows}


def _may_be_lost(update: dict[str, Any]) -> bool:
    """Whether the person can do it again: what Telegram tells of a chat itself is told once."""
    if "callback_query" in update:
        return True
    message = update.get("message")
    return isinstance(message, dict) and not message.keys() & CHAT_NEWS


async def _not_told(session: AsyncSession, senders: Collection[int], now: dt.datetime) -> frozenset[int]:
    if not senders:
        return frozenset()
    found = await session.execute(_OVERFLOWED, {"senders": list(senders), "since": now - TOLD_FOR})
    return frozenset(senders) - frozenset(found.scalars())


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


_COLUMNS = (InboxRow.id, InboxRow.sender_id, InboxRow.payload, InboxRow.attempts, InboxRow.received_at)
# Built once: putting a statement together costs more than SQLite takes to run it.
_OTHER = aliased(InboxRow)
# Asked of each row that is looked at, by an index: as NOT EXISTS, PostgreSQL may join all that wait with all that wait.
_FIRST_OF_SAME = (
    select(_OTHER.id)
    .where(_OTHER.sender_id == InboxRow.sender_id, _OTHER.done_at.is_(None))
    .order_by(_OTHER.id)
    .limit(1)
    .correlate(InboxRow)
    .scalar_subquery()
)
_INBOX = cast(Table, InboxRow.__table__)


def _taken(which: Select[int], *, name: str) -> Update:
    """Locks the row, unless somebody holds it, and marks it done: it is so once all that is done for it is committed."""
    row = which.with_for_update(skip_locked=True).correlate(None).cte(name)
    return (
        update(InboxRow)
        .where(InboxRow.id == select(row.c.id).scalar_subquery())
        .values(done_at=bindparam("now", type_=UtcDateTime()), error=None)
        .returning(*_COLUMNS)
        .execution_options(synchronize_session=False)
    )


_FIRST = (
    select(InboxRow.id)
    .where(
        InboxRow.done_at.is_(None),
        # "+ 0" keeps SQLite off the index of (bot_id, update_id): it would read every update ever kept.
        InboxRow.bot_id + 0 == bindparam("of_bot"),
        or_(InboxRow.not_before.is_(None), InboxRow.not_before <= bindparam("now", type_=UtcDateTime())),
        InboxRow.id == _FIRST_OF_SAME,
    )
    .order_by(InboxRow.turn, InboxRow.id)
    .limit(1)
)
_NEXT = _taken(_FIRST, name="first")
_NEXT_OF_OTHERS = _taken(
    _FIRST.where(InboxRow.sender_id.not_in(bindparam("busy", expanding=True))), name="first"
)
_AGAIN = _taken(
    select(InboxRow.id).where(InboxRow.id == bindparam("row_id"), InboxRow.done_at.is_(None)), name="this"
)
_TURN_NOW = (
    select(InboxRow.turn).where(UNDONE).order_by(InboxRow.turn, InboxRow.id).limit(1).scalar_subquery()
)
_LINES = (
    select(InboxRow.sender_id, func.count(), func.max(InboxRow.turn))
    .where(UNDONE, InboxRow.sender_id.in_(bindparam("senders", expanding=True)))
    .group_by(InboxRow.sender_id)
    .union_all(select(literal(NOW), literal(0), _TURN_NOW))
)
_OVERFLOWED = (
    select(InboxRow.sender_id)
    .where(
        OVERFLOWED,
        InboxRow.sender_id.in_(bindparam("senders", expanding=True)),
        InboxRow.received_at > bindparam("since", type_=UtcDateTime()),
    )
    .distinct()
)
_FAILED = (
    update(_INBOX)
    .where(_INBOX.c.id == bindparam("row_id"))
    .values(done_at=bindparam("now"), error=bindparam("why"))
)


async def claim(session: AsyncSession, bot_id: int, busy: Collection[int]) -> Claimed | None:
    """The next undone update of a person nobody holds, done with this unit of work; none when there is nothing to do.

    ``busy``: people whose update this process let go of for a moment, to ask the outside something.
    """
    values = {"of_bot": bot_id, "now": utc_now()}
    if busy:
        found = await session.execute(_NEXT_OF_OTHERS, values | {"busy": list(busy)})
    else:
        found = await session.execute(_NEXT, values)
    row = found.first()
    return None if row is None else Claimed(*row)


async def claim_again(session: AsyncSession, row_id: int) -> Claimed | None:
    """A row this worker let go of to ask the outside something; none when somebody else did it meanwhile."""
    row = (await session.execute(_AGAIN, {"row_id": row_id, "now": utc_now()})).first()
    return None if row is None else Claimed(*row)


async def mark_failed(session: AsyncSession, row_id: int, error: str) -> None:
    """The update failed for good; ``error`` names the exception's class."""
    await session.execute(_FAILED, {"row_id": row_id, "now": utc_now(), "why": error})


async def replace_payload(session: AsyncSession, row_id: int, payload: dict[str, Any]) -> None:
    """Keeps this of an update, instead of how it came."""
    await session.execute(update(InboxRow).where(InboxRow.id == row_id).values(payload=payload))


async def put_back(session: AsyncSession, row_id: int, delay: dt.timedelta) -> None:
    """Tries the update again after ``delay``; the person's later updates wait with it."""
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
    """Drops updates handled long ago (what members wrote is not kept longer than it serves)."""
    await session.execute(delete(InboxRow).where(InboxRow.done_at < utc_now() - KEPT))
