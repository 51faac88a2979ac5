"""What is neither kept nor left in a chat, wherever it was typed: the edge asks, a room knows (``cards/typed_keys.py``)."""

from __future__ import annotations

from typing import Any, Protocol

from bot.delivery.outbox import Call


class Secrets(Protocol):
    """Finds secrets in updates as Telegram sends them. ``typed``: whatever was typed is one, since it was asked for."""

    def holds_key(self, value: object) -> bool:
        """Whether a secret stands anywhere in an update."""

    def blanked(self, update: dict[str, Any], *, typed: bool) -> dict[str, Any]:
        """The update without it."""

    def deletion(self, update: dict[str, Any], *, typed: bool) -> Call | None:
        """The call that takes the message out of its chat; none where the message's own text is no secret."""
