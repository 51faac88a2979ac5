"""One sandbox for each test, served over HTTP, and the clients that speak to it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.server import Sandbox
from tests.bot.sandbox.calls import Api
from tests.support.telegram import TelegramWorld


class Clock:
    """The sandbox's time, which a test may move."""

    def __init__(self) -> None:
        self.now = 1_760_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Sandbox:
    return Sandbox(clock=clock)


@pytest.fixture
async def url(sandbox: Sandbox) -> AsyncIterator[str]:
    async with sandbox.serve() as address:
        yield address


@pytest.fixture
async def world(url: str) -> AsyncIterator[TelegramWorld]:
    async with await TelegramWorld.connect(url) as connected:
        yield connected


@pytest.fixture
async def api(url: str) -> AsyncIterator[Api]:
    """The Bot API as raw calls."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30, verify=False) as client:
        yield Api(client)
