"""A person and a group of the sandbox's world, as tests know them: verbs to act, and ways to see."""

# ruff: noqa: ASYNC109 — waiting is what these are for, and a test says how long

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.support.screens import Button, Message

if TYPE_CHECKING:
    from tests.support.telegram import TelegramWorld

PATIENCE = 15.0


class Group:
    """A group's chat; after an upgrade its id is the supergroup's."""

    def __init__(self, world: "TelegramWorld", chat_id: int, title: str) -> None:
        self.world = world
        self.chat_id = chat_id
        self.title = title

    async def upgrade(self) -> int:
        """Become a supergroup; return the new id."""
        self.chat_id = (await self.world.do("upgrade", chat=self.chat_id))["id"]
        return self.chat_id

    async def bot(self, by: "Person", *, admin: bool = False, inside: bool = True) -> None:
        """Let somebody add the bot, make it an admin, or remove it."""
        await self.world.do("bot", chat=self.chat_id, person=by.id, admin=admin, inside=inside)

    async def pinned(self) -> int | None:
        """The number of the pinned message."""
        for one in (await self.world.get("/state"))["chats"]:
            if one["id"] == self.chat_id:
                return one["pinned"]  # type: ignore[no-any-return]
        raise AssertionError(f"there is no chat {self.chat_id}")


Place = Group | int | None


