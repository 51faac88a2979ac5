"""What a feeder does with updates: they are kept, and whoever sends more than can be taken is told so, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.delivery import inbox
from bot.delivery.outbox import Call
from bot.edge.secrets import Secrets
from bot.edge.unit import Edge
from bot.figures import UPDATES
from bot.refusals import sentences as errors
from bot.ui.texts import Texts, language_of


@dataclass(frozen=True, slots=True)
class Intake:
    """Where feeders leave updates. ``stored`` is called after each commit with how many there were."""

    edge: Edge
    secrets: Secrets
    stored: Callable[[int], None]

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Keeps updates. Raises ValueError for what is not an update."""
        async with self.edge.unit_of_work() as unit:
            overflow = await inbox.store(unit.session, self.edge.bot_id, updates)
            UPDATES.labels("overflow").inc(len(overflow.updates))
            unit.calls.extend(self._answers(overflow))
            unit.after_commit.append(partial(self.stored, len(updates)))

    def _answers(self, overflow: inbox.Overflow) -> Iterator[Call]:
        """A word to each person who reads it for the first time. A typed key goes out of the chat all the same."""
        told: set[int] = set()
        for update in overflow.updates:
            deletion = self.secrets.deletion(update, typed=False)
            if deletion is not None:
                yield deletion
            sender_id, chat_id = inbox.sender_of(update), _chat_of(update)
            if chat_id is not None and sender_id in overflow.newly - told:
                told.add(sender_id)
                screen = errors.overflow(_texts(update))
                yield Call("sendMessage", chat_id, screen.as_json(), f"overflow:{sender_id}")


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
