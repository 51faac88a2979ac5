"""Answers from outside that handlers may ask for: who is in a chat, what is in a file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from telegram.error import BadRequest, Forbidden

from bot.delivery.api import Api
from ledger.catalogue.errors import UnreadableCatalogue
from ledger.catalogue.reader import CatalogueFile, read_catalogue

FILE_LIMIT = 5 * 1024 * 1024
"""The largest file we fetch, in bytes; importers have tighter limits of their own."""

Fact = tuple[str, ...]
"""A question to the outside: ``("chat_member", chat id, user id)`` or ``("catalogue", file id, file name, currency)``."""


class NeedsFact(Exception):
    """The handler needs an answer from outside, or the outcome of ``work`` that takes a while, before it can go on.

    ``waits``: the work is a coroutine's, which computes nothing that would hold up others.
    """

    def __init__(self, fact: Fact, work: Callable[[], Any] | None = None, *, waits: bool = False) -> None:
        super().__init__(fact)
        self.fact = fact
        self.work = work
        self.waits = waits


async def find_out(api: Api, fact: Fact) -> Any:
    """Ask Telegram. Network failures come as :class:`telegram.error.NetworkError`, to be tried again."""
    kind, *args = fact
    if kind == "chat_member":
        return await _chat_member_status(api, int(args[0]), int(args[1]))
    if kind == "catalogue":
        return await _catalogue(api, args[0], args[1], args[2])
    raise ValueError(f"unknown fact {kind}")


async def _chat_member_status(api: Api, chat_id: int, user_id: int) -> str:
    """``creator``, ``administrator``, ``member``, ``restricted``, ``left`` or ``kicked``; ``left`` for the unknown."""
    try:
        member = await api.call("getChatMember", {"chat_id": chat_id, "user_id": user_id})
    except (BadRequest, Forbidden):
        return "left"
    status = str(member["status"])
    return "left" if status == "restricted" and not member.get("is_member", True) else status


async def _file(api: Api, file_id: str) -> bytes | None:
    """The file's bytes; none where Telegram does not give it (too large, gone)."""
    try:
        file = await api.get_file(file_id)
        if (file.file_size or 0) > FILE_LIMIT:
            return None
        return bytes(await file.download_as_bytearray())
    except BadRequest:
        return None


async def _catalogue(
    api: Api, file_id: str, filename: str, currency: str
) -> CatalogueFile | UnreadableCatalogue | None:
    """What is in a catalogue file, or why it cannot be read; none where Telegram does not give it.

    Reading may take a second: it is done here, outside the unit of work, and in a thread.
    """
    data = await _file(api, file_id)
    if data is None:
        return None
    try:
        return await asyncio.to_thread(read_catalogue, data, filename, currency=currency)
    except UnreadableCatalogue as error:
        return error
