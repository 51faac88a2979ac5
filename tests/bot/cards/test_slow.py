"""Means of payment that take days, and whatever else moves Stripe's balance: received when it is, a fee only if it is."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from ledger.books.models import AccountKind
from ledger.payments.models import PaymentState
from tests.support.card_desk import CardDesk, days

FEE = 44
"""Stripe's, of 12.35; a debit that fails costs 3.50 besides."""


async def spent(desk: CardDesk) -> int:
    """What the books call fees."""
    return await desk.story.account(AccountKind.CARD_FEES)


async def since(desk: CardDesk) -> list[bool]:
    """Which payments are said to be under way."""
    return [row["under_way_since"] is not None for row in await desk.rows("payments")]


async def test_a_debit_that_fails_was_never_received(any_desk: CardDesk) -> None:
    """The balance shows its money for days; nobody has it, and it is the group's expense in no way."""
    desk = any_desk
    desk.send_events()
    payment = await desk.expect()
    session = await desk.opened(payment)
    desk.stripe.dashboard.begin_debit(session.id)
    assert desk.stripe.balance().total == 1235 - FEE
    for _ in range(3):
        desk.stripe.advance(days(4))
        await desk.stripe.delivery.settled()
        await desk.rest()
        assert (await desk.received(), await desk.balance(), await spent(desk)) == ([], 0, 0)
        assert await since(desk) == [True]
        assert await desk.story.verify() == []
    desk.stripe.dashboard.finish_debit(session.id, is_paid=False, reason="insufficient_funds")
    await desk.stripe.delivery.settled()
    await desk.rest(times=3)
    assert (await desk.received(), await desk.balance(), await spent(desk)) == ([], 0, FEE + 350)
    assert (await desk.payment(payment)).state is PaymentState.EXPECTED
    assert await since(desk) == [False]
    waiting, failed = await desk.told(desk.marie)
    assert "your bank is being asked" in waiting
    assert "there was not enough money on the account" in failed
    assert "Pay by card with a new link, or another way" in failed
    [told] = await desk.told(desk.story.anne)
    assert "the bank of Marie did not pay the €12.35" in told
    await desk.right()


async def test_a_debit_that_succeeds_counts_once(desk: CardDesk) -> None:
    payment = await desk.expect()
    session = await desk.opened(payment)
    desk.stripe.dashboard.begin_debit(session.id)
    await desk.rest()
    for _ in range(3):
        desk.stripe.advance(days(9))
        await desk.rest()
    desk.stripe.dashboard.finish_debit(session.id)
    await desk.rest(times=3)
    assert (await desk.received(), await desk.balance(), await spent(desk)) == ([1235], 1235, FEE)
    assert len(await desk.receipts()) == 1
    await desk.right()


@pytest.mark.parametrize("is_heard", [True, False])
async def test_a_debit_that_comes_back_after_it_was_paid_is_owed_again(
    desk: CardDesk, is_heard: bool
) -> None:
    """Heard of as paid before or not: a session goes on calling itself paid, the balance knows better."""
    payment = await desk.expect()
    session = await desk.opened(payment)
    desk.stripe.dashboard.begin_debit(session.id)
    desk.stripe.dashboard.finish_debit(session.id)
    if is_heard:
        await desk.rest()
        assert await desk.balance() == 1235
    desk.stripe.dashboard.fail_late(session.id)
    await desk.rest(times=3)
    assert await desk.balance() == 0
    assert await spent(desk) == FEE + 350
    said = (await desk.told(desk.marie))[-1]
    assert ("did not pay the €12.35 after all" in said) or not is_heard
    await desk.right()


async def test_who_pays_on_a_page_under_way_is_told_not_to(desk: CardDesk) -> None:
    payment = await desk.expect()
    session = await desk.opened(payment)
    token = (await desk.checkouts(payment))[0].token
    desk.stripe.dashboard.begin_debit(session.id)
    back = await desk.go(token, back="1")
    for answer in (back, await desk.go(token)):
        assert answer.status_code == 200
        assert "Do not pay it a second time" in answer.text
        assert "by card</a>" not in answer.text
    assert len(desk.sessions) == 1


