"""What a person sees in a chat of the sandbox: messages with their text, markup and buttons."""

import html
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_TAGS = {
    "bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "spoiler": "tg-spoiler", "code": "code",
    "pre": "pre", "blockquote": "blockquote", "expandable_blockquote": "blockquote",
}  # fmt: skip


@dataclass(frozen=True)
class Button:
    """One button under a message, or of the keyboard below the input."""

    text: str
    callback_data: str | None = None
    url: str | None = None
    copy_text: str | None = None
    style: str | None = None

    @classmethod
    def of(cls, given: dict[str, Any]) -> "Button":
        """Read the Bot API's button."""
        copied = given.get("copy_text") or {}
        return cls(
            given["text"],
            given.get("callback_data"),
            given.get("url"),
            copied.get("text"),
            given.get("style"),
        )


@dataclass(frozen=True)
class Message:
    """A message as one person sees it; `changed` grows with every edit, over all chats."""

    id: int
    chat_id: int
    sender_id: int
    sender: str
    text: str
    html: str
    buttons: list[list[Button]]
    edited: bool
    changed: int
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, view: dict[str, Any]) -> "Message":
        """Read the control API's view of a message."""
        raw = view["message"]
        text = raw.get("text") or raw.get("caption") or ""
        entities = raw.get("entities") or raw.get("caption_entities") or []
        rows = (raw.get("reply_markup") or {}).get("inline_keyboard") or []
        return cls(
            id=raw["message_id"],
            chat_id=raw["chat"]["id"],
            sender_id=raw["from"]["id"],
            sender=raw["from"]["first_name"],
            text=text,
            html=as_html(text, entities),
            buttons=[[Button.of(button) for button in row] for row in rows],
            edited=view["edited"],
            changed=view["changed"],
            raw=raw,
        )

    @property
    def file_name(self) -> str | None:
        """The name of the document, if there is one."""
        return (self.raw.get("document") or {}).get("file_name")

    @property
    def file_id(self) -> str | None:
        """What to download: the document or the photo."""
        if document := self.raw.get("document"):
            return str(document["file_id"])
        return str(self.raw["photo"][-1]["file_id"]) if "photo" in self.raw else None

    @property
    def keyboard(self) -> list[list[Button]]:
        """The keyboard below the input that this message brought."""
        rows = (self.raw.get("reply_markup") or {}).get("keyboard") or []
        return [[Button.of(button) for button in row] for row in rows]

    def all_buttons(self) -> Iterable[Button]:
        """Every button, row by row."""
        return (button for row in self.buttons for button in row)

    def button(self, label: str) -> Button | None:
        """The button with exactly this text, or else the first whose text contains it."""
        found = [one for one in self.all_buttons() if says(one.text, label)]
        return next((one for one in found if one.text == label), found[0] if found else None)

    def says(self, text: str) -> bool:
        """Whether the text contains this, kinds of spaces aside."""
        return says(self.text, text)

    def __str__(self) -> str:
        lines = [f"#{self.id} {self.sender}{' (edited)' if self.edited else ''}: {self.text or self._what()}"]
        lines += ["      " + " ".join(f"[{button.text}]" for button in row) for row in self.buttons]
        return "\n".join(lines)

    def _what(self) -> str:
        known = {"message_id", "from", "chat", "date", "reply_to_message", "reply_markup"}
        return f"({self.file_name or ', '.join(sorted(self.raw.keys() - known))})"


def says(text: str, part: str) -> bool:
    """Whether `text` contains `part`, whatever kinds of spaces they use."""
    return _plain(part) in _plain(text)


def _plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def as_html(text: str, entities: list[dict[str, Any]]) -> str:
    """Put the entities back into the text as tags, so that a test can see what is bold or a link."""
    units = text.encode("utf-16-le")
    marks: list[tuple[int, int, int, str]] = []
    for number, one in enumerate(entities):
        start, end = one["offset"], one["offset"] + one["length"]
        opening, closing = _tags(one)
        marks += [(start, 1, number, opening), (end, 0, -number, closing)]
    out, position = [], 0
    for where, _, _, tag in sorted(marks):
        out += [html.escape(units[position * 2 : where * 2].decode("utf-16-le"), quote=False), tag]
        position = where
    return "".join(out) + html.escape(units[position * 2 :].decode("utf-16-le"), quote=False)


def _tags(one: dict[str, Any]) -> tuple[str, str]:
    kind = one["type"]
    if kind == "text_link":
        return f'<a href="{html.escape(one["url"])}">', "</a>"
    if kind == "text_mention":
        return f'<a href="tg://user?id={one["user"]["id"]}">', "</a>"
    tag = _TAGS.get(kind)
    return (f"<{tag}>", f"</{tag}>") if tag else ("", "")
