"""Money that goes back or away: refunds, disputes, fees, payouts. The books hold what Stripe holds, to the cent."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.stripe.faults import Fault
from bot.sandbox.stripe.model import BalanceEntry
from bot.sandbox.stripe.server import TEST_KEY
from ledger.books.models import AccountKind
from ledger.db import utc_now
from ledger.groups.models import Method
from ledger.payments import refunds
from ledger.payments.card import accounts
from ledger.payments.card import refunds as card_refunds
from ledger.payments.card.gateway import Movement
from ledger.payments.card.models import CardRefundState
from ledger.payments.models import Payment
from ledger.payments.refunds import MoreThanCredit, MoreThanTheWayTakes
from ledger.payments.service import InvalidPayment
from tests.support.card_desk import CardDesk, days


async def charge_of(desk: CardDesk, payment: Payment) -> str:
    """Stripe's id of what was paid."""
    [checkout] = [one for one in await desk.checkouts(payment) if one.state == "paid"]
    return desk.stripe.dashboard.mode().intents[checkout.payment_intent or ""].latest_charge or ""


async def states(desk: CardDesk) -> list[str]:
    return [row["state"] for row in await desk.rows("card_refunds")]


async def test_the_fee_is_posted_and_the_member_is_credited_in_full(desk: CardDesk) -> None:
    await desk.paid()
    assert await desk.balance() == 1235
    assert await desk.story.account(AccountKind.CARD_FEES) == desk.stripe.balance().fees > 0
    await desk.right()


async def test_a_fee_that_comes_late(desk: CardDesk) -> None:
    desk.send_events()
    desk.stripe.dashboard.hold_fees()
    await desk.paid()
    assert await desk.story.account(AccountKind.CARD) == 1235
    desk.stripe.dashboard.book_fees()
    await desk.stripe.delivery.settled()
    await desk.cards.work_off()  # the event is enough
    await desk.right()


async def test_five_euros_of_twelve_twice_at_once_then_ten(any_desk: CardDesk) -> None:
    desk = any_desk
    await desk.paid()
    done = await asyncio.gather(desk.refund(500), desk.refund(500), return_exceptions=True)
    assert [type(one).__name__ for one in done] == ["Settled", "Settled"]
    with pytest.raises(MoreThanCredit) as refused:
        await desk.refund(1000)
    assert (refused.value.credit, refused.value.asked) == (235, 1000)
    await desk.rest()
    assert (desk.stripe.balance().refunded, await states(desk), await desk.balance()) == (
        1000,
        ["made", "made"],
        235,
    )
    await desk.right()


async def test_eight_treasurers_give_back_all_of_it_at_once(any_desk: CardDesk) -> None:
    desk = any_desk
    others = [desk.process(database=desk.other_database()) for _ in range(2)]
    await desk.paid()
    done = await asyncio.gather(
        *(desk.refund(700) for _ in range(8)), *(one.work_off() for one in others), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done[:8]) == ["MoreThanCredit"] * 7 + ["Settled"]
    await desk.later()
    await asyncio.gather(*(one.work_off() for one in others))
    await desk.rest()
    assert desk.stripe.balance().refunded == 700
    await desk.right()


async def test_a_card_takes_back_no_more_than_was_paid_with_it(desk: CardDesk) -> None:
    await desk.story.opening(desk.marie, 5000)
    with pytest.raises(InvalidPayment):  # nothing was paid by card
        await desk.refund(100)
    await desk.paid()
    with pytest.raises(MoreThanTheWayTakes) as refused:
        await desk.refund(1236)
    assert refused.value.most == 1235
    async with desk.database.snapshot() as session:
        ways = {way.method: way.most_cents for way in await refunds.refund_ways(session, desk.marie)}
    assert ways == {Method.CASH: None, Method.TRANSFER: None, Method.CARD: 1235}
    await desk.refund(1235)
    await desk.rest()
    with pytest.raises(InvalidPayment):
        await desk.refund(1)
    await desk.right()


