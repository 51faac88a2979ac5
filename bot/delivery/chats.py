"""What becomes of group chats: upgraded by Telegram under another id, left by the bot, entered again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, exists, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.delivery import outbox
from bot.delivery.models import Board, ConversationRow, LeftChat, MovedChat
from ledger.db import Base, insert_or_meet, utc_now
from ledger.groups import service as groups
from ledger.groups.models import Chat

_NOW_AT = select(MovedChat.new_id).where(MovedChat.old_id == bindparam("chat_id"))


async def now_at(session: AsyncSession, chat_id: int) -> int:
    """The id a group chat has now: another one than a button of before its upgrade carries."""
    found = (await session.execute(_NOW_AT, {"chat_id": chat_id})).scalar_one_or_none()
    return chat_id if found is None else found


async def migrate(session: AsyncSession, bot_id: int, old_id: int, new_id: int) -> None:
    """Telegram upgraded a chat and gave it another id: everything follows it there, however often this is told.

    Its messages stay behind: waiting edits become new messages (see :func:`outbox.moved`), its boards are sent anew.
    """
    await _insert(session, MovedChat, old_id=old_id, new_id=new_id)
    await outbox.readdress(session, bot_id, old_id, new_id)
    statement = select(Chat.id).where(Chat.telegram_id == old_id).with_for_update(key_share=True)
    chat_id = (await session.execute(statement)).scalar_one_or_none()
    if chat_id is None:
        return
    await groups.migrate_chat(session, old_id, new_id)
    await _copy_conversations(session, old_id, new_id)
    await session.execute(
        update(Board)
        .where(Board.chat_id == chat_id)
        .values(message_id=None, message_thread_id=None, asked_at=None, wanted=Board.wanted + 1)
    )


async def note_left(session: AsyncSession, chat_id: int) -> None:
    """The bot was put out of a chat: nothing more is sent there, and its boards are given up."""
    await _insert(session, LeftChat, chat_id=chat_id, left_at=utc_now())
    here = select(Chat.id).where(Chat.telegram_id == chat_id).scalar_subquery()
    await session.execute(delete(Board).where(Board.chat_id == here))


async def note_back(session: AsyncSession, chat_id: int) -> None:
    """The bot was let in again. Its boards come back when somebody asks for them."""
    await session.execute(delete(LeftChat).where(LeftChat.chat_id == chat_id))


async def left(session: AsyncSession) -> set[int]:
    """The chats the bot was put out of."""
    return set((await session.execute(select(LeftChat.chat_id))).scalars())


async def present(session: AsyncSession, group_id: int) -> list[Chat]:
    """The chats of a group that the bot is in, the members' one first."""
    outside = exists().where(LeftChat.chat_id == Chat.telegram_id)
    statement = select(Chat).where(Chat.group_id == group_id, ~outside).order_by(Chat.id)
    return list((await session.execute(statement)).scalars())


async def _copy_conversations(session: AsyncSession, old_id: int, new_id: int) -> None:
    """What people are in the middle of goes on in the new chat. Copied, since a step may be under way on the old row."""
    there = aliased(ConversationRow)
    columns = (ConversationRow.user_id, *_KEPT_OF_CONVERSATIONS)
    await session.execute(
        insert(ConversationRow).from_select(
            ["chat_id", "user_id", *(column.key for column in _KEPT_OF_CONVERSATIONS)],
            select(literal(new_id), *columns).where(
                ConversationRow.chat_id == old_id,
                ~exists().where(there.chat_id == new_id, there.user_id == ConversationRow.user_id),
            ),
        )
    )


_KEPT_OF_CONVERSATIONS = (
    ConversationRow.name,
    ConversationRow.state,
    ConversationRow.data,
    ConversationRow.revision,
)


async def _insert(session: AsyncSession, model: type[Base], **values: Any) -> None:
    await session.execute(insert_or_meet(session, model).values(values).on_conflict_do_nothing())
