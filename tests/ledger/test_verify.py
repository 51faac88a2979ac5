"""Every invariant, broken on purpose behind the guards' back: `verify` names it, and nothing else."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import Database
from ledger.groups.models import Method
from ledger.reference import ALPHABET, is_valid
from ledger.verify.card import CARDS
from ledger.verify.check import Violation
from ledger.verify.handover import HANDOVER
from ledger.verify.money import MONEY
from ledger.verify.service import CHECKS, verify
from tests.support.ledger import Story, drop_triggers, found, restore_triggers

OTHER_CHECK = "K7M3P9" + next(c for c in ALPHABET if not is_valid("K7M3P9" + c))


@pytest.fixture(scope="module")
def database(module_database: Database) -> Database:
    """Whose rows and constraints are damaged."""
    return module_database


@pytest.fixture(scope="module")
async def rows(database: Database) -> dict[str, int]:
    """Two groups; in the first everything that can happen happened once. Ids by what they are."""
    story, other = await found(database), await found(database, "Un autre groupe")
    paul, marie = await story.member("Paul"), await story.member("Marie")
    eggs = await story.product("Œufs", 350, producer="Ferme", stock=10_000)
    bread = await story.product("Pain", 535, producer="Fournil")
    friday, saturday = await story.distribution(), await story.distribution()
    cheque = await story.order(paul, friday, {eggs: 2_000, bread: 1_000}, Method.CHEQUE)
    assert cheque.payment is not None
    received = await story.receive(cheque.payment, 1000)
    addition = await story.order(paul, friday, {bread: 1_000}, Method.CASH)
    assert addition.payment is not None
    refused = await story.refuse(addition.payment)
    await story.opening(marie, 2000)
    credit = await story.order(marie, saturday, {eggs: 1_000}, Method.MEMBER_CREDIT)
    by_hand = await story.enter(marie, Method.TRANSFER, 700)
    undone = await story.undo(by_hand.payment)
    theirs = await other.product("Pain", 100)
    await other.order(other.anne, await other.distribution(), {theirs: 1_000}, Method.CASH)
    await other.opening(other.anne, 100)
    await story.option("payments_enabled", False)
    free = await story.order(story.anne, friday, {eggs: 1_000}, None)
    assert received.settlement.transaction_id is not None
    assert cheque.confirmation.transaction_id is not None
    assert credit.confirmation.transaction_id is not None
    assert undone.settlement.transaction_id is not None
    ids = {
        "group": story.group_id,
        "other_group": other.group_id,
        "paul": paul.id,
        "marie": marie.id,
        "stranger": other.anne.id,
        "eggs": eggs.id,
        "their_bread": theirs.id,
        "cheque_order": cheque.order.id,
        "cheque_confirmation": cheque.confirmation.id,
        "cheque_transaction": cheque.confirmation.transaction_id,
        "cheque_line": cheque.lines[0].id,
        "credit_order": credit.order.id,
        "credit_transaction": credit.confirmation.transaction_id,
        "free_order": free.order.id,
        "received": cheque.payment.id,
        "received_transaction": received.settlement.transaction_id,
        "refused": refused.payment.id,
        "undone": by_hand.payment.id,
        "reversal": undone.settlement.transaction_id,
    }
    async with database.snapshot() as session:
        account = text("SELECT id FROM accounts WHERE group_id = :g AND kind = :k AND owner_id = :o")
        for name, kind, owner in (
            ("paul_account", "members", paul.id),
            ("cheques_account", "cheques", 0),
            ("opening_account", "opening", 0),
            ("eggs_account", "producers", eggs.producer_id),
        ):
            values = {"g": story.group_id, "k": kind, "o": owner}
            ids[name] = (await session.execute(account, values)).scalar_one()
        chat = text("SELECT id FROM chats WHERE group_id = :g")
        ids["their_chat"] = (await session.execute(chat, {"g": other.group_id})).scalar_one()
        transfer = text("SELECT id FROM transfers WHERE transaction_id = :t ORDER BY id LIMIT 1")
        values = {"t": ids["received_transaction"]}
        ids["received_transfer"] = (await session.execute(transfer, values)).scalar_one()
    assert await story.verify() == []
    return ids


class Undone(Exception):
    pass


async def broken(database: Database, rows: dict[str, int], *statements: str) -> list[Violation]:
    """What `verify` says of the rows after `statements`, which are undone."""
    violations: list[Violation] = []
    try:
        async with database.unit_of_work() as session:
            await unguarded(session, [statement.format(**rows) for statement in statements])
            violations += await verify(session)
            raise Undone
    except Undone:
        if database.is_sqlite:
            async with database.unit_of_work() as session:
                await session.execute(text("PRAGMA ignore_check_constraints = OFF"))
        return violations


async def unguarded(session: AsyncSession, statements: list[str]) -> None:
    """Run statements with every trigger, foreign key, CHECK and unique constraint in their way gone."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    dropped = await drop_triggers(session)
    if is_sqlite:
        await session.execute(text("PRAGMA defer_foreign_keys = ON"))
        await session.execute(text("PRAGMA ignore_check_constraints = ON"))
        for table in UNIQUE:
            await session.execute(text(f"CREATE TABLE copy AS SELECT * FROM {table}"))
            await session.execute(text(f"DROP TABLE {table}"))
            await session.execute(text(f"ALTER TABLE copy RENAME TO {table}"))
            if table != "postings":  # other tables refer to its rows
                await session.execute(text(f"CREATE UNIQUE INDEX copied_{table} ON {table} (id)"))
    else:
        for table in (*UNIQUE, "products"):
            constraints = text(
                "SELECT conname FROM pg_constraint WHERE contype IN ('c', 'u')"
                f" AND conrelid = '{table}'::regclass"
            )
            for name in (await session.execute(constraints)).scalars().all():
                await session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    for statement in statements:
        await session.execute(text(statement))
    await restore_triggers(session, dropped)


