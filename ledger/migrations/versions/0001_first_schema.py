"""The first schema: books, groups, catalogue, orders, payments, delivery."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ledger import db
from ledger.migrations import run_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table, then the triggers that guard the books."""
    op.create_table(
        "conversations",
        sa.Column("chat_id", INT, autoincrement=False, nullable=False),
        sa.Column("user_id", INT, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("data", db.Json(), nullable=False),
        sa.Column("revision", INT, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "user_id", name=op.f("pk_conversations")),
        sqlite_strict=True,
    )
    op.create_table(
        "groups",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("payments_enabled", db.Flag(), nullable=False),
        sa.Column("methods", db.Json(), nullable=False),
        sa.Column("negative_balances", db.Flag(), nullable=False),
        sa.Column("payee_name", sa.Text(), nullable=True),
        sa.Column("iban", sa.Text(), nullable=True),
        sa.Column("account_holder", sa.Text(), nullable=True),
        sa.Column("join_policy", sa.Text(), nullable=False),
        sa.Column("invitation", sa.Text(), nullable=False),
        sa.Column("coordinator_invitation", sa.Text(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("join_policy IN ('chat', 'link')", name=op.f("ck_groups_join_policy_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("coordinator_invitation", name=op.f("uq_groups_coordinator_invitation")),
        sa.UniqueConstraint("invitation", name=op.f("uq_groups_invitation")),
        sqlite_strict=True,
    )
    op.create_table(
        "inbox",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("bot_id", INT, nullable=False),
        sa.Column("update_id", INT, nullable=False),
        sa.Column("sender_id", INT, nullable=False),
        sa.Column("payload", db.Json(), nullable=False),
        sa.Column("received_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", INT, nullable=False),
        sa.Column("not_before", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("done_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("bot_id", "update_id", name=op.f("uq_inbox_bot_id_update_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_inbox_undone",
        "inbox",
        ["sender_id", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "ix_inbox_undone_order",
        "inbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
        sqlite_strict=True,
    )
    op.create_table(
        "outbox",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("bot_id", INT, nullable=False),
        sa.Column("chat_id", INT, nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("payload", db.Json(), nullable=False),
        sa.Column("collapse_key", sa.Text(), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sent_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("message_id", INT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_outbox_collapse",
        "outbox",
        ["collapse_key"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_queued",
        "outbox",
        ["bot_id", "id"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "accounts",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner_id", INT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("balance_cents", INT, nullable=False),
        sa.Column("last_seq", INT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('members', 'producers', 'cash', 'cheques', 'bank', 'card', 'card-fees', 'write-offs', 'adjustments', 'opening')",
            name=op.f("ck_accounts_kind_known"),
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_accounts_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("group_id", "kind", "owner_id", name=op.f("uq_accounts_group_id_kind_owner_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_accounts_group_id"), "accounts", ["group_id"], unique=False)
    op.create_table(
        "catalogue_uploads",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("rows", db.Json(), nullable=False),
        sa.Column("uploaded_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("imported_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_catalogue_uploads_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_uploads")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_catalogue_uploads_group_id"), "catalogue_uploads", ["group_id"], unique=False)
    op.create_table(
        "chats",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("telegram_id", INT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('members', 'coordinators')", name=op.f("ck_chats_kind_known")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_chats_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_chats_telegram_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_chats_group_id"), "chats", ["group_id"], unique=False)
    op.create_table(
        "distributions",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("starts_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opens_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closes_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_distributions_opens_before_it_closes")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_distributions_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distributions")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_distributions_group_id"), "distributions", ["group_id"], unique=False)
    op.create_table(
        "people",
        sa.Column("id", INT, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("group_id", INT, nullable=True),
        sa.Column("started_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("blocked_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_people_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_people_username"), "people", ["username"], unique=False)
    op.create_table(
        "producers",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_producers_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_producers")),
        sa.UniqueConstraint("group_id", "name_key", name=op.f("uq_producers_group_id_name_key")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_producers_group_id"), "producers", ["group_id"], unique=False)
    op.create_table(
        "transactions",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("reverses_id", INT, nullable=True),
        sa.Column("dated", db.Day(), nullable=False),
        sa.Column("recorded_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", INT, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_transactions_group_id")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["transactions.id"], name=op.f("fk_transactions_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("group_id", "key", name=op.f("uq_transactions_group_id_key")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_transactions_reverses_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_transactions_group_id"), "transactions", ["group_id"], unique=False)
    op.create_index(
        op.f("ix_transactions_group_id_subject"), "transactions", ["group_id", "subject"], unique=False
    )
    op.create_table(
        "members",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("person_id", INT, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_coordinator", db.Flag(), nullable=False),
        sa.Column("is_treasurer", db.Flag(), nullable=False),
        sa.Column("joined_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("left_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_members_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_members_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("group_id", "person_id", name=op.f("uq_members_group_id_person_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_members_group_id"), "members", ["group_id"], unique=False)
    op.create_index(op.f("ix_members_person_id"), "members", ["person_id"], unique=False)
    op.create_table(
        "products",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("producer_id", INT, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("price_cents", INT, nullable=False),
        sa.Column("vat_rate", INT, nullable=False),
        sa.Column("stock_milli", INT, nullable=True),
        sa.Column("weighed", db.Flag(), nullable=False),
        sa.Column("available", db.Flag(), nullable=False),
        sa.CheckConstraint("price_cents > 0", name=op.f("ck_products_price_positive")),
        sa.CheckConstraint("stock_milli >= 0", name=op.f("ck_products_stock_not_negative")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_products_group_id")),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_products_producer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint(
            "group_id", "producer_id", "name_key", name=op.f("uq_products_group_id_producer_id_name_key")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_products_group_id"), "products", ["group_id"], unique=False)
    op.create_table(
        "transfers",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("transaction_id", INT, nullable=False),
        sa.Column("debit_account_id", INT, nullable=False),
        sa.Column("credit_account_id", INT, nullable=False),
        sa.Column("amount_cents", INT, nullable=False),
        sa.Column("within_credit", db.Flag(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_transfers_amount_positive")),
        sa.CheckConstraint("debit_account_id <> credit_account_id", name=op.f("ck_transfers_two_accounts")),
        sa.ForeignKeyConstraint(
            ["credit_account_id"], ["accounts.id"], name=op.f("fk_transfers_credit_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["debit_account_id"], ["accounts.id"], name=op.f("fk_transfers_debit_account_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_transfers_group_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_transfers_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_transfers_transaction_id"), "transfers", ["transaction_id"], unique=False)
    op.create_table(
        "baskets",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("member_id", INT, nullable=False),
        sa.Column("distribution_id", INT, nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_baskets_distribution_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_baskets_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_baskets_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baskets")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_baskets_group_id"), "baskets", ["group_id"], unique=False)
    op.create_index(
        "uq_baskets_open",
        "baskets",
        ["member_id", "distribution_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "orders",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("member_id", INT, nullable=False),
        sa.Column("distribution_id", INT, nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_orders_distribution_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_orders_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_orders_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_orders_distribution_id"), "orders", ["distribution_id"], unique=False)
    op.create_index(op.f("ix_orders_group_id"), "orders", ["group_id"], unique=False)
    op.create_index(
        "uq_orders_live",
        "orders",
        ["member_id", "distribution_id"],
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_table(
        "payments",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("member_id", INT, nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("amount_cents", INT, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("dated", db.Day(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("entered_by_id", INT, nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "method IN ('cheque', 'cash', 'transfer', 'member_credit', 'card')",
            name=op.f("ck_payments_method_known"),
        ),
        sa.CheckConstraint(
            "state IN ('expected', 'received', 'refused', 'cancelled')", name=op.f("ck_payments_state_known")
        ),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_payments_amount_not_zero")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["members.id"], name=op.f("fk_payments_entered_by_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_payments_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_payments_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("reference", name=op.f("uq_payments_reference")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_payments_group_id"), "payments", ["group_id"], unique=False)
    op.create_index(op.f("ix_payments_group_id_state"), "payments", ["group_id", "state"], unique=False)
    op.create_index(op.f("ix_payments_member_id_state"), "payments", ["member_id", "state"], unique=False)
    op.create_index(op.f("ix_payments_subject"), "payments", ["subject"], unique=False)
    op.create_table(
        "postings",
        sa.Column("account_id", INT, autoincrement=False, nullable=False),
        sa.Column("seq", INT, autoincrement=False, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("transaction_id", INT, nullable=False),
        sa.Column("transfer_id", INT, nullable=False),
        sa.Column("amount_cents", INT, nullable=False),
        sa.Column("balance_after_cents", INT, nullable=False),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_postings_amount_not_zero")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_postings_account_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_postings_transaction_id")
        ),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name=op.f("fk_postings_transfer_id")),
        sa.PrimaryKeyConstraint("account_id", "seq", name=op.f("pk_postings")),
        sa.UniqueConstraint("transfer_id", "account_id", name=op.f("uq_postings_transfer_id_account_id")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "basket_lines",
        sa.Column("basket_id", INT, autoincrement=False, nullable=False),
        sa.Column("product_id", INT, autoincrement=False, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("quantity_milli", INT, nullable=False),
        sa.CheckConstraint("quantity_milli > 0", name=op.f("ck_basket_lines_quantity_positive")),
        sa.ForeignKeyConstraint(["basket_id"], ["baskets.id"], name=op.f("fk_basket_lines_basket_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_basket_lines_product_id")),
        sa.PrimaryKeyConstraint("basket_id", "product_id", name=op.f("pk_basket_lines")),
        sqlite_strict=True,
    )
    op.create_table(
        "confirmations",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("order_id", INT, nullable=False),
        sa.Column("basket_id", INT, nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("amount_cents", INT, nullable=False),
        sa.Column("payment_id", INT, nullable=True),
        sa.Column("transaction_id", INT, nullable=True),
        sa.Column("confirmed_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "method IN ('cheque', 'cash', 'transfer', 'member_credit', 'card')",
            name=op.f("ck_confirmations_method_known"),
        ),
        sa.ForeignKeyConstraint(["basket_id"], ["baskets.id"], name=op.f("fk_confirmations_basket_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_confirmations_group_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_confirmations_order_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_confirmations_payment_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_confirmations_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sa.UniqueConstraint("basket_id", name=op.f("uq_confirmations_basket_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_confirmations_group_id"), "confirmations", ["group_id"], unique=False)
    op.create_index(op.f("ix_confirmations_order_id"), "confirmations", ["order_id"], unique=False)
    op.create_table(
        "settlements",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("payment_id", INT, nullable=False),
        sa.Column("step", INT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_cents", INT, nullable=True),
        sa.Column("transaction_id", INT, nullable=True),
        sa.Column("by_id", INT, nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'received') = (amount_cents IS NOT NULL)",
            name=op.f("ck_settlements_received_has_an_amount"),
        ),
        sa.CheckConstraint(
            "(kind = 'undone') = (step % 2 = 0)", name=op.f("ck_settlements_settle_then_undo")
        ),
        sa.CheckConstraint(
            "kind IN ('received', 'refused', 'cancelled', 'undone')", name=op.f("ck_settlements_kind_known")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_settlements_by_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_settlements_group_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_settlements_payment_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_settlements_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
        sa.UniqueConstraint("payment_id", "step", name=op.f("uq_settlements_payment_id_step")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_settlements_group_id"), "settlements", ["group_id"], unique=False)
    op.create_table(
        "order_lines",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("order_id", INT, nullable=False),
        sa.Column("confirmation_id", INT, nullable=False),
        sa.Column("product_id", INT, nullable=False),
        sa.Column("producer_id", INT, nullable=False),
        sa.Column("product_name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("price_cents", INT, nullable=False),
        sa.Column("vat_rate", INT, nullable=False),
        sa.Column("quantity_milli", INT, nullable=False),
        sa.Column("amount_cents", INT, nullable=False),
        sa.CheckConstraint("quantity_milli > 0", name=op.f("ck_order_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["confirmation_id"], ["confirmations.id"], name=op.f("fk_order_lines_confirmation_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_order_lines_group_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_order_lines_producer_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_order_lines_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_order_lines_confirmation_id"), "order_lines", ["confirmation_id"], unique=False)
    op.create_index(op.f("ix_order_lines_group_id"), "order_lines", ["group_id"], unique=False)
    op.create_index(op.f("ix_order_lines_order_id"), "order_lines", ["order_id"], unique=False)
    run_script(op.get_bind(), "0001")
