"""`cagnotte demo`, as somebody types it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.demo import replay as replaying
from bot.demo.actors import StoryWentWrong
from bot.demo.story import Story


@contextlib.asynccontextmanager
async def cagnotte(*arguments: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("language", "ending", "told"),
    [
        (
            "fr",
            "L'histoire se termine bien",
            [
                "Anne · AMAP des Lilas",
                "/installer",
                "Vous êtes à jour : 0,00 €",
                "Paul · Page de paiement\n    💳 4000 0000 0000 0002",
                "❌ Votre carte a été refusée",
                "✅ 12,35 € payés par carte · AMAP des Lilas",
            ],
        ),
        (
            "en",
            "The story ends well",
            [
                "Anne · Lilac Food Group",
                "/setup",
                "You are settled up: €0.00",
                "Paul · Payment page\n    💳 4000 0000 0000 0002",
                "❌ Your card was declined",
                "✅ €12.35 paid by card · Lilac Food Group",
            ],
        ),
    ],
)
async def test_the_replay_tells_the_whole_story_and_exits_0(
    language: str, ending: str, told: list[str]
) -> None:
    async with cagnotte("demo", "--replay", "--lang", language) as process:
        out, err = await process.communicate()
        text = re.sub(r"[\u00a0\u202f]", " ", out.decode())
        assert process.returncode == 0, err.decode() + text
        assert ending in text
        for line in told:
            assert line in text
        assert told[2] in text.split("Paul\n")[-1]
        assert re.search(r"/valid(er|ate) [2-9A-Z]{3}-[2-9A-Z]{4}", text)


async def test_a_story_that_goes_wrong_says_so_and_exits_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def never_ordered(self: Story) -> str:
        raise StoryWentWrong("Marie did not see 'référence'")

    monkeypatch.setattr(Story, "order", never_ordered)
    monkeypatch.setattr("bot.logs.configure", lambda *_: None)
    assert await replaying.replay("fr") == 1
    assert "Marie did not see" in capsys.readouterr().err


async def test_the_page_answers_within_five_seconds_and_the_demo_stops_when_told() -> None:
    port = free_port()
    started = time.monotonic()
    async with cagnotte("demo", "--port", str(port)) as process, httpx.AsyncClient(trust_env=False) as client:
        while True:
            with contextlib.suppress(httpx.TransportError):
                page = await client.get(f"http://127.0.0.1:{port}/")
                break
            assert time.monotonic() < started + 30
            await asyncio.sleep(0.05)
        assert time.monotonic() < started + 5
        assert page.status_code == 200
        assert "Cagnotte" in page.text
        assert process.stdout
        said = await process.stdout.readline() + await process.stdout.readline()
        assert "4242 4242 4242 4242 paie, 4000 0000 0000 0002 est refusée" in said.decode()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0


async def test_a_taken_port_is_said_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with cagnotte("demo", "--port", str(port)) as process:
            _, err = await process.communicate()
            assert process.returncode == 1
            assert f"Port {port}" in err.decode()
            assert "Traceback" not in err.decode()
