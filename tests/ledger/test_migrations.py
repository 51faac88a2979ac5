"""One history of all tables: what it makes is what the models say, once and whole."""

import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Table, inspect, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

import bot
import ledger
from ledger import migrations
from ledger.books.entries import Entry, Leg
from ledger.books.models import Transaction, Transfer
from ledger.db import Base, Database
from ledger.migrations import current_revision, head_revision, split_statements, upgrade
from ledger.notes.models import Note
from ledger.orders.handover_models import CashCount
from ledger.payments.models import Payment, Purpose, RefundRequest
from ledger.verify.triggers import TRIGGERS, TRIGGERS_SQLITE
from tests.support.databases import Server
from tests.support.ledger import check, drop_triggers, restore_triggers

WRITTEN_AT_0012 = Path(__file__).parents[1] / "data" / "written_at_0012.sql"
for package in (ledger, bot):  # a table that is added is held to all this without being named here
    folder = Path(package.__file__).parent
    for path in folder.rglob("*models.py"):
        import_module(".".join([package.__name__, *path.relative_to(folder).with_suffix("").parts]))
TABLES = sorted(Base.metadata.tables)


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database without a schema."""
    if request.param == "sqlite":
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
        yield database
        await database.close()
        return
    server: Server = request.getfixturevalue("postgresql")
    name = f"empty_{abs(hash(tmp_path)) % 10**9}"
    server.execute(f"CREATE DATABASE {name}")
    database = Database(server.url(name))
    yield database
    await database.close()
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def tables(database: Database) -> list[str]:
    async with database.snapshot() as session:
        connection = await session.connection()
        return sorted(await connection.run_sync(lambda c: inspect(c).get_table_names()))


async def test_the_history_makes_what_the_models_say(own_database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))

    async with own_database.snapshot() as session:
        assert await (await session.connection()).run_sync(differences) == []
    assert await tables(own_database) == sorted([*TABLES, "alembic_version"])


async def test_the_checks_are_there(own_database: Database) -> None:
    """Alembic does not compare CHECKs: their names are compared here, and with them those of create_all."""

    def names(connection: Connection) -> dict[str, set[str]]:
        found = inspect(connection)
        return {table: {str(c["name"]) for c in found.get_check_constraints(table)} for table in TABLES}

    def wanted(table: Table) -> set[str]:
        return {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}

    async with own_database.snapshot() as session:
        found = await (await session.connection()).run_sync(names)
    prefixed = {
        table: {f"ck_{table}_{name}" if not name.startswith("ck_") else name for name in wanted(model)}
        for table, model in Base.metadata.tables.items()
    }
    assert found == prefixed
    assert sum(map(len, found.values())) > 15


async def test_the_texts_of_checks_and_columns_are_those_of_create_all(
    own_database: Database, tmp_path: Path
) -> None:
    """On SQLite, where CREATE TABLE is kept word for word."""
    if not own_database.is_sqlite:
        return

    def shape(path: str) -> dict[str, tuple[object, ...]]:
        with closing(sqlite3.connect(path)) as connection:
            shapes = {}
            for table in TABLES:
                columns = sorted(row[1:] for row in connection.execute(f"PRAGMA table_xinfo({table})"))
                keys = sorted(row[2:] for row in connection.execute(f"PRAGMA foreign_key_list({table})"))
                (strict,) = connection.execute(
                    "SELECT strict FROM pragma_table_list WHERE name = ?", (table,)
                ).fetchone()
                (sql,) = connection.execute(
                    "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
                ).fetchone()
                checks = sorted(line.strip(" ,\t") for line in sql.splitlines() if "CHECK" in line)
                shapes[table] = (columns, keys, strict, checks)
            return shapes

    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'made.db'}")
    async with made.unit_of_work() as session:
        await (await session.connection()).run_sync(Base.metadata.create_all)
    await made.close()
    ours = shape(str(own_database.url.database))
    assert shape(str(made.url.database)) == ours
    assert all(strict == 1 for _, _, strict, _ in ours.values())


async def test_verify_knows_every_trigger(own_database: Database) -> None:
    sql = text(
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
        if own_database.is_sqlite
        else "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT tgisinternal"
    )
    expected = {(table, name) for table, names in TRIGGERS.items() for name in names}
    if own_database.is_sqlite:
        expected |= {(table, name) for table, names in TRIGGERS_SQLITE.items() for name in names}
    async with own_database.snapshot() as session:
        found = {(table, name) for table, name in await session.execute(sql)}
    assert found == expected


async def test_from_nothing_and_again(empty: Database) -> None:
    assert await current_revision(empty) is None
    for _ in range(2):
        await upgrade(empty)
        assert await current_revision(empty) == head_revision()
    assert await tables(empty) == sorted([*TABLES, "alembic_version"])


async def test_all_of_it_or_nothing(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last trigger cannot be made: no table is left behind, and the next try succeeds."""
    scripts = migrations.split_statements

    def spoiled(source: str) -> list[str]:
        return [*scripts(source), "CREATE NONSENSE"]

    monkeypatch.setattr(migrations, "split_statements", spoiled)
    with pytest.raises(Exception, match="NONSENSE"):
        await upgrade(empty)
    assert await tables(empty) == []
    assert await current_revision(empty) is None
    monkeypatch.undo()
    await upgrade(empty)
    assert await current_revision(empty) == head_revision()


