"""The one history of all tables, run by ``cagnotte migrate`` (and by ``cagnotte run`` on SQLite).

Migrations say what they do to the database in full; they import no model, so that an old one means the same for ever.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from ledger.db import Database

HERE = Path(__file__).parent


class SchemaNewer(Exception):
    """The database was brought up by a later version, whose schema this one does not know."""

    def __init__(self, revision: str) -> None:
        super().__init__(revision)
        self.revision = revision


def alembic_config() -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    return config


def head_revision() -> str:
    """Returns the newest revision this code knows."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None
    return head


def known_revisions() -> frozenset[str]:
    """Returns every revision this code knows."""
    scripts = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return frozenset(script.revision for script in scripts)


async def current_revision(database: Database) -> str | None:
    """Returns the revision the database is at; none before the first migration."""
    async with database.snapshot() as session:
        connection = await session.connection()
        return await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())


async def is_current(database: Database) -> bool:
    """Returns whether the database is there and has the newest schema. Creates nothing. Raises :class:`SchemaNewer`."""
    if not database.is_there():
        return False
    revision = await current_revision(database)
    if revision is not None and revision not in known_revisions():
        raise SchemaNewer(revision)
    return revision == head_revision()


async def upgrade(database: Database) -> None:
    """Brings the schema up, in one transaction: all of it or nothing. Raises :class:`SchemaNewer`."""
    if await is_current(database):
        return

    def run(connection: Connection) -> None:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    async with database.unit_of_work() as session:
        connection = await session.connection()
        await connection.run_sync(run)


def run_script(connection: Connection, name: str) -> None:
    """Runs ``sql/<name>_<dialect>.sql`` statement by statement (they are separated by a line that ends in ``;``)."""
    dialect = connection.dialect.name
    source = (HERE / "sql" / f"{name}_{dialect}.sql").read_text(encoding="utf-8")
    for statement in split_statements(source):
        connection.exec_driver_sql(statement)


def split_statements(source: str) -> list[str]:
    """Cuts a script where a statement ends: at ``;`` outside BEGIN…END and ``$$`` bodies."""
    statements: list[str] = []
    lines: list[str] = []
    for line in source.splitlines():
        if not lines and (not line.strip() or line.startswith("--")):
            continue
        lines.append(line)
        statement = "\n".join(lines)
        inside_dollars = statement.count("$$") % 2 == 1
        inside_trigger = (
            "\nBEGIN" in statement and "$$" not in statement and not line.rstrip().endswith("END;")
        )
        if line.rstrip().endswith(";") and not inside_dollars and not inside_trigger:
            statements.append(
                statement.rstrip().removesuffix(";") + (";" if line.rstrip().endswith("END;") else "")
            )
            lines = []
    return statements
