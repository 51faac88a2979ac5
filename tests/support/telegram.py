"""People of the sandbox, for tests that read like a story; it speaks the control API over HTTP and nothing else.

    world = await TelegramWorld.connect(url)
    marie = await world.person("Marie", username="marie")
    await marie.send("/commander")
    await marie.press("Chèque", expect="Référence")

Whatever is waited for and does not come fails the test with the transcript of the chat.
"""

# ruff: noqa: ASYNC109 — waiting is what these are for, and a test says how long

import asyncio
import io
import time
from typing import Any

import aiohttp

from tests.support.screens import Button, Message
from tests.support.telegram_people import PATIENCE, Group, Person

__all__ = ["Button", "Group", "Message", "Person", "TelegramWorld"]

_SILENCE = 2.0


class TelegramWorld:
    """A client of one sandbox's control API."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.bot: dict[str, Any] = {}
        # Not httpx: its requests cost several times as much, and a story makes hundreds.
        self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60))

    @classmethod
    async def connect(cls, url: str) -> "TelegramWorld":
        """Reach a running sandbox and learn who its bot is."""
        world = cls(url)
        world.bot = (await world.get("/state"))["bot"]
        return world

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def __aenter__(self) -> "TelegramWorld":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def bot_id(self) -> int:
        """The bot's user id."""
        return int(self.bot["id"])

    # — the world —

    async def person(
        self, first_name: str, *, last_name: str | None = None, username: str | None = None,
        language: str | None = "fr", user_id: int | None = None,
    ) -> Person:  # fmt: skip
        """Create a person who has not spoken to the bot yet."""
        view = await self.do(
            "people", first_name=first_name, last_name=last_name, username=username, language_code=language,
            id=user_id,
        )  # fmt: skip
        return Person(self, view["id"], view["name"])

    async def group(
        self, title: str, *, members: list[Person] | tuple[Person, ...] = (),
        admins: list[Person] | tuple[Person, ...] = (), bot: bool = True, bot_admin: bool = False,
        supergroup: bool = False,
    ) -> Group:  # fmt: skip
        """Create a group; its first admin is the creator, and adds the bot."""
        view = await self.do(
            "groups", title=title, members=[one.id for one in members], admins=[one.id for one in admins],
            bot=bot, bot_admin=bot_admin, supergroup=supergroup,
        )  # fmt: skip
        return Group(self, view["id"], title)

    async def find_person(self, name: str) -> Person:
        """Return somebody who is there already, by name or username."""
        for one in (await self.get("/state"))["people"]:
            if name in {one["name"], one["name"].partition(" ")[0], one["username"]}:
                return Person(self, one["id"], one["name"])
        raise AssertionError(f"there is nobody called {name!r}")

    async def find_group(self, title: str) -> Group:
        """Return a group that is there already, the newest of that title."""
        for one in reversed((await self.get("/state"))["chats"]):
            if one["title"] == title and one["type"] != "private":
                return Group(self, one["id"], title)
        raise AssertionError(f"there is no group {title!r}")

    # — trouble —

    async def forge(self, update: dict[str, Any]) -> int:
        """Give the bot any update at all; return its number."""
        return int((await self.do("forge", **update))["update_id"])

    async def repeat_last_update(self) -> None:
        """Deliver the last update again under the same number."""
        await self.do("repeat")

    async def fault(self, kind: str, **details: Any) -> None:
        """Order trouble: drop, lose, delay, error (method=, count=, seconds=, code=, …), twice, none."""
        await self.do("fault", kind=kind, **details)

    async def settle(self, *, quiet: float = 0.25, timeout: float = PATIENCE) -> None:
        """Return when the bot has taken every update, answered every tap, and been silent for a while."""
        deadline = time.monotonic() + timeout
        while True:
            idle = await self.get("/idle")
            silent_for = idle["silent_for"]
            # A tap that is not answered after a long silence never will be.
            taps = idle["unanswered_taps"] and silent_for < _SILENCE
            if not (idle["pending"] or idle["calls_under_way"] or taps) and silent_for >= quiet:
                return
            if time.monotonic() > deadline:
                raise AssertionError(f"the bot does not come to rest within {timeout} s: {idle}")
            await asyncio.sleep(0.05 + idle["unanswered_taps"] / 1_000)

    # — HTTP —

    async def do(self, verb: str, **given: Any) -> Any:
        """Do one verb of the control API."""
        return await self._call("POST", f"/{verb}", json=given)

    async def get(self, path: str, **query: Any) -> Any:
        """Read from the control API."""
        return await self._call("GET", path, params={name: str(value) for name, value in query.items()})

    async def post_file(self, query: dict[str, Any], data: bytes) -> Any:
        """Upload a file."""
        given = {name: str(value) for name, value in query.items() if value is not None}
        return await self._call("POST", "/upload", params=given, data=io.BytesIO(data))

    async def seq(self) -> int:
        """The number of the last thing that happened."""
        return int((await self.get("/state"))["seq"])

    async def changes(self, since: int, patience: float) -> None:
        """Return when something happened after `since`, or patience is over."""
        await self.get("/events", since=since, timeout=max(0.0, min(patience, 20.0)))

    async def download(self, message: Message) -> bytes:
        """Return the content of a message's document or photo."""
        assert message.file_id, f"there is no file in {message}"
        async with self._client.get(f"{self.url}/sandbox/api/files/{message.file_id}") as answer:
            assert answer.status == 200, await answer.text()
            return await answer.read()

    async def _call(self, method: str, path: str, **request: Any) -> Any:
        async with self._client.request(method, f"{self.url}/sandbox/api{path}", **request) as answer:
            if answer.status != 200:
                raise AssertionError(f"the sandbox refused {path}: {await answer.text()}")
            return await answer.json(content_type=None)
