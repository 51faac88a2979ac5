"""What a feeder does with updates: they are kept, and whoever sends more than can be taken is told so, once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cards import typed_keys
from bot.delivery import inbox, outbox
from bot.delivery.outbox import Call
from bot.figures import UPDATES
from bot.refusals import sentences as errors
from bot.ui.texts import Texts, language_of


async def take(session: AsyncSession, bot_id: int, updates: Sequence[dict[str, Any]]) -> None:
    """Keep updates. Raises ValueError for what is not an update."""
    overflow = await inbox.store(session, bot_id, updates)
    UPDATES.labels("overflow").inc(len(overflow.updates))
    await outbox.enqueue(session, bot_id, [*_answers(overflow)])


def _answers(overflow: inbox.Overflow) -> Iterator[Call]:
    """A word to each person who reads it for the first time. A key that somebody typed goes out of the chat all the same."""
    told: set[int] = set()
    for update in overflow.updates:
        deletion = typed_keys.deletion(update, typed=False)
        if deletion is not None:
            yield deletion
        sender_id, chat_id = inbox.sender_of(update), _chat_of(update)
        if chat_id is not None and sender_id in overflow.newly - told:
            told.add(sender_id)
            yield Call(
                "sendMessage", chat_id, errors.overflow(_texts(update)).as_json(), f"overflow:{sender_id}"
            )


def _chat_of(update: dict[str, Any]) -> int | None:
    """Where the person is: the message's chat, or that of the message they tapped."""
    tap = update.get("callback_query")
    message = (tap if isinstance(tap, dict) else update).get("message")
    chat = message.get("chat") if isinstance(message, dict) else None
    chat_id = chat.get("id") if isinstance(chat, dict) else None
    return chat_id if isinstance(chat_id, int) and abs(chat_id) < inbox.BIG else None


def _texts(update: dict[str, Any]) -> Texts:
    content = update.get("callback_query") or update.get("message")
    sender = content.get("from") if isinstance(content, dict) else None
    return Texts(language_of(sender.get("language_code") if isinstance(sender, dict) else None))
