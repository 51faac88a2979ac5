"""A secret key that somebody typed is neither left in the chat nor kept here, whatever becomes of the update.

The dispatcher asks this of every update it is done with. A text is a key by its looks (see
:func:`ledger.payments.card.keys.looks_like_key`), or because a handler asked for one (``Scene.secret``).
"""

from __future__ import annotations

from typing import Any

from bot.delivery.outbox import Call
from ledger.payments.card.keys import looks_like_key

TEXTS = ("text", "caption")
JsonDict = dict[str, Any]


def holds_key(value: object) -> bool:
    """Whether a key stands anywhere in an update."""
    if isinstance(value, str):
        return looks_like_key(value)
    if isinstance(value, dict):
        return any(map(holds_key, value.values()))
    return isinstance(value, list) and any(map(holds_key, value))


def blanked(update: JsonDict, *, typed: bool) -> JsonDict:
    """The update without texts that hold a key; ``typed``: nor anything that was typed."""
    kept: JsonDict = _blanked(update)
    if typed and isinstance(kept.get("message"), dict):
        kept["message"] = {**kept["message"], **dict.fromkeys(TEXTS, "")}
    return kept


def deletion(update: JsonDict, *, typed: bool) -> Call | None:
    """The call that takes the message out of its chat, where its own text is a key (or ``typed`` when one was asked for)."""
    message = update.get("message")
    if not isinstance(message, dict):
        return None
    if not typed and not any(looks_like_key(str(message.get(name) or "")) for name in TEXTS):
        return None
    try:
        chat_id, message_id = int(message["chat"]["id"]), int(message["message_id"])
    except (KeyError, TypeError, ValueError):
        return None
    return Call("deleteMessage", chat_id, {"message_id": message_id})


def _blanked(value: Any) -> Any:
    if isinstance(value, str):
        return "" if looks_like_key(value) else value
    if isinstance(value, dict):
        return {name: _blanked(one) for name, one in value.items()}
    return [_blanked(one) for one in value] if isinstance(value, list) else value
