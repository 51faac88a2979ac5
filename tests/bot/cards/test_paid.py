"""A payment by card is received once, whoever tells of it, however often and in whatever order."""

from __future__ import annotations

import asyncio
import random

import pytest

from bot.sandbox.stripe.faults import Fault
from ledger.payments.models import Payment, PaymentState
from tests.support.card_desk import CardDesk, days


async def once(desk: CardDesk, payment: Payment, cents: int = 1235) -> None:
    """The money is in the books once, its member was told once, and they agree with Stripe to the cent."""
    assert (await desk.payment(payment)).state is PaymentState.RECEIVED
    assert await desk.received() == [cents]
    assert len(await desk.receipts()) == 1
    assert await desk.balance() == cents
    await desk.right()


async def test_without_a_public_address_the_bot_asks_until_it_is_paid(desk: CardDesk) -> None:
    cards = desk.process(public=False)
    payment = await desk.expect()
    await desk.offer(payment, cards)
    await cards.work_off()
    [link] = await desk.told(desk.marie)
    assert "€12.35 by card" in link
    [session] = desk.open_sessions()
    await desk.rest(cards, times=3)
    assert (len(await desk.told(desk.marie)), await desk.received()) == (1, [])
    desk.stripe.dashboard.pay(session.id)
    await desk.rest(cards)
    await once(desk, payment)
    assert len(desk.sessions) == 1


async def test_the_event_is_enough(desk: CardDesk) -> None:
    desk.send_events()
    payment = await desk.expect()
    session = await desk.opened(payment)
    desk.stripe.dashboard.pay(session.id)
    await desk.stripe.delivery.settled()
    assert await desk.received() == []  # stored, answered, and not handled yet
    asked = len(desk.stripe.requests)
    await desk.cards.work_off()
    assert "retrieve_session" not in [one.operation for one in desk.stripe.requests[asked:]]
    await once(desk, payment)
    events = await desk.rows("stripe_events")
    assert {row["outcome"] for row in events} == {"learnt", "looked"}
    assert {row["payload"] for row in events} == {"{}"}, "what may name people is not kept"


async def test_a_hundred_deliveries_out_of_order_beside_the_sweep_and_the_return(any_desk: CardDesk) -> None:
    desk, rng = any_desk, random.Random(7)
    others = [desk.process(database=desk.other_database()) for _ in range(2)]
    desk.open_doors(*others)
    desk.send_events()
    desk.stripe.delivery.hold()
    payment = await desk.expect()
    session = await desk.opened(payment)
    token = (await desk.checkouts(payment))[0].token
    desk.stripe.dashboard.pay(session.id)
    ids = [one.event.id for one in desk.stripe.delivery.held]
    held = [one for one in desk.stripe.delivery.held for _ in range(100)]
    rng.shuffle(held)
    desk.stripe.delivery.held[:] = held
    desk.stripe.delivery.release()
    work = [cards.work_off() for cards in others for _ in range(10)]
    back = [desk.go(token, back="1") for _ in range(10)]
    await asyncio.gather(desk.later(), desk.stripe.delivery.settled(), *work, *back)
    await asyncio.gather(*(desk.rest(cards) for cards in others))
    assert [one.status for one in desk.stripe.delivery.attempts] == [200] * 100 * len(ids)
    assert len(await desk.rows("stripe_events")) == len(ids)
    await once(desk, payment)


async def test_an_event_that_is_faster_than_the_answer_to_our_own_question(any_desk: CardDesk) -> None:
    """The session is made, paid and told of while the answer that brings us its id is still on its way."""
    desk = any_desk
    desk.send_events()
    payment = await desk.expect()
    token = await desk.offer(payment)
    desk.stripe.faults.add(Fault("hang", operation="create_session", when="after", seconds=5))
    opening = asyncio.create_task(desk.go(token))
    while not desk.sessions:  # noqa: ASYNC110 - the stand-in has no events
        await asyncio.sleep(0.01)
    [session] = desk.sessions.values()
    desk.stripe.dashboard.pay(session.id)
    await desk.stripe.delivery.settled()
    await desk.cards.work_off()
    assert await desk.received() == [1235]
    desk.stripe.faults.clear()
    answer = await opening
    assert (answer.status_code, "€12.35 paid" in answer.text.replace("\xa0", " ")) == (200, True)
    await desk.rest()
    await once(desk, payment)


