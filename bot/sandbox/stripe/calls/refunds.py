"""Refunds and disputes."""

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.business.refunding import refund
from bot.sandbox.stripe.calls.asked import Asked
from bot.sandbox.stripe.errors import invalid
from bot.sandbox.stripe.lookup import find
from bot.sandbox.stripe.model import Charge, Dispute, Intent, Refund
from bot.sandbox.stripe.objects.returns import refund_object


def create(asked: Asked) -> JsonObject:
    """Refund a charge, or the charge of a PaymentIntent."""
    given = asked.given
    made = refund(
        asked.mode, _charge(asked), given.integer("amount"), given.text("reason"), given.mapping("metadata")
    )
    return refund_object(asked.mode, made)


def retrieve_refund(asked: Asked) -> JsonObject:
    """Return a refund."""
    return asked.shown(asked.find(Refund))


def list_refunds(asked: Asked) -> JsonObject:
    """Return refunds, newest first."""
    return asked.listed(
        "refund",
        asked.mode.refunds,
        lambda one: asked.wants("charge", one.charge),
        lambda one: asked.wants("payment_intent", one.intent),
    )


def retrieve_dispute(asked: Asked) -> JsonObject:
    """Return a dispute."""
    return asked.shown(asked.find(Dispute))


def list_disputes(asked: Asked) -> JsonObject:
    """Return disputes, newest first."""
    return asked.listed(
        "dispute",
        asked.mode.disputes,
        lambda one: asked.wants("charge", one.charge),
        lambda one: asked.wants("payment_intent", one.intent),
    )


def _charge(asked: Asked) -> Charge:
    charge_id, intent_id = asked.given.text("charge"), asked.given.text("payment_intent")
    if charge_id is not None:
        charge = find(asked.mode, Charge, charge_id, "charge")
        if intent_id not in {None, charge.intent}:
            raise invalid("The charge does not belong to the PaymentIntent.", "payment_intent")
        return charge
    if intent_id is None:
        raise invalid(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    intent = find(asked.mode, Intent, intent_id, "payment_intent")
    if intent.latest_charge is None:
        raise invalid(f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.")
    return asked.mode.charges[intent.latest_charge]
