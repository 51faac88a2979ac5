"""Checkout Sessions: opened, read, listed, expired, and refused when something is wrong with them."""

import time
from typing import Any

import httpx
import pytest
import stripe
from stripe import StripeClient

from bot.sandbox.stripe.server import TEST_KEY, StripeSandbox
from tests.bot.sandbox.stripe.conftest import Clients
from tests.bot.sandbox.stripe.wanted import CANCEL, SUCCESS, item, opened, session_params

PRICE = "line_items[0][price_data]"
DAY = 24 * 60 * 60


async def test_a_session_is_opened_and_read_again(client: StripeClient, sandbox: StripeSandbox) -> None:
    metadata = {"payment": "42", "group": "3"}
    made = await opened(
        client, metadata=metadata, client_reference_id="P5P-MW6N", payment_intent_data={"metadata": metadata}
    )
    assert made.id.startswith("cs_test_")
    assert made.url == f"{sandbox.base_url}/c/pay/{made.id}"
    assert (made.status, made.payment_status, made.amount_total, made.currency) == (
        "open",
        "unpaid",
        1235,
        "eur",
    )
    assert (made.success_url, made.cancel_url, made.livemode) == (SUCCESS, CANCEL, False)
    assert made.payment_intent is None
    assert made.expires_at - made.created == DAY
    again = await client.v1.checkout.sessions.retrieve_async(made.id, {"expand": ["line_items"]})
    assert again.metadata is not None
    assert again.metadata.to_dict() == metadata
    assert again.line_items is not None
    assert [one.description for one in again.line_items.data] == ["Colis de légumes"]


@pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")  # the library's own
async def test_the_librarys_httpx_client_does_too(sandbox: StripeSandbox) -> None:
    http = stripe.HTTPXClient(verify_ssl_certs=False)
    made = await opened(
        StripeClient(TEST_KEY, base_addresses={"api": sandbox.base_url or ""}, http_client=http)
    )
    assert made.status == "open"
    await http.close_async()  # type: ignore[no-untyped-call]  # the library does not say


async def test_lines_are_listed(client: StripeClient) -> None:
    made = await opened(client, line_items=[item("Pain", 350, 2), item("Œufs", 280)])
    assert made.amount_total == 980
    lines = await client.v1.checkout.sessions.line_items.list_async(made.id, {"limit": 1})
    assert (lines.data[0].amount_total, lines.data[0].quantity, lines.has_more) == (700, 2, True)


