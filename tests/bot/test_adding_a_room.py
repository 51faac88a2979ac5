"""A room more is its folder, its name in ``bot/routes.py`` and a migration: nothing else of Cagnotte is touched.

``tests/support/rooms`` holds such a room, with a command, a tap, a screen and a table; it is added, and used over HTTP.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection

import bot
from bot import routes
from bot.edge.handling import On
from bot.ui import taps
from ledger.db import Base
from tests import support
from tests.bot.test_rights import printed
from tests.support.bot import Stage
from tests.support.coordinating import set_up

ROOMS = Path(support.__file__).parent / "rooms"


@pytest.fixture
def with_wishes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The folder beside the others, and its name on the page; all taken away again."""
    routes.handlers()  # what is declared without it
    monkeypatch.setattr(bot, "__path__", [*bot.__path__, str(ROOMS)])
    monkeypatch.setattr(routes, "ROOMS", [*routes.ROOMS, "wishes"])
    monkeypatch.setattr(taps, "VERBS", dict(taps.VERBS))
    monkeypatch.setattr(taps, "COMMANDS", dict(taps.COMMANDS))
    yield
    Base.metadata.remove(Base.metadata.tables["wishes"])
    for name in [name for name in sys.modules if name.startswith("bot.wishes")]:
        del sys.modules[name]


def migrate(connection: Connection) -> None:
    """The room's own migration, on top of the newest."""
    with Operations.context(MigrationContext.configure(connection)):
        runpy.run_path(str(ROOMS / "migration.py"))["upgrade"]()


async def test_a_room_is_added(with_wishes: None, stage: Stage) -> None:
    async with stage.database.unit_of_work() as session:
        await (await session.connection()).run_sync(migrate)
    group = await set_up(stage)
    screen = await group.anne.ask("/wishes", expect="Wishes: 0")
    await group.anne.press("One more", expect="Wishes: 1", message=screen)
    assert len(await stage.rows("wishes")) == 1
    await group.anne.forge_tap("wish.add:0", screen)  # twice, from a screen of before
    await group.anne.ask("/souhaits", expect="Wishes: 1")
    assert "Only the group's coordinators" in (await group.marie.ask("/wishes", expect="")).text
    assert len(await stage.rows("wishes")) == 1
    lines = {line.name: line for line in printed()}
    assert {"/wishes", "wish.add"} <= lines.keys()
    assert str(lines["wish.add"].may.role.name) == "COORDINATOR"
    assert all(isinstance(one, On) for one in sys.modules["bot.wishes.routes"].handlers)
