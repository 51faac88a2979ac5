"""Databases with a group in them.

Most tests share one database of each kind and keep to a group of their own, as groups do in production: nothing may
cross from one to another. A test that changes the schema, or breaks rows on purpose, takes `own_database`.
"""

from collections.abc import AsyncIterator

import pytest

from ledger.db import Database
from tests.support.databases import create_database, sqlite_file
from tests.support.ledger import Story, found


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
async def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Database]:
    """A migrated database, of each kind, that others use too."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        url = sqlite_file(template, tmp_path_factory.mktemp("shared"))
    else:
        url = create_database(request.getfixturevalue("postgresql"))
    database = Database(url)
    yield database
    await database.close()


@pytest.fixture
async def story(database: Database) -> Story:
    """A group with Anne as its coordinator, payments on, negative balances off."""
    return await found(database)


@pytest.fixture
async def own_database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database, of each kind, for one test."""
    database = Database(database_url)
    yield database
    await database.close()
