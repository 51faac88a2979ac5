"""Which product a change corrected for everybody: its price is the day's for whatever is ordered later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column. Of what was changed before, nobody knows any more whether it was for everybody."""
    if op.get_bind().dialect.name == "sqlite":
        # Alembic would copy the table, which others refer to; SQLite takes the reference along with the column.
        op.execute("ALTER TABLE changes ADD COLUMN product_id INTEGER REFERENCES products (id)")
    else:
        op.add_column("changes", sa.Column("product_id", INT, nullable=True))
        name = op.f("fk_changes_product_id")
        op.create_foreign_key(name, "changes", "products", ["product_id"], ["id"])
