"""Updates that wait are taken in turns, one person after another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the turn, the order by it, and the way to those that were too many. What waits now keeps its order."""
    op.add_column("inbox", sa.Column("turn", INT, server_default="0", nullable=False))
    undone, overflow = sa.text("done_at IS NULL"), sa.text("error = 'overflow'")
    op.drop_index("ix_inbox_undone_order", table_name="inbox")
    op.create_index(
        "ix_inbox_undone_order", "inbox", ["turn", "id"], sqlite_where=undone, postgresql_where=undone
    )
    op.create_index(
        "ix_inbox_overflow",
        "inbox",
        ["sender_id", "received_at"],
        sqlite_where=overflow,
        postgresql_where=overflow,
    )