AWKWARD = [
    ("topup", 5000, "topup", (5000, 0)),
    ("topup_reversal", -5000, "topup_reversal", (-5000, 0)),
    ("stripe_fee", -150, "fee", (-150, 150)),
    ("tax_fee", -30, "tax", (-30, 30)),
    ("adjustment", -200, "fee", (-200, 200)),
    ("reserved_funds", -900, "risk_reserved_funds", (0, 0)),
    ("reserve_release", 900, "reserve_release", (0, 0)),
    ("payout_minimum_balance_hold", -100, "payout_minimum_balance_hold", (0, 0)),
]


@pytest.mark.parametrize(("kind", "cents", "category", "booked"), AWKWARD, ids=[one[0] for one in AWKWARD])
async def test_what_moves_without_a_payment(
    desk: CardDesk, kind: str, cents: int, category: str, booked: tuple[int, int]
) -> None:
    """What is on the account card, and what is a fee of it."""
    desk.stripe.dashboard.move(kind, cents, category)
    await desk.rest(times=3)
    assert (await desk.story.account(AccountKind.CARD), await spent(desk)) == booked
    assert await desk.told(desk.story.anne) == []
    assert await desk.story.verify() == []


PARKED = [
    ("transfer", -700, "transfer"),
    ("adjustment", -700, "other_adjustment"),
    ("connect_collection_transfer", 700, "connect_collection_transfer"),
    ("climate_order_purchase", -700, "climate_order_purchase"),
    ("adjustment", 700, "something_new"),
]


@pytest.mark.parametrize(("kind", "cents", "category"), PARKED, ids=[one[2] for one in PARKED])
async def test_what_nobody_knows_is_parked_and_told_and_never_a_fee(
    desk: CardDesk, kind: str, cents: int, category: str
) -> None:
    desk.stripe.dashboard.move(kind, cents, category)
    await desk.rest(times=3)
    assert (await desk.story.account(AccountKind.CARD), await spent(desk)) == (0, 0)
    [word] = await desk.told(desk.story.anne)
    assert f"for a reason I do not know ({category}" in word
    assert await desk.told(desk.marie) == []
    assert await desk.story.verify() == []


async def test_an_adjustment_may_be_a_failed_refund_and_no_dispute_was_won(desk: CardDesk) -> None:
    await desk.paid()
    await desk.refund(500)
    await desk.rest()
    [refund] = desk.stripe.dashboard.mode().refunds.values()
    desk.stripe.dashboard.fail_refund(refund.id)
    await desk.rest()
    kinds = [row["kind"] for row in await desk.rows("card_movements")]
    assert kinds == ["charge", "refund", "adjustment"]
    assert await desk.balance() == 1235
    assert not [one for one in await desk.told(desk.story.anne) if "dispute" in one]
    assert "did not get there" in (await desk.told(desk.marie))[-1]
    await desk.right()


async def test_the_proof_finds_a_failed_debit_that_was_booked_as_a_fee(desk: CardDesk) -> None:
    """As it was once: received when the balance showed it, and its end called an expense of the group."""
    payment = await desk.paid()
    [charge] = desk.stripe.dashboard.mode().charges
    desk.stripe.dashboard.move("stripe_fee", -1235, "fee", charge=charge)
    await desk.rest()
    assert await spent(desk) == 1235 + FEE
    assert await desk.story.verify() == []
    wrong = "UPDATE card_movements SET category = 'charge_failure' WHERE kind = 'stripe_fee'"
    async with desk.database.unit_of_work() as session:
        await session.execute(text("DROP TRIGGER card_movements_immutable"))
        await session.execute(text(wrong))
    said = [one.what for one in await desk.story.verify()]
    assert [one for one in said if "1235 were booked as fees" in one], said
    assert [one for one in said if "the bank did not pay: Stripe's balance has 0" in one], said
    assert (await desk.payment(payment)).state is PaymentState.RECEIVED
