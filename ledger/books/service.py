"""The verbs of the books: open accounts, post, reverse, and read balances and statements.

``post`` writes the transaction (which also claims its idempotency key) and its transfers: see ``writing``. Triggers turn
each transfer into two postings and move the two balances in the same statement, so a stored balance cannot be written by
anything else, and reading it (or a page of a statement, by ``(account, seq)``) costs the same after ten postings or ten
million.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, bindparam, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from ledger.books.entries import Entry, Leg, Posted
from ledger.books.models import GROUP_ACCOUNTS, Account, AccountKind, Posting, Transaction, Transfer
from ledger.books.writing import write
from ledger.errors import LedgerError, NotFound

__all__ = [
    "AlreadyReversed",
    "Entry",
    "IdempotencyConflict",
    "Leg",
    "Posted",
    "StatementLine",
    "StatementPage",
    "account_id",
    "account_ids",
    "account_of",
    "balance",
    "balance_of",
    "balances",
    "lock_accounts",
    "moved",
    "open_account",
    "open_accounts",
    "post",
    "reverse",
    "shown",
    "statement",
]


Whose = ColumnElement[int] | InstrumentedAttribute[int]
"""A column that holds somebody's id."""
LIABILITIES = frozenset((AccountKind.MEMBERS, AccountKind.PRODUCERS))
"""Accounts shown with their sign turned: what the group owes."""

_accounts = Account.__table__
_BALANCES = select(_accounts.c.owner_id, _accounts.c.balance_cents).where(
    _accounts.c.group_id == bindparam("group"), _accounts.c.kind == bindparam("of")
)


