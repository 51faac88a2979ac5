"""Sending events to webhook endpoints: signed, in order, and again until they are accepted.

A test may hold events back, let them go in another order or several times, lose them, or spoil how they are signed.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Final

import httpx

from bot.sandbox.stripe.calls.balance import matches
from bot.sandbox.stripe.errors import SandboxError
from bot.sandbox.stripe.model import Event
from bot.sandbox.stripe.objects.account import event_object
from bot.sandbox.stripe.signing import signature
from bot.sandbox.stripe.world import Mode, new_id

_HEADERS: Final = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the events of one account's mode are sent, the secret they are signed with, and which they are."""

    id: str
    account: str
    livemode: bool
    url: str
    secret: str
    events: tuple[str, ...]

    def wants(self, mode: Mode, event: Event) -> bool:
        """Whether an event is sent here."""
        is_its = (self.account, self.livemode) == (mode.account.id, mode.livemode)
        return is_its and any(matches(event.type, one) for one in self.events)


@dataclass(slots=True)
class Parcel:
    """An event on its way to one endpoint."""

    mode: Mode
    event: Event
    endpoint: Endpoint
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: the status that was answered, or 0 if there was no answer."""

    event: str
    type: str
    url: str
    status: int


@dataclass(slots=True)
class Tampering:
    """How the next `count` attempts are spoiled: another secret, an old moment, the other mode's flag."""

    count: int = 1
    secret: str | None = None
    age_seconds: int = 0
    flips_livemode: bool = False


class Delivery:
    """The endpoints, and what is on its way to them. `pauses` are the seconds before each repetition."""

    def __init__(self, pauses: Sequence[float] = (1, 5, 30, 300, 3600), patience: float = 10.0) -> None:
        self.pauses = tuple(pauses)
        self.patience = patience  # seconds until an answer is given up
        self.endpoints: list[Endpoint] = []
        self.attempts: list[Attempt] = []
        self.held: list[Parcel] = []
        self.copies = 1
        self._is_holding = False
        self._lost = 0
        self._tampering: Tampering | None = None
        self._lanes: dict[str, deque[Parcel]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy: set[str] = set()
        self._client: httpx.AsyncClient | None = None

    def add_endpoint(
        self, mode: Mode, url: str, secret: str | None = None, events: Sequence[str] = ("*",)
    ) -> Endpoint:
        """Send these events of a mode to `url` from now on; returns the endpoint with its secret."""
        endpoint = Endpoint(
            new_id("we_1"), mode.account.id, mode.livemode, url, secret or new_id("whsec_", 32), tuple(events)
        )
        self.endpoints.append(endpoint)
        return endpoint

    def remove_endpoint(self, endpoint: Endpoint) -> None:
        """Send nothing there any more."""
        self.endpoints.remove(endpoint)

    def take(self, mode: Mode, event: Event) -> None:
        """Send an event to every endpoint that wants it."""
        for endpoint in [one for one in self.endpoints if one.wants(mode, event)]:
            event.pending_webhooks += 1
            if self._lost > 0:
                self._lost -= 1
            elif self._is_holding:
                self.held.append(Parcel(mode, event, endpoint))
            else:
                for _ in range(self.copies):
                    self._enqueue(Parcel(mode, event, endpoint))

    def hold(self) -> None:
        """Keep back from now on whatever happens."""
        self._is_holding = True

    def release(self, ids: Sequence[str] | None = None, *, is_reversed: bool = False, times: int = 1) -> None:
        """Send what was held back, `times` times each: the events named, in that order, or all of them.

        When all go, nothing is held back any more. Raises: `SandboxError` if one is not held.
        """
        if ids is None:
            self._is_holding = False
            chosen = [*self.held]
        else:
            chosen = [one for id_ in ids for one in self.held if one.event.id == id_]
            if {one.event.id for one in chosen} != set(ids):
                raise SandboxError("one of these events is not held")
        self.held = [one for one in self.held if one not in chosen]
        for parcel in reversed(chosen) if is_reversed else chosen:
            for _ in range(times):
                self._enqueue(Parcel(parcel.mode, parcel.event, parcel.endpoint))

    def discard(self) -> None:
        """Lose what is held back, and hold nothing any more."""
        self._is_holding = False
        self.held.clear()

    def lose(self, count: int) -> None:
        """Never send the next `count` events."""
        self._lost = count

    def tamper(self, tampering: Tampering) -> None:
        """Spoil the next attempts."""
        self._tampering = tampering

    def resend(self, mode: Mode, event: Event) -> None:
        """Send an event once more, to every endpoint that wants it."""
        for endpoint in [one for one in self.endpoints if one.wants(mode, event)]:
            self._enqueue(Parcel(mode, event, endpoint))

    async def settled(self) -> None:
        """Return when everything was accepted or given up, but for what is held back."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def open(self) -> None:
        """Begin to send."""
        self._client = httpx.AsyncClient(
            trust_env=False, verify=False, headers=_HEADERS,  # noqa: S501 — a local server's own
        )  # fmt: skip
        for endpoint_id in self._lanes:
            self._start(endpoint_id)

    async def close(self) -> None:
        """Stop sending; what is on its way is lost."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._lanes.clear()
        self._busy.clear()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _enqueue(self, parcel: Parcel) -> None:
        self._lanes.setdefault(parcel.endpoint.id, deque()).append(parcel)
        self._start(parcel.endpoint.id)

    def _start(self, endpoint_id: str) -> None:
        if self._client is not None and endpoint_id not in self._busy:
            self._busy.add(endpoint_id)
            self._spawn(self._drain(endpoint_id))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, endpoint_id: str) -> None:
        lane = self._lanes[endpoint_id]
        while lane:
            parcel = lane.popleft()
            if not await self._send(parcel) and parcel.tries <= len(self.pauses):
                self._spawn(self._later(parcel, self.pauses[parcel.tries - 1]))
        self._busy.discard(endpoint_id)

    async def _later(self, parcel: Parcel, pause: float) -> None:
        await asyncio.sleep(pause)
        self._enqueue(parcel)

    async def _send(self, parcel: Parcel) -> bool:
        assert self._client is not None
        parcel.tries += 1
        payload, header = self._sign(parcel)
        try:
            answer = await self._client.post(
                parcel.endpoint.url,
                content=payload,
                headers={"Stripe-Signature": header},
                timeout=self.patience,
            )
            status = answer.status_code
        except httpx.HTTPError:
            status = 0
        event = parcel.event
        self.attempts.append(Attempt(event.id, event.type, parcel.endpoint.url, status))
        if 200 <= status < 300:
            event.pending_webhooks = max(event.pending_webhooks - 1, 0)
            return True
        return False

    def _sign(self, parcel: Parcel) -> tuple[bytes, str]:
        """The moment is the real one, because the receiver compares it with its own clock."""
        spoiled = self._tampering or Tampering()
        if self._tampering is not None:
            self._tampering.count -= 1
            if self._tampering.count <= 0:
                self._tampering = None
        shown = event_object(parcel.mode, parcel.event)
        if spoiled.flips_livemode:
            shown["livemode"] = not parcel.mode.livemode
        payload = json.dumps(shown, indent=2, ensure_ascii=False).encode()
        moment = int(time.time()) - spoiled.age_seconds
        return payload, signature(payload, spoiled.secret or parcel.endpoint.secret, moment)
