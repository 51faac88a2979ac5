"""The checks that keep groups apart: every row refers to rows of its own group."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Table

from ledger.books.models import Account, Posting, Transaction, Transfer
from ledger.catalogue.models import CatalogueUpload, Producer, Product
from ledger.db import Base
from ledger.groups.models import Chat, Group, Member
from ledger.notes.models import Note
from ledger.orders.handover_models import (
    CashCount,
    Change,
    Correction,
    DistributionStep,
    MovedFrom,
    OrderStep,
    StepSettlement,
)
from ledger.orders.models import Basket, BasketLine, Confirmation, Distribution, Order, OrderLine
from ledger.payments.card.models import CardAccount, CardMovement, CardRefund, Checkout, StripeEvent
from ledger.payments.models import Payment, PaymentSwitch, RefundRequest, Settlement
from ledger.reminders.models import Mute, Reminder
from ledger.verify.check import Check

OWNERS = (
    Check(
        "I5",
        "the account's owner {kind}:{owner_id} is not of its group",
        """
        SELECT a.group_id, 'account:' || a.id AS subject, a.kind, a.owner_id
        FROM accounts a
        LEFT JOIN members m ON a.kind = 'members' AND m.id = a.owner_id AND m.group_id = a.group_id
        LEFT JOIN producers p ON a.kind = 'producers' AND p.id = a.owner_id AND p.group_id = a.group_id
        WHERE (a.kind = 'members' AND m.id IS NULL) OR (a.kind = 'producers' AND p.id IS NULL)
        """,
    ),
    Check(
        "I5",
        "member {actor_id}, who did it, is not of its group",
        """
        SELECT x.group_id, 'transaction:' || x.id AS subject, x.actor_id
        FROM transactions x LEFT JOIN members m ON m.id = x.actor_id AND m.group_id = x.group_id
        WHERE x.actor_id IS NOT NULL AND m.id IS NULL
        """,
    ),
)

_TABLES = (
    *(Account, Transaction, Transfer, Posting),
    *(Note, Chat, Member, CatalogueUpload, Producer, Product),
    *(Distribution, Basket, BasketLine, Order, Confirmation, OrderLine),
    *(Payment, Settlement, PaymentSwitch, RefundRequest),
    *(CardAccount, Checkout, CardRefund, CardMovement, StripeEvent),
    *(Reminder, Mute),
    *(Change, Correction, OrderStep, StepSettlement, DistributionStep, CashCount, MovedFrom),
)
"""Every table whose rows belong to a group. (A person's ``group_id`` is only the group they look at.)"""


def same_group() -> Iterator[Check]:
    """Checks for every foreign key between two tables of a group that both rows are of the same one.

    A posting needs one look: its group is its account's, and that is its transfer's, whose transaction it shares (I1).
    """
    owned = {model.__tablename__ for model in _TABLES}
    for model in _TABLES:
        table = Base.metadata.tables[model.__tablename__]
        for column in table.columns:
            for foreign_key in column.foreign_keys:
                parent = foreign_key.column.table.name
                if parent in owned and (model is not Posting or parent == Account.__tablename__):
                    yield _same_group_as(table, column.name, parent)
        if model is not Posting:
            yield _group_exists(table)


def _same_group_as(table: Table, column: str, parent: str) -> Check:
    return Check(
        "I5",
        f"{column} {{other}} is not of its group",
        f"""
        SELECT t.group_id, '{table.name}:' || {_key(table)} AS subject, t.{column} AS other
        FROM {table.name} t LEFT JOIN {parent} o ON o.id = t.{column}
        WHERE t.{column} IS NOT NULL AND (o.id IS NULL OR o.group_id <> t.group_id)
        """,  # noqa: S608 - names of our own tables
    )


def _group_exists(table: Table) -> Check:
    return Check(
        "I5",
        "there is no such group",
        f"""
        SELECT t.group_id, '{table.name}:' || {_key(table)} AS subject
        FROM {table.name} t LEFT JOIN {Group.__tablename__} g ON g.id = t.group_id WHERE g.id IS NULL
        """,  # noqa: S608 - names of our own tables
    )


def _key(table: Table) -> str:
    return " || ':' || ".join(f"t.{column.name}" for column in table.primary_key.columns)
