"""How many statements each update of an order costs, on SQLite and on PostgreSQL: those of its units of work."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.app import running
from bot.config import load
from bot.sandbox.model import Person
from bot.sandbox.server import Sandbox
from ledger.db import Database
from ledger.migrations import upgrade
from tests.support.bot import TOKEN, environment
from tests.support.crowd import Crowd, Shopper
from tests.support.databases import postgres_server
from tests.support.seed import Seeded, seed_group
from tests.support.statements import asked_by_update

TAPS = ("/order", "product", "basket", "confirm", "cheque")
ROUNDS = 3
PATIENCE = 60.0
Say = Callable[[str], object]


async def of_an_order(url: str) -> list[int]:
    """The statements of each of the five updates of an addition by somebody who has ordered before, on this database."""
    sandbox = Sandbox(TOKEN)
    paul = sandbox.world.add_person("Paul", language_code="fr")
    paul.has_started = True
    async with sandbox.serve() as served, Crowd(sandbox, PATIENCE).awake() as crowd:
        seeded = await seeded_shop(sandbox, url, [paul])
        shopper = Shopper(crowd, paul, next(iter(seeded.products.values())))
        with asked_by_update() as updates:
            async with running(load(None, environment(served, url))):
                for _ in range(ROUNDS):
                    await shopper.order()
    return [len(statements) for statements in updates[-len(TAPS) :]]


async def seeded_shop(sandbox: Sandbox, url: str, people: Sequence[Person]) -> Seeded:
    """A group of these people, which orders for one distribution."""
    anne = sandbox.world.add_person("Anne", language_code="fr")
    chat = sandbox.world.add_group("Amap des Lilas", members=people, admins=[anne])
    database = Database(url)
    try:
        await upgrade(database)
        return await seed_group(database, chat.id, coordinators=[anne], members=people)
    finally:
        await database.close()


def measured(say: Say) -> dict[str, float]:
    """The mean over an order's updates on each database; each update's is said."""
    with tempfile.TemporaryDirectory(prefix="cagnotte-bench-") as name, postgres_server() as server:
        server.execute("CREATE DATABASE ride")
        urls = {"sqlite": f"sqlite+aiosqlite:///{Path(name) / 'ride.db'}", "postgresql": server.url("ride")}
        counts = {engine: asyncio.run(of_an_order(url)) for engine, url in urls.items()}
    for engine, found in counts.items():
        each = ", ".join(f"{tap} {count}" for tap, count in zip(TAPS, found, strict=True))
        say(f"statements on {engine}: {each}")
    return {f"statements_{engine}": sum(found) / len(found) for engine, found in counts.items()}
