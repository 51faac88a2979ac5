"""Paying on a session's page, by its form: once, refused, too late; and debits that take days."""

import asyncio

import httpx
import pytest
import stripe
from stripe import StripeClient

from bot.sandbox.stripe.errors import SandboxError
from bot.sandbox.stripe.money import Tariff
from bot.sandbox.stripe.server import StripeSandbox
from tests.bot.sandbox.stripe import description
from tests.bot.sandbox.stripe.conftest import Clients
from tests.bot.sandbox.stripe.wanted import CANCEL, item, opened, typed


async def kinds(client: StripeClient) -> list[str]:
    """The types of all events, oldest first."""
    events = await client.v1.events.list_async({"limit": 100})
    return [one.type for one in reversed(events.data)]


async def test_a_payment_from_page_to_balance(client: StripeClient, http: httpx.AsyncClient) -> None:
    data = {"description": "Commande P5P-MW6N", "metadata": {"payment": "42"}}
    made = await opened(client, payment_intent_data=data)
    answer = await typed(http, made.url)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"https://amap.example/merci?s={made.id}"
    paid = await client.v1.checkout.sessions.retrieve_async(
        made.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.customer_details is not None
    assert (paid.customer_details.email, paid.customer_details.name) == ("marie@example.com", "Marie")
    intent = paid.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert (intent.status, intent.amount_received, intent.description) == (
        "succeeded",
        1235,
        "Commande P5P-MW6N",
    )
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert charge.metadata.to_dict() == {"payment": "42"}
    entry = charge.balance_transaction
    assert isinstance(entry, stripe.BalanceTransaction)
    assert (entry.amount, entry.fee, entry.net) == (1235, 44, 1191)
    assert [one.amount for one in entry.fee_details] == [44]
    assert (entry.available_on - entry.created, entry.status) == (3 * 24 * 60 * 60, "pending")
    assert await kinds(client) == [
        "payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed",
    ]  # fmt: skip


@pytest.mark.parametrize(("cents", "fee"), [(50, 26), (100, 27), (1235, 44), (99_999_999, 1_500_025)])
def test_fees_are_rounded_half_up(cents: int, fee: int) -> None:
    assert Tariff().fee_cents(cents) == fee


async def test_a_double_submit_pays_once(
    client: StripeClient, http: httpx.AsyncClient, sandbox: StripeSandbox
) -> None:
    made = await opened(client)
    answers = await asyncio.gather(*(typed(http, made.url) for _ in range(5)))
    assert [one.status_code for one in answers] == [303] * 5
    assert len({one.headers["location"] for one in answers}) == 1
    assert sandbox.balance().charged == 1235


DECLINED = [
    ("4000 0000 0000 0002", "card_declined", "generic_decline", "refusée"),
    ("4000 0000 0000 9995", "card_declined", "insufficient_funds", "insuffisant"),
    ("4000 0000 0000 0069", "expired_card", None, "expiré"),
    ("4000 0000 0000 0127", "incorrect_cvc", None, "code de sécurité est incorrect"),
    ("4111 1111 1111 1111", "card_declined", "test_mode_live_card", "carte de test"),
]


@pytest.mark.parametrize(("number", "code", "decline_code", "said"), DECLINED)
async def test_a_declined_card_leaves_the_session_open(
    client: StripeClient, http: httpx.AsyncClient, number: str, code: str, decline_code: str | None, said: str
) -> None:
    made = await opened(client)
    answer = await typed(http, made.url, number)
    assert (answer.status_code, said in answer.text) == (402, True)
    again = await client.v1.checkout.sessions.retrieve_async(
        made.id, {"expand": ["payment_intent.latest_charge"]}
    )
    assert (again.status, again.payment_status) == ("open", "unpaid")
    intent = again.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert intent.last_payment_error is not None
    assert (intent.status, intent.last_payment_error.code) == ("requires_payment_method", code)
    assert intent.last_payment_error.to_dict().get("decline_code") == decline_code
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert (intent.latest_charge.status, intent.latest_charge.paid) == ("failed", False)
    assert await kinds(client) == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    assert (await typed(http, made.url)).status_code == 303
    paid = await client.v1.payment_intents.retrieve_async(intent.id)
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)


WRONG = [
    ({"number": "4242 4242 4242 4241"}, "number-wrong"),
    ({"number": ""}, "number-wrong"),
    ({"expiry": "13 / 40"}, "expiry-wrong"),
    ({"expiry": "01 / 20"}, "expiry-wrong"),
    ({"cvc": "12"}, "cvc-wrong"),
    ({"email": "marie"}, "email-wrong"),
]


@pytest.mark.parametrize(("wrong", "where"), WRONG, ids=str)
async def test_mistakes_are_named_and_nothing_is_tried(
    client: StripeClient, http: httpx.AsyncClient, wrong: dict[str, str], where: str
) -> None:
    made = await opened(client, customer_email=None)
    answer = await typed(http, made.url, **({"email": "m@example.com"} | wrong))
    assert (answer.status_code, f'id="{where}"' in answer.text) == (422, True)
    assert await kinds(client) == []


