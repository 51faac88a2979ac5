"""A group, its door to Stripe and a stand-in, without Telegram: calls wait in the outbox, and that is what people read.

A bot's process is a :class:`Cards`; a test may have several, on databases of their own, and end them anywhere.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import text, update
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.cards.service import Cards
from bot.sandbox.stripe.model import Session
from bot.sandbox.stripe.server import TEST_KEY, StripeSandbox
from bot.sandbox.stripe.signing import signature
from bot.web.app import web_app
from bot.web.stripe import StripeDoor
from ledger.books.models import AccountKind
from ledger.db import Base, Database, utc_now
from ledger.groups.models import Member, Method, Person
from ledger.payments import refunds
from ledger.payments import service as payments
from ledger.payments.card import accounts
from ledger.payments.card.gateway import Gateway
from ledger.payments.card.keys import Vault
from ledger.payments.card.models import CardAccount, CardRefund, Checkout
from ledger.payments.models import Payment
from tests.support.edge import BOT_ID, edge_of, intake_of
from tests.support.ledger import Story, found

SECRET = "whsec_of_the_tests"
VAULT = Vault("an-encryption-key-of-the-operators-own")
OF_THE_BOOKS = (
    *("accounts", "transactions", "transfers", "postings"),
    *("payments", "settlements", "card_refunds", "card_movements"),
)
OF_STRIPE = ("/v1/", "/v2/", "/c/pay/", "/_control")


class Street:
    """One server for all tests, because stopping one takes long: Stripe's paths, and the bot's."""

    def __init__(self) -> None:
        self.url = ""
        self.stripe: ASGIApp | None = None
        self.bots: list[ASGIApp] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; several bots take turns, as behind a load balancer."""
        if scope["path"].startswith(OF_STRIPE):
            app = self.stripe
        else:
            app = self.bots[0]
            self.bots.append(self.bots.pop(0))
        assert app is not None
        await app(scope, receive, send)


