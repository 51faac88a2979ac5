"""Card payments: accounts at Stripe, checkouts, refunds, what moved at Stripe, and its events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ledger import db
from ledger.migrations import run_script

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables of card payments, and whether a group takes cards."""
    op.create_table(
        "card_accounts",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=True),
        sa.Column("key_hint", sa.Text(), nullable=False),
        sa.Column("key_since", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("stripe_account", sa.Text(), nullable=True),
        sa.Column("livemode", db.Flag(), nullable=False),
        sa.Column("added_by_id", INT, nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("retired_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("look_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("looked_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["members.id"], name=op.f("fk_card_accounts_added_by_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_card_accounts_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_accounts")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_card_accounts_group_id"), "card_accounts", ["group_id"], unique=False)
    op.create_index(op.f("ix_card_accounts_look_at"), "card_accounts", ["look_at"], unique=False)
    op.create_index(
        "uq_card_accounts_in_use",
        "card_accounts",
        ["group_id"],
        unique=True,
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "card_movements",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("account_id", INT, nullable=False),
        sa.Column("stripe_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("amount_cents", INT, nullable=False),
        sa.Column("fee_cents", INT, nullable=False),
        sa.Column("is_ours", db.Flag(), nullable=False),
        sa.Column("transaction_id", INT, nullable=True),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["card_accounts.id"], name=op.f("fk_card_movements_account_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_card_movements_group_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_card_movements_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_movements")),
        sa.UniqueConstraint("account_id", "stripe_id", name=op.f("uq_card_movements_account_id_stripe_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_card_movements_group_id"), "card_movements", ["group_id"], unique=False)
    op.create_index(op.f("ix_card_movements_source"), "card_movements", ["source"], unique=False)
    op.create_table(
        "checkouts",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("payment_id", INT, nullable=False),
        sa.Column("account_id", INT, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("amount_cents", INT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stripe_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("payment_intent", sa.Text(), nullable=True),
        sa.Column("declined", sa.Text(), nullable=True),
        sa.Column("disputed_cents", INT, nullable=False),
        sa.Column("tell", db.Flag(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("look_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("looks", INT, nullable=False),
        sa.CheckConstraint(
            "state <> 'open' OR (stripe_id IS NOT NULL AND url IS NOT NULL)",
            name=op.f("ck_checkouts_open_has_a_link"),
        ),
        sa.CheckConstraint(
            "state <> 'open' OR look_at IS NOT NULL", name=op.f("ck_checkouts_open_is_looked_at")
        ),
        sa.CheckConstraint(
            "state IN ('wanted', 'open') OR look_at IS NULL", name=op.f("ck_checkouts_over_is_not_looked_at")
        ),
        sa.CheckConstraint(
            "state IN ('wanted', 'open', 'paid', 'closed')", name=op.f("ck_checkouts_state_known")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_checkouts_amount_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["card_accounts.id"], name=op.f("fk_checkouts_account_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_checkouts_group_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_checkouts_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkouts")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_checkouts_stripe_id")),
        sa.UniqueConstraint("token", name=op.f("uq_checkouts_token")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_checkouts_group_id"), "checkouts", ["group_id"], unique=False)
    op.create_index(op.f("ix_checkouts_look_at"), "checkouts", ["look_at"], unique=False)
    op.create_index(op.f("ix_checkouts_payment_id"), "checkouts", ["payment_id"], unique=False)
    op.create_index(op.f("ix_checkouts_payment_intent"), "checkouts", ["payment_intent"], unique=False)
    op.create_index(
        "uq_checkouts_live",
        "checkouts",
        ["payment_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('wanted', 'open')"),
        postgresql_where=sa.text("state IN ('wanted', 'open')"),
    )
    op.create_index(
        "uq_checkouts_paid",
        "checkouts",
        ["payment_id"],
        unique=True,
        sqlite_where=sa.text("state = 'paid'"),
        postgresql_where=sa.text("state = 'paid'"),
    )
    op.create_table(
        "stripe_events",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("account_id", INT, nullable=False),
        sa.Column("stripe_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", db.Json(), nullable=False),
        sa.Column("received_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["card_accounts.id"], name=op.f("fk_stripe_events_account_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_stripe_events_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_events")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_stripe_events_stripe_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stripe_events_group_id"), "stripe_events", ["group_id"], unique=False)
    op.create_index(
        "ix_stripe_events_undone",
        "stripe_events",
        ["id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "card_refunds",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("checkout_id", INT, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("amount_cents", INT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stripe_id", sa.Text(), nullable=True),
        sa.Column("payment_id", INT, nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("look_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("looks", INT, nullable=False),
        sa.CheckConstraint(
            "(state = 'wanted') = (look_at IS NOT NULL)", name=op.f("ck_card_refunds_wanted_is_looked_at")
        ),
        sa.CheckConstraint("state IN ('wanted', 'made', 'failed')", name=op.f("ck_card_refunds_state_known")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_card_refunds_amount_positive")),
        sa.ForeignKeyConstraint(["checkout_id"], ["checkouts.id"], name=op.f("fk_card_refunds_checkout_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_card_refunds_group_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_card_refunds_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_refunds")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_card_refunds_payment_id")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_card_refunds_stripe_id")),
        sa.UniqueConstraint("token", name=op.f("uq_card_refunds_token")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_card_refunds_checkout_id"), "card_refunds", ["checkout_id"], unique=False)
    op.create_index(op.f("ix_card_refunds_group_id"), "card_refunds", ["group_id"], unique=False)
    op.create_index(op.f("ix_card_refunds_look_at"), "card_refunds", ["look_at"], unique=False)
    op.add_column("groups", sa.Column("takes_cards", db.Flag(), server_default=sa.false(), nullable=False))
    run_script(op.get_bind(), "0007")
