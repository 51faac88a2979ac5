"""Our doors under siege: endless headers, idle crowds, slow ones, and those who leave. The bot answers the others."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.web import server
from tests.bot.delivery.conftest import Desk
from tests.support.bot_process import free_port
from tests.support.telegram import Person

SECRET = "a-secret-of-the-tests"
SOON = 0.6
"""Seconds a request may take here: a story need not last a quarter of a minute."""
IN_TIME = 10.0


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough: what is tried stands before it."""
    return sqlite_url


@pytest.fixture(params=["polling", "webhook"])
def port(request: pytest.FixtureRequest, desk: Desk) -> int:
    """Where the bot listens, for Telegram or only for who asks after its health."""
    port = free_port()
    desk.settings["CAGNOTTE_WEB__LISTEN"] = f"127.0.0.1:{port}"
    if request.param == "webhook":
        desk.settings |= {
            "CAGNOTTE_TELEGRAM__MODE": "webhook",
            "CAGNOTTE_TELEGRAM__WEBHOOK_SECRET": SECRET,
            "CAGNOTTE_WEB__PUBLIC_URL": f"http://127.0.0.1:{port}",
        }
    return port


class Crowd:
    """Connections that are opened and left as they are."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.open: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def add(self, count: int, words: bytes = b"") -> None:
        """So many more, each saying this."""
        for _ in range(count):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(words)
            self.open.append((reader, writer))

    async def still_there(self) -> int:
        """How many of them the bot has not hung up on."""
        await asyncio.sleep(0)
        return sum(1 for reader, _ in self.open if not reader.at_eof() and reader.exception() is None)

    async def until_gone(self) -> None:
        """Return once the bot hung up on all of them."""
        await asyncio.wait_for(asyncio.gather(*(to_the_end(reader) for reader, _ in self.open)), IN_TIME)

    def leave(self) -> None:
        """All of them go."""
        for _, writer in self.open:
            writer.transport.abort()
        self.open.clear()


async def to_the_end(reader: asyncio.StreamReader) -> None:
    """Read until the bot hangs up."""
    with contextlib.suppress(ConnectionError):
        await reader.read()


@contextlib.asynccontextmanager
async def crowd(port: int) -> AsyncIterator[Crowd]:
    """Nobody yet; they are gone afterwards."""
    people = Crowd(port)
    try:
        yield people
    finally:
        people.leave()


async def is_well(port: int) -> None:
    """A stranger's question after the bot's health is answered at once."""
    async with httpx.AsyncClient(trust_env=False, timeout=IN_TIME) as client:
        assert (await client.get(f"http://127.0.0.1:{port}/health/ready")).status_code == 200


async def answers(marie: Person, port: int, words: str) -> None:
    """The bot is well, and answers who writes to it."""
    await asyncio.wait_for(is_well(port), IN_TIME)
    await marie.ask(words, expect=f"echo {words}", timeout=IN_TIME)


async def test_an_endless_header_is_cut_off(desk: Desk, port: int) -> None:
    marie = await desk.world.person("Marie")
    async with desk.open():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Endless: ")
        sent = 0
        with contextlib.suppress(ConnectionError):
            while not reader.at_eof() and sent < 50_000_000:
                writer.write(b"a" * 65536)
                sent += 65536
                await writer.drain()
        assert sent < 5_000_000
        writer.transport.abort()
        await answers(marie, port, "bonjour")


async def test_a_thousand_who_say_nothing(desk: Desk, port: int) -> None:
    """At the limits as they are: there is room for who has something to say, long before the idle ones' time is over."""
    marie = await desk.world.person("Marie")
    async with desk.open(), crowd(port) as idle:
        await idle.add(1000)
        assert await idle.still_there() <= server.room_for_connections() + server.BACKLOG * 3
        await answers(marie, port, "bonjour")


async def test_the_slow_have_their_time_and_no_more(
    desk: Desk, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence, a head letter by letter, half a body, one request well done and then nothing: all end."""
    monkeypatch.setattr(server, "REQUEST_SECONDS", SOON)
    marie = await desk.world.person("Marie")
    async with desk.open(), crowd(port) as slow, crowd(port) as trickling:
        await slow.add(10)
        await slow.add(10, b"GET /health/live HTTP/1.1\r\nHost: x\r\n")
        await slow.add(10, b"POST /telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\nhalf of it")
        await slow.add(10, b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        await trickling.add(1, b"GET /health/live HTTP/1.1\r\n")
        letter_by_letter = asyncio.create_task(trickle(trickling))
        try:
            await answers(marie, port, "bonjour")
            await slow.until_gone()
            await trickling.until_gone()
        finally:
            letter_by_letter.cancel()
        await answers(marie, port, "et après")


async def trickle(people: Crowd) -> None:
    """One letter of a header after another, quicker than any silence is noticed."""
    while True:
        for _, writer in people.open:
            writer.write(b"X-A: b\r\n")
        await asyncio.sleep(SOON / 10)


async def test_those_who_leave_and_those_who_talk_nonsense_are_a_line(
    desk: Desk, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    secret = f"X-Telegram-Bot-Api-Secret-Token: {SECRET}".encode()
    half = b"POST /telegram HTTP/1.1\r\nHost: x\r\n" + secret + b"\r\nContent-Length: 900\r\n\r\n{"
    strange = (
        half, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET / HTTP/9.9\r\n\r\n",
        b"GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nhello",
        b"POST /stripe HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
    )  # fmt: skip
    async with desk.open():
        caplog.set_level(logging.INFO)
        for words in strange:
            async with crowd(port) as one:
                await one.add(1, words)
                await asyncio.sleep(0.05)
        await is_well(port)
        await asyncio.sleep(0.05)
    told = [one for one in caplog.records if one.exc_info or "Traceback" in one.getMessage()]
    assert [one.getMessage() for one in told] == []
    if "WEBHOOK" in "".join(desk.settings):
        assert [one for one in caplog.records if "hung up" in one.getMessage()]


async def test_no_answer_repeats_the_host_that_was_asked_for(desk: Desk, port: int) -> None:
    async with desk.open(), httpx.AsyncClient(trust_env=False, timeout=IN_TIME) as client:
        for path in ("/health/live/", "/metrics/", "/pay/x/", "/telegram/", "//evil.example/pay/x"):
            answer = await client.get(f"http://127.0.0.1:{port}{path}", headers={"Host": "evil.example"})
            assert answer.status_code in (404, 405), path
            assert "evil" not in f"{answer.headers} {answer.text}"


async def test_a_crowd_of_the_busy_turns_the_newcomer_away(
    desk: Desk, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is being answered is never cut off for somebody else."""
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 3)
    held = asyncio.Event()

    async def slowly(scope: dict, receive: object, send: object) -> None:  # type: ignore[type-arg]
        await held.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})  # type: ignore[operator]
        await send({"type": "http.response.body"})  # type: ignore[operator]

    async with server.serving(slowly, "127.0.0.1", port), crowd(port) as busy, crowd(port) as late:
        await busy.add(3, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.sleep(0.1)
        await late.add(2)
        await late.until_gone()
        held.set()
        for reader, _ in busy.open:
            assert b"204" in await asyncio.wait_for(reader.readline(), IN_TIME)
