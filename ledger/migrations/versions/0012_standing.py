"""Members who were taken out by a coordinator, or put out of the chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ledger import db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COLUMNS = ("taken_out_at", "asked_back_at", "put_out_at", "kept_at")


def upgrade() -> None:
    """Add the moments; who left before may have left by themselves, so they come back as before."""
    for name in COLUMNS:
        op.add_column("members", sa.Column(name, db.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Nobody knows any more who was taken out."""
    for name in reversed(COLUMNS):
        op.drop_column("members", name)
