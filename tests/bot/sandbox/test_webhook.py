"""Updates pushed to the bot's own address: the secret, repeats until 2xx, the order, falling back to polling."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox import people
from bot.sandbox.server import Sandbox, serve_app
from tests.bot.sandbox.calls import Api


class Bot:
    """A web server that notes what it is sent and answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.refuses: dict[str, int] = {}
        self.news = asyncio.Condition()

    async def take(self, request: Request) -> Response:
        self.secrets.append(request.headers.get("x-telegram-bot-api-secret-token"))
        update = await request.json()
        async with self.news:
            self.got.append(update)
            self.news.notify_all()
        text = _text(update)
        left = self.refuses.get(text, 0)
        self.refuses[text] = left - 1
        return Response(status_code=500 if left > 0 else 200)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10), self.news:
            await self.news.wait_for(lambda: len(self.got) >= count)

    def texts(self) -> list[str]:
        return [_text(one) for one in self.got]


def _text(update: dict[str, Any]) -> str:
    tap = update.get("callback_query")
    return f"tap of {tap['from']['first_name']}" if tap else str(update["message"]["text"])


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
async def address(bot: Bot) -> AsyncIterator[str]:
    app = Starlette(routes=[Route("/telegram", bot.take, methods=["POST"])])
    async with serve_app(app) as url:
        yield f"{url}/telegram"


async def test_what_waits_is_pushed_with_the_secret(
    api: Api, sandbox: Sandbox, bot: Bot, address: str
) -> None:
    marie = sandbox.world.add_person("Marie")
    people.say(sandbox.world, marie, "avant")
    await api.ok("setWebhook", url=address, secret_token="s3cret")
    people.say(sandbox.world, marie, "après")
    await bot.until(2)
    assert bot.texts() == ["avant", "après"]
    assert bot.secrets == ["s3cret", "s3cret"]
    refused = await api.call("getUpdates")
    assert refused["error_code"] == 409
    assert refused["description"].startswith("Conflict: can't use getUpdates method while webhook is active")


async def test_repeated_until_accepted_and_the_chat_waits(
    api: Api, sandbox: Sandbox, bot: Bot, address: str
) -> None:
    marie, paul = sandbox.world.add_person("Marie"), sandbox.world.add_person("Paul")
    bot.refuses = {"un": 2}
    await api.ok("setWebhook", url=address)
    people.say(sandbox.world, marie, "un")
    people.say(sandbox.world, marie, "deux")
    await bot.until(1)
    people.say(sandbox.world, paul, "moi")
    await bot.until(5)
    assert [one for one in bot.texts() if one != "moi"] == ["un", "un", "un", "deux"]
    assert bot.texts().index("moi") < 4
    repeated = {one["update_id"] for one in bot.got if one["message"]["text"] == "un"}
    assert len(repeated) == 1
    info = await api.ok("getWebhookInfo")
    assert info["url"] == address
    assert info["last_error_message"].startswith("Wrong response from the webhook: ")


async def test_a_tap_waits_for_the_same_persons_taps_only(
    api: Api, sandbox: Sandbox, bot: Bot, address: str
) -> None:
    world = sandbox.world
    marie, paul = world.add_person("Marie"), world.add_person("Paul")
    group = world.add_group("Amap", members=[marie, paul])
    keys = {"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]}
    sent = await api.ok("sendMessage", chat_id=group.id, text="a", reply_markup=keys)
    await api.updates()
    bot.refuses = {"/un": 3, "tap of Marie": 2}
    await api.ok("setWebhook", url=address)
    people.say(world, marie, "/un", group)
    for person in (marie, marie, paul):
        people.tap(world, person, group, sent["message_id"], "a")
    await bot.until(3)
    assert sorted(bot.texts()[:3]) == ["/un", "tap of Marie", "tap of Paul"]
    await bot.until(9)
    taps = [one["update_id"] for one in bot.got if _text(one) == "tap of Marie"]
    assert taps == [taps[0]] * 3 + [taps[0] + 1]


async def test_a_dead_address_keeps_the_updates(api: Api, sandbox: Sandbox) -> None:
    marie = sandbox.world.add_person("Marie")
    await api.ok("setWebhook", url="http://127.0.0.1:9/telegram")
    people.say(sandbox.world, marie, "bonjour")
    info = await _info_with_an_error(api)
    assert info["pending_update_count"] == 1
    assert info["last_error_message"] == "Connection refused"
    await api.ok("deleteWebhook")
    assert [one["message"]["text"] for one in await api.ok("getUpdates")] == ["bonjour"]
    await api.ok("deleteWebhook", drop_pending_updates=True)
    assert await api.ok("getUpdates") == []


async def test_bad_addresses(api: Api) -> None:
    assert "bad webhook" in await api.refused("setWebhook", url="ftp://example.org")
    assert "unallowed characters" in await api.refused(
        "setWebhook", url="https://example.org", secret_token="é"
    )


async def _info_with_an_error(api: Api) -> dict[str, Any]:
    for _ in range(100):
        info: dict[str, Any] = await api.ok("getWebhookInfo")
        if "last_error_message" in info:
            return info
        await asyncio.sleep(0.05)
    raise AssertionError("no attempt failed within 5 s")
