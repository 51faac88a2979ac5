"""Paid too late, twice, or into an account that is not used any more; and pages that nobody is to pay any more."""

from __future__ import annotations

import asyncio

import pytest

from bot.sandbox.stripe.faults import Fault
from ledger.books.models import AccountKind
from ledger.groups.models import Method
from ledger.orders import switching
from ledger.orders.rescheduling import cancel_distribution
from ledger.payments import service as payments
from ledger.payments.card import accounts, checkouts
from ledger.payments.card.checkouts import CardNotOffered, PaymentUnderWay
from ledger.payments.card.gateway import CardUnavailable
from ledger.payments.card.models import CheckoutState
from ledger.payments.models import Payment, PaymentState
from tests.support.card_desk import VAULT, CardDesk, days

OWN = "sk_test_51FarmAbCdEfGhIjKlMn"


async def cancel(desk: CardDesk, payment: Payment) -> None:
    async with desk.database.unit_of_work() as session:
        await payments.cancel(session, payment.group_id, payment.id, desk.marie)


async def close(desk: CardDesk, payment: Payment) -> None:
    for one in await desk.checkouts(payment):
        await desk.cards.close(one.id)


async def state(desk: CardDesk, payment: Payment) -> CheckoutState:
    return (await desk.checkouts(payment))[-1].state


async def is_credit(desk: CardDesk, cents: int = 1235) -> None:
    """The member and whoever keeps the money read that it is credit now."""
    [receipt] = await desk.receipts()
    assert "It was not awaited any more, so it is yours: it is credit on your account" in receipt
    [word] = await desk.told(desk.story.anne)
    assert "which was not awaited any more" in word
    assert await desk.balance() == cents
    await desk.right()


async def test_paid_after_it_was_cancelled(desk: CardDesk) -> None:
    payment = await desk.expect()
    session = await desk.opened(payment)
    desk.stripe.dashboard.pay(session.id)
    await cancel(desk, payment)
    await desk.rest()
    await is_credit(desk)


async def test_paid_after_the_distribution_was_cancelled(desk: CardDesk) -> None:
    product = await desk.story.product("Colis", 1235)
    distribution = await desk.story.distribution()
    confirmed = await desk.story.order(desk.marie, distribution, {product: 1000}, Method.CARD)
    assert confirmed.payment is not None
    session = await desk.opened(confirmed.payment)
    async with desk.database.unit_of_work() as unit:
        await cancel_distribution(unit, desk.story.group_id, distribution.id, desk.story.anne)
    desk.stripe.dashboard.pay(session.id)
    await desk.rest()
    await is_credit(desk)


async def test_paid_after_another_way_was_chosen(any_desk: CardDesk) -> None:
    """Nothing settles a payment that was replaced: the money is received as one of its own."""
    desk = any_desk
    product = await desk.story.product("Colis", 1235)
    distribution = await desk.story.distribution()
    confirmed = await desk.story.order(desk.marie, distribution, {product: 1000}, Method.CARD)
    assert confirmed.payment is not None
    session = await desk.opened(confirmed.payment)
    switched = await desk.story.switch(desk.marie, confirmed.payment, Method.CASH)
    assert switched.payment is not None
    desk.stripe.dashboard.pay(session.id)
    await desk.rest()
    await is_credit(desk, cents=0)  # the goods' debt and the card's money
    assert (await desk.payment(confirmed.payment)).state is PaymentState.CANCELLED
    assert (await desk.payment(switched.payment)).state is PaymentState.EXPECTED
    async with desk.database.snapshot() as session_:
        found = await session_.get_one(Payment, switched.payment.id)
        ways = await switching.what_stands(session_, found)
    assert ways[0] is not None
    await desk.story.receive(switched.payment)
    await desk.refund(1235)
    await desk.rest()
    assert await desk.balance() == 0
    await desk.right()


async def test_an_order_paid_by_card_and_confirmed_is_even(any_desk: CardDesk) -> None:
    desk = any_desk
    product = await desk.story.product("Colis", 1235)
    distribution = await desk.story.distribution()
    confirmed = await desk.story.order(desk.marie, distribution, {product: 1000}, Method.CARD)
    assert confirmed.payment is not None
    assert (await desk.balance(), await desk.story.expected(desk.marie)) == (-1235, 1235)
    desk.stripe.dashboard.pay((await desk.opened(confirmed.payment)).id)
    await desk.rest()
    assert (await desk.balance(), await desk.story.expected(desk.marie)) == (0, 0)
    await desk.right()