async def test_the_page_speaks_the_sessions_language(client: StripeClient, http: httpx.AsyncClient) -> None:
    french = await opened(client, line_items=[item("Œufs <bio>", 123456, 2)])
    english = await opened(client, locale="en")
    auto = await opened(client, locale="auto")
    page = (await http.get(french.url or "")).text
    assert '<html lang="fr">' in page
    assert "2\u202f469,12\u00a0€" in page
    assert "Œufs &lt;bio&gt;" in page
    assert f'href="{CANCEL}"' in page
    page = (await http.get(english.url or "")).text
    assert "Pay €12.35" in page
    for accepted, spoken in (("fr-FR,fr;q=0.9", "fr"), ("de", "en")):
        page = (await http.get(auto.url or "", headers={"Accept-Language": accepted})).text
        assert f'<html lang="{spoken}">' in page


async def test_pages_that_are_over(
    client: StripeClient, http: httpx.AsyncClient, sandbox: StripeSandbox
) -> None:
    expired, paid = await opened(client), await opened(client)
    await client.v1.checkout.sessions.expire_async(expired.id)
    sandbox.dashboard.pay(paid.id)
    assert "Cette page a expiré" in (await http.get(expired.url or "")).text
    assert "Cette page a expiré" in (await typed(http, expired.url)).text
    assert "C’est payé" in (await http.get(paid.url or "")).text
    nowhere = await http.get("/c/pay/cs_test_nothing", headers={"Accept-Language": "fr"})
    assert (nowhere.status_code, "n’existe pas" in nowhere.text) == (404, True)
    assert sandbox.balance().charged == 1235