UNIQUE = ("payments", "settlements", "postings")
"""Tables whose constraints are taken away as well."""

POSTING = "(account_id, seq, group_id, transaction_id, transfer_id, amount_cents, balance_after_cents)"
BROKEN: dict[str, tuple[set[tuple[str, str]], list[str]]] = {
    "a transaction that does not balance": (
        {
            ("I1", "transaction:{received_transaction}"),
            ("I1", "transfer:{received_transfer}"),
            ("I1", "account:{paul_account}"),
            ("I4", "payment:{received}"),
            ("I6", "group:{group}"),
        },
        [
            """UPDATE postings SET amount_cents = amount_cents - 1, balance_after_cents = balance_after_cents - 1
            WHERE transaction_id = {received_transaction} AND account_id = {paul_account}""",
            "UPDATE accounts SET balance_cents = balance_cents - 1 WHERE id = {paul_account}",
        ],
    ),
    "a posting of nothing": (
        {
            ("I1", "account:{paul_account}"),
            ("I1", "transaction:{received_transaction}"),
            ("I1", "transfer:{received_transfer}"),
            ("I4", "payment:{received}"),
        },
        [
            """UPDATE postings SET amount_cents = 0
            WHERE transaction_id = {received_transaction} AND account_id = {paul_account}"""
        ],
    ),
    "a balance that drifted": (
        {("I1", "account:{paul_account}"), ("I6", "group:{group}")},
        ["UPDATE accounts SET balance_cents = balance_cents + 1 WHERE id = {paul_account}"],
    ),
    "two balances that drifted": (
        {("I1", "account:{paul_account}"), ("I1", "account:{cheques_account}")},
        [
            "UPDATE accounts SET balance_cents = balance_cents + 1 WHERE id = {paul_account}",
            "UPDATE accounts SET balance_cents = balance_cents - 1 WHERE id = {cheques_account}",
        ],
    ),
    "a number that drifted": (
        {("I1", "account:{paul_account}")},
        ["UPDATE accounts SET last_seq = last_seq + 1 WHERE id = {paul_account}"],
    ),
    "a running balance in the middle": (
        {("I1", "account:{paul_account}")},
        ["UPDATE postings SET balance_after_cents = 5 WHERE account_id = {paul_account} AND seq = 2"],
    ),
    "a running balance at the end": (
        {("I1", "account:{cheques_account}")},
        ["UPDATE postings SET balance_after_cents = 5 WHERE account_id = {cheques_account} AND seq = 1"],
    ),
    "a gap in the numbers": (
        {("I1", "account:{paul_account}")},
        ["UPDATE postings SET seq = 99 WHERE account_id = {paul_account} AND seq = 2"],
    ),
    "a posting gone": (
        {
            ("I1", "account:{cheques_account}"),
            ("I1", "transaction:{received_transaction}"),
            ("I1", "transfer:{received_transfer}"),
        },
        ["DELETE FROM postings WHERE account_id = {cheques_account}"],
    ),
    "a posting on an account its transfer does not name": (
        {
            ("I1", "account:{cheques_account}"),
            ("I1", "account:{opening_account}"),
            ("I1", "transfer:{received_transfer}"),
        },
        [
            "UPDATE postings SET account_id = {opening_account}, seq = 50 WHERE account_id = {cheques_account}",
        ],
    ),
    "a posting of another transaction's": (
        {("I1", "transfer:{received_transfer}"), ("I1", "transaction:{received_transaction}")}
        | {("I1", "transaction:{credit_transaction}")},
        [
            """UPDATE postings SET transaction_id = {credit_transaction}
            WHERE transfer_id = {received_transfer} AND account_id = {cheques_account}"""
        ],
    ),
    "a posting without a transfer": (
        {("I1", "transfer:987654"), ("I1", "transfer:{received_transfer}")},
        ["UPDATE postings SET transfer_id = 987654 WHERE account_id = {cheques_account}"],
    ),
    "a transfer posted twice": (
        {("I1", "transfer:{received_transfer}"), ("I4", "payment:{received}")},
        [
            f"""INSERT INTO postings {POSTING}
            SELECT p.account_id, a.last_seq + 1, p.group_id, p.transaction_id, p.transfer_id, p.amount_cents,
                a.balance_cents + p.amount_cents
            FROM postings p JOIN accounts a ON a.id = p.account_id WHERE p.transfer_id = {{received_transfer}}""",
            """UPDATE accounts SET last_seq = last_seq + 1, balance_cents = (
                SELECT balance_after_cents FROM postings p WHERE p.account_id = accounts.id
                ORDER BY p.seq DESC LIMIT 1)
            WHERE id IN ({paul_account}, {cheques_account})""",
        ],
    ),
    "a transaction without a transfer": (
        {("I1", "transaction:987654")},
        [
            """INSERT INTO transactions (id, group_id, kind, key, input_hash, dated, recorded_at)
            SELECT 987654, group_id, kind, 'empty', input_hash, dated, recorded_at FROM transactions
            WHERE id = {received_transaction}"""
        ],
    ),
    "a line that is not price times quantity": (
        {("I3", "order:{cheque_order}")},
        ["UPDATE order_lines SET amount_cents = amount_cents + 1 WHERE id = {cheque_line}"],
    ),
    "a price changed after the order": (
        {("I3", "order:{cheque_order}")},
        ["UPDATE order_lines SET price_cents = price_cents + 1 WHERE id = {cheque_line}"],
    ),
    "a line gone": (
        {("I3", "order:{cheque_order}")},
        ["DELETE FROM order_lines WHERE id = {cheque_line}"],
    ),
    "a confirmation for another amount": (
        {("I3", "order:{cheque_order}")},
        ["UPDATE confirmations SET amount_cents = amount_cents + 1 WHERE id = {cheque_confirmation}"],
    ),
    "a debt taken back without a line": (
        {("I3", "order:{cheque_order}")},
        ["UPDATE transactions SET subject = 'order:{cheque_order}' WHERE id = {received_transaction}"],
    ),
    "an order that was never debited": (
        {("I3", "order:{cheque_order}")},
        ["UPDATE transactions SET subject = NULL WHERE id = {cheque_transaction}"],
    ),
    "a debt where payments are off": (
        {("I3", "order:{cheque_order}")},
        ["UPDATE confirmations SET method = NULL WHERE id = {cheque_confirmation}"],
    ),
    "a state that no settlement says": (
        {("I4", "payment:{received}"), ("I4", "payment:{undone}")},
        [
            "UPDATE payments SET state = 'expected' WHERE id = {received}",
            "UPDATE payments SET state = 'received' WHERE id = {undone}",
        ],
    ),
    "a settlement gone": (
        {("I4", "payment:{refused}")},
        ["DELETE FROM settlements WHERE payment_id = {refused}"],
    ),
    "a step missing": (
        {("I4", "payment:{undone}")},
        ["UPDATE settlements SET step = 4 WHERE payment_id = {undone} AND step = 2"],
    ),
    "settled twice": (
        {("I4", "payment:{refused}")},
        [
            """INSERT INTO settlements (group_id, payment_id, step, kind, by_id, at)
            SELECT group_id, payment_id, 2, kind, by_id, at FROM settlements WHERE payment_id = {refused}"""
        ],
    ),
    "received with another amount than the books": (
        {("I4", "payment:{received}")},
        ["UPDATE settlements SET amount_cents = 1001 WHERE payment_id = {received}"],
    ),
    "received without an entry in the books": (
        {("I4", "payment:{received}")},
        ["UPDATE settlements SET transaction_id = NULL WHERE payment_id = {received}"],
    ),
    "credited to somebody else": (
        {("I4", "payment:{received}"), ("I3", "order:{cheque_order}")},
        ["UPDATE payments SET member_id = {marie} WHERE id = {received}"],
    ),
    "refused, but booked": (
        {("I4", "payment:{refused}")},
        [
            """UPDATE settlements SET transaction_id = (SELECT max(id) FROM transactions WHERE
            subject = 'order:{cheque_order}') WHERE payment_id = {refused}"""
        ],
    ),
    "undone without a reversal": (
        {("I4", "payment:{undone}")},
        ["UPDATE transactions SET reverses_id = NULL WHERE id = {reversal}"],
    ),
    "an order's payment that names no order": (
        {("I4", "payment:{received}"), ("I3", "order:{cheque_order}")},
        ["UPDATE payments SET order_id = NULL WHERE id = {received}"],
    ),
    "a top-up that names an order": (
        {("I4", "payment:{refused}")},
        ["UPDATE payments SET purpose = 'top_up' WHERE id = {refused}"],
    ),
    "a refund of more than nothing": (
        {("I4", "payment:{undone}")},
        ["UPDATE payments SET purpose = 'refund' WHERE id = {undone}"],
    ),
    "a payment for nothing known": (
        {("I4", "payment:{undone}")},
        ["UPDATE payments SET purpose = 'gift' WHERE id = {undone}"],
    ),
    "a payment for an order that is not there": (
        {("I5", "payments:{refused}"), ("I3", "order:4711"), ("I3", "order:{cheque_order}")},
        ["UPDATE payments SET order_id = 4711 WHERE id = {refused}"],
    ),
    "reversed without being undone": (
        {("I4", "payment:{received}"), ("I4", "payment:{undone}")},
        ["UPDATE transactions SET reverses_id = {received_transaction} WHERE id = {reversal}"],
    ),
    "an account whose owner is of another group": (
        {("I5", "account:{paul_account}"), ("I3", "order:{cheque_order}"), ("I4", "payment:{received}")},
        ["UPDATE accounts SET owner_id = {stranger} WHERE id = {paul_account}"],
    ),
    "done by a member of another group": (
        {("I5", "transaction:{received_transaction}")},
        ["UPDATE transactions SET actor_id = {stranger} WHERE id = {received_transaction}"],
    ),
    "an order of a member of another group": (
        {("I5", "orders:{free_order}")},
        ["UPDATE orders SET member_id = {stranger} WHERE id = {free_order}"],
    ),
    "a line with a product of another group": (
        {("I5", "order_lines:{cheque_line}")},
        ["UPDATE order_lines SET product_id = {their_bread} WHERE id = {cheque_line}"],
    ),
    "settled by a coordinator of another group": (
        {("I5", "settlements:1")},
        ["UPDATE settlements SET by_id = {stranger} WHERE payment_id = {received}"],
    ),
    "money that crossed from one group to another": (
        {
            ("I6", "group:{group}"),
            ("I6", "group:{other_group}"),
            ("I5", "postings:{cheques_account}:1"),
            ("I5", "transfers:{received_transfer}"),
        },
        ["UPDATE accounts SET group_id = {other_group}, owner_id = 555 WHERE id = {cheques_account}"],
    ),
    "rows of a group that does not exist": (
        {("I5", "chats:{their_chat}")},
        ["UPDATE chats SET group_id = 987654 WHERE id = {their_chat}"],
    ),
    "credit beyond what the account held": (
        {("I7", "transaction:{cheque_transaction}")},
        ["UPDATE transfers SET within_credit = TRUE WHERE transaction_id = {cheque_transaction}"],
    ),
    "a reference with two payments": (
        {("I8", "payment:{refused}")},
        [
            """UPDATE payments SET reference = (SELECT reference FROM payments WHERE id = {received})
            WHERE id = {refused}"""
        ],
    ),
    "a reference whose check character is wrong": (
        {("I8", "payment:{refused}")},
        [f"UPDATE payments SET reference = '{OTHER_CHECK}' WHERE id = {{refused}}"],
    ),
    "a reference with another symbol": (
        {("I8", "payment:{refused}")},
        ["UPDATE payments SET reference = 'K7M3P9O' WHERE id = {refused}"],
    ),
    "a reference that is too short": (
        {("I8", "payment:{refused}")},
        ["UPDATE payments SET reference = '222222' WHERE id = {refused}"],
    ),
    "less than nothing in stock": (
        {("stock", "product:{eggs}")},
        ["UPDATE products SET stock_milli = -1 WHERE id = {eggs}"],
    ),
}