async def test_an_open_page_is_closed_at_stripe_once_its_payment_is_not_expected(desk: CardDesk) -> None:
    payment = await desk.expect()
    session = await desk.opened(payment)
    await cancel(desk, payment)
    await desk.cards.work_off()  # at once: cancelling makes it due
    assert session.status == "expired"
    assert await desk.told(desk.marie) == []
    token = (await desk.checkouts())[0].token
    answer = await desk.go(token)
    assert (answer.status_code, "Nothing to pay here any more" in answer.text) == (200, True)


async def test_two_pages_of_one_payment_both_paid(desk: CardDesk) -> None:
    """It cannot be, and if it is, the second money is credit too."""
    payment = await desk.expect()
    first = await desk.opened(payment)
    async with desk.database.unit_of_work() as session:  # a bug, or somebody's hand
        await checkouts.close(session, (await desk.checkouts())[0].id)
    second = await desk.opened(payment)
    for one in (first, second):
        desk.stripe.dashboard.pay(one.id)
    await desk.rest()
    assert await desk.received() == [1235, 1235]
    assert len(await desk.receipts()) == 2
    [word] = await desk.told(desk.story.anne)
    assert "which was not awaited any more" in word
    assert await desk.balance() == 2470
    await desk.right()
    await desk.refund(2470)
    await desk.rest()
    assert await desk.balance() == 0
    await desk.right()


# — closing —


async def test_closing_what_is_open(desk: CardDesk) -> None:
    payment = await desk.expect()
    session = await desk.opened(payment)
    await close(desk, payment)
    assert (session.status, await state(desk, payment)) == ("expired", "closed")
    await close(desk, payment)
    await desk.rest()
    assert (await desk.told(desk.marie), await desk.received()) == ([], [])
    assert (await desk.opened(payment)).id != session.id


async def test_closing_what_nobody_opened_asks_stripe_nothing(desk: CardDesk) -> None:
    payment = await desk.expect()
    await desk.offer(payment)
    await close(desk, payment)
    assert await state(desk, payment) == "closed"
    assert [*desk.stripe.requests] == []


async def test_closing_what_was_paid_meanwhile_writes_it_down(desk: CardDesk) -> None:
    payment = await desk.expect()
    session = await desk.opened(payment)
    desk.stripe.dashboard.pay(session.id)
    await close(desk, payment)
    assert (await state(desk, payment), await desk.received()) == ("paid", [1235])
    assert len(await desk.receipts()) == 1


async def test_closing_what_is_under_way_is_not_possible(desk: CardDesk) -> None:
    payment = await desk.expect()
    session = await desk.opened(payment)
    desk.stripe.dashboard.begin_debit(session.id)
    with pytest.raises(PaymentUnderWay):
        await close(desk, payment)
    desk.stripe.dashboard.finish_debit(session.id)
    await desk.rest()
    assert await desk.received() == [1235]


@pytest.mark.parametrize(
    "fault", [Fault("error", status=503, count=9), Fault("drop", count=9), Fault("garbage", count=9)]
)
async def test_closing_while_stripe_is_down_is_refused_and_it_stays_alive(
    desk: CardDesk, fault: Fault
) -> None:
    payment = await desk.expect()
    session = await desk.opened(payment)
    desk.stripe.faults.add(fault)
    with pytest.raises(CardUnavailable):
        await close(desk, payment)
    desk.stripe.faults.clear()
    assert (session.status, await state(desk, payment)) == ("open", "open")
    desk.stripe.dashboard.pay(session.id)
    await desk.rest()
    assert await desk.received() == [1235]


async def test_closing_with_a_key_that_is_refused_leaves_it_to_be_credit(desk: CardDesk) -> None:
    payment = await desk.expect()
    session = await desk.opened(payment)
    keys = dict(desk.stripe.world.keys)
    desk.stripe.world.keys.clear()
    await close(desk, payment)
    await cancel(desk, payment)
    desk.stripe.dashboard.pay(session.id)
    desk.stripe.world.keys.update(keys)
    await desk.rest()
    await is_credit(desk)


