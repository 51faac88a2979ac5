"""``verify`` finds what is wrong with mixed payments, switches, refunds and gifts, with every guard switched off."""

import pytest

from ledger.db import Database
from ledger.groups.models import Method
from ledger.payments import requests
from ledger.payments.adjustments import AdjustmentKind
from ledger.verify.money import MONEY
from tests.support.ledger import check, damaged, found

SPLIT, OTHERS, THEIRS, SWITCH, REQUEST, REASON, NOTED = MONEY
DAMAGES = [
    ("UPDATE confirmations SET credit_cents = credit_cents - 1 WHERE id = {mixed}", SPLIT),
    ("UPDATE confirmations SET credit_cents = 0, payment_id = NULL WHERE id = {by_credit}", SPLIT),
    ("UPDATE confirmations SET payment_id = NULL WHERE id = {mixed}", SPLIT),
    ("UPDATE payments SET amount_cents = 234 WHERE id = {rest}", SPLIT),
    ("UPDATE payments SET order_id = {another_order} WHERE id = {rest}", OTHERS),
    ("UPDATE payments SET order_id = {another_order} WHERE id = {replaced}", THEIRS),
    ("UPDATE payments SET member_id = {marie} WHERE id = {replaced}", THEIRS),
    ("UPDATE confirmations SET method = 'transfer' WHERE id = {mixed}", OTHERS),
    ("UPDATE payments SET member_id = {marie} WHERE id = {rest}", OTHERS),
    ("UPDATE payments SET state = 'expected' WHERE id = {replaced}", SWITCH),
    ("UPDATE payment_switches SET credit_after_cents = credit_after_cents + 1", SWITCH),
    ("UPDATE payment_switches SET replaced_by_id = NULL", SWITCH),
    ("UPDATE refund_requests SET payment_id = {rest}", REQUEST),
    ("UPDATE refund_requests SET member_id = {paul}", REQUEST),
    ("UPDATE transactions SET note_id = NULL WHERE kind = 'gift'", REASON),
    ("UPDATE notes SET member_id = {paul} WHERE id IN (SELECT note_id FROM payments)", NOTED),
    ("UPDATE notes SET member_id = NULL WHERE id IN (SELECT note_id FROM refund_requests)", NOTED),
    ("UPDATE transactions SET kind = 'gift' WHERE kind = 'write-off'", REASON),
    ("UPDATE transactions SET kind = 'left-to-group' WHERE kind = 'gift'", REASON),
]


@pytest.fixture(scope="module")
async def rows(module_database: Database) -> dict[str, int]:
    """Paul's mixed order, its rest changed for cash; an order by credit; a request granted; a gift and a write-off."""
    database = module_database
    story = await found(database)
    paul, marie = await story.member("Paul"), await story.member("Marie")
    box = await story.product("Panier", 1235)
    await story.opening(paul, 1000)
    mixed = await story.order(
        paul, await story.distribution(), {box: 1_000}, Method.CHEQUE, credit_cents=1000
    )
    assert mixed.payment is not None
    switched = await story.switch(paul, mixed.payment, Method.CASH, 1000)
    assert switched.payment is not None
    await story.opening(marie, 2235)
    by_credit = await story.order(marie, await story.distribution(), {box: 1_000}, Method.MEMBER_CREDIT)
    async with database.unit_of_work() as session:
        asked = await requests.ask(session, marie, 300, Method.CASH, "on Friday")
        await requests.grant(session, story.group_id, asked.id, Method.CASH, 300, story.anne, note="in coins")
    await story.adjust(marie, AdjustmentKind.GIFT, 100)
    await story.adjust(paul, AdjustmentKind.WRITE_OFF, 35)
    assert await check(database) == []
    return {
        "paul": paul.id,
        "marie": marie.id,
        "mixed": mixed.confirmation.id,
        "by_credit": by_credit.confirmation.id,
        "another_order": by_credit.order.id,
        "replaced": mixed.payment.id,
        "rest": switched.payment.id,
    }


@pytest.mark.parametrize("number", range(len(DAMAGES)), ids=[damage for damage, _ in DAMAGES])
async def test_each_damage_is_found(module_database: Database, rows: dict[str, int], number: int) -> None:
    damage, rule = DAMAGES[number]
    violations = await damaged(module_database, damage.format(**rows))
    fixed = [part.split("}")[-1] for part in rule.what.split("{")]
    said = [one.what for one in violations if one.invariant == rule.invariant]
    assert any(all(part in what for part in fixed) for what in said), violations


def test_every_check_was_seen_to_fail() -> None:
    assert {rule.what for _, rule in DAMAGES} == {rule.what for rule in MONEY}
