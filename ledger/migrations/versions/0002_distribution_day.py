"""Distribution day: corrections, validations, the till, moved and cancelled distributions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ledger import db
from ledger.migrations import run_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables of distribution day, and what keeps their rows."""
    op.create_table(
        "cash_counts",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("distribution_id", INT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("counted_cents", INT, nullable=False),
        sa.Column("expected_cents", INT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("transaction_id", INT, nullable=True),
        sa.Column("by_id", INT, nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('opening', 'closing')", name=op.f("ck_cash_counts_kind_known")),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_cash_counts_by_id")),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_cash_counts_distribution_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_cash_counts_group_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_cash_counts_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_counts")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_cash_counts_distribution_id"), "cash_counts", ["distribution_id"], unique=False)
    op.create_index(op.f("ix_cash_counts_group_id"), "cash_counts", ["group_id"], unique=False)
    op.create_table(
        "changes",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("distribution_id", INT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("undoes_id", INT, nullable=True),
        sa.Column("by_id", INT, nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'undo') = (undoes_id IS NOT NULL)", name=op.f("ck_changes_undo_names_what_it_undoes")
        ),
        sa.CheckConstraint("kind IN ('delivered', 'price', 'undo')", name=op.f("ck_changes_kind_known")),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_changes_by_id")),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_changes_distribution_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_changes_group_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["changes.id"], name=op.f("fk_changes_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_changes_undoes_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_changes_distribution_id"), "changes", ["distribution_id"], unique=False)
    op.create_index(op.f("ix_changes_group_id"), "changes", ["group_id"], unique=False)
    op.create_table(
        "distribution_steps",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("distribution_id", INT, nullable=False),
        sa.Column("step", INT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("left_open", INT, nullable=False),
        sa.Column("by_id", INT, nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'undone') = (step % 2 = 0)", name=op.f("ck_distribution_steps_validate_then_undo")
        ),
        sa.CheckConstraint("kind IN ('validated', 'undone')", name=op.f("ck_distribution_steps_kind_known")),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_distribution_steps_by_id")),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_distribution_steps_distribution_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_distribution_steps_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution_steps")),
        sa.UniqueConstraint(
            "distribution_id", "step", name=op.f("uq_distribution_steps_distribution_id_step")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_distribution_steps_group_id"), "distribution_steps", ["group_id"], unique=False)
    op.create_table(
        "moved_from",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("distribution_id", INT, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("starts_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closes_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", INT, nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_moved_from_by_id")),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_moved_from_distribution_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_moved_from_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved_from")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_moved_from_distribution_id"), "moved_from", ["distribution_id"], unique=False)
    op.create_index(op.f("ix_moved_from_group_id"), "moved_from", ["group_id"], unique=False)
    op.create_table(
        "order_steps",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("order_id", INT, nullable=False),
        sa.Column("step", INT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by_id", INT, nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'undone') = (step % 2 = 0)", name=op.f("ck_order_steps_validate_then_undo")
        ),
        sa.CheckConstraint("kind IN ('validated', 'undone')", name=op.f("ck_order_steps_kind_known")),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_order_steps_by_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_order_steps_group_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_steps_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_steps")),
        sa.UniqueConstraint("order_id", "step", name=op.f("uq_order_steps_order_id_step")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_order_steps_group_id"), "order_steps", ["group_id"], unique=False)
    op.create_table(
        "step_settlements",
        sa.Column("order_step_id", INT, autoincrement=False, nullable=False),
        sa.Column("settlement_id", INT, autoincrement=False, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_step_id"], ["order_steps.id"], name=op.f("fk_step_settlements_order_step_id")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlements.id"], name=op.f("fk_step_settlements_settlement_id")
        ),
        sa.PrimaryKeyConstraint("order_step_id", "settlement_id", name=op.f("pk_step_settlements")),
        sa.UniqueConstraint("settlement_id", name=op.f("uq_step_settlements_settlement_id")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_step_settlements_order_step_id"), "step_settlements", ["order_step_id"], unique=False
    )
    op.create_table(
        "corrections",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("change_id", INT, nullable=False),
        sa.Column("order_line_id", INT, nullable=False),
        sa.Column("step", INT, nullable=False),
        sa.Column("quantity_milli", INT, nullable=False),
        sa.Column("price_cents", INT, nullable=False),
        sa.Column("amount_cents", INT, nullable=False),
        sa.Column("transaction_id", INT, nullable=True),
        sa.CheckConstraint("price_cents > 0", name=op.f("ck_corrections_price_positive")),
        sa.CheckConstraint("quantity_milli >= 0", name=op.f("ck_corrections_quantity_not_negative")),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"], name=op.f("fk_corrections_change_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_corrections_group_id")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_corrections_order_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_corrections_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("order_line_id", "step", name=op.f("uq_corrections_order_line_id_step")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_corrections_change_id"), "corrections", ["change_id"], unique=False)
    op.create_index(op.f("ix_corrections_group_id"), "corrections", ["group_id"], unique=False)
    op.add_column("distributions", sa.Column("cancelled_at", db.UtcDateTime(timezone=True), nullable=True))
    run_script(op.get_bind(), "0002")
