"""A table for wishes."""

import sqlalchemy as sa
from alembic import op

from ledger import db

revision = "9999"
down_revision = "HEAD"  # a real one names the newest
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Creates it."""
    op.create_table(
        "wishes",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("made_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_wishes_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wishes")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_wishes_group_id"), "wishes", ["group_id"], unique=False)
