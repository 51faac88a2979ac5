"""What the books are measured against: the same rows written by plain statements, without our code and our triggers."""

import asyncio
import datetime as dt
import sqlite3
from typing import Any, Protocol

import asyncpg

from ledger.db import Database
from tests.bench.books import Books

NOW = dt.datetime(2025, 11, 24, 18, 0, tzinfo=dt.UTC)
TRANSACTION = (
    "INSERT INTO transactions"
    " (group_id, kind, key, input_hash, subject, reverses_id, dated, recorded_at, actor_id, note_id)"
)
TRANSFER = (
    "INSERT INTO transfers"
    " (group_id, transaction_id, debit_account_id, credit_account_id, amount_cents, within_credit)"
)
MOVE = "UPDATE accounts SET balance_cents = balance_cents + {}, last_seq = last_seq + 1 WHERE id = {}"
POSTING = (
    "INSERT INTO postings"
    " (account_id, seq, group_id, transaction_id, transfer_id, amount_cents, balance_after_cents)"
)
BALANCES = "SELECT owner_id, balance_cents FROM accounts WHERE group_id = {} AND kind = 'members'"
HASH = "0" * 64


class Raw(Protocol):
    """A database without our code."""

    async def post(self, count: int) -> None:
        """Write `count` balanced transactions of one transfer, one commit each."""

    async def balances(self) -> int:
        """Read all members' balances; how many there are."""

    async def close(self) -> None:
        """Hang up."""


class RawSqlite:
    """The standard library's `sqlite3`, WAL and `synchronous=FULL` as ours, one commit a transaction."""

    def __init__(self, database: Database, books: Books) -> None:
        self.books = books
        self.connection = sqlite3.connect(database.url.database or "", isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self.connection.execute(f"PRAGMA {pragma}")

    async def post(self, count: int) -> None:
        for _ in range(count):
            self._post()

    def _post(self) -> None:
        execute, group_id = self.connection.execute, self.books.group_id
        key, debit, credit, amount = self.books.next_post()
        execute("BEGIN IMMEDIATE")
        values = (group_id, "bench", key, HASH, None, None, "2025-11-24", NOW.isoformat(), None, None)
        transaction_id = execute(f"{TRANSACTION} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values).lastrowid
        legs = (group_id, transaction_id, debit, credit, amount, 0)
        transfer_id = execute(f"{TRANSFER} VALUES (?, ?, ?, ?, ?, ?)", legs).lastrowid
        for account, signed in ((debit, amount), (credit, -amount)):
            moved = execute(MOVE.format("?", "?") + " RETURNING last_seq, balance_cents", (signed, account))
            seq, after = moved.fetchone()
            posting = (account, seq, group_id, transaction_id, transfer_id, signed, after)
            execute(f"{POSTING} VALUES (?, ?, ?, ?, ?, ?, ?)", posting)
        execute("COMMIT")

    async def balances(self) -> int:
        found = self.connection.execute(BALANCES.format("?"), (self.books.group_id,)).fetchall()
        return len(dict(found))

    async def close(self) -> None:
        self.connection.close()


class RawPostgresql:
    """asyncpg, eight connections at a time, one transaction each."""

    connections = 8

    def __init__(self, database: Database, books: Books) -> None:
        self.books = books
        self.dsn = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.pool: list[Any] = []

    async def open(self) -> "RawPostgresql":
        self.pool = [await asyncpg.connect(self.dsn) for _ in range(self.connections)]
        return self

    async def post(self, count: int) -> None:
        share = count // self.connections

        async def caller(connection: Any) -> None:
            for _ in range(share):
                await self._post(connection)

        await asyncio.gather(*(caller(connection) for connection in self.pool))

    async def _post(self, connection: Any) -> None:
        group_id = self.books.group_id
        key, debit, credit, amount = self.books.next_post()
        async with connection.transaction():
            transaction_id = await connection.fetchval(
                f"{TRANSACTION} VALUES ($1, $2, $3, $4, NULL, NULL, $5, $6, NULL, NULL) RETURNING id",
                *(group_id, "bench", key, HASH, NOW.date(), NOW),
            )
            transfer_id = await connection.fetchval(
                f"{TRANSFER} VALUES ($1, $2, $3, $4, $5, false) RETURNING id",
                *(group_id, transaction_id, debit, credit, amount),
            )
            postings = []
            for account, signed in sorted(((debit, amount), (credit, -amount))):
                moved = MOVE.format("$1", "$2") + " RETURNING last_seq, balance_cents"
                seq, after = await connection.fetchrow(moved, signed, account)
                postings += [account, seq, group_id, transaction_id, transfer_id, signed, after]
            values = "($1, $2, $3, $4, $5, $6, $7), ($8, $9, $10, $11, $12, $13, $14)"
            await connection.execute(f"{POSTING} VALUES {values}", *postings)

    async def balances(self) -> int:
        found = await self.pool[0].fetch(BALANCES.format("$1"), self.books.group_id)
        return len(dict(found))

    async def close(self) -> None:
        for connection in self.pool:
            await connection.close()
