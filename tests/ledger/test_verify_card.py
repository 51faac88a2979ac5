"""``verify`` finds what is wrong with cards, with every guard switched off, and nothing where nothing is."""

from contextlib import suppress

import pytest
from sqlalchemy import text

from ledger.db import Database
from ledger.groups.models import Member
from ledger.payments import service as payments
from ledger.payments.card import checkouts
from ledger.payments.card.models import CardRefund, Checkout
from ledger.verify.card import CARDS
from ledger.verify.check import Check, Violation
from ledger.verify.service import verify
from tests.support.card_story import CardStory, charge, movement, new_id, seen_as, taken_back, takes_cards
from tests.support.ledger import Story, check, drop_triggers, found, restore_triggers

(
    RECEIVED,
    PAID,
    INTENT,
    ALIVE,
    SETTLED,
    BACK,
    OWNER,
    MORE,
    DISPUTED,
    POSTED,
    MOVED,
    SPENT,
    UNPAID,
    ASKED,
    EXPLAINED,
) = CARDS
DAMAGES: list[tuple[str, set[tuple[Check | str, str]]]] = [
    ("UPDATE checkouts SET state = 'closed' WHERE id = {plain}", {(RECEIVED, "payment:{plain_payment}")}),
    (
        "DELETE FROM checkouts WHERE id = {plain}",
        {(RECEIVED, "payment:{plain_payment}"), ("I5", "card_movements:{charge}")},
    ),
    (
        "UPDATE checkouts SET payment_id = {late_payment} WHERE id = {plain}",
        {
            (RECEIVED, "payment:{plain_payment}"),
            (RECEIVED, "payment:{late_payment}"),
            (PAID, "checkout:{plain}"),
        },
    ),
    (
        "UPDATE checkouts SET payment_id = {awaited_payment} WHERE id = {plain}",
        {(RECEIVED, "payment:{plain_payment}"), (PAID, "checkout:{plain}")},
    ),
    (
        "UPDATE checkouts SET amount_cents = amount_cents + 1 WHERE id = {plain}",
        {(RECEIVED, "payment:{plain_payment}"), (PAID, "checkout:{plain}")},
    ),
    ("UPDATE checkouts SET currency = 'CHF' WHERE id = {plain}", {(PAID, "checkout:{plain}")}),
    ("UPDATE checkouts SET payment_intent = NULL WHERE id = {plain}", {(INTENT, "checkout:{plain}")}),
    (
        """INSERT INTO checkouts (group_id, payment_id, account_id, token, amount_cents, currency, language, state,
            disputed_cents, tell, created_at, looks)
        SELECT group_id, payment_id, account_id, 'another', amount_cents, currency, language, state,
            disputed_cents, tell, created_at, looks FROM checkouts WHERE id = {awaited}""",
        {(ALIVE, "payment:{awaited_payment}")},
    ),
    (
        "UPDATE settlements SET amount_cents = 1 WHERE payment_id = {plain_payment}",
        {(SETTLED, "payment:{plain_payment}"), ("I4", "payment:{plain_payment}")},
    ),
    ("DELETE FROM card_refunds WHERE id = {dashboard}", {(BACK, "payment:{dashboard_payment}")}),
    (
        "UPDATE card_refunds SET amount_cents = amount_cents - 1 WHERE id = {made}",
        {(BACK, "payment:{made_payment}")},
    ),
    ("UPDATE card_refunds SET state = 'failed' WHERE id = {made}", {(BACK, "payment:{made_payment}")}),
    ("UPDATE card_refunds SET state = 'made' WHERE id = {failed}", {(BACK, "payment:{failed_payment}")}),
    (
        "UPDATE card_refunds SET checkout_id = {plain} WHERE id = {made}",
        {(OWNER, "card_refund:{made}")},
    ),
    (
        "UPDATE card_refunds SET checkout_id = {awaited} WHERE id = {made}",
        {(OWNER, "card_refund:{made}"), (MORE, "checkout:{awaited}")},
    ),
    (
        "UPDATE card_refunds SET amount_cents = 5000 WHERE id = {made}",
        {(BACK, "payment:{made_payment}"), (MORE, "checkout:{refunded}")},
    ),
    (
        "UPDATE checkouts SET disputed_cents = disputed_cents + 1 WHERE id = {disputed}",
        {(DISPUTED, "checkout:{disputed}")},
    ),
    (
        "UPDATE checkouts SET disputed_cents = 900 WHERE id = {won}",
        {(DISPUTED, "checkout:{won}")},
    ),
    (
        "UPDATE transactions SET subject = NULL WHERE kind = 'disputed-card' AND id = {dispute_transaction}",
        {(DISPUTED, "checkout:{disputed}")},
    ),
    (
        "UPDATE card_movements SET transaction_id = {opening} WHERE id = {payout}",
        {(POSTED, "card_movement:{payout}"), (EXPLAINED, "transaction:{payout_transaction}")},
    ),
    (
        "UPDATE card_movements SET transaction_id = {payout_transaction} WHERE id = {others}",
        {(POSTED, "card_movement:{others}")},
    ),
    (
        "UPDATE card_movements SET is_ours = FALSE WHERE id = {fee}",
        {
            (POSTED, "card_movement:{fee}"),
            (MOVED, "card_movement:{fee}"),
            (SPENT, "card_movement:{fee}"),
            (EXPLAINED, "transaction:{fee_transaction}"),
        },
    ),
    (
        "UPDATE card_movements SET fee_cents = 31 WHERE id = {charge}",
        {(MOVED, "card_movement:{charge}"), (SPENT, "card_movement:{charge}")},
    ),
    (
        "UPDATE card_movements SET category = 'topup' WHERE id = {fee}",
        {(SPENT, "card_movement:{fee}")},
    ),
    (
        "UPDATE card_movements SET category = 'nobody_knows' WHERE id = {fee}",
        {(MOVED, "card_movement:{fee}"), (SPENT, "card_movement:{fee}")},
    ),
    (
        "UPDATE card_movements SET category = 'charge_failure' WHERE id = {fee}",
        {(MOVED, "card_movement:{fee}"), (SPENT, "card_movement:{fee}")},
    ),
    (
        "UPDATE card_movements SET category = 'dispute' WHERE id = {taken_out}",
        {(MOVED, "card_movement:{taken_out}")},
    ),
    (
        "UPDATE card_movements SET checkout_id = {plain} WHERE id = {taken_out}",
        {(UNPAID, "checkout:{plain}")},
    ),
    (
        "UPDATE checkouts SET state = 'closed', disputed_cents = 0 WHERE id = {unpaid}",
        {(RECEIVED, "payment:{unpaid_payment}"), (UNPAID, "checkout:{unpaid}")},
    ),
    (
        "UPDATE payments SET under_way_since = created_at WHERE id = {plain_payment}",
        {(ASKED, "payment:{plain_payment}")},
    ),
    (
        "UPDATE checkouts SET state = 'closed', look_at = NULL WHERE id = {slow}",
        {(ASKED, "payment:{slow_payment}")},
    ),
    (
        "UPDATE card_movements SET amount_cents = -901 WHERE id = {dispute}",
        {(MOVED, "card_movement:{dispute}")},
    ),
    (
        "DELETE FROM card_movements WHERE id = {charge}",
        {(EXPLAINED, "transaction:{charge_transaction}")},
    ),
    (
        "DELETE FROM card_movements WHERE id = {dispute}",
        {(EXPLAINED, "transaction:{dispute_transaction}"), (EXPLAINED, "transaction:{dispute_fee}")},
    ),
    (
        "DELETE FROM card_movements WHERE id = {payout}",
        {(EXPLAINED, "transaction:{payout_transaction}")},
    ),
    (
        "UPDATE card_movements SET account_id = {other_account} WHERE id = {others}",
        {("I5", "card_movements:{others}")},
    ),
    (
        "UPDATE stripe_events SET account_id = {other_account}",
        {("I5", "stripe_events:{event}")},
    ),
]