async def test_a_refund_goes_to_several_cards_the_newest_first(desk: CardDesk) -> None:
    first, second = await desk.paid(1000), await desk.paid(800)
    await desk.refund(1100)
    await desk.rest()
    charges = desk.stripe.dashboard.mode().charges
    assert charges[await charge_of(desk, second)].amount_refunded == 800
    assert charges[await charge_of(desk, first)].amount_refunded == 300
    assert await desk.balance() == 700
    await desk.right()


async def test_who_gave_it_and_who_gets_it_are_told_once(desk: CardDesk) -> None:
    desk.send_events()
    await desk.paid()
    await desk.refund(500)
    assert len(await desk.told(desk.marie)) == 1  # the receipt: nothing is made yet
    await desk.rest(times=3)
    await desk.stripe.delivery.settled()
    await desk.rest()
    words = await desk.told(desk.marie)
    assert len(words) == 2
    assert "€5.00 is going back to your card" in words[1]
    [word] = await desk.told(desk.story.anne)
    assert "Stripe pays €5.00 back to the card of Marie" in word


@pytest.mark.parametrize("become", ["pending", "failed"])
async def test_a_refund_that_does_not_get_there_is_credit_again(desk: CardDesk, become: str) -> None:
    desk.send_events()
    await desk.paid()
    desk.stripe.dashboard.let_refunds(become)
    await desk.refund(500)
    await desk.rest()
    if become == "pending":
        await desk.right()
        assert (await states(desk), await desk.balance()) == (["made"], 735)
        [made] = desk.stripe.dashboard.mode().refunds
        desk.stripe.dashboard.fail_refund(made)
        await desk.stripe.delivery.settled()
        await desk.cards.work_off()
    await desk.rest()
    assert (await states(desk), await desk.balance()) == (["failed"], 1235)
    assert "did not get there. It is credit" in (await desk.told(desk.marie))[-1]
    assert "Stripe did not pay €5.00 back" in (await desk.told(desk.story.anne))[-1]
    assert len([one for one in await desk.told(desk.marie) if "did not get there" in one]) == 1
    await desk.right()
    desk.stripe.dashboard.let_refunds("succeeded")
    await desk.refund(1235)  # it can be given back again, all of it
    await desk.rest()
    assert await desk.balance() == 0
    await desk.right()


async def test_stripe_refuses_a_refund(desk: CardDesk) -> None:
    """Somebody gave it back in the dashboard a moment before."""
    payment = await desk.paid()
    await desk.refund(1235)
    desk.stripe.dashboard.refund(await charge_of(desk, payment))
    await desk.rest()
    assert await desk.balance() == 0
    assert desk.stripe.balance().refunded == 1235
    assert sorted(await states(desk)) == ["failed", "made"]
    await desk.right()


@pytest.mark.parametrize(
    "fault",
    [
        Fault("error", operation="create_refund", status=500, when="after"),
        Fault("error", operation="create_refund", status=500, when="instead"),
        Fault("error", operation="create_refund", status=429),
        Fault("error", operation="create_refund", status=503, count=3),
        Fault("cut", operation="create_refund", when="after"),
        Fault("drop", operation="create_refund", when="after"),
        Fault("drop", operation="create_refund"),
        Fault("garbage", operation="create_refund", when="after"),
    ],
    ids=lambda one: f"{one.kind}-{one.when}-{one.status}",
)
async def test_whatever_happens_to_the_answer_it_is_given_back_once(desk: CardDesk, fault: Fault) -> None:
    await desk.paid()
    desk.stripe.faults.add(fault)
    await desk.refund(500)
    await desk.rest(times=6)
    assert (desk.stripe.balance().refunded, await states(desk), await desk.balance()) == (500, ["made"], 735)
    assert len(desk.stripe.dashboard.mode().refunds) == 1
    assert len([one for one in await desk.told(desk.marie) if "is going back" in one]) == 1
    await desk.right()


