"""A group in a database, where no bot runs: Anne coordinates, Bea keeps the money, two Maries and Paul are members."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.edge.notify import Notifier
from ledger.db import Database
from ledger.groups import service as groups
from ledger.groups.models import Chat, ChatKind, Member, Person
from tests.support.seed import Seeded, seed_group

CHAT, COORDINATORS = -100, -200


@dataclass(frozen=True)
class Somebody:
    """A person's number and name."""

    id: int
    name: str


ANNE, BEA, MARIE, OTHER, PAUL = (
    Somebody(1, "Anne"),
    Somebody(2, "Bea"),
    Somebody(3, "Marie"),
    Somebody(4, "Marie"),
    Somebody(5, "Paul"),
)


@dataclass
class Town:
    """The group, and who is who in it."""

    database: Database
    seeded: Seeded

    async def member(self, session: AsyncSession, who: Somebody) -> Member:
        """Somebody's membership."""
        return await groups.get_member(session, self.seeded.group_id, self.seeded.members[who.id])

    async def notifier(self, session: AsyncSession, *, here: int | None = None) -> Notifier:
        """Who tells the group's people, with a list of calls of its own."""
        return Notifier(session, await groups.get_group(session, self.seeded.group_id), [], here=here)


@pytest.fixture
async def town(sqlite_url: str) -> AsyncIterator[Town]:
    """The group; Paul blocks the bot, and Bea reads English."""
    database = Database(sqlite_url)
    seeded = await seed_group(database, CHAT, coordinators=[ANNE], members=[BEA, MARIE, OTHER, PAUL])
    town = Town(database, seeded)
    async with database.unit_of_work() as session:
        (await town.member(session, ANNE)).is_treasurer = False
        (await town.member(session, BEA)).is_treasurer = True
        (await session.get_one(Person, BEA.id)).language = "en"
        (await session.get_one(Person, PAUL.id)).started_at = None
    yield town
    await database.close()


async def coordinators_chat(town: Town) -> None:
    """The coordinators have a chat of their own."""
    async with town.database.unit_of_work() as session:
        session.add(Chat(group_id=town.seeded.group_id, telegram_id=COORDINATORS, kind=ChatKind.COORDINATORS))
