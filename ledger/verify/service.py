"""The self-check behind ``cagnotte verify``: every invariant of the books (I1–I8), proved from the rows alone.

Each check is one set-based statement that lists what breaks its rule, so a sound database answers with nothing. They do
not trust what keeps the rules day by day (triggers, constraints, the services): they read what is there. Run them on one
snapshot; they write nothing. A million postings take seconds (``python -m tests.bench ledger`` says how many).
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import PLANNING
from ledger.verify.books import BOOKS
from ledger.verify.business import BUSINESS, references
from ledger.verify.card import CARDS
from ledger.verify.check import Violation
from ledger.verify.groups import OWNERS, same_group
from ledger.verify.handover import HANDOVER
from ledger.verify.money import MONEY
from ledger.verify.triggers import missing_triggers

LIMIT = 100
"""How many violations of one kind are listed: the first hundred tell enough."""

RULES = {
    "I1": "every transaction sums to zero, and every balance is the sum of its postings",
    "I2": "what was posted is never changed or deleted: the database's triggers are there",
    "I3": "what an order owes is the sum of its lines",
    "I4": "a payment is settled once, and is what was posted for it",
    "I5": "nothing of one group refers to another group",
    "I6": "a group's accounts together are zero",
    "I7": "nobody's order by member credit went below what their group allows",
    "I8": "a reference names exactly one payment",
    "stock": "no more is ordered than there is",
    "till": "a distribution's till is what was counted and received",
    "refunds": "what members asked back and what was given back agree",
    "cards": "the card account is what Stripe says",
}
"""What each kind of check proves, in words."""

CHECKS = (*BOOKS, *BUSINESS, *HANDOVER, *MONEY, *CARDS, *OWNERS, *same_group())


async def verify(session: AsyncSession) -> list[Violation]:
    """Returns everything that breaks an invariant; an empty list is the proof that none is broken. ``session``: a
    snapshot."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    for name in () if is_sqlite else PLANNING:  # whole tables are read here
        await session.execute(text(f"SET LOCAL {name} = on"))
    violations = await missing_triggers(session, is_sqlite)
    for check in (*CHECKS, references("instr" if is_sqlite else "strpos")):
        rows = (await session.execute(text(f"{check.sql} LIMIT {LIMIT}"))).mappings()
        violations += [
            Violation(check.invariant, check.what.format(**row), row["group_id"], row["subject"])
            for row in rows
        ]
    return sorted(violations, key=lambda v: (v.invariant, v.group_id or 0, v.subject))