async def test_a_refund_whose_answer_was_lost_before_days_of_silence(desk: CardDesk) -> None:
    """Stripe remembers a request for a day; after that, the same one would be another refund."""
    await desk.paid()
    desk.stripe.faults.add(Fault("drop", operation="create_refund", when="after"))
    await desk.refund(500)
    await desk.cards.work_off()
    desk.stripe.advance(days(3))
    await desk.rest()
    assert desk.stripe.balance().refunded == 500
    await desk.right()


async def test_a_refund_that_was_made_although_the_key_was_refused_afterwards(desk: CardDesk) -> None:
    """The answer is lost, and then the key does not serve: nobody says that it failed, nor books it twice."""
    await desk.paid()
    desk.stripe.faults.add(Fault("drop", operation="create_refund", when="after"))
    await desk.refund(500)
    await desk.cards.work_off()
    keys = dict(desk.stripe.world.keys)
    desk.stripe.world.keys.clear()
    await desk.rest()
    assert (await states(desk), await desk.balance()) == (["wanted"], 735)
    desk.stripe.world.keys.update(keys)
    await desk.rest()
    assert (await states(desk), desk.stripe.balance().refunded) == (["made"], 500)
    await desk.right()


async def test_a_refund_with_a_key_that_does_not_serve_is_credit_again_at_once(desk: CardDesk) -> None:
    await desk.paid()
    keys = dict(desk.stripe.world.keys)
    desk.stripe.world.keys.clear()
    await desk.refund(500)
    await desk.rest()
    assert (await states(desk), await desk.balance()) == (["failed"], 1235)
    desk.stripe.world.keys.update(keys)
    await desk.rest()
    assert desk.stripe.balance().refunded == 0
    await desk.right()


async def test_a_refund_made_in_the_dashboard_arrives(desk: CardDesk) -> None:
    desk.send_events()
    payment = await desk.paid()
    await desk.refund(200)
    await desk.rest()
    made = desk.stripe.dashboard.refund(await charge_of(desk, payment), 300)
    await desk.stripe.delivery.settled()
    await desk.cards.work_off()
    assert await desk.balance() == 735
    assert "€3.00 is going back to your card" in (await desk.told(desk.marie))[-1]
    assert "Stripe pays €3.00 back" in (await desk.told(desk.story.anne))[-1]
    await desk.right()
    desk.stripe.dashboard.fail_refund(made)
    await desk.rest()
    assert await desk.balance() == 1035
    await desk.right()
    with pytest.raises(MoreThanCredit):
        await desk.refund(1036)


async def test_no_event_tells_of_it_either(desk: CardDesk) -> None:
    payment = await desk.paid()
    desk.stripe.dashboard.refund(await charge_of(desk, payment), 300)
    await desk.rest()
    assert await desk.balance() == 935
    await desk.right()


@pytest.mark.parametrize("is_won", [True, False])
async def test_a_dispute_reverses_and_a_won_one_comes_back(desk: CardDesk, is_won: bool) -> None:
    desk.send_events()
    payment = await desk.paid()
    dispute = desk.stripe.dashboard.dispute(await charge_of(desk, payment))
    await desk.stripe.delivery.settled()
    await desk.cards.work_off()
    assert await desk.balance() == 0
    assert "your bank took back the €12.35" in (await desk.told(desk.marie))[-1]
    assert "is disputed" in (await desk.told(desk.story.anne))[-1]
    await desk.right()
    with pytest.raises(InvalidPayment):  # what is disputed goes back to no card
        await desk.refund(100)
    desk.stripe.dashboard.close_dispute(dispute, is_won=is_won)
    await desk.stripe.delivery.settled()
    await desk.rest()
    assert await desk.balance() == (1235 if is_won else 0)
    assert len(await desk.told(desk.story.anne)) == (2 if is_won else 1)
    await desk.right()
    if is_won:
        async with desk.database.snapshot() as session:
            assert Method.CARD in {way.method for way in await refunds.refund_ways(session, desk.marie)}


async def test_a_dispute_over_what_was_spent_leaves_a_debt(desk: CardDesk) -> None:
    payment = await desk.paid()
    await desk.story.refund(desk.marie, 1000)
    desk.stripe.dashboard.dispute(await charge_of(desk, payment), amount=700)
    await desk.rest()
    assert await desk.balance() == 1235 - 1000 - 700
    await desk.right()


