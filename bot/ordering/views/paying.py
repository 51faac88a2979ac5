"""What a member has to prepare for a payment they announced, the same for an order and for a top-up."""

from __future__ import annotations

from bot.cards.taps import AskLink
from bot.payments.taps import Drop, PayAnotherWay
from bot.ui.screen import Button, Row, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Method
from ledger.orders.needless import Needless
from ledger.payments.models import Payment
from ledger.reference import format_reference


def how_to_pay(texts: Texts, group: Group, payment: Payment) -> list[str]:
    """The cheque, the envelope or the transfer to prepare, with its reference; lines to put under each other.

    By card there is nothing to prepare: a button leads to the page (:func:`pay_rows`).
    """
    amount = texts.money(payment.amount_cents)
    reference = Html(f"<code>{format_reference(payment.reference)}</code>")
    if payment.method is Method.CHEQUE:
        payee = group.payee_name or group.title
        return [
            texts.t(
                "✍️ <b>Cheque of {amount}</b>, to the order of <b>{payee}</b>.", amount=amount, payee=payee
            ),
            texts.t("Write this reference on the back: {reference}", reference=reference),
            _where(texts, payment),
        ]
    if payment.method is Method.CASH:
        return [
            texts.t("💶 <b>{amount} in cash</b>, in an envelope if you can.", amount=amount),
            texts.t("Reference to write on it: {reference}", reference=reference),
            _where(texts, payment),
        ]
    if payment.method is Method.CARD:
        return [
            texts.t("💳 <b>{amount} by card</b>, on the page that the button below opens.", amount=amount),
            texts.t("Once it is paid, the receipt comes here by itself."),
            texts.t("Reference {reference}", reference=reference),
        ]
    lines: list[str] = [texts.t("🏦 <b>Bank transfer of {amount}</b>", amount=amount)]
    if group.iban:
        holder = group.account_holder or group.title
        iban = " ".join(group.iban[i : i + 4] for i in range(0, len(group.iban), 4))
        lines.append(texts.t("To {holder}, IBAN {iban}", holder=holder, iban=iban))
    else:
        lines.append(
            texts.t("The group has not given me its IBAN yet: ask a coordinator for it before you pay.")
        )
    lines.append(texts.t("Put this reference in the transfer's label: {reference}", reference=reference))
    return lines


def _where(texts: Texts, payment: Payment) -> Html:
    if payment.order_id is None:
        return texts.t("Hand it over at a distribution, or to a coordinator.")
    return texts.t("Hand it over at the distribution.")


def if_paid(texts: Texts) -> Html:
    """For who stood before Stripe's page, while nobody knows what they did there."""
    return texts.t(
        "<b>If you paid, I find it</b>, and the receipt comes in the chat by itself. Do not pay it a second time before."
    )


def slow(texts: Texts) -> Html:
    """What it means that money is under way."""
    return texts.t(
        "A payment from a bank account takes some days, up to two weeks. Do not pay it a second time: the receipt comes "
        "here by itself, and if your bank does not pay I tell you."
    )


def pay_button(texts: Texts, payment: Payment, url: str | None = None) -> Button:
    """Pays by card: opens the page, or asks for a link to it."""
    text = texts.label("💳 Pay {amount} by card", amount=texts.money(payment.amount_cents))
    return Button(text, url=url) if url else button(text, AskLink(payment.id), below=True)


def pay_rows(texts: Texts, group: Group, payment: Payment, url: str | None = None) -> list[Row]:
    """Buttons that copy the reference and, for a transfer, the IBAN and the amount; by card the way to the page."""
    if payment.method is Method.CARD:
        return [(pay_button(texts, payment, url),)]
    reference = format_reference(payment.reference)
    rows: list[Row] = [(Button(texts.label("📋 Copy {reference}", reference=reference), copy=reference),)]
    if payment.method is Method.TRANSFER and group.iban:
        amount = texts.bare_money(payment.amount_cents)
        rows.append(
            (
                Button(texts.label("📋 Copy the IBAN"), copy=group.iban),
                Button(texts.label("📋 Copy the amount"), copy=amount),
            )
        )
    return rows


def pay_another_way(texts: Texts, payment: Payment, *, below: bool = False) -> Button:
    """The way to another method, as long as nobody settled the payment."""
    return button(texts.label("🔁 Pay another way"), PayAnotherWay(payment.id), below=below)


def drop_button(texts: Texts, needless: Needless) -> Button:
    """Ends a payment that is not needed any more."""
    payment = needless.payment
    label = texts.label("✖️ Drop {reference}", reference=format_reference(payment.reference))
    return button(label, Drop(payment.id, needless.steps, needless.by_card_id))


def expected_rows(texts: Texts, payment: Payment) -> list[Row]:
    """In a list of what is expected: the reference to copy (by card, the way to the page), and another way to pay."""
    if payment.method is Method.CARD:
        pay: list[Row] = [] if payment.under_way_since else [(pay_button(texts, payment),)]
        return [*pay, (pay_another_way(texts, payment),)]
    reference = format_reference(payment.reference)
    copy = Button(texts.label("📋 Copy {reference}", reference=reference), copy=reference)
    return [(copy, pay_another_way(texts, payment))]