@dataclass
class CardDesk:
    """The first group of a database, whose cards the host's key takes. Marie pays; Anne keeps the money."""

    street: Street
    stripe: StripeSandbox
    story: Story
    database: Database
    marie: Member
    cards: Cards
    browser: httpx.AsyncClient
    stack: contextlib.AsyncExitStack

    # — bots —

    def process(self, *, public: bool = True, database: Database | None = None, gateway: Any = None) -> Cards:
        """One more process of the bot; ``public``: with an address of its own."""
        made = Gateway(self.street.url)
        self.stack.push_async_callback(made.aclose)
        return Cards(
            edge=edge_of(database or self.database, BOT_ID),
            gateway=gateway or made,
            vault=VAULT,
            host_key=TEST_KEY,
            public_url=self.street.url if public else None,
            bot_username="cagnotte_bot",
        )

    def other_database(self) -> Database:
        """The same database as another process sees it."""
        url = self.database.url.render_as_string(hide_password=False)
        other = Database(url)
        self.stack.push_async_callback(other.close)
        return other

    def open_doors(self, *several: Cards) -> None:
        """These processes serve the bot's web paths."""
        self.street.bots[:] = [
            web_app(self.database, intake_of(one.edge), None, StripeDoor(one, SECRET)) for one in several
        ]

    def send_events(self) -> None:
        """Stripe knows where our door is."""
        self.stripe.add_webhook(f"{self.street.url}/stripe", secret=SECRET)

    # — members —

    async def expect(self, cents: int = 1235, member: Member | None = None) -> Payment:
        """Somebody chose to pay by card."""
        async with self.database.unit_of_work() as session:
            return await payments.expect(session, member or self.marie, Method.CARD, cents, None)

    async def offer(self, payment: Payment, cards: Cards | None = None) -> str:
        """The bot offers the link; returns the checkout's token."""
        async with self.database.unit_of_work() as session:
            group = await self.story.group(session)
            await (cards or self.cards).offer(session, group, payment, "en")
        return (await self.checkouts(payment))[-1].token

    async def go(self, token: str, **query: str) -> httpx.Response:
        """Follow a link of ours in a browser."""
        return await self.browser.get(f"{self.street.url}/pay/{token}", params=query)

    async def opened(self, payment: Payment, cards: Cards | None = None) -> Session:
        """The member stands before Stripe's page."""
        url = await (cards or self.cards).open(await self.offer(payment))
        return self.sessions[url.rpartition("/")[2]]

    async def paid(self, cents: int = 1235, member: Member | None = None) -> Payment:
        """A payment by card, paid and received, its fee posted."""
        payment = await self.expect(cents, member)
        self.stripe.dashboard.pay((await self.opened(payment)).id)
        await self.rest()
        return payment

    async def refund(self, cents: int, member: Member | None = None) -> payments.Settled:
        """The treasurer gives money back to the card."""
        async with self.database.unit_of_work() as session:
            return await refunds.refund(session, member or self.marie, Method.CARD, cents, self.story.anne)

    # — time —

    async def later(self) -> None:
        """A good while passes: whatever was to be asked again is due."""
        async with self.database.unit_of_work() as session:
            for table in (Checkout, CardRefund, CardAccount):
                statement = update(table).where(table.look_at.is_not(None)).values(look_at=utc_now())  # type: ignore[attr-defined]
                await session.execute(statement)

    async def rest(self, cards: Cards | None = None, times: int = 2) -> None:
        """The loop goes round and round while time passes, and nobody does anything."""
        for _ in range(times):
            await self.later()
            await (cards or self.cards).work_off()

    # — seeing —

    @property
    def sessions(self) -> dict[str, Session]:
        """What Stripe has."""
        return next(iter(self.stripe.world.accounts.values())).test.sessions

    def open_sessions(self) -> list[Session]:
        """What can be paid at Stripe just now."""
        return [one for one in self.sessions.values() if one.status == "open"]

    async def rows(self, table: str) -> list[dict[str, Any]]:
        """Everything in a table, in order."""
        async with self.database.snapshot() as session:
            order = ", ".join(column.name for column in Base.metadata.tables[table].primary_key.columns)
            found = await session.execute(text(f"SELECT * FROM {table} ORDER BY {order}"))
            return [dict(row) for row in found.mappings()]

    async def books(self) -> list[Any]:
        """All that the books and the payments say."""
        return [await self.rows(table) for table in OF_THE_BOOKS]

    async def checkouts(self, payment: Payment | None = None) -> list[Checkout]:
        """Checkouts, of one payment or all of them."""
        async with self.database.snapshot() as session:
            found = (await session.execute(text("SELECT id FROM checkouts ORDER BY id"))).scalars().all()
            all_ = [await session.get_one(Checkout, one) for one in found]
        return [one for one in all_ if payment is None or one.payment_id == payment.id]

    async def payment(self, payment: Payment) -> Payment:
        """A payment as it is now."""
        async with self.database.snapshot() as session:
            return await session.get_one(Payment, payment.id)

    async def told(self, member: Member) -> list[str]:
        """What somebody was told, oldest first, without mark-up."""
        said = []
        for row in await self.rows("outbox"):
            if row["method"] == "sendMessage" and row["chat_id"] == member.person_id:
                payload = row["payload"]
                payload = json.loads(payload) if isinstance(payload, str) else payload
                said.append(re.sub(r"<[^>]+>", "", payload["text"]).replace("\xa0", " "))
        return said

    async def receipts(self, member: Member | None = None) -> list[str]:
        """The receipts somebody got."""
        return [one for one in await self.told(member or self.marie) if "paid by card" in one]

    async def received(self) -> list[int]:
        """What the books say was received by card, in cents."""
        kinds = {row["id"] for row in await self.rows("transactions") if row["kind"] == "received-card"}
        return [row["amount_cents"] for row in await self.rows("transfers") if row["transaction_id"] in kinds]

    async def balance(self, member: Member | None = None) -> int:
        """What the member's screen shows."""
        return await self.story.balance(member or self.marie)

    async def even(self, in_flight: int = 0) -> None:
        """The books hold what Stripe holds (and what is on its way to the bank), to the cent."""
        assert await self.story.account(AccountKind.CARD) == self.stripe.balance().total + in_flight

    async def right(self, in_flight: int = 0) -> None:
        """They do, and break no rule."""
        await self.even(in_flight)
        assert await self.story.verify() == []


def signed(event: dict[str, Any], secret: str = SECRET, age: int = 0) -> tuple[bytes, dict[str, str]]:
    """An event as Stripe would send it: its bytes and headers."""
    body = json.dumps(event).encode()
    return body, {"Stripe-Signature": signature(body, secret, int(time.time()) - age)}


async def set_up(database: Database) -> tuple[Story, Member]:
    """A group that takes cards with the host's key; everybody has started the bot, and reads English."""
    story = await found(database)
    marie = await story.member("Marie")
    async with database.unit_of_work() as session:
        await session.execute(update(Person).values(started_at=utc_now(), language="en"))
        await accounts.follow_host(session, TEST_KEY)
    return story, marie


@contextlib.asynccontextmanager
async def card_desk(street: Street, database_url: str) -> AsyncIterator[CardDesk]:
    """A new group on a database of its own, a new stand-in, and one process of the bot."""
    stripe = StripeSandbox(base_url=street.url, pauses=(0.01,) * 8)
    stripe.add_account("AMAP des Lilas", keys=[TEST_KEY])
    street.stripe = stripe.app
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(stripe.working())
        database = Database(database_url)
        stack.push_async_callback(database.close)
        browser = await stack.enter_async_context(
            httpx.AsyncClient(trust_env=False, verify=False, timeout=10)
        )
        story, marie = await set_up(database)
        desk = CardDesk(street, stripe, story, database, marie, None, browser, stack)  # type: ignore[arg-type]
        desk.cards = desk.process()
        desk.open_doors(desk.cards)
        yield desk


def days(count: float) -> float:
    """Days in seconds, for Stripe's clock."""
    return dt.timedelta(days=count).total_seconds()
