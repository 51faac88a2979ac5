"""What was entered by hand: the receipts with the way to undo it, and what the member reads."""

from __future__ import annotations

from bot.home.taps import Balance
from bot.members.taps import ShowMember
from bot.payments.taps import Undo
from bot.payments.views.by_hand import Entry, balance_line, details, what_is_entered
from bot.ui import money
from bot.ui.screen import Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.payments.models import Payment, Settlement
from ledger.reference import format_reference


def recorded(
    texts: Texts, payment: Payment, settlement: Settlement, entry: Entry, after_cents: int
) -> Screen:
    """The coordinator's receipt of a payment, with the way to undo it."""
    lines = [
        texts.t("✅ The payment is recorded."),
        what_is_entered(texts, entry),
        texts.t(
            "Reference: {reference}", reference=Html(f"<code>{format_reference(payment.reference)}</code>")
        ),
        balance_line(texts, after_cents - payment.amount_cents, after_cents),
    ]
    rows: list[Row] = [
        (button(texts.label("↩️ Undo (cancel this)"), Undo(payment.id, settlement.step)),),
        (
            button(
                texts.label("👤 {name}", name=texts.who(entry.member, 40)),
                ShowMember(entry.member.id),
                below=True,
            ),
        ),
    ]
    return Screen("\n".join(lines)).with_rows(rows)


def opening_recorded(texts: Texts, entry: Entry, after_cents: int) -> Screen:
    """The coordinator's receipt of an opening balance."""
    lines = [
        texts.t("✅ The opening balance is recorded."),
        what_is_entered(texts, entry),
        balance_line(texts, after_cents - entry.amount_cents, after_cents),
        "",
        texts.t("Was it a slip? Enter the same amount with the other sign."),
    ]
    rows = (
        (
            button(
                texts.label("👤 {name}", name=texts.who(entry.member, 40)),
                ShowMember(entry.member.id),
                below=True,
            ),
        ),
    )
    return Screen("\n".join(lines), rows)


def told_member(
    texts: Texts, entry: Entry, by: str, balance_cents: int, expected_cents: int, payment: Payment | None
) -> Screen:
    """What the member reads."""
    if payment is None:
        amount = texts.signed_money(entry.amount_cents)
        lines: list[str] = [
            texts.t("📒 {by} entered your balance from before: <b>{amount}</b>.", by=by, amount=amount)
        ]
    else:
        values = {
            "by": by,
            "amount": texts.money(abs(entry.amount_cents)),
            "method": money.method(texts, entry.method),
            "reference": Html(f"<code>{format_reference(payment.reference)}</code>"),
        }
        if entry.amount_cents > 0:
            line = texts.t(
                "✅ {method}: {amount} received, entered by {by} (reference {reference}).", **values
            )
        else:
            line = texts.t(
                "↩️ {method}: {amount} given back to you by {by} (reference {reference}).", **values
            )
        lines = [line, *details(texts, entry.dated, entry.note)]
    lines += ["", money.balance_with_expected(texts, balance_cents, expected_cents)]
    return Screen("\n".join(lines), ((button(texts.label("💰 My balance"), Balance(), below=True),),))


def toast_recorded(texts: Texts, entry: Entry) -> str:
    """What was entered, over the button, at once."""
    return texts.label(
        "✅ {name} · {amount} recorded", name=texts.who(entry.member), amount=texts.money(entry.amount_cents)
    )
