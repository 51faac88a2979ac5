"""Calls on their way out: each chat's in order, each made at least once, whatever Telegram says to them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.app import Bot
from bot.delivery import outbox
from bot.delivery.api import Api
from bot.delivery.outbox import Call
from bot.edge.scene import Scene
from bot.sandbox import people
from bot.sandbox.model import Limits
from bot.sandbox.server import Sandbox
from ledger.db import Database
from tests.bot.delivery.conftest import Desk, message, queue
from tests.support.bot import TOKEN, running_bot
from tests.support.seed import seed_group
from tests.support.telegram import Person

UNSENT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"
OUTCOMES = "SELECT outcome FROM outbox ORDER BY id"


async def somebody(desk: Desk, name: str = "Marie") -> Person:
    """A person the bot may write to."""
    person = await desk.world.person(name)
    desk.sandbox.world.people[person.id].has_started = True
    return person


async def heard(person: Person) -> list[str]:
    """What the bot wrote to a person, in order."""
    return [one.text for one in await person.messages() if one.sender_id == person.world.bot_id]


def edit(chat_id: int, message_id: int, words: str) -> Call:
    """An edit that a newer one replaces."""
    parameters = {"message_id": message_id, "text": words}
    return Call("editMessageText", chat_id, parameters, collapse_key=f"edit:{chat_id}:{message_id}")


async def screen(desk: Desk, bot: Bot, person: Person, words: str = "screen") -> int:
    """A message of the bot's to edit; its number."""
    await queue(bot, message(person.id, words))
    return (await person.wait(words)).id


async def test_each_chat_in_its_order(desk: Desk) -> None:
    everybody = [await somebody(desk, name) for name in ("Marie", "Paul", "Anne")]
    await desk.world.fault("delay", method="sendMessage", count=20, seconds=0.05)
    await desk.world.fault("error", method="sendMessage", count=3, code=500)
    async with desk.open() as bot:
        for number in range(20):
            await queue(bot, *(message(person.id, str(number)) for person in everybody))
        await desk.until(UNSENT, 0)
    for person in everybody:
        assert await heard(person) == [str(number) for number in range(20)]


async def test_a_newer_screen_takes_the_place_of_an_older_one(desk: Desk) -> None:
    marie = await somebody(desk)
    async with desk.open() as bot:
        number = await screen(desk, bot, marie)
        await desk.world.fault("error", code=429, retry_after=1, method="sendMessage")
        await queue(
            bot, message(marie.id, "first"), edit(marie.id, number, "a"), edit(marie.id, number, "b"),
            message(marie.id, "second"), edit(marie.id, number, "c"),
        )  # fmt: skip
        await desk.until(UNSENT, 0)
    assert await heard(marie) == ["c", "first", "second"]
    outcomes = [outcome for (outcome,) in await desk.rows(OUTCOMES)]
    assert outcomes == ["sent", "sent", "replaced", "replaced", "sent", "sent"]


async def test_a_page_that_was_left_is_not_shown_any_more_but_messages_are(desk: Desk) -> None:
    marie = await somebody(desk)
    async with desk.open() as bot:
        first, second = await screen(desk, bot, marie, "first"), await screen(desk, bot, marie, "second")
        await desk.world.fault("error", code=429, retry_after=1, method="sendMessage")

        def page(call: Call) -> Call:
            return replace(call, collapse_key="page")

        await queue(
            bot, message(marie.id, "receipt"), page(edit(marie.id, first, "left")), page(message(marie.id, "third")),
            page(edit(marie.id, second, "looked at")), message(marie.id, "end"),
        )  # fmt: skip
        await desk.until(UNSENT, 0)
    assert await heard(marie) == ["first", "looked at", "receipt", "third", "end"]


async def test_retry_after_is_obeyed_and_delays_that_chat_alone(desk: Desk) -> None:
    marie, paul = await somebody(desk), await somebody(desk, "Paul")
    await desk.world.fault("error", code=429, retry_after=2, chat_id=marie.id, method="sendMessage")
    async with desk.open() as bot:
        begin = time.monotonic()
        await queue(bot, message(marie.id, "un"), message(marie.id, "deux"), message(paul.id, "trois"))
        await paul.wait("trois")
        assert await heard(marie) == []
        await marie.wait("deux")
        assert time.monotonic() - begin >= 2
    assert await heard(marie) == ["un", "deux"]


async def test_who_blocked_the_bot_is_marked_until_they_write_again(desk: Desk) -> None:
    marie = await desk.world.person("Marie")
    async with desk.open() as bot:
        await marie.ask("bonjour", expect="echo")
        desk.sandbox.world.people[marie.id].has_blocked = True
        await queue(bot, message(marie.id, "perdu"))
        await desk.until("SELECT count(*) FROM people WHERE blocked_at IS NOT NULL", 1)
        desk.sandbox.world.people[marie.id].has_blocked = False
        await marie.ask("me revoilà", expect="echo me")
        await desk.until("SELECT count(*) FROM people WHERE blocked_at IS NOT NULL", 0)
    assert "perdu" not in await heard(marie)
    assert ("refused",) in await desk.rows(OUTCOMES)


