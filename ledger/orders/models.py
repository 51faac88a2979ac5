"""The tables of distributions, baskets and orders. Quantities are thousandths of a product's unit."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Cents, Code, GroupId, Key, Moment, one_of
from ledger.groups.models import Method


class Distribution(Base):
    """A date and place where goods are handed over; orders are taken from ``opens_at`` until ``closes_at``."""

    __tablename__ = "distributions"
    __table_args__ = (CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),)

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    place: Mapped[str]
    starts_at: Mapped[Moment]
    opens_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    created_at: Mapped[Moment]
    cancelled_at: Mapped[dt.datetime | None]

    def is_open(self, now: dt.datetime) -> bool:
        """Returns whether orders are taken at ``now``."""
        return self.cancelled_at is None and self.opens_at <= now < self.closes_at


class Basket(Base):
    """What a member is choosing for a distribution; not yet an order. At most one is open (not ``closed_at``) at a time."""

    __tablename__ = "baskets"
    __table_args__ = (
        Index(
            "uq_baskets_open",
            "member_id",
            "distribution_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    distribution_id: Mapped[int] = mapped_column(ForeignKey("distributions.id"))
    created_at: Mapped[Moment]
    closed_at: Mapped[dt.datetime | None]


class BasketLine(Base):
    """A product and how much of it, in a basket."""

    __tablename__ = "basket_lines"
    __table_args__ = (CheckConstraint("quantity_milli > 0", name="quantity_positive"),)

    basket_id: Mapped[int] = mapped_column(ForeignKey("baskets.id"), primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True, autoincrement=False)
    group_id: Mapped[int]
    quantity_milli: Mapped[int]


class Order(Base):
    """A member's order for a distribution: one, however many additions.

    ``cancelled_at``: by the member where payments are off, or with the whole distribution.
    """

    __tablename__ = "orders"
    __table_args__ = (
        Index(
            "uq_orders_live",
            "member_id",
            "distribution_id",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
        Index(None, "distribution_id", "id"),
        Index(None, "group_id", "distribution_id"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    distribution_id: Mapped[int] = mapped_column(ForeignKey("distributions.id"))
    created_at: Mapped[Moment]
    cancelled_at: Mapped[dt.datetime | None]


class Confirmation(Base):
    """One confirmed basket of an order: the first, or an addition, with its payment choice (R7, R9).

    One basket is confirmed once. ``method`` is null where the group's payments are off (R1); ``credit_cents`` is what of
    the amount member credit pays (B4), which is no payment of money; ``payment_id`` is the payment of the rest, null where
    there is none; ``transaction_id`` is null where no account moves. A member who pays another way after all gets another
    choice here, and the earlier one stays as a ``PaymentSwitch``.
    """

    __tablename__ = "confirmations"
    __table_args__ = (
        UniqueConstraint("basket_id"),
        Index(None, "order_id", "id"),
        Index(None, "payment_id"),
        one_of("method", Method),
        CheckConstraint("credit_cents BETWEEN 0 AND amount_cents", name="credit_within_amount"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    basket_id: Mapped[int] = mapped_column(ForeignKey("baskets.id"))
    method: Mapped[Method | None] = mapped_column(Code(Method))
    amount_cents: Mapped[Cents]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    confirmed_at: Mapped[Moment]
    credit_cents: Mapped[Cents] = mapped_column(default=0, server_default=text("0"))

    @property
    def is_mixed(self) -> bool:
        """Whether member credit pays a part, and another method the rest."""
        return self.method is not Method.MEMBER_CREDIT and self.credit_cents > 0

    def by_credit(self, total_cents: int) -> int:
        """Returns what member credit pays of its lines when they come to ``total_cents``: all, or at most the part
        agreed."""
        return total_cents if self.method is Method.MEMBER_CREDIT else min(self.credit_cents, total_cents)


class OrderLine(Base):
    """One product of an order, at the name, unit and price it had when it was ordered."""

    __tablename__ = "order_lines"
    __table_args__ = (
        CheckConstraint("quantity_milli > 0", name="quantity_positive"),
        Index(None, "order_id", "id"),
        Index(None, "confirmation_id"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    confirmation_id: Mapped[int] = mapped_column(ForeignKey("confirmations.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"))
    product_name: Mapped[str]
    unit: Mapped[str]
    price_cents: Mapped[Cents]
    vat_rate: Mapped[int]
    quantity_milli: Mapped[int]
    amount_cents: Mapped[Cents]
