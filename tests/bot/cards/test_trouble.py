"""Stripe is slow, down, overrun or talks nonsense: people read how things stand, nothing hangs and nothing doubles."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from bot.sandbox.stripe.faults import Fault
from ledger.payments.card import accounts
from ledger.payments.card.keys import Vault
from ledger.payments.models import PaymentState
from tests.support.card_desk import VAULT, CardDesk

KEPT = Fault("error", operation="create_session", status=500, when="instead")
"""Stripe fails, and answers the same to every repetition."""
TROUBLE = {
    "429": Fault("error", status=429, count=2),
    "500 once": Fault("error", status=500, count=2),
    "503": Fault("error", status=503, count=2),
    "500 kept": KEPT,
    "500 kept although it was made": Fault("error", operation="create_session", status=500, when="after"),
    "no connection": Fault("drop", count=2),
    "cut": Fault("cut", count=2),
    "cut after": Fault("cut", operation="create_session", when="after"),
    "no answer": Fault("hang", count=2, seconds=30),
    "no answer after": Fault("hang", operation="create_session", when="after", seconds=30),
    "nonsense": Fault("garbage", count=2),
    "nonsense after": Fault("garbage", operation="create_session", when="after"),
}


def fresh(fault: Fault) -> Fault:
    """The same trouble for one test."""
    return Fault(
        fault.kind,
        fault.operation,
        fault.count,
        fault.when,
        fault.status,
        fault.seconds,
        fault.code,
    )


def perhaps_paid(said: str) -> None:
    """Nobody knows whether they paid, and nobody says that they did not."""
    assert "If you paid, I find it" in said
    assert "Do not pay it a second time" in said
    for untrue in ("Nothing was taken", "nothing was taken", "not paid yet", "No money was moved"):
        assert untrue not in said


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for an answer that does not come."""
    monkeypatch.setattr("ledger.payments.card.gateway.TIMEOUT", 0.4)
    monkeypatch.setattr("bot.cards.door.ASK_AGAIN", 0.05)


@pytest.mark.parametrize("name", TROUBLE)
async def test_the_member_who_waits_for_a_link_reads_it_and_gets_the_link_later(
    desk: CardDesk, name: str
) -> None:
    cards = desk.process(public=False)
    desk.stripe.faults.add(fresh(TROUBLE[name]))
    payment = await desk.expect()
    await desk.offer(payment, cards)
    begun = time.monotonic()
    await cards.work_off()
    assert time.monotonic() - begun < 5
    [word] = await desk.told(desk.marie)
    assert "does not answer just now" in word
    assert "Nothing was taken" in word
    await desk.rest(cards, times=3)
    desk.stripe.faults.clear()
    await desk.rest(cards, times=3)
    assert len(await desk.told(desk.marie)) == 2
    link = (await desk.told(desk.marie))[1]
    assert "The page below is Stripe's" in link
    alive = [one for one in await desk.checkouts() if one.state == "open"]
    assert len(alive) == 1
    desk.stripe.dashboard.pay(alive[0].stripe_id or "")
    await desk.rest(cards)
    assert await desk.received() == [1235]
    await desk.right()


@pytest.mark.parametrize("name", TROUBLE)
async def test_who_follows_the_link_reads_it_and_tries_again(desk: CardDesk, name: str) -> None:
    desk.stripe.faults.add(fresh(TROUBLE[name]))
    payment = await desk.expect()
    token = await desk.offer(payment)
    begun = time.monotonic()
    answer = await desk.go(token)
    assert time.monotonic() - begun < 5
    assert answer.status_code == 503
    assert "does not answer just now" in answer.text
    assert "Nothing was taken from your card" in answer.text
    desk.stripe.faults.clear()
    answer = await desk.go(token)
    assert answer.status_code == 303
    alive = [one for one in await desk.checkouts() if one.state in ("wanted", "open")]
    assert [one.stripe_id for one in alive] == [answer.headers["location"].rpartition("/")[2]]
    desk.stripe.dashboard.pay(alive[0].stripe_id or "")
    await desk.rest()
    assert await desk.received() == [1235]
    await desk.right()


@pytest.mark.parametrize("code", ["card_declined", "amount_too_small"])
async def test_what_stripe_refuses_to_make_is_told_and_given_up(desk: CardDesk, code: str) -> None:
    cards = desk.process(public=False)
    status = 402 if code == "card_declined" else 400
    desk.stripe.faults.add(Fault("error", operation="create_session", status=status, code=code))
    payment = await desk.expect()
    await desk.offer(payment, cards)
    await desk.rest(cards)
    [word] = await desk.told(desk.marie)
    assert "does not take this payment of €12.35" in word
    assert "Nothing was taken" in word
    assert [one.state for one in await desk.checkouts()] == ["closed"]
    assert (await desk.payment(payment)).state is PaymentState.EXPECTED
    await desk.offer(payment, cards)  # another attempt is another one
    await desk.rest(cards)
    assert len(desk.open_sessions()) == 1


async def test_paid_while_stripe_answers_nothing_is_found_when_it_does(desk: CardDesk) -> None:
    payment = await desk.expect()
    session = await desk.opened(payment)
    token = (await desk.checkouts())[0].token
    desk.stripe.dashboard.pay(session.id)
    desk.stripe.faults.add(Fault("error", status=503, count=1_000))
    for answer, status in ((await desk.go(token, back="1"), 200), (await desk.go(token), 503)):
        assert answer.status_code == status
        perhaps_paid(answer.text)
    await desk.rest()
    assert (await desk.received(), await desk.told(desk.marie)) == ([], [])
    desk.stripe.faults.clear()
    await desk.rest()
    assert await desk.received() == [1235]
    await desk.right()


