"""What is not signed by Stripe is refused, what does not fit is parked and told, and the books stay as they are."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.sandbox.stripe.delivery import Tampering
from bot.sandbox.stripe.model import Session
from bot.sandbox.stripe.signing import signature
from bot.web.app import web_app
from bot.web.stripe import StripeDoor
from ledger.payments.card import accounts
from ledger.payments.card.models import CardAccount
from tests.support.card_desk import SECRET, VAULT, CardDesk, signed
from tests.support.edge import intake_of

OWN = "sk_test_51FarmAbCdEfGhIjKlMn"
TAMPERED = [
    Tampering(secret="whsec_wrong"),
    Tampering(age_seconds=3600),
    Tampering(flips_livemode=True),
]


async def post(desk: CardDesk, body: bytes, headers: dict[str, str]) -> int:
    """What our door answers."""
    return (await desk.browser.post(f"{desk.street.url}/stripe", content=body, headers=headers)).status_code


def completed(session: Session, token: str, **more: Any) -> dict[str, Any]:
    """The event of a paid session, as Stripe would send it; ``more``: what is different about the session."""
    shown = {
        "id": session.id,
        "object": "checkout.session",
        "amount_total": 1235,
        "currency": "eur",
        "livemode": False,
        "metadata": {"cagnotte": token},
        "payment_intent": "pi_forged",
        "payment_status": "paid",
        "status": "complete",
        "url": None,
    }
    return {
        "id": f"evt_{abs(hash(str(sorted(more.items()))))}",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": shown | more},
    }


@pytest.mark.parametrize("tampering", TAMPERED, ids=["secret", "old", "livemode"])
async def test_what_is_wrongly_signed_is_answered_400_and_not_even_stored(
    desk: CardDesk, tampering: Tampering
) -> None:
    desk.send_events()
    payment = await desk.expect()
    session = await desk.opened(payment)
    before = await desk.books()
    tampering.count = 1_000
    desk.stripe.delivery.tamper(tampering)
    desk.stripe.dashboard.pay(session.id)
    await desk.stripe.delivery.settled()
    assert {one.status for one in desk.stripe.delivery.attempts} == {400}
    while await desk.cards._next_event():
        pass
    assert (await desk.rows("stripe_events"), await desk.books()) == ([], before)
    await desk.rest()  # the money did come, and is found by asking
    assert await desk.received() == [1235]


async def test_what_is_no_event_of_stripes(desk: CardDesk) -> None:
    event = completed(await desk.opened(await desk.expect()), "x")
    good, headers = signed(event)
    before = await desk.books()
    assert await post(desk, good, {}) == 400
    assert await post(desk, good, {"Stripe-Signature": "t=,v1="}) == 400
    assert await post(desk, good + b" ", headers) == 400
    assert await post(desk, b"\xff", headers) == 400
    assert await post(desk, b"x" * 1_000_001, headers) == 413
    for odd in (b"", b"[]", b"null", b"{}", b"[" * 100_000, b'{"id": 1}', b'{"data": {"object": 3}}'):
        header = signature(odd, SECRET, int(time.time())) if odd else ""
        assert await post(desk, odd, {"Stripe-Signature": header}) == 400, odd[:20]
    for key, value in (("type", 3), ("id", None), ("data", {"object": []})):
        assert await post(desk, *signed(event | {key: value})) == 400
    assert (await desk.rows("stripe_events"), await desk.books()) == ([], before)


async def test_without_a_signing_secret_no_event_is_taken(desk: CardDesk) -> None:
    door = StripeDoor(desk.cards, None)
    desk.street.bots[:] = [web_app(desk.database, intake_of(desk.cards.edge), None, door)]
    assert await post(desk, *signed({}, "")) == 404


async def test_while_nobody_takes_cards_stripe_is_asked_to_come_back(desk: CardDesk) -> None:
    event = completed(await desk.opened(await desk.expect()), "x")
    async with desk.database.unit_of_work() as session:
        account = await session.get_one(CardAccount, 1)
        account.sealed_key = "somebody's"
    assert await post(desk, *signed(event)) == 503


@pytest.mark.parametrize(
    ("different", "field"),
    [
        ({"amount_total": 1}, "amount"),
        ({"amount_total": "1235"}, "amount"),
        ({"amount_total": None}, "amount"),
        ({"currency": "usd"}, "currency"),
        ({"currency": None}, "currency"),
        ({"livemode": True}, "livemode"),
        ({"id": "cs_test_another"}, "session"),
        ({"metadata": {"cagnotte": "unknown"}}, "token"),
        ({"metadata": {}}, "token"),
        ({"metadata": []}, "token"),
        ({"metadata": {"cagnotte": 3}}, "TypeError"),
        ({"metadata": "x"}, "AttributeError"),
        ({"metadata": {"cagnotte": "unknown"}, "id": "cs_test_unknown"}, "session"),
        ({"id": 17}, "TypeError"),
        ({"payment_intent": ["pi"]}, "TypeError"),
    ],
    ids=str,
)
async def test_what_does_not_fit_is_parked_and_the_coordinators_are_told(
    any_desk: CardDesk, different: dict[str, Any], field: str
) -> None:
    desk = any_desk
    payment = await desk.expect()
    session = await desk.opened(payment)
    [checkout] = await desk.checkouts(payment)
    before, rows = await desk.books(), await desk.rows("checkouts")
    assert await post(desk, *signed(completed(session, checkout.token, **different))) == 200
    await desk.cards.work_off()
    [event] = await desk.rows("stripe_events")
    assert event["outcome"] == f"parked: {field}"
    [word] = await desk.told(desk.story.anne)
    assert "Stripe sent something that does not fit what I asked for (checkout.session.completed" in word
    assert await desk.told(desk.marie) == []
    assert (await desk.books(), await desk.rows("checkouts")) == (before, rows)
    assert await post(desk, *signed(completed(session, checkout.token))) == 200  # the next one is handled
    await desk.cards._next_event()
    assert await desk.received() == [1235]


async def test_a_session_of_a_connected_account_is_not_ours(desk: CardDesk) -> None:
    """Signed with our secret, but paid to somebody else, who knows the token from their own link."""
    payment = await desk.expect()
    token = await desk.offer(payment)
    before = await desk.books()
    stranger = Session("cs_test_theirs", 0, 0, [], "", "")  # type: ignore[call-arg]
    event = completed(stranger, token) | {"account": "acct_1Theirs"}
    assert await post(desk, *signed(event)) == 200
    await desk.cards.work_off()
    assert await desk.books() == before
    assert len(await desk.told(desk.story.anne)) == 1


async def test_the_hosts_secret_proves_nothing_of_a_groups_own_account(desk: CardDesk) -> None:
    desk.stripe.add_key(OWN)
    async with desk.database.unit_of_work() as unit:
        group = await desk.story.group(unit)
        await accounts.use_own_key(unit, group, OWN, VAULT.seal(group.id, OWN), None, desk.story.anne)
    payment = await desk.expect()
    session = await desk.opened(payment)
    [checkout] = await desk.checkouts(payment)
    before = await desk.books()
    assert await post(desk, *signed(completed(session, checkout.token))) == 200
    await desk.cards.work_off()
    assert [row["outcome"] for row in await desk.rows("stripe_events")] == ["parked: account"]
    assert await desk.books() == before


async def test_events_of_others_are_stored_and_ignored(desk: CardDesk) -> None:
    before = await desk.books()
    theirs = {"id": "x", "object": "x", "metadata": {}, "livemode": False}
    kinds = ("checkout.session.completed", "payment_intent.succeeded", "customer.created", "v2.unheard.of")
    for number, kind in enumerate(kinds):
        event = {"id": f"evt_{number}", "type": kind, "livemode": False, "data": {"object": theirs}}
        assert await post(desk, *signed(event)) == 200
    await desk.cards.work_off()
    assert [row["outcome"] for row in await desk.rows("stripe_events")] == ["ignored"] * 4
    assert (await desk.books(), await desk.rows("outbox")) == (before, [])


async def test_an_answer_that_does_not_fit_is_not_booked_either(desk: CardDesk) -> None:
    """Stripe was asked, and knows our session with another amount."""
    payment = await desk.expect()
    session = await desk.opened(payment)
    session.items[0].unit_amount = 1
    desk.stripe.dashboard.pay(session.id)
    before = await desk.books()
    await desk.rest(times=3)
    assert (await desk.books())[1:6] == before[1:6]
    words = await desk.told(desk.story.anne)
    assert words
    assert "does not fit what I asked for (checkout.session" in words[0]
    assert len(words) == 1
    assert await desk.told(desk.marie) == []


async def test_a_database_that_takes_nothing_makes_stripe_come_back(desk: CardDesk) -> None:
    event = completed(await desk.opened(await desk.expect()), "x")
    await desk.database.close()
    assert await post(desk, *signed(event)) == 503
