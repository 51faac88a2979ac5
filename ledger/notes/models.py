"""The table of what people typed: notes, reasons, answers. Rows that are never changed hold a note's id, not its text."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, GroupId, Key


class Note(Base):
    """One thing somebody typed, about ``member_id`` where that is known. It is erased or it stays, a trigger says.

    Nothing derived from ``text`` stands elsewhere, not even a digest: once it is gone, nobody can tell what it was.
    """

    __tablename__ = "notes"
    __table_args__ = (
        CheckConstraint("(text IS NULL) = (erased_at IS NOT NULL)", name="there_or_erased"),
        CheckConstraint("trim(text) <> ''", name="not_blank"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    text: Mapped[str | None]
    erased_at: Mapped[dt.datetime | None]