class IdempotencyConflict(LedgerError):
    """The key was used before for another input: the caller has a bug, or is being fooled."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


class AlreadyReversed(LedgerError):
    """The transaction was reversed before (by transaction ``reversal_id``)."""

    def __init__(self, reversal_id: int) -> None:
        super().__init__()
        self.reversal_id = reversal_id


async def open_accounts(session: AsyncSession, group_id: int, currency: str) -> None:
    """Opens the accounts every group has once. Called when the group is created."""
    await session.execute(
        insert(Account),
        [
            {"group_id": group_id, "kind": kind, "currency": currency, "owner_id": 0}
            for kind in GROUP_ACCOUNTS
        ],
    )


async def open_account(
    session: AsyncSession, group_id: int, kind: AccountKind, owner_id: int, currency: str
) -> None:
    """Opens the account of one member or producer. Called when its owner is created."""
    await session.execute(
        insert(Account).values(group_id=group_id, kind=kind, owner_id=owner_id, currency=currency)
    )


async def account_ids(
    session: AsyncSession, group_id: int, kind: AccountKind, owner_ids: Sequence[int] = (0,)
) -> dict[int, int]:
    """Returns the account ids of the given owners, by owner id. Raises :class:`NotFound` when one has no account here."""
    rows = await session.execute(
        select(Account.owner_id, Account.id).where(
            Account.group_id == group_id, Account.kind == kind, Account.owner_id.in_(owner_ids)
        )
    )
    found = {owner_id: found_id for owner_id, found_id in rows}  # noqa: C416 - rows are no pairs to mypy
    for owner_id in owner_ids:
        if owner_id not in found:
            raise NotFound("account", f"{kind}:{owner_id}")
    return found


async def account_id(session: AsyncSession, group_id: int, kind: AccountKind, owner_id: int = 0) -> int:
    """Returns the id of one account."""
    return (await account_ids(session, group_id, kind, (owner_id,)))[owner_id]


def account_of(kind: AccountKind, group_id: Whose, owner_id: Whose) -> ColumnElement[int]:
    """Returns a column for a statement about an owner: the id of one account."""
    return select(Account.id).where(*_owned(kind, group_id, owner_id)).scalar_subquery()


def balance_of(kind: AccountKind, group_id: Whose, owner_id: Whose) -> ColumnElement[int]:
    """Returns a column for a statement about an owner: what :func:`balance` says of one account."""
    sign = -1 if kind in LIABILITIES else 1
    balance = sign * Account.balance_cents
    return select(balance).where(*_owned(kind, group_id, owner_id)).scalar_subquery()


def _owned(kind: AccountKind, group_id: Whose, owner_id: Whose) -> tuple[ColumnElement[bool], ...]:
    return Account.group_id == group_id, Account.kind == kind, Account.owner_id == owner_id


async def lock_accounts(session: AsyncSession, account_ids: Collection[int]) -> dict[int, int]:
    """Locks accounts, in the order of their ids, until the unit of work ends.

    Returns the sums of their postings by id, in cents (debit > 0), read after the locks were had.
    """
    statement = (
        select(Account.id, Account.balance_cents)
        .where(Account.id.in_(account_ids))
        .order_by(Account.id)
        .with_for_update(key_share=True)
    )
    return {found_id: cents for found_id, cents in await session.execute(statement)}  # noqa: C416


async def post(session: AsyncSession, group_id: int, entry: Entry) -> Posted:
    """Writes one balanced transaction, or finds the one that ``entry.key`` wrote before.

    Raises :class:`IdempotencyConflict` when the key stands for another input. What the database itself refuses (another
    group's account, two currencies, an amount that is not positive, overdrawn credit) comes as ``IntegrityError``.
    """
    if not entry.legs:
        raise ValueError("a transaction without legs")
    input_hash = entry.input_hash()
    transaction_id = await session.run_sync(write, group_id, entry, input_hash)
    if transaction_id is None:
        return await _replayed(session, group_id, entry.key, input_hash)
    return Posted(transaction_id, replayed=False)


async def reverse(
    session: AsyncSession,
    group_id: int,
    transaction_id: int,
    *,
    actor_id: int | None,
    note_id: int | None = None,
) -> Posted:
    """Posts the mirror image of a transaction (D5). Raises :class:`AlreadyReversed` or :class:`NotFound`."""
    original = await session.get(Transaction, transaction_id, with_for_update={"key_share": True})
    if original is None or original.group_id != group_id:
        raise NotFound("transaction", transaction_id)
    statement = select(Transaction.id).where(Transaction.reverses_id == transaction_id)
    if (reversal_id := (await session.execute(statement)).scalar_one_or_none()) is not None:
        raise AlreadyReversed(reversal_id)
    legs = await session.execute(
        select(Transfer.credit_account_id, Transfer.debit_account_id, Transfer.amount_cents)
        .where(Transfer.transaction_id == transaction_id)
        .order_by(Transfer.id)
    )
    entry = Entry(
        kind="reversal",
        key=f"reversal:{transaction_id}",
        legs=[Leg(debit_id, credit_id, amount) for debit_id, credit_id, amount in legs],
        subject=original.subject,
        actor_id=actor_id,
        note_id=note_id,
        reverses_id=transaction_id,
    )
    try:
        posted = await post(session, group_id, entry)
    except IdempotencyConflict:
        posted = None
    if posted is None or posted.replayed:
        raise AlreadyReversed((await session.execute(statement)).scalar_one())
    return posted


async def balance(session: AsyncSession, group_id: int, kind: AccountKind, owner_id: int = 0) -> int:
    """Returns what a screen shows for one account, in cents: for members and producers what the group owes them (R5).

    One indexed look-up, however long the history.
    """
    statement = select(Account.balance_cents).where(
        Account.group_id == group_id, Account.kind == kind, Account.owner_id == owner_id
    )
    cents = (await session.execute(statement)).scalar_one_or_none()
    if cents is None:
        raise NotFound("account", f"{kind}:{owner_id}")
    return shown(kind, cents)


async def balances(session: AsyncSession, group_id: int, kind: AccountKind) -> dict[int, int]:
    """Returns all owners' balances of one kind, as :func:`balance` gives them, by owner id."""
    connection = await session.connection()
    rows = (await connection.execute(_BALANCES, {"group": group_id, "of": kind})).all()
    sign = -1 if kind in LIABILITIES else 1
    return {owner_id: sign * cents for owner_id, cents in rows}


async def moved(
    session: AsyncSession, group_id: int, kind: AccountKind, owner_id: int, transaction_id: int
) -> int:
    """Returns by how much one transaction moved an account, in cents, signed as :func:`balance`."""
    account = await account_id(session, group_id, kind, owner_id)
    statement = select(func.coalesce(func.sum(Posting.amount_cents), 0)).where(
        Posting.account_id == account, Posting.transaction_id == transaction_id
    )
    return shown(kind, int((await session.execute(statement)).scalar_one()))


def shown(kind: AccountKind, cents: int) -> int:
    """Returns a sum of postings as people read it: liabilities with their sign turned."""
    return -cents if kind in LIABILITIES else cents


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One transaction as one account saw it: its amount and the balance after it, both signed as :func:`balance`."""

    transaction: Transaction
    amount_cents: int
    balance_after_cents: int
    seq: int


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Newest lines first. ``older`` is what to pass as ``before`` for the next page; none on the last one."""

    lines: tuple[StatementLine, ...]
    older: int | None


async def statement(
    session: AsyncSession,
    group_id: int,
    kind: AccountKind,
    owner_id: int,
    *,
    before: int | None = None,
    size: int = 10,
) -> StatementPage:
    """Returns one page of an account's history, a line a transaction, by keyset: any depth costs the same.

    A transaction's postings on one account have consecutive numbers, since the account is locked while they are written.
    """
    account = await account_id(session, group_id, kind, owner_id)
    lines: list[StatementLine] = []
    cursor = before
    limit = size + 1
    while len(lines) <= size:
        found = await _lines_before(session, account, kind, cursor, limit)
        for line in found:
            if lines and lines[-1].transaction.id == line.transaction.id:
                lines[-1] = replace(
                    line,
                    amount_cents=lines[-1].amount_cents + line.amount_cents,
                    balance_after_cents=lines[-1].balance_after_cents,
                )
            else:
                lines.append(line)
        if len(found) < limit:
            break
        cursor = found[-1].seq
        limit *= 2
    older = lines[size - 1].seq if len(lines) > size else None
    return StatementPage(tuple(lines[:size]), older)


async def _lines_before(
    session: AsyncSession, account: int, kind: AccountKind, before: int | None, limit: int
) -> list[StatementLine]:
    """A line a posting, the newest first."""
    query = (
        select(Transaction, Posting.amount_cents, Posting.balance_after_cents, Posting.seq)
        .join(Posting, Posting.transaction_id == Transaction.id)
        .where(Posting.account_id == account)
        .order_by(Posting.seq.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Posting.seq < before)
    return [
        StatementLine(transaction, shown(kind, amount), shown(kind, after), seq)
        for transaction, amount, after, seq in await session.execute(query)
    ]


async def _replayed(session: AsyncSession, group_id: int, key: str, input_hash: str) -> Posted:
    statement = select(Transaction.id, Transaction.input_hash).where(
        Transaction.group_id == group_id, Transaction.key == key
    )
    transaction_id, earlier_hash = (await session.execute(statement)).one()
    if earlier_hash != input_hash:
        raise IdempotencyConflict(key)
    return Posted(transaction_id, replayed=True)
