"""What the refusals about cards say: Stripe's, and ours."""

from __future__ import annotations

from bot.ui.texts import Html, Texts
from ledger.errors import LedgerError
from ledger.payments.card.checkouts import CardNotOffered, NotOurs, PaymentUnderWay
from ledger.payments.card.gateway import CardKeyRefused, CardRefused, CardUnavailable
from ledger.payments.card.keys import InvalidKey, KeyUnreadable, Misfit


def refusal(texts: Texts, error: LedgerError) -> Html | None:
    """The sentence for a refusal about cards; none for any other."""
    t = texts.t
    match error:
        case CardNotOffered():
            return t("The group takes no cards now. Choose another way to pay.")
        case CardUnavailable():
            return t(
                "Stripe, the card service, does not answer just now. Nothing was changed here, and a payment is never "
                "taken twice. Try again in some minutes."
            )
        case PaymentUnderWay(amount_cents=cents):
            return t(
                "{amount} is under way from a bank account (some days): nothing was changed. If you are "
                "given the money all the same, enter it separately; what comes twice is credit.",
                amount=texts.money(cents),
            )
        case CardRefused(code=code):
            return t(
                "Stripe, the card service, refuses this ({code}). Nothing was changed here. Pay another way, or tell a "
                "coordinator.",
                code=code,
            )
        case CardKeyRefused():
            return t(
                "Stripe refuses the group's key, so card does not work now. Nothing was changed here. Pay another way; "
                "coordinators find what to do under “Card” in /settings."
            )
        case KeyUnreadable():
            return t(
                "The group's Stripe key cannot be read here any more, so card does not work now. Nothing was changed "
                "here, and nothing that was paid is lost. Coordinators find what to do under “Card” in /settings."
            )
        case NotOurs(field=field):
            return t(
                "What Stripe says does not fit what I asked for ({field}). Nothing was booked. A coordinator should "
                "look at it in Stripe's dashboard.",
                field=field,
            )
        case InvalidKey(misfit=Misfit.PUBLISHABLE):
            return t(
                "This is the publishable key (pk_…), which anybody may see: with it no payment can be made. Nothing "
                "was changed. I need the secret key (sk_…) or a restricted one (rk_…), from the same page at Stripe."
            )
        case InvalidKey():
            return t(
                "This is not a Stripe key: they begin with sk_live_, rk_live_, sk_test_ or rk_test_, followed by letters "
                "and digits only. Nothing was changed. Copy it as a whole from Stripe's dashboard."
            )
    return None
