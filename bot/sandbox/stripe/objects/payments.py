"""PaymentIntents and charges."""

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.model import Charge, Intent, Means, Payer
from bot.sandbox.stripe.world import Mode

_NO_ADDRESS: JsonObject = {
    "city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None,
}  # fmt: skip


def intent_object(mode: Mode, intent: Intent) -> JsonObject:
    """Return the PaymentIntent."""
    is_paid = intent.status == "succeeded"
    return {
        "id": intent.id,
        "object": "payment_intent",
        "allowed_payment_method_types": None,
        "amount": intent.amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": intent.amount if is_paid else 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": intent.canceled_at,
        "cancellation_reason": intent.cancellation_reason,
        "capture_method": intent.capture_method,
        "client_secret": intent.secret,
        "confirmation_method": "automatic",
        "created": intent.created,
        "currency": "eur",
        "customer": None,
        "customer_account": None,
        "description": intent.description,
        "excluded_payment_method_types": None,
        "last_payment_error": _last_error(mode, intent),
        "latest_charge": intent.latest_charge,
        "livemode": mode.livemode,
        "metadata": {**intent.metadata},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": intent.payment_method,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": [*intent.methods],
        "processing": None,
        "receipt_email": intent.receipt_email,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": intent.suffix,
        "status": intent.status,
        "transfer_data": None,
        "transfer_group": None,
    }


def charge_object(mode: Mode, charge: Charge) -> JsonObject:
    """Return the charge."""
    is_failed = charge.status == "failed"
    return {
        "id": charge.id,
        "object": "charge",
        "amount": charge.amount,
        "amount_captured": 0 if is_failed else charge.amount,
        "amount_refunded": charge.amount_refunded,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": charge.entry,
        "billing_details": _billing(charge.payer),
        "calculated_statement_descriptor": "STRIPE SANDBOX",
        "captured": not is_failed,
        "created": charge.created,
        "currency": "eur",
        "customer": None,
        "description": charge.description,
        "disputed": charge.is_disputed,
        "failure_balance_transaction": charge.failure_entry,
        "failure_code": charge.failure.code if charge.failure else None,
        "failure_message": charge.failure.message if charge.failure else None,
        "fraud_details": {},
        "livemode": mode.livemode,
        "metadata": {**charge.metadata},
        "on_behalf_of": None,
        "outcome": None if charge.status == "pending" else _outcome(charge),
        "paid": charge.status == "succeeded",
        "payment_intent": charge.intent,
        "payment_method": charge.payment_method,
        "payment_method_details": _details(charge.means, charge.amount),
        "radar_options": {},
        "receipt_email": charge.receipt_email,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": charge.amount_refunded == charge.amount,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": charge.suffix,
        "status": charge.status,
        "transfer_data": None,
        "transfer_group": None,
    }


def _billing(payer: Payer) -> JsonObject:
    return {
        "address": {**_NO_ADDRESS},
        "email": payer.email,
        "name": payer.name,
        "phone": None,
        "tax_id": None,
    }


def _last_error(mode: Mode, intent: Intent) -> JsonObject | None:
    if intent.last_error is None or intent.latest_charge is None:
        return None
    charge = mode.charges[intent.latest_charge]
    return {
        **intent.last_error.as_json(),
        "charge": charge.id,
        "payment_method": {
            "id": charge.payment_method,
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": _billing(charge.payer),
            "created": charge.created,
            "customer": None,
            "livemode": mode.livemode,
            "metadata": {},
            "type": charge.means.kind,
        },
    }


def _outcome(charge: Charge) -> JsonObject:
    is_failed = charge.failure is not None
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if is_failed else "approved_by_network",
        "reason": charge.failure.decline_code if charge.failure else None,
        "risk_level": "normal",
        "seller_message": (
            "The bank did not return any further details with this decline."
            if is_failed
            else "Payment complete."
        ),
        "type": "issuer_declined" if is_failed else "authorized",
    }


def _details(means: Means, amount: int) -> JsonObject:
    if means.kind == "sepa_debit":
        account: JsonObject = {
            "bank_code": None, "branch_code": None, "country": means.country, "fingerprint": None,
            "last4": means.last4, "mandate": None,
        }  # fmt: skip
        return {"type": "sepa_debit", "sepa_debit": account}
    card: JsonObject = {
        "amount_authorized": amount,
        "brand": means.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": means.country,
        "exp_month": means.exp_month,
        "exp_year": means.exp_year,
        "fingerprint": None,
        "funding": "credit",
        "installments": None,
        "last4": means.last4,
        "mandate": None,
        "network": means.brand,
        "network_token": {"used": False},
        "network_transaction_id": None,
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "wallet": None,
    }
    return {"type": "card", "card": card}
