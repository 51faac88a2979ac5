"""Balances, methods and verdicts in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Method
from ledger.groups.service import lacks_iban
from ledger.orders.models import Confirmation
from ledger.orders.order_state import Receipt, Settles
from ledger.payments.models import Payment
from ledger.payments.service import ExpectedCents


def no_iban(texts: Texts, group: Group, *, in_settings: bool = False) -> list[Html]:
    """To coordinators: members may choose a transfer, and nobody said to which account. Nothing where that is settled."""
    if not lacks_iban(group):
        return []
    lines = [
        texts.t(
            "⚠️ Members can choose bank transfer, but I have no IBAN to give them: they will ask you for it."
        )
    ]
    return (
        lines
        if in_settings
        else [*lines, texts.t("Enter it in /settings, or stop offering transfers there.")]
    )


def balance(texts: Texts, cents: int) -> Html:
    """A member's own balance (R5): owes, is owed, or even."""
    if cents < 0:
        return texts.t("You owe the group <b>{amount}</b>", amount=texts.money(-cents))
    if cents > 0:
        return texts.t("The group owes you <b>{amount}</b> (credit)", amount=texts.money(cents))
    return texts.t("You are settled up: <b>{amount}</b>", amount=texts.money(0))


def balance_with_expected(texts: Texts, cents: int, expected_cents: int) -> Html:
    """The balance with what was announced and waits to be confirmed (D1), added up where it is more than is owed."""
    sentence = balance(texts, cents)
    if expected_cents <= 0:
        return Html(f"{sentence}.")
    if isinstance(expected_cents, ExpectedCents) and expected_cents.by_card_cents:
        parts = _expected_parts(texts, expected_cents)
        if cents < 0 and expected_cents <= -cents:
            return texts.t("{balance} — of which {parts}.", balance=sentence, parts=parts)
        return texts.t("{balance} — and {parts}.", balance=sentence, parts=parts)
    amount = texts.money(expected_cents)
    if cents >= 0:
        return texts.t("{balance} — and {amount} awaiting confirmation.", balance=sentence, amount=amount)
    if expected_cents <= -cents:
        return texts.t(
            "{balance} — of which {amount} awaiting confirmation.", balance=sentence, amount=amount
        )
    if isinstance(expected_cents, ExpectedCents) and expected_cents.recounted:
        return _cash_is_enough(texts, sentence, expected_cents)
    return texts.t(
        "{balance}. The {amount} awaiting confirmation cover all of it: {left} of credit will be left.",
        balance=sentence,
        amount=amount,
        left=texts.money(cents + expected_cents),
    )


def expected_line(texts: Texts, expected_cents: int) -> Html:
    """What is expected from somebody, or from all together, as a coordinator reads it."""
    if isinstance(expected_cents, ExpectedCents) and expected_cents.by_card_cents:
        return texts.t("Awaited: {parts}", parts=_expected_parts(texts, expected_cents))
    return texts.t("Awaiting confirmation: {amount}", amount=texts.money(expected_cents))


def _expected_parts(texts: Texts, expected: ExpectedCents) -> Html:
    """What somebody will confirm, what is paid online, and what waits for the payer's bank."""
    by_hand, under_way = expected - expected.by_card_cents, expected.under_way_cents
    to_pay = expected.by_card_cents - under_way
    parts = [
        texts.t("{amount} awaiting confirmation", amount=texts.money(by_hand)) if by_hand else None,
        texts.t("{amount} to pay by card", amount=texts.money(to_pay)) if to_pay else None,
        texts.t("{amount} under way at the bank", amount=texts.money(under_way)) if under_way else None,
    ]
    return Html(", ".join(part for part in parts if part))


def balance_with_announced(texts: Texts, cents: int, announced: Sequence[Payment]) -> Html:
    """The same for a reader whose order came to another sum: what that means for what they announced."""
    expected = sum(payment.amount_cents for payment in announced)
    if 0 < expected < -cents:
        return texts.t(
            "{balance} — of which {amount} awaiting confirmation. {left} is to be paid besides.",
            balance=balance(texts, cents),
            amount=texts.money(expected),
            left=texts.money(-cents - expected),
        )
    if len(announced) != 1 or expected == -cents:
        return balance_with_expected(texts, cents, expected)
    (payment,) = announced
    values = {
        "balance": balance(texts, cents),
        "payment": your_payment(texts, payment),
        "left": texts.money(cents + expected),
    }
    if cents >= 0:
        return texts.t(
            "{balance}. {payment} is not needed any more: if it comes all the same, your credit will be {left}.",
            **values,
        )
    if payment.method is Method.CASH:
        return _cash_is_enough(texts, values["balance"], expected)
    return texts.t("{balance}. {payment} will cover all of it: {left} of credit will be left.", **values)


