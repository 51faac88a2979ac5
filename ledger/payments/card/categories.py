"""What a balance transaction means, by Stripe's ``reporting_category``. Pure.

``type`` says too little: an ``adjustment`` may be a dispute, a failed refund or a fee. What is not listed here is not
guessed at. (docs.stripe.com/reports/reporting-categories)
"""

from __future__ import annotations

from enum import StrEnum


class Meaning(StrEnum):
    """What it does to the books."""

    PAYMENT = "payment"
    PAYMENT_FAILED = "payment-failed"
    """What a payment had brought into the balance is taken out again: its bank did not pay after all."""
    REFUND = "refund"
    REFUND_FAILED = "refund-failed"
    DISPUTE = "dispute"
    """Taken by a dispute (< 0), or given back by one that was won (> 0)."""
    PAYOUT = "payout"
    PAYOUT_BACK = "payout-back"
    FEE = "fee"
    """Stripe's own, with the taxes on it."""
    BANK = "bank"
    """From the group's bank account to Stripe (> 0) or back, other than by a payout."""
    HELD = "held"
    """Held back for a while, or set free again: Stripe holds it for the group all the same."""
    UNKNOWN = "unknown"


MEANINGS = {
    "charge": Meaning.PAYMENT,
    "charge_failure": Meaning.PAYMENT_FAILED,
    "payment_reversal": Meaning.PAYMENT_FAILED,
    "payment_failure_refund": Meaning.PAYMENT_FAILED,
    "refund": Meaning.REFUND,
    "refund_failure": Meaning.REFUND_FAILED,
    "dispute": Meaning.DISPUTE,
    "dispute_reversal": Meaning.DISPUTE,
    "payout": Meaning.PAYOUT,
    "payout_reversal": Meaning.PAYOUT_BACK,
    "fee": Meaning.FEE,
    "network_cost": Meaning.FEE,
    "tax": Meaning.FEE,
    "topup": Meaning.BANK,
    "topup_reversal": Meaning.BANK,
    "risk_reserved_funds": Meaning.HELD,
    "connect_reserved_funds": Meaning.HELD,
    "reserved_funds": Meaning.HELD,
    "reserve_hold": Meaning.HELD,
    "reserve_release": Meaning.HELD,
    "payment_network_reserve_hold": Meaning.HELD,
    "payment_network_reserve_release": Meaning.HELD,
    "payout_minimum_balance_hold": Meaning.HELD,
    "payout_minimum_balance_release": Meaning.HELD,
}
_OF_TYPES = {
    "payment": "charge",
    "payment_refund": "refund",
    "payment_refund_failure": "refund_failure",
    "payout_failure": "payout_reversal",
    "payout_cancel": "payout_reversal",
    "stripe_fee": "fee",
    "stripe_fx_fee": "fee",
    "tax_fee": "tax",
    "reserve_transaction": "risk_reserved_funds",
}
"""Categories of types that are called otherwise, for an answer that names no category."""


def category_of(reported: str | None, kind: str, source_kind: str | None, amount_cents: int) -> str:
    """Stripe's own category; where it names none, that of the type and of what an adjustment is about."""
    if reported:
        return reported
    if kind == "adjustment" and source_kind == "dispute":
        return "dispute" if amount_cents < 0 else "dispute_reversal"
    if kind == "adjustment" and source_kind == "refund":
        return "refund_failure"
    return _OF_TYPES.get(kind, kind)


def meaning_of(category: str) -> Meaning:
    """Returns what a category does to the books."""
    return MEANINGS.get(category, Meaning.UNKNOWN)


def meaning(*wanted: Meaning) -> str:
    """Returns the categories of these meanings as an SQL list of literals, for the proofs."""
    return ", ".join(f"'{category}'" for category, found in MEANINGS.items() if found in wanted)
