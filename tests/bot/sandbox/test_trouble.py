"""Limits with `retry_after`, and the trouble tests can order: lost answers, late ones, errors, repeats, forgeries."""

import time
from typing import Any

import httpx
import pytest

from bot.sandbox import people
from bot.sandbox.model import Limits, Person
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.calls import Api
from tests.bot.sandbox.conftest import Clock
from tests.support.telegram import TelegramWorld


@pytest.fixture
def marie(sandbox: Sandbox) -> Person:
    return _started(sandbox, "Marie")


def _started(sandbox: Sandbox, name: str) -> Person:
    person = sandbox.world.add_person(name)
    people.say(sandbox.world, person, "/start")
    return person


async def outcomes(api: Api, chats: list[int], method: str = "sendMessage", **params: Any) -> list[int]:
    """Return 0 for each message sent, or the seconds to wait."""
    answers = [
        await api.call(method, chat_id=one, text=f"{number}", **params) for number, one in enumerate(chats)
    ]
    for one in answers:
        if not one["ok"]:
            seconds = one["parameters"]["retry_after"]
            assert one["error_code"] == 429
            assert one["description"] == f"Too Many Requests: retry after {seconds}"
    return [0 if one["ok"] else one["parameters"]["retry_after"] for one in answers]


async def test_limits(api: Api, sandbox: Sandbox, clock: Clock, marie: Person) -> None:
    paul = _started(sandbox, "Paul")
    sandbox.limiter.limits = Limits(messages_per_second=3)
    assert await outcomes(api, [marie.id, paul.id, marie.id, marie.id]) == [0, 0, 0, 1]
    clock.now += 1
    sandbox.limiter.limits = Limits(per_chat_per_second=1)
    assert await outcomes(api, [marie.id, paul.id, marie.id]) == [0, 0, 1]
    clock.now += 1
    assert await outcomes(api, [marie.id]) == [0]
    group = sandbox.world.add_group("Amap", members=[marie], admins=[paul])
    sandbox.limiter.limits = Limits(per_group_per_minute=2)
    assert await outcomes(api, [group.id]) == [0]
    clock.now += 10
    assert await outcomes(api, [group.id, group.id, marie.id, marie.id, marie.id]) == [0, 50, 0, 0, 0]
    clock.now += 50
    assert await outcomes(api, [group.id]) == [0]


async def test_edits_count_too(api: Api, sandbox: Sandbox, marie: Person) -> None:
    sandbox.limiter.limits = Limits(per_chat_per_second=1)
    sent = await api.ok("sendMessage", chat_id=marie.id, text="a")
    assert await outcomes(api, [marie.id], "editMessageText", message_id=sent["message_id"]) == [1]


async def test_a_lost_answer(api: Api, world: TelegramWorld, marie: Person, sandbox: Sandbox) -> None:
    await world.fault("drop", method="sendMessage")
    with pytest.raises(httpx.RemoteProtocolError):
        await api.call("sendMessage", chat_id=marie.id, text="reçu")
    await world.fault("lose", method="sendMessage")
    with pytest.raises(httpx.RemoteProtocolError):
        await api.call("sendMessage", chat_id=marie.id, text="perdu")
    await api.ok("sendMessage", chat_id=marie.id, text="après")
    texts = [one.data["text"] for one in sandbox.world.chat(marie.id).messages.values()]
    assert texts == ["/start", "reçu", "après"]


async def test_errors_and_delays(api: Api, world: TelegramWorld, marie: Person) -> None:
    await world.fault("error", method="sendMessage", count=2)
    codes = [(await api.call("sendMessage", chat_id=marie.id, text="a")).get("error_code") for _ in range(3)]
    assert codes == [500, 500, None]
    await world.fault("error", code=429, description="Too Many Requests: retry after 7", retry_after=7)
    assert (await api.call("getMe"))["parameters"] == {"retry_after": 7}
    await world.fault("delay", method="sendMessage", seconds=0.3)
    started = time.monotonic()
    await api.ok("sendMessage", chat_id=marie.id, text="a")
    assert time.monotonic() - started >= 0.3
    await world.fault("error", count=100)
    await world.fault("none")
    await api.ok("getMe")


async def test_repeats_and_forgeries(api: Api, world: TelegramWorld, marie: Person, sandbox: Sandbox) -> None:
    (first,) = await api.updates()
    await world.repeat_last_update()
    assert await api.updates() == [first]
    assert await api.updates() == []
    await world.fault("twice")
    people.say(sandbox.world, marie, "encore")
    twice = await api.ok("getUpdates")
    assert [one["message"]["text"] for one in twice] == ["encore", "encore"]
    assert twice[0]["update_id"] == twice[1]["update_id"]
    await api.ok("getUpdates", offset=twice[0]["update_id"] + 1)
    tap = {
        "id": "forged",
        "from": {"id": 5, "is_bot": False, "first_name": "Eve"},
        "chat_instance": "1",
        "data": "x",
    }
    await world.forge({"callback_query": tap})
    assert (await api.updates())[0]["callback_query"] == tap
    await api.ok("answerCallbackQuery", callback_query_id="forged")


async def test_settle_waits_for_what_the_bot_has_not_taken(
    api: Api, world: TelegramWorld, marie: Person
) -> None:
    with pytest.raises(AssertionError, match="does not come to rest"):
        await world.settle(timeout=0.3)
    await api.updates()
    await world.settle(quiet=0.1)


async def test_another_site_may_not_use_the_control_api(url: str, world: TelegramWorld) -> None:
    async with httpx.AsyncClient(base_url=url, verify=False, trust_env=False) as client:
        for path in ("/sandbox/api/people", "/sandbox/api/upload?person=1"):
            answer = await client.post(
                path, headers={"Origin": "https://evil.example"}, json={"first_name": "Eve"}
            )
            assert answer.status_code == 403
        for path, wanted in (
            ("/page/..%2fserver.py", 404),
            ("/page/index.js", 404),
            ("/", 200),
            ("/page/app.js", 200),
        ):
            assert (await client.get(path)).status_code == wanted
        assert "default-src 'none'" in (await client.get("/")).headers["content-security-policy"]
    with pytest.raises(AssertionError, match="there is no person 5"):
        await world.do("send", person=5, text="a")
