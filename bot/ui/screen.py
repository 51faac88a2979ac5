"""A screen: HTML text and rows of buttons, as values. Delivery turns it into what Telegram wants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.ui.taps import Tap


@dataclass(frozen=True, slots=True)
class Button:
    """A button does one thing: sends ``data`` back (``verb:id:revision``, ≤ 64 bytes), opens ``url``, or copies ``copy``."""

    text: str
    data: str | None = None
    url: str | None = None
    copy: str | None = None
    style: str | None = None

    def as_json(self) -> dict[str, Any]:
        """An InlineKeyboardButton."""
        button: dict[str, Any] = {"text": self.text}
        if self.data is not None:
            button["callback_data"] = self.data
        if self.url is not None:
            button["url"] = self.url
        if self.copy is not None:
            button["copy_text"] = {"text": self.copy}
        if self.style is not None:
            button["style"] = self.style
        return button


Row = tuple[Button, ...]
NARROW, WIDE = 16, 24
"""Characters of a name that a button shows on a phone: one of two side by side, and one with an amount beside the name."""
LONGEST = 4000
"""Characters of a message; Telegram takes 4096 after the tags are read."""


def fitted(text: str) -> str:
    """The text cut at the end of a line (tags never span lines) so that Telegram takes it."""
    if len(text) <= LONGEST:
        return text
    return text[: text.rindex("\n", 0, LONGEST)] + "\n…"


def shortened(name: str, room: int) -> str:
    """A name as a button can show it, so that a phone does not cut what stands after it."""
    return name if len(name) <= room else f"{name[: room - 1].rstrip()}…"


def side_by_side(buttons: Sequence[Button]) -> list[Row]:
    """Two a row, where all of them are short enough for that."""
    width = 2 if all(len(one.text) <= NARROW for one in buttons) else 1
    return [tuple(buttons[start : start + width]) for start in range(0, len(buttons), width)]


@dataclass(frozen=True, slots=True)
class Screen:
    """Text in Telegram's HTML, and the buttons under it."""

    text: str
    rows: tuple[Row, ...] = field(default=())

    def with_rows(self, rows: Iterable[Iterable[Button]]) -> Screen:
        """The same text over these buttons; empty rows are left out."""
        return replace(self, rows=tuple(tuple(row) for row in rows if row))

    def under(self, notice: str) -> Screen:
        """The screen with a notice above it."""
        return replace(self, text=f"{notice}\n\n{self.text}")

    def as_json(self) -> dict[str, Any]:
        """The parameters of sendMessage and editMessageText that carry it."""
        parameters: dict[str, Any] = {
            "text": fitted(self.text),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        if self.rows:
            parameters["reply_markup"] = {
                "inline_keyboard": [[button.as_json() for button in row] for row in self.rows]
            }
        return parameters


BELOW = "+"
"""What the data of a button starts with when its answer is a message of its own and the tapped one stays (a receipt)."""


def verb_of(data: str) -> str:
    """The first word of a button's data: what the button does."""
    return data.removeprefix(BELOW).split(":", 1)[0]


def button(text: str, tap: Tap, *, style: str | None = None, below: bool = False) -> Button:
    """A button that sends the tap back; ``below``: its answer leaves this message as it is."""
    return Button(text, data=BELOW + tap.data if below else tap.data, style=style)