async def test_closing_while_it_is_opened(any_desk: CardDesk) -> None:
    """Whoever comes first: no page stays open that nobody knows of, and none is paid unseen."""
    desk = any_desk
    others = [desk.process(database=desk.other_database()) for _ in range(2)]
    for _ in range(4):
        payment = await desk.expect()
        token = await desk.offer(payment)
        checkout = (await desk.checkouts(payment))[0]
        await asyncio.gather(others[0].open(token), others[1].close(checkout.id), return_exceptions=True)
        await cancel(desk, payment)
        await desk.rest()
        assert desk.open_sessions() == []
    assert await desk.received() == []


async def test_two_are_never_alive_at_once(any_desk: CardDesk) -> None:
    desk = any_desk
    others = [desk.process(database=desk.other_database()) for _ in range(3)]
    payment = await desk.expect()

    async def want(number: int) -> int:
        async with others[number % 3].edge.database.unit_of_work() as session:
            group = await desk.story.group(session)
            return (await checkouts.want(session, group, payment.id, "fr")).id

    ids = await asyncio.gather(*(want(number) for number in range(9)))
    assert len(set(ids)) == len(await desk.checkouts()) == 1


# — accounts —


async def test_an_account_that_is_not_used_any_more_is_still_followed(desk: CardDesk) -> None:
    payment, late = await desk.expect(), await desk.expect(2000)
    session = await desk.opened(payment)
    await desk.offer(late)
    async with desk.database.unit_of_work() as unit:
        account = await accounts.in_use(unit, desk.story.group_id)
        assert account is not None
        await accounts.retire(unit, account)
    desk.stripe.dashboard.pay(session.id)
    await desk.rest()
    assert await desk.received() == [1235]
    await desk.right()
    with pytest.raises(CardNotOffered):
        await desk.offer(late)
    assert [one.state for one in await desk.checkouts(late)] == ["closed"]
    await desk.refund(500)  # and out of it money goes back
    await desk.rest()
    assert (desk.stripe.balance().refunded, await desk.balance()) == (500, 735)
    await desk.right()


async def test_the_link_leads_to_the_groups_own_account_once_it_has_one(desk: CardDesk) -> None:
    own = desk.stripe.add_account("Ferme du Pré", "acct_1Ferme", keys=[OWN])
    before, after = await desk.expect(), await desk.expect(2000)
    session = await desk.opened(before)
    token = await desk.offer(after)
    async with desk.database.unit_of_work() as unit:
        group = await desk.story.group(unit)
        sealed = VAULT.seal(group.id, OWN)
        await accounts.use_own_key(unit, group, OWN, sealed, "acct_1Ferme", desk.story.anne)
    answer = await desk.go(token)
    [theirs] = own.test.sessions.values()
    assert answer.headers["location"].endswith(theirs.id)
    for one in (session, theirs):
        desk.stripe.dashboard.pay(one.id)
    await desk.rest()
    assert sorted(await desk.received()) == [1235, 2000]
    first = next(iter(desk.stripe.world.accounts))
    total = desk.stripe.balance(first).total + desk.stripe.balance("acct_1Ferme").total
    assert await desk.story.account(AccountKind.CARD) == total
    assert await desk.story.verify() == []


async def test_the_same_account_under_two_keys_is_booked_once(desk: CardDesk) -> None:
    """The host's key goes and comes back: two rows, one account at Stripe."""
    desk.stripe.world.account().days_until_available = 0
    await desk.paid()
    async with desk.database.unit_of_work() as unit:
        await accounts.follow_host(unit, None)
    async with desk.database.unit_of_work() as unit:
        await accounts.follow_host(unit, "sk_test_sandbox")
    await desk.rest()
    await desk.right()
    await desk.paid(2000)
    await desk.right()
    desk.stripe.dashboard.pay_out()
    await desk.rest(times=3)
    await desk.right()
    desk.stripe.advance(days(1))
    await desk.paid(3000)
    desk.stripe.dashboard.pay_out()
    await desk.rest(times=3)
    await desk.right()
