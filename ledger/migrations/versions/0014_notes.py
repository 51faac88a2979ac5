"""What people typed moves into rows that can be erased; rows that are never changed keep its id."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from ledger import db
from ledger.migrations import run_script

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOVED = (
    ("payments", "note", "note_id"),
    ("refund_requests", "note", "note_id"),
    ("refund_requests", "answer", "answer_id"),
    ("cash_counts", "reason", "reason_id"),
    ("transactions", "note", "note_id"),
)
"""Each column of text, and the one that takes its place."""

GUARDS = {"transactions": "transactions_immutable", "refund_requests": "refund_requests_decided_once"}
"""The triggers that refuse this, lifted while it is done; the script puts them back."""


def upgrade() -> None:
    """Lift the guards, move every text, put the guards back, and drop the columns."""
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    _create_notes()
    for table, name in GUARDS.items():
        op.execute(f"DROP TRIGGER {name}" if is_sqlite else f"DROP TRIGGER {name} ON {table}")
    for table, _, new in MOVED:
        reference = f"CONSTRAINT fk_{table}_{new} REFERENCES notes (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {new} {'INTEGER' if is_sqlite else 'BIGINT'} {reference}")
    _move_transactions(connection, _move_columns(connection))
    run_script(connection, "0014")
    for table, old, _ in MOVED:
        # Alembic would copy the table, which others refer to.
        op.execute(f"ALTER TABLE {table} DROP COLUMN {old}")


def _create_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("member_id", INT, nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("erased_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(text IS NULL) = (erased_at IS NOT NULL)", name=op.f("ck_notes_there_or_erased")),
        sa.CheckConstraint("trim(text) <> ''", name=op.f("ck_notes_not_blank")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_notes_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_notes_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_notes_group_id"), "notes", ["group_id"], unique=False)
    op.create_index(op.f("ix_notes_member_id"), "notes", ["member_id"], unique=False)


def _move_columns(connection: sa.Connection) -> dict[int, str]:
    """Moves what stands outside the books; what was typed, by the note's id."""
    said: dict[int, str] = {}
    for table, old, new in MOVED[:-1]:
        member = "NULL" if table == "cash_counts" else "member_id"
        found = connection.execute(
            sa.text(f"SELECT id, group_id, {member}, {old} FROM {table} WHERE {old} IS NOT NULL ORDER BY id")  # noqa: S608
        ).all()
        for row_id, group_id, member_id, typed in found:
            note_id = _keep(connection, said, group_id, member_id, typed)
            update = f"UPDATE {table} SET {new} = :note_id WHERE id = :row_id"  # noqa: S608
            connection.execute(sa.text(update), {"note_id": note_id, "row_id": row_id})
    return said


def _keep(
    connection: sa.Connection, said: dict[int, str], group_id: int, member_id: int | None, typed: str
) -> int | None:
    """The id of a new note; none for what was blank."""
    if not typed.strip():
        return None
    insert = (
        "INSERT INTO notes (group_id, member_id, text) VALUES (:group_id, :member_id, :typed) RETURNING id"
    )
    values = {"group_id": group_id, "member_id": member_id, "typed": typed.strip()}
    note_id = int(connection.execute(sa.text(insert), values).scalar_one())
    said[note_id] = typed.strip()
    return note_id


def _move_transactions(connection: sa.Connection, said: dict[int, str]) -> None:
    """Moves what stands in the books, and takes it out of the digests of what was posted.

    A payment and its transaction, a count and its, a gift and what took it back share one note. A product's name (kept by the
    corrected line) and Stripe's code (kept by the movement) were typed by nobody: they are left out.
    """
    of_payments = _ids(connection, "SELECT id, note_id FROM payments WHERE note_id IS NOT NULL")
    of_counts = _ids(
        connection, "SELECT transaction_id, reason_id FROM cash_counts WHERE reason_id IS NOT NULL"
    )
    moved: dict[int, int | None] = {}
    for one in connection.execute(
        sa.text("SELECT * FROM transactions WHERE note IS NOT NULL ORDER BY id")
    ).all():
        about, _, number = (one.subject or "").partition(":")
        if one.kind == "correction" or one.key.startswith("card:") or moved.get(one.reverses_id, 0) is None:
            note_id = None
        else:
            shared = of_counts.get(one.id) or moved.get(one.reverses_id)
            shared = shared or (of_payments.get(int(number)) if about == "payment" else None)
            note_id = shared if shared and said[shared] == one.note.strip() else None
            member_id = int(number) if about == "member" else None
            note_id = note_id or _keep(connection, said, one.group_id, member_id, one.note)
        moved[one.id] = note_id
        connection.execute(
            sa.text("UPDATE transactions SET note_id = :note_id, input_hash = :digest WHERE id = :id"),
            {"note_id": note_id, "digest": _digest(connection, one, note_id), "id": one.id},
        )


def _ids(connection: sa.Connection, select: str) -> dict[int, int]:
    return {row_id: note_id for row_id, note_id in connection.execute(sa.text(select))}  # noqa: C416


def _digest(connection: sa.Connection, one: sa.Row[Any], note_id: int | None) -> str:
    """What ``input_hash`` is when the note's id stands where its text stood.

    Whether the day was chosen or left to the clock is in the digest too: the one that gives the old digest is right.
    """
    legs = connection.execute(
        sa.text(
            "SELECT debit_account_id, credit_account_id, amount_cents, within_credit"
            " FROM transfers WHERE transaction_id = :id ORDER BY id"
        ),
        {"id": one.id},
    )
    moves = [(debit, credit, cents, bool(within)) for debit, credit, cents, within in legs]
    chosen = one.dated if isinstance(one.dated, str) else one.dated.isoformat()

    def digest(dated: str | None, note: str | int | None) -> str:
        values = [one.kind, moves, one.subject, dated, one.actor_id, note, one.reverses_id]
        return hashlib.sha256(json.dumps(values).encode()).hexdigest()

    return digest(chosen if digest(chosen, one.note) == one.input_hash else None, note_id)
