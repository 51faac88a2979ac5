"""Events on their way: signed, repeated until accepted, and everything that goes wrong with them on order."""

import asyncio
import json

import pytest
import stripe
from stripe import StripeClient

from bot.sandbox.stripe.delivery import Tampering
from bot.sandbox.stripe.errors import SandboxError
from bot.sandbox.stripe.server import StripeSandbox
from tests.bot.sandbox.stripe.conftest import Receiver
from tests.bot.sandbox.stripe.wanted import opened

PAID = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
]


async def paid(client: StripeClient, sandbox: StripeSandbox) -> str:
    """A session, paid, and its events delivered."""
    made = await opened(client, key=f"open-{len(sandbox.requests)}")
    sandbox.dashboard.pay(made.id)
    await sandbox.delivery.settled()
    return made.id


async def test_events_are_signed_and_come_in_order(
    client: StripeClient, sandbox: StripeSandbox, receiver: Receiver
) -> None:
    endpoint = sandbox.add_webhook(receiver.url)
    assert endpoint.secret.startswith("whsec_")
    session = await paid(client, sandbox)
    events = receiver.events(client, endpoint.secret)
    assert [one.type for one in events] == PAID
    assert events[-1].data.object["id"] == session
    assert (events[-1].api_version, events[-1].livemode) == (stripe.api_version, False)
    stored = await client.v1.events.retrieve_async(events[-1].id)
    assert (stored.pending_webhooks, stored.data.object["id"]) == (0, session)
    sandbox.delivery.remove_endpoint(endpoint)
    await paid(client, sandbox)
    assert len(receiver.got) == 4


async def test_an_event_says_which_request_caused_it(
    client: StripeClient, sandbox: StripeSandbox, receiver: Receiver
) -> None:
    secret = sandbox.add_webhook(
        receiver.url, events=["checkout.session.expired"], secret="whsec_mine"
    ).secret
    made = await opened(client)
    expired = await client.v1.checkout.sessions.expire_async(made.id, {}, {"idempotency_key": "expire-1"})
    await sandbox.delivery.settled()
    (event,) = receiver.events(client, secret)
    assert secret == "whsec_mine"
    assert event.request is not None
    assert expired.last_response is not None
    assert (event.request.id, event.request.idempotency_key) == (expired.last_response.request_id, "expire-1")


async def test_only_wanted_events_of_this_account_and_mode(
    client: StripeClient, sandbox: StripeSandbox, receiver: Receiver
) -> None:
    first = next(iter(sandbox.world.accounts))
    other = sandbox.add_account("Coop").id
    sandbox.add_webhook(receiver.url, account=first, events=["charge.*", "checkout.session.completed"])
    sandbox.add_webhook(receiver.url, account=first, livemode=True)
    sandbox.add_webhook(receiver.url, account=other)
    await paid(client, sandbox)
    assert [json.loads(body)["type"] for body, _ in receiver.got] == [
        "charge.succeeded",
        "checkout.session.completed",
    ]


async def test_an_event_is_sent_until_it_is_accepted(
    client: StripeClient, sandbox: StripeSandbox, receiver: Receiver
) -> None:
    sandbox.add_webhook(receiver.url, events=["checkout.session.completed"])
    receiver.answers = [500, 302, 404]
    await paid(client, sandbox)
    assert [one.status for one in sandbox.delivery.attempts] == [500, 302, 404, 200]
    assert len({body for body, _ in receiver.got}) == 1


async def test_in_the_end_stripe_gives_up(client: StripeClient, sandbox: StripeSandbox) -> None:
    sandbox.add_webhook("http://127.0.0.1:9/nobody", events=["checkout.session.completed"])
    await paid(client, sandbox)
    assert [one.status for one in sandbox.delivery.attempts] == [0] * 9
    events = await client.v1.events.list_async({"type": "checkout.session.completed"})
    assert events.data[0].pending_webhooks == 1


async def test_held_back_reversed_and_doubled(
    client: StripeClient, sandbox: StripeSandbox, receiver: Receiver
) -> None:
    secret = sandbox.add_webhook(receiver.url).secret
    sandbox.delivery.hold()
    await paid(client, sandbox)
    assert (receiver.got, [one.event.type for one in sandbox.delivery.held]) == ([], PAID)
    last = sandbox.delivery.held[-1].event.id
    sandbox.delivery.release([last], times=3)
    await sandbox.delivery.settled()
    sandbox.delivery.release(is_reversed=True)
    await sandbox.delivery.settled()
    assert [one.type for one in receiver.events(client, secret)] == [PAID[3]] * 3 + PAID[2::-1]
    with pytest.raises(SandboxError):
        sandbox.delivery.release([last])


async def test_lost_discarded_copied_sent_again(
    client: StripeClient, sandbox: StripeSandbox, receiver: Receiver
) -> None:
    secret = sandbox.add_webhook(receiver.url, events=["checkout.session.completed"]).secret
    sandbox.delivery.lose(1)
    await paid(client, sandbox)
    sandbox.delivery.hold()
    await paid(client, sandbox)
    sandbox.delivery.discard()
    assert receiver.got == []
    sandbox.delivery.copies = 2
    await paid(client, sandbox)
    events = receiver.events(client, secret)
    assert [one.id for one in events] == [events[0].id] * 2
    mode = sandbox.dashboard.mode()
    sandbox.delivery.resend(mode, mode.events[events[0].id])
    await sandbox.delivery.settled()
    assert len(receiver.got) == 3


async def test_spoiled_signatures_are_seen(
    client: StripeClient, sandbox: StripeSandbox, receiver: Receiver
) -> None:
    secret = sandbox.add_webhook(receiver.url, events=["checkout.session.completed"]).secret
    for spoiled in (
        Tampering(secret="whsec_wrong"),
        Tampering(age_seconds=3600),
        Tampering(flips_livemode=True),
    ):
        sandbox.delivery.tamper(spoiled)
        await paid(client, sandbox)
    for body, header in receiver.got[:2]:
        with pytest.raises(stripe.SignatureVerificationError):
            client.construct_event(body, header, secret)
    assert client.construct_event(*receiver.got[2], secret).livemode
    with pytest.raises(stripe.SignatureVerificationError):
        client.construct_event(receiver.got[2][0] + b" ", receiver.got[2][1], secret)


async def test_a_receiver_that_hangs_is_tried_again(sandbox: StripeSandbox, client: StripeClient) -> None:
    calls = 0

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        await reader.read(-1)
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        sandbox.delivery.pauses = (0.01,)
        sandbox.delivery.patience = 0.1
        sandbox.add_webhook(f"http://127.0.0.1:{port}/", events=["checkout.session.completed"])
        await paid(client, sandbox)
    assert (calls, [one.status for one in sandbox.delivery.attempts]) == (2, [0, 0])
