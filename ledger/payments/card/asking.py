"""When Stripe is asked about a row: ``look_at`` of a checkout or a refund says it, and ``looks`` how often it was asked."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import utc_now
from ledger.payments.card.models import CardRefund, Checkout

FIRST_WAIT = dt.timedelta(seconds=10)
LONGEST_WAIT = dt.timedelta(minutes=15)
TAKEN = dt.timedelta(minutes=1)
"""How long one who asks Stripe is left alone with a row."""

Asked = TypeVar("Asked", Checkout, CardRefund)


async def is_due(session: AsyncSession, table: type[Checkout] | type[CardRefund], now: dt.datetime) -> bool:
    """Returns whether :func:`take` has something to do."""
    statement = select(table.id).where(table.look_at <= now).limit(1)
    return (await session.execute(statement)).first() is not None


async def take(session: AsyncSession, table: type[Asked], now: dt.datetime) -> Asked | None:
    """Takes the next row to ask Stripe about, locked; others leave it alone for a while."""
    statement = (
        select(table)
        .where(table.look_at <= now)
        .order_by(table.look_at, table.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    found = (await session.execute(statement)).scalar_one_or_none()
    if found is not None:
        found.look_at = now + TAKEN
        await session.flush()
    return found


def later(looks: int) -> dt.datetime:
    """Returns when to ask again when it was asked ``looks`` times (> 0): less and less often."""
    return utc_now() + min(FIRST_WAIT * 2.0 ** min(looks - 1, 10), LONGEST_WAIT)
