"""The verbs of reminders: make the rows that are due, take one under lock, write down what became of it; mute.

Rows are made when they are due, one for each member, by whichever worker looks first; a unique key makes a second one
impossible. A row is taken with a lock that others skip, and marked done in the unit of work that queues its message: so it
is sent once, however many workers look and whenever one of them dies.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import insert_or_meet
from ledger.errors import NotFound
from ledger.groups.models import Group, Member
from ledger.orders.models import Distribution
from ledger.reminders.models import (
    FOR_COORDINATORS,
    FOR_MEMBERS,
    Mute,
    Outcome,
    Reminder,
    ReminderKind,
)
from ledger.reminders.schedule import OLDEST, Occasion, occasions

KEPT = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Due:
    """An occasion that has come and for which no row was made yet."""

    group_id: int
    distribution_id: int
    occasion: Occasion


async def unplanned(session: AsyncSession, now: dt.datetime) -> list[Due]:
    """Returns the occasions of all groups that have come by ``now``, are of use still, and have no rows."""
    lively = _lively(now)
    statement = (
        select(Reminder.distribution_id, Reminder.kind, Reminder.slot)
        .join(Distribution, Distribution.id == Reminder.distribution_id)
        .where(*lively)
        .distinct()
    )
    planned = {
        (distribution_id, kind, slot) for distribution_id, kind, slot in await session.execute(statement)
    }
    found = await session.execute(
        select(Distribution, Group.time_zone)
        .join(Group, Group.id == Distribution.group_id)
        .where(*lively)
        .order_by(Distribution.id)
    )
    return [
        Due(distribution.group_id, distribution.id, one)
        for distribution, time_zone in found
        for one in occasions(distribution, ZoneInfo(time_zone))
        if one.due_at <= now < one.useless_at and (distribution.id, one.kind, one.slot) not in planned
    ]


def _lively(now: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Distribution.cancelled_at.is_(None),
        Distribution.starts_at > now - OLDEST,
        Distribution.opens_at <= now,
    )


async def plan(session: AsyncSession, due: Due) -> None:
    """Makes the rows of an occasion; those that somebody else made meanwhile stay as they are."""
    kind = due.occasion.kind
    member_ids: Sequence[int | None] = [None]
    if kind is not ReminderKind.CLOSED:
        statement = select(Member.id).where(Member.group_id == due.group_id, Member.left_at.is_(None))
        if kind in FOR_COORDINATORS:
            statement = statement.where(Member.is_coordinator)
        # In one order everywhere, so that two planners wait for each other and never in a circle.
        member_ids = (await session.execute(statement.order_by(Member.id))).scalars().all()
    if not member_ids:
        return
    rows = [
        {
            "group_id": due.group_id,
            "distribution_id": due.distribution_id,
            "member_id": member_id,
            "kind": kind,
            "slot": due.occasion.slot,
            "due_at": due.occasion.due_at,
        }
        for member_id in member_ids
    ]
    await session.execute(insert_or_meet(session, Reminder).on_conflict_do_nothing(), rows)


async def take(session: AsyncSession, now: dt.datetime) -> Reminder | None:
    """Takes the next reminder that is due, locked until the unit of work ends; none when nobody waits for one."""
    statement = (
        select(Reminder)
        .where(Reminder.done_at.is_(None), Reminder.due_at <= now)
        .order_by(Reminder.due_at, Reminder.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def finish(session: AsyncSession, reminder: Reminder, outcome: Outcome, now: dt.datetime) -> None:
    """Writes down what became of a reminder; it is never taken again."""
    reminder.outcome, reminder.done_at = outcome, now
    await session.flush()


async def postpone(session: AsyncSession, reminder_id: int, until: dt.datetime) -> None:
    """Has a reminder taken again later: its time moved, or something failed that may pass."""
    await session.execute(
        update(Reminder).where(Reminder.id == reminder_id, Reminder.done_at.is_(None)).values(due_at=until)
    )


async def forget_old(session: AsyncSession, now: dt.datetime) -> None:
    """Drops reminders of long ago, which nothing would make again."""
    await session.execute(delete(Reminder).where(Reminder.done_at < now - KEPT))


async def muted(session: AsyncSession, member: Member) -> set[ReminderKind]:
    """Returns the kinds a member does not want in this group."""
    statement = select(Mute.kind).where(Mute.member_id == member.id)
    return set((await session.execute(statement)).scalars())


def mutable(member: Member) -> tuple[ReminderKind, ...]:
    """Returns the kinds a member receives, and so can mute."""
    return FOR_MEMBERS + (FOR_COORDINATORS if member.is_coordinator else ())


async def mute(session: AsyncSession, member: Member, kind: ReminderKind, wanted: bool) -> None:
    """Stops reminding a member of one kind, or (``wanted``) begins again. Saying it twice changes nothing."""
    if kind not in mutable(member):
        raise NotFound("reminder", kind)
    if wanted:
        await session.execute(delete(Mute).where(Mute.member_id == member.id, Mute.kind == kind))
        return
    values = {"member_id": member.id, "kind": kind, "group_id": member.group_id}
    await session.execute(insert_or_meet(session, Mute).values(values).on_conflict_do_nothing())
