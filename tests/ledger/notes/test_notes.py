"""What people typed: kept, read, and erased so that nothing of it is left and everything else still holds."""

import pytest
from sqlalchemy import text

from ledger.db import Database
from ledger.errors import NotFound
from ledger.notes import service as notes
from ledger.notes.models import Note
from tests.support.ledger import Story, found


async def keep(story: Story, typed: str | None) -> Note | None:
    """Somebody types something about Anne."""
    async with story.database.unit_of_work() as session:
        return await notes.keep(session, story.group_id, story.anne.id, typed)


async def erase(story: Story, note_id: int) -> Note:
    """It is erased."""
    async with story.database.unit_of_work() as session:
        return await notes.erase(session, story.group_id, note_id)


async def test_kept_and_read(story: Story) -> None:
    note = await keep(story, "  d'après le cahier ")
    assert note is not None
    assert (note.text, note.erased_at, note.member_id) == ("d'après le cahier", None, story.anne.id)
    async with story.database.snapshot() as session:
        assert (await notes.read(session, [note.id, None, 999_999])).keys() == {note.id}
        assert await notes.read(session, [None]) == {}
        assert await notes.read_one(session, None) is None


@pytest.mark.parametrize("typed", [None, "", " \n\u00a0"])
async def test_nothing_typed_is_no_note(story: Story, typed: str | None) -> None:
    assert await keep(story, typed) is None


async def test_erased_once_and_for_good(story: Story) -> None:
    note = await keep(story, "a word too much")
    assert note is not None
    erased = await erase(story, note.id)
    assert erased.text is None
    assert erased.erased_at is not None
    assert (await erase(story, note.id)).erased_at == erased.erased_at
    assert await story.verify() == []


async def test_nobody_erases_what_is_another_groups(story: Story, database: Database) -> None:
    other = await found(database, "Un autre groupe")
    note = await keep(story, "ours")
    assert note is not None
    for group, note_id in ((other, note.id), (story, 999_999)):
        with pytest.raises(NotFound):
            await erase(group, note_id)
    async with story.database.snapshot() as session:
        still = await notes.read_one(session, note.id)
        assert still is not None
        assert still.text == "ours"


async def test_no_column_of_a_row_that_is_kept_holds_it(own_database: Database) -> None:
    """On SQLite, where the file can be read: neither the text nor anything else is left in it."""
    if not own_database.is_sqlite:
        return
    story = await found(own_database)
    note = await keep(story, "un mot tout à fait privé")
    assert note is not None
    await erase(story, note.id)
    async with own_database.unit_of_work() as session:
        tables = await session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        for table in tables.scalars().all():
            rows = await session.execute(text(f"SELECT * FROM {table}"))
            assert not any("privé" in str(row) for row in rows)
