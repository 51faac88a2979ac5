"""How much more of a product was ordered than there was when it was counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOT_NEGATIVE = "short_milli >= 0"


def upgrade() -> None:
    """Add the column; nothing is short so far."""
    name = op.f("ck_products_short_not_negative")
    if op.get_bind().dialect.name == "sqlite":
        # Alembic would copy the table, which others refer to; SQLite takes the CHECK along with the column.
        op.execute(
            "ALTER TABLE products ADD COLUMN short_milli INTEGER DEFAULT 0 NOT NULL\n\t"
            f"CONSTRAINT {name} CHECK ({NOT_NEGATIVE})\n"
        )
    else:
        op.add_column("products", sa.Column("short_milli", INT, server_default=sa.text("0"), nullable=False))
        op.create_check_constraint(name, "products", NOT_NEGATIVE)
