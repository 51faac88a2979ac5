"""The tables of reminders: what is due to whom, what became of it, and what members do not want to hear."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Code, GroupId, Key, Moment, one_of


class ReminderKind(StrEnum):
    """What is remembered. ``closed`` is for no member: it is when orders close, and the board is posted."""

    OPENED = "opened"
    CLOSING = "closing"
    EVE = "eve"
    SUMMARY = "summary"
    UNVALIDATED = "unvalidated"
    CLOSED = "closed"


FOR_MEMBERS = (ReminderKind.OPENED, ReminderKind.CLOSING, ReminderKind.EVE)
FOR_COORDINATORS = (ReminderKind.SUMMARY, ReminderKind.UNVALIDATED)


class Outcome(StrEnum):
    """What became of a reminder.

    ``needless``: there was nothing to say any more (ordered, paid, cancelled, moved, left). ``late``: nobody was there to
    send it while it was of use. ``undeliverable``: the bot may not write to the member.
    """

    SENT = "sent"
    MUTED = "muted"
    NEEDLESS = "needless"
    LATE = "late"
    UNDELIVERABLE = "undeliverable"


class Reminder(Base):
    """One reminder to one member, once: ``slot`` is the day it is about, and how many days later it is repeated.

    The row is made when it is due, and locked by whoever sends it; "done" is committed together with the queued message.
    """

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("kind", "distribution_id", "member_id", "slot"),
        Index(
            "uq_reminders_memberless",
            "kind",
            "distribution_id",
            "slot",
            unique=True,
            sqlite_where=text("member_id IS NULL"),
            postgresql_where=text("member_id IS NULL"),
        ),
        Index(
            "ix_reminders_waiting",
            "due_at",
            "id",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        Index(None, "distribution_id"),
        one_of("kind", ReminderKind),
        one_of("outcome", Outcome),
        CheckConstraint("(kind = 'closed') = (member_id IS NULL)", name="closed_is_for_no_member"),
        CheckConstraint("(done_at IS NULL) = (outcome IS NULL)", name="done_with_an_outcome"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    distribution_id: Mapped[int] = mapped_column(ForeignKey("distributions.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    kind: Mapped[ReminderKind] = mapped_column(Code(ReminderKind))
    slot: Mapped[str]
    due_at: Mapped[Moment]
    done_at: Mapped[dt.datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(Code(Outcome))


class Mute(Base):
    """A kind of reminder that a member (of one group) does not want."""

    __tablename__ = "reminder_mutes"
    __table_args__ = (one_of("kind", ReminderKind),)

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True, autoincrement=False)
    kind: Mapped[ReminderKind] = mapped_column(Code(ReminderKind), primary_key=True)
    group_id: Mapped[GroupId]
