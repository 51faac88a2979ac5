"""Confirming payments: one payment with its buttons, what became of it, what its member reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.handover.taps.day import ShowOrder
from bot.handover.taps.money import Instead
from bot.home.taps import Balance
from bot.home.views.account import payment_state
from bot.payments.taps import (
    AnotherAmount,
    ExpectedAt,
    ExpectedElsewhere,
    ExpectedPayments,
    Receive,
    ReceiveLate,
    Refuse,
    Undo,
)
from bot.refusals import sentences as errors
from bot.ui import money
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Member, Method
from ledger.orders.distributions import NamedPayment
from ledger.orders.order_state import Receipt, Settles, sums
from ledger.payments.models import Payment, PaymentState, Settlement
from ledger.payments.service import AlreadySettled, is_far_off
from ledger.reference import format_reference

PAGE = 8
ELSEWHERE = 0
"""Stands for a distribution's id where a payment belongs to no order."""


@dataclass(frozen=True, slots=True)
class Back:
    """The list a payment's screen leads back to: a distribution's, or :data:`ELSEWHERE`, and which page of it."""

    distribution_id: int
    page: int


def list_page(listed: Sequence[NamedPayment], payment: Payment) -> int:
    """The page that a payment stands on among those expected, or stood on; the first where it is not listed."""
    before = 0
    for entry in listed:
        if entry.payment.id == payment.id:
            return before // PAGE
        before += entry.payment.state is PaymentState.EXPECTED
    return 0


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A payment with what is known of it: the member, the last settlement and who made it, steps so far.

    ``due``: what it should bring as its order stands now. ``may_come_late``: it was cancelled, and may arrive all the same.
    """

    payment: Payment
    member: Member
    settled: AlreadySettled | None
    steps: int
    balance_cents: int
    due: Receipt
    order_id: int | None = None
    may_come_late: bool = False


def reference(payment: Payment) -> Html:
    """The reference in a form that one tap copies."""
    return Html(f"<code>{format_reference(payment.reference)}</code>")


def can_be_undone(payment: Payment) -> bool:
    """What was cancelled stays so, unless a coordinator entered it as received by hand; cards are Stripe's affair."""
    if payment.method is Method.CARD:
        return False
    if payment.state is not PaymentState.CANCELLED:
        return True
    return payment.entered_by_id is not None


def payment_page(
    texts: Texts, page: PaymentPage, amount_cents: int | None = None, back: Back | None = None
) -> Screen:
    """One payment with what can be done about it. ``amount_cents``: the amount given, where it is another one."""
    payment = page.payment
    lines: list[str] = [
        texts.t("<b>{name}</b>", name=texts.who(page.member)),
        texts.t(
            "{method} of <b>{amount}</b> — reference {reference}",
            method=money.method(texts, payment.method),
            amount=texts.money(payment.amount_cents),
            reference=reference(payment),
        ),
    ]
    rows: list[Row] = []
    if page.settled is not None:
        lines += ["", errors.already_settled(texts, page.settled)]
        if can_be_undone(payment):
            rows.append((button(texts.label("↩️ Undo (cancel this)"), Undo(payment.id, page.steps)),))
        if page.may_come_late:
            given = payment.amount_cents if amount_cents is None else amount_cents
            lines.append(
                texts.t(
                    "🏦 If this transfer arrived all the same, receive it: it is credit on the member's account."
                )
            )
            label = texts.label("✅ Received all the same · {amount}", amount=texts.money(given))
            rows.append((button(label, ReceiveLate(payment.id, page.steps, given)),))
    elif payment.method is Method.CARD:
        if payment.under_way_since is not None:
            lines += ["", payment_state(texts, payment)]
        lines += [
            "",
            texts.t(
                "💳 Paid online: Stripe says when it is paid, nobody confirms it here. If the money was handed over "
                "instead, choose how."
            ),
        ]
        rows.append((button(texts.label("Other method"), Instead(payment.id, page.steps)),))
    else:
        lines += _to_receive(texts, page, amount_cents)
        rows += _receiving_rows(texts, page, amount_cents)
    rows.append(_back_row(texts, back, page.order_id))
    return Screen("\n".join(lines)).with_rows(rows)


def _to_receive(texts: Texts, page: PaymentPage, given_cents: int | None) -> list[str]:
    """What to look at before it is received: the bank account, what the order comes to now, what ``given_cents`` leaves."""
    lines: list[str] = []
    if page.payment.method is Method.TRANSFER:
        lines.append(texts.t("🏦 Look at the bank account first."))
    if page.due.settles is Settles.NOTHING:
        lines.append(
            texts.t("⚖️ Nothing is left to pay for the order: if it comes all the same, it is credit.")
        )
    elif page.due.settles is not Settles.AS_ANNOUNCED:
        amount = texts.money(page.due.amount_cents)
        why = money.settles(texts, page.due.settles)
        lines.append(texts.t("⚖️ To be paid now: <b>{amount}</b> ({why})", amount=amount, why=why))
    if given_cents is None:
        return lines
    if is_far_off(page.payment.amount_cents, given_cents):
        lines += ["", far_off(texts, page.payment.amount_cents, given_cents)]
    else:
        lines.append(texts.t("Amount given: <b>{amount}</b>", amount=texts.money(given_cents)))
        verdict = money.difference(texts, page.due.amount_cents, given_cents)
        lines += [verdict] if verdict else []
    return lines