class Undone(Exception):
    pass


async def test_orders_of_before_are_paid_as_they_were(empty: Database) -> None:
    """0006: those by member credit were paid by it as a whole, all others not at all."""
    row = (
        "INSERT INTO confirmations (id, group_id, order_id, basket_id, method, amount_cents, confirmed_at)"
        " VALUES ({id}, 1, 1, {id}, {method}, 1235, '2026-11-24T08:00:00.000000+00:00')"
    )
    # What the rows refer to is left out, and nothing of it is committed.
    loosely = (
        "PRAGMA defer_foreign_keys = ON"
        if empty.is_sqlite
        else "SET LOCAL session_replication_role = replica"
    )
    found: list[int] = []
    try:
        async with empty.unit_of_work() as session:
            connection = await session.connection()
            await connection.run_sync(bring_to, "0005")
            await session.execute(text(loosely))
            for number, method in enumerate(("'member_credit'", "'cheque'", "NULL"), start=1):
                await session.execute(text(row.format(id=number, method=method)))
            await connection.run_sync(bring_to, "head")
            rows = await session.execute(text("SELECT credit_cents FROM confirmations ORDER BY id"))
            found += rows.scalars()
            raise Undone
    except Undone:
        pass
    assert found == [1235, 0, 0]


async def at_0012(database: Database) -> dict[int, str]:
    """Fill an empty database with what was written then; the texts that said what payments were for, by id."""
    async with database.unit_of_work() as session:
        connection = await session.connection()
        await connection.run_sync(bring_to, "0012")
        dropped = await drop_triggers(session)
        for statement in split_statements(WRITTEN_AT_0012.read_text(encoding="utf-8")):
            await connection.exec_driver_sql(statement)
        await restore_triggers(session, dropped)
        rows = await session.execute(text("SELECT id, coalesce(subject, '') FROM payments ORDER BY id"))
        return {payment_id: subject for payment_id, subject in rows}  # noqa: C416


async def test_what_payments_were_for_before(empty: Database) -> None:
    """0013: texts become references, and all the rest of what the code before had written is still proved."""
    said = await at_0012(empty)
    await upgrade(empty)
    assert await check(empty) == []
    async with empty.snapshot() as session:
        payments = (await session.execute(select(Payment))).scalars().all()
    assert {one.id: f"order:{one.order_id}" if one.order_id else "" for one in payments} == said
    purposes = Counter(one.purpose for one in payments)
    assert purposes == {Purpose.ORDER: 12, Purpose.TOP_UP: 5, Purpose.REFUND: 4}
    assert {one.purpose for one in payments if one.amount_cents < 0} == {Purpose.REFUND}


