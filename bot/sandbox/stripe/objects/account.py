"""The account itself, and its events."""

from typing import Final

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.model import Event
from bot.sandbox.stripe.world import Mode

_API_VERSION: Final = "2026-10-28.endive"


def account_object(mode: Mode) -> JsonObject:
    """Return the account, ready for charges and payouts."""
    account = mode.account
    return {
        "id": account.id,
        "object": "account",
        "business_profile": {
            "annual_revenue": None,
            "estimated_worker_count": None,
            "mcc": "5499",
            "minority_owned_business_designation": None,
            "name": account.name,
            "support_address": None,
            "support_email": account.email,
            "support_phone": None,
            "support_url": None,
            "url": None,
        },
        "business_type": "non_profit",
        "capabilities": {"card_payments": "active", "sepa_debit_payments": "active", "transfers": "active"},
        "charges_enabled": account.charges_enabled,
        "country": "FR",
        "created": account.created,
        "default_currency": "eur",
        "details_submitted": True,
        "email": account.email,
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }


def event_object(mode: Mode, event: Event) -> JsonObject:
    """Return the event with the object as it was when it happened."""
    data: JsonObject = {"object": event.object}
    if event.previous is not None:
        data["previous_attributes"] = event.previous
    return {
        "id": event.id,
        "object": "event",
        "api_version": _API_VERSION,
        "created": event.created,
        "data": data,
        "livemode": mode.livemode,
        "pending_webhooks": event.pending_webhooks,
        "request": {"id": event.request, "idempotency_key": event.idempotency_key},
        "type": event.type,
    }
