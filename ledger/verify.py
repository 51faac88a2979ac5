"""The self-check behind ``cagnotte verify``: every invariant of the books (I1–I8), proved from the rows alone.

Each check is one set-based statement that lists what breaks its rule, so a sound database answers with nothing. They do
not trust what keeps the rules day by day (triggers, constraints, the services): they read what is there. Run them on one
snapshot; they write nothing. A million postings take seconds (``python -m tests.bench ledger`` says how many).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncSession

from ledger import reference
from ledger.books.models import Account, Posting, Transaction, Transfer
from ledger.catalogue.models import CatalogueUpload, Producer, Product
from ledger.checks import HANDOVER, Check
from ledger.checks_card import CARDS
from ledger.checks_money import MONEY
from ledger.db import PLANNING, Base
from ledger.groups.models import Chat, Group, Member
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

LIMIT = 100
"""How many violations of one kind are listed: the first hundred tell enough."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: ``I1``…``I8``, ``stock``, ``till``, ``refunds`` or ``cards``; the row; a sentence."""

    invariant: str
    what: str
    group_id: int | None
    subject: str


RULES = {
    "I1": "every transaction sums to zero, and every balance is the sum of its postings",
    "I2": "what was posted is never changed or deleted: the database's triggers are there",
    "I3": "what an order owes is the sum of its lines",
    "I4": "a payment is settled once, and is what was posted for it",
    "I5": "nothing of one group refers to another group",
    "I6": "a group's accounts together are zero",
    "I7": "nobody's order by member credit went below what their group allows",
    "I8": "a reference names exactly one payment",
    "stock": "no more is ordered than there is",
    "till": "a distribution's till is what was counted and received",
    "refunds": "what members asked back and what was given back agree",
    "cards": "the card account is what Stripe says",
}
"""What each kind of check proves, in words."""

TRIGGERS = {
    "accounts": ("accounts_follow_postings", "accounts_kept", "accounts_start_empty"),
    "card_movements": ("card_movements_immutable", "card_movements_kept"),
    "card_refunds": ("card_refunds_end_once", "card_refunds_immutable", "card_refunds_kept"),
    "checkouts": (
        "checkouts_bring_a_payment",
        "checkouts_end_once",
        "checkouts_immutable",
        "checkouts_kept",
        "checkouts_start_wanted",
    ),
    "corrections": ("corrections_immutable",),
    "order_lines": ("order_lines_immutable",),
    "order_steps": ("order_steps_immutable",),
    "payment_switches": ("payment_switches_follow", "payment_switches_immutable"),
    "payments": (
        "payments_follow_settlements",
        "payments_immutable",
        "payments_kept",
        "payments_start_expected",
    ),
    "postings": ("postings_by_transfers_only", "postings_immutable"),
    "refund_requests": ("refund_requests_decided_once", "refund_requests_kept"),
    "settlements": (
        "settlements_end_with_a_switch",
        "settlements_follow",
        "settlements_immutable",
        "settlements_keep_card_money",
        "settlements_settle",
    ),
    "stripe_events": ("stripe_events_done_once", "stripe_events_kept"),
    "transactions": ("transactions_immutable",),
    "transfers": ("transfers_immutable", "transfers_posted"),
}
"""The triggers both databases have, by table."""

TRIGGERS_SQLITE = {
    "corrections": ("corrections_kept",),
    "order_lines": ("order_lines_kept",),
    "order_steps": ("order_steps_kept",),
    "payment_switches": ("payment_switches_kept",),
    "postings": ("postings_kept",),
    "settlements": ("settlements_kept",),
    "transactions": ("transactions_kept",),
    "transfers": ("transfers_checked", "transfers_kept"),
}
"""Those that SQLite has besides, since a trigger there is for one kind of change only."""

