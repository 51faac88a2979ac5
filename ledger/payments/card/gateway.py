"""What Stripe is asked, the one place that knows its library. Nothing here reads or writes our database.

Amounts are in the currency's minor units, as ours are. Every answer is turned into a value of our own; what went wrong
comes as :class:`CardUnavailable` (nobody knows; ask again), :class:`CardRefused` (asking again is of no use) or
:class:`CardKeyRefused` (the key does not serve).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import stripe

from ledger.errors import LedgerError
from ledger.payments.card.categories import category_of

stripe.enable_telemetry = False  # it would keep a file in the home directory

TIMEOUT = 10.0
"""Seconds until an answer that does not come counts as none."""
TAKEN = ("paid", "no_payment_required")
FAILED = ("requires_payment_method", "canceled")
"""How a PaymentIntent stands whose session is complete and whose money did not come after all."""


class CardUnavailable(LedgerError):
    """Stripe did not answer, or answered that it cannot now. What was asked may have been done."""


class CardBusy(CardUnavailable):
    """The very same request is under way; its answer comes in a moment."""


class AnswerLost(CardUnavailable):
    """Stripe failed at this request and keeps that as its answer: under this token no other one will come."""


class CardRefused(LedgerError):
    """Stripe refuses; ``code`` is its own word for why (``amount_too_small``, ``charge_already_refunded``)."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code


class CardKeyRefused(LedgerError):
    """Stripe does not know the key, or the key may not do this."""


class WrongSignature(LedgerError):
    """A message that claims to come from Stripe is not signed by it, or is too old."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A Checkout Session to make. ``token`` makes asking again the same request."""

    token: str
    amount_cents: int
    currency: str
    what: str
    reference: str
    group_id: int
    language: str
    return_url: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A Checkout Session as Stripe has it. ``token`` is our mark in it; ``declined`` names the last declined attempt.

    ``is_under_way``: its page is done with, and the money comes (or not) in some days. ``failure``: why it did not come
    after all, in Stripe's word.
    """

    stripe_id: str
    token: str | None
    url: str | None
    amount_cents: int | None
    currency: str | None
    livemode: bool
    is_paid: bool
    is_over: bool
    payment_intent: str | None
    declined: str | None = None
    is_under_way: bool = False
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """A balance transaction: what changed the balance at Stripe, and by how much before and for the fee.

    ``kind`` is Stripe's type, ``category`` its reporting category, which counts. ``source``: the charge, refund, dispute or
    payout; ``payment_intent``: what was paid, where it is about a payment; ``status``: the source's; ``token``: our mark in
    it. A charge's movement is there before its bank has paid.
    """

    stripe_id: str
    kind: str
    category: str
    amount_cents: int
    fee_cents: int
    currency: str
    at: dt.datetime
    source: str | None
    payment_intent: str | None
    status: str | None
    token: str | None

    @property
    def is_at_a_bank(self) -> bool:
        """Whether a payment waits for its payer's bank, which takes days."""
        return self.category == "charge" and self.status == "pending"

    @property
    def net(self) -> int:
        """By how much the balance changed."""
        return self.amount_cents - self.fee_cents


@dataclass(frozen=True, slots=True)
class Account:
    """Whose key it is. ``stripe_id`` is none where the key may not ask."""

    stripe_id: str | None
    name: str | None
    takes_cards: bool


@dataclass(frozen=True, slots=True)
class Event:
    """A signed message: its kind, and the object it is about, as Stripe sent it."""

    stripe_id: str
    kind: str
    livemode: bool
    payload: dict[str, Any]