async def test_a_refusal_to_show_what_may_be_paid_gives_nothing_up(desk: CardDesk) -> None:
    payment = await desk.expect()
    session = await desk.opened(payment)
    desk.stripe.faults.add(Fault("error", operation="retrieve_session", status=404, count=5))
    await desk.rest(times=3)
    assert [one.state for one in await desk.checkouts(payment)] == ["open"]
    assert await desk.told(desk.marie) == []
    desk.stripe.dashboard.pay(session.id)
    desk.stripe.faults.clear()
    await desk.rest()
    assert await desk.received() == [1235]
    await desk.right()


@pytest.mark.parametrize("is_public", [True, False])
async def test_a_key_that_does_not_serve_any_more_is_told_to_who_can_mend_it(
    desk: CardDesk, is_public: bool
) -> None:
    cards = desk.process(public=is_public)
    keys = dict(desk.stripe.world.keys)
    desk.stripe.world.keys.clear()
    payment = await desk.expect()
    token = await desk.offer(payment, cards)
    if is_public:
        assert (await desk.go(token)).status_code == 503
        assert (await desk.go(token)).status_code == 503
    await desk.rest(cards, times=3)
    [word] = await desk.told(desk.story.anne)
    assert "Stripe refuses our key, so nobody can pay by card" in word
    assert len(await desk.told(desk.marie)) == (0 if is_public else 1)
    desk.stripe.world.keys.update(keys)
    await desk.rest(cards)
    assert len(desk.open_sessions()) == 1


@pytest.mark.parametrize("trouble", ["500", "another encryption key", "the key is gone", "refused"])
@pytest.mark.parametrize("is_public", [True, False])
async def test_who_stood_before_the_page_never_reads_that_nothing_was_taken(
    desk: CardDesk, trouble: str, is_public: bool
) -> None:
    """They tap or follow the link again, having paid; they read it, and the staff reads only what is so."""
    cards = desk.process(public=is_public)
    own = "sk_test_51FarmAbCdEfGhIjKlMn"
    desk.stripe.add_account("Farm", keys=[own])
    async with desk.database.unit_of_work() as session:
        group = await desk.story.group(session)
        sealed = VAULT.seal(group.id, own)
        await accounts.use_own_key(session, group, own, sealed, "acct_farm", desk.story.anne)
    payment = await desk.expect()
    token = await desk.offer(payment, cards)
    url = await cards.open(token)
    desk.stripe.dashboard.pay(url.rpartition("/")[2])
    heard, told = len(await desk.told(desk.marie)), len(await desk.told(desk.story.anne))
    keys = dict(desk.stripe.world.keys)
    if trouble == "500":
        desk.stripe.faults.add(Fault("error", status=500, count=1_000))
    elif trouble == "refused":
        desk.stripe.faults.add(Fault("error", status=400, code="resource_missing", count=1_000))
    elif trouble == "another encryption key":
        cards.vault = Vault("another-encryption-key-than-it-was-before")
    else:
        desk.stripe.world.keys.clear()
    if is_public:
        desk.open_doors(cards)
        perhaps_paid((await desk.go(token)).text)
        perhaps_paid((await desk.go(token, back="1")).text)
    else:
        await desk.offer(payment, cards)
    await cards.work_off()
    said = (await desk.told(desk.marie))[heard:]
    for word in said:
        perhaps_paid(word)
    assert len(said) == (0 if is_public or trouble == "refused" else 1)
    staff = "\n".join((await desk.told(desk.story.anne))[told:])
    assert ("Stripe refuses our key" in staff) == (trouble == "the key is gone")
    assert ("This key cannot be read" in staff) == (trouble == "another encryption key")
    desk.stripe.faults.clear()
    desk.stripe.world.keys.update(keys)
    cards.vault = VAULT
    await desk.rest(cards, times=3)
    assert await desk.received() == [1235]
    assert "paid by card" in (await desk.told(desk.marie))[-1]


async def test_asked_less_and_less_often_while_it_is_not_paid(desk: CardDesk) -> None:
    payment = await desk.expect()
    await desk.opened(payment)
    waits = []
    for _ in range(12):
        await desk.rest(times=1)
        [checkout] = await desk.checkouts(payment)
        assert checkout.look_at is not None
        [row] = await desk.rows("checkouts")
        assert row["looks"] == len(waits) + 1
        waits.append(checkout.look_at)
    gaps = [(after - before).total_seconds() for before, after in pairwise(waits)]
    assert gaps[0] < 30
    assert max(gaps) < 900
    asked = [one for one in desk.stripe.requests if one.operation == "retrieve_session"]
    assert len(asked) == 12


async def test_one_thing_that_breaks_does_not_keep_the_others_waiting(
    desk: CardDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await desk.expect(1000), await desk.expect(2000)
    sessions = [await desk.opened(one) for one in (first, second)]
    for session in sessions:
        desk.stripe.dashboard.pay(session.id)
    ask = desk.cards._ask
    broken = (await desk.checkouts(first))[0].id

    async def break_on_one(account, checkout):  # type: ignore[no-untyped-def]
        if checkout.id == broken:
            raise ZeroDivisionError
        return await ask(account, checkout)

    monkeypatch.setattr(desk.cards, "_ask", break_on_one)
    monkeypatch.setattr("bot.cards.service.AT_A_TIME", 2)
    await desk.later()
    await desk.cards._while_due(desk.cards._next_checkout)
    await desk.cards._while_due(desk.cards._next_checkout)
    assert await desk.received() == [2000]
