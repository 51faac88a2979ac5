"""What a payment is for: an order it refers to, the member's account, or money given back. It was a text before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ledger.migrations import run_script

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KNOWN = "purpose IN ('order', 'top_up', 'refund')"
FITS = "(purpose = 'order') = (order_id IS NOT NULL) AND (purpose = 'refund') = (amount_cents < 0)"


def upgrade() -> None:
    """Add purpose and order, filled from the text, which goes. Refused where a text names no order that is there."""
    op.add_column("payments", sa.Column("purpose", sa.Text(), server_default=sa.text("''"), nullable=False))
    # What names an order is a top-up until it refers to it; any other text is no purpose, and the CHECK says so.
    op.execute(
        "UPDATE payments SET purpose = CASE WHEN subject NOT LIKE 'order:%' THEN subject"
        " WHEN amount_cents < 0 THEN 'refund' ELSE 'top_up' END"
    )
    _add_order()
    op.execute(
        "UPDATE payments SET purpose = 'order', order_id = CAST(substr(subject, 7) AS BIGINT)"
        " WHERE subject LIKE 'order:%'"
    )
    op.drop_index(op.f("ix_payments_subject"), "payments")
    op.drop_column("payments", "subject")
    op.create_index(op.f("ix_payments_order_id"), "payments", ["order_id"], unique=False)
    run_script(op.get_bind(), "0013")


def _add_order() -> None:
    known, fits = op.f("ck_payments_purpose_known"), op.f("ck_payments_purpose_fits")
    order = op.f("fk_payments_order_id")
    if op.get_bind().dialect.name == "sqlite":
        # Alembic would copy the table, which others refer to; SQLite takes reference and CHECKs along with the column.
        op.execute(
            "ALTER TABLE payments ADD COLUMN order_id INTEGER\n\t"
            f"CONSTRAINT {known} CHECK ({KNOWN})\n\tCONSTRAINT {fits} CHECK ({FITS})\n\t"
            f"CONSTRAINT {order} REFERENCES orders (id)"
        )
    else:
        op.add_column("payments", sa.Column("order_id", INT, nullable=True))
        op.create_foreign_key(order, "payments", "orders", ["order_id"], ["id"])
        op.create_check_constraint(known, "payments", KNOWN)
        op.create_check_constraint(fits, "payments", FITS)