@pytest.mark.parametrize("what", BROKEN)
async def test_broken(database: Database, rows: dict[str, int], what: str) -> None:
    expected, statements = BROKEN[what]
    violations = await broken(database, rows, *statements)
    named = {(invariant, subject.format(**rows)) for invariant, subject in expected}
    assert {(violation.invariant, violation.subject) for violation in violations} == named, violations


async def test_untouched_rows_break_nothing(database: Database, rows: dict[str, int]) -> None:
    assert await broken(database, rows, "SELECT 1") == []


async def test_a_trigger_that_is_missing(database: Database, rows: dict[str, int]) -> None:
    off = (
        "DROP TRIGGER postings_immutable"
        if database.is_sqlite
        else "ALTER TABLE postings DISABLE TRIGGER postings_immutable"
    )
    try:
        async with database.unit_of_work() as session:
            await session.execute(text(off))
            violations = await verify(session)
            raise Undone
    except Undone:
        pass
    assert [(violation.invariant, violation.subject) for violation in violations] == [
        ("I2", "table:postings")
    ]
    assert "postings_immutable" in violations[0].what


async def test_every_check_was_seen_to_fail(database: Database, rows: dict[str, int]) -> None:
    """All kinds that are not a foreign key of their own occur above, or with those of distribution day, money, cards."""
    said: set[str] = set()
    for _, statements in BROKEN.values():
        for violation in await broken(database, rows, *statements):
            said.add(violation.what)
    for check in CHECKS:
        if check.invariant != "I5" and check not in (*HANDOVER, *MONEY, *CARDS):
            fixed = [part.split("}")[-1] for part in check.what.split("{")]
            assert any(all(part in what for part in fixed) for what in said), check.what


async def test_a_new_database_is_sound(own_database: Database) -> None:
    async with own_database.snapshot() as session:
        assert await verify(session) == []


async def test_a_long_list_is_cut(database: Database, rows: dict[str, int]) -> None:
    story = Story(database, rows["group"], None)  # type: ignore[arg-type]
    for number in range(110):
        await story.product(f"Produit {number}", 100, stock=0)
    violations = await broken(database, rows, "UPDATE products SET stock_milli = -1")
    assert len([violation for violation in violations if violation.invariant == "stock"]) == 100
