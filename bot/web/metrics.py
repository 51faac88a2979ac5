"""``/metrics``: what this process counted, and how things stand in the database, looked up at most once a second."""

from __future__ import annotations

import asyncio
import datetime as dt
import importlib.metadata
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Info, generate_latest
from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.delivery.models import InboxRow, OutboxRow
from bot.figures import COUNTED
from ledger.db import Database, utc_now
from ledger.migrations import current_revision
from ledger.payments.card.models import StripeEvent

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds after which a database that does not answer counts as down."""
KEPT = 1.0


class Recent(Generic[T]):
    """An answer that is asked for at most once a second, however many want to know."""

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self._ask = ask
        self._turn = asyncio.Lock()
        self._kept: tuple[float, T] | None = None

    async def get(self) -> T:
        """The answer, asked anew or a little while ago."""
        async with self._turn:
            if self._kept is None or self._kept[0] <= time.monotonic():
                answer = await self._ask()
                self._kept = time.monotonic() + KEPT, answer
            return self._kept[1]


class Metrics:
    """The page, for one bot."""

    def __init__(self, database: Database, bot_id: int) -> None:
        self._database = database
        self._bot_id = bot_id
        self._page = Recent(self._draw)

    def app(self) -> Starlette:
        """The page alone, for a listener of its own."""
        alone = Starlette(routes=[Route("/metrics", self.answer)])
        alone.router.redirect_slashes = False
        return alone

    async def answer(self, _: Request) -> Response:
        """The page; also where the database is down, which it says then."""
        return Response(await self._page.get(), media_type=CONTENT_TYPE_LATEST)

    async def _draw(self) -> bytes:
        registry = CollectorRegistry()
        Info("cagnotte_build", "The version that runs", registry=registry).info({"version": _version()})
        up = Gauge("cagnotte_database_up", "Whether the database answers", registry=registry)
        begin = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._look(registry)
        except Exception:  # whatever it is: the page says that it is so, the log why
            up.set(0)
        else:
            up.set(1)
            took = Gauge(
                "cagnotte_database_answer_seconds", "How long these look-ups took", registry=registry
            )
            took.set(time.monotonic() - begin)
        return generate_latest(COUNTED) + generate_latest(registry)

    async def _look(self, registry: CollectorRegistry) -> None:
        revision = await current_revision(self._database)
        async with self._database.snapshot() as session:
            for name, what, since, conditions in self._queues():
                count, age = await _waiting(session, since, conditions)
                Gauge(f"cagnotte_{name}_waiting", f"{what} that wait", registry=registry).set(count)
                oldest = f"How long the oldest of them waits; 0 where none does: {what.lower()}"
                Gauge(f"cagnotte_{name}_oldest_age_seconds", oldest, registry=registry).set(age)
            size = await self._size(session)
        Gauge("cagnotte_database_size_bytes", "What the database takes on its disk", registry=registry).set(
            size
        )
        about = {"engine": self._database.url.get_backend_name(), "revision": revision or ""}
        Info("cagnotte_database", "Which database it is, and its schema", registry=registry).info(about)

    def _queues(
        self,
    ) -> Iterator[tuple[str, str, InstrumentedAttribute[dt.datetime], tuple[ColumnElement[bool], ...]]]:
        ours = InboxRow.bot_id == self._bot_id
        yield "inbox", "Updates", InboxRow.received_at, (InboxRow.done_at.is_(None), ours)
        ours = OutboxRow.bot_id == self._bot_id
        yield "outbox", "Calls", OutboxRow.created_at, (OutboxRow.sent_at.is_(None), ours)
        yield "stripe_events", "Stripe's events", StripeEvent.received_at, (StripeEvent.done_at.is_(None),)

    async def _size(self, session: AsyncSession) -> int:
        if not self._database.is_sqlite:
            return int(
                (await session.execute(text("SELECT pg_database_size(current_database())"))).scalar_one()
            )
        file = self._database.url.database or ""
        parts = (Path(f"{file}{end}") for end in ("", "-wal", "-shm"))
        return sum(part.stat().st_size for part in parts if part.exists())


async def _waiting(
    session: AsyncSession,
    since: InstrumentedAttribute[dt.datetime],
    conditions: tuple[ColumnElement[bool], ...],
) -> tuple[int, float]:
    """How many rows wait, and how many seconds the oldest has."""
    count, oldest = (await session.execute(select(func.count(), func.min(since)).where(*conditions))).one()
    return count, max((utc_now() - oldest).total_seconds(), 0.0) if oldest else 0.0


def _version() -> str:
    try:
        return importlib.metadata.version("cagnotte")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"
