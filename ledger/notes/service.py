"""What people typed is kept, read and erased here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import utc_now
from ledger.errors import NotFound
from ledger.notes.models import Note


async def keep(session: AsyncSession, group_id: int, member_id: int | None, text: str | None) -> Note | None:
    """Keeps what was typed about a member (none: about nobody in particular). Returns none where nothing was typed."""
    if text is None or not text.strip():
        return None
    note = Note(group_id=group_id, member_id=member_id, text=text.strip())
    session.add(note)
    await session.flush()
    return note


async def read(session: AsyncSession, note_ids: Iterable[int | None]) -> dict[int, Note]:
    """Returns the notes with these ids, erased ones too, by id: one statement, and none where there is nothing to read."""
    wanted = {note_id for note_id in note_ids if note_id is not None}
    if not wanted:
        return {}
    found = (await session.execute(select(Note).where(Note.id.in_(wanted)))).scalars()
    return {note.id: note for note in found}


async def read_one(session: AsyncSession, note_id: int | None) -> Note | None:
    """Returns the note with this id; none where a row has no note."""
    return None if note_id is None else await session.get_one(Note, note_id)


async def erase(session: AsyncSession, group_id: int, note_id: int) -> Note:
    """Erases what was typed, for good; that something was typed stays known. Erasing it again changes nothing.

    Raises :class:`~ledger.errors.NotFound`.
    """
    note = await session.get(Note, note_id, with_for_update=True, populate_existing=True)
    if note is None or note.group_id != group_id:
        raise NotFound("note", note_id)
    if note.erased_at is None:
        note.text, note.erased_at = None, utc_now()
        await session.flush()
    return note
