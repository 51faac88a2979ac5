"""Money on distribution day: another method than announced, money nobody announced, the till."""

from __future__ import annotations

from collections.abc import Sequence

from bot.handover.taps.day import Day, ShowOrder
from bot.handover.taps.money import CountTill, InsteadBy, UnannouncedBy
from bot.handover.views.day import title
from bot.handover.views.report import Till, till_lines
from bot.payments.taps import ShowPayment
from bot.payments.views.validation import PaymentPage, reference
from bot.ui import money
from bot.ui.screen import Button, Screen, button
from bot.ui.taps import Tap
from bot.ui.texts import Html, Texts
from ledger.groups.models import OFFLINE_METHODS, Method
from ledger.orders.handover_models import CountKind
from ledger.orders.models import Distribution
from ledger.orders.till import Counted
from ledger.orders.validation import OrderState
from ledger.payments.models import Payment


def other_method(texts: Texts, page: PaymentPage) -> Screen:
    """By what was it paid instead?"""
    payment = page.payment
    text = texts.t(
        "<b>{name}</b> announced: {method}, <b>{amount}</b> ({reference}). What was given instead?",
        name=texts.who(page.member),
        method=money.method(texts, payment.method),
        amount=texts.money(payment.amount_cents),
        reference=reference(payment),
    )
    rows = [
        (_method_button(texts, method, InsteadBy(payment.id, page.steps, method)),)
        for method in OFFLINE_METHODS
        if method is not payment.method
    ]
    return Screen(text).with_rows([*rows, (button(texts.label("◀️ Back"), ShowPayment(payment.id)),)])


def _method_button(texts: Texts, method: Method, tap: Tap) -> Button:
    return button(f"{money.METHOD_ICON[method]} {money.method(texts, method)}", tap)


def unannounced_method(texts: Texts, state: OrderState) -> Screen:
    """By what was it paid, though nobody announced it?"""
    text = texts.t(
        "A payment by <b>{name}</b> that was not announced. How was it paid?", name=texts.who(state.member)
    )
    rows = [
        (_method_button(texts, method, UnannouncedBy(state.order.id, method)),) for method in OFFLINE_METHODS
    ]
    return Screen(text).with_rows([*rows, (button(texts.label("◀️ Back"), ShowOrder(state.order.id)),)])


def ask_given(
    texts: Texts, method: Method, proposed: Sequence[Button], example_cents: int, cancel: Button
) -> Screen:
    """How much was given?"""
    text = texts.t(
        "{icon} {method}: how much was given? Tap, or type it, like {example}. It is received at once.",
        icon=money.METHOD_ICON[method],
        method=money.method(texts, method),
        example=texts.bare_money(example_cents),
    )
    return Screen(text, (*((one,) for one in proposed), (cancel,)))


def instead_of(texts: Texts, announced: Payment) -> Html:
    """The announced payment is not expected any more."""
    return texts.t(
        "{method} of {amount} ({reference}) is not expected any more.",
        method=money.method(texts, announced.method),
        amount=texts.money(announced.amount_cents),
        reference=reference(announced),
    )


def cash_page(texts: Texts, distribution: Distribution, till: Till) -> Screen:
    """The till by the books and its counts."""
    lines = [title(texts, distribution), "", *till_lines(texts, till)]
    rows = (
        (button(texts.label("💶 Count at opening"), CountTill(distribution.id, CountKind.OPENING)),),
        (button(texts.label("💶 Count at closing"), CountTill(distribution.id, CountKind.CLOSING)),),
        (button(texts.label("◀️ Back"), Day(distribution.id)),),
    )
    return Screen("\n".join(lines), rows)


def ask_count(texts: Texts, till: Till, cancel: Button) -> Screen:
    """How much is in the till?"""
    lines: Sequence[str] = [
        *till_lines(texts, till),
        texts.t(
            "How much is in the till? Type it, like {example}.", example=texts.bare_money(till.expected_cents)
        ),
    ]
    return Screen("\n".join(lines), ((cancel,),))


def ask_reason(texts: Texts, counted_cents: int, expected_cents: int, cancel: Button) -> Screen:
    """The till differs: why?"""
    text = texts.t(
        "{counted} counted, {expected} by the books: difference <b>{difference}</b>. Nothing is recorded yet. "
        "Count again, and if it is so, type the reason (it goes into the books).",
        counted=texts.money(counted_cents),
        expected=texts.money(expected_cents),
        difference=texts.signed_money(counted_cents - expected_cents),
    )
    return Screen(text, ((cancel,),))


def counted(texts: Texts, one: Counted, by: str) -> Screen:
    """The count is recorded; its difference, if any, is in the books."""
    count = one.count
    values = {"amount": texts.money(count.counted_cents), "by": by, "time": texts.time(count.at)}
    if count.kind is CountKind.OPENING:
        head = texts.t("💶 Till at opening: <b>{amount}</b>, counted by {by} at {time}.", **values)
    else:
        head = texts.t("💶 Till at closing: <b>{amount}</b>, counted by {by} at {time}.", **values)
    difference = count.counted_cents - count.expected_cents
    lines: list[str] = [head]
    if difference:
        lines.append(
            texts.t(
                "Difference {difference}, recorded with the reason: {reason}",
                difference=texts.signed_money(difference),
                reason=texts.noted(one.reason) if one.reason else "",
            )
        )
    else:
        lines.append(texts.t("It is what the books say."))
    back = button(texts.label("📦 Distribution day"), Day(count.distribution_id), below=True)
    return Screen("\n".join(lines), ((back,),))


def reason_again(texts: Texts) -> Html:
    """The reason is too long."""
    return texts.t("I need a reason, in at most 100 characters. Nothing is recorded yet.")