async def test_a_chat_that_got_another_id_is_followed(desk: Desk) -> None:
    async def stay_silent(scene: Scene) -> None:
        """Let the refusal alone tell of the new id."""

    desk.handle = stay_silent
    anne = await somebody(desk, "Anne")
    group = await desk.world.group("Amap", admins=[anne])
    old = group.chat_id
    async with desk.open() as bot:
        await seed_group(bot.database, old, coordinators=[anne])
        new = await group.upgrade()
        await queue(bot, *(message(old, str(number)) for number in range(3)))
        await anne.wait("2", chat=new)
        await desk.until(UNSENT, 0)
    found = [one.text for one in await anne.messages(new) if one.sender_id == desk.world.bot_id]
    assert found == ["0", "1", "2"]
    assert await desk.rows("SELECT telegram_id FROM chats") == [(new,)]
    assert await desk.rows("SELECT DISTINCT chat_id FROM outbox") == [(new,)]


async def test_an_edit_that_changes_nothing_is_done(desk: Desk) -> None:
    marie = await somebody(desk)
    async with desk.open() as bot:
        number = await screen(desk, bot, marie)
        await queue(bot, edit(marie.id, number, "screen"))
        await desk.until(UNSENT, 0)
    assert (await desk.rows(OUTCOMES))[-1] == ("sent",)


async def test_what_telegram_refuses_holds_nothing_up(desk: Desk) -> None:
    marie = await somebody(desk)
    async with desk.open() as bot:
        await queue(bot, message(marie.id, ""), edit(marie.id, 99_999, "x"), message(marie.id, "suite"))
        await marie.wait("suite")
        await desk.until(UNSENT, 0)
    assert (await desk.rows(OUTCOMES))[0] == ("refused",)


@pytest.mark.parametrize(
    ("kind", "times"),
    [("lose", 1), ("error", 1), ("drop", 2)],
    ids=["cut before it was done", "500", "cut after it was done"],
)
async def test_a_call_that_failed_is_made_again(desk: Desk, kind: str, times: int) -> None:
    """At least once: where nobody can know whether Telegram sent it, a receipt comes rather twice than never."""
    marie = await somebody(desk)
    await desk.world.fault(kind, method="sendMessage")
    async with desk.open() as bot:
        await queue(bot, message(marie.id, "reçu"), message(marie.id, "suite"))
        await marie.wait("suite")
    assert await heard(marie) == ["reçu"] * times + ["suite"]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second is long."""
    call = Api.call

    async def soon(api: Api, method: str, parameters: dict[str, Any], *, read_timeout: float = 0.5) -> Any:
        return await call(api, method, parameters, read_timeout=read_timeout)

    monkeypatch.setattr(Api, "call", soon)


@pytest.mark.usefixtures("impatient")
async def test_a_message_whose_answer_is_late_is_not_sent_again(desk: Desk) -> None:
    marie = await somebody(desk)
    await desk.world.fault("delay", method="sendMessage", seconds=2)
    async with desk.open() as bot:
        await queue(bot, message(marie.id, "un"), message(marie.id, "deux"))
        await marie.wait("deux")
        await desk.until(UNSENT, 0)
    assert await heard(marie) == ["un", "deux"]
    assert await desk.rows(OUTCOMES) == [("unknown",), ("sent",)]


@pytest.mark.usefixtures("impatient")
async def test_an_edit_whose_answer_is_late_is_made_again(desk: Desk) -> None:
    marie = await somebody(desk)
    async with desk.open() as bot:
        number = await screen(desk, bot, marie)
        await desk.world.fault("delay", method="editMessageText", seconds=2)
        await queue(bot, edit(marie.id, number, "neu"))
        await desk.until(UNSENT, 0)
    assert await heard(marie) == ["neu"]
    assert await desk.rows(OUTCOMES) == [("sent",), ("sent",)]


async def test_a_server_that_is_away_is_waited_for(desk: Desk) -> None:
    """Connections are refused for a while; then everything goes out, once, and updates come in again."""
    sandbox = Sandbox(TOKEN)
    marie = sandbox.world.add_person("Marie", user_id=77)
    async with contextlib.AsyncExitStack() as server:
        url = await server.enter_async_context(sandbox.serve())
        async with running_bot(url, desk.database_url) as bot:
            people.say(sandbox.world, marie, "bonjour")
            await desk.until("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL", 1)
            await server.aclose()
            await queue(bot, message(marie.id, "un"), message(marie.id, "deux"))
            async with asyncio.timeout(30):
                while not bot.sender._failures:  # noqa: ASYNC110 - nothing says so
                    await asyncio.sleep(0.01)
            async with sandbox.serve(port=int(url.rpartition(":")[2])):
                people.say(sandbox.world, marie, "encore")
                await desk.until("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL", 4)
    bot_wrote = [
        one.data for one in sandbox.world.chats[77].messages.values() if one.data["from"] != marie.as_user()
    ]
    assert [one["text"] for one in bot_wrote] == ["echo bonjour", "un", "deux", "echo encore"]


async def test_what_was_queued_before_a_restart_goes_out_after_it(desk: Desk) -> None:
    marie = await somebody(desk)
    database = Database(desk.database_url)
    try:
        async with database.unit_of_work() as session:
            calls = [message(marie.id, str(number)) for number in range(600)]  # more than one look takes
            await outbox.enqueue(session, desk.world.bot_id, calls)
            await outbox.enqueue(session, 999, [message(marie.id, "another bot's")])
    finally:
        await database.close()
    async with desk.open():
        await desk.until(f"{UNSENT} AND bot_id <> 999", 0)
    assert await heard(marie) == [str(number) for number in range(600)]


async def test_told_to_stop_it_sends_what_is_queued(desk: Desk) -> None:
    marie = await somebody(desk)
    await desk.world.fault("delay", count=10, seconds=0.1)
    async with desk.open() as bot:
        await queue(bot, *(message(marie.id, str(number)) for number in range(10)))
    assert len(await heard(marie)) == 10
    assert await desk.rows(f"{UNSENT}") == [(0,)]


async def test_a_database_that_fails_to_record_makes_nothing_twice_while_we_live(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender breaks, is started again, and remembers what it sent."""
    marie = await somebody(desk)
    record, failures = outbox.record, 2

    async def fail(*arguments: Any) -> None:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise OSError("the disk is full")
        await record(*arguments)

    monkeypatch.setattr("bot.delivery.outbox.record", fail)
    async with desk.open() as bot:
        await queue(bot, message(marie.id, "un"))
        await queue(bot, message(marie.id, "deux"))
        await desk.until(UNSENT, 0)
        await queue(bot, message(marie.id, "trois"))
        await marie.wait("trois")
    assert await heard(marie) == ["un", "deux", "trois"]


