"""Lists: pages, cursors, filters; the library's own paging reads them to the end."""

import pytest
import stripe
from stripe import StripeClient

from bot.sandbox.stripe.server import StripeSandbox
from tests.bot.sandbox.stripe.wanted import opened


async def test_paging_reads_everything_newest_first(client: StripeClient) -> None:
    made = [(await opened(client, 100 + number)).id for number in range(7)]
    first = await client.v1.checkout.sessions.list_async({"limit": 3})
    assert ([one.id for one in first.data], first.has_more) == (made[:3:-1], True)
    found = [one.id async for one in first.auto_paging_iter()]
    assert found == made[::-1]
    newer = await client.v1.checkout.sessions.list_async({"limit": 2, "ending_before": made[1]})
    assert ([one.id for one in newer.data], newer.has_more) == ([made[3], made[2]], True)
    usual = await client.v1.checkout.sessions.list_async()
    assert (len(usual.data), usual.has_more, usual.url) == (7, False, "/v1/checkout/sessions")


async def test_filters(client: StripeClient, sandbox: StripeSandbox) -> None:
    early = await opened(client)
    sandbox.dashboard.pay(early.id)
    sandbox.advance(100)
    late = await opened(client)
    since = await client.v1.checkout.sessions.list_async({"created": {"gt": early.created + 50}})
    assert [one.id for one in since.data] == [late.id]
    exactly = await client.v1.checkout.sessions.list_async({"created": early.created})
    assert [one.id for one in exactly.data] == [early.id]
    complete = await client.v1.checkout.sessions.list_async({"status": "complete"})
    assert [one.id for one in complete.data] == [early.id]
    intent = str(complete.data[0].payment_intent)
    its = await client.v1.checkout.sessions.list_async({"payment_intent": intent})
    assert [one.id for one in its.data] == [early.id]
    charges = await client.v1.charges.list_async(
        {"payment_intent": intent, "expand": ["data.balance_transaction"]}
    )
    assert isinstance(charges.data[0].balance_transaction, stripe.BalanceTransaction)
    entries = await client.v1.balance_transactions.list_async({"type": "charge"})
    assert [one.source for one in entries.data] == [charges.data[0].id]
    assert (await client.v1.balance_transactions.list_async({"type": "refund"})).data == []
    assert len((await client.v1.payment_intents.list_async()).data) == 1


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"limit": 101}, "limit"),
        ({"limit": 0}, "limit"),
        ({"starting_after": "cs_none"}, "starting_after"),
        ({"starting_after": "a", "ending_before": "b"}, "ending_before"),
        ({"status": "done"}, "status"),
        ({"created": {"since": 1}}, "created[since]"),
        ({"expand": ["payment_intent"]}, "expand"),
        ({"expand": ["data.payment_intent.latest_charge.balance_transaction.source"]}, "expand"),
    ],
    ids=str,
)
async def test_what_stripe_refuses_is_refused(
    client: StripeClient, wrong: dict[str, object], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await client.v1.checkout.sessions.list_async(wrong)  # type: ignore[arg-type]
    assert refused.value.param == param
