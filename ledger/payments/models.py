"""The tables of payments and of what became of them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
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


class Payment(Base):
    """Money a member says they give, in one amount by one method, named by one reference that is never used again (D2).

    ``subject`` is what it pays (``order:7``) or null for a payment entered by hand. ``state`` follows the last settlement
    (kept by a trigger, proved by ``verify``). Amounts may be negative only where a coordinator entered them by hand.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("reference"),
        one_of("method", Method),
        one_of("state", PaymentState),
        CheckConstraint("amount_cents <> 0", name="amount_not_zero"),
        Index(None, "member_id", "state"),
        Index(None, "group_id", "state"),
        Index(None, "subject"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    method: Mapped[Method] = mapped_column(Code(Method))
    amount_cents: Mapped[Cents]
    reference: Mapped[str]
    subject: Mapped[str | None]
    state: Mapped[PaymentState] = mapped_column(Code(PaymentState), default=PaymentState.EXPECTED)
    dated: Mapped[dt.date]
    note: Mapped[str | None]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[Moment]


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
