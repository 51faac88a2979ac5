"""Uvicorn inside our own event loop: it serves until told to stop, and leaves the process's signals alone.

Nobody can hold it up: a request's head is bounded (by h11), every connection has a time in which its request must be here
and one in which it must have taken the answer, and where connections are many, the one that has owed its request longest
makes room for who comes. So whoever is busy is kept, and whoever idles costs a descriptor for a while at most.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import time
from collections.abc import AsyncIterator, Iterator

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.figures import CONNECTIONS, DROPPED

LARGEST_HEAD = 16 * 1024
"""Bytes of a request's first line and headers. Telegram's and Stripe's are below one kilobyte."""
REQUEST_SECONDS = 15.0
"""How long a client may take for a whole request, counted from its connection or from the answer before."""
ANSWER_SECONDS = 120.0
"""How long the answer may take, until the client has read it. Stripe may be asked meanwhile."""
STOP_SECONDS = 10
"""How long answers under way may hold up the end."""
MOST_CONNECTIONS = 256
BACKLOG = 64
"""How many connections are accepted in one go, before those that are too many are closed again."""


def room_for_connections() -> int:
    """How many connections may be open at a time: most descriptors are left to the database, Telegram and files."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return (
        MOST_CONNECTIONS if descriptors == resource.RLIM_INFINITY else min(MOST_CONNECTIONS, descriptors // 4)
    )


class Connection(H11Protocol):
    """One connection: it owes us a request, or we owe it an answer, and either way there is a time for it."""

    owes_since: float | None = None
    """Since when the client owes us a request; none while it has given us one."""
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Somebody comes; where there is no room, somebody goes."""
        super().connection_made(transport)
        CONNECTIONS.inc()
        self._client_owes()
        if len(self.connections) > room_for_connections():
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Something of a request came."""
        try:
            super().data_received(data)
        except h11.LocalProtocolError:  # nonsense, while its sender is being answered
            self.transport.abort()
            return
        if self.owes_since is not None and self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self.owes_since = None
            self._allow(ANSWER_SECONDS)

    def on_response_complete(self) -> None:
        """The answer is given; what follows is the next request."""
        super().on_response_complete()
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._client_owes()
        else:  # the next one is here already
            self._allow(ANSWER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        if self._timer is not None:
            self._timer.cancel()
        CONNECTIONS.dec()
        super().connection_lost(exc)

    def drop(self, reason: str) -> None:
        """Hangs up, whatever is under way."""
        DROPPED.labels(reason).inc()
        self.connections.discard(self)
        self.transport.abort()

    def _client_owes(self) -> None:
        self.owes_since = time.monotonic()
        self._allow(REQUEST_SECONDS)

    def _allow(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self.drop, "slow")

    def _make_room(self) -> None:
        """Of those who owe us a request, the one who has longest goes: the newcomer where all others are being answered."""
        owing = [
            one for one in self.connections if isinstance(one, Connection) and one.owes_since is not None
        ]
        min(owing, key=lambda one: one.owes_since or 0.0).drop("no_room")


class QuietServer(uvicorn.Server):
    """A server that does not take SIGTERM and SIGINT: the application does, and finishes its work first."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Takes nothing."""
        yield


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, host: str, port: int) -> AsyncIterator[int]:
    """Serves an ASGI app inside the block; yields the port. Raises OSError when the address is taken."""
    config = uvicorn.Config(
        app, http=Connection, ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
        h11_max_incomplete_event_size=LARGEST_HEAD, timeout_keep_alive=int(REQUEST_SECONDS), backlog=BACKLOG,
        timeout_graceful_shutdown=STOP_SECONDS,
    )  # fmt: skip
    server = QuietServer(config)
    listening = _bound(host, port)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.01)
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        await task
        listening.close()


def _bound(host: str, port: int) -> socket.socket:
    """A socket on this address; uvicorn's own way of making one ends the process where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delays off only for sockets that say they are TCP.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening
