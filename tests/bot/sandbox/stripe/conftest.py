"""One stand-in for each test, Stripe's own client for it, and a place where its events arrive."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import httpx
import pytest
import stripe
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from stripe import StripeClient

from bot.sandbox.server import serve_app
from bot.sandbox.stripe.lookup import show
from bot.sandbox.stripe.server import TEST_KEY, StripeSandbox
from tests.bot.sandbox.stripe import description

RECEIVER = "/receiver"


@pytest.fixture(autouse=True)
def no_telemetry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library would write a file into the home directory."""
    monkeypatch.setattr(stripe, "enable_telemetry", False)


class Switch:
    """One server for all tests, because stopping one takes long; each test puts its own applications behind it."""

    def __init__(self) -> None:
        self.url = ""
        self.apps: dict[str, ASGIApp] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        app = self.apps["receiver" if scope["path"] == RECEIVER else "stripe"]
        await app(scope, receive, send)


@pytest.fixture(scope="session")
async def switch() -> AsyncIterator[Switch]:
    switch = Switch()
    async with serve_app(switch) as switch.url:
        yield switch


@pytest.fixture
async def sandbox(switch: Switch) -> AsyncIterator[StripeSandbox]:
    """A stand-in; when the test is over, everything in it must be as published."""
    running = StripeSandbox(base_url=switch.url, pauses=(0.01,) * 8)
    running.add_account("AMAP des Lilas", keys=[TEST_KEY])
    switch.apps["stripe"] = running.app
    async with running.working():
        yield running
    for mode in running.world.modes():
        stored = (
            mode.sessions,
            mode.intents,
            mode.charges,
            mode.refunds,
            mode.disputes,
            mode.entries,
            mode.payouts,
        )
        for id_ in [id_ for collection in (*stored, mode.events) for id_ in collection]:
            description.check(show(mode, id_))


@dataclass
class Clients:
    """Makes clients that share one aiohttp session, because making one takes long."""

    url: str
    session: aiohttp.ClientSession

    def __call__(self, key: str = TEST_KEY, *, timeout: float = 10, **options: Any) -> StripeClient:
        http = stripe.AIOHTTPClient(aiohttp.ClientTimeout(timeout), session=self.session)
        options.setdefault("max_network_retries", 0)
        return StripeClient(key, base_addresses={"api": self.url}, http_client=http, **options)


@pytest.fixture
async def clients(sandbox: StripeSandbox) -> AsyncIterator[Clients]:
    assert sandbox.base_url is not None
    async with aiohttp.ClientSession() as session:
        yield Clients(sandbox.base_url, session)


@pytest.fixture
def client(clients: Clients) -> StripeClient:
    return clients()


@pytest.fixture
async def http(sandbox: StripeSandbox) -> AsyncIterator[httpx.AsyncClient]:
    """A browser, or raw calls of the API with the key."""
    headers = {"Authorization": f"Bearer {TEST_KEY}"}
    async with httpx.AsyncClient(
        base_url=sandbox.base_url or "", trust_env=False, verify=False, headers=headers, timeout=10
    ) as raw:
        yield raw


@dataclass
class Receiver:
    """What arrived at a webhook: bodies and signatures. It answers the next of `answers`, then 200."""

    url: str
    got: list[tuple[bytes, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        self.got.append((await request.body(), request.headers["stripe-signature"]))
        return Response(status_code=self.answers.pop(0) if self.answers else 200)

    def events(self, client: StripeClient, secret: str) -> list[stripe.Event]:
        """What arrived, each checked with its signature."""
        return [client.construct_event(body, header, secret) for body, header in self.got]


@pytest.fixture
def receiver(switch: Switch) -> Receiver:
    receiver = Receiver(switch.url + RECEIVER)
    switch.apps["receiver"] = Starlette(routes=[Route(RECEIVER, receiver.take, methods=["POST"])])
    return receiver
