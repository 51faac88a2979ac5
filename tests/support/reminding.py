"""A group whose members can be written to, for tests of reminders; and the clock walked from one moment to another."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from bot.delivery.models import OutboxRow
from bot.reminders.sending import Reminding
from ledger.db import Database, utc_now
from ledger.groups.models import Member, Person
from ledger.orders.models import Distribution
from ledger.reminders.models import Outcome, Reminder, ReminderKind
from tests.support.edge import edge_of
from tests.support.ledger import Story

PARIS = ZoneInfo("Europe/Paris")
QUARTER = dt.timedelta(minutes=15)


def paris(text: str) -> dt.datetime:
    """A moment by the clocks of Paris."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(dt.UTC)


def reminding(database: Database) -> Reminding:
    """A worker that reminds, as one process has it."""
    return Reminding(edge_of(database, 1), "cagnotte_bot")


async def everybody_started(story: Story) -> None:
    """Everybody opened the private chat with the bot."""
    async with story.database.unit_of_work() as session:
        await session.execute(update(Person).values(started_at=utc_now()))


async def dated(story: Story, distribution: Distribution, starts: str, closes: str) -> None:
    """The distribution's dates, by the clocks of Paris, whatever today is; announced long before."""
    async with story.database.unit_of_work() as session:
        row = await session.get_one(Distribution, distribution.id)
        row.starts_at, row.closes_at = paris(starts), paris(closes)
        row.opens_at = row.created_at = min(row.opens_at, row.closes_at) - dt.timedelta(days=5)


def clock(begin: str, end: str, step: dt.timedelta = QUARTER) -> list[dt.datetime]:
    """Every quarter of an hour of real time between two moments of Paris."""
    now, last, found = paris(begin), paris(end), []
    while now <= last:
        found.append(now)
        now += step
    return found


async def sent_to(database: Database, member: Member) -> list[str]:
    """The texts queued for a member, oldest first."""
    async with database.snapshot() as session:
        statement = select(OutboxRow.payload).where(OutboxRow.chat_id == member.person_id)
        return [row["text"] for row in (await session.execute(statement.order_by(OutboxRow.id))).scalars()]


async def outcomes(database: Database, kind: ReminderKind) -> dict[int | None, Outcome | None]:
    """What became of a kind of reminder, by member; each has one."""
    async with database.snapshot() as session:
        rows = (await session.execute(select(Reminder).where(Reminder.kind == kind))).scalars().all()
        found = {row.member_id: row.outcome for row in rows}
        assert len(found) == len(rows)
        return found
