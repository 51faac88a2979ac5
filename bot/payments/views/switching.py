"""Paying another way than announced: the choice, the new receipt, and what stands when a button is old."""

from __future__ import annotations

from bot.home.taps import Balance, MyOrders
from bot.ordering.views.paying import how_to_pay, pay_another_way, pay_rows, slow
from bot.payments.taps import PayAnotherWay, Switch
from bot.ui import money
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Method
from ledger.orders.switching import Switched, Ways
from ledger.payments.models import Payment
from ledger.reference import format_reference


def under_way(texts: Texts, payment: Payment) -> Screen:
    """The money is on its way already: who pays otherwise as well may pay twice, and is to want that."""
    text = texts.t(
        "⏳ <b>{amount}: your bank is being asked</b>\n"
        "Nobody can stop that any more. If you pay another way now and your bank pays too, you will have paid twice; what "
        "is too much is then credit on your account.",
        amount=texts.money(payment.amount_cents),
    )
    back = MyOrders() if payment.order_id is not None else Balance()
    rows = (
        (button(texts.label("🔁 Pay another way all the same"), PayAnotherWay(payment.id, sure=True)),),
        (button(texts.label("◀️ Back"), back),),
    )
    return Screen(f"{text}\n{slow(texts)}", rows)


def choose(texts: Texts, ways: Ways) -> Screen:
    """How instead? Choosing replaces the payment, and its reference with it."""
    payment = ways.payment
    shares = [(payment.method, payment.amount_cents)]
    if ways.credit_cents:
        shares.insert(0, (Method.MEMBER_CREDIT, ways.credit_cents))
    lines: list[str] = [
        texts.t("🔁 <b>Pay another way</b>"),
        texts.t(
            "Now: {parts} — reference {reference}",
            parts=money.parts(texts, shares),
            reference=_reference(payment),
        ),
        "",
    ]
    rows: list[Row] = [(_whole_button(texts, ways, method),) for method in ways.whole]
    credit, rest = ways.mixed_credit_cents, ways.total_cents - ways.mixed_credit_cents
    rows += [
        (button(money.mixed_label(texts, method, credit, rest), _switch(ways, method, credit)),)
        for method in ways.mixed
    ]
    if rows:
        lines.append(
            texts.t(
                "How will you pay instead? You get another reference, and the present one is not expected any more."
            )
        )
    else:
        lines.append(texts.t("The group offers no other way now. Nothing was changed: ask a coordinator."))
    back = MyOrders() if payment.order_id is not None else Balance()
    rows.append((button(texts.label("◀️ Back"), back),))
    return Screen("\n".join(lines)).with_rows(rows)


def _whole_button(texts: Texts, ways: Ways, method: Method) -> Button:
    text = f"{money.METHOD_ICON[method]} {money.method(texts, method)} · {texts.money(ways.total_cents)}"
    return button(text, _switch(ways, method, 0))


def _switch(ways: Ways, method: Method, credit_cents: int) -> Switch:
    """They know where the money is under way."""
    sure = ways.payment.under_way_since is not None
    return Switch(method, ways.payment.id, ways.steps, credit_cents, sure)


def switched(texts: Texts, done: Switched) -> Screen:
    """What is left of the choice; the receipt is a message of its own."""
    return Screen(
        texts.t(
            "✅ Changed: the reference {reference} is not expected any more, do not use it. The new receipt is below.",
            reference=_reference(done.replaced),
        )
    )


def receipt(
    texts: Texts, group: Group, done: Switched, expected_cents: int, link: str | None = None
) -> Screen:
    """The receipt that stays: what to prepare now with which reference, the balance. ``link``: where a card pays."""
    lines: list[str] = [
        texts.t("🧾 <b>Paid another way</b> · {total}", total=texts.money(done.total_cents)),
        texts.t("{group} · {when}", group=group.title, when=texts.short_day(done.replaced.created_at)),
        "",
    ]
    rows: list[Row] = []
    if done.payment is None:
        lines.append(texts.t("Paid from your member credit."))
    else:
        if done.credit_cents:
            shares = [
                (Method.MEMBER_CREDIT, done.credit_cents),
                (done.payment.method, done.payment.amount_cents),
            ]
            lines += [texts.t("🐷 <b>{parts}</b>", parts=money.parts(texts, shares)), ""]
        lines += how_to_pay(texts, group, done.payment)
        rows += pay_rows(texts, group, done.payment, link)
        rows.append((pay_another_way(texts, done.payment, below=True),))
    lines += ["", money.balance_with_expected(texts, done.balance_cents, expected_cents)]
    rows.append((button(texts.label("💰 My balance"), Balance(), below=True),))
    return Screen("\n".join(lines)).with_rows(rows)


def stands(texts: Texts, current: Payment | None) -> Html:
    """The member chose another way already: this is what stands."""
    if current is None:
        return texts.t("You changed this already: your member credit pays it. Nothing was changed now.")
    return texts.t(
        "You changed this already: {parts} — reference {reference}. Nothing was changed now.",
        parts=money.paid_by(texts, current.method, current.amount_cents),
        reference=_reference(current),
    )


def not_enough_credit(texts: Texts, available_cents: int, needed_cents: int) -> str:
    """Why member credit cannot take it over; plain, for a toast."""
    return texts.label(
        "Not enough credit: {available} is there, {missing} is missing. Nothing was changed: your payment "
        "is awaited as before.",
        available=texts.money(max(available_cents, 0)),
        missing=texts.money(needed_cents - max(available_cents, 0)),
    )


def _reference(payment: Payment) -> Html:
    return Html(f"<code>{format_reference(payment.reference)}</code>")