async def test_an_open_session_can_be_expired_once(client: StripeClient) -> None:
    made = await opened(client)
    expired = await client.v1.checkout.sessions.expire_async(made.id)
    assert (expired.status, expired.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
        await client.v1.checkout.sessions.expire_async(made.id)


async def test_time_expires_sessions(client: StripeClient, sandbox: StripeSandbox) -> None:
    soon = await opened(client, expires_at=int(time.time()) + 1860)
    later = await opened(client)
    sandbox.advance(1900)
    assert (await client.v1.checkout.sessions.retrieve_async(soon.id)).status == "expired"
    assert (await client.v1.checkout.sessions.retrieve_async(later.id)).status == "open"
    events = await client.v1.events.list_async({"type": "checkout.session.expired"})
    assert [one.data.object["id"] for one in events.data] == [soon.id]


REFUSED: list[tuple[dict[str, Any], str, str | None, str]] = [
    ({"success_url": None}, "success_url", "parameter_missing", "Missing required param: success_url."),
    ({"mode": None}, "mode", "parameter_missing", "Missing required param: mode."),
    ({"line_items": None}, "line_items", "parameter_missing", "Missing required param: line_items."),
    ({"mode": "pay"}, "mode", None, "Invalid mode: must be one of payment, setup, or subscription"),
    ({"payment_method_types": ["card"]}, "payment_method_types", "parameter_unknown", "Received unknown parameter"),
    ({"colour": "red"}, "colour", "parameter_unknown", "Received unknown parameter: colour"),
    ({"locale": "klingon"}, "locale", None, "Invalid locale"),
    ({"locale": ""}, "locale", "parameter_invalid_empty", "empty string"),
    ({"success_url": "/merci"}, "success_url", "url_invalid", "Not a valid URL"),
    ({"cancel_url": "amap.example"}, "cancel_url", "url_invalid", "Not a valid URL"),
    ({"cancel_url": "https://"}, "cancel_url", "url_invalid", "Not a valid URL"),
    ({"customer_email": "marie"}, "customer_email", "email_invalid", "Invalid email address: marie"),
    ({"client_reference_id": "x" * 201}, "client_reference_id", None, "at most 200 characters"),
    ({"expires_at": "soon"}, "expires_at", "parameter_invalid_integer", "Invalid integer: soon"),
    ({"expires_at": 1_700_000_000}, "expires_at", None, "at least 30 minutes"),
    ({"expires_at": 4_000_000_000}, "expires_at", None, "less than 24 hours"),
    ({"metadata": {f"k{n}": "v" for n in range(51)}}, "metadata", None, "up to 50 keys"),
    ({"metadata": {"k" * 41: "v"}}, "metadata", None, "keys can have up to 40 characters"),
    ({"metadata": {"k": "v" * 501}}, "metadata", None, "values can have up to 500 characters"),
    ({"metadata": "text"}, "metadata", None, "Invalid object"),
    ({"line_items": "text"}, "line_items", None, "Invalid array"),
    ({"line_items": [item(cents=49)]}, "", "amount_too_small", "at least €0.50 eur"),
    ({"line_items": [item(cents=99_999_999, quantity=2)]}, "", "amount_too_large", "no more than"),
    ({"line_items": [item(cents=-5)]}, f"{PRICE}[unit_amount]", "parameter_invalid_integer", "equal to 0"),
    ({"line_items": [item(quantity=0)]}, "line_items[0][quantity]", "parameter_invalid_integer", "equal to 1"),
    ({"line_items": [item() | {"taste": "good"}]}, "line_items[0][taste]", "parameter_unknown", "line_items[0][taste]"),
    ({"line_items": [{"quantity": 1}]}, "line_items[0][price]", "parameter_missing", "`price` or `price_data`"),
    ({"line_items": [{"price_data": item()["price_data"]}]}, "line_items[0][quantity]", "parameter_missing", "Quantity is"),
    ({"phone_number_collection": {"enabled": "maybe"}}, "phone_number_collection[enabled]", None, "Invalid boolean: maybe"),
    ({"allowed_payment_method_types": ["gold"]}, "allowed_payment_method_types[0]", None, "must be one of"),
    ({"expand": ["metadata"]}, "expand", None, "cannot be expanded"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "param", "code", "said"), REFUSED, ids=lambda value: str(value)[:40])
async def test_what_stripe_refuses_is_refused(
    client: StripeClient, wrong: dict[str, Any], param: str, code: str | None, said: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await opened(client, **wrong)
    error = refused.value
    assert (error.http_status, error.param or "", error.code) == (400, param, code)
    assert error.user_message is not None
    assert said in error.user_message
    assert error.request_id is not None


@pytest.mark.parametrize(
    "wanted",
    [
        {"mode": "subscription"},
        {"discounts": [{"coupon": "x"}]},
        {"line_items": [{"price": "price_1", "quantity": 1}]},
    ],
)
async def test_what_is_not_served_is_said_so(client: StripeClient, wanted: dict[str, Any]) -> None:
    with pytest.raises(stripe.APIError, match="this stand-in does not serve it") as refused:
        await opened(client, **wanted)
    assert refused.value.http_status == 501


async def test_addresses_of_apps_are_taken(client: StripeClient) -> None:
    made = await opened(client, success_url="tg://resolve?domain=bot", cancel_url="https://t.me/bot?start=x")
    assert made.success_url == "tg://resolve?domain=bot"


async def test_keys(sandbox: StripeSandbox, http: httpx.AsyncClient, clients: Clients) -> None:
    with pytest.raises(stripe.AuthenticationError, match=r"Invalid API Key provided: sk_test_\*+2345"):
        await opened(clients("sk_test_unknown12345"))
    no_key = await http.get("/v1/account", headers={"Authorization": ""})
    assert (no_key.status_code, no_key.json()["error"]["type"]) == (401, "invalid_request_error")
    basic = await http.get("/v1/account", auth=("sk_test_sandbox", ""))
    assert basic.json()["object"] == "account"
    sandbox.add_key("rk_test_reader", rights=["checkout_session_read"])
    made = await opened(clients())
    reader = clients("rk_test_reader")
    assert (await reader.v1.checkout.sessions.retrieve_async(made.id)).id == made.id
    with pytest.raises(stripe.PermissionError, match="rak_checkout_session_write"):
        await opened(reader)


async def test_accounts_and_modes_are_apart(sandbox: StripeSandbox, clients: Clients) -> None:
    other = sandbox.add_account("Coop", keys=["sk_test_other", "sk_live_other"])
    made = await opened(clients("sk_live_other"))
    assert (made.id[:8], made.livemode) == ("cs_live_", True)
    with pytest.raises(
        stripe.InvalidRequestError, match="exists in live mode, but a test mode key"
    ) as refused:
        await clients("sk_test_other").v1.checkout.sessions.retrieve_async(made.id)
    assert (refused.value.code, refused.value.http_status) == ("resource_missing", 404)
    with pytest.raises(stripe.InvalidRequestError, match=r"No such checkout\.session: 'cs_live") as unknown:
        await clients().v1.checkout.sessions.retrieve_async(made.id)
    assert "similar" not in str(unknown.value)
    account = await clients("sk_live_other").v1.accounts.retrieve_current_async()
    assert (account.id, account.country) == (other.id, "FR")
    assert (await clients("sk_live_other").v1.accounts.retrieve_async(other.id)).id == other.id
    with pytest.raises(stripe.PermissionError):
        await clients().v1.accounts.retrieve_async(other.id)


async def test_versions_and_addresses(http: httpx.AsyncClient) -> None:
    spoken = await http.get("/v1/account", headers={"Stripe-Version": stripe.api_version})
    assert (spoken.status_code, spoken.headers["stripe-version"]) == (200, stripe.api_version)
    assert spoken.headers["request-id"].startswith("req_")
    old = await http.get("/v1/account", headers={"Stripe-Version": "2019-01-01"})
    assert (old.status_code, old.json()["error"]["message"]) == (
        400,
        "Invalid Stripe API version: 2019-01-01",
    )
    nowhere = await http.get("/v1/nowhere")
    assert (nowhere.status_code, "Unrecognized request URL (GET: /v1/nowhere)" in nowhere.text) == (404, True)
    for path in ("/v1/customers", "/v1/charges/search", "/v1/accounts/acct_1/people", "/v2/core/events"):
        assert (await http.get(path)).status_code == 501


async def test_bodies_are_forms(http: httpx.AsyncClient) -> None:
    as_json = await http.post("/v1/checkout/sessions", json=session_params())
    assert (as_json.status_code, "content type" in as_json.json()["error"]["message"]) == (400, True)
    twice = await http.post("/v1/checkout/sessions", data={"mode": "payment", "mode[x]": "1"})
    assert "used as a value and as a hash" in twice.json()["error"]["message"]
    appended = await http.get("/v1/events", params={"types[]": ["charge.succeeded", "payout.paid"]})
    assert appended.status_code == 200