async def test_the_sweep_of_two_processes_and_two_returns_at_the_same_instant(any_desk: CardDesk) -> None:
    desk = any_desk
    others = [desk.process(database=desk.other_database()) for _ in range(3)]
    desk.open_doors(*others)
    for _ in range(5):
        payment = await desk.expect()
        session = await desk.opened(payment)
        token = (await desk.checkouts(payment))[0].token
        desk.stripe.dashboard.pay(session.id)
        await desk.later()
        await asyncio.gather(*(one.work_off() for one in others), *(desk.go(token, back="1") for _ in others))
    await asyncio.gather(*(desk.rest(one) for one in others))
    assert await desk.received() == [1235] * 5
    assert len(await desk.receipts()) == 5
    await desk.right()


async def test_ten_people_pay_at_once_while_three_processes_follow_everything(any_desk: CardDesk) -> None:
    desk = any_desk
    others = [desk.process(database=desk.other_database()) for _ in range(3)]
    desk.open_doors(*others)
    desk.send_events()
    members = [await desk.story.member(f"Member {number}") for number in range(10)]
    pending = [await desk.expect(1000 + number, one) for number, one in enumerate(members)]
    for payment in pending:
        desk.stripe.dashboard.pay((await desk.opened(payment)).id)
        await asyncio.gather(desk.later(), *(one.work_off() for one in others))
    await desk.stripe.delivery.settled()
    await asyncio.gather(*(desk.rest(one) for one in others))
    assert sorted(await desk.received()) == [1000 + number for number in range(10)]
    assert [await desk.balance(one) for one in members] == [1000 + number for number in range(10)]
    await desk.right()


async def test_two_who_follow_the_link_at_once_get_the_same_page(any_desk: CardDesk) -> None:
    desk = any_desk
    others = [desk.process(database=desk.other_database()) for _ in range(2)]
    desk.open_doors(*others)
    payment = await desk.expect()
    token = await desk.offer(payment)
    desk.stripe.faults.add(Fault("hang", operation="create_session", seconds=0.4))
    answers = await asyncio.gather(*(desk.go(token) for _ in range(4)))
    assert [one.status_code for one in answers] == [303] * 4
    assert len({one.headers["location"] for one in answers}) == 1
    assert len(desk.sessions) == 1
    again = await desk.go(token)
    assert again.headers["location"] == answers[0].headers["location"]


async def test_a_link_nobody_followed_makes_nothing_at_stripe(desk: CardDesk) -> None:
    payment = await desk.expect()
    await desk.offer(payment)
    await desk.rest()
    assert (desk.sessions, await desk.told(desk.marie)) == ({}, [])


async def test_the_link_is_offered_again_and_stays_the_same(any_desk: CardDesk) -> None:
    payment = await any_desk.expect()
    tokens = {await any_desk.offer(payment) for _ in range(3)}
    assert len(tokens) == len(await any_desk.checkouts()) == 1


async def test_a_session_that_ran_out_is_followed_by_a_new_one(desk: CardDesk) -> None:
    """By the old link, which still stands in the chat."""
    payment = await desk.expect()
    first = await desk.opened(payment)
    token = (await desk.checkouts(payment))[0].token
    desk.stripe.advance(days(1.1))
    answer = await desk.go(token)
    second = desk.sessions[answer.headers["location"].rpartition("/")[2]]
    assert (first.status, second.status) == ("expired", "open")
    assert [one.state for one in await desk.checkouts(payment)] == ["closed", "open"]
    assert await desk.told(desk.marie) == []  # the new page is before their eyes
    desk.stripe.dashboard.pay(second.id)
    await desk.rest()
    await once(desk, payment)


