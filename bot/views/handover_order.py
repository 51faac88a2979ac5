"""One order on distribution day: lines, payments, verdict, and what its member reads of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.views import money
from bot.views.account import payment_state
from bot.views.handover import title, validated_by
from bot.views.order import current_line
from bot.views.screen import Button, Row, Screen, button
from bot.views.texts import Html, Texts
from bot.views.validation import reference
from ledger.groups.models import Group, Method
from ledger.orders.models import Distribution
from ledger.orders.validation import OrderState
from ledger.payments.models import Payment, PaymentState
from ledger.reference import format_reference


@dataclass(frozen=True, slots=True)
class OrderPage:
    """An order with its distribution, its member's balance in cents, and who validated it."""

    state: OrderState
    distribution: Distribution
    balance_cents: int
    validated_by: str | None


def order_page(texts: Texts, group: Group, page: OrderPage) -> Screen:
    """One member's order: lines, payments, verdict, and what can be done about it."""
    state = page.state
    lines: list[str] = [
        texts.t("👤 <b>{name}</b>", name=state.member.name),
        title(texts, page.distribution),
        "",
        *(current_line(texts, line) for line in state.lines),
        texts.t("Total: <b>{total}</b>", total=texts.money(state.total_cents)),
    ]
    if group.payments_enabled:
        lines += ["", *(payment_line(texts, state, payment) for payment in state.payments)]
        if state.credit_cents:
            amount = texts.money(state.credit_cents)
            lines.append(texts.t("🐷 By member credit: {amount}", amount=amount))
        lines.append(verdict(texts, state))
        balance = money.balance_of(texts, page.balance_cents)
        lines.append(texts.t("Balance: {balance}.", balance=balance))
        if state.validated is None and _awaits_transfer(state):
            lines += [
                "",
                texts.t(
                    "🏦 Validating also says that the transfer has arrived: look at the bank account first."
                ),
            ]
    if state.validated is not None and page.validated_by is not None:
        lines += ["", validated_by(texts, page.validated_by, state.validated.at)]
    return Screen("\n".join(lines)).with_rows(_order_rows(texts, group, page))


def payment_line(texts: Texts, state: OrderState, payment: Payment) -> str:
    """A payment and where it stands; with what it brought where that is another amount."""
    brought = state.received.get(payment.id)
    what = payment_state(texts, payment)
    if brought is not None and brought != payment.amount_cents:
        what = texts.t("✅ {amount} received", amount=texts.money(brought))
    return texts.t(
        "{icon} {method}, {amount} — {reference} · {state}",
        icon=money.METHOD_ICON[payment.method],
        method=money.method(texts, payment.method),
        amount=texts.money(payment.amount_cents),
        reference=reference(payment),
        state=what,
    )


def verdict(texts: Texts, state: OrderState) -> Html:
    """Exactly paid, missing or overpaid, counting what is awaited still."""
    missing = state.missing_cents
    if missing > 0:
        sentence = texts.t("⚖️ <b>Missing {amount}</b>", amount=texts.money(missing))
    elif missing < 0:
        sentence = texts.t("⚖️ <b>Overpaid {amount}</b>", amount=texts.money(-missing))
    else:
        sentence = texts.t("⚖️ <b>Exactly paid</b>")
    shares = [
        (payment.method, state.received.get(payment.id, payment.amount_cents))
        for payment in state.payments
        if payment.state in (PaymentState.EXPECTED, PaymentState.RECEIVED)
    ]
    if state.credit_cents and shares:
        parts = money.parts(texts, [(Method.MEMBER_CREDIT, state.credit_cents), *shares])
        sentence = texts.t("{verdict}: {parts}", verdict=sentence, parts=parts)
    awaited = state.expected_cents + state.card_cents
    if not awaited:
        return sentence
    amount = texts.money(awaited)
    return texts.t("{verdict}, once the awaited {amount} is received", verdict=sentence, amount=amount)


def _order_rows(texts: Texts, group: Group, page: OrderPage) -> list[Row]:
    state, order = page.state, page.state.order
    rows: list[Row] = []
    if state.validated is None:
        rows.append((_validate_button(texts, state),))
    rows += [
        (_payment_button(texts, state, payment),)
        for payment in state.payments
        if payment.state in (PaymentState.EXPECTED, PaymentState.RECEIVED)
    ]
    goods = button(texts.label("🥕 Goods"), "dlines", order.id, 0)
    pay = button(texts.label("➕ Payment"), "daddpay", order.id)
    rows.append((goods, pay) if group.payments_enabled else (goods,))
    rows.append((button(texts.label("➕ Add products"), "forbasket", page.distribution.id, order.member_id),))
    if state.validated is not None:
        undo = texts.label("↩️ Undo the validation")
        rows.append((button(undo, "dunval", order.id, state.validated.step),))
    rows.append((button(texts.label("◀️ Back"), "dorders", page.distribution.id, 0),))
    return rows


def _validate_button(texts: Texts, state: OrderState) -> Button:
    label = texts.label("✅ Validate the order")
    if state.expected_cents:
        amount = texts.money(state.expected_cents)
        label = texts.label("✅ Validate the order · {amount} received", amount=amount)
    return button(label, "dval", state.order.id, state.expected_cents, state.mark, style="success")


def _awaits_transfer(state: OrderState) -> bool:
    return any(p.state is PaymentState.EXPECTED and p.method is Method.TRANSFER for p in state.payments)


def _payment_button(texts: Texts, state: OrderState, payment: Payment) -> Button:
    """With what it brought, or is to bring."""
    mark = "✅" if payment.state is PaymentState.RECEIVED else money.METHOD_ICON[payment.method]
    amount = state.received.get(payment.id, payment.amount_cents)
    text = f"{mark} {format_reference(payment.reference)} · {texts.money(amount)}"
    return button(text, "pmt", payment.id)


def told_validated(
    texts: Texts,
    group: Group,
    page: OrderPage,
    by: str,
    received: Sequence[Payment],
    awaited_cents: int,
) -> Screen:
    """What the member reads when their order is validated."""
    lines: list[str] = [
        texts.t(
            "✅ Your order for {day} is validated by {by}.", day=texts.day(page.distribution.starts_at), by=by
        ),
        *(payment_line(texts, page.state, payment) for payment in received),
    ]
    if group.payments_enabled:
        lines += [verdict(texts, page.state), "", _balance(texts, page, awaited_cents)]
    return Screen("\n".join(lines), (_my_balance(texts),) if group.payments_enabled else ())


def told_undone(texts: Texts, group: Group, page: OrderPage, by: str, awaited_cents: int) -> Screen:
    """What the member reads when the validation of their order is taken back."""
    lines: list[str] = [
        texts.t(
            "↩️ {by} took the validation of your order for {day} back.",
            by=by,
            day=texts.day(page.distribution.starts_at),
        )
    ]
    if group.payments_enabled:
        lines += ["", _balance(texts, page, awaited_cents)]
    return Screen("\n".join(lines), (_my_balance(texts),) if group.payments_enabled else ())


def _balance(texts: Texts, page: OrderPage, awaited_cents: int) -> Html:
    return money.balance_with_awaited(texts, page.balance_cents, awaited_cents)


def _my_balance(texts: Texts) -> Row:
    return (button(texts.label("💰 My balance"), "balance", below=True),)
