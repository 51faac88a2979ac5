"""Mixed payments, payments that are changed for others, and members who ask for money back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ledger import db
from ledger.migrations import run_script

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
METHODS = "('cheque', 'cash', 'transfer', 'member_credit', 'card')"
WITHIN = "credit_cents BETWEEN 0 AND amount_cents"


def upgrade() -> None:
    """Add what member credit pays of a confirmation, and the tables of switches and requests."""
    _add_credit()
    op.create_index(op.f("ix_confirmations_payment_id"), "confirmations", ["payment_id"], unique=False)
    op.create_table(
        "payment_switches",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("payment_id", INT, nullable=False),
        sa.Column("replaced_by_id", INT, nullable=True),
        sa.Column("credit_before_cents", INT, nullable=False),
        sa.Column("credit_after_cents", INT, nullable=False),
        sa.Column("by_id", INT, nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "credit_before_cents >= 0 AND credit_after_cents >= 0",
            name=op.f("ck_payment_switches_credit_not_negative"),
        ),
        sa.CheckConstraint("payment_id <> replaced_by_id", name=op.f("ck_payment_switches_by_another")),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_payment_switches_by_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_payment_switches_group_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payment_switches_payment_id")),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["payments.id"], name=op.f("fk_payment_switches_replaced_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_switches")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_payment_switches_payment_id")),
        sa.UniqueConstraint("replaced_by_id", name=op.f("uq_payment_switches_replaced_by_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_payment_switches_group_id"), "payment_switches", ["group_id"], unique=False)
    op.create_table(
        "refund_requests",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("member_id", INT, nullable=False),
        sa.Column("amount_cents", INT, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("decided_by_id", INT, nullable=True),
        sa.Column("decided_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("payment_id", INT, nullable=True),
        sa.CheckConstraint(f"way IN {METHODS}", name=op.f("ck_refund_requests_way_known")),
        sa.CheckConstraint(
            "state IN ('open', 'granted', 'refused', 'withdrawn')",
            name=op.f("ck_refund_requests_state_known"),
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_refund_requests_amount_positive")),
        sa.CheckConstraint(
            "(state = 'open') = (decided_by_id IS NULL) AND (state = 'open') = (decided_at IS NULL)",
            name=op.f("ck_refund_requests_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "(state = 'granted') = (payment_id IS NOT NULL)",
            name=op.f("ck_refund_requests_granted_with_a_payment"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["members.id"], name=op.f("fk_refund_requests_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_refund_requests_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_refund_requests_member_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_refund_requests_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_requests")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_refund_requests_payment_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_refund_requests_group_id"), "refund_requests", ["group_id"], unique=False)
    op.create_index(
        "uq_refund_requests_open",
        "refund_requests",
        ["member_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    run_script(op.get_bind(), "0006")


def _add_credit() -> None:
    """Orders by member credit alone were paid by it as a whole."""
    name = op.f("ck_confirmations_credit_within_amount")
    if op.get_bind().dialect.name == "sqlite":
        # Alembic would copy the table, which others refer to; SQLite takes the CHECK along with the column.
        op.execute(
            "ALTER TABLE confirmations ADD COLUMN credit_cents INTEGER DEFAULT 0 NOT NULL\n\t"
            f"CONSTRAINT {name} CHECK ({WITHIN})\n"
        )
    else:
        column = sa.Column("credit_cents", INT, server_default=sa.text("0"), nullable=False)
        op.add_column("confirmations", column)
        op.create_check_constraint(name, "confirmations", WITHIN)
    op.execute("UPDATE confirmations SET credit_cents = amount_cents WHERE method = 'member_credit'")
