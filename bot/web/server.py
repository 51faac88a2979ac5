"""Uvicorn inside our own event loop: it serves until told to stop, and leaves the process's signals alone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn


class QuietServer(uvicorn.Server):
    """A server that does not take SIGTERM and SIGINT: the application does, and finishes its work first."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


@contextlib.asynccontextmanager
async def serving(app: Any, host: str, port: int) -> AsyncIterator[int]:
    """Serve an ASGI app inside the block; yields the port. Raises OSError when the address is taken."""
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, lifespan="off", http="httptools"
    )
    server = QuietServer(config)
    socket = config.bind_socket()
    task = asyncio.create_task(server.serve(sockets=[socket]))
    try:
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.01)
        yield int(socket.getsockname()[1])
    finally:
        server.should_exit = True
        await task
        socket.close()