@pytest.fixture(scope="module")
def database(module_database: Database) -> Database:
    """Whose rows and constraints are damaged."""
    return module_database


@pytest.fixture(scope="module")
async def ids(database: Database) -> dict[str, int]:
    """Everything that can happen to cards happened once in the first of two groups; ids by what they are."""
    story, other = await found(database), await found(database, "Un autre groupe")
    cards, theirs = await takes_cards(story), await takes_cards(other)
    paul, marie, zoe = [await story.member(name) for name in ("Paul", "Marie", "Zoé")]
    await story.opening(zoe, 100)
    plain = await cards.pay(paul, 1235)
    paid = {"plain": plain, "late": await cancelled_and_paid(cards, paul)}
    await paid_twice(cards, zoe)
    paid["refunded"] = await cards.pay(marie, 3000)
    refunds = await given_back(cards, marie, paid["refunded"])
    paid["disputed"], paid["won"] = await cards.pay(zoe, 900), await cards.pay(zoe, 900)
    for one in (paid["disputed"], paid["won"]):
        await cards.write(movement("adjustment", -900, 1500, source=new_id("dp"), of=one))
    await cards.write(movement("adjustment", 900, -1500, source=new_id("dp"), of=paid["won"]))
    await cards.write(movement("stripe_fee", -25))
    await slowly(cards, paul, paid)
    for kind in ("topup", "reserved_funds", "climate_order_purchase"):
        await cards.write(movement(kind, 1000 if kind == "topup" else -100))
    await cards.write(movement("payout", -2000, source="po_1", status="paid"))
    await cards.write(movement("payout", -100, source="po_2", status="paid"))
    await cards.write(movement("payout_failure", 100, source="po_2"))
    await cards.write(movement("payout", -50, source="po_3", status="failed"))
    await cards.write(movement("charge", 777, 30, source="ch_others"))
    paid["awaited"] = await cards.want(await cards.expect(paul, 800))
    await cards.event(done=True)
    await theirs.pay(other.anne, 4000)
    made = {"other_account": theirs.account_id}
    for name, checkout in paid.items():
        made |= {name: checkout.id, f"{name}_payment": (await cards.checkout(checkout.id)).payment_id}
    for name, refund in refunds.items():
        made |= {name: refund.id, f"{name}_payment": refund.payment_id}
    return made | await ids_of_movements(story)


