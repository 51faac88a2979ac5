"""One server for all tests of cards; each test has a group, a stand-in for Stripe and processes of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.server import serve_app
from tests.support.card_desk import CardDesk, Street, card_desk


@pytest.fixture(scope="session")
async def street() -> AsyncIterator[Street]:
    street = Street()
    async with serve_app(street) as street.url:
        yield street


@pytest.fixture
async def desk(street: Street, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CardDesk]:
    """On SQLite, one question after another."""
    monkeypatch.setattr("bot.cards.service.AT_A_TIME", 1)
    async with card_desk(street, sqlite_url) as desk:
        yield desk


@pytest.fixture
async def any_desk(street: Street, database_url: str) -> AsyncIterator[CardDesk]:
    """On either database: where several act at once."""
    async with card_desk(street, database_url) as desk:
        yield desk
