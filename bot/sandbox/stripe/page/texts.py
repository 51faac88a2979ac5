"""The payment page's sentences in its two languages, and which of them a reader is given."""

from typing import Final

_FRENCH: Final = {
    "pay_to": "Payer {name}",
    "test": "Mode test",
    "test_why": "Aucune carte n’est débitée.",
    "email": "E-mail",
    "card": "Informations de la carte",
    "number": "Numéro de carte",
    "expiry": "Expiration",
    "expiry_hint": "MM / AA",
    "cvc": "CVC",
    "cvc_long": "Code de sécurité",
    "name": "Nom du titulaire de la carte",
    "pay": "Payer {amount}",
    "back": "Retour",
    "fill": "Remplir avec une carte de test",
    "cards": "Les cartes de test",
    "card_pays": "paie",
    "card_declined_word": "est refusée",
    "card_poor": "provision insuffisante",
    "card_disputed": "paie, puis est contestée",
    "any_date": "Une date à venir, trois chiffres : ce que vous voulez.",
    "total": "Total",
    "each": "{amount} l’unité",
    "number_missing": "Indiquez le numéro de la carte.",
    "number_wrong": "Ce numéro de carte n’est pas valide.",
    "expiry_wrong": "Indiquez la date d’expiration : MM / AA.",
    "expiry_past": "Cette carte a expiré.",
    "cvc_wrong": "Indiquez le code de sécurité, trois ou quatre chiffres.",
    "email_wrong": "Indiquez une adresse e-mail valide.",
    "card_declined": "Votre carte a été refusée. Rien n’a été débité ; essayez une autre carte.",
    "insufficient_funds": "Le solde de la carte est insuffisant. Rien n’a été débité ; essayez une autre carte.",
    "expired_card": "Votre carte a expiré. Rien n’a été débité ; essayez une autre carte.",
    "incorrect_cvc": "Le code de sécurité est incorrect. Rien n’a été débité.",
    "processing_error": "Une erreur est survenue. Rien n’a été débité ; réessayez dans un moment.",
    "test_mode_live_card": "Ici on paie avec une carte de test, par exemple 4242 4242 4242 4242.",
    "live_mode_test_card": "Une carte de test ne paie pas en mode réel.",
    "done": "C’est payé",
    "done_why": "Ce paiement a déjà été fait. Il n’y a plus rien à faire ici.",
    "under_way": "Paiement en cours",
    "under_way_why": "Votre banque traite ce paiement. Cela peut prendre quelques jours.",
    "expired": "Cette page a expiré",
    "expired_why": "Rien n’a été débité. Demandez un nouveau lien de paiement.",
    "unknown": "Cette page n’existe pas",
    "unknown_why": "Vérifiez le lien, ou demandez-en un nouveau.",
    "about": "Une page d’essai qui tient lieu de celle de Stripe",
}
_ENGLISH: Final = {
    "pay_to": "Pay {name}",
    "test": "Test mode",
    "test_why": "No card is charged.",
    "email": "Email",
    "card": "Card information",
    "number": "Card number",
    "expiry": "Expiry",
    "expiry_hint": "MM / YY",
    "cvc": "CVC",
    "cvc_long": "Security code",
    "name": "Cardholder name",
    "pay": "Pay {amount}",
    "back": "Back",
    "fill": "Fill in a test card",
    "cards": "The test cards",
    "card_pays": "pays",
    "card_declined_word": "is declined",
    "card_poor": "insufficient funds",
    "card_disputed": "pays, then is disputed",
    "any_date": "Any date to come, any three digits.",
    "total": "Total",
    "each": "{amount} each",
    "number_missing": "Enter the card’s number.",
    "number_wrong": "This card number is not valid.",
    "expiry_wrong": "Enter the expiry date: MM / YY.",
    "expiry_past": "This card has expired.",
    "cvc_wrong": "Enter the security code, three or four digits.",
    "email_wrong": "Enter a valid email address.",
    "card_declined": "Your card was declined. Nothing was charged; try another card.",
    "insufficient_funds": "Your card has insufficient funds. Nothing was charged; try another card.",
    "expired_card": "Your card has expired. Nothing was charged; try another card.",
    "incorrect_cvc": "The security code is incorrect. Nothing was charged.",
    "processing_error": "An error occurred. Nothing was charged; try again in a moment.",
    "test_mode_live_card": "Pay with a test card here, such as 4242 4242 4242 4242.",
    "live_mode_test_card": "A test card does not pay in live mode.",
    "done": "This is paid",
    "done_why": "This payment was made before. There is nothing left to do here.",
    "under_way": "Payment under way",
    "under_way_why": "Your bank is processing this payment. It may take a few days.",
    "expired": "This page has expired",
    "expired_why": "Nothing was charged. Ask for a new payment link.",
    "unknown": "This page does not exist",
    "unknown_why": "Check the link, or ask for a new one.",
    "about": "A page for trying, in place of Stripe’s own",
}
TEXTS: Final = {"fr": _FRENCH, "en": _ENGLISH}


def language(locale: str | None, accepted: str | None) -> str:
    """Return the language to show: the session's, or what the browser asks for when that is `auto` or not set."""
    if locale is None or locale == "auto":
        locale = (accepted or "").split(",")[0].split(";")[0].strip()
    return "fr" if locale.lower().split("-")[0] == "fr" else "en"


def failure_word(code: str | None, decline_code: str | None) -> str:
    """Return the word of the sentence for a refused card."""
    if decline_code in _ENGLISH:
        return str(decline_code)
    return code if code in _ENGLISH and code is not None else "card_declined"