def _cash_is_enough(texts: Texts, balance: str, announced_cents: int) -> Html:
    return texts.t(
        "{balance}: that much in cash is enough, instead of the {amount} you announced.",
        balance=balance,
        amount=texts.money(announced_cents),
    )


def your_payment(texts: Texts, payment: Payment) -> Html:
    """``Votre chèque de 14,30 €``, at the beginning of a sentence."""
    amount = texts.money(payment.amount_cents)
    return {
        Method.CHEQUE: texts.t("Your cheque of {amount}", amount=amount),
        Method.CASH: texts.t("Your cash of {amount}", amount=amount),
        Method.TRANSFER: texts.t("Your bank transfer of {amount}", amount=amount),
        Method.CARD: texts.t("Your card payment of {amount}", amount=amount),
    }[payment.method]


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


def differences(texts: Texts, missing_cents: int, overpaid_cents: int) -> list[str]:
    """What is missing and overpaid at a distribution, once what is expected is received."""
    lines: list[str] = []
    if missing_cents:
        lines.append(texts.t("➖ Missing: {amount}", amount=texts.money(missing_cents)))
    if overpaid_cents:
        lines.append(texts.t("➕ Overpaid: {amount}", amount=texts.money(overpaid_cents)))
    return lines


def transfers_expected(texts: Texts, cents: int) -> Html:
    """A part of what is expected at a distribution that no validation receives."""
    return texts.t(
        "🏦 of which {amount} by bank transfer, confirmed once seen on the account", amount=texts.money(cents)
    )


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


def paid_by(texts: Texts, value: Method, cents: int) -> Html:
    """``2,35 € par chèque``."""
    amount = texts.money(cents)
    return {
        Method.CHEQUE: texts.t("{amount} by cheque", amount=amount),
        Method.CASH: texts.t("{amount} in cash", amount=amount),
        Method.TRANSFER: texts.t("{amount} by bank transfer", amount=amount),
        Method.MEMBER_CREDIT: texts.t("{amount} of member credit", amount=amount),
        Method.CARD: texts.t("{amount} by card", amount=amount),
    }[value]


def settles(texts: Texts, value: Settles) -> str:
    """Why just this sum is offered, beside another one (to receive nothing has a sentence of its own); plain."""
    return {
        Settles.AS_ANNOUNCED: texts.label("as announced"),
        Settles.NEW_TOTAL: texts.label("new total"),
        Settles.WHAT_IS_LEFT: texts.label("all that is left"),
    }[value]


def received_label(texts: Texts, one: Receipt, *, alone: bool) -> str:
    """The button that receives a sum; where there are several, each says why it is offered. Plain."""
    label = texts.label("✅ Received · {amount}", amount=texts.money(one.amount_cents))
    return label if alone else f"{label} ({settles(texts, one.settles)})"


def parts(texts: Texts, shares: Iterable[tuple[Method, int]]) -> Html:
    """``10,00 € de cagnotte + 2,35 € par chèque``."""
    return Html(" + ".join(paid_by(texts, value, cents) for value, cents in shares))


def choice_parts(texts: Texts, choice: Confirmation) -> Html:
    """How an order is paid in two parts."""
    assert choice.method is not None
    rest = choice.amount_cents - choice.credit_cents
    return parts(texts, [(Method.MEMBER_CREDIT, choice.credit_cents), (choice.method, rest)])


def mixed_label(texts: Texts, value: Method, credit_cents: int, rest_cents: int) -> str:
    """The button of the rest: ``✍️ Chèque · 2,35 € (+ 10,00 € de cagnotte)``; plain."""
    text = texts.label(
        "{method} · {rest} (+ {credit} of member credit)",
        method=method(texts, value),
        rest=texts.money(rest_cents),
        credit=texts.money(credit_cents),
    )
    return f"{METHOD_ICON[value]} {text}"


METHOD_ICON = {
    Method.CHEQUE: "✍️",
    Method.CASH: "💶",
    Method.TRANSFER: "🏦",
    Method.MEMBER_CREDIT: "🐷",
    Method.CARD: "💳",
}
