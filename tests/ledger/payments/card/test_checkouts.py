"""What Stripe may say of a checkout, in any state of it and of its payment: written down once, or refused."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from ledger.db import utc_now
from ledger.groups.models import Member, Method
from ledger.payments import service as payments
from ledger.payments.card import accounts, checkouts
from ledger.payments.card.checkouts import CardNotOffered, News, NotOurs
from ledger.payments.card.gateway import Seen
from ledger.payments.card.models import Checkout, CheckoutState
from ledger.payments.models import Payment, PaymentState
from ledger.payments.service import AlreadySettled
from tests.support.card_story import charge, seen_as, taken_back, takes_cards
from tests.support.ledger import Story, together

OPEN = Seen(
    stripe_id="cs_1",
    token="?",
    url="https://checkout.stripe.com/c/pay/cs_1",
    amount_cents=1235,
    currency="EUR",
    livemode=False,
    is_paid=False,
    is_over=False,
    payment_intent=None,
)
UNDER_WAY = replace(OPEN, url=None, payment_intent="pi_1")
PAID = replace(UNDER_WAY, is_paid=True)
OVER = replace(OPEN, url=None, is_over=True)
DECLINED = replace(OPEN, payment_intent="pi_1", declined="ch_1")


class Till:
    """A group that takes cards, and one checkout of a member."""

    def __init__(self, story: Story, member: Member, payment: Payment, checkout: Checkout) -> None:
        self.story, self.member, self.payment = story, member, payment
        self.id, self.token = checkout.id, checkout.token

    async def learn(self, seen: Seen) -> News | None:
        async with self.story.database.unit_of_work() as session:
            mine = replace(
                seen,
                token=self.token if seen.token == "?" else seen.token,
                stripe_id=f"{seen.stripe_id}_{self.id}",
            )
            return await checkouts.learn(session, self.id, mine)

    async def cancel(self) -> None:
        async with self.story.database.unit_of_work() as session:
            await payments.cancel(session, self.story.group_id, self.payment.id, self.member)

    async def checkout(self) -> Checkout:
        async with self.story.database.snapshot() as session:
            return await session.get_one(Checkout, self.id)

    async def state(self) -> PaymentState:
        async with self.story.database.snapshot() as session:
            return (await session.get_one(Payment, self.payment.id)).state


@pytest.fixture
async def till(story: Story) -> Till:
    member = await story.member("Marie")
    async with story.database.unit_of_work() as session:
        group = await story.group(session)
        await accounts.use_own_key(session, group, "sk_test_12345678", "sealed", None, story.anne)
        payment = await payments.expect(session, member, Method.CARD, 1235, None)
        checkout = await checkouts.want(session, group, payment.id, "fr", tell=True)
    return Till(story, member, payment, checkout)


def kind(news: News | None) -> str | None:
    """What people are told, in a word."""
    if news is None:
        return None
    return next(
        word
        for word, holds in {
            "receipt": news.receipt is not None,
            "over": news.is_over,
            "declined": news.is_declined,
            "open": news.is_open,
        }.items()
        if holds
    )


@pytest.mark.parametrize(
    ("said", "told", "state", "balance"),
    [
        ([OPEN], ["open"], "open", 0),
        ([OPEN, OPEN, OPEN], ["open", None, None], "open", 0),
        ([OPEN, DECLINED, DECLINED], ["open", "declined", None], "open", 0),
        (
            [OPEN, DECLINED, replace(DECLINED, declined="ch_2"), PAID],
            ["open", "declined", "declined", "receipt"],
            "paid",
            1235,
        ),
        ([PAID], ["receipt"], "paid", 1235),
        ([PAID, PAID, OPEN, OVER, DECLINED], ["receipt", None, None, None, None], "paid", 1235),
        ([OPEN, PAID, OPEN], ["open", "receipt", None], "paid", 1235),
        ([OVER], ["over"], "closed", 0),
        ([OPEN, OVER, OVER, OPEN], ["open", "over", None, None], "closed", 0),
        ([OPEN, OVER, PAID], ["open", "over", "receipt"], "paid", 1235),
        ([OPEN, UNDER_WAY, UNDER_WAY, PAID], ["open", None, None, "receipt"], "paid", 1235),
    ],
    ids=lambda one: None,
)
async def test_whatever_is_said_in_whatever_order(
    till: Till, said: list[Seen], told: list[str | None], state: str, balance: int
) -> None:
    assert [kind(await till.learn(one)) for one in said] == told
    found = await till.checkout()
    assert (found.state, await till.story.balance(till.member)) == (state, balance)
    assert (found.look_at is None) == (state in ("paid", "closed"))
    assert await till.story.verify() == []


@pytest.mark.parametrize(
    ("said", "told", "balance"),
    [([OVER], [None], 0), ([PAID], ["receipt"], 1235), ([OVER, PAID, PAID], [None, "receipt", None], 1235)],
)
async def test_of_a_payment_that_is_not_expected_any_more(
    till: Till, said: list[Seen], told: list[str | None], balance: int
) -> None:
    await till.learn(OPEN)
    await till.cancel()
    news = [await till.learn(one) for one in said]
    assert [kind(one) for one in news] == told
    assert all(one.receipt.is_avoir for one in news if one and one.receipt)
    assert await till.story.balance(till.member) == balance


WRONG = [
    (replace(PAID, token=None), "token"),
    (replace(PAID, token="another"), "token"),
    (replace(PAID, livemode=True), "livemode"),
    (replace(PAID, currency="USD"), "currency"),
    (replace(PAID, currency=None), "currency"),
    (replace(PAID, amount_cents=1234), "amount"),
    (replace(PAID, amount_cents=None), "amount"),
    (replace(PAID, stripe_id="cs_2"), "session"),
]


@pytest.mark.parametrize(
    ("wrong", "field", "is_open"),
    [(*one, is_open) for one in WRONG for is_open in (True, False) if is_open or one[1] != "session"],
    ids=lambda one: str(one) if isinstance(one, str | bool) else "",
)
async def test_what_is_not_ours_changes_nothing(till: Till, wrong: Seen, field: str, is_open: bool) -> None:
    if is_open:  # else its id is not known yet
        await till.learn(OPEN)
    before = (await till.checkout()).state
    with pytest.raises(NotOurs) as refused:
        await till.learn(wrong)
    assert refused.value.field == field
    assert ((await till.checkout()).state, await till.state()) == (before, PaymentState.EXPECTED)


async def test_twenty_say_that_it_is_paid_at_the_same_instant(till: Till) -> None:
    news = await together(*(till.learn(PAID) for _ in range(20)))
    assert sorted(str(kind(one)) for one in news if not isinstance(one, BaseException)) == (
        ["None"] * 19 + ["receipt"]
    )
    assert await till.story.balance(till.member) == 1235


async def test_paid_and_cancelled_at_the_same_instant(till: Till) -> None:
    """Either the member cancelled what is paid already, or paid what is cancelled: the money is there once."""
    await till.learn(OPEN)
    _, cancelled = await together(till.learn(PAID), till.cancel())
    assert cancelled is None or isinstance(cancelled, AlreadySettled)
    assert (await till.state(), await till.story.balance(till.member)) == (PaymentState.RECEIVED, 1235)
    assert await till.story.verify() == []


async def test_ten_want_one(till: Till) -> None:
    async def want() -> int:
        async with till.story.database.unit_of_work() as session:
            group = await till.story.group(session)
            return (await checkouts.want(session, group, till.payment.id, "fr")).id

    assert set(await together(*(want() for _ in range(10)))) == {till.id}


async def test_none_is_wanted_of_what_is_settled_or_not_paid_by_card(till: Till) -> None:
    async with till.story.database.unit_of_work() as session:
        group = await till.story.group(session)
        cash = await payments.expect(session, till.member, Method.CASH, 500, None)
        with pytest.raises(CardNotOffered):
            await checkouts.want(session, group, cash.id, "fr")
    await till.learn(PAID)
    async with till.story.database.unit_of_work() as session:
        with pytest.raises(AlreadySettled):
            await checkouts.want(session, await till.story.group(session), till.payment.id, "fr")


async def test_one_who_asks_is_left_alone_for_a_while(till: Till) -> None:
    async def take() -> int | None:
        async with till.story.database.unit_of_work() as session:
            found = await checkouts.take_due(session, utc_now())
            while found is not None and found.id != till.id:  # others' of the same database
                found = await checkouts.take_due(session, utc_now())
            await asyncio.sleep(0)
            return found.id if found else None

    taken = await together(*(take() for _ in range(5)))
    assert sorted(map(str, taken)) == [str(till.id), "None", "None", "None", "None"]


async def test_a_checkout_whose_answer_is_lost_for_good_is_replaced_once(till: Till) -> None:
    async def renew() -> None:
        async with till.story.database.unit_of_work() as session:
            await checkouts.renew(session, till.id)

    await together(renew(), renew())
    assert (await till.checkout()).state is CheckoutState.CLOSED
    async with till.story.database.snapshot() as session:
        alive = await checkouts.live(session, till.payment.id)
    assert alive is not None
    assert (alive.tell, alive.token != till.token) == (True, True)


@pytest.mark.parametrize("is_heard", [True, False])
async def test_what_a_session_says_of_a_debit_that_came_back_is_from_before(
    story: Story, is_heard: bool
) -> None:
    """Stripe's balance showed that the bank did not pay; the session calls itself paid for ever."""
    cards = await takes_cards(story)
    member = await story.member("Paul")
    checkout = await cards.want(await cards.expect(member, 1235))
    await cards.learn(checkout, seen_as(checkout, "under way"))
    if is_heard:
        await cards.learn(checkout, seen_as(checkout, "complete"))
    for found in (charge(checkout, 30, "failed"), taken_back(checkout, 350)):
        assert (await cards.write(found))[0]
    news = await cards.learn(checkout, seen_as(checkout, "complete"))
    assert news is None or news.receipt is None
    assert await story.balance(member) == 0
    assert (await cards.checkout(checkout.id)).state == ("paid" if is_heard else "closed")
    assert await story.verify() == []
