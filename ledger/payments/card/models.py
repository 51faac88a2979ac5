"""The tables of card payments: accounts at Stripe, checkouts, what moved at Stripe, refunds, and events that came in."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Cents, Code, GroupId, Key, Moment, one_of

_IN_USE = text("retired_at IS NULL")
_LIVE = text("state IN ('wanted', 'open')")
_PAID = text("state = 'paid'")
_UNDONE = text("done_at IS NULL")


class CardAccount(Base):
    """An account at Stripe that takes cards for one group.

    ``sealed_key`` is the group's own secret key, encrypted; none where the host's key (of the configuration) serves.
    ``key_hint`` is its last four characters, ``key_since`` since when it serves. A retired account takes no new payment, but
    what was paid into it is still followed. ``look_at``: when its movements are looked through next.
    """

    __tablename__ = "card_accounts"
    __table_args__ = (
        Index(
            "uq_card_accounts_in_use", "group_id", unique=True, sqlite_where=_IN_USE, postgresql_where=_IN_USE
        ),
        Index(None, "look_at"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    sealed_key: Mapped[str | None]
    key_hint: Mapped[str]
    key_since: Mapped[Moment]
    stripe_account: Mapped[str | None]
    livemode: Mapped[bool]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[Moment]
    retired_at: Mapped[dt.datetime | None]
    look_at: Mapped[Moment]
    looked_at: Mapped[dt.datetime | None]


class CheckoutState(StrEnum):
    """``wanted``: we are about to ask Stripe for it (or asked, and do not know); ``open``: it can be paid; then its end."""

    WANTED = "wanted"
    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"


class Checkout(Base):
    """One attempt to pay an expected payment by card: a Checkout Session at Stripe. One at a time is alive.

    The row is committed before Stripe is asked, and ``token`` is the idempotency key of that request, our mark in its
    metadata, and what stands in the link ``/pay/<token>``. ``look_at``: when Stripe is asked about it next; none while
    nobody followed that link. ``tell``: the
    member waits for the link. ``declined``: the last declined attempt the member was told of. ``disputed_cents``: what the
    card's holder took back by a dispute, or their bank by not paying after all.
    """

    __tablename__ = "checkouts"
    __table_args__ = (
        UniqueConstraint("token"),
        UniqueConstraint("stripe_id"),
        one_of("state", CheckoutState),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint(
            "state <> 'open' OR (stripe_id IS NOT NULL AND url IS NOT NULL)", name="open_has_a_link"
        ),
        CheckConstraint("state <> 'open' OR look_at IS NOT NULL", name="open_is_looked_at"),
        CheckConstraint("state IN ('wanted', 'open') OR look_at IS NULL", name="over_is_not_looked_at"),
        Index("uq_checkouts_live", "payment_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("uq_checkouts_paid", "payment_id", unique=True, sqlite_where=_PAID, postgresql_where=_PAID),
        Index(None, "payment_id"),
        Index(None, "payment_intent"),
        Index(None, "look_at"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("card_accounts.id"))
    token: Mapped[str]
    amount_cents: Mapped[Cents]
    currency: Mapped[str]
    language: Mapped[str]
    state: Mapped[CheckoutState] = mapped_column(Code(CheckoutState), default=CheckoutState.WANTED)
    stripe_id: Mapped[str | None]
    url: Mapped[str | None]
    payment_intent: Mapped[str | None]
    declined: Mapped[str | None]
    disputed_cents: Mapped[Cents] = mapped_column(default=0)
    tell: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Moment]
    look_at: Mapped[dt.datetime | None]
    looks: Mapped[int] = mapped_column(default=0)


class CardRefundState(StrEnum):
    """``wanted``: booked, Stripe is being asked; ``made``: Stripe has it; ``failed``: reversed, since it has not."""

    WANTED = "wanted"
    MADE = "made"
    FAILED = "failed"


class CardRefund(Base):
    """Money given back through Stripe, out of one checkout. ``payment_id`` is what it did to the member's account."""

    __tablename__ = "card_refunds"
    __table_args__ = (
        UniqueConstraint("token"),
        UniqueConstraint("stripe_id"),
        UniqueConstraint("payment_id"),
        one_of("state", CardRefundState),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("(state = 'wanted') = (look_at IS NOT NULL)", name="wanted_is_looked_at"),
        Index(None, "checkout_id"),
        Index(None, "look_at"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    checkout_id: Mapped[int] = mapped_column(ForeignKey("checkouts.id"))
    token: Mapped[str]
    amount_cents: Mapped[Cents]
    state: Mapped[CardRefundState] = mapped_column(Code(CardRefundState), default=CardRefundState.WANTED)
    stripe_id: Mapped[str | None]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
    created_at: Mapped[Moment]
    look_at: Mapped[dt.datetime | None]
    looks: Mapped[int] = mapped_column(default=0)


class CardMovement(Base):
    """One of Stripe's balance transactions, met once. ``amount_cents`` and ``fee_cents`` are Stripe's, with its signs.

    ``kind`` is Stripe's type, ``category`` its reporting category. ``transaction_id``: what it posted; none where nothing
    was left to post (a charge without a fee, a refund of ours), where nobody here knows what it means, and where it is not
    the group's (``is_ours``: the account may serve other shops). ``checkout_id``: the checkout whose payment it is about.
    """

    __tablename__ = "card_movements"
    __table_args__ = (
        UniqueConstraint("account_id", "stripe_id"),
        Index(None, "source"),
        Index(None, "checkout_id"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    account_id: Mapped[int] = mapped_column(ForeignKey("card_accounts.id"))
    stripe_id: Mapped[str]
    kind: Mapped[str]
    category: Mapped[str] = mapped_column(server_default=text("''"))
    checkout_id: Mapped[int | None] = mapped_column(ForeignKey("checkouts.id"))
    source: Mapped[str | None]
    amount_cents: Mapped[Cents]
    fee_cents: Mapped[Cents]
    is_ours: Mapped[bool]
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    at: Mapped[Moment]


class StripeEvent(Base):
    """An event that Stripe sent and signed, stored before it is answered. ``outcome``: what became of it."""

    __tablename__ = "stripe_events"
    __table_args__ = (
        UniqueConstraint("stripe_id"),
        Index("ix_stripe_events_undone", "id", sqlite_where=_UNDONE, postgresql_where=_UNDONE),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    account_id: Mapped[int] = mapped_column(ForeignKey("card_accounts.id"))
    stripe_id: Mapped[str]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[Moment]
    done_at: Mapped[dt.datetime | None]
    outcome: Mapped[str | None]
