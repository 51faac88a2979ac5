"""What happened, in order, for the page and the tests to follow: a bounded log one can wait on."""

import asyncio
from collections import deque

from bot.sandbox.model import JsonObject

_KEPT = 20_000


class EventLog:
    """A numbered log of events; the number of the last one is `seq`."""

    def __init__(self) -> None:
        self.seq = 0
        self._events: deque[tuple[int, str, JsonObject]] = deque(maxlen=_KEPT)
        self._waiters: set[asyncio.Future[None]] = set()
        self._is_closed = False

    def add(self, kind: str, **details: object) -> int:
        """Append one event and wake everybody who waits. Return its number."""
        self.seq += 1
        self._events.append((self.seq, kind, details))  # type: ignore[arg-type]  # callers pass JSON
        if self._waiters:
            self._wake()
        return self.seq

    def since(self, seq: int) -> list[JsonObject] | None:
        """Return the events after `seq`, or None if some of them were already forgotten."""
        if seq >= self.seq:
            return []
        if self._events and self._events[0][0] > seq + 1:
            return None
        newer = []
        for number, kind, details in reversed(self._events):
            if number <= seq:
                break
            newer.append({"seq": number, "kind": kind, **details})
        newer.reverse()
        return newer

    async def wait(self, seq: int, timeout: float) -> None:  # noqa: ASYNC109 — a long poll's own limit
        """Return when there is something after `seq`, after `timeout` seconds, or at closing."""
        if self.seq > seq or self._is_closed or timeout <= 0:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            async with asyncio.timeout(timeout):
                await waiter
        except TimeoutError:
            return
        finally:
            self._waiters.discard(waiter)

    def open(self) -> None:
        """Let people wait again after a closing."""
        self._is_closed = False

    def close(self) -> None:
        """Send everybody who waits home."""
        self._is_closed = True
        self._wake()

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()
