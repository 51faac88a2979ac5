"""A group beside a stand-in for Stripe, for the stories of cards: everything over HTTP."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import stripe as library

from bot.sandbox.stripe.server import StripeSandbox, running_stripe
from ledger.db import Database
from tests.support.bot import staged
from tests.support.coordinating import Paniers, set_up

ENCRYPTION_KEY = "an-encryption-key-of-the-operators-own"


@dataclass
class CardScene:
    """Paniers, and Stripe."""

    group: Paniers
    stripe: StripeSandbox


def card_environment(stripe: StripeSandbox, **more: str) -> dict[str, str]:
    """The variables of a bot that asks this stand-in and can keep keys."""
    assert stripe.base_url is not None
    return {
        "CAGNOTTE_STRIPE__BASE_URL": stripe.base_url,
        "CAGNOTTE_STRIPE__ENCRYPTION_KEY": ENCRYPTION_KEY,
        **more,
    }


@contextlib.asynccontextmanager
async def card_scene(database_url: str, **more: str) -> AsyncIterator[CardScene]:
    """A group that is set up beside a stand-in; ``more``: variables of the bot's environment."""
    async with (
        running_stripe() as stripe,
        staged(database_url, **card_environment(stripe, **more)) as stage,
    ):
        yield CardScene(await set_up(stage), stripe)


@pytest.fixture
def quiet_stripe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stripe's library would write a file into the home directory."""
    monkeypatch.setattr(library, "enable_telemetry", False)


@pytest.fixture
async def cards(sqlite_url: str, quiet_stripe: None) -> AsyncIterator[CardScene]:
    """Without a key of the host's."""
    async with card_scene(sqlite_url) as scene:
        yield scene


@pytest.fixture
async def any_cards(database_url: str, quiet_stripe: None) -> AsyncIterator[CardScene]:
    """The same on either database."""
    async with card_scene(database_url) as scene:
        yield scene


def bytes_of(database: Database) -> bytes:
    """Everything in an SQLite database's files, its write-ahead log written back first."""
    path = Path(database.url.database or "")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*")))
