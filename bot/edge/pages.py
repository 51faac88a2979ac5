"""Whose page a message in a group's chat is: its buttons say so, and another person's tap opens a page of their own.

Otherwise two coordinators on one message would turn its pages under each other's fingers. The mark stands at the end of
a button's data (``verb:id~owner``, the owner in base 36) and is taken off before any handler sees it. Private chats need
none. What nobody opened, such as a board or a notice to everybody, belongs to nobody until somebody taps it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.ui.screen import Button, Screen

LONGEST = 64
"""Bytes of a button's data."""
MARK = "~"
OF_A_STEP = "step:"
"""How the data of a conversation's own buttons begins; they say whose they are already."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def owned(screen: Screen, person_id: int) -> Screen:
    """The screen with the owner on its buttons."""
    return screen.with_rows([_owned(button, person_id) for button in row] for row in screen.rows)


def split(data: str) -> tuple[str, int | None]:
    """A button's data without the owner, and the owner."""
    bare, mark, owner = data.rpartition(MARK)
    if not mark or not owner or not set(owner) <= set(_DIGITS):
        return data, None
    return bare, int(owner, 36)


def owner_of(update: dict[str, Any]) -> int | None:
    """Who opened the page whose button was tapped; none for other updates, and for what belongs to nobody."""
    tap = update.get("callback_query")
    data = tap.get("data") if isinstance(tap, dict) else None
    return split(data)[1] if isinstance(data, str) else None


def _owned(button: Button, person_id: int) -> Button:
    if button.data is None or button.data.startswith(OF_A_STEP):
        return button
    data = f"{button.data}{MARK}{_base36(person_id)}"
    return button if len(data.encode()) > LONGEST else replace(button, data=data)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
