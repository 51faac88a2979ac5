"""Pushing updates to the bot's own address: one after another for each chat (messages) or person (taps).

An update is repeated, with growing pauses, until the bot answers 2xx; what comes after it in its queue waits.
"""

import asyncio
from collections import defaultdict, deque
from urllib.parse import urlsplit

import httpx

from bot.sandbox.errors import bad_request
from bot.sandbox.model import Clock, JsonObject
from bot.sandbox.updates import UpdateQueue

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 30.0
_PATIENCE = 30.0
Lane = tuple[str, int]


class Webhook:
    """The address updates are pushed to, if any, and the queues that lead there."""

    def __init__(self, queue: UpdateQueue, clock: Clock) -> None:
        self.url = ""
        self.max_connections = 40
        self.last_error: tuple[int, str] | None = None
        self._secret: str | None = None
        self._queue = queue
        self._clock = clock
        self._lanes: defaultdict[Lane, deque[JsonObject]] = defaultdict(deque)
        self._workers: dict[Lane, asyncio.Task[None]] = {}
        self._client: httpx.AsyncClient | None = None
        self._slots = asyncio.Semaphore(self.max_connections)

    async def set(self, url: str, secret: str | None, max_connections: int) -> None:
        """Push from now on to `url`, beginning with what waits. An empty url ends it."""
        await self.stop()
        self.url, self._secret, self.max_connections = url, secret, max_connections
        self.last_error = None
        if not url:
            return
        self._slots = asyncio.Semaphore(max_connections)
        self._client = httpx.AsyncClient(
            timeout=_PATIENCE, trust_env=False, verify=False,  # noqa: S501 — a local server's own certificate
            limits=httpx.Limits(max_connections=max_connections),
        )  # fmt: skip
        self._queue.on_push = self._enqueue
        for update in list(self._queue.pending.values()):
            self._enqueue(update)

    async def stop(self) -> None:
        """Stop pushing; what was not accepted stays in the queue."""
        self.url = ""
        self._queue.on_push = None
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        self._workers.clear()
        self._lanes.clear()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _enqueue(self, update: JsonObject) -> None:
        lane = _lane(update)
        self._lanes[lane].append(update)
        if lane not in self._workers:
            self._workers[lane] = asyncio.create_task(self._drain(lane))

    async def _drain(self, lane: Lane) -> None:
        waiting = self._lanes[lane]
        while waiting:
            await self._push_until_accepted(waiting[0])
            waiting.popleft()
        del self._workers[lane], self._lanes[lane]

    async def _push_until_accepted(self, update: JsonObject) -> None:
        pause = _FIRST_PAUSE
        while not await self._push(update):
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        self._queue.confirm(int(str(update["update_id"])))

    async def _push(self, update: JsonObject) -> bool:
        assert self._client is not None
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
        try:
            async with self._slots:
                answer = await self._client.post(self.url, json=update, headers=headers)
        except httpx.HTTPError as error:
            self._failed(
                "Connection refused" if isinstance(error, httpx.ConnectError) else "Read timeout expired"
            )
            return False
        if answer.is_success:
            return True
        self._failed(f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}")
        return False

    def _failed(self, reason: str) -> None:
        self.last_error = (int(self._clock()), reason)

    def info(self) -> JsonObject:
        """Return the Bot API's `WebhookInfo`."""
        info: JsonObject = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": self._queue.waiting,
        }
        if self.url:
            info["max_connections"] = self.max_connections
            info["ip_address"] = "127.0.0.1"
        if self.last_error is not None:
            info["last_error_date"], info["last_error_message"] = self.last_error
        if self._queue.allowed:
            info["allowed_updates"] = [*sorted(self._queue.allowed)]
        return info


def check_webhook_url(url: str) -> None:
    """Refuse an address that is none. Plain http is taken, as a local Bot API server does."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not parts.hostname:
        raise bad_request("bad webhook: URL host is empty")


def _lane(update: JsonObject) -> Lane:
    tap = update.get("callback_query")
    if isinstance(tap, dict):
        sender = tap.get("from")
        return ("user", _id(sender))
    for value in update.values():
        if isinstance(value, dict) and isinstance(value.get("chat"), dict):
            return ("chat", _id(value["chat"]))
    return ("other", 0)


def _id(value: object) -> int:
    return int(value.get("id", 0)) if isinstance(value, dict) else 0
