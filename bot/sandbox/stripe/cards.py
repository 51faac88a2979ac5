"""The test cards, and what is wrong with a card as it was typed."""

import re
from dataclasses import dataclass
from typing import Final

from bot.sandbox.stripe.errors import StripeError
from bot.sandbox.stripe.model import Means


@dataclass(frozen=True, slots=True)
class CardTyped:
    """A card as a person types it."""

    number: str
    expiry: str
    cvc: str

    @property
    def digits(self) -> str:
        """The number without what people put between."""
        return re.sub(r"[\s-]", "", self.number)


# Number: how it is refused (code, decline_code), or None if it pays.
_TEST_CARDS: Final[dict[str, tuple[str, str | None] | None]] = {
    "4242424242424242": None,
    "4000056655665556": None,
    "4000002500000003": None,
    "5555555555554444": None,
    "2223003122003222": None,
    "378282246310005": None,
    "4000000000000259": None,
    "4000000000002685": None,
    "4000000000000077": None,
    "4000000000000002": ("card_declined", "generic_decline"),
    "4000000000009995": ("card_declined", "insufficient_funds"),
    "4000000000009987": ("card_declined", "lost_card"),
    "4000000000009979": ("card_declined", "stolen_card"),
    "4000000000000069": ("expired_card", None),
    "4000000000000127": ("incorrect_cvc", None),
    "4000000000000119": ("processing_error", None),
}
# An account: how its debit ends (None: well).
_TEST_IBANS: Final[dict[str, str | None]] = {
    "FR1420041010050500013M02606": None,
    "FR8420041010050500013M02607": "payment_intent_payment_attempt_failed",
    "FR5720041010050500013M02608": "insufficient_funds",
}
_DISPUTED: Final = {"4000000000000259": "fraudulent", "4000000000002685": "product_not_received"}
_BRANDS: Final = (("3[47]", "amex"), ("5[1-5]|2[2-7]", "mastercard"), ("4", "visa"))
_TEXTS: Final = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "payment_intent_payment_attempt_failed": "The payment failed.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "test_mode_live_card": "Your card was declined. Your request was in test mode, but used a non test card.",
    "live_mode_test_card": "Your card was declined. Your request was in live mode, but used a known test card.",
}


def mistakes(card: CardTyped, month_now: tuple[int, int]) -> dict[str, str]:
    """Return what is wrong with each field, as a word the page has a sentence for."""
    found: dict[str, str] = {}
    if not card.digits:
        found["number"] = "number_missing"
    elif not _passes_luhn(card.digits):
        found["number"] = "number_wrong"
    expiry = _month(card.expiry)
    if expiry is None:
        found["expiry"] = "expiry_wrong"
    elif expiry < month_now:
        found["expiry"] = "expiry_past"
    if not re.fullmatch(r"\d{3,4}", card.cvc.strip(), re.ASCII):
        found["cvc"] = "cvc_wrong"
    return found


def refusal(card: CardTyped, *, livemode: bool) -> StripeError | None:
    """Return how the payer's bank refuses a well-typed card, or None if it pays."""
    if (card.digits in _TEST_CARDS) == livemode:
        return declined("card_declined", "live_mode_test_card" if livemode else "test_mode_live_card")
    outcome = _TEST_CARDS.get(card.digits)
    return declined(*outcome) if outcome else None


def declined(code: str = "card_declined", decline_code: str | None = "generic_decline") -> StripeError:
    """Build the refusal of a card."""
    text = _TEXTS.get(decline_code or "") or _TEXTS.get(code, _TEXTS["card_declined"])
    return StripeError(402, text, kind="card_error", code=code, decline_code=decline_code)


def iban_typed(text: str) -> str:
    """Return an account's number without what people put between."""
    return re.sub(r"\s", "", text).upper()


def knows_iban(iban: str) -> bool:
    """Whether it is one of the accounts for tests."""
    return iban in _TEST_IBANS


def debit_failure(iban: str) -> StripeError | None:
    """Return why a debit of this account fails in the end, or None if it is paid."""
    code = _TEST_IBANS[iban]
    return declined(code, None) if code else None


def dispute_reason(card: CardTyped) -> str | None:
    """Return why a payment with this card is disputed at once, or None."""
    return _DISPUTED.get(card.digits)


def means(card: CardTyped) -> Means:
    """Return what a charge shows of a well-typed card."""
    expiry = _month(card.expiry)
    assert expiry is not None
    brand = next((name for pattern, name in _BRANDS if re.match(pattern, card.digits)), "unknown")
    return Means("card", card.digits[-4:], brand, expiry[1], expiry[0])


def _month(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*[/\-. ]?\s*(?:20)?(\d\d)\s*", text, re.ASCII)
    return (2000 + int(match[2]), int(match[1])) if match else None


def _passes_luhn(digits: str) -> bool:
    if not re.fullmatch(r"\d{12,19}", digits, re.ASCII):
        return False
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
