"""Leases: a task that one process at a time does, until it stops renewing or dies."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, or_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery.models import Lease
from ledger.db import insert_or_meet, utc_now


async def hold(session: AsyncSession, name: str, holder: str, span: dt.timedelta) -> bool:
    """Takes or renews a lease; true if ``holder`` has it for ``span`` from now on."""
    now = utc_now()
    insert = insert_or_meet(session, Lease)
    statement = (
        insert.values(name=name, holder=holder, until=now + span)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": holder, "until": now + span},
            where=or_(Lease.holder == holder, Lease.until < now),
        )
        .returning(Lease.holder)
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def release(session: AsyncSession, name: str, holder: str) -> None:
    """Gives a lease back before its time, so that the next holder need not wait."""
    await session.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))
