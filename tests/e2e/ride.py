"""A ride: twenty people order without a pause and two coordinators confirm, while the bot below them dies and comes back.

Whatever happens to the bot, at the end every order people were told of is in the books once, and the other way round.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from bot.sandbox.model import Person
from bot.sandbox.server import Sandbox
from ledger.db import Database
from ledger.reference import format_reference
from tests.support.bot import TOKEN
from tests.support.bot_process import command
from tests.support.crowd import Crowd, Shopper, Validator, copied_of
from tests.support.seed import Seeded, seed_group

PEOPLE = 20
PATIENCE = 60.0
"""Seconds somebody waits for an answer before an update counts as lost; a restart takes one or two."""


@dataclass
class Ride:
    """The sandbox, its people, and what they were told."""

    sandbox: Sandbox
    url: str
    database_url: str
    folder: Path
    seeded: Seeded
    crowd: Crowd
    shoppers: list[Shopper]
    validators: list[Validator]
    to_validate: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    _over: bool = False

    @contextlib.asynccontextmanager
    async def under_load(self) -> AsyncIterator[None]:
        """Everybody is at it inside the block; afterwards each ends what they began. Raises what went wrong for anybody."""
        async with asyncio.TaskGroup() as group:
            for shopper in self.shoppers:
                group.create_task(self._shop(shopper))
            for validator in self.validators:
                group.create_task(self._validate(validator))
            yield
            self._over = True

    async def _shop(self, shopper: Shopper) -> None:
        while not self._over:
            self.to_validate.put_nowait(await shopper.order())

    async def _validate(self, validator: Validator) -> None:
        while not self._over:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    reference = await self.to_validate.get()
                await validator.validate(reference)

    async def a_moment(self, rng: random.Random, *, also_while_starting: bool = False) -> None:
        """A random moment: after so and so many things happened in the chats, and a few milliseconds more."""
        if also_while_starting and rng.random() < 0.3:
            await asyncio.sleep(rng.random())
            return
        events = self.sandbox.world.events
        target = events.seq + rng.randint(1, 50)
        while events.seq < target:
            before = events.seq
            await events.wait(before, PATIENCE)
            assert events.seq > before, "nothing happens any more"
        await asyncio.sleep(rng.random() * 0.02)

    async def check(self, environment: Mapping[str, str]) -> Counter[str]:
        """No update lost, no effect twice, no receipt missing, the books hold. Returns counts, for the curious."""
        status, output = await command(environment, self.folder, "verify")
        assert status == 0, output
        database = Database(self.database_url)
        try:
            counts = await self._check(database)
        finally:
            await database.close()
        return counts

    async def _check(self, database: Database) -> Counter[str]:
        undone = await rows(database, "SELECT id FROM inbox WHERE done_at IS NULL")
        failed = await rows(database, "SELECT id, error FROM inbox WHERE error IS NOT NULL")
        unsent = await rows(database, "SELECT id FROM outbox WHERE sent_at IS NULL OR outcome = 'refused'")
        assert (undone, failed, unsent) == ([], [], [])
        counts: Counter[str] = Counter()
        for shopper in self.shoppers:
            counts += await self._check_shopper(database, shopper)
        received = await rows(
            database,
            "SELECT p.reference, count(*) FROM settlements s JOIN payments p ON p.id = s.payment_id "
            "WHERE s.kind = 'received' GROUP BY p.reference",
        )
        confirmed = Counter(one for validator in self.validators for one in validator.confirmed)
        assert {format_reference(reference): count for reference, count in received} == confirmed
        assert set(confirmed.values()) <= {1}
        counts["payments confirmed"] = len(confirmed)
        return counts

    async def _check_shopper(self, database: Database, shopper: Shopper) -> Counter[str]:
        member = self.seeded.members[shopper.person.id]
        debits = await rows(
            database,
            "SELECT p.reference, c.transaction_id, c.amount_cents FROM confirmations c "
            "JOIN orders o ON o.id = c.order_id JOIN payments p ON p.id = c.payment_id "
            f"WHERE o.member_id = {member}",
        )
        assert sorted(format_reference(r) for r, _, _ in debits) == sorted(shopper.references)
        assert len({transaction for _, transaction, _ in debits}) == len(debits)
        quantities = await rows(
            database,
            "SELECT DISTINCT l.quantity_milli FROM order_lines l JOIN orders o ON o.id = l.order_id "
            f"WHERE o.member_id = {member}",
        )
        assert quantities == [(1000,)]  # no + counted twice
        paid = await rows(
            database,
            "SELECT coalesce(sum(s.amount_cents), 0) FROM settlements s JOIN payments p ON p.id = s.payment_id "
            f"WHERE p.member_id = {member}",
        )
        owed = await rows(
            database, f"SELECT balance_cents FROM accounts WHERE kind = 'members' AND owner_id = {member}"
        )
        assert owed[0][0] == sum(amount for _, _, amount in debits) - paid[0][0]
        receipts = Counter(filter(None, map(copied_of, self.crowd.bot_messages(shopper.person))))
        assert set(receipts) == set(shopper.references)
        repeated = receipts.total() - len(receipts)
        return Counter({"orders": len(debits), "receipts repeated": repeated})


async def rows(database: Database, statement: str) -> list[tuple[object, ...]]:
    """What a query finds."""
    async with database.snapshot() as session:
        return [tuple(row) for row in await session.execute(text(statement))]


@contextlib.asynccontextmanager
async def ride(database_url: str, folder: Path) -> AsyncIterator[Ride]:
    """A group of twenty members and two coordinators, in a sandbox; the bot is somebody else's affair."""
    sandbox = Sandbox(TOKEN)
    people = [sandbox.world.add_person(f"Membre {n}", language_code="fr") for n in range(PEOPLE)]
    coordinators = [sandbox.world.add_person(name, language_code="fr") for name in ("Anne", "Léo")]
    for person in (*people, *coordinators):
        person.has_started = True
    chat = sandbox.world.add_group("Amap des Lilas", members=people, admins=coordinators)
    seeded = await _seeded(database_url, chat.id, coordinators, people)
    async with sandbox.serve() as url, Crowd(sandbox, PATIENCE).awake() as crowd:
        products = list(seeded.products.values())
        yield Ride(
            sandbox, url, database_url, folder, seeded, crowd,
            [Shopper(crowd, one, products[i % len(products)]) for i, one in enumerate(people)],
            [Validator(crowd, one) for one in coordinators],
        )  # fmt: skip


async def _seeded(
    database_url: str, chat_id: int, coordinators: list[Person], people: list[Person]
) -> Seeded:
    database = Database(database_url)
    try:
        return await seed_group(database, chat_id, coordinators=coordinators, members=people)
    finally:
        await database.close()
