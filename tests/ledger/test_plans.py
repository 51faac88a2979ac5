"""What the ledger asks of PostgreSQL costs the same however many rows other groups have: nothing reads a whole table."""

import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import Database
from ledger.groups.models import Method
from ledger.orders import corrections, distributions, history, leaving, rescheduling, till, validation
from ledger.orders import service as orders
from ledger.payments import service as payments
from ledger.payments.models import PaymentState
from tests.support.ledger import Story, found

MANY = 3_000
"""Members of another group, each with an order, its line and its payment."""
FEW = 500
"""No statement about a group of three has to look at so many rows."""
FILLED = """
INSERT INTO members SELECT (jsonb_populate_record(m, jsonb_build_object('id', 1000 + n, 'person_id', null))).*
FROM members m, generate_series(1, {many}) n WHERE m.id = {member};
INSERT INTO distributions SELECT (jsonb_populate_record(d, jsonb_build_object('id', 1000 + n))).*
FROM distributions d, generate_series(0, {many} / 50) n WHERE d.id = {distribution};
INSERT INTO baskets (id, group_id, member_id, distribution_id, created_at, closed_at)
SELECT 1000 + n, {group}, 1000 + n, 1000 + n / 50, now(), now() FROM generate_series(1, {many}) n;
INSERT INTO orders (id, group_id, member_id, distribution_id, created_at)
SELECT 1000 + n, {group}, 1000 + n, 1000 + n / 50, now() FROM generate_series(1, {many}) n;
INSERT INTO payments (id, group_id, member_id, method, amount_cents, reference, state, dated, created_at, purpose, order_id)
SELECT 1000 + n, {group}, 1000 + n, 'cash', 100, 'r' || n, 'expected', now()::date, now(), 'order', 1000 + n
FROM generate_series(1, {many}) n;
INSERT INTO confirmations (id, group_id, order_id, basket_id, method, amount_cents, payment_id, confirmed_at)
SELECT 1000 + n, {group}, 1000 + n, 1000 + n, 'cash', 100, 1000 + n, now() FROM generate_series(1, {many}) n;
INSERT INTO order_lines (id, group_id, order_id, confirmation_id, product_id, producer_id, product_name, unit,
price_cents, vat_rate, quantity_milli, amount_cents)
SELECT 1000 + n, {group}, 1000 + n, 1000 + n, {product}, {producer}, 'x', 'kg', 100, 0, 1000, 100
FROM generate_series(1, {many}) n;
ANALYZE members, distributions, baskets, orders, payments, confirmations, order_lines
"""
NUMBERED = ("members", "distributions", "baskets", "orders", "payments", "confirmations", "order_lines")


@pytest.fixture
async def story(postgresql_url: str) -> AsyncIterator[Story]:
    """A small group beside a large one."""
    database = Database(postgresql_url)
    try:
        small, large = await found(database), await found(database, "Les autres")
        bread, friday = await large.product("Pain", 100), await large.distribution()
        statements = FILLED.format(
            many=MANY, group=large.group_id, member=large.anne.id, distribution=friday.id,
            product=bread.id, producer=bread.producer_id,
        )  # fmt: skip
        async with database.unit_of_work() as session:
            connection = await session.connection()
            await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for statement in statements.split(";"):
                await connection.exec_driver_sql(statement)
            for table in NUMBERED:
                await connection.exec_driver_sql(f"SELECT setval('{table}_id_seq', 1000000)")
        yield small
    finally:
        await database.close()


async def everything(story: Story) -> None:
    """What happens between an order and its validation, and the pages that are looked at."""
    database, group_id, by = story.database, story.group_id, story.anne
    paul, marie = await story.member("Paul"), await story.member("Marie")
    eggs = await story.product("Œufs", 350, stock=50_000)
    friday, saturday = await story.distribution(), await story.distribution()
    first = await story.order(paul, friday, {eggs: 2_000}, Method.CHEQUE)
    added = await story.order(paul, friday, {eggs: 1_000}, Method.CASH)
    assert first.payment is not None
    assert added.payment is not None
    await story.switch(paul, added.payment, Method.TRANSFER)
    await story.receive(first.payment, 600)
    await story.undo(first.payment)
    await story.order(marie, friday, {eggs: 1_000}, Method.TRANSFER)
    for member in (paul, marie):
        await story.order(member, saturday, {eggs: 1_000}, Method.TRANSFER)
    async with database.unit_of_work() as session:
        await validation.validate_order(session, group_id, first.order.id, by)
        await validation.undo_order(session, group_id, first.order.id, by)
        await corrections.deliver(session, group_id, first.lines[0].id, 1_000, by)
        await rescheduling.cancel_distribution(session, group_id, saturday.id, by)
    async with database.snapshot() as session:
        await orders.orders_of(session, paul)
        await history.history(session, paul)
        await payments.payments_of(session, paul, PaymentState.EXPECTED)
        await payments.expected_cents_by_member(session, group_id)
        await distributions.payments_at(session, group_id, friday.id)
        await distributions.expecting(session, group_id)
        await distributions.expected_elsewhere(session, group_id)
        await distributions.expected_by(session, group_id, Method.TRANSFER)
        await distributions.summaries(session, group_id)
        await validation.turn_of(session, await validation.order_state(session, group_id, first.order.id))
        await leaving.obstacles(session, paul)
        await till.counts(session, friday.id)


async def test_no_statement_reads_a_whole_table(story: Story) -> None:
    """Each is explained with what it was asked with, and no step of it met more rows than the group has."""
    asked: dict[str, object] = {}
    engine = story.database.reading_engine.sync_engine

    @event.listens_for(engine, "before_cursor_execute")
    def keep(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.setdefault(statement, parameters)

    await everything(story)
    event.remove(engine, "before_cursor_execute", keep)
    assert len(asked) > 50
    async with story.database.unit_of_work() as session:
        long = [
            statement
            for statement, values in asked.items()
            if await rows_met(session, statement, values) > FEW
        ]
    assert long == []


async def rows_met(session: AsyncSession, statement: str, values: object) -> int:
    """The most rows that a step of a statement's plan found or threw away."""
    explain = f"EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) {statement}"
    rows = await (await session.connection()).exec_driver_sql(explain, values)  # type: ignore[arg-type]
    plan = "\n".join(rows.scalars())
    numbers = re.findall(r"Rows Removed by [\w ]+: (\d+)|actual rows=(\d+)", plan)
    return max(int(removed or found) for removed, found in numbers)
