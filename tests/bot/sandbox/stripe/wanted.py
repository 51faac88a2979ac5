"""What tests ask for: a session as the bot would open one, and a card typed into its page."""

from typing import Any

import httpx
from stripe import StripeClient
from stripe.checkout import Session

SUCCESS = "https://amap.example/merci?s={CHECKOUT_SESSION_ID}"
CANCEL = "https://amap.example/retour"


def item(name: str = "Colis de légumes", cents: int = 1235, quantity: int = 1) -> dict[str, Any]:
    price = {"currency": "eur", "unit_amount": cents, "product_data": {"name": name}}
    return {"price_data": price, "quantity": quantity}


def session_params(cents: int = 1235, **more: Any) -> dict[str, Any]:
    wanted = {
        "mode": "payment",
        "success_url": SUCCESS,
        "cancel_url": CANCEL,
        "customer_email": "marie@example.com",
        "locale": "fr",
        "line_items": [item(cents=cents)],
    }
    return {key: value for key, value in (wanted | more).items() if value is not None}


async def opened(client: StripeClient, cents: int = 1235, *, key: str | None = None, **more: Any) -> Session:
    """A new session."""
    options: Any = {"idempotency_key": key} if key else {}
    params: Any = session_params(cents, **more)
    return await client.v1.checkout.sessions.create_async(params, options)


async def typed(
    http: httpx.AsyncClient, url: str | None, number: str = "4242 4242 4242 4242", **more: str
) -> httpx.Response:
    """The payment page's form, sent as a browser does."""
    assert url is not None
    form = {"number": number, "expiry": "12 / 40", "cvc": "123", "name": "Marie", "do": "pay"} | more
    return await http.post(url, data=form)