def _receiving_rows(texts: Texts, page: PaymentPage, given_cents: int | None) -> list[Row]:
    """✅ for what was given, or for each sum that may be; and the other ways out."""
    payment = page.payment
    offered = sums(payment.method, payment.amount_cents, page.due)
    is_odd = given_cents is not None and is_far_off(payment.amount_cents, given_cents)
    if given_cents is not None and not is_odd:
        offered = [Receipt(Settles.AS_ANNOUNCED, given_cents)]
    rows: list[Row] = [
        (
            button(
                money.received_label(texts, one, alone=len(offered) == 1),
                Receive(payment.id, page.steps, one.amount_cents, page.due.amount_cents),
                style=None if number else "success",
            ),
        )
        for number, one in enumerate(offered)
    ]
    if given_cents is not None and is_odd:
        yes = texts.label("Yes, {amount}", amount=texts.money(given_cents))
        sure = Receive(payment.id, page.steps, given_cents, page.due.amount_cents)
        rows.append((button(yes, sure, style="danger"),))
    rows.append(
        (
            button(texts.label("Other amount"), AnotherAmount(payment.id, page.steps)),
            button(texts.label("Not received"), Refuse(payment.id, page.steps), style="danger"),
        )
    )
    rows.append((button(texts.label("Other method"), Instead(payment.id, page.steps)),))
    return rows


def far_off(texts: Texts, expected_cents: int, given_cents: int) -> Html:
    """A comma was left out, or so it seems: both amounts, before anything is recorded."""
    return texts.t(
        "⚠️ <b>{given}</b> instead of <b>{awaited}</b>: that is ten times as much or more. Nothing is recorded yet. Tap "
        "what was given.",
        given=texts.money(given_cents),
        awaited=texts.money(expected_cents),
    )


def settled(
    texts: Texts,
    page: PaymentPage,
    settlement: Settlement,
    by: str,
    back: Back | None,
    *,
    due_cents: int | None = None,
    discreet: bool,
) -> Screen:
    """What was just done, with the way to undo it. ``discreet``: members read along, so nobody's balance is shown.

    ``due_cents``: what it should have brought, where that is not what was announced.
    """
    payment = page.payment
    amount = settlement.amount_cents
    values = {
        "method": money.method(texts, payment.method),
        "amount": texts.money(payment.amount_cents if amount is None else amount),
        "name": texts.who(page.member),
        "reference": reference(payment),
        "by": by,
        "time": texts.time(settlement.at),
    }
    if amount is None:
        line = texts.t(
            "❌ {method} of {amount} from <b>{name}</b> ({reference}) marked as not received by {by} at {time}.",
            **values,
        )
        verdict: Html | None = texts.t("The debt stays on the balance.")
    else:
        line = texts.t(
            "✅ <b>{amount}</b> received from <b>{name}</b> ({method}, {reference}), confirmed by {by} at {time}.",
            **values,
        )
        due = payment.amount_cents if due_cents is None else due_cents
        verdict = money.difference(texts, due, amount)
    lines: list[str] = [line, *([verdict] if verdict else [])]
    if not discreet:
        lines.append(texts.t("Balance: {balance}.", balance=money.balance_of(texts, page.balance_cents)))
    rows = [
        (button(texts.label("↩️ Undo (cancel this)"), Undo(payment.id, page.steps)),),
        _back_row(texts, back, page.order_id),
    ]
    return Screen("\n".join(lines)).with_rows(rows)


def toast_settled(texts: Texts, page: PaymentPage, settlement: Settlement) -> str:
    """What was done, over the button, at once."""
    name = texts.who(page.member)
    if settlement.amount_cents is None:
        amount = texts.money(page.payment.amount_cents)
        return texts.label("❌ {name} · {amount} not received", name=name, amount=amount)
    return texts.label(
        "✅ {name} · {amount} received", name=name, amount=texts.money(settlement.amount_cents)
    )


def _back_row(texts: Texts, to: Back | None, order_id: int | None) -> Row:
    label = texts.label("◀️ Back")
    if to is None:
        back = button(label, ExpectedPayments())
    elif to.distribution_id == ELSEWHERE:
        back = button(label, ExpectedElsewhere(to.page))
    else:
        back = button(label, ExpectedAt(to.distribution_id, to.page))
    return (back, button(texts.label("📋 The order"), ShowOrder(order_id))) if order_id else (back,)


def ask_amount(texts: Texts, payment: Payment, cancel: Button) -> Screen:
    """How much was given instead?"""
    text = texts.t(
        "How much was given instead of {amount} ({reference})? Type it, like {example}.",
        amount=texts.money(payment.amount_cents),
        reference=reference(payment),
        example=texts.bare_money(payment.amount_cents),
    )
    return Screen(text, ((cancel,),))


def told_member(
    texts: Texts,
    payment: Payment,
    settlement: Settlement,
    balance_cents: int,
    expected_cents: int,
    due_cents: int | None = None,
) -> Screen:
    """What the member reads when their payment is confirmed, refused or undone; ``due_cents`` as in :func:`settled`."""
    values = {
        "method": money.method(texts, payment.method),
        "amount": texts.money(settlement.amount_cents or payment.amount_cents),
        "reference": reference(payment),
    }
    verdict: Html | None = None
    if settlement.kind == "received":
        line = texts.t("✅ {method}: {amount} received (reference {reference}). Thank you!", **values)
        due = payment.amount_cents if due_cents is None else due_cents
        verdict = money.difference(texts, due, settlement.amount_cents or 0)
    elif settlement.kind == "undone":
        line = texts.t(
            "↩️ {method} of {amount} (reference {reference}): a coordinator took the last step back.", **values
        )
    else:
        line = texts.t("❌ {method} of {amount} (reference {reference}) was not received.", **values)
    after = money.balance_with_expected(texts, balance_cents, expected_cents)
    lines: list[str] = [line, *([verdict] if verdict else []), "", after]
    return Screen("\n".join(lines), ((button(texts.label("💰 My balance"), Balance(), below=True),),))