async def test_a_payout_is_at_the_bank_when_it_arrives(desk: CardDesk) -> None:
    await desk.paid()
    desk.stripe.advance(days(4))
    net = desk.stripe.balance().available
    payout = desk.stripe.dashboard.pay_out(arrives=False)
    await desk.rest()
    await desk.right(in_flight=net)
    desk.stripe.dashboard.arrive(payout)
    await desk.rest()
    assert (await desk.story.account(AccountKind.BANK), await desk.story.account(AccountKind.CARD)) == (
        net,
        0,
    )
    await desk.right()
    desk.stripe.dashboard.fail_payout(payout)
    await desk.rest()
    assert (await desk.story.account(AccountKind.BANK), await desk.story.account(AccountKind.CARD)) == (
        0,
        net,
    )
    await desk.right()
    desk.stripe.advance(days(1))
    desk.stripe.dashboard.pay_out()
    await desk.rest()
    assert await desk.story.account(AccountKind.BANK) == net
    await desk.right()


async def test_a_payout_that_costs_something(desk: CardDesk) -> None:
    await desk.paid()
    desk.stripe.advance(days(4))
    payout = desk.stripe.dashboard.pay_out()
    mode = desk.stripe.dashboard.mode()
    mode.entries[str(mode.payouts[payout].entry)].fee = 40
    await desk.rest()
    assert await desk.story.account(AccountKind.CARD) == -40
    await desk.right()


async def test_a_payout_that_fails_on_its_way(desk: CardDesk) -> None:
    await desk.paid()
    desk.stripe.advance(days(4))
    payout = desk.stripe.dashboard.pay_out(arrives=False)
    desk.stripe.dashboard.fail_payout(payout)
    await desk.rest()
    assert await desk.story.account(AccountKind.BANK) == 0
    await desk.right()


def shop_sells(desk: CardDesk, cents: int, fee: int = 30, *, ago: float = 0) -> BalanceEntry:
    """Somebody else's sale in the same Stripe account."""
    mode = desk.stripe.dashboard.mode()
    now = mode.clock() - int(ago)
    entry = BalanceEntry(
        id=f"txn_shop{len(mode.entries)}", created=now, type="payment", category="charge", amount=cents,
        available_on=now, source=None, fee=fee,
    )  # fmt: skip
    mode.entries[entry.id] = entry
    return entry


async def test_beside_another_shop_too_what_nobody_knows_is_told_and_booked_nowhere(desk: CardDesk) -> None:
    shop_sells(desk, 10_000)
    await desk.rest()
    desk.stripe.dashboard.move("adjustment", -700, "something_new")
    await desk.rest(times=3)
    [word] = await desk.told(desk.story.anne)
    assert "for a reason I do not know (something_new" in word
    assert await desk.story.account(AccountKind.CARD) == 0
    assert await desk.story.verify() == []


async def test_an_account_that_another_shop_uses_too(desk: CardDesk) -> None:
    """What is the shop's is no affair of the group's books; of a payout, its own part is."""
    for _ in range(120):  # more than a page
        shop_sells(desk, 10_000)
    payment = await desk.paid()
    assert await desk.story.account(AccountKind.CARD) == 1235 - 44
    desk.stripe.dashboard.refund(await charge_of(desk, payment), 235)
    desk.stripe.advance(days(4))
    payout = desk.stripe.dashboard.pay_out()
    await desk.rest()
    assert await desk.story.account(AccountKind.BANK) == 1000 - 44
    assert await desk.story.account(AccountKind.CARD) == 0
    desk.stripe.dashboard.fail_payout(payout)
    await desk.rest()
    assert await desk.story.account(AccountKind.CARD) == 1000 - 44
    desk.stripe.advance(days(1))
    desk.stripe.dashboard.pay_out()
    await desk.rest()
    assert await desk.story.account(AccountKind.BANK) == 1000 - 44
    assert await desk.story.account(AccountKind.CARD) == 0
    assert await desk.story.verify() == []


