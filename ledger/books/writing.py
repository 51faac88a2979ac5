"""The statements that put a transaction into the books, the one place of the ledger where speed is worth plain SQL.

Every tap that moves money comes through here, and SQLAlchemy's compiling costs more than the database's own work. SQLite
takes two statements in the writer's own thread; PostgreSQL one, so one round trip: it claims the key, locks the accounts
in the order of their ids and inserts the transfers. The triggers do the rest.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from ledger.books.entries import Entry
from ledger.db import utc_now
from ledger.sqlite import run_in_place

_TRANSACTION = (
    "INSERT INTO transactions"
    " (group_id, kind, key, input_hash, subject, reverses_id, dated, recorded_at, actor_id, note_id)"
)
_TRANSFER = (
    "INSERT INTO transfers"
    " (group_id, transaction_id, debit_account_id, credit_account_id, amount_cents, within_credit)"
)
_UNLESS_KNOWN = "ON CONFLICT (group_id, key) DO NOTHING RETURNING id"

_CLAIM_SQLITE = f"{_TRANSACTION} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) {_UNLESS_KNOWN}"
_TRANSFER_SQLITE = f"{_TRANSFER} VALUES (?, ?, ?, ?, ?, ?)"
_POST_POSTGRESQL = f"""
WITH claimed AS ({_TRANSACTION} VALUES ($1::bigint, $2, $3, $4, $5, $6, $7, $8, $9, $10) {_UNLESS_KNOWN}),
locked AS MATERIALIZED (
    SELECT id FROM accounts WHERE id = ANY($11::bigint[]) AND EXISTS (SELECT FROM claimed)
    ORDER BY id FOR NO KEY UPDATE
)
{_TRANSFER}
SELECT $1::bigint, claimed.id, leg.debit, leg.credit, leg.amount, leg.within_credit
FROM claimed, (SELECT count(*) FROM locked) AS locks,
    unnest($12::bigint[], $13::bigint[], $14::bigint[], $15::boolean[]) WITH ORDINALITY
    AS leg (debit, credit, amount, within_credit, number)
ORDER BY leg.number
RETURNING transaction_id
"""  # noqa: S608 - put together from the constants above


def write(session: Session, group_id: int, entry: Entry, input_hash: str) -> int | None:
    """Writes ``entry`` and returns the id of its transaction, or none when its key is known already."""
    session.flush()
    connection = session.connection()
    now = utc_now()
    values = (
        group_id,
        entry.kind,
        entry.key,
        input_hash,
        entry.subject,
        entry.reverses_id,
        entry.dated or now.date(),
        now,
        entry.actor_id,
        entry.note_id,
    )
    if connection.dialect.name == "sqlite":
        return _write_sqlite(connection, values, entry)
    return _write_postgresql(connection, values, entry)


def _write_sqlite(connection: Connection, values: tuple[Any, ...], entry: Entry) -> int | None:
    group_id, *_ = values
    claimed = run_in_place(connection, _CLAIM_SQLITE, tuple(map(_stored, values)))
    if not claimed:
        return None
    ((transaction_id,),) = claimed
    legs = [
        (group_id, transaction_id, leg.debit_id, leg.credit_id, leg.amount_cents, int(leg.within_credit))
        for leg in entry.legs
    ]
    run_in_place(connection, _TRANSFER_SQLITE, legs, many=True)
    return int(transaction_id)


def _stored(value: Any) -> Any:
    """As the column types of ``ledger.db`` store it."""
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, dt.date) else value


def _write_postgresql(connection: Connection, values: tuple[Any, ...], entry: Entry) -> int | None:
    legs = entry.legs
    # One transfer's trigger locks its two accounts in order by itself.
    accounts = (
        []
        if len(legs) == 1
        else sorted({account for leg in legs for account in (leg.debit_id, leg.credit_id)})
    )
    columns = zip(
        *((leg.debit_id, leg.credit_id, leg.amount_cents, leg.within_credit) for leg in legs), strict=True
    )
    row = connection.exec_driver_sql(_POST_POSTGRESQL, (*values, accounts, *map(list, columns))).first()
    return None if row is None else int(row[0])
