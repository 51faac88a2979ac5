"""The tables of the books. Triggers (``ledger/migrations/sql``) keep balances and postings, and refuse changes.

Signs: a debit is > 0, a credit is < 0, in cents of the account's currency. Members and producers are liabilities, so what
a screen shows as a member's balance is minus the sum of the member's postings.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Cents, Code, GroupId, Key, Moment, one_of


class AccountKind(StrEnum):
    """The accounts of a group (domain.md, "Books"). ``members`` and ``producers`` exist once for each owner."""

    MEMBERS = "members"
    PRODUCERS = "producers"
    CASH = "cash"
    CHEQUES = "cheques"
    BANK = "bank"
    CARD = "card"
    CARD_FEES = "card-fees"
    WRITE_OFFS = "write-offs"
    ADJUSTMENTS = "adjustments"
    OPENING = "opening"


GROUP_ACCOUNTS = tuple(
    kind for kind in AccountKind if kind not in (AccountKind.MEMBERS, AccountKind.PRODUCERS)
)


class Account(Base):
    """One account. ``balance_cents`` and ``last_seq`` are those of its last posting, written by the trigger alone."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("group_id", "kind", "owner_id"), one_of("kind", AccountKind))

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    kind: Mapped[AccountKind] = mapped_column(Code(AccountKind))
    owner_id: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    balance_cents: Mapped[Cents] = mapped_column(default=0)
    last_seq: Mapped[int] = mapped_column(default=0)

    @property
    def code(self) -> str:
        """``members:12``, ``cash``: the account's name in exports and in ``cagnotte verify``."""
        return f"{self.kind}:{self.owner_id}" if self.owner_id else str(self.kind)


class Transaction(Base):
    """A balanced, immutable event of the books. ``subject`` names what it is about (a code of ``books.subjects``).

    Codes and ids only: what somebody typed about it is the note with ``note_id``, which can be erased.
    """

    __tablename__ = "transactions"
    __table_args__ = (
        UniqueConstraint("group_id", "key"),
        UniqueConstraint("reverses_id"),
        Index(None, "group_id", "subject"),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    kind: Mapped[str]
    key: Mapped[str]
    input_hash: Mapped[str]
    subject: Mapped[str | None]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    dated: Mapped[dt.date]
    recorded_at: Mapped[Moment]
    actor_id: Mapped[int | None]
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))


class Transfer(Base):
    """One leg: ``amount_cents`` moves onto the debit account from the credit account.

    ``within_credit`` asks for permission: the trigger refuses it when the debited member would then owe the group (I7).
    """

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
        Index(None, "transaction_id"),
    )

    id: Mapped[Key]
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"))
    debit_account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    credit_account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    amount_cents: Mapped[Cents]
    within_credit: Mapped[bool] = mapped_column(default=False)


class Posting(Base):
    """One signed amount on one account, with the account's running number and balance after it. Written by the trigger."""

    __tablename__ = "postings"
    __table_args__ = (
        CheckConstraint("amount_cents <> 0", name="amount_not_zero"),
        UniqueConstraint("transfer_id", "account_id"),
        {"sqlite_with_rowid": False},
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    group_id: Mapped[int]
    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"))
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfers.id"))
    amount_cents: Mapped[Cents]
    balance_after_cents: Mapped[Cents]
