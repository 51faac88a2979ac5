"""The books that are measured: a group with 500 members, and long histories written in sets."""

import itertools
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.db import Database, utc_now
from ledger.groups.models import Group, Member
from tests.support.ledger import drop_triggers, restore_triggers

MEMBERS = 500
AMOUNT = 100


@dataclass
class Books:
    """A group in the books, its members (by position) and their accounts."""

    group_id: int
    members: list[int]
    accounts: list[int]
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def next_post(self) -> tuple[str, int, int, int]:
        """Key, debit, credit and amount of the next post: two hundred accounts take turns, so that no row is hot."""
        number = next(self.numbers)
        return f"bench:{number}", self.accounts[number % 100], self.accounts[100 + number % 100], AMOUNT


async def found_group(database: Database) -> Books:
    """The group, its members and accounts, as the services make them."""
    async with database.unit_of_work() as session:
        group = Group(
            title="Bench", methods=[], invitation="a", coordinator_invitation="b", created_at=utc_now()
        )
        session.add(group)
        await session.flush()
        await books.open_accounts(session, group.id, group.currency)
        members = [
            Member(group_id=group.id, name=f"Member {number}", joined_at=utc_now())
            for number in range(MEMBERS)
        ]
        session.add_all(members)
        await session.flush()
        for member in members:
            await books.open_account(session, group.id, AccountKind.MEMBERS, member.id, group.currency)
        ids = [member.id for member in members]
        accounts = await books.account_ids(session, group.id, AccountKind.MEMBERS, ids)
        return Books(group.id, ids, [accounts[member_id] for member_id in ids])


async def without_triggers(database: Database) -> None:
    """Leave only what raw statements need: tables and indexes."""
    async with database.unit_of_work() as session:
        await drop_triggers(session)


async def write_history(database: Database, of: Books, position: int, count: int) -> None:
    """Give one member's account `count` more postings, their other sides taken in turn by the hundred members from 300."""
    async with database.unit_of_work() as session:
        dropped = await drop_triggers(session)
        await _write_rows(session, of, of.accounts[position], count)
        await restore_triggers(session, dropped)
    if not database.is_sqlite:
        async with database.reading_engine.connect() as connection:
            autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await autocommit.exec_driver_sql("VACUUM ANALYZE")


async def _write_rows(session: AsyncSession, of: Books, account: int, count: int) -> None:
    """Sets of rows as `count` posts would leave them."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    group, other = of.group_id, of.accounts[300]
    first = 1 + (await session.execute(text("SELECT coalesce(max(id), 0) FROM transactions"))).scalar_one()
    leg = 1 + (await session.execute(text("SELECT coalesce(max(id), 0) FROM transfers"))).scalar_one()
    series = (
        f"WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < {count})"
        if is_sqlite
        else f"WITH n AS (SELECT n FROM generate_series(0, {count} - 1) AS n)"
    )
    now = utc_now()
    columns = "(account_id, seq, group_id, transaction_id, transfer_id, amount_cents, balance_after_cents)"
    for statement in (
        f"""INSERT INTO transactions (id, group_id, kind, key, input_hash, dated, recorded_at) {series}
        SELECT {first} + n, {group}, 'bench', 'history-' || ({first} + n), '{"0" * 64}',
            '{now.date()}', '{now.isoformat()}' FROM n""",
        f"""INSERT INTO transfers (id, group_id, transaction_id, debit_account_id, credit_account_id,
            amount_cents, within_credit) {series}
        SELECT {leg} + n, {group}, {first} + n, {other} + n % 100, {account}, {AMOUNT}, FALSE FROM n""",
        f"""INSERT INTO postings {columns} {series}
        SELECT a.id, a.last_seq + n + 1, {group}, {first} + n, {leg} + n, -{AMOUNT},
            a.balance_cents - (n + 1) * {AMOUNT} FROM n JOIN accounts a ON a.id = {account}""",
        f"""INSERT INTO postings {columns} {series}
        SELECT a.id, a.last_seq + n / 100 + 1, {group}, {first} + n, {leg} + n, {AMOUNT},
            a.balance_cents + (n / 100 + 1) * {AMOUNT} FROM n JOIN accounts a ON a.id = {other} + n % 100""",
        f"""UPDATE accounts SET
            balance_cents = balance_cents + (SELECT coalesce(sum(p.amount_cents), 0) FROM postings p
                WHERE p.account_id = accounts.id AND p.seq > accounts.last_seq),
            last_seq = (SELECT coalesce(max(p.seq), 0) FROM postings p WHERE p.account_id = accounts.id)
        WHERE id = {account} OR id BETWEEN {other} AND {other} + 99""",
    ):
        await (await session.connection()).exec_driver_sql(statement)
    if not is_sqlite:
        for table in ("transactions", "transfers"):
            await session.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
            )