class Person:
    """Somebody who writes, taps and reads. Where no chat is named, it is the private chat with the bot."""

    def __init__(self, world: "TelegramWorld", person_id: int, name: str) -> None:
        self.world = world
        self.id = person_id
        self.name = name

    def __repr__(self) -> str:
        return f"{self.name} ({self.id})"

    def chat_id(self, chat: Place) -> int:
        """The id of a chat as this person means it."""
        return chat.chat_id if isinstance(chat, Group) else chat or self.id

    # — doing —

    async def send(
        self, text: str, *, chat: Place = None, reply_to: Message | int | None = None, anonymous: bool = False
    ) -> int:
        """Write; return the message's number."""
        replied = reply_to.id if isinstance(reply_to, Message) else reply_to
        view = await self.world.do(
            "send", person=self.id, chat=self.chat_id(chat), text=text, reply_to=replied, anonymous=anonymous
        )
        return int(view["message"]["message_id"])

    async def ask(
        self,
        text: str,
        *,
        expect: str,
        chat: Place = None,
        answer_in: Place = None,
        timeout: float = PATIENCE,
    ) -> Message:
        """Write, then wait for something newer that says what is expected (in the private chat, or `answer_in`)."""
        before = await self.world.seq()
        await self.send(text, chat=chat)
        return await self.wait(expect, chat=answer_in or chat, after=before, timeout=timeout)

    async def upload(
        self, name: str, data: bytes, *, chat: Place = None, caption: str | None = None, photo: bool = False
    ) -> int:
        """Send a file; return the message's number."""
        query = {"person": self.id, "chat": self.chat_id(chat), "name": name, "photo": int(photo)}
        view = await self.world.post_file(query | ({"caption": caption} if caption else {}), data)
        return int(view["message"]["message_id"])

    async def open(self, link: Button | str, *, chat: Place = None) -> None:
        """Follow a link to the bot, from a button or as text (`startgroup` needs the group)."""
        url = link if isinstance(link, str) else link.url
        assert url, f"{link} is no link"
        where = self.chat_id(chat) if chat is not None else None
        await self.world.do("open", person=self.id, url=url, chat=where)

    async def tap(
        self, label: str, *, chat: Place = None, message: Message | None = None, wait: bool = True,
        timeout: float = PATIENCE,
    ) -> str:  # fmt: skip
        """Tap the button whose text contains `label`, on the newest message that has one.

        Returns what the bot answers the tap with (perhaps nothing); a link is opened, a copy button gives its text.
        """
        found = message or await self._seek(
            chat, timeout, f"a button {label!r}", lambda m: bool(m.button(label))
        )
        button = found.button(label)
        assert button is not None, f"there is no button {label!r} on\n{found}"
        if button.url:
            await self.open(button)
            return ""
        if button.copy_text is not None:
            return button.copy_text
        tapped = await self.world.do(
            "tap", person=self.id, chat=found.chat_id, message=found.id, data=button.callback_data
        )
        return await self._answer(tapped["query"], tapped["seq"], label, found, timeout) if wait else ""

    async def press(
        self, label: str, *, expect: str, chat: Place = None, message: Message | None = None,
        answer_in: Place = None, timeout: float = PATIENCE,
    ) -> Message:  # fmt: skip
        """Tap, then wait for a message or an edit that is newer than the tap and says what is expected."""
        if message is None:
            message = await self._seek(
                chat, timeout, f"a button {label!r}", lambda found: bool(found.button(label))
            )
        before = await self.world.seq()
        await self.tap(label, message=message, wait=False)
        return await self.wait(
            expect, chat=answer_in or chat or message.chat_id, after=before, timeout=timeout
        )

    async def forge_tap(self, data: str, message: Message, *, timeout: float = PATIENCE) -> str:
        """Tap a button that is not there, as a tampered client could; return the bot's answer."""
        before = await self.world.seq()
        query = f"forged-{self.id}-{before}-{time.monotonic_ns()}"
        sender = {"id": self.id, "is_bot": False, "first_name": self.name}
        await self.world.forge(
            {"callback_query": {"id": query, "from": sender, "message": message.raw, "chat_instance": "1",
                                "data": data}}
        )  # fmt: skip
        return await self._answer(query, before, data, message, timeout)

    async def join(self, group: Group) -> None:
        """Come into a group."""
        await self.world.do("join", person=self.id, chat=group.chat_id)

    async def leave(self, group: Group) -> None:
        """Go out of a group."""
        await self.world.do("leave", person=self.id, chat=group.chat_id)

    async def kick(self, other: "Person", group: Group) -> None:
        """Put somebody else out of a group."""
        await self.world.do("kick", person=other.id, chat=group.chat_id, by=self.id)

    async def promote(self, group: Group, *, admin: bool = True) -> None:
        """Become an admin of a group, or no longer."""
        await self.world.do("promote", person=self.id, chat=group.chat_id, admin=admin)

    async def block(self, *, blocked: bool = True) -> None:
        """Block the bot, or unblock it."""
        await self.world.do("block", person=self.id, blocked=blocked)

    # — seeing —

    async def messages(self, chat: Place = None) -> list[Message]:
        """Everything in the chat, oldest first."""
        return (await self._look(chat))[0]

    async def last(self, chat: Place = None) -> Message:
        """The bot's message that changed last."""
        return await self._seek(chat, PATIENCE, "any message", lambda _: True)

    async def wait(
        self, text: str = "", *, chat: Place = None, after: int = 0, timeout: float = PATIENCE
    ) -> Message:
        """Return the bot's newest message or edit that says this, waiting for it if need be.

        `after` is a number of `world.seq()`: only what changed later counts.
        """
        wanted = f"{text!r}" if text else "anything"
        return await self._seek(chat, timeout, wanted, lambda m: m.says(text), after)

    async def transcript(self, chat: Place = None, last: int = 30) -> str:
        """The chat as text."""
        messages = (await self.messages(chat))[-last:]
        return f"— chat {self.chat_id(chat)} as {self.name} sees it —\n" + "\n".join(map(str, messages))

    async def commands(self, chat: Place = None) -> list[str]:
        """The command menu shown in the chat."""
        menu = await self.world.get("/commands", person=self.id, chat=self.chat_id(chat))
        return [one["command"] for one in menu]

    async def _look(self, chat: Place, after: int = 0) -> tuple[list[Message], int]:
        where = self.chat_id(chat)
        seen = await self.world.get("/messages", person=self.id, chat=where, changed_after=after)
        return [Message.of(one) for one in seen["messages"]], seen["seq"]

    async def _seek(
        self, chat: Place, timeout: float, what: str, fits: Callable[[Message], bool], after: int = 0
    ) -> Message:
        """Return the bot's message that fits and changed last; fail with the transcript."""
        deadline = time.monotonic() + timeout
        while True:
            messages, seq = await self._look(chat, after)
            found = [one for one in messages if one.sender_id == self.world.bot_id and fits(one)]
            if found:
                return max(found, key=lambda one: one.changed)
            if (left := deadline - time.monotonic()) <= 0:
                raise AssertionError(
                    f"{self.name} waited {timeout} s for {what}\n{await self.transcript(chat)}"
                )
            await self.world.changes(seq, left)

    async def _answer(self, query: str, seq: int, label: str, on: Message, timeout: float) -> str:
        deadline = time.monotonic() + timeout
        while (answer := await self.world.do("answer", query=query)) is None:
            if (left := deadline - time.monotonic()) <= 0:
                raise AssertionError(
                    f"the tap on {label!r} was not answered within {timeout} s\n"
                    f"{await self.transcript(on.chat_id)}"
                )
            await self.world.changes(seq, left)
            seq = await self.world.seq()
        return str(answer["text"])
