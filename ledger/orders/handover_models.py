"""The tables of distribution day: corrections of what was ordered, validations, the till, and what members are told.

Order lines stay as they were ordered; what was handed over instead is a correction beside the line, so before and after
can both be shown, and undone. Steps alternate as settlements do: odd steps do, even steps undo.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Cents, Code, GroupId, Key, Moment, one_of


class ChangeKind(StrEnum):
    """What a coordinator changed: how much of it was handed over, what it costs, or took an earlier change back."""

    DELIVERED = "delivered"
    PRICE = "price"
    UNDO = "undo"


class Change(Base):
    """One command of a coordinator that corrected one line, or the same product for everybody; undone as a whole, once.

    ``product_id``: the product that was corrected for everybody; null where it was one line.
    """

    __tablename__ = "changes"
    __table_args__ = (
        UniqueConstraint("undoes_id"),
        one_of("kind", ChangeKind),
        CheckConstraint("(kind = 'undo') = (undoes_id IS NOT NULL)", name="undo_names_what_it_undoes"),
        Index(None, "distribution_id"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    distribution_id: Mapped[int] = mapped_column(ForeignKey("distributions.id"))
    kind: Mapped[ChangeKind] = mapped_column(Code(ChangeKind))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("changes.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[Moment]


class Correction(Base):
    """What one order line is from now on: quantity in thousandths of the unit, price, amount; and what posted it."""

    __tablename__ = "corrections"
    __table_args__ = (
        UniqueConstraint("order_line_id", "step"),
        CheckConstraint("quantity_milli >= 0", name="quantity_not_negative"),
        CheckConstraint("price_cents > 0", name="price_positive"),
        Index(None, "change_id"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    step: Mapped[int]
    quantity_milli: Mapped[int]
    price_cents: Mapped[Cents]
    amount_cents: Mapped[Cents]
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))


class StepKind(StrEnum):
    """Validated, or that taken back."""

    VALIDATED = "validated"
    UNDONE = "undone"


class OrderStep(Base):
    """An order was validated (odd step) or its validation undone (even step)."""

    __tablename__ = "order_steps"
    __table_args__ = (
        UniqueConstraint("order_id", "step"),
        one_of("kind", StepKind),
        CheckConstraint("(kind = 'undone') = (step % 2 = 0)", name="validate_then_undo"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    step: Mapped[int]
    kind: Mapped[StepKind] = mapped_column(Code(StepKind))
    by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[Moment]


class StepSettlement(Base):
    """A settlement that a validation made, and so its undoing takes back; others are left alone."""

    __tablename__ = "step_settlements"
    __table_args__ = (UniqueConstraint("settlement_id"), Index(None, "order_step_id"))

    order_step_id: Mapped[int] = mapped_column(
        ForeignKey("order_steps.id"), primary_key=True, autoincrement=False
    )
    settlement_id: Mapped[int] = mapped_column(
        ForeignKey("settlements.id"), primary_key=True, autoincrement=False
    )
    group_id: Mapped[int]


class DistributionStep(Base):
    """A distribution was validated, naming how many orders were left open, or that was undone."""

    __tablename__ = "distribution_steps"
    __table_args__ = (
        UniqueConstraint("distribution_id", "step"),
        one_of("kind", StepKind),
        CheckConstraint("(kind = 'undone') = (step % 2 = 0)", name="validate_then_undo"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    distribution_id: Mapped[int] = mapped_column(ForeignKey("distributions.id"))
    step: Mapped[int]
    kind: Mapped[StepKind] = mapped_column(Code(StepKind))
    left_open: Mapped[int] = mapped_column(default=0)
    by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[Moment]


class CountKind(StrEnum):
    """The till at opening and at closing."""

    OPENING = "opening"
    CLOSING = "closing"


class CashCount(Base):
    """The till was counted: what was in it, what the books said, and the transaction that posted the difference."""

    __tablename__ = "cash_counts"
    __table_args__ = (one_of("kind", CountKind), Index(None, "distribution_id"))

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    distribution_id: Mapped[int] = mapped_column(ForeignKey("distributions.id"))
    kind: Mapped[CountKind] = mapped_column(Code(CountKind))
    counted_cents: Mapped[Cents]
    expected_cents: Mapped[Cents]
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[Moment]


class MovedFrom(Base):
    """Where and when a distribution was to be before it was moved."""

    __tablename__ = "moved_from"

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    distribution_id: Mapped[int] = mapped_column(ForeignKey("distributions.id"), index=True)
    place: Mapped[str]
    starts_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[Moment]
