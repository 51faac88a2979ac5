"""``verify`` finds what is wrong with corrections, validations and counts, with every guard switched off."""

import pytest

from ledger.db import Database
from ledger.groups.models import Method
from ledger.orders import corrections, rescheduling, till, validation
from ledger.orders.handover_models import CountKind
from ledger.verify.handover import HANDOVER
from tests.support.ledger import check, damaged, found

DAMAGES = [
    ("UPDATE corrections SET amount_cents = amount_cents + 1", {"I3"}),
    ("UPDATE corrections SET step = 3 WHERE step = 2", {"I3"}),
    ("UPDATE corrections SET transaction_id = NULL WHERE step = 2", {"I3"}),
    ("UPDATE corrections SET quantity_milli = 2000, amount_cents = 1780 WHERE step = 2", {"I3"}),
    ("DELETE FROM corrections WHERE step = 2", {"I3"}),
    ("UPDATE changes SET distribution_id = {other}", {"I3"}),
    ("UPDATE changes SET group_id = {other_group}", {"I5"}),
    ("UPDATE order_steps SET step = 3", {"I4"}),
    ("UPDATE order_steps SET by_id = {stranger}", {"I5"}),
    ("UPDATE distribution_steps SET step = 5", {"I4"}),
    ("UPDATE step_settlements SET settlement_id = {other_settlement}", {"I4"}),
    ("UPDATE cash_counts SET counted_cents = counted_cents + 1", {"till"}),
    ("UPDATE cash_counts SET transaction_id = NULL", {"till"}),
    ("UPDATE orders SET cancelled_at = '2026-11-24T08:00:00.000000+00:00' WHERE id = {order}", {"I3"}),
    ("UPDATE orders SET cancelled_at = NULL WHERE id = {cancelled}", {"I3"}),
]


@pytest.fixture(scope="module")
async def rows(module_database: Database) -> dict[str, int]:
    """Paul's order corrected twice and validated, the till counted, another distribution cancelled; another group."""
    database = module_database
    story, stranger = await found(database), await found(database, "Un autre groupe")
    paul, marie = await story.member("Paul"), await story.member("Marie")
    cheese = await story.product("Tomme", 890, weighed=True)
    friday, sunday = await story.distribution(), await story.distribution()
    order = await story.order(paul, friday, {cheese: 1_200}, Method.CASH)
    gone = await story.order(paul, sunday, {cheese: 1_000}, Method.CASH)
    by_hand = await story.enter(marie, Method.CASH, 500)
    async with database.unit_of_work() as session:
        group_id, line, by = story.group_id, order.lines[0].id, story.anne
        await corrections.deliver(session, group_id, line, 1_350, by)
        await corrections.reprice(session, group_id, line, 1000, by)
        await validation.validate_order(session, group_id, order.order.id, by)
        await validation.validate_distribution(session, group_id, friday.id, by)
        await till.count(session, group_id, friday.id, CountKind.CLOSING, 1500, by, reason="manque")
        await rescheduling.cancel_distribution(session, group_id, sunday.id, by)
    assert await check(database) == []
    return {
        "other": sunday.id,
        "other_group": stranger.group_id,
        "stranger": stranger.anne.id,
        "other_settlement": by_hand.settlement.id,
        "order": order.order.id,
        "cancelled": gone.order.id,
    }


@pytest.mark.parametrize(("damage", "invariants"), DAMAGES, ids=[damage for damage, _ in DAMAGES])
async def test_each_damage_is_found(
    module_database: Database, rows: dict[str, int], damage: str, invariants: set[str]
) -> None:
    violations = await damaged(module_database, damage.format(**rows))
    assert {violation.invariant for violation in violations} >= invariants, damage
    assert all("{" not in violation.what for violation in violations)


async def test_every_check_was_seen_to_fail(module_database: Database, rows: dict[str, int]) -> None:
    """All kinds of violation of distribution day occur above."""
    said: list[str] = []
    for damage, _ in DAMAGES:
        said += [one.what for one in await damaged(module_database, damage.format(**rows))]
    for rule in HANDOVER:
        fixed = [part.split("}")[-1] for part in rule.what.split("{")]
        assert any(all(part in what for part in fixed) for what in said), rule.what