_BOOKS = (
    Check(
        "I1",
        "the transaction sums to {total} {currency}",
        """
        SELECT p.group_id, 'transaction:' || p.transaction_id AS subject, sum(p.amount_cents) AS total, a.currency
        FROM postings p JOIN accounts a ON a.id = p.account_id
        GROUP BY p.group_id, p.transaction_id, a.currency HAVING sum(p.amount_cents) <> 0
        """,
    ),
    Check(
        "I1",
        "posting {seq} ({amount}) brings {before} to {after}; it should be number {number}",
        """
        SELECT group_id, 'account:' || account_id AS subject, seq, amount_cents AS amount, before,
            balance_after_cents AS after, number
        FROM (
            SELECT group_id, account_id, seq, amount_cents, balance_after_cents,
                lag(balance_after_cents, 1) OVER history AS before, row_number() OVER history AS number
            FROM postings WINDOW history AS (PARTITION BY account_id ORDER BY seq)
        ) AS numbered
        WHERE seq <> number OR amount_cents = 0 OR balance_after_cents <> coalesce(before, 0) + amount_cents
        """,
    ),
    Check(
        "I1",
        "the account says {balance} after {last_seq} postings; its {count} postings sum to {total}",
        """
        SELECT a.group_id, 'account:' || a.id AS subject, a.balance_cents AS balance, a.last_seq,
            coalesce(p.count, 0) AS count, coalesce(p.total, 0) AS total
        FROM accounts a LEFT JOIN (
            SELECT account_id, count(*) AS count, max(seq) AS last, sum(amount_cents) AS total
            FROM postings GROUP BY account_id
        ) AS p ON p.account_id = a.id
        LEFT JOIN postings newest ON newest.account_id = a.id AND newest.seq = p.last
        WHERE a.balance_cents <> coalesce(p.total, 0) OR a.last_seq <> coalesce(p.count, 0)
            OR a.last_seq <> coalesce(p.last, 0) OR a.balance_cents <> coalesce(newest.balance_after_cents, 0)
        """,
    ),
    Check(
        "I1",
        "the posting of {amount} on account {account_id} is not one of its transfer",
        """
        SELECT p.group_id, 'transfer:' || p.transfer_id AS subject, p.amount_cents AS amount, p.account_id
        FROM postings p LEFT JOIN transfers t ON t.id = p.transfer_id
        WHERE t.id IS NULL OR t.transaction_id <> p.transaction_id OR NOT (
            (p.account_id = t.debit_account_id AND p.amount_cents = t.amount_cents)
            OR (p.account_id = t.credit_account_id AND p.amount_cents = -t.amount_cents))
        """,
    ),
    Check(
        "I1",
        "the transfer has {count} postings instead of two",
        """
        SELECT t.group_id, 'transfer:' || t.id AS subject, count(p.account_id) AS count
        FROM transfers t LEFT JOIN postings p ON p.transfer_id = t.id
        GROUP BY t.id, t.group_id HAVING count(p.account_id) <> 2
        """,
    ),
    Check(
        "I1",
        "the transaction has no transfer",
        """
        SELECT x.group_id, 'transaction:' || x.id AS subject FROM transactions x
        WHERE NOT EXISTS (SELECT 1 FROM transfers t WHERE t.transaction_id = x.id)
        """,
    ),
    Check(
        "I6",
        "the group's accounts sum to {total} {currency}",
        """
        SELECT group_id, 'group:' || group_id AS subject, sum(balance_cents) AS total, currency
        FROM accounts GROUP BY group_id, currency HAVING sum(balance_cents) <> 0
        """,
    ),
    Check(
        "I7",
        "an order by member credit left the account {owed} below zero",
        """
        SELECT * FROM (
            SELECT t.group_id, 'transaction:' || t.transaction_id AS subject, (
                SELECT p.balance_after_cents FROM postings p
                WHERE p.transfer_id = t.id AND p.account_id = t.debit_account_id
                ORDER BY p.seq LIMIT 1) AS owed
            FROM transfers t WHERE t.within_credit
        ) AS spent WHERE owed > 0
        """,
    ),
)

