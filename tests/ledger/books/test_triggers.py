"""I2: the database itself refuses every way around the books, whoever asks and however."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.groups.models import Member, Method
from ledger.notes import service as notes
from ledger.orders import corrections, validation
from ledger.orders.handover_models import Correction
from ledger.payments import requests
from ledger.payments import service as payments
from ledger.payments.card import checkouts
from ledger.payments.card.models import CardMovement
from tests.support.card_story import CardStory, charge, seen_as, takes_cards
from tests.support.ledger import Story

ON_BOTH = [
    "UPDATE transactions SET kind = 'changed' WHERE id = {transaction}",
    "DELETE FROM transactions WHERE id = {transaction}",
    "UPDATE transfers SET amount_cents = 1 WHERE transaction_id = {transaction}",
    "DELETE FROM transfers WHERE transaction_id = {transaction}",
    "UPDATE postings SET amount_cents = 1 WHERE transaction_id = {transaction}",
    "UPDATE postings SET balance_after_cents = 0 WHERE transaction_id = {transaction}",
    "DELETE FROM postings WHERE transaction_id = {transaction}",
    "UPDATE accounts SET balance_cents = 0 WHERE id = {account}",
    "UPDATE accounts SET balance_cents = 0, last_seq = last_seq + 1 WHERE id = {account}",
    "UPDATE accounts SET last_seq = last_seq + 1 WHERE id = {account}",
    "UPDATE accounts SET group_id = group_id + 1 WHERE id = {account}",
    "UPDATE accounts SET owner_id = owner_id + 1 WHERE id = {account}",
    "UPDATE accounts SET kind = 'bank', owner_id = 99 WHERE id = {account}",
    "UPDATE accounts SET currency = 'CHF' WHERE id = {account}",
    "DELETE FROM accounts WHERE id = {account}",
    "DELETE FROM accounts WHERE group_id = {group} AND kind = 'write-offs'",
    """INSERT INTO accounts (group_id, kind, owner_id, currency, balance_cents, last_seq)
    VALUES ({group}, 'members', 4711, 'EUR', 100, 0)""",
    """INSERT INTO accounts (group_id, kind, owner_id, currency, balance_cents, last_seq)
    VALUES ({group}, 'members', 4711, 'EUR', 0, 3)""",
    # a posting of its own
    """INSERT INTO postings (account_id, seq, group_id, transaction_id, transfer_id, amount_cents, balance_after_cents)
    SELECT account_id, seq + 1, group_id, transaction_id, transfer_id, 5, balance_after_cents + 5
    FROM postings WHERE account_id = {account} AND transaction_id = {transaction}""",
    # the posting of a transfer once more
    """INSERT INTO postings (account_id, seq, group_id, transaction_id, transfer_id, amount_cents, balance_after_cents)
    SELECT account_id, seq + 1, group_id, transaction_id, transfer_id, amount_cents,
        balance_after_cents + amount_cents
    FROM postings WHERE account_id = {account} AND transaction_id = {transaction}""",
    # a posting on an account its transfer does not name
    """INSERT INTO postings (account_id, seq, group_id, transaction_id, transfer_id, amount_cents, balance_after_cents)
    SELECT a.id, a.last_seq + 1, a.group_id, t.transaction_id, t.id, t.amount_cents, a.balance_cents + t.amount_cents
    FROM accounts a JOIN transfers t ON t.transaction_id = {transaction} AND t.group_id = a.group_id
    WHERE a.kind = 'adjustments'""",
    # a transfer of another group's, in another's transaction, of nothing, to itself
    """INSERT INTO transfers (group_id, transaction_id, debit_account_id, credit_account_id, amount_cents, within_credit)
    SELECT group_id + 1, transaction_id, debit_account_id, credit_account_id, 1, within_credit
    FROM transfers WHERE transaction_id = {transaction}""",
    """INSERT INTO transfers (group_id, transaction_id, debit_account_id, credit_account_id, amount_cents, within_credit)
    SELECT group_id, transaction_id, debit_account_id, credit_account_id, 0, within_credit
    FROM transfers WHERE transaction_id = {transaction}""",
    """INSERT INTO transfers (group_id, transaction_id, debit_account_id, credit_account_id, amount_cents, within_credit)
    SELECT group_id, transaction_id, debit_account_id, credit_account_id, -5, within_credit
    FROM transfers WHERE transaction_id = {transaction}""",
    """INSERT INTO transfers (group_id, transaction_id, debit_account_id, credit_account_id, amount_cents, within_credit)
    SELECT group_id, transaction_id, debit_account_id, debit_account_id, 5, within_credit
    FROM transfers WHERE transaction_id = {transaction}""",
    # beyond the debited account's credit
    """INSERT INTO transfers (group_id, transaction_id, debit_account_id, credit_account_id, amount_cents, within_credit)
    SELECT group_id, transaction_id, debit_account_id, credit_account_id, 5, TRUE
    FROM transfers WHERE transaction_id = {transaction}""",
    # the same key
    """INSERT INTO transactions (group_id, kind, key, input_hash, dated, recorded_at)
    SELECT group_id, kind, key, input_hash, dated, recorded_at FROM transactions WHERE id = {transaction}""",
    "UPDATE payments SET amount_cents = 1 WHERE id = {payment}",
    "UPDATE payments SET reference = 'K7M3P9X' WHERE id = {payment}",
    "UPDATE payments SET member_id = {other_member} WHERE id = {payment}",
    "UPDATE payments SET method = 'cash' WHERE id = {payment}",
    "UPDATE payments SET state = 'expected' WHERE id = {payment}",
    "UPDATE payments SET state = 'refused' WHERE id = {payment}",
    "DELETE FROM payments WHERE id = {payment}",
    "DELETE FROM payments WHERE id = {announced}",
    """INSERT INTO payments (group_id, member_id, method, amount_cents, reference, purpose, state, dated, created_at)
    SELECT group_id, member_id, method, amount_cents, 'AAAAAAA', 'top_up', 'received', dated, created_at
    FROM payments WHERE id = {payment}""",
    """INSERT INTO payments (group_id, member_id, method, amount_cents, reference, purpose, state, dated, created_at)
    SELECT group_id, member_id, method, amount_cents, reference, 'top_up', 'expected', dated, created_at
    FROM payments WHERE id = {payment}""",
    # for no order any more, or for another; for one that is not there; for none, but called an order's; for nothing said
    "UPDATE payments SET purpose = 'top_up', order_id = NULL WHERE id = {payment}",
    "UPDATE payments SET order_id = {later_order} WHERE id = {payment}",
    "UPDATE payments SET purpose = 'order', order_id = 987654 WHERE id = {announced}",
    "UPDATE payments SET purpose = 'order' WHERE id = {announced}",
    "UPDATE payments SET purpose = 'refund' WHERE id = {announced}",
    "UPDATE payments SET order_id = {order} WHERE id = {announced}",
    """INSERT INTO payments (group_id, member_id, method, amount_cents, reference, state, dated, created_at)
    SELECT group_id, member_id, method, amount_cents, 'AAAAAAA', 'expected', dated, created_at
    FROM payments WHERE id = {announced}""",
    """INSERT INTO payments (group_id, member_id, method, amount_cents, reference, purpose, state, dated, created_at)
    SELECT group_id, member_id, method, -5, 'AAAAAAA', 'top_up', 'expected', dated, created_at
    FROM payments WHERE id = {announced}""",
    "UPDATE settlements SET amount_cents = 1 WHERE payment_id = {payment}",
    "DELETE FROM settlements WHERE payment_id = {payment}",
    # settled twice, undone out of turn, settled from another group
    """INSERT INTO settlements (group_id, payment_id, step, kind, amount_cents, by_id, at)
    SELECT group_id, payment_id, 1, kind, amount_cents, by_id, at FROM settlements WHERE payment_id = {payment}""",
    """INSERT INTO settlements (group_id, payment_id, step, kind, amount_cents, by_id, at)
    SELECT group_id, payment_id, 2, kind, amount_cents, by_id, at FROM settlements WHERE payment_id = {payment}""",
    """INSERT INTO settlements (group_id, payment_id, step, kind, amount_cents, by_id, at)
    SELECT group_id, payment_id, 3, kind, amount_cents, by_id, at FROM settlements WHERE payment_id = {payment}""",
    """INSERT INTO settlements (group_id, payment_id, step, kind, by_id, at)
    SELECT group_id + 1, payment_id, 2, 'undone', by_id, at FROM settlements WHERE payment_id = {payment}""",
    "UPDATE products SET stock_milli = -1 WHERE id = {product}",
    "UPDATE order_lines SET amount_cents = 1 WHERE id = {line}",
    "DELETE FROM order_lines WHERE id = {line}",
    "UPDATE corrections SET quantity_milli = 1 WHERE id = {correction}",
    "DELETE FROM corrections WHERE id = {correction}",
    "UPDATE order_steps SET by_id = {other_member} WHERE id = {step}",
    "DELETE FROM order_steps WHERE id = {step}",
    "UPDATE confirmations SET credit_cents = amount_cents + 1 WHERE order_id = {order}",
    "UPDATE confirmations SET credit_cents = -1 WHERE order_id = {order}",
    # a payment that was replaced: settled after all, replaced once more, what replaced it rewritten
    """INSERT INTO settlements (group_id, payment_id, step, kind, by_id, at)
    SELECT group_id, payment_id, 2, 'undone', by_id, at FROM settlements WHERE payment_id = {replaced}""",
    """INSERT INTO payment_switches (group_id, payment_id, credit_before_cents, credit_after_cents, by_id, at)
    SELECT group_id, payment_id, 0, 100, by_id, at FROM payment_switches WHERE payment_id = {replaced}""",
    """INSERT INTO payment_switches (group_id, payment_id, credit_before_cents, credit_after_cents, by_id, at)
    SELECT group_id, {payment}, 0, 100, by_id, at FROM payment_switches WHERE payment_id = {replaced}""",
    "UPDATE payment_switches SET by_id = {other_member} WHERE payment_id = {replaced}",
    "DELETE FROM payment_switches WHERE payment_id = {replaced}",
    # a request: decided again, changed, asked twice, granted without a payment
    "UPDATE refund_requests SET state = 'open', decided_by_id = NULL, decided_at = NULL WHERE id = {declined}",
    "UPDATE refund_requests SET answer_id = NULL WHERE id = {declined}",
    "UPDATE refund_requests SET amount_cents = 1 WHERE id = {asked}",
    "UPDATE refund_requests SET member_id = {other_member} WHERE id = {asked}",
    "DELETE FROM refund_requests WHERE id = {asked}",
    """INSERT INTO refund_requests (group_id, member_id, amount_cents, way, created_at, state)
    SELECT group_id, member_id, amount_cents, way, created_at, state FROM refund_requests WHERE id = {asked}""",
    """UPDATE refund_requests SET state = 'granted', decided_by_id = {other_member}, decided_at = created_at
    WHERE id = {asked}""",
    "UPDATE refund_requests SET state = 'refused' WHERE id = {asked}",
    # a note: rewritten, moved to somebody else, blank, neither there nor erased, forgotten; another in the books' place
    "UPDATE notes SET text = 'another' WHERE id = {note}",
    "UPDATE notes SET text = NULL WHERE id = {note}",
    "UPDATE notes SET erased_at = '2026-11-24T08:00:00.000000+00:00' WHERE id = {note}",
    """UPDATE notes SET text = NULL, erased_at = '2026-11-24T08:00:00.000000+00:00', member_id = {other_member}
    WHERE id = {note}""",
    "UPDATE notes SET text = 'again', erased_at = NULL WHERE id = {erased}",
    "UPDATE notes SET erased_at = '2026-11-24T08:00:00.000000+00:00' WHERE id = {erased}",
    "INSERT INTO notes (group_id, text) VALUES ({group}, ' ')",
    "INSERT INTO notes (group_id) VALUES ({group})",
    "DELETE FROM notes WHERE id = {erased}",
    "UPDATE transactions SET note_id = {note} WHERE id = {transaction}",
    # a checkout: made paid, another's money, paid without money, paid a second time, opened again, forgotten
    """INSERT INTO checkouts (group_id, payment_id, account_id, token, amount_cents, currency, language, state,
        disputed_cents, tell, created_at, looks)
    SELECT group_id, payment_id, account_id, 'another', amount_cents, currency, language, 'closed',
        disputed_cents, tell, created_at, looks FROM checkouts WHERE id = {checkout}""",
    "UPDATE checkouts SET amount_cents = 1 WHERE id = {wanted}",
    "UPDATE checkouts SET token = 'another' WHERE id = {wanted}",
    "UPDATE checkouts SET stripe_id = 'another' WHERE id = {checkout}",
    "UPDATE checkouts SET stripe_id = NULL WHERE id = {checkout}",
    "UPDATE checkouts SET state = 'closed' WHERE id = {checkout}",
    "UPDATE checkouts SET payment_id = {announced} WHERE id = {checkout}",
    "UPDATE checkouts SET payment_intent = 'another' WHERE id = {checkout}",
    "UPDATE checkouts SET state = 'wanted' WHERE id = {closed}",
    "UPDATE checkouts SET payment_id = {announced} WHERE id = {wanted}",
    "UPDATE checkouts SET state = 'paid', look_at = NULL WHERE id = {wanted}",
    "UPDATE checkouts SET state = 'paid' WHERE id = {closed}",
    "DELETE FROM checkouts WHERE id = {wanted}",
    """INSERT INTO settlements (group_id, payment_id, step, kind, by_id, at)
    SELECT group_id, payment_id, 2, 'undone', by_id, at FROM settlements WHERE payment_id = {by_card}""",
    # a refund: of another amount, out of another checkout, another one at Stripe, made after all, forgotten
    "UPDATE card_refunds SET amount_cents = 1 WHERE id = {made}",
    "UPDATE card_refunds SET checkout_id = {wanted} WHERE id = {made}",
    "UPDATE card_refunds SET payment_id = {announced} WHERE id = {made}",
    "UPDATE card_refunds SET token = 'another' WHERE id = {made}",
    "UPDATE card_refunds SET stripe_id = 'another' WHERE id = {made}",
    "UPDATE card_refunds SET state = 'wanted', look_at = created_at WHERE id = {made}",
    "UPDATE card_refunds SET state = 'made' WHERE id = {failed}",
    "DELETE FROM card_refunds WHERE id = {failed}",
    # a movement: of another amount, posted again, forgotten; an event: handled again, another one, forgotten
    "UPDATE card_movements SET amount_cents = 1 WHERE id = {movement}",
    "UPDATE card_movements SET transaction_id = NULL WHERE id = {movement}",
    "UPDATE card_movements SET transaction_id = {transaction} WHERE id = {movement}",
    "UPDATE card_movements SET fee_cents = 1 WHERE id = {unposted}",
    "DELETE FROM card_movements WHERE id = {movement}",
    "UPDATE stripe_events SET done_at = NULL, outcome = NULL WHERE stripe_id = '{event}'",
    "UPDATE stripe_events SET outcome = 'another' WHERE stripe_id = '{event}'",
    "UPDATE stripe_events SET stripe_id = 'another' WHERE stripe_id = '{undone}'",
    "DELETE FROM stripe_events WHERE stripe_id = '{undone}'",
]

ON_SQLITE = [
    "INSERT OR REPLACE INTO transactions SELECT * FROM transactions WHERE id = {transaction}",
    "INSERT OR REPLACE INTO transfers SELECT * FROM transfers WHERE transaction_id = {transaction}",
    "INSERT OR REPLACE INTO postings SELECT * FROM postings WHERE transaction_id = {transaction}",
    "INSERT OR REPLACE INTO accounts SELECT * FROM accounts WHERE id = {account}",
    "INSERT OR REPLACE INTO payments SELECT * FROM payments WHERE id = {payment}",
    "INSERT OR REPLACE INTO settlements SELECT * FROM settlements WHERE payment_id = {payment}",
    "UPDATE OR REPLACE transactions SET key = key WHERE id = {transaction}",
    """REPLACE INTO accounts (id, group_id, kind, owner_id, currency, balance_cents, last_seq)
    VALUES ({account}, {group}, 'members', 4711, 'EUR', 0, 0)""",
]

ON_POSTGRESQL = [
    "TRUNCATE accounts CASCADE",
    "TRUNCATE transactions CASCADE",
    "TRUNCATE transfers CASCADE",
    "TRUNCATE postings",
    "TRUNCATE payments CASCADE",
    "TRUNCATE settlements CASCADE",
    "TRUNCATE corrections",
    "TRUNCATE order_lines CASCADE",
    "TRUNCATE order_steps CASCADE",
    "TRUNCATE payment_switches",
    "TRUNCATE refund_requests",
    "TRUNCATE checkouts CASCADE",
    "TRUNCATE card_refunds",
    "TRUNCATE stripe_events",
]


@pytest.fixture
async def rows(story: Story) -> AsyncIterator[dict[str, int | str]]:
    """Rows to attack: Paul ordered for 12.35 and paid with a cheque; one of his breads was missing, all is validated.

    Marie paid by card.
    """
    paul, marie = await story.member("Paul"), await story.member("Marie")
    eggs = await story.product("Œufs", 350, stock=10_000)
    bread = await story.product("Pain", 535)
    basket = {eggs: 2_000, bread: 1_000}
    ordered = await story.order(paul, await story.distribution(), basket, Method.CHEQUE)
    assert ordered.payment is not None
    settled = await story.receive(ordered.payment)
    transaction = settled.settlement.transaction_id
    assert transaction is not None
    async with story.database.snapshot() as session:
        account = await books.account_id(session, story.group_id, AccountKind.MEMBERS, paul.id)
    async with story.database.unit_of_work() as session:
        announced = await payments.expect(session, paul, Method.CASH, 100, None)
        replaced = await payments.expect(session, paul, Method.CASH, 100, None)
    await story.switch(paul, replaced, Method.TRANSFER)
    await story.opening(paul, 1000)
    async with story.database.unit_of_work() as session:
        declined = await requests.ask(session, paul, 100, Method.CASH)
        declined = await requests.decline(session, story.group_id, declined.id, story.anne, "not now")
        erased = await notes.keep(session, story.group_id, paul.id, "a word too much")
        assert erased is not None
        await notes.erase(session, story.group_id, erased.id)
        asked = await requests.ask(session, paul, 200, Method.CASH)
    later = await story.order(paul, await story.distribution(), {eggs: 1_000}, Method.CASH)
    of_bread, of_eggs = ordered.lines
    async with story.database.unit_of_work() as session:
        changed = await corrections.deliver(session, story.group_id, of_bread.id, 0, story.anne)
        validated = await validation.validate_order(session, story.group_id, ordered.order.id, story.anne)
        statement = select(Correction.id).where(Correction.change_id == changed.change.id)
        correction = (await session.execute(statement)).scalar_one()
    assert validated.validated is not None
    cards = await takes_cards(story)
    of_cards = await card_rows(cards, marie)
    yield {
        "line": of_eggs.id,
        "correction": correction,
        "step": validated.validated.id,
        "announced": announced.id,
        "order": ordered.order.id,
        "later_order": later.order.id,
        "replaced": replaced.id,
        "declined": declined.id,
        "note": declined.answer_id,
        "erased": erased.id,
        "asked": asked.id,
        "group": story.group_id,
        "transaction": transaction,
        "account": account,
        "payment": ordered.payment.id,
        "product": eggs.id,
        "other_member": marie.id,
        **of_cards,
    }
    await cards.finish(str(of_cards["undone"]))  # others share the database


async def card_rows(cards: CardStory, member: Member) -> dict[str, int | str]:
    """A first page was given up, the second was paid; of two refunds one was made; another payment is expected."""
    story = cards.story
    payment = await cards.expect(member, 500)
    closed = await cards.want(payment)
    async with story.database.unit_of_work() as session:
        await checkouts.give_up(session, closed.id)
    checkout = await cards.want(payment)
    await cards.learn(checkout, seen_as(checkout, "complete"))
    fee = charge(checkout, 30)
    await cards.write(fee)
    made, failed = [(await cards.refund(member, cents))[0] for cents in (100, 200)]
    unposted = await cards.made(made)
    await cards.write(unposted)
    await cards.failed(failed)
    wanted = await cards.want(await cards.expect(member, 700))
    event, undone = await cards.event(done=True), await cards.event()
    async with story.database.snapshot() as session:
        statement = select(CardMovement.stripe_id, CardMovement.id).where(
            CardMovement.group_id == story.group_id
        )
        movements = {stripe_id: found_id for stripe_id, found_id in await session.execute(statement)}  # noqa: C416
    return {
        "closed": closed.id,
        "checkout": checkout.id,
        "by_card": payment.id,
        "made": made.id,
        "failed": failed.id,
        "wanted": wanted.id,
        "movement": movements[fee.stripe_id],
        "unposted": movements[unposted.stripe_id],
        "event": event,
        "undone": undone,
    }


async def test_every_way_around_is_refused(story: Story, rows: dict[str, int | str]) -> None:
    async with story.database.unit_of_work() as session:
        assert await accepted(session, rows) == []
    assert await story.verify() == []


WRITERS = ("settlements_settle", "transfers_posted")
"""Triggers that write what follows; they refuse nothing themselves."""


async def test_no_guard_is_there_for_nothing(story: Story, rows: dict[str, int | str]) -> None:
    """With any one trigger gone, some way around is open: each of them is needed, and would be missed."""
    async with story.database.unit_of_work() as session:
        useless = []
        for table, name in await triggers(session):
            if name in WRITERS:
                continue
            async with session.begin_nested() as savepoint:
                off = (
                    f"DROP TRIGGER {name}"
                    if story.database.is_sqlite
                    else f"ALTER TABLE {table} DISABLE TRIGGER {name}"
                )
                await session.execute(text(off))
                if not await accepted(session, rows, table):
                    useless.append(name)
                await savepoint.rollback()
    # A transfer always has postings, so that on SQLite its foreign keys keep it too.
    assert set(useless) == ({"transfers_kept"} if story.database.is_sqlite else set())


async def accepted(session: AsyncSession, rows: dict[str, int | str], table: str | None = None) -> list[str]:
    """The attacks that went through; each is undone. `table`: at most one, looked for among those that name it first."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    attacks = ON_BOTH + (ON_SQLITE if is_sqlite else ON_POSTGRESQL)
    through: list[str] = []
    for attack in sorted(attacks, key=lambda attack: (table or "") not in attack):
        if table and through:
            break
        try:
            async with session.begin_nested() as savepoint:
                await session.execute(text(attack.format(**rows)))
                through.append(attack)
                await savepoint.rollback()
        except IntegrityError:
            continue
    return through


async def triggers(session: AsyncSession) -> list[tuple[str, str]]:
    """Tables and names of all triggers that are ours."""
    found = text(
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
        if session.get_bind().dialect.name == "sqlite"
        else "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT tgisinternal"
    )
    return [(table, name) for table, name in await session.execute(found)]


async def test_what_must_stay_possible(story: Story, rows: dict[str, int | str]) -> None:
    """The guards do not lock what may change."""
    async with story.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE payments SET note_id = {note} WHERE id = {payment}".format(**rows))
        )
        await session.execute(text("UPDATE products SET stock_milli = 0 WHERE id = {product}".format(**rows)))
    assert await story.verify() == []
