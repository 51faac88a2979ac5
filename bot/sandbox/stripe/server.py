"""The stand-in as one server: the API, the payment page and the control API on one port, or mounted in another app."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount, Route

from bot.sandbox.model import Clock
from bot.sandbox.server import serve_app
from bot.sandbox.stripe.api import Api, Logged
from bot.sandbox.stripe.business.checkout import expire_overdue
from bot.sandbox.stripe.control import Control
from bot.sandbox.stripe.dashboard import Balance, Dashboard
from bot.sandbox.stripe.delivery import Delivery, Endpoint
from bot.sandbox.stripe.faults import Faults
from bot.sandbox.stripe.money import Tariff
from bot.sandbox.stripe.page.serve import PaymentPage
from bot.sandbox.stripe.world import Account, MovableClock, World

TEST_KEY = "sk_test_sandbox"
_TICK = 0.5


class StripeSandbox:
    """A local Stripe: accounts, all of it in memory. `app` is the ASGI application.

    `dashboard` does what people and banks do, `delivery` sends the events, `faults` is trouble to come, `requests` what
    was asked. `base_url` is where the world finds this server; without it, it is where a request was sent.
    """

    def __init__(
        self,
        *,
        clock: Clock = time.time,
        base_url: str | None = None,
        pauses: Sequence[float] = (1, 5, 30, 300, 3600),
        patience: float = 10.0,
    ) -> None:
        self.base_url = base_url
        self.clock = MovableClock(clock)
        self.delivery = Delivery(pauses, patience)
        self.world = World(self.clock, self.delivery.take)
        self.dashboard = Dashboard(self.world)
        self.faults = Faults()
        self._api = Api(self.world, self.faults, self._address)
        self.app = Starlette(
            routes=[
                Route("/v1/{path:path}", self._api.__call__, methods=["GET", "POST", "DELETE"]),
                Route("/v2/{path:path}", self._api.__call__, methods=["GET", "POST", "DELETE"]),
                Route("/c/pay/{session}", PaymentPage(self.world).__call__, methods=["GET", "POST"]),
                Mount("/_control", routes=Control(self).routes()),
            ]
        )
        self.app.router.redirect_slashes = False

    @property
    def requests(self) -> list[Logged]:
        """What the API was asked, oldest first."""
        return [*self._api.requests]

    def add_account(
        self,
        name: str,
        account: str | None = None,
        *,
        keys: Iterable[str] = (),
        tariff: Tariff = Tariff(),  # noqa: B008 — frozen
    ) -> Account:
        """Open an account with its keys. Raises: `SandboxError`."""
        return self.world.add_account(name, account, keys=tuple(keys), tariff=tariff)

    def add_key(self, key: str, account: str | None = None, rights: Iterable[str] | None = None) -> None:
        """Register one more key; `rights` (`refund_write`, `checkout_session_read`, …) restrict it."""
        allowed = None if rights is None else frozenset(rights)
        self.world.add_key(key, self.world.account(account).id, allowed)

    def add_webhook(
        self,
        url: str,
        *,
        account: str | None = None,
        livemode: bool = False,
        secret: str | None = None,
        events: Sequence[str] = ("*",),
    ) -> Endpoint:
        """Send an account's events to `url`; the endpoint returned has the secret they are signed with."""
        return self.delivery.add_endpoint(
            self.dashboard.mode(account, livemode=livemode), url, secret, events
        )

    def advance(self, seconds: float) -> None:
        """Let time pass; sessions whose time is up expire."""
        self.clock.advance(seconds)
        self._expire_overdue()

    def balance(self, account: str | None = None, *, livemode: bool = False) -> Balance:
        """Return an account's books to the cent."""
        return self.dashboard.balance(account, livemode=livemode)

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Send events and watch the clock until the end of the block; whoever mounts `app` needs it around."""
        self.delivery.open()
        ticking = asyncio.create_task(self._tick())
        try:
            yield
        finally:
            ticking.cancel()
            self.faults.clear()
            await self.delivery.close()

    @contextlib.asynccontextmanager
    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve on a port of its own, in this event loop, until the end of the block. Yields the URL."""
        async with self.working(), serve_app(self.app, host, port, self.faults.clear) as url:
            self.base_url = self.base_url or url
            yield url

    def _address(self, request: Request) -> str:
        where = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"
        return (self.base_url or where).rstrip("/")

    def _expire_overdue(self) -> None:
        for mode in self.world.modes():
            expire_overdue(mode)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            self._expire_overdue()


@contextlib.asynccontextmanager
async def running_stripe(
    *, clock: Clock = time.time, pauses: Sequence[float] = (0.01,) * 8, patience: float = 5.0, port: int = 0
) -> AsyncIterator[StripeSandbox]:
    """Serve a stand-in with one account, whose key is `TEST_KEY`; its `base_url` is set. For tests."""
    stripe = StripeSandbox(clock=clock, pauses=pauses, patience=patience)
    stripe.add_account("AMAP des Lilas", keys=[TEST_KEY])
    async with stripe.serve(port=port):
        yield stripe
