"""The tables of producers and products."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Cents, GroupId, Key, Moment


class Producer(Base):
    """Who the goods come from, and who is owed for them. ``name_key`` is the name without case and accents."""

    __tablename__ = "producers"
    __table_args__ = (UniqueConstraint("group_id", "name_key"),)

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    name: Mapped[str]
    name_key: Mapped[str]


class Product(Base):
    """What can be ordered. Price of one ``unit`` incl. VAT; VAT in hundredths of a percent; ``available`` is false for what
    is no longer offered.

    ``stock_milli``: how much can still be ordered, in thousandths of a unit (none: unlimited), taken under the row's lock.
    ``short_milli``: how much more was ordered than there was when somebody counted; given back first, it is not sold again.
    """

    __tablename__ = "products"
    __table_args__ = (
        UniqueConstraint("group_id", "producer_id", "name_key"),
        CheckConstraint("price_cents > 0", name="price_positive"),
        CheckConstraint("stock_milli >= 0", name="stock_not_negative"),
        CheckConstraint("short_milli >= 0", name="short_not_negative"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"))
    name: Mapped[str]
    name_key: Mapped[str]
    unit: Mapped[str]
    price_cents: Mapped[Cents]
    vat_rate: Mapped[int]
    stock_milli: Mapped[int | None]
    weighed: Mapped[bool]
    available: Mapped[bool] = mapped_column(default=True)
    short_milli: Mapped[int] = mapped_column(default=0, server_default=text("0"))

    def left_with(self, given_back_milli: int) -> int | None:
        """Returns how much could be ordered if so much came back; none: any quantity."""
        if self.stock_milli is None:
            return None
        return self.stock_milli + max(given_back_milli - self.short_milli, 0)

    def give_back(self, quantity_milli: int) -> None:
        """Gives ``quantity_milli`` back that were ordered and nobody takes: what is more than there is missing can be
        ordered again."""
        self.stock_milli = self.left_with(quantity_milli)
        self.short_milli = max(self.short_milli - quantity_milli, 0)

    def count(self, counted_milli: int | None, ordered_milli: int) -> None:
        """Records that ``counted_milli`` are there, of which ``ordered_milli`` are promised already; none: there is no
        end of it."""
        self.stock_milli = None if counted_milli is None else max(counted_milli - ordered_milli, 0)
        self.short_milli = 0 if counted_milli is None else max(ordered_milli - counted_milli, 0)


class CatalogueUpload(Base):
    """A catalogue file that was read and waits for a coordinator's yes; it is imported at most once."""

    __tablename__ = "catalogue_uploads"

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    filename: Mapped[str]
    rows: Mapped[list[Any]]
    uploaded_at: Mapped[Moment]
    imported_at: Mapped[dt.datetime | None]
