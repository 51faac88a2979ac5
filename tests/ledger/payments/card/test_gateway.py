"""What Stripe's words mean to us."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.payments.card.gateway import Seen, WrongSignature, event_of, seen

SESSION: dict[str, Any] = {
    "id": "cs_1",
    "amount_total": 1235,
    "currency": "eur",
    "livemode": False,
    "metadata": {"cagnotte": "token"},
    "payment_intent": None,
    "payment_status": "unpaid",
    "status": "open",
    "url": "https://checkout.stripe.com/c/pay/cs_1",
}


def said(**different: Any) -> Seen:
    """A session that is like this."""
    return seen(SESSION | different)


@pytest.mark.parametrize(
    ("different", "is_paid", "is_over"),
    [
        ({}, False, False),
        ({"status": "complete", "payment_status": "paid"}, True, False),
        ({"status": "complete", "payment_status": "no_payment_required"}, True, False),
        ({"status": "complete", "payment_status": "unpaid"}, False, False),
        ({"status": "open", "payment_status": "paid"}, False, False),
        ({"status": "expired"}, False, True),
        ({"status": "expired", "payment_status": "paid"}, False, True),
        ({"status": "complete", "payment_intent": {"id": "pi", "status": "processing"}}, False, False),
        ({"status": "complete", "payment_intent": {"id": "pi", "status": "canceled"}}, False, True),
        (
            {"status": "complete", "payment_intent": {"id": "pi", "status": "requires_payment_method"}},
            False,
            True,
        ),
        ({"payment_intent": {"id": "pi", "status": "requires_payment_method"}}, False, False),
        ({"payment_status": "something new"}, False, False),
    ],
    ids=str,
)
def test_paid_and_over(different: dict[str, Any], is_paid: bool, is_over: bool) -> None:
    found = said(**different)
    assert (found.is_paid, found.is_over) == (is_paid, is_over)
    is_complete = different.get("status") == "complete"
    assert found.is_under_way == (is_complete and not is_paid and not is_over)
    assert (found.failure is not None) == (is_complete and is_over)


def test_the_intent_and_what_declined_it() -> None:
    error = {"charge": "ch_1", "code": "card_declined"}
    assert said(payment_intent="pi").payment_intent == "pi"
    found = said(payment_intent={"id": "pi", "last_payment_error": error})
    assert (found.payment_intent, found.declined) == ("pi", "ch_1")
    found = said(payment_intent={"id": "pi", "last_payment_error": {"code": "x"}})
    assert found.declined == "pi"
    assert said(payment_intent={"id": "pi", "last_payment_error": None}).declined is None
    assert said(metadata=None).token is None


@pytest.mark.parametrize(
    "odd",
    [{"id": 3}, {"metadata": "x"}, {"metadata": {"cagnotte": 3}}, {"payment_intent": 3}, {"currency": 3}],
    ids=str,
)
def test_what_is_no_session(odd: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, AttributeError)):
        said(**odd)


@pytest.mark.parametrize("signature", [None, "", "t=1,v1=00", "v1=00", "t=x,v1=00", "é"])
def test_what_is_not_signed(signature: str | None) -> None:
    with pytest.raises(WrongSignature):
        event_of(b"{}", signature, "whsec_x")
