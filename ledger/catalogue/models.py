"""The tables of producers and products."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
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
    """What can be ordered. Price of one ``unit`` incl. VAT; VAT in hundredths of a percent; stock in thousandths of a unit
    (none: unlimited), taken under the row's lock; ``available`` is false for what is no longer offered."""

    __tablename__ = "products"
    __table_args__ = (
        UniqueConstraint("group_id", "producer_id", "name_key"),
        CheckConstraint("price_cents > 0", name="price_positive"),
        CheckConstraint("stock_milli >= 0", name="stock_not_negative"),
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


class CatalogueUpload(Base):
    """A catalogue file that was read and waits for a coordinator's yes; it is imported at most once."""

    __tablename__ = "catalogue_uploads"

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    filename: Mapped[str]
    rows: Mapped[list[Any]]
    uploaded_at: Mapped[Moment]
    imported_at: Mapped[dt.datetime | None]
