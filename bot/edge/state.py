"""A conversation's row: found, advanced, ended, and what it remembers."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery.models import ConversationRow
from ledger.db import insert_or_meet


async def conversation_row(session: AsyncSession, chat_id: int, user_id: int) -> ConversationRow:
    """The person's conversation in a chat, made if there is none."""
    row = await session.get(ConversationRow, (chat_id, user_id))
    if row is None:
        insert = insert_or_meet(session, ConversationRow)
        values = {"chat_id": chat_id, "user_id": user_id, "data": {}, "revision": 0}
        await session.execute(insert.values(values).on_conflict_do_nothing())
        row = await session.get_one(ConversationRow, (chat_id, user_id))
    return row


async def set_aside(
    session: AsyncSession, chat_id: int, user_id: int, row: ConversationRow | None = None
) -> ConversationRow:
    """The person's conversation in a chat, out of the session until the update is done: so it is written once at most."""
    found = row or await conversation_row(session, chat_id, user_id)
    session.expunge(found)
    return found


def advance(row: ConversationRow, name: str, state: StrEnum) -> None:
    """The conversation is now at ``state``; buttons of earlier steps are old. Screens use the coming revision."""
    row.name, row.state = name, str(state)
    row.revision += 1


def end(row: ConversationRow) -> None:
    """Nothing is going on any more."""
    if row.name is not None:
        row.revision += 1
    row.name = row.state = None
    row.data = {}


def keep(row: ConversationRow, **data: Any) -> None:
    """Remembers values until the conversation ends (a new dict, so that the change is seen)."""
    row.data = {**row.data, **data}


def step_mark(row: ConversationRow, ahead: int = 0) -> str:
    """What the buttons of a step carry: its revision and whose it is, since several people write in one chat."""
    return f"{row.revision + ahead}.{row.user_id}"