class Gateway:
    """One host's door to Stripe. ``base_url`` is another server's, in tests and in the demo."""

    def __init__(self, base_url: str | None = None) -> None:
        self._base_url = base_url
        self._clients: dict[str, stripe.StripeClient] = {}

    def _client(self, key: str) -> stripe.StripeClient:
        if key not in self._clients:
            self._clients[key] = stripe.StripeClient(
                key,
                base_addresses={"api": self._base_url} if self._base_url else None,
                http_client=stripe.AIOHTTPClient(aiohttp.ClientTimeout(TIMEOUT)),
                max_network_retries=0,
            )
        return self._clients[key]

    async def aclose(self) -> None:
        """Closes the connections."""
        for key in list(self._clients):
            await self._forget(key)

    async def _forget(self, key: str) -> None:
        client = self._clients.pop(key)
        await client._requestor._get_http_client().close_async()  # type: ignore[no-untyped-call]

    async def create(self, key: str, wish: Wish) -> Seen:
        """Makes a Checkout Session, or finds the one an earlier request with the same token made."""
        mark = {"cagnotte": wish.token, "group": str(wish.group_id), "reference": wish.reference}
        params: Any = {
            "mode": "payment",
            "client_reference_id": wish.reference,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": wish.currency.lower(),
                        "unit_amount": wish.amount_cents,
                        "product_data": {"name": wish.what},
                    },
                }
            ],
            "metadata": mark,
            "payment_intent_data": {"metadata": mark, "description": wish.what},
            "locale": wish.language,
            "success_url": wish.return_url,
            "cancel_url": wish.return_url,
        }
        with _translated():
            session = await self._client(key).v1.checkout.sessions.create_async(
                params, {"idempotency_key": wish.token}
            )
            return seen(session.to_dict())

    async def look(self, key: str, stripe_id: str) -> Seen:
        """Returns a Checkout Session as it is now."""
        with _translated():
            session = await self._client(key).v1.checkout.sessions.retrieve_async(
                stripe_id, {"expand": ["payment_intent"]}
            )
            found = session.to_dict()
            looked = seen(found)
        if looked.failure is None:
            return looked
        charge = found["payment_intent"].get("latest_charge")
        return dataclasses.replace(looked, failure=await self._why(key, charge) or looked.failure)

    async def _why(self, key: str, charge: str | None) -> str | None:
        """The bank's own reason, which stands at the charge; none where Stripe does not say it, or not to this key."""
        if not isinstance(charge, str):
            return None
        with suppress(CardUnavailable, CardRefused, CardKeyRefused), _translated():
            return (await self._client(key).v1.charges.retrieve_async(charge)).failure_code
        return None

    async def expire(self, key: str, stripe_id: str) -> Seen:
        """Sees to it that a Checkout Session cannot be paid any more; it may have been meanwhile: the answer says so."""
        try:
            with _translated():
                session = await self._client(key).v1.checkout.sessions.expire_async(stripe_id)
                return seen(session.to_dict())
        except CardRefused:
            return await self.look(key, stripe_id)

    async def refund(self, key: str, payment_intent: str, amount_cents: int, token: str) -> tuple[str, str]:
        """Gives back a part of what was paid; returns the refund's id and status. ``token`` makes it happen once."""
        params: Any = {
            "payment_intent": payment_intent,
            "amount": amount_cents,
            "metadata": {"cagnotte": token},
        }
        with _translated():
            refund = await self._client(key).v1.refunds.create_async(params, {"idempotency_key": token})
            return refund.id, str(refund.status)

    async def find_refund(self, key: str, payment_intent: str, token: str) -> tuple[str, str] | None:
        """Returns the refund that an earlier request with this token made, if it did; its id and status."""
        with _translated():
            page = await self._client(key).v1.refunds.list_async(
                {"payment_intent": payment_intent, "limit": 100}
            )
            async for refund in page.auto_paging_iter():
                if (refund.to_dict().get("metadata") or {}).get("cagnotte") == token:
                    return refund.id, str(refund.status)
        return None

    async def movements(self, key: str, since: dt.datetime) -> AsyncIterator[Movement]:
        """Returns everything that changed the balance since a moment, the newest first."""
        params: Any = {
            "created": {"gte": int(since.timestamp())},
            "limit": 100,
            "expand": ["data.source"],
        }
        with _translated():
            page = await self._client(key).v1.balance_transactions.list_async(params)
            async for found in page.auto_paging_iter():
                yield _movement(found.to_dict())

    async def paid_out(self, key: str, payout: str) -> list[str]:
        """Returns the ids of the movements that a payout brought to the bank."""
        params: Any = {"payout": payout, "limit": 100}
        with _translated():
            page = await self._client(key).v1.balance_transactions.list_async(params)
            return [found.id async for found in page.auto_paging_iter() if found.type != "payout"]

    async def account(self, key: str) -> Account:
        """Returns whose key it is, and that it may do what we need. Changes nothing at Stripe. Raises
        :class:`CardKeyRefused`."""
        is_new = key not in self._clients
        try:
            return await self._account(key)
        except LedgerError:
            if is_new:
                await self._forget(key)
            raise

    async def _account(self, key: str) -> Account:
        client = self._client(key)
        with _translated():
            await client.v1.checkout.sessions.list_async({"limit": 1, "expand": ["data.payment_intent"]})
            await client.v1.balance_transactions.list_async({"limit": 1, "expand": ["data.source"]})
        # There are no such things; but a key that may not write is refused before they are looked for.
        for write in (
            lambda: client.v1.checkout.sessions.expire_async("cs_test_none"),
            lambda: client.v1.refunds.create_async({"payment_intent": "pi_none"}),
        ):
            with suppress(CardRefused), _translated():
                await write()
        try:
            with _translated():
                found = (await client.v1.accounts.retrieve_current_async()).to_dict()
        except (CardKeyRefused, CardRefused):
            return Account(None, None, takes_cards=True)  # a restricted key need not see the account
        profile = found.get("business_profile") or {}
        return Account(found["id"], profile.get("name"), takes_cards=found.get("charges_enabled", True))


