"""PaymentIntents and charges."""

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.calls.asked import Asked
from bot.sandbox.stripe.errors import invalid
from bot.sandbox.stripe.model import Charge, Intent


def retrieve_intent(asked: Asked) -> JsonObject:
    """Return a PaymentIntent."""
    return asked.shown(asked.find(Intent))


def list_intents(asked: Asked) -> JsonObject:
    """Return PaymentIntents, newest first."""
    return asked.listed("payment_intent", asked.mode.intents)


def cancel_intent(asked: Asked) -> JsonObject:
    """Refuse: all PaymentIntents here are a session's, and those end with it."""
    intent = asked.find(Intent)
    if intent.status in {"succeeded", "canceled"}:
        raise invalid(
            f"You cannot cancel this PaymentIntent because it has a status of {intent.status}. Only a PaymentIntent with "
            "one of the following statuses may be canceled: requires_payment_method, requires_capture, "
            "requires_confirmation, requires_action, processing.", code="payment_intent_unexpected_state",
        )  # fmt: skip
    raise invalid(
        "You cannot cancel this PaymentIntent because it was created by a Checkout Session. Expire the session instead."
    )


def retrieve_charge(asked: Asked) -> JsonObject:
    """Return a charge."""
    return asked.shown(asked.find(Charge))


def list_charges(asked: Asked) -> JsonObject:
    """Return charges, newest first."""
    return asked.listed("charge", asked.mode.charges, lambda one: asked.wants("payment_intent", one.intent))
