"""One order on distribution day: lines, payments, verdict, and what its member reads of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.board.taps import WhoIsLeft
from bot.handover.taps.day import BasketFor, Orders, ShowOrder, Undo, Validate, ValidateAndNext
from bot.handover.taps.goods import Lines
from bot.handover.taps.money import Unannounced
from bot.handover.views.day import PAGE, title, uncharged_line, validated_by
from bot.home.taps import Balance
from bot.home.views.account import payment_state
from bot.ordering.views.order import current_line
from bot.payments.taps import ShowPayment
from bot.payments.views.validation import reference
from bot.ui import money
from bot.ui.screen import WIDE, Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Method
from ledger.orders import order_state
from ledger.orders.models import Distribution
from ledger.orders.order_state import OrderState, Receipt, Settles, Verdict, VerdictKind, receipts
from ledger.orders.validation import Turn
from ledger.payments.models import Payment, PaymentState
from ledger.reference import format_reference


@dataclass(frozen=True, slots=True)
class OrderPage:
    """An order with its distribution, its member's balance in cents, and who validated it."""

    state: OrderState
    distribution: Distribution
    balance_cents: int
    validated_by: str | None
    turn: Turn


def order_page(texts: Texts, group: Group, page: OrderPage, left_page: int | None = None) -> Screen:
    """One member's order: lines, payments, verdict, and what can be done about it.

    ``left_page``: the page of the list of who is left that it was opened from.
    """
    state = page.state
    lines: list[str] = [
        texts.t("👤 <b>{name}</b>", name=texts.who(state.member)),
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
        if state.uncharged_cents:
            lines.append(uncharged_line(texts, state))
        lines.append(verdict(texts, state, page.balance_cents))
        balance = money.balance_of(texts, page.balance_cents)
        lines.append(texts.t("Balance: {balance}.", balance=balance))
        if state.transfer_cents:
            lines += ["", _transfer_stays(texts)]
    if state.validated is not None and page.validated_by is not None:
        lines += ["", validated_by(texts, page.validated_by, state.validated.at)]
    back = button(texts.label("◀️ Back"), Orders(page.distribution.id, page.turn.before // PAGE))
    if left_page is not None:
        back = button(texts.label("◀️ Back"), WhoIsLeft(page.distribution.id, left_page))
    return Screen("\n".join(lines)).with_rows([*_order_rows(texts, group, page), (back,)])


def payment_line(texts: Texts, state: OrderState, payment: Payment) -> str:
    """A payment and where it stands; with what it brought where that is another amount."""
    brought = state.received.get(payment.id)
    what = payment_state(texts, payment)
    if brought is not None and payment.method is Method.CARD:
        what = payment_state(texts, payment, payment.amount_cents - brought)
    elif brought is not None and brought != payment.amount_cents:
        what = texts.t("✅ {amount} received", amount=texts.money(brought))
    return texts.t(
        "{icon} {method}, {amount} — {reference} · {state}",
        icon=money.METHOD_ICON[payment.method],
        method=money.method(texts, payment.method),
        amount=texts.money(payment.amount_cents),
        reference=reference(payment),
        state=what,
    )


def verdict(texts: Texts, state: OrderState, balance_cents: int) -> Html:
    """Exactly paid, missing or overpaid, counting what is expected still; or that the account covers it."""
    found = order_state.verdict(state.left_cents, state.expected_cents, balance_cents)
    if found.kind is VerdictKind.COVERED:
        return _covered(texts, found)
    amount = texts.money(found.amount_cents)
    if found.kind is VerdictKind.MISSING:
        sentence = texts.t("⚖️ <b>Missing {amount}</b>", amount=amount)
    elif found.kind is VerdictKind.OVERPAID:
        sentence = texts.t("⚖️ <b>Overpaid {amount}</b>", amount=amount)
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
    if not found.expected_cents:
        return sentence
    expected = texts.money(found.expected_cents)
    if state.transfer_cents == found.expected_cents:
        return texts.t(
            "{verdict}, once the bank transfer of {amount} arrives", verdict=sentence, amount=expected
        )
    return texts.t("{verdict}, once the awaited {amount} is received", verdict=sentence, amount=expected)


def _covered(texts: Texts, found: Verdict) -> Html:
    if not found.expected_cents:
        return texts.t("⚖️ <b>Nothing more is due</b>: the account covers it.")
    return texts.t(
        "⚖️ <b>Nothing more is due</b>. If the awaited {amount} comes all the same, the balance becomes: {balance}.",
        amount=texts.money(found.expected_cents),
        balance=money.balance_of(texts, found.balance_then_cents),
    )


def _transfer_stays(texts: Texts) -> Html:
    return texts.t(
        "🏦 Validating does not receive the bank transfer: it stays awaited until it is seen on the account."
    )


def _order_rows(texts: Texts, group: Group, page: OrderPage) -> list[Row]:
    state, order = page.state, page.state.order
    rows: list[Row] = []
    if state.validated is None:
        rows += [(one,) for one in _validate_buttons(texts, page)]
    elif page.turn.next_order_id is not None:
        label = texts.label(
            "➡️ Next: {name}", name=texts.called(page.turn.next_member_id, page.turn.next_name, WIDE)
        )
        rows.append((button(label, ShowOrder(page.turn.next_order_id), style="primary"),))
    rows += [
        (_payment_button(texts, state, payment),)
        for payment in state.payments
        if payment.state in (PaymentState.EXPECTED, PaymentState.RECEIVED)
    ]
    goods = button(texts.label("🥕 Goods"), Lines(order.id, 0))
    pay = button(texts.label("➕ Payment"), Unannounced(order.id))
    rows.append((goods, pay) if group.payments_enabled else (goods,))
    rows.append((button(texts.label("➕ Add products"), BasketFor(page.distribution.id, order.member_id)),))
    if state.validated is not None:
        undo = texts.label("↩️ Undo the validation")
        rows.append((button(undo, Undo(order.id, state.validated.step)),))
    return rows


def validated_before(texts: Texts, page: OrderPage, received_cents: int) -> Html:
    """Said above the next order's page: what was just done."""
    name = texts.who(page.state.member)
    if not received_cents:
        return texts.t("✅ <b>{name}</b>: validated.", name=name)
    amount = texts.money(received_cents)
    return texts.t("✅ <b>{name}</b>: validated, {amount} received.", name=name, amount=amount)


def toast_validated(texts: Texts, name: str, received_cents: int) -> str:
    """The same over the button, at once."""
    if not received_cents:
        return texts.label("✅ {name} · validated", name=name)
    return texts.label("✅ {name} · {amount} received", name=name, amount=texts.money(received_cents))


def undo_button(texts: Texts, page: OrderPage) -> Button:
    """Takes the validation of an order back from another's page."""
    assert page.state.validated is not None
    label = texts.label("↩️ Undo: {name}", name=texts.who(page.state.member, WIDE))
    return button(label, Undo(page.state.order.id, page.state.validated.step))


def _validate_buttons(texts: Texts, page: OrderPage) -> list[Button]:
    """One tap each; the likeliest first. Each holds what it receives, and carries what that was made from."""
    state = page.state
    offered = receipts(state, page.balance_cents)
    if not offered:
        whole = button(
            texts.label("✅ Validate the order"), Validate(state.order.id, 0, state.mark), style="success"
        )
        return [whole, *_and_next(texts, page, 0)]
    found = [
        button(
            _validate_label(texts, one, alone=len(offered) == 1),
            Validate(state.order.id, one.amount_cents, state.mark),
            style=None if number else "success",
        )
        for number, one in enumerate(offered)
    ]
    return found if len(found) > 1 else [*found, *_and_next(texts, page, offered[0].amount_cents)]


def _and_next(texts: Texts, page: OrderPage, received_cents: int) -> list[Button]:
    """For a pile of cheques: the same tap leads to the next open order. Only where there is nothing to choose."""
    if page.turn.next_order_id is None:
        return []
    label = texts.label("✅ Validate ➡️ Next")
    if received_cents:
        label = texts.label("✅ {amount} received ➡️ Next", amount=texts.money(received_cents))
    return [button(label, ValidateAndNext(page.state.order.id, received_cents, page.state.mark))]


def _validate_label(texts: Texts, one: Receipt, *, alone: bool) -> str:
    amount = texts.money(one.amount_cents)
    if one.settles is Settles.NOTHING:
        return texts.label("✅ Validate the order · nothing to receive")
    label = texts.label("✅ Validate the order · {amount} received", amount=amount)
    return label if alone else f"{label} ({money.settles(texts, one.settles)})"


def _payment_button(texts: Texts, state: OrderState, payment: Payment) -> Button:
    """With what it brought, or is to bring."""
    mark = "✅" if payment.state is PaymentState.RECEIVED else money.METHOD_ICON[payment.method]
    amount = state.received.get(payment.id, payment.amount_cents)
    if not amount and payment.method is Method.CARD:
        mark, amount = "❌", payment.amount_cents
    text = f"{mark} {format_reference(payment.reference)} · {texts.money(amount)}"
    return button(text, ShowPayment(payment.id))


def told_validated(
    texts: Texts,
    group: Group,
    page: OrderPage,
    by: str,
    settled: Sequence[Payment],
    expected_cents: int,
) -> Screen:
    """What the member reads when their order is validated: what was settled with it, the verdict, the balance."""
    lines: list[str] = [
        texts.t(
            "✅ Your order for {day} is validated by {by}.", day=texts.day(page.distribution.starts_at), by=by
        ),
        *(payment_line(texts, page.state, payment) for payment in settled),
    ]
    if group.payments_enabled:
        lines += [
            verdict(texts, page.state, page.balance_cents),
            "",
            _balance(texts, page, expected_cents),
        ]
    return Screen("\n".join(lines), (_my_balance(texts),) if group.payments_enabled else ())


def told_undone(texts: Texts, group: Group, page: OrderPage, by: str, expected_cents: int) -> Screen:
    """What the member reads when the validation of their order is taken back."""
    lines: list[str] = [
        texts.t(
            "↩️ {by} took the validation of your order for {day} back.",
            by=by,
            day=texts.day(page.distribution.starts_at),
        )
    ]
    if group.payments_enabled:
        lines += ["", _balance(texts, page, expected_cents)]
    return Screen("\n".join(lines), (_my_balance(texts),) if group.payments_enabled else ())


def _balance(texts: Texts, page: OrderPage, expected_cents: int) -> Html:
    return money.balance_with_expected(texts, page.balance_cents, expected_cents)


def _my_balance(texts: Texts) -> Row:
    return (button(texts.label("💰 My balance"), Balance(), below=True),)