async def test_a_session_that_runs_out_unseen_is_told_once(desk: CardDesk) -> None:
    desk.send_events()
    payment = await desk.expect()
    await desk.opened(payment)
    desk.stripe.advance(days(1.1))
    await desk.stripe.delivery.settled()
    await desk.rest()
    [word] = await desk.told(desk.marie)
    assert "has run out. Nothing was taken" in word
    assert (await desk.payment(payment)).state is PaymentState.EXPECTED


async def test_a_declined_card_is_told_once_and_another_one_pays(desk: CardDesk) -> None:
    desk.send_events()
    payment = await desk.expect()
    session = await desk.opened(payment)
    desk.stripe.dashboard.decline(session.id)
    await desk.stripe.delivery.settled()
    await desk.rest()
    [word] = await desk.told(desk.marie)
    assert "Your card was declined" in word
    assert "Nothing was taken" in word
    desk.stripe.dashboard.decline(session.id)
    await desk.rest()
    assert len(await desk.told(desk.marie)) == 2
    assert await desk.received() == []
    desk.stripe.dashboard.pay(session.id)
    await desk.rest()
    await once(desk, payment)


@pytest.mark.parametrize("is_paid", [True, False])
async def test_a_debit_that_takes_days(desk: CardDesk, is_paid: bool) -> None:
    """The page is complete and nothing is paid: it is received when it succeeds; when it fails, there is a new link."""
    payment = await desk.expect()
    session = await desk.opened(payment)
    token = (await desk.checkouts(payment))[0].token
    desk.stripe.dashboard.begin_debit(session.id)
    await desk.rest()
    assert await desk.received() == []
    waiting = await desk.go(token)
    assert (waiting.status_code, "your bank is being asked" in waiting.text) == (200, True)
    [word] = await desk.told(desk.marie)
    assert "Do not pay it a second time" in word
    desk.stripe.dashboard.finish_debit(session.id, is_paid=is_paid)
    await desk.rest()
    if is_paid:
        await once(desk, payment)
        return
    word = (await desk.told(desk.marie))[-1]
    assert "Your bank did not pay the €12.35 of AMAP des Lilas: it does not say why" in word
    again = await desk.go(token)
    desk.stripe.dashboard.pay(again.headers["location"].rpartition("/")[2])
    await desk.rest()
    await once(desk, payment)


async def test_the_browsers_return_is_believed_in_nothing(desk: CardDesk) -> None:
    payment = await desk.expect()
    before = await desk.books()
    token = await desk.offer(payment)
    for query in ({"back": "1"}, {"back": "1", "session_id": "cs_test_x", "status": "paid"}):
        answer = await desk.go(token, **query)
        assert (answer.status_code, "not paid yet" in answer.text) == (200, True)
    await desk.opened(payment)
    for query in ({"back": "1"}, {"back": "1", "redirect_status": "succeeded"}):
        answer = await desk.go(token, **query)
        assert (answer.status_code, "not paid yet" in answer.text) == (200, True)
    for unknown in ("x", "cs_test_1", token[:-1], f"{token}A", "%00", "a" * 70):
        answer = await desk.go(unknown)
        assert answer.status_code == 404
    assert await desk.books() == before


async def test_the_return_brings_the_receipt(desk: CardDesk) -> None:
    payment = await desk.expect()
    session = await desk.opened(payment)
    token = (await desk.checkouts(payment))[0].token
    desk.stripe.dashboard.pay(session.id)
    assert "paid" in (await desk.go(token, back="1")).text
    assert len(await desk.receipts()) == 1
    closed = await desk.go(token)
    assert (closed.status_code, "has your payment" in closed.text) == (200, True)
    await desk.rest()
    await once(desk, payment)
