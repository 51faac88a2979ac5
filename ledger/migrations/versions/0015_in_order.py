"""Indexes that give rows in the order in which they are asked for."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LONGER = {
    "payments": (["order_id"], ["member_id", "state"], ["group_id", "state"]),
    "orders": (["distribution_id"],),
    "order_lines": (["order_id"],),
    "confirmations": (["order_id"],),
}
"""Indexes that the row's number follows now, by table: their columns before."""


def upgrade() -> None:
    """Make them. Told to keep to indexes, PostgreSQL would read all there is in the order of another one."""
    for table, several in LONGER.items():
        for columns in several:
            op.drop_index(op.f("_".join(["ix", table, *columns])), table)
            op.create_index(
                op.f("_".join(["ix", table, *columns, "id"])), table, [*columns, "id"], unique=False
            )
    op.create_index(
        op.f("ix_orders_group_id_distribution_id"), "orders", ["group_id", "distribution_id"], unique=False
    )