def event_of(body: bytes, signature: str | None, secret: str) -> Event:
    """Returns a message from Stripe, its signature checked on the bytes that came. Raises :class:`WrongSignature`.

    A message that is signed and is no event raises ValueError.
    """
    try:
        stripe.WebhookSignature.verify_header(
            body.decode(), signature or "", secret, stripe.Webhook.DEFAULT_TOLERANCE
        )
    except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
        raise WrongSignature from error
    payload = json.loads(body)
    try:
        kind, stripe_id, livemode = payload["type"], payload["id"], payload["livemode"]
        content = payload["data"]["object"]
    except (KeyError, TypeError) as error:
        raise ValueError("not an event") from error
    if not (isinstance(kind, str) and isinstance(stripe_id, str) and isinstance(content, dict)):
        raise ValueError("not an event")
    return Event(stripe_id, kind, livemode is True, payload)


def seen(session: Mapping[str, Any]) -> Seen:
    """Returns a Checkout Session's JSON, of an answer or of an event. What is none raises KeyError, TypeError,
    AttributeError."""
    intent = session.get("payment_intent")
    status, is_paid = session.get("status", "complete"), session.get("payment_status") in TAKEN
    declined, failure = None, None
    if isinstance(intent, dict):
        error = intent.get("last_payment_error") or {}
        declined = error.get("charge") or (intent["id"] if error else None)
        if status == "complete" and not is_paid and intent.get("status") in FAILED:
            failure = str(error.get("decline_code") or error.get("code") or intent.get("status"))
        intent = intent["id"]
    currency = session.get("currency")
    token = (session.get("metadata") or {}).get("cagnotte")
    if not (
        isinstance(session["id"], str) and isinstance(token, str | None) and isinstance(intent, str | None)
    ):
        raise TypeError("not a session")
    return Seen(
        stripe_id=session["id"],
        token=token,
        url=session.get("url"),
        amount_cents=session.get("amount_total"),
        currency=currency.upper() if currency else None,
        livemode=session.get("livemode") is True,
        is_paid=status == "complete" and is_paid,
        is_over=status == "expired" or failure is not None,
        payment_intent=intent,
        declined=declined,
        is_under_way=status == "complete" and not is_paid and failure is None,
        failure=failure,
    )


def _movement(found: Mapping[str, Any]) -> Movement:
    source = found.get("source")
    inside: Mapping[str, Any] = source if isinstance(source, dict) else {}
    intent = inside.get("payment_intent")
    return Movement(
        stripe_id=found["id"],
        kind=found["type"],
        category=category_of(
            found.get("reporting_category"), found["type"], inside.get("object"), found["amount"]
        ),
        amount_cents=found["amount"],
        fee_cents=found["fee"],
        currency=found["currency"].upper(),
        at=dt.datetime.fromtimestamp(found["created"], dt.UTC),
        source=inside.get("id") or (source if isinstance(source, str) else None),
        payment_intent=intent["id"] if isinstance(intent, dict) else intent,
        status=inside.get("status"),
        token=(inside.get("metadata") or {}).get("cagnotte"),
    )


_NO_ANSWER = (KeyError, TypeError, AttributeError, ValueError)


@contextmanager
def _translated() -> Iterator[None]:
    """Stripe's exceptions as ours. Theirs may hold parts of a request: they are not kept as a cause."""
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError):
        raise CardKeyRefused from None
    except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError) as error:
        raise CardRefused(error.code or type(error).__name__) from None
    except stripe.APIError as error:
        if error.http_status == 409:
            raise CardBusy from None
        headers = {name.lower(): value for name, value in (error.headers or {}).items()}
        raise (AnswerLost if headers.get("idempotent-replayed") == "true" else CardUnavailable) from None
    # 429, no connection, no answer in time; and what an answer that is cut short, or is none, raises bare.
    except (stripe.StripeError, aiohttp.ClientError, TimeoutError, *_NO_ANSWER):
        raise CardUnavailable from None
