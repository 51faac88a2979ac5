"""The triggers that keep the books from being changed, and whether each of them is there."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.verify.check import Violation

TRIGGERS = {
    "accounts": ("accounts_follow_postings", "accounts_kept", "accounts_start_empty"),
    "card_movements": ("card_movements_immutable", "card_movements_kept"),
    "card_refunds": ("card_refunds_end_once", "card_refunds_immutable", "card_refunds_kept"),
    "checkouts": (
        "checkouts_bring_a_payment",
        "checkouts_end_once",
        "checkouts_immutable",
        "checkouts_kept",
        "checkouts_start_wanted",
    ),
    "corrections": ("corrections_immutable",),
    "notes": ("notes_erased_only", "notes_kept"),
    "order_lines": ("order_lines_immutable",),
    "order_steps": ("order_steps_immutable",),
    "payment_switches": ("payment_switches_follow", "payment_switches_immutable"),
    "payments": (
        "payments_follow_settlements",
        "payments_immutable",
        "payments_kept",
        "payments_start_expected",
    ),
    "postings": ("postings_by_transfers_only", "postings_immutable"),
    "refund_requests": ("refund_requests_decided_once", "refund_requests_kept"),
    "settlements": (
        "settlements_end_with_a_switch",
        "settlements_follow",
        "settlements_immutable",
        "settlements_keep_card_money",
        "settlements_settle",
    ),
    "stripe_events": ("stripe_events_done_once", "stripe_events_kept"),
    "transactions": ("transactions_immutable",),
    "transfers": ("transfers_immutable", "transfers_posted"),
}
"""The triggers both databases have, by table."""

TRIGGERS_SQLITE = {
    "corrections": ("corrections_kept",),
    "order_lines": ("order_lines_kept",),
    "order_steps": ("order_steps_kept",),
    "payment_switches": ("payment_switches_kept",),
    "postings": ("postings_kept",),
    "settlements": ("settlements_kept",),
    "transactions": ("transactions_kept",),
    "transfers": ("transfers_checked", "transfers_kept"),
}
"""Those that SQLite has besides, since a trigger there is for one kind of change only."""


async def missing_triggers(session: AsyncSession, is_sqlite: bool) -> list[Violation]:
    """Finds what is missing of the triggers that keep I2: each must be on its table, and switched on."""
    if is_sqlite:
        present = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    else:
        present = (
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled IN ('O', 'A')"
        )
    found = {(table, name) for table, name in await session.execute(text(present))}
    expected = {(table, name) for table, names in TRIGGERS.items() for name in names}
    if is_sqlite:
        expected |= {(table, name) for table, names in TRIGGERS_SQLITE.items() for name in names}
    return [
        Violation("I2", f"the trigger {name} is missing or switched off", None, f"table:{table}")
        for table, name in sorted(expected - found)
    ]
