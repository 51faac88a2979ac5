"""Topping up one's account: how much, how, and the receipt that stays."""

from __future__ import annotations

from collections.abc import Sequence

from bot.home.taps import Balance
from bot.ordering.views.paying import how_to_pay, pay_another_way, pay_rows
from bot.payments.taps import TopUp
from bot.ui import money
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import PAID_METHODS, Group, Method
from ledger.groups.service import offered_methods
from ledger.payments.models import Payment
from ledger.payments.service import can_carry


def methods(group: Group, amount_cents: int | None = None) -> list[Method]:
    """How money (so much, where that is known) can be put on an account here; none where payments are off."""
    if not group.payments_enabled:
        return []
    paid = [method for method in offered_methods(group) if method in PAID_METHODS]
    if amount_cents is None:
        return paid
    return [method for method in paid if can_carry(method, amount_cents, group.currency)]


def way_in(texts: Texts, group: Group, missing_cents: int | None = None, *, below: bool = False) -> Row:
    """A row with the button that begins a top-up (of what is missing, where that is known); empty where there is no way."""
    if not methods(group):
        return ()
    return (button(texts.label("➕ Top up my account"), TopUp(group.id, missing_cents), below=below),)


def not_possible(texts: Texts, group: Group) -> Screen:
    """No money can be put on an account here."""
    if group.payments_enabled:
        text = texts.t(
            "<b>{group}</b> takes no money this way now. Nothing was recorded: ask a coordinator how to pay.",
            group=group.title,
        )
    else:
        text = texts.t(
            "Payments are off in <b>{group}</b>: there is no account to top up. Nothing was recorded.",
            group=group.title,
        )
    return Screen(text)


def ask_amount(
    texts: Texts,
    group: Group,
    balance_cents: int,
    expected_cents: int,
    proposals: Sequence[Row],
    cancel: Button,
) -> Screen:
    """How much? One tap, or typed."""
    lines: list[str] = [
        texts.t("➕ <b>Top up your account</b> · {group}", group=group.title),
        money.balance_with_expected(texts, balance_cents, expected_cents),
        "",
        texts.t(
            "How much do you want to pay? Tap, or type it, like {example}.", example=texts.bare_money(3550)
        ),
    ]
    return Screen("\n".join(lines)).with_rows([*proposals, (cancel,)])


def ask_method(
    texts: Texts, group: Group, amount_cents: int, ways: Sequence[Button], other: Button, cancel: Button
) -> Screen:
    """How? Choosing announces the payment."""
    by_card = Method.CARD in methods(group, amount_cents)
    lines: list[str] = [
        texts.t(
            "➕ Top up your account by <b>{amount}</b> · {group}",
            amount=texts.money(amount_cents),
            group=group.title,
        ),
        "",
        texts.t("How will you pay? Your balance moves once a coordinator has confirmed the payment."),
        *([texts.t("By card it moves by itself, as soon as it is paid.")] if by_card else []),
    ]
    return Screen("\n".join(lines)).with_rows([*((way,) for way in ways), (other, cancel)])


def not_offered(texts: Texts) -> Html:
    """The method was taken off the group's list meanwhile."""
    return texts.t(
        "The group does not take this way of paying any more. Nothing was recorded: choose another."
    )


def announced(texts: Texts, payment: Payment) -> Screen:
    """What is left of the question; the receipt is a message of its own."""
    amount = texts.money(payment.amount_cents)
    return Screen(texts.t("✅ Top-up of {amount} announced. The receipt is below.", amount=amount))


def receipt(
    texts: Texts,
    group: Group,
    payment: Payment,
    balance_cents: int,
    expected_cents: int,
    link: str | None = None,
) -> Screen:
    """The receipt that stays: what to prepare with which reference, the balance. ``link``: where a card pays, if known."""
    lines: list[str] = [
        texts.t("🧾 <b>Top-up of your account</b>"),
        texts.t("{group} · {when}", group=group.title, when=texts.short_day(payment.created_at)),
        "",
        *how_to_pay(texts, group, payment),
        "",
        money.balance_with_expected(texts, balance_cents, expected_cents),
    ]
    rows = [
        *pay_rows(texts, group, payment, link),
        (pay_another_way(texts, payment, below=True),),
        (button(texts.label("💰 My balance"), Balance(), below=True),),
    ]
    return Screen("\n".join(lines)).with_rows(rows)
