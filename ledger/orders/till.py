"""The till at a distribution: what the books say is in it, what was counted, and the difference, posted with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.books.subjects import Topic, subject_of
from ledger.db import utc_now
from ledger.errors import LedgerError
from ledger.groups.models import Member
from ledger.notes import service as notes
from ledger.notes.models import Note
from ledger.orders.distributions import get_distribution
from ledger.orders.handover_models import CashCount, CountKind


class ReasonNeeded(LedgerError):
    """The till differs from the books: a reason goes with it. Both in cents."""

    def __init__(self, counted: int, expected: int) -> None:
        super().__init__()
        self.counted = counted
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Counted:
    """A count of the till, and the reason given for its difference."""

    count: CashCount
    reason: Note | None


async def expected_in_till(session: AsyncSession, group_id: int) -> int:
    """Returns what the books say is in the till, in cents."""
    return await books.balance(session, group_id, AccountKind.CASH)


async def count(
    session: AsyncSession,
    group_id: int,
    distribution_id: int,
    kind: CountKind,
    counted_cents: int,
    by: Member,
    *,
    reason: str | None = None,
    seen_cents: int | None = None,
) -> Counted:
    """Records a count; a difference is posted against ``adjustments``.

    ``seen_cents``: what the books said when the reason was asked for. Raises :class:`ReasonNeeded`, also when they say
    something else by now.
    """
    await get_distribution(session, group_id, distribution_id)
    till = await books.account_id(session, group_id, AccountKind.CASH)
    expected = (await books.lock_accounts(session, [till]))[till]
    difference = counted_cents - expected
    is_explained = bool(reason and reason.strip()) and seen_cents in (None, expected)
    if difference and not is_explained:
        raise ReasonNeeded(counted_cents, expected)
    kept = await notes.keep(session, group_id, None, reason)
    counted = CashCount(
        group_id=group_id,
        distribution_id=distribution_id,
        kind=kind,
        counted_cents=counted_cents,
        expected_cents=expected,
        reason_id=kept.id if kept else None,
        by_id=by.id,
        at=utc_now(),
    )
    session.add(counted)
    await session.flush()
    if difference:
        adjustments = await books.account_id(session, group_id, AccountKind.ADJUSTMENTS)
        debit, credit = (till, adjustments) if difference > 0 else (adjustments, till)
        entry = books.Entry(
            kind="cash-count",
            key=f"cash-count:{counted.id}",
            legs=[books.Leg(debit, credit, abs(difference))],
            subject=subject_of(Topic.DISTRIBUTION, distribution_id),
            actor_id=by.id,
            note_id=counted.reason_id,
        )
        counted.transaction_id = (await books.post(session, group_id, entry)).transaction_id
        await session.flush()
    return Counted(counted, kept)


async def counts(session: AsyncSession, distribution_id: int) -> Sequence[Counted]:
    """Returns the counts of a distribution, in order."""
    statement = select(CashCount).where(CashCount.distribution_id == distribution_id).order_by(CashCount.id)
    found = (await session.execute(statement)).scalars().all()
    reasons = await notes.read(session, [count.reason_id for count in found])
    return [Counted(count, reasons.get(count.reason_id or 0)) for count in found]