_BUSINESS = (
    Check(
        "I3",
        "the line costs {amount}, but {price} times {quantity} thousandths is {due}",
        """
        SELECT group_id, 'order:' || order_id AS subject, amount_cents AS amount, price_cents AS price,
            quantity_milli AS quantity, (price_cents * quantity_milli + 500) / 1000 AS due
        FROM order_lines WHERE amount_cents <> (price_cents * quantity_milli + 500) / 1000
        """,
    ),
    Check(
        "I3",
        "confirmation {id} is for {amount}, its lines sum to {total}",
        """
        SELECT c.group_id, 'order:' || c.order_id AS subject, c.id, c.amount_cents AS amount,
            coalesce(sum(l.amount_cents), 0) AS total
        FROM confirmations c LEFT JOIN order_lines l ON l.confirmation_id = c.id AND l.order_id = c.order_id
        GROUP BY c.group_id, c.order_id, c.id, c.amount_cents
        HAVING c.amount_cents <> coalesce(sum(l.amount_cents), 0)
        """,
    ),
    Check(
        "I3",
        "the member owes {debt} for lines of {total}",
        """
        SELECT o.group_id, 'order:' || o.id AS subject, coalesce(d.debt, 0) AS debt, coalesce(c.total, 0) AS total
        FROM orders o
        LEFT JOIN (
            SELECT l.order_id, sum(coalesce(k.amount_cents, l.amount_cents)) AS total
            FROM order_lines l
            JOIN orders o ON o.id = l.order_id AND o.cancelled_at IS NULL
            JOIN confirmations c ON c.id = l.confirmation_id
            LEFT JOIN (
                SELECT order_line_id, max(step) AS step FROM corrections GROUP BY order_line_id
            ) AS last ON last.order_line_id = l.id
            LEFT JOIN corrections k ON k.order_line_id = l.id AND k.step = last.step
            WHERE c.method IS NOT NULL GROUP BY l.order_id
        ) AS c ON c.order_id = o.id
        LEFT JOIN (
            SELECT o.id AS order_id, sum(p.amount_cents) AS debt
            FROM orders o
            JOIN transactions x ON x.group_id = o.group_id AND x.subject = 'order:' || o.id
            JOIN transfers t ON t.transaction_id = x.id
            JOIN accounts a ON a.group_id = o.group_id AND a.kind = 'members' AND a.owner_id = o.member_id
            JOIN postings p ON p.transfer_id = t.id AND p.account_id = a.id
            GROUP BY o.id
        ) AS d ON d.order_id = o.id
        WHERE coalesce(d.debt, 0) <> coalesce(c.total, 0)
        """,
    ),
    Check(
        "I4",
        "the payment is {state}, its {count} settlements (the last is number {last}) say {said}",
        """
        SELECT p.group_id, 'payment:' || p.id AS subject, p.state, coalesce(s.count, 0) AS count,
            coalesce(s.last, 0) AS last, coalesce(newest.kind, 'expected') AS said
        FROM payments p LEFT JOIN (
            SELECT payment_id, count(*) AS count, max(step) AS last FROM settlements GROUP BY payment_id
        ) AS s ON s.payment_id = p.id
        LEFT JOIN settlements newest ON newest.payment_id = p.id AND newest.step = s.last
        WHERE coalesce(s.count, 0) <> coalesce(s.last, 0) OR p.state <>
            CASE coalesce(newest.kind, 'undone') WHEN 'undone' THEN 'expected' ELSE newest.kind END
        """,
    ),
    Check(
        "I4",
        "step {step} is {kind}: odd steps settle, even steps undo",
        """
        SELECT group_id, 'payment:' || payment_id AS subject, step, kind FROM settlements
        WHERE step < 1 OR (kind = 'undone') <> (step % 2 = 0)
        """,
    ),
    Check(
        "I4",
        "step {step} is {kind} with {amount}, but credits the member {credited}",
        """
        SELECT s.group_id, 'payment:' || s.payment_id AS subject, s.step, s.kind, s.amount_cents AS amount,
            coalesce(sum(-p.amount_cents), 0) AS credited
        FROM settlements s
        JOIN payments m ON m.id = s.payment_id
        LEFT JOIN accounts a ON a.group_id = m.group_id AND a.kind = 'members' AND a.owner_id = m.member_id
        LEFT JOIN transfers t ON t.transaction_id = s.transaction_id
        LEFT JOIN postings p ON p.transfer_id = t.id AND p.account_id = a.id
        WHERE s.kind <> 'undone'
        GROUP BY s.group_id, s.payment_id, s.step, s.kind, s.amount_cents
        HAVING coalesce(s.amount_cents, 0) <> coalesce(sum(-p.amount_cents), 0)
        """,
    ),
    Check(
        "I4",
        "step {step} undoes step {step} - 1 without reversing what it posted",
        """
        SELECT s.group_id, 'payment:' || s.payment_id AS subject, s.step
        FROM settlements s
        LEFT JOIN settlements undone ON undone.payment_id = s.payment_id AND undone.step = s.step - 1
        LEFT JOIN transactions x ON x.id = s.transaction_id
        WHERE s.kind = 'undone' AND coalesce(x.reverses_id, 0) <> coalesce(undone.transaction_id, 0)
        """,
    ),
    Check(
        "I4",
        "step {step} was reversed by transaction {reversal}, but nobody undid it",
        """
        SELECT s.group_id, 'payment:' || s.payment_id AS subject, s.step, x.id AS reversal
        FROM settlements s
        JOIN transactions x ON x.reverses_id = s.transaction_id
        LEFT JOIN settlements undo ON undo.payment_id = s.payment_id AND undo.step = s.step + 1
            AND undo.transaction_id = x.id
        WHERE s.kind <> 'undone' AND undo.id IS NULL
        """,
    ),
    Check(
        "I8",
        "the reference {reference} names {count} payments",
        """
        SELECT min(group_id) AS group_id, 'payment:' || max(id) AS subject, reference, count(*) AS count
        FROM payments GROUP BY reference HAVING count(*) > 1
        """,
    ),
    Check(
        "stock",
        "there are {stock} thousandths of {name}",
        """
        SELECT group_id, 'product:' || id AS subject, stock_milli AS stock, name
        FROM products WHERE stock_milli < 0
        """,
    ),
)

