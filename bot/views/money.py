"""Balances, methods and verdicts in words."""

from __future__ import annotations

from bot.views.texts import Html, Texts
from ledger.groups.models import Method


def balance(texts: Texts, cents: int) -> Html:
    """A member's own balance (R5): owes, is owed, or even."""
    if cents < 0:
        return texts.t("You owe the group <b>{amount}</b>", amount=texts.money(-cents))
    if cents > 0:
        return texts.t("The group owes you <b>{amount}</b> (credit)", amount=texts.money(cents))
    return texts.t("You are even: <b>{amount}</b>", amount=texts.money(0))


def balance_with_awaited(texts: Texts, cents: int, awaited_cents: int) -> Html:
    """The balance with what was announced and waits to be confirmed (D1)."""
    sentence = balance(texts, cents)
    if awaited_cents <= 0:
        return Html(f"{sentence}.")
    amount = texts.money(awaited_cents)
    if cents < 0 and awaited_cents <= -cents:
        return texts.t(
            "{balance} — of which {amount} awaiting confirmation.", balance=sentence, amount=amount
        )
    return texts.t("{balance} — and {amount} awaiting confirmation.", balance=sentence, amount=amount)


def balance_of(texts: Texts, cents: int) -> Html:
    """Somebody else's balance, as a coordinator reads it."""
    if cents < 0:
        return texts.t("owes {amount}", amount=texts.money(-cents))
    if cents > 0:
        return texts.t("credit {amount}", amount=texts.money(cents))
    return texts.t("even")


def difference(texts: Texts, announced_cents: int, received_cents: int) -> Html | None:
    """What a payment received with another amount leaves on the balance (D3); none when it is exact."""
    missing = announced_cents - received_cents
    if missing > 0:
        return texts.t("Missing {amount}: it stays on the balance.", amount=texts.money(missing))
    if missing < 0:
        return texts.t("Overpaid, credit of {amount}.", amount=texts.money(-missing))
    return None


def method(texts: Texts, value: Method | None) -> str:
    """A method's name, plain."""
    return {
        Method.CHEQUE: texts.label("Cheque"),
        Method.CASH: texts.label("Cash"),
        Method.TRANSFER: texts.label("Bank transfer"),
        Method.MEMBER_CREDIT: texts.label("Member credit"),
        Method.CARD: texts.label("Card"),
        None: texts.label("No payment"),
    }[value]


METHOD_ICON = {
    Method.CHEQUE: "✍️",
    Method.CASH: "💶",
    Method.TRANSFER: "🏦",
    Method.MEMBER_CREDIT: "🐷",
    Method.CARD: "💳",
}