async def slowly(cards: CardStory, member: Member, paid: dict[str, Checkout]) -> None:
    """A debit under way, one that failed, and one that came back after it had been paid."""
    for name, cents in (("slow", 600), ("failed_debit", 610), ("unpaid", 620)):
        checkout = paid[name] = await cards.want(await cards.expect(member, cents))
        await cards.learn(checkout, seen_as(checkout, "under way"))
        assert await cards.write(charge(checkout, 30, "pending")) == (False, None)
    await cards.learn(paid["failed_debit"], seen_as(paid["failed_debit"], "failed"))
    await cards.write(charge(paid["failed_debit"], 30, "failed"))
    await cards.write(taken_back(paid["failed_debit"], 350))
    await cards.write(charge(paid["unpaid"], 30))
    await cards.write(taken_back(paid["unpaid"], 350))


async def cancelled_and_paid(cards: CardStory, member: Member) -> Checkout:
    """The money comes when nobody waits for it any more."""
    payment = await cards.expect(member, 500)
    checkout = await cards.want(payment)
    async with cards.story.database.unit_of_work() as session:
        await payments.cancel(session, cards.story.group_id, payment.id, member)
    await cards.learn(checkout, seen_as(checkout, "complete"))
    return checkout


async def paid_twice(cards: CardStory, member: Member) -> None:
    """On a page that was thought to be gone, and on the one after it."""
    payment = await cards.expect(member, 700)
    first = await cards.want(payment)
    async with cards.story.database.unit_of_work() as session:
        await checkouts.give_up(session, first.id)
    second = await cards.want(payment)
    for one in (first, second):
        await cards.learn(one, seen_as(one, "complete"))
    first, second = await cards.checkout(first.id), await cards.checkout(second.id)
    assert first.payment_id == payment.id != second.payment_id


