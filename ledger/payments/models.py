"""The tables of payments and of what became of them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Cents, Code, GroupId, Key, Moment, one_of
from ledger.groups.models import Method


class PaymentState(StrEnum):
    """Expected until settled; an undone settlement makes it expected again."""

    EXPECTED = "expected"
    RECEIVED = "received"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class SettlementKind(StrEnum):
    """What became of an expected payment; ``undone`` takes the settlement before it back."""

    RECEIVED = "received"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    UNDONE = "undone"


class Purpose(StrEnum):
    """What a payment is for; what it refers to goes with it (the table's CHECK ``purpose_fits``)."""

    ORDER = "order"
    """An order's debt."""
    TOP_UP = "top_up"
    """The member's account, and nothing that was ordered: put on it by the member, or entered by hand."""
    REFUND = "refund"
    """Money given back: the only amounts below zero."""


class Payment(Base):
    """Money a member says they give, in one amount by one method, named by one reference that is never used again (D2).

    ``purpose`` is what it pays, with ``order_id`` where that is an order, which is for good. ``state`` follows the last
    settlement (kept by a trigger, proved by ``verify``). The default of ``purpose`` is one that no row may have.
    ``under_way_since``: paid online by a means that takes days, and not known yet whether the bank pays; nothing is booked.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("reference"),
        one_of("method", Method),
        one_of("state", PaymentState),
        CheckConstraint("amount_cents <> 0", name="amount_not_zero"),
        one_of("purpose", Purpose),
        CheckConstraint(
            "(purpose = 'order') = (order_id IS NOT NULL) AND (purpose = 'refund') = (amount_cents < 0)",
            name="purpose_fits",
        ),
        Index(None, "member_id", "state", "id"),
        Index(None, "group_id", "state", "id"),
        Index(None, "order_id", "id"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    method: Mapped[Method] = mapped_column(Code(Method))
    amount_cents: Mapped[Cents]
    reference: Mapped[str]
    purpose: Mapped[Purpose] = mapped_column(Code(Purpose), server_default=text("''"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    state: Mapped[PaymentState] = mapped_column(Code(PaymentState), default=PaymentState.EXPECTED)
    dated: Mapped[dt.date]
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[Moment]
    under_way_since: Mapped[dt.datetime | None]


class Settlement(Base):
    """One step in a payment's life. Odd steps settle, even steps undo: so a payment cannot be settled twice (I4)."""

    __tablename__ = "settlements"
    __table_args__ = (
        UniqueConstraint("payment_id", "step"),
        one_of("kind", SettlementKind),
        CheckConstraint("(kind = 'undone') = (step % 2 = 0)", name="settle_then_undo"),
        CheckConstraint("(kind = 'received') = (amount_cents IS NOT NULL)", name="received_has_an_amount"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
    step: Mapped[int]
    kind: Mapped[SettlementKind] = mapped_column(Code(SettlementKind))
    amount_cents: Mapped[int | None]
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[Moment]


class PaymentSwitch(Base):
    """A member pays another way after all: the cancelled payment, what is expected in its place, and who said so when.

    ``replaced_by_id`` is null where member credit pays all of it. What member credit paid before and pays after, in cents,
    makes both sides the same amount. A payment that was replaced is over: the database refuses any later settlement.
    """

    __tablename__ = "payment_switches"
    __table_args__ = (
        UniqueConstraint("payment_id"),
        UniqueConstraint("replaced_by_id"),
        CheckConstraint("credit_before_cents >= 0 AND credit_after_cents >= 0", name="credit_not_negative"),
        CheckConstraint("payment_id <> replaced_by_id", name="by_another"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    credit_before_cents: Mapped[Cents]
    credit_after_cents: Mapped[Cents]
    by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[Moment]


class RequestState(StrEnum):
    """Open until a treasurer grants or refuses it, or the member takes it back."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RefundRequest(Base):
    """A member asks for money back, the way they would like it. It moves no money; granting it does (``payment_id``).

    ``note_id`` is the member's note, ``answer_id`` the treasurer's. At most one is open for a member.
    """

    __tablename__ = "refund_requests"
    __table_args__ = (
        one_of("way", Method),
        one_of("state", RequestState),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint(
            "(state = 'open') = (decided_by_id IS NULL) AND (state = 'open') = (decided_at IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("(state = 'granted') = (payment_id IS NOT NULL)", name="granted_with_a_payment"),
        Index(
            "uq_refund_requests_open",
            "member_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        UniqueConstraint("payment_id"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    amount_cents: Mapped[Cents]
    way: Mapped[Method] = mapped_column(Code(Method))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))
    created_at: Mapped[Moment]
    state: Mapped[RequestState] = mapped_column(Code(RequestState), default=RequestState.OPEN)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    decided_at: Mapped[dt.datetime | None]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
