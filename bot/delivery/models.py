"""The tables of delivery: updates that came in, messages to go out, boards, conversations under way, chats, and leases."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, GroupId, Key, Moment

UNDONE = text("done_at IS NULL")
OVERFLOWED = text("error = 'overflow'")
QUEUED = text("sent_at IS NULL")


class InboxRow(Base):
    """One raw update, stored before Telegram is told that it arrived. ``sender_id`` orders a person's updates.

    ``turn`` orders people: see :func:`bot.delivery.inbox.store`.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index("ix_inbox_undone", "sender_id", "id", sqlite_where=UNDONE, postgresql_where=UNDONE),
        Index("ix_inbox_undone_order", "turn", "id", sqlite_where=UNDONE, postgresql_where=UNDONE),
        Index(
            "ix_inbox_overflow",
            "sender_id",
            "received_at",
            sqlite_where=OVERFLOWED,
            postgresql_where=OVERFLOWED,
        ),
    )

    id: Mapped[Key]
    bot_id: Mapped[int]
    update_id: Mapped[int]
    sender_id: Mapped[int]
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[Moment]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[dt.datetime | None]
    done_at: Mapped[dt.datetime | None]
    error: Mapped[str | None]
    turn: Mapped[int] = mapped_column(server_default="0")


class OutboxRow(Base):
    """One Bot API call to make after the commit that decided it.

    ``collapse_key``: a newer queued row with the same key replaces an older one (edits of one screen). ``outcome`` is null
    while queued, then ``sent``, ``unknown`` (no answer came; it may have arrived) or ``refused``.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_queued", "bot_id", "id", sqlite_where=QUEUED, postgresql_where=QUEUED),
        Index("ix_outbox_collapse", "collapse_key", sqlite_where=QUEUED, postgresql_where=QUEUED),
    )

    id: Mapped[Key]
    bot_id: Mapped[int]
    chat_id: Mapped[int]
    method: Mapped[str]
    payload: Mapped[dict[str, Any]]
    collapse_key: Mapped[str | None]
    created_at: Mapped[Moment]
    sent_at: Mapped[dt.datetime | None]
    outcome: Mapped[str | None]
    message_id: Mapped[int | None]


class Board(Base):
    """The board of one distribution in one chat: which message it is, and whether it shows how things stand.

    ``wanted`` grows with everything that changes the picture, ``shown`` is the ``wanted`` of the picture last shown: the
    sender draws the board anew while they differ. ``asked_at``: a first message is being sent since then, and what became
    of it is not written down yet. The board is one message as long as there is a row; no row, no board.
    """

    __tablename__ = "boards"
    __table_args__ = (UniqueConstraint("distribution_id", "chat_id"), Index(None, "chat_id"))

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    distribution_id: Mapped[int] = mapped_column(ForeignKey("distributions.id"))
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    message_thread_id: Mapped[int | None]
    message_id: Mapped[int | None]
    wanted: Mapped[int] = mapped_column(default=0)
    shown: Mapped[int] = mapped_column(default=0)
    pin_due: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[dt.datetime | None]


class LeftChat(Base):
    """A Telegram chat the bot was put out of: nothing is sent there until it is let in again."""

    __tablename__ = "left_chats"

    chat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    left_at: Mapped[Moment]


class MovedChat(Base):
    """A chat that Telegram upgraded: buttons of before still come from ``old_id``."""

    __tablename__ = "moved_chats"

    old_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    new_id: Mapped[int]


class ConversationRow(Base):
    """What one person is in the middle of in one chat. ``revision`` grows with every step, so old buttons are known."""

    __tablename__ = "conversations"

    chat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str | None]
    state: Mapped[str | None]
    data: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=0)


class Lease(Base):
    """Who holds a task that one process at a time may do, and until when."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[Moment]
