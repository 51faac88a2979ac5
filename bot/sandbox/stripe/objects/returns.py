"""Money that goes back: refunds and disputes."""

from typing import Final

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.model import Dispute, Refund
from bot.sandbox.stripe.objects.balance import entry_object
from bot.sandbox.stripe.world import Mode

_REASON_CODES: Final = {"fraudulent": "10.4", "product_not_received": "13.1", "duplicate": "12.6"}
_EVIDENCE_FIELDS: Final = """
access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal
customer_communication customer_email_address customer_name customer_purchase_ip customer_signature
duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt
refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation
shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number
uncategorized_file uncategorized_text
"""
_EVIDENCE: Final = _EVIDENCE_FIELDS.split()


def refund_object(_mode: Mode, refund: Refund) -> JsonObject:
    """Return the refund; what only some refunds have is absent from the others, as with Stripe."""
    shown: JsonObject = {
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "balance_transaction": refund.entry,
        "charge": refund.charge,
        "created": refund.created,
        "currency": "eur",
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": {**refund.metadata},
        "payment_intent": refund.intent,
        "reason": refund.reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": refund.status,
        "transfer_reversal": None,
    }
    if refund.pending_reason is not None:
        shown["pending_reason"] = refund.pending_reason
    if refund.failure_reason is not None:
        shown["failure_reason"] = refund.failure_reason
        shown["failure_balance_transaction"] = refund.failure_entry
    return shown


def dispute_object(mode: Mode, dispute: Dispute) -> JsonObject:
    """Return the dispute."""
    is_open = dispute.status == "needs_response"
    return {
        "id": dispute.id,
        "object": "dispute",
        "amount": dispute.amount,
        "balance_transactions": [entry_object(mode, mode.entries[one]) for one in dispute.entries],
        "charge": dispute.charge,
        "created": dispute.created,
        "currency": "eur",
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": dispute.due_by,
            "enhanced_eligibility": {},
            "has_evidence": not is_open,
            "past_due": is_open and mode.clock() > dispute.due_by,
            "submission_count": 0 if is_open else 1,
        },
        "is_charge_refundable": False,
        "livemode": mode.livemode,
        "metadata": {},
        "payment_intent": dispute.intent,
        "payment_method_details": {
            "card": {
                "brand": dispute.brand,
                "case_type": "chargeback",
                "network_reason_code": _REASON_CODES.get(dispute.reason),
            },
            "type": "card",
        },
        "reason": dispute.reason,
        "status": dispute.status,
    }