async def test_what_was_sold_before_the_group_came_is_not_the_groups(desk: CardDesk) -> None:
    """A payout of old sales, older than anything that is looked through."""
    shop_sells(desk, 50_000, ago=days(60))
    desk.stripe.dashboard.pay_out()
    await desk.rest()
    assert await desk.story.account(AccountKind.BANK) == 0
    await desk.paid()
    desk.stripe.advance(days(4))
    desk.stripe.dashboard.pay_out()
    await desk.rest()
    assert await desk.story.account(AccountKind.BANK) == 1235 - 44
    await desk.right()


async def test_what_moved_while_the_key_did_not_serve_is_written_down_later(desk: CardDesk) -> None:
    payment = await desk.paid()
    keys = dict(desk.stripe.world.keys)
    desk.stripe.world.keys.clear()
    desk.stripe.dashboard.refund(await charge_of(desk, payment), 300)
    looked = (await desk.rows("card_accounts"))[0]["looked_at"]
    await desk.rest()
    assert (await desk.rows("card_accounts"))[0]["looked_at"] == looked  # from there on it is asked again
    desk.stripe.world.keys.update(keys)
    await desk.rest()
    assert await desk.balance() == 935
    await desk.right()


async def test_what_moves_while_it_is_looked_is_looked_at_at_once(desk: CardDesk) -> None:
    await desk.paid()
    gateway = desk.cards.gateway

    class Slow:
        """An event comes in while the list is on its way."""

        def __getattr__(self, name: str) -> Any:
            return getattr(gateway, name)

        async def movements(self, key: str, since: dt.datetime) -> AsyncIterator[Movement]:
            async for one in gateway.movements(key, since):
                yield one
            async with desk.database.unit_of_work() as session:
                await accounts.look_soon(session, 1)

    await desk.later()
    await desk.process(gateway=Slow()).work_off()
    async with desk.database.snapshot() as session:
        assert await accounts.due(session, utc_now()) == [1]


async def test_a_refund_that_was_given_up_and_made_nevertheless_is_booked(desk: CardDesk) -> None:
    """It must not be, but Stripe is right."""
    payment = await desk.paid()
    await desk.refund(500)
    [row] = await desk.rows("card_refunds")
    [checkout] = await desk.checkouts(payment)
    await desk.cards.gateway.refund(TEST_KEY, checkout.payment_intent or "", 500, row["token"])
    async with desk.database.unit_of_work() as session:
        await card_refunds.failed(session, row["id"])
    assert await desk.balance() == 1235
    await desk.rest()
    assert (await desk.balance(), await states(desk)) == (735, ["failed", "made"])
    await desk.right()


async def test_everything_at_once_on_two_processes(any_desk: CardDesk) -> None:
    """Payments, refunds, disputes and the dashboard, while three processes write down what moved."""
    desk = any_desk
    desk.send_events()
    others = [desk.process(database=desk.other_database()) for _ in range(3)]
    desk.open_doors(*others)
    paid = [await desk.paid(1000 + number) for number in range(6)]
    charges = [await charge_of(desk, one) for one in paid]
    for charge in charges[:2]:
        desk.stripe.dashboard.dispute(charge)
    for charge in charges[2:4]:
        desk.stripe.dashboard.refund(charge, 100)
    await desk.later()
    await asyncio.gather(desk.refund(500), desk.refund(600), *(one.work_off() for one in others * 2))
    await desk.stripe.delivery.settled()
    await asyncio.gather(*(desk.rest(one) for one in others))
    assert set(await states(desk)) <= {CardRefundState.MADE, CardRefundState.FAILED}
    assert desk.stripe.balance().refunded == 1300
    assert await desk.balance() == sum(1000 + n for n in range(6)) - 1000 - 1001 - 1300
    await desk.right()
    notes = [row["stripe_id"] for row in await desk.rows("card_movements")]
    assert len(notes) == len(set(notes)) == len(desk.stripe.dashboard.mode().entries)
