"""Reminders: what is due to whom and was sent, what members mute; personal invitations of members without Telegram."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ledger import db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = "kind IN ('opened', 'closing', 'eve', 'summary', 'unvalidated', 'closed')"


def upgrade() -> None:
    """Add the tables of reminders, and the column of members' own invitations."""
    op.create_table(
        "reminders",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.Column("distribution_id", INT, nullable=False),
        sa.Column("member_id", INT, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("due_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_reminders_kind_known")),
        sa.CheckConstraint(
            "outcome IN ('sent', 'muted', 'needless', 'late', 'undeliverable')",
            name=op.f("ck_reminders_outcome_known"),
        ),
        sa.CheckConstraint(
            "(kind = 'closed') = (member_id IS NULL)", name=op.f("ck_reminders_closed_is_for_no_member")
        ),
        sa.CheckConstraint(
            "(done_at IS NULL) = (outcome IS NULL)", name=op.f("ck_reminders_done_with_an_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_reminders_distribution_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_reminders_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_reminders_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint(
            "kind",
            "distribution_id",
            "member_id",
            "slot",
            name=op.f("uq_reminders_kind_distribution_id_member_id_slot"),
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_reminders_distribution_id"), "reminders", ["distribution_id"], unique=False)
    op.create_index(op.f("ix_reminders_group_id"), "reminders", ["group_id"], unique=False)
    op.create_index(
        "ix_reminders_waiting",
        "reminders",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "uq_reminders_memberless",
        "reminders",
        ["kind", "distribution_id", "slot"],
        unique=True,
        sqlite_where=sa.text("member_id IS NULL"),
        postgresql_where=sa.text("member_id IS NULL"),
    )
    op.create_table(
        "reminder_mutes",
        sa.Column("member_id", INT, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("group_id", INT, nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_reminder_mutes_kind_known")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_reminder_mutes_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_reminder_mutes_member_id")),
        sa.PrimaryKeyConstraint("member_id", "kind", name=op.f("pk_reminder_mutes")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_reminder_mutes_group_id"), "reminder_mutes", ["group_id"], unique=False)
    op.add_column("members", sa.Column("invitation", sa.Text(), nullable=True))
    op.create_index("uq_members_invitation", "members", ["invitation"], unique=True)