async def test_telegrams_limits_are_never_met(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """30 a second, 1 a second in a chat, 20 a minute in a group, on both sides: nothing is ever refused."""
    monkeypatch.setattr("bot.app.handlers", list)
    sandbox = Sandbox(TOKEN, limits=Limits(30, 1, 20))
    members = [sandbox.world.add_person(f"Membre {number}") for number in range(40)]
    for person in members:
        person.has_started = True
    group = sandbox.world.add_group("Amap", members=members)
    refused: list[Exception] = []
    check = sandbox.limiter.check

    def note(*arguments: Any) -> None:
        try:
            check(*arguments)
        except Exception as error:
            refused.append(error)
            raise

    monkeypatch.setattr(sandbox.limiter, "check", note)
    names = ("MESSAGES_PER_SECOND", "PER_CHAT_PER_SECOND", "PER_GROUP_PER_MINUTE")
    limits = dict(zip((f"CAGNOTTE_LIMITS__{name}" for name in names), ("30", "1", "20"), strict=True))
    async with sandbox.serve() as url, running_bot(url, database_url, **limits) as bot:
        begin = time.monotonic()
        for number in range(3):
            calls = [message(chat, str(number)) for chat in (*(one.id for one in members), group.id)]
            await queue(bot, *calls)
        async with asyncio.timeout(60):
            while await outbox_backlog(bot):  # noqa: ASYNC110 - nothing says so
                await asyncio.sleep(0.05)
        assert time.monotonic() - begin >= (3 * 41 - 30) / 30
    assert refused == []
    for person in members:
        texts = [str(one.data.get("text")) for one in sandbox.world.chats[person.id].messages.values()]
        assert texts == ["0", "1", "2"]


async def outbox_backlog(bot: Bot) -> int:
    """How many calls wait."""
    async with bot.database.snapshot() as session:
        return await outbox.backlog(session, bot.api.bot.id)


async def test_calls_made_long_ago_are_forgotten(database_url: str) -> None:
    database = Database(database_url)
    try:
        async with database.unit_of_work() as session:
            await outbox.enqueue(session, 1, [message(7, str(number)) for number in range(3)])
            results = [outbox.Result(1, "sent", 5), outbox.Result(2, "refused")]
            await outbox.record(session, results)
            await session.execute(
                text("UPDATE outbox SET sent_at = '2001-01-01T00:00:00+00:00' WHERE id = 1")
            )
        async with database.unit_of_work() as session:
            await outbox.forget_old(session)
        async with database.snapshot() as session:
            found = await session.execute(text("SELECT id, outcome, message_id FROM outbox ORDER BY id"))
            assert [tuple(row) for row in found] == [(2, "refused", None), (3, None, None)]
            assert await outbox.backlog(session, 1) == 1
    finally:
        await database.close()
