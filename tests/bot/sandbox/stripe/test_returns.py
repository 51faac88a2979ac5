"""Money that goes back or away: refunds, disputes, payouts; the books stay right to the cent."""

import httpx
import pytest
import stripe
from stripe import StripeClient

from bot.sandbox.stripe.errors import SandboxError
from bot.sandbox.stripe.server import StripeSandbox
from tests.bot.sandbox.stripe.wanted import opened, typed

DAY = 24 * 60 * 60


@pytest.fixture
async def charge(client: StripeClient, sandbox: StripeSandbox) -> str:
    """A paid charge of 12.35 €."""
    made = await opened(client)
    return sandbox.dashboard.pay(made.id)


def right(sandbox: StripeSandbox) -> None:
    """The books of the account add up."""
    books = sandbox.balance()
    assert books.total == books.charged - books.fees - books.refunded - books.disputed - books.paid_out


async def test_a_charge_is_refunded_in_parts_and_never_beyond(
    client: StripeClient, sandbox: StripeSandbox, charge: str
) -> None:
    intent = sandbox.dashboard.mode().charges[charge].intent
    first = await client.v1.refunds.create_async(
        {
            "payment_intent": intent,
            "amount": 1000,
            "reason": "requested_by_customer",
            "metadata": {"refund": "7"},
        }
    )
    assert (first.status, first.amount, first.charge) == ("succeeded", 1000, charge)
    assert first.metadata is not None
    assert first.metadata.to_dict() == {"refund": "7"}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await client.v1.refunds.create_async({"charge": charge, "amount": 236})
    assert (refused.value.param, refused.value.code) == ("amount", None)
    assert refused.value.user_message == (
        "Refund amount (€2.36) is greater than unrefunded amount on charge (€2.35)"
    )
    rest = await client.v1.refunds.create_async({"charge": charge}, {"idempotency_key": "rest"})
    assert rest.amount == 235
    with pytest.raises(stripe.InvalidRequestError, match="has already been refunded") as refused:
        await client.v1.refunds.create_async({"charge": charge})
    assert refused.value.code == "charge_already_refunded"
    found = await client.v1.charges.retrieve_async(charge)
    assert (found.amount_refunded, found.refunded) == (1235, True)
    assert sandbox.balance().total == -44  # the fee is not given back
    right(sandbox)
    listed = await client.v1.refunds.list_async({"payment_intent": intent})
    assert [one.amount for one in listed.data] == [235, 1000]
    entry = await client.v1.balance_transactions.retrieve_async(str(first.balance_transaction))
    assert (entry.type, entry.reporting_category, entry.amount, entry.fee) == ("refund", "refund", -1000, 0)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "parameter_missing"),
        ({"charge": "ch_none"}, "resource_missing"),
        ({"payment_intent": "pi_none"}, "resource_missing"),
        ({"charge": "?", "amount": 0}, "parameter_invalid_integer"),
        ({"charge": "?", "reason": "sorry"}, None),
        ({"charge": "?", "amount": 99_999}, None),
    ],
)
async def test_refunds_that_are_refused(
    client: StripeClient, sandbox: StripeSandbox, charge: str, params: dict[str, object], code: str | None
) -> None:
    params = {key: charge if value == "?" else value for key, value in params.items()}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await client.v1.refunds.create_async(params)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert sandbox.balance().refunded == 0


