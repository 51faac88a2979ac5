"""Boards of distributions, chats the bot was put out of, chats that were upgraded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ledger import db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "boards",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("distribution_id", INT, nullable=False),
        sa.Column("chat_id", INT, nullable=False),
        sa.Column("message_thread_id", INT, nullable=True),
        sa.Column("message_id", INT, nullable=True),
        sa.Column("wanted", INT, nullable=False),
        sa.Column("shown", INT, nullable=False),
        sa.Column("pin_due", db.Flag(), nullable=False),
        sa.Column("asked_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_boards_chat_id")),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_boards_distribution_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_boards_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
        sa.UniqueConstraint("distribution_id", "chat_id", name=op.f("uq_boards_distribution_id_chat_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_boards_chat_id"), "boards", ["chat_id"], unique=False)
    op.create_index(op.f("ix_boards_group_id"), "boards", ["group_id"], unique=False)
    op.create_table(
        "left_chats",
        sa.Column("chat_id", INT, autoincrement=False, nullable=False),
        sa.Column("left_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_left_chats")),
        sqlite_strict=True,
    )
    op.create_table(
        "moved_chats",
        sa.Column("old_id", INT, autoincrement=False, nullable=False),
        sa.Column("new_id", INT, nullable=False),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_moved_chats")),
        sqlite_strict=True,
    )
