"""What a handler must learn from outside before it writes: asked between two units of work, never inside one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.delivery.api import Api

FILE_LIMIT = 5 * 1024 * 1024
"""The largest file we fetch, in bytes; importers have tighter limits of their own."""

T = TypeVar("T")
Question = Callable[[Api], Awaitable[T]]
"""What brings an answer from outside. Network failures are left to the dispatcher, which tries the whole update again."""


class NotKnownYet(Exception):
    """The handler needs the answer to a question before it can go on; it is run again with it."""

    def __init__(self, name: str, question: Question[Any]) -> None:
        super().__init__(name)
        self.name = name
        self.question = question


class ChatMoved(Exception):
    """The chat that was asked about has another id now."""

    def __init__(self, old_id: int, new_id: int) -> None:
        super().__init__(old_id, new_id)
        self.old_id = old_id
        self.new_id = new_id


def in_thread(work: Callable[[], T]) -> Question[T]:
    """Work that takes a while (a file to make or to read), so that nobody waits for it."""

    def ask(_: Api) -> Awaitable[T]:
        return asyncio.to_thread(work)

    return ask


def member_status(chat_id: int, user_id: int) -> Question[str]:
    """``creator``, ``administrator``, ``member``, ``restricted``, ``left`` or ``kicked``; ``left`` for the unknown."""

    async def ask(api: Api) -> str:
        try:
            member = await api.call("getChatMember", {"chat_id": chat_id, "user_id": user_id})
        except (BadRequest, Forbidden):
            return "left"
        except ChatMigrated as moved:
            raise ChatMoved(chat_id, moved.new_chat_id) from moved
        status = str(member["status"])
        return "left" if status == "restricted" and not member.get("is_member", True) else status

    return ask


async def file_of(api: Api, file_id: str) -> bytes | None:
    """The file's bytes; none where Telegram does not give it (too large, gone)."""
    try:
        file = await api.get_file(file_id)
        if (file.file_size or 0) > FILE_LIMIT:
            return None
        return bytes(await file.download_as_bytearray())
    except BadRequest:
        return None