async def test_another_site_cannot_pay(client: StripeClient, http: httpx.AsyncClient) -> None:
    made = await opened(client)
    answer = await http.post(made.url or "", data={"do": "pay"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


async def test_expiring_cancels_what_was_tried(client: StripeClient, sandbox: StripeSandbox) -> None:
    made = await opened(client)
    sandbox.dashboard.decline(made.id)
    expired = await client.v1.checkout.sessions.expire_async(made.id, {"expand": ["payment_intent"]})
    assert isinstance(expired.payment_intent, stripe.PaymentIntent)
    assert expired.payment_intent.status == "canceled"
    assert (await kinds(client))[-2:] == ["payment_intent.canceled", "checkout.session.expired"]


@pytest.mark.parametrize("is_paid", [True, False])
async def test_a_debit_takes_days(client: StripeClient, sandbox: StripeSandbox, is_paid: bool) -> None:
    made = await opened(client, allowed_payment_method_types=["card", "sepa_debit"])
    sandbox.dashboard.begin_debit(made.id)
    begun = await client.v1.checkout.sessions.retrieve_async(made.id)
    assert (begun.status, begun.payment_status) == ("complete", "unpaid")
    [entry] = (await client.v1.balance_transactions.list_async({"expand": ["data.source"]})).data
    assert isinstance(entry.source, stripe.Charge)
    assert (entry.type, entry.reporting_category, entry.source.status) == ("payment", "charge", "pending")
    assert (entry.status, entry.amount, entry.fee) == ("pending", 1235, 44)
    sandbox.dashboard.finish_debit(made.id, is_paid=is_paid)
    ended = await client.v1.checkout.sessions.retrieve_async(made.id)
    assert ended.payment_status == ("paid" if is_paid else "unpaid")
    last = (await kinds(client))[-1]
    assert last == f"checkout.session.async_payment_{'succeeded' if is_paid else 'failed'}"
    assert sandbox.balance().charged == (1235 if is_paid else 0)
    entries = (await client.v1.balance_transactions.list_async()).data
    booked = [(one.type, one.reporting_category, one.amount, one.fee) for one in entries]
    taken_out = [("payment_failure_refund", "charge_failure", -1235, 350)]
    assert booked == ([] if is_paid else taken_out) + [("payment", "charge", 1235, 44)]


async def test_a_debit_may_come_back_after_it_was_paid(client: StripeClient, sandbox: StripeSandbox) -> None:
    made = await opened(client, allowed_payment_method_types=["card", "sepa_debit"])
    charge_id = sandbox.dashboard.begin_debit(made.id)
    sandbox.dashboard.finish_debit(made.id)
    sandbox.dashboard.fail_late(made.id)
    charge = await client.v1.charges.retrieve_async(charge_id, {"expand": ["failure_balance_transaction"]})
    assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, "insufficient_funds")
    assert isinstance(charge.failure_balance_transaction, stripe.BalanceTransaction)
    session = await client.v1.checkout.sessions.retrieve_async(made.id, {"expand": ["payment_intent"]})
    assert isinstance(session.payment_intent, stripe.PaymentIntent)
    assert (session.payment_status, session.payment_intent.status) == ("paid", "requires_payment_method")
    with pytest.raises(SandboxError, match="no debit that could come back"):
        sandbox.dashboard.fail_late(made.id)


@pytest.mark.parametrize(
    ("iban", "status"),
    [
        ("FR14 2004 1010 0505 0001 3M02 606", "succeeded"),
        ("fr8420041010050500013m02607", "failed"),
        ("FR5720041010050500013M02608", "failed"),
    ],
)
async def test_a_debit_from_the_page_ends_by_itself(
    client: StripeClient, http: httpx.AsyncClient, sandbox: StripeSandbox, iban: str, status: str
) -> None:
    sandbox.dashboard.switch_on("sepa_debit")
    made = await opened(client, customer_email=None)
    page = (await http.get(made.url or "")).text
    assert "Ou par prélèvement SEPA" in page
    wrong = await http.post(made.url or "", data={"iban": "FR76", "email": "marie@example.com"})
    assert (wrong.status_code, "IBAN de test" in wrong.text) == (422, True)
    form = {"iban": iban, "email": "marie@example.com"}
    assert (await http.post(made.url or "", data=form)).status_code == 303
    assert "Paiement en cours" in (await http.get(made.url or "")).text
    sandbox.advance(61)
    [charge] = (await client.v1.charges.list_async()).data
    assert charge.status == status


async def test_what_nobody_paid_moves_the_balance(
    client: StripeClient, http: httpx.AsyncClient, sandbox: StripeSandbox
) -> None:
    for kind, amount, category in (
        ("topup", 500, "topup"),
        ("reserve_hold", -100, "reserve_hold"),
        ("adjustment", -7, "other_adjustment"),
    ):
        sandbox.dashboard.move(kind, amount, category)
    answer = (await http.get("/v1/balance_transactions?expand[]=data.source")).json()
    description.check(answer, "balance_transactions")
    assert [one["amount"] for one in answer["data"]] == [-7, -100, 500]
    assert (sandbox.balance().other, sandbox.balance().total) == (393, 393)


async def test_the_fee_may_come_late(client: StripeClient, sandbox: StripeSandbox) -> None:
    sandbox.dashboard.hold_fees()
    made = await opened(client)
    charge_id = sandbox.dashboard.pay(made.id)
    charge = await client.v1.charges.retrieve_async(charge_id, {"expand": ["balance_transaction"]})
    assert (charge.paid, charge.balance_transaction) == (True, None)
    assert sandbox.dashboard.book_fees() == [charge_id]
    charge = await client.v1.charges.retrieve_async(charge_id, {"expand": ["balance_transaction"]})
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert (await kinds(client))[-1] == "charge.updated"
    events = await client.v1.events.list_async({"type": "charge.updated"})
    assert events.data[0].data.to_dict()["previous_attributes"] == {"balance_transaction": None}


async def test_live_mode_refuses_test_cards(
    sandbox: StripeSandbox, http: httpx.AsyncClient, clients: Clients
) -> None:
    sandbox.add_key("sk_live_1")
    live = clients("sk_live_1")
    made = await opened(live)
    assert (await typed(http, made.url)).status_code == 402
    assert (await typed(http, made.url, "4111 1111 1111 1111")).status_code == 303
    assert (sandbox.balance(livemode=True).charged, sandbox.balance().charged) == (1235, 0)


async def test_intents_of_sessions_are_not_cancelled(client: StripeClient, sandbox: StripeSandbox) -> None:
    made = await opened(client)
    sandbox.dashboard.decline(made.id)
    session = await client.v1.checkout.sessions.retrieve_async(made.id)
    intent = str(session.payment_intent)
    with pytest.raises(stripe.InvalidRequestError, match="Expire the session instead"):
        await client.v1.payment_intents.cancel_async(intent)
    sandbox.dashboard.pay(made.id)
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded") as refused:
        await client.v1.payment_intents.cancel_async(intent)
    assert refused.value.code == "payment_intent_unexpected_state"


async def test_every_answer_is_as_published(
    client: StripeClient, http: httpx.AsyncClient, sandbox: StripeSandbox
) -> None:
    made = await opened(client, custom_text={"submit": {"message": "Merci !"}}, submit_type="pay")
    charge = sandbox.dashboard.pay(made.id)
    refund = sandbox.dashboard.refund(charge, 100)
    dispute = sandbox.dashboard.dispute(charge)
    sandbox.dashboard.close_dispute(dispute, is_won=True)
    sandbox.dashboard.pay((await opened(client, 5000)).id)
    sandbox.advance(4 * 24 * 60 * 60)
    payout = sandbox.dashboard.pay_out()
    intent = sandbox.dashboard.mode().charges[charge].intent
    for path in (
        "account", "balance", "checkout/sessions", f"checkout/sessions/{made.id}?expand[]=line_items",
        f"checkout/sessions/{made.id}/line_items", "payment_intents?expand[]=data.latest_charge.balance_transaction",
        f"payment_intents/{intent}", f"charges/{charge}?expand[]=refunds", "charges", f"refunds/{refund}?expand[]=charge",
        "refunds", f"disputes/{dispute}?expand[]=payment_intent", "disputes", f"payouts/{payout}", "payouts",
        "balance_transactions?expand[]=data.source", "events?limit=100",
    ):  # fmt: skip
        answer = await http.get(f"/v1/{path}")
        assert answer.status_code == 200, answer.text
        description.check(answer.json(), path)
