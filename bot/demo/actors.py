"""People of the sandbox as the demo plays them, over the sandbox's own HTTP: they send, tap, open links, and wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast

import httpx

Message = dict[str, Any]
PATIENCE = 15.0
"""Seconds an actor waits for an answer before the story has gone wrong."""


class StoryWentWrong(Exception):
    """Something expected was not seen in time."""


class Stage:
    """The sandbox's control API. ``has_nothing_waiting``: whether the bot's inbox and outbox are empty."""

    def __init__(self, url: str) -> None:
        self.has_nothing_waiting: Callable[[], Awaitable[bool]] = _nothing_waits
        self._client = httpx.AsyncClient(base_url=f"{url}/sandbox/api", timeout=60)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def do(self, verb: str, **order: Any) -> Any:
        """One verb of the control API."""
        return self._answer(await self._client.post(f"/{verb}", json=order))

    async def get(self, path: str, **query: Any) -> Any:
        """One question to it."""
        return self._answer(await self._client.get(f"/{path}", params=query))

    async def settle(self) -> None:
        """Waits until the bot has taken every update, handled it, and made every call it decided on."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            idle = await self.get("idle")
            busy = idle["pending"] or idle["unanswered_taps"] or idle["calls_under_way"]
            if not busy and await self.has_nothing_waiting():
                return
            await asyncio.sleep(0.02)
        raise StoryWentWrong("the bot did not come to rest")

    async def upload(self, content: bytes, **query: Any) -> Any:
        """Sends a file."""
        return self._answer(await self._client.post("/upload", params=query, content=content))

    async def person(self, name: str, username: str, language: str) -> Actor:
        """A new person."""
        first, _, last = name.partition(" ")
        view = await self.do(
            "people", first_name=first, last_name=last or None, username=username, language_code=language
        )
        return Actor(self, view["id"], name)

    async def group(self, title: str, members: list[Actor], admins: list[Actor]) -> int:
        """A new group chat with the bot in it; returns its id."""
        people = {"members": [m.id for m in members], "admins": [a.id for a in admins]}
        return int((await self.do("groups", title=title, **people))["id"])

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        if response.is_error:
            raise StoryWentWrong(f"the sandbox refused: {response.text[:200]}")
        return response.json()


class Actor:
    """One person."""

    def __init__(self, stage: Stage, person_id: int, name: str) -> None:
        self._stage = stage
        self.id = person_id
        self.name = name

    async def send(self, text: str, chat: int | None = None) -> None:
        """Writes, in private or in a group."""
        await self._stage.do("send", person=self.id, chat=chat, text=text)

    async def upload(self, name: str, content: bytes) -> None:
        """Sends a file in private."""
        await self._stage.upload(content, person=self.id, name=name)

    async def open(self, url: str) -> None:
        """Follows a link."""
        await self._stage.do("open", person=self.id, url=url)

    async def messages(self, chat: int | None = None) -> list[Message]:
        """What the person sees in a chat, in order."""
        view = await self._stage.get("messages", person=self.id, chat=chat or self.id)
        return [cast(Message, entry["message"]) for entry in view["messages"]]

    async def see(self, text: str, chat: int | None = None) -> Message:
        """Waits until a message of the bot holds ``text``; the newest one."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for message in reversed(await self.messages(chat)):
                if is_from_bot(message) and text.casefold() in body_of(message).casefold():
                    return message
            await asyncio.sleep(0.05)
        raise StoryWentWrong(f"{self.name} did not see {text!r}")

    async def tap(self, label: str, chat: int | None = None) -> str:
        """Taps the newest button whose text contains ``label`` (its link is opened, if it is one); returns its text."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for message in reversed(await self.messages(chat)):
                for button in buttons_of(message):
                    if label in button["text"]:
                        await self._press(message, button, chat)
                        return str(button["text"])
            await asyncio.sleep(0.05)
        raise StoryWentWrong(f"{self.name} found no button {label!r}")

    async def _press(self, message: Message, button: dict[str, Any], chat: int | None) -> None:
        if "url" in button:
            await self.open(button["url"])
            return
        data = button["callback_data"]
        tap = await self._stage.do("tap", person=self.id, chat=chat, message=message["message_id"], data=data)
        until = time.monotonic() + PATIENCE
        while await self._stage.do("answer", query=tap["query"]) is None:
            if time.monotonic() > until:
                raise StoryWentWrong(f"the tap on {button['text']!r} was not answered")
            await asyncio.sleep(0.02)


async def _nothing_waits() -> bool:
    return True


def body_of(message: Message) -> str:
    """A message's text or caption."""
    return str(message.get("text") or message.get("caption") or "")


def is_from_bot(message: Message) -> bool:
    """Whether the bot wrote it."""
    return bool((message.get("from") or {}).get("is_bot"))


def buttons_of(message: Message) -> list[dict[str, Any]]:
    """All inline buttons, row by row."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]
