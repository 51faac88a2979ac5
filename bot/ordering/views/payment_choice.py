"""How will the order be paid? By one method, or existing member credit first and another method for the rest (B4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.ordering.taps import Mix, Pay, ShowBasket
from bot.ordering.views.order import rule_before_confirming
from bot.payments.views import topup
from bot.ui import money
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Method
from ledger.orders.basket_views import BasketView
from ledger.payments.service import can_carry


@dataclass(frozen=True, slots=True)
class Purse:
    """The balance of who pays, in cents; ``name`` where a coordinator orders for them."""

    balance_cents: int
    name: str | None = None

    def first(self, group: Group, total_cents: int, methods: Sequence[Method]) -> int:
        """What member credit can pay of the total before another method pays the rest; 0 where it cannot."""
        is_part = Method.MEMBER_CREDIT in methods and 0 < self.balance_cents < total_cents
        return (
            self.balance_cents if is_part and _others(group, methods, total_cents - self.balance_cents) else 0
        )


def _others(group: Group, methods: Sequence[Method], cents: int) -> list[Method]:
    """What pays so much besides member credit."""
    return [
        method
        for method in methods
        if method is not Method.MEMBER_CREDIT and can_carry(method, cents, group.currency)
    ]


def payment_choice(
    texts: Texts, group: Group, basket: BasketView, methods: Sequence[Method], purse: Purse
) -> Screen:
    """The whole amount by one method; choosing places the order (R9). Member credit shows the balance before and after."""
    total, first = basket.total_cents, purse.first(group, basket.total_cents, methods)
    after = purse.balance_cents - total
    lines: list[str] = [
        _how(texts, purse, total),
        "",
        rule_before_confirming(texts, group, is_own=purse.name is None),
    ]
    if Method.MEMBER_CREDIT in methods:
        lines.append(_before_and_after(texts, purse, after))
    if first:
        lines.append(_may_pay_a_part(texts, purse, total))
    lines += ["", texts.t("Choosing a way to pay places the order.")]
    rows: list[Row] = [
        (_whole_button(texts, group, basket, method, purse),)
        for method in methods
        if can_carry(method, total, group.currency)
    ]
    if first:
        label = texts.label("🐷 First {credit} of member credit", credit=texts.money(first))
        rows.append((button(label, Mix(basket.basket.id, is_mixed=True)),))
    elif purse.name is None and Method.MEMBER_CREDIT in methods and not group.negative_balances and after < 0:
        rows.append(topup.way_in(texts, group, -after, below=True))
    rows.append((button(texts.label("◀️ Back"), ShowBasket(basket.basket.id)),))
    return Screen("\n".join(lines)).with_rows(rows)


def mixed_choice(
    texts: Texts, group: Group, basket: BasketView, methods: Sequence[Method], purse: Purse
) -> Screen:
    """Member credit first: both parts are said, and the rest stands on each button."""
    total, first = basket.total_cents, purse.first(group, basket.total_cents, methods)
    values = {
        "total": texts.money(total),
        "credit": texts.money(first),
        "rest": texts.money(total - first),
    }
    if purse.name is None:
        head = texts.t(
            "<b>Order of {total}</b>: <b>{credit} of your member credit + {rest}</b> by another way. How do you want to "
            "pay the {rest}?",
            **values,
        )
    else:
        head = texts.t(
            "<b>Order of {total}</b>: <b>{credit} of the member credit of {name} + {rest}</b> by another "
            "way. How is the {rest} paid?",
            name=purse.name,
            **values,
        )
    lines: list[str] = [
        head,
        "",
        rule_before_confirming(texts, group, is_own=purse.name is None),
        "",
        texts.t("Choosing a way to pay places the order."),
    ]
    rows: list[Row] = [
        (
            button(
                money.mixed_label(texts, method, first, total - first),
                Pay(method, basket.basket.id, total, first),
            ),
        )
        for method in _others(group, methods, total - first)
    ]
    rows.append(
        (
            button(texts.label("Without member credit"), Mix(basket.basket.id, is_mixed=False)),
            button(texts.label("◀️ Back"), ShowBasket(basket.basket.id)),
        )
    )
    return Screen("\n".join(lines)).with_rows(rows)


def _how(texts: Texts, purse: Purse, total_cents: int) -> Html:
    total = texts.money(total_cents)
    if purse.name is None:
        return texts.t("<b>Order of {total}</b>: how do you want to pay?", total=total)
    return texts.t("<b>Order of {total}</b> for {name}: how is it paid?", total=total, name=purse.name)


def _before_and_after(texts: Texts, purse: Purse, after_cents: int) -> str:
    values = {"before": texts.money(purse.balance_cents), "after": texts.money(after_cents)}
    if purse.name is None:
        return texts.t("🐷 Member credit: the balance goes from {before} to {after}.", **values)
    return texts.t(
        "🐷 Member credit: the balance of {name} goes from {before} to {after}.", name=purse.name, **values
    )


def _may_pay_a_part(texts: Texts, purse: Purse, total_cents: int) -> str:
    values = {
        "credit": texts.money(purse.balance_cents),
        "rest": texts.money(total_cents - purse.balance_cents),
    }
    if purse.name is None:
        return texts.t("🐷 Or first {credit} of your member credit, and {rest} by another way.", **values)
    return texts.t(
        "🐷 Or first {credit} of the member credit of {name}, and {rest} by another way.",
        name=purse.name,
        **values,
    )


def _whole_button(texts: Texts, group: Group, basket: BasketView, method: Method, purse: Purse) -> Button:
    total = basket.total_cents
    name = money.method(texts, method)
    missing = total - purse.balance_cents
    if method is Method.MEMBER_CREDIT and not group.negative_balances and missing > 0:
        text = texts.label("{method} · {missing} missing", method=name, missing=texts.money(missing))
    else:
        text = f"{name} · {texts.money(total)}"
    return button(f"{money.METHOD_ICON[method]} {text}", Pay(method, basket.basket.id, total))


def not_enough_credit(texts: Texts, balance_cents: int, needed_cents: int) -> str:
    """Why member credit cannot pay this, in a plain sentence."""
    return texts.label(
        "Not enough credit: your balance is {balance}, {missing} is missing. Nothing was ordered: "
        "choose another way to pay.",
        balance=texts.money(balance_cents),
        missing=texts.money(needed_cents - balance_cents),
    )
