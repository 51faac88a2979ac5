"""Payments that take days, and what a movement at Stripe means by its own category."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ledger import db
from ledger.migrations import run_script

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what was written down before gets the category of its type."""
    op.add_column("payments", sa.Column("under_way_since", db.UtcDateTime(timezone=True), nullable=True))
    op.add_column(
        "card_movements", sa.Column("category", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    run_script(op.get_bind(), "0010")
    op.create_index(op.f("ix_card_movements_checkout_id"), "card_movements", ["checkout_id"], unique=False)
