"""The table of wishes. A real room's stands in ``ledger/``, with a service."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from ledger.db import Base, GroupId, Key, Moment


class WishRow(Base):
    """A wish of a group."""

    __tablename__ = "wishes"

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    made_at: Mapped[Moment]