_OWNERS = (
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
    *(Chat, Member, CatalogueUpload, Producer, Product),
    *(Distribution, Basket, BasketLine, Order, Confirmation, OrderLine),
    *(Payment, Settlement, PaymentSwitch, RefundRequest),
    *(CardAccount, Checkout, CardRefund, CardMovement, StripeEvent),
    *(Reminder, Mute),
    *(Change, Correction, OrderStep, StepSettlement, DistributionStep, CashCount, MovedFrom),
)
"""Every table whose rows belong to a group. (A person's ``group_id`` is only the group they look at.)"""


def _same_group() -> Iterator[Check]:
    """For every foreign key between two tables of a group: both rows are of the same one.

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


def _references(position: str) -> Check:
    """Length, symbols and check character, as ``ledger.reference.is_valid``; ``position`` finds a text in a text."""
    symbols = [
        f"{position}('{reference.ALPHABET}', substr(reference, {n + 1}, 1))" for n in range(reference.LENGTH)
    ]
    weighted = " + ".join(
        f"{weight} * ({symbol} - 1)" for weight, symbol in zip(reference.WEIGHTS, symbols, strict=True)
    )
    unknown = " OR ".join(f"{symbol} = 0" for symbol in symbols)
    return Check(
        "I8",
        "{reference} is no reference",
        f"""
        SELECT group_id, 'payment:' || id AS subject, reference FROM payments
        WHERE length(reference) <> {reference.LENGTH} OR {unknown}
            OR ({weighted}) % {len(reference.ALPHABET)} <> 0
        """,  # noqa: S608 - constants of ledger.reference
    )


CHECKS = (*_BOOKS, *_BUSINESS, *HANDOVER, *MONEY, *CARDS, *_OWNERS, *_same_group())


async def verify(session: AsyncSession) -> list[Violation]:
    """Everything that breaks an invariant; an empty list is the proof that none is broken. Pass a snapshot."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    for name in () if is_sqlite else PLANNING:  # whole tables are read here
        await session.execute(text(f"SET LOCAL {name} = on"))
    violations = await _missing_triggers(session, is_sqlite)
    for check in (*CHECKS, _references("instr" if is_sqlite else "strpos")):
        rows = (await session.execute(text(f"{check.sql} LIMIT {LIMIT}"))).mappings()
        violations += [
            Violation(check.invariant, check.what.format(**row), row["group_id"], row["subject"])
            for row in rows
        ]
    return sorted(violations, key=lambda v: (v.invariant, v.group_id or 0, v.subject))


async def _missing_triggers(session: AsyncSession, is_sqlite: bool) -> list[Violation]:
    """I2 is kept by triggers: each must be on its table, and switched on."""
    if is_sqlite:
        present = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    else:
        present = (
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled IN ('O', 'A')"
        )
    found = {(table, name) for table, name in await session.execute(text(present))}
    expected = {(table, name) for table, names in TRIGGERS.items() for name in names}
    if is_sqlite:
        expected |= {(table, name) for table, names in TRIGGERS_SQLITE.items() for name in names}
    return [
        Violation("I2", f"the trigger {name} is missing or switched off", None, f"table:{table}")
        for table, name in sorted(expected - found)
    ]
