"""Many people of a sandbox in this process, who order and confirm payments as fast as the bot answers.

They act on the sandbox's world directly, so that what they cost is small beside the bot. Each waits for the screen that
answers what they did, and looks at buttons by their verb: the same in every language.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox import people
from bot.sandbox.model import Message, Person
from bot.sandbox.server import Sandbox

NEWEST = 8
Fits = Callable[[Message], object]


class NoAnswer(AssertionError):
    """What somebody waited for did not come."""


class Crowd:
    """The people of one sandbox, told of what changes in their chats by one task."""

    def __init__(self, sandbox: Sandbox, patience: float) -> None:
        self.world = sandbox.world
        self.patience = patience
        self.latencies: list[float] = []
        """Seconds from an update to the screen that answers it."""
        self._waiting: dict[int, asyncio.Future[None]] = {}

    @contextlib.asynccontextmanager
    async def awake(self) -> AsyncIterator[Crowd]:
        """Follow the world inside the block."""
        task = asyncio.create_task(self._follow())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _follow(self) -> None:
        events, seen = self.world.events, self.world.events.seq
        while True:
            await events.wait(seen, 30)
            for event in events.since(seen) or []:
                waiter = self._waiting.pop(int(str(event.get("chat", 0))), None)
                if waiter is not None and not waiter.done():
                    waiter.set_result(None)
            seen = events.seq

    def bot_messages(self, person: Person) -> Iterator[Message]:
        """What the bot wrote to a person, the newest first."""
        for message in reversed(self.world.chats[person.id].messages.values()):
            if message.data["from"] is self.world.bot:
                yield message

    async def answered(
        self, person: Person, since: int, fits: Fits, what: str, tapped: Sequence[Message] = ()
    ) -> Message:
        """What changed after ``since`` and fits: the tapped message, or one of the newest the bot wrote to the person."""
        begin = time.monotonic()
        while True:
            for message in (*tapped, *itertools.islice(self.bot_messages(person), NEWEST)):
                if message.changed > since and fits(message):
                    self.latencies.append(time.monotonic() - begin)
                    return message
            waiter = self._waiting[person.id] = asyncio.get_running_loop().create_future()
            left = begin + self.patience - time.monotonic()
            try:
                async with asyncio.timeout(left):
                    await waiter
            except TimeoutError:
                last = [str(m.data.get("text")) for m in itertools.islice(self.bot_messages(person), 3)]
                raise NoAnswer(f"{person.full_name} got no {what}; the newest: {last}") from None

    async def say(self, person: Person, text: str, fits: Fits, what: str) -> Message:
        """Write in private and wait for the answer."""
        since = self.world.events.seq
        people.say(self.world, person, text)
        return await self.answered(person, since, fits, what)

    async def tap(self, person: Person, message: Message, data: str, fits: Fits, what: str) -> Message:
        """Tap and wait for the answer."""
        since = self.world.events.seq
        people.tap(self.world, person, self.world.chats[person.id], message.id, data)
        return await self.answered(person, since, fits, what, (message,))


def buttons_of(message: Message) -> Iterator[dict[str, Any]]:
    """All buttons under a message."""
    markup: Any = message.data.get("reply_markup") or {}
    for row in markup.get("inline_keyboard", ()):
        yield from row


def data_of(message: Message, start: str, end: str = "") -> str | None:
    """The data of the first button whose data starts and ends so."""
    for button in buttons_of(message):
        data = str(button.get("callback_data", ""))
        if data.startswith(start) and data.endswith(end):
            return data
    return None


def copied_of(message: Message) -> str | None:
    """What the message's first copy button copies: a receipt's reference."""
    return next((str(b["copy_text"]["text"]) for b in buttons_of(message) if "copy_text" in b), None)


@dataclass
class Shopper:
    """A member who orders again and again, one product, by cheque; every confirmed basket is an order or an addition."""

    crowd: Crowd
    person: Person
    product: int
    references: list[str] = field(default_factory=list)
    """The references on the receipts that came as answers."""
    updates: int = 0

    async def order(self) -> str:
        """Five updates: the catalogue, a product, the basket, confirm, cheque. Returns the receipt's reference."""
        product = f":{self.product}:0"
        page = await self._say("/commander", lambda m: data_of(m, "shop.add:", product), "catalogue")
        page = await self._tap(
            page,
            data_of(page, "shop.add:", product),
            lambda m: data_of(m, "basket:") and "✅" in str(m.data),
            "product",
        )
        page = await self._tap(
            page, data_of(page, "basket:"), lambda m: data_of(m, "basket.confirm:"), "basket"
        )
        page = await self._tap(
            page, data_of(page, "basket.confirm:"), lambda m: data_of(m, "basket.pay:"), "payment choice"
        )
        cheque = next(
            b["callback_data"] for b in buttons_of(page) if ":cheque:" in b.get("callback_data", "")
        )
        receipt = await self._tap(page, cheque, copied_of, "receipt")
        reference = str(copied_of(receipt))
        self.references.append(reference)
        return reference

    async def _say(self, text: str, fits: Fits, what: str) -> Message:
        self.updates += 1
        return await self.crowd.say(self.person, text, fits, what)

    async def _tap(self, message: Message, data: str | None, fits: Fits, what: str) -> Message:
        assert data is not None
        self.updates += 1
        return await self.crowd.tap(self.person, message, data, fits, what)


@dataclass
class Validator:
    """A coordinator who confirms payments by their references, in private."""

    crowd: Crowd
    person: Person
    confirmed: list[str] = field(default_factory=list)

    async def validate(self, reference: str) -> None:
        """`/valider REF`, then the button that receives the announced amount."""

        def says(message: Message) -> bool:  # a page of another payment may come again after a crash
            return reference in str(message.data.get("text"))

        page = await self.crowd.say(
            self.person,
            f"/valider {reference}",
            lambda m: says(m) and data_of(m, "payment.receive:"),
            f"payment {reference}",
        )
        data = data_of(page, "payment.receive:")
        assert data is not None
        await self.crowd.tap(
            self.person,
            page,
            data,
            lambda m: says(m) and data_of(m, "payment.undo:"),
            f"confirmation of {reference}",
        )
        self.confirmed.append(reference)