@pytest.mark.parametrize("subject", ["order:4711", "order:", "order:x", "basket:1"])
async def test_a_payment_for_nothing_that_is_there_stops_the_upgrade(empty: Database, subject: str) -> None:
    """0013 guesses nothing: it changes nothing, and whoever runs it sees which constraint is in the way."""
    await at_0012(empty)
    async with empty.unit_of_work() as session:
        await session.execute(text(f"UPDATE payments SET subject = '{subject}' WHERE id = 1"))
    with pytest.raises(DBAPIError):
        await upgrade(empty)
    assert await current_revision(empty) == "0012"


TYPED = (
    "UPDATE payments SET note = 'de sa mère' WHERE id = 3",
    "UPDATE transactions SET note = 'de sa mère' WHERE subject = 'payment:3'",
    "UPDATE refund_requests SET note = 'samedi', answer = ' '",
    """INSERT INTO cash_counts (group_id, distribution_id, kind, counted_cents, expected_cents, reason, by_id, at)
    VALUES (1, 1, 'closing', 5, 5, ' juste ', 1, '2026-11-24T08:00:00.000000+00:00')""",
)


async def test_what_people_had_typed_before(empty: Database) -> None:
    """0014: texts become notes, what is one text is one note, and no digest of a text is left; all the rest is proved."""
    await at_0012(empty)
    async with empty.unit_of_work() as session:
        dropped = await drop_triggers(session)
        for statement in TYPED:
            await session.execute(text(statement))
        await restore_triggers(session, dropped)
    await upgrade(empty)
    assert await check(empty) == []
    async with empty.snapshot() as session:
        texts = {note.id: note.text for note in (await session.execute(select(Note))).scalars()}
        (payment,) = (await session.execute(select(Payment).where(Payment.note_id.is_not(None)))).scalars()
        requests = (await session.execute(select(RefundRequest))).scalars().all()
        (count,) = (await session.execute(select(CashCount))).scalars()
        transactions = (await session.execute(select(Transaction))).scalars().all()
        transfers = (await session.execute(select(Transfer).order_by(Transfer.id))).scalars().all()
    noted = {one.kind: one.note_id for one in transactions if one.note_id is not None}
    assert noted.keys() == {"gift", "received-transfer"}
    assert payment.note_id == noted["received-transfer"]
    assert {texts[note_id] for note_id in noted.values()} == {"de sa mère", "a reason"}
    assert {(texts[one.note_id or 0], one.answer_id) for one in requests} == {("samedi", None)}
    assert texts[count.reason_id or 0] == "juste"
    for one in transactions:
        assert one.input_hash in digests(one, [leg for leg in transfers if leg.transaction_id == one.id])


def digests(one: Transaction, transfers: Sequence[Transfer]) -> set[str]:
    """What the digest of a transaction is today, the day chosen or left to the clock."""
    legs = [
        Leg(leg.debit_account_id, leg.credit_account_id, leg.amount_cents, leg.within_credit)
        for leg in transfers
    ]
    entry = Entry(one.kind, one.key, legs, one.subject, None, one.actor_id, one.note_id, one.reverses_id)
    return {entry.input_hash(), replace(entry, dated=one.dated).input_hash()}


def bring_to(connection: Connection, revision: str) -> None:
    config = migrations.alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def test_scripts_are_cut_where_statements_end() -> None:
    source = """-- a comment

CREATE TABLE a (b TEXT);
CREATE TRIGGER t BEFORE INSERT ON a
BEGIN
    SELECT 1;
    SELECT 2;
END;
CREATE TRIGGER u BEFORE DELETE ON a
BEGIN SELECT RAISE(ABORT, 'no'); END;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RETURN NULL;
END $$;
DROP TABLE a;
"""
    assert [statement.split("\n")[0] for statement in split_statements(source)] == [
        "CREATE TABLE a (b TEXT)",
        "CREATE TRIGGER t BEFORE INSERT ON a",
        "CREATE TRIGGER u BEFORE DELETE ON a",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$",
        "DROP TABLE a",
    ]
