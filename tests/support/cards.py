"""A group beside a stand-in for Stripe, for the stories of cards: everything over HTTP."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from bot.sandbox.stripe.server import TEST_KEY, StripeSandbox, running_stripe
from ledger.db import Database, utc_now
from ledger.payments.card.models import CardAccount, Checkout
from tests.support.bot import Stage, staged
from tests.support.bot_process import free_port
from tests.support.coordinating import Paniers, set_up
from tests.support.ordering import Village, village

ENCRYPTION_KEY = "an-encryption-key-of-the-operators-own"
GOOD, DECLINED = "4242 4242 4242 4242", "4000 0000 0000 0002"
"""Cards of Stripe's test mode. (docs.stripe.com/testing)"""


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
async def cards(sqlite_url: str) -> AsyncIterator[CardScene]:
    """Without a key of the host's."""
    async with card_scene(sqlite_url) as scene:
        yield scene


@pytest.fixture
async def any_cards(database_url: str) -> AsyncIterator[CardScene]:
    """The same on either database."""
    async with card_scene(database_url) as scene:
        yield scene


def bytes_of(database: Database) -> bytes:
    """Everything in an SQLite database's files, its write-ahead log written back first."""
    path = Path(database.url.database or "")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*")))


@dataclass
class CardVillage:
    """A village that takes cards with the host's key."""

    village: Village
    stripe: StripeSandbox

    @property
    def stage(self) -> Stage:
        """The bot and its chats."""
        return self.village.stage

    def card_balance(self) -> int:
        """What Stripe holds, in cents."""
        return self.stripe.balance().total

    async def page_behind(self, link: str) -> str:
        """Stripe's page to which a link leads."""
        async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as browser:
            page = await browser.get(link)
        assert str(page.url).startswith(str(self.stripe.base_url)), page.text
        return str(page.url)

    async def session_behind(self, link: str) -> str:
        """The id of the session whose page a link leads to, which is open then."""
        return (await self.page_behind(link)).rpartition("/")[2]

    async def ask_stripe(self) -> None:
        """A good while passes: whatever was to be asked again is asked."""
        for _ in range(2):
            await self.stripe.delivery.settled()
            async with self.stage.database.unit_of_work() as session:
                for table in (Checkout, CardAccount):
                    due = table.look_at.is_not(None)  # type: ignore[attr-defined]
                    await session.execute(update(table).where(due).values(look_at=utc_now()))
            await self.stage.bot.cards.work_off()

    async def paid_with(self, link: str, card: str = GOOD) -> str:
        """Pay on the page behind a link, as a browser does; where that leads then, or what the page says."""
        page = await self.page_behind(link)
        form = {"number": card, "expiry": "12 / 40", "cvc": "123", "email": "marie@example.org"}
        async with httpx.AsyncClient(trust_env=False) as browser:
            answer = await browser.post(page, data=form)
        return str(answer.headers.get("location", answer.text))


@contextlib.asynccontextmanager
async def card_village(database_url: str, *, public: bool, **more: str) -> AsyncIterator[CardVillage]:
    """``public``: the bot has an address of its own, where Stripe tells what happens and members go to pay."""
    port = free_port()
    async with running_stripe() as stripe:
        environment = card_environment(stripe, CAGNOTTE_STRIPE__API_KEY=TEST_KEY, **more)
        if public:
            hook = stripe.add_webhook(f"http://127.0.0.1:{port}/stripe")
            environment |= {
                "CAGNOTTE_WEB__LISTEN": f"127.0.0.1:{port}",
                "CAGNOTTE_WEB__PUBLIC_URL": f"http://127.0.0.1:{port}",
                "CAGNOTTE_STRIPE__WEBHOOK_SECRET": hook.secret,
            }
        async with staged(database_url, **environment) as stage:
            found = await village(stage)
            await stage.bot.cards.mind_keys()
            yield CardVillage(found, stripe)