async def given_back(cards: CardStory, member: Member, out_of: Checkout) -> dict[str, CardRefund]:
    """Made, refused by Stripe, sent back by the bank, made in Stripe's dashboard, and not asked for yet."""
    made, failed, sent_back = [(await cards.refund(member, cents))[0] for cents in (1000, 200, 300)]
    await cards.write(await cards.made(made))
    await cards.failed(failed)
    done = await cards.made(sent_back)
    await cards.write(done)
    await cards.write(movement("refund_failure", 300, source=done.source, of=out_of))
    await cards.write(movement("refund", -400, source=new_id("re"), of=out_of))
    dashboard = (await cards.refunds())[-1]
    assert dashboard.amount_cents == 400
    await cards.refund(member, 100)
    return {"made": made, "failed": failed, "dashboard": dashboard}


async def ids_of_movements(story: Story) -> dict[str, int]:
    """The movements that are damaged, and what they posted."""
    ids = {}
    async with story.database.snapshot() as session:
        for name, where in (
            ("charge", "kind = 'charge' AND is_ours"),
            ("fee", "kind = 'stripe_fee'"),
            ("dispute", "kind = 'adjustment'"),
            ("payout", "kind = 'payout'"),
            ("taken_out", "kind = 'payment_failure_refund'"),
            ("others", "NOT is_ours"),
        ):
            sql = text(
                "SELECT id, transaction_id FROM card_movements"
                f" WHERE {where} AND group_id = :g ORDER BY id LIMIT 1"
            )
            ids[name], ids[f"{name}_transaction"] = (await session.execute(sql, {"g": story.group_id})).one()
        fee_of_dispute = text(
            "SELECT x.id FROM transactions x JOIN card_movements m"
            " ON x.key = 'card:fee:' || m.account_id || ':' || m.stripe_id WHERE m.id = :id"
        )
        ids["dispute_fee"] = (await session.execute(fee_of_dispute, {"id": ids["dispute"]})).scalar_one()
        opening = text("SELECT id FROM transactions WHERE kind = 'opening'")
        ids["opening"] = (await session.execute(opening)).scalar_one()
        ids["event"] = (await session.execute(text("SELECT id FROM stripe_events"))).scalar_one()
    return ids


async def test_whatever_happened_to_cards_is_sound(database: Database, ids: dict[str, int]) -> None:
    assert len(ids) > 20
    assert await check(database) == []


@pytest.mark.parametrize(
    "number", range(len(DAMAGES)), ids=[" ".join(sql.split())[:80] for sql, _ in DAMAGES]
)
async def test_each_damage_is_found(database: Database, ids: dict[str, int], number: int) -> None:
    damage, expected = DAMAGES[number]
    violations = await damaged(database, damage.format(**ids))
    assert {(rule_of(one), one.subject) for one in violations} == {
        (rule, subject.format(**ids)) for rule, subject in expected
    }, violations


def rule_of(violation: Violation) -> Check | str:
    """Which check said it; what is not of cards by its invariant."""
    for rule in CARDS:
        fixed = [part.split("}")[-1] for part in rule.what.split("{")]
        if violation.invariant == rule.invariant and all(part in violation.what for part in fixed):
            return rule
    return violation.invariant


def test_every_check_was_seen_to_fail() -> None:
    assert set(CARDS) <= {rule for _, expected in DAMAGES for rule, _ in expected}


class Undone(Exception):
    pass


async def damaged(database: Database, damage: str) -> list[Violation]:
    """What ``verify`` says of the rows after a damage, which is undone."""
    violations: list[Violation] = []
    with suppress(Undone):
        async with database.unit_of_work() as session:
            dropped = await drop_triggers(session)
            if database.is_sqlite:
                await session.execute(text("PRAGMA defer_foreign_keys = ON"))
            for index in ("uq_checkouts_live", "uq_checkouts_paid"):
                await session.execute(text(f"DROP INDEX {index}"))
            await session.execute(text(damage))
            await restore_triggers(session, dropped)
            violations += await verify(session)
            raise Undone
    return violations