async def test_a_pending_refund_succeeds_or_fails(
    client: StripeClient, sandbox: StripeSandbox, charge: str
) -> None:
    sandbox.dashboard.let_refunds("pending")
    good = await client.v1.refunds.create_async({"charge": charge, "amount": 200})
    bad = await client.v1.refunds.create_async({"charge": charge, "amount": 300})
    assert (good.status, good.pending_reason) == ("pending", "processing")
    sandbox.dashboard.settle_refund(good.id)
    sandbox.dashboard.fail_refund(bad.id)
    failed = await client.v1.refunds.retrieve_async(bad.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert isinstance(failed.failure_balance_transaction, stripe.BalanceTransaction)
    assert failed.failure_balance_transaction.amount == 300
    assert (await client.v1.charges.retrieve_async(charge)).amount_refunded == 200
    assert sandbox.balance().refunded == 200
    right(sandbox)
    events = await client.v1.events.list_async({"types": ["refund.failed", "refund.updated"]})
    assert [one.type for one in events.data] == ["refund.failed", "refund.updated", "refund.updated"]
    with pytest.raises(SandboxError):
        sandbox.dashboard.settle_refund(good.id)


async def test_refunds_may_fail_at_once(client: StripeClient, sandbox: StripeSandbox, charge: str) -> None:
    sandbox.dashboard.let_refunds("failed")
    made = await client.v1.refunds.create_async({"charge": charge})
    assert made.status == "failed"
    assert sandbox.balance().total == 1235 - 44


@pytest.mark.parametrize("is_won", [True, False])
async def test_a_dispute(client: StripeClient, sandbox: StripeSandbox, charge: str, is_won: bool) -> None:
    id_ = sandbox.dashboard.dispute(charge)
    assert sandbox.balance().total == -44 - 2000
    dispute = await client.v1.disputes.retrieve_async(id_)
    assert (dispute.status, dispute.amount, dispute.charge) == ("needs_response", 1235, charge)
    assert [(one.type, one.amount, one.fee) for one in dispute.balance_transactions] == [
        ("adjustment", -1235, 2000)
    ]
    with pytest.raises(stripe.InvalidRequestError, match="charged back") as refused:
        await client.v1.refunds.create_async({"charge": charge})
    assert refused.value.code == "charge_disputed"
    sandbox.dashboard.close_dispute(id_, is_won=is_won)
    assert (await client.v1.disputes.retrieve_async(id_)).status == ("won" if is_won else "lost")
    assert sandbox.balance().total == (1235 if is_won else 0) - 44 - 2000
    right(sandbox)
    events = await client.v1.events.list_async({"type": "charge.dispute.*"})
    reinstated = ["charge.dispute.funds_reinstated"] if is_won else []
    assert [one.type for one in reversed(events.data)] == [
        "charge.dispute.created", "charge.dispute.funds_withdrawn", *reinstated, "charge.dispute.closed",
    ]  # fmt: skip
    listed = await client.v1.disputes.list_async({"charge": charge})
    assert [one.id for one in listed.data] == [id_]


async def test_a_payout_takes_what_is_available(
    client: StripeClient, sandbox: StripeSandbox, charge: str
) -> None:
    with pytest.raises(SandboxError, match="0 cents to pay out"):
        sandbox.dashboard.pay_out()
    balance = await client.v1.balance.retrieve_async()
    assert (balance.available[0].amount, balance.pending[0].amount) == (0, 1191)
    sandbox.advance(3 * DAY)
    later = sandbox.dashboard.pay((await opened(client, 5000)).id)
    balance = await client.v1.balance.retrieve_async()
    assert (balance.available[0].amount, balance.pending[0].amount) == (1191, 4900)
    id_ = sandbox.dashboard.pay_out()
    payout = await client.v1.payouts.retrieve_async(id_)
    assert (payout.amount, payout.status) == (1191, "paid")
    entries = await client.v1.balance_transactions.list_async({"payout": id_})
    assert [(one.type, one.net) for one in entries.data] == [("payout", -1191), ("charge", 1191)]
    assert (await client.v1.balance_transactions.list_async({"source": later})).data[0].amount == 5000
    sandbox.dashboard.fail_payout(id_)
    assert sandbox.balance().available == 1191
    again = await client.v1.payouts.retrieve_async(sandbox.dashboard.pay_out(arrives=False))
    assert (again.amount, again.status) == (1191, "pending")
    entries = await client.v1.balance_transactions.list_async({"payout": again.id})
    assert [(one.type, one.net) for one in entries.data] == [("payout", -1191), ("payout_failure", 1191)]
    right(sandbox)
    events = await client.v1.events.list_async({"type": "payout.*"})
    assert [one.type for one in reversed(events.data)] == [
        "payout.created", "payout.paid", "payout.failed", "payout.created",
    ]  # fmt: skip


async def test_a_card_that_is_disputed(
    client: StripeClient, sandbox: StripeSandbox, http: httpx.AsyncClient
) -> None:
    made = await opened(client)
    await typed(http, made.url, "4000 0000 0000 0259")
    assert sandbox.balance().disputed == 1235
