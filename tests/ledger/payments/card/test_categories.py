"""Every category Stripe publishes is decided on, and what it names no category for is told by its type."""

from __future__ import annotations

import pytest

from ledger.payments.card.categories import MEANINGS, Meaning, category_of, meaning_of

# docs.stripe.com/reports/reporting-categories, and stripe-go's list of them
_NOBODY_KNOWS = """
advance advance_funding anticipation_repayment climate_order_purchase climate_order_refund
connect_collection_transfer contribution issuing_authorization_hold issuing_authorization_release issuing_dispute
issuing_transaction other_adjustment partial_capture_reversal platform_earning platform_earning_refund transfer
transfer_reversal unreconciled_customer_funds
"""
NOBODY_KNOWS = _NOBODY_KNOWS.split()
DECIDED = {
    Meaning.PAYMENT: "charge",
    Meaning.PAYMENT_FAILED: "charge_failure payment_reversal payment_failure_refund",
    Meaning.REFUND: "refund",
    Meaning.REFUND_FAILED: "refund_failure",
    Meaning.DISPUTE: "dispute dispute_reversal",
    Meaning.PAYOUT: "payout",
    Meaning.PAYOUT_BACK: "payout_reversal",
    Meaning.FEE: "fee network_cost tax",
    Meaning.BANK: "topup topup_reversal",
    Meaning.HELD: "risk_reserved_funds connect_reserved_funds reserved_funds reserve_hold reserve_release "
    "payment_network_reserve_hold payment_network_reserve_release payout_minimum_balance_hold "
    "payout_minimum_balance_release",
}


def test_every_category_has_its_meaning_and_only_fees_are_fees() -> None:
    assert {word: found for found, words in DECIDED.items() for word in words.split()} == MEANINGS
    for word in (*NOBODY_KNOWS, "something_new", ""):
        assert meaning_of(word) is Meaning.UNKNOWN, word


@pytest.mark.parametrize(
    ("reported", "kind", "about", "cents", "found"),
    [
        ("refund_failure", "adjustment", "refund", 500, Meaning.REFUND_FAILED),
        ("fee", "adjustment", None, -5, Meaning.FEE),
        ("other_adjustment", "adjustment", "dispute", 500, Meaning.UNKNOWN),
        (None, "adjustment", "dispute", -500, Meaning.DISPUTE),
        (None, "adjustment", "dispute", 500, Meaning.DISPUTE),
        (None, "adjustment", "refund", 500, Meaning.REFUND_FAILED),
        (None, "adjustment", None, 500, Meaning.UNKNOWN),
        (None, "payment", "charge", 500, Meaning.PAYMENT),
        (None, "payment_failure_refund", "charge", -500, Meaning.PAYMENT_FAILED),
        ("charge_failure", "payment_failure_refund", "charge", -500, Meaning.PAYMENT_FAILED),
        ("payment_reversal", "payment_reversal", "charge", -500, Meaning.PAYMENT_FAILED),
        (None, "payout_cancel", "payout", 500, Meaning.PAYOUT_BACK),
        (None, "stripe_fx_fee", None, -5, Meaning.FEE),
        (None, "reserve_transaction", None, -5, Meaning.HELD),
        (None, "transfer", "transfer", -5, Meaning.UNKNOWN),
    ],
)
def test_an_adjustment_is_what_it_is_about(
    reported: str | None, kind: str, about: str | None, cents: int, found: Meaning
) -> None:
    assert meaning_of(category_of(reported, kind, about, cents)) is found
