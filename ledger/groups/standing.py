"""Who was taken out of a group by a coordinator, or put out of its chat: what only a coordinator's word changes."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import utc_now
from ledger.errors import LedgerError
from ledger.groups.models import Member

ASKED_AGAIN_AFTER = dt.timedelta(days=7)
"""How long coordinators are not asked again about somebody who wants to come back."""


class TakenOut(LedgerError):
    """A coordinator took the person out of the group: they come back when a coordinator says so."""


async def ask_back(session: AsyncSession, member: Member) -> bool:
    """Notes that who was taken out wants to come back; returns whether the coordinators are to be asked now, and not
    only lately were."""
    await _lock(session, member)
    now = utc_now()
    if member.taken_out_at is None or (
        member.asked_back_at is not None and member.asked_back_at > now - ASKED_AGAIN_AFTER
    ):
        return False
    member.asked_back_at = now
    await session.flush()
    return True


async def note_put_out(session: AsyncSession, member: Member) -> bool:
    """Notes that somebody put the member out of the group's chat: their orders wait. Returns whether that is news to
    the coordinators."""
    await _lock(session, member)
    if member.left_at is not None or member.put_out_at is not None:
        return False
    member.put_out_at, member.kept_at = utc_now(), None
    await session.flush()
    return True


async def keep(session: AsyncSession, member: Member) -> bool:
    """Keeps somebody as a member by a coordinator's word: their orders wait no more. Returns whether they waited."""
    await _lock(session, member)
    if member.left_at is not None or member.put_out_at is None:
        return False
    member.put_out_at, member.kept_at = None, utc_now()
    await session.flush()
    return True


async def note_back_in_chat(session: AsyncSession, member: Member) -> None:
    """Notes that the member is in the chat again, so that nobody need be asked."""
    await _lock(session, member)
    member.put_out_at = member.kept_at = None
    await session.flush()


async def _lock(session: AsyncSession, member: Member) -> None:
    await session.execute(
        select(Member)
        .where(Member.id == member.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
