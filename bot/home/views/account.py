"""A member's own account: home, balance, history, orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.distributions.taps import Distributions
from bot.home.taps import Balance, CancelOrder, ChooseGroup, History, LookAtGroup, MyOrders
from bot.members.taps import Balances
from bot.ordering.taps import OrderAt, ShowBasket, Start
from bot.ordering.views.order import current_line
from bot.ordering.views.paying import drop_button, expected_rows
from bot.payments.taps import ExpectedPayments, ExpectedTransfers
from bot.payments.views.topup import way_in
from bot.refunds.views import requests as refund_requests
from bot.settings.taps import Settings
from bot.ui import money
from bot.ui.screen import Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Member, Method
from ledger.groups.roles import Role, role_of
from ledger.orders.models import Confirmation
from ledger.orders.needless import Needless
from ledger.orders.service import OrderView
from ledger.payments.models import Payment, PaymentState, RefundRequest
from ledger.reference import format_reference


@dataclass(frozen=True, slots=True)
class Account:
    """What a member's account looks like: balance and expected in cents, and the payments that are expected.

    ``needless``: those of them that a card paid too late makes needless, by their ids.
    """

    balance_cents: int
    expected_cents: int
    expected: Sequence[Payment] = ()
    needless: Mapping[int, Needless] = field(default_factory=dict)


def home(texts: Texts, group: Group, member: Member, account: Account, *, several_groups: bool) -> Screen:
    """The first screen: where one stands, and what one can do."""
    lines: list[str] = [texts.t("<b>{group}</b>", group=group.title)]
    if group.payments_enabled:
        lines += ["", money.balance_with_expected(texts, account.balance_cents, account.expected_cents)]
    rows: list[Row] = [
        (
            button(texts.label("🛒 Order"), Start(), style="primary"),
            button(texts.label("🧺 Basket"), ShowBasket()),
        ),
        (button(texts.label("📦 My orders"), MyOrders()), button(texts.label("💰 My balance"), Balance())),
    ]
    if role_of(member) >= Role.TREASURER:
        rows.append(
            (
                button(texts.label("✅ Payments to confirm"), ExpectedPayments()),
                button(texts.label("📅 Distributions"), Distributions()),
            )
        )
        rows.append(
            (button(texts.label("👥 Balances"), Balances()), button(texts.label("⚙️ Settings"), Settings()))
        )
    if member.is_treasurer:
        rows.append((button(texts.label("🏦 Transfers awaited"), ExpectedTransfers(0)),))
    if several_groups:
        rows.append((button(texts.label("🔁 Another group"), ChooseGroup()),))
    return Screen("\n".join(lines)).with_rows(rows)


def choose_group(texts: Texts, groups: Sequence[Group]) -> Screen:
    """A person in several groups looks at one at a time."""
    rows = [(button(group.title[:60], LookAtGroup(group.id)),) for group in groups]
    return Screen(texts.t("Which group do you want to look at?")).with_rows(rows)


def balance_screen(texts: Texts, group: Group, account: Account, asked: RefundRequest | None) -> Screen:
    """One's balance, with what is expected and under which references, and what one asked back."""
    lines: list[str] = [
        texts.t("💰 <b>{group}</b>", group=group.title),
        "",
        money.balance_with_expected(texts, account.balance_cents, account.expected_cents),
    ]
    rows: list[Row] = []
    if asked is not None:
        lines.append(refund_requests.asked_line(texts, asked))
    for head, payments in _expected_by_kind(texts, account):
        lines += ["", head] if payments else []
        for payment in payments:
            lines.append(listed_line(texts, payment))
            needless = account.needless.get(payment.id)
            rows += [(drop_button(texts, needless),)] if needless else expected_rows(texts, payment)
    rows.append((button(texts.label("📜 History"), History(0)), button(texts.label("🛒 Order"), Start())))
    rows.append(way_in(texts, group))
    rows.append(refund_requests.way_in(texts, group, account.balance_cents, asked))
    return Screen("\n".join(lines)).with_rows(rows)


def _expected_by_kind(texts: Texts, account: Account) -> list[tuple[Html, list[Payment]]]:
    """What is to be paid, what is on its way, and what is not needed any more."""
    shown = account.expected[:5]
    under_way = [one for one in shown if one.under_way_since is not None]
    needless = [one for one in shown if one.id in account.needless]
    return [
        (texts.t("To pay:"), [one for one in shown if one not in under_way and one not in needless]),
        (texts.t("On its way, nothing to do:"), under_way),
        (texts.t("Not needed any more, since your card paid for it:"), needless),
    ]


def expected_line(texts: Texts, payment: Payment) -> Html:
    """``Chèque de 12,35 € — réf. K7M-3P9X``."""
    return texts.t(
        "• {method}, {amount} — reference {reference}",
        method=money.method(texts, payment.method),
        amount=texts.money(payment.amount_cents),
        reference=Html(f"<code>{format_reference(payment.reference)}</code>"),
    )


def listed_line(texts: Texts, payment: Payment) -> str:
    """The same in a list of what is expected: that it is under way is said."""
    line = expected_line(texts, payment)
    return line if payment.under_way_since is None else f"{line} · {payment_state(texts, payment)}"


def mixed_line(texts: Texts, choice: Confirmation, payment: Payment) -> Html:
    """``10,00 € de cagnotte + 2,35 € par chèque — réf. K7M-3P9X``."""
    return texts.t(
        "• {parts} — reference {reference}",
        parts=money.choice_parts(texts, choice),
        reference=Html(f"<code>{format_reference(payment.reference)}</code>"),
    )


def orders_screen(texts: Texts, group: Group, views: Sequence[OrderView], replaceable: set[int]) -> Screen:
    """One's last orders, with how each was to be paid. ``replaceable``: ids of orders one may still change."""
    if not views:
        return Screen(
            texts.t("{group}: you have no orders.", group=group.title),
            ((button(texts.label("🛒 Order"), Start()),),),
        )
    parts: list[str] = [texts.t("📦 <b>Your orders</b> · {group}", group=group.title)]
    rows: list[Row] = []
    for view in views:
        parts += ["", *_order_text(texts, view)]
        for _, payment in view.confirmations:
            if payment is not None and payment.state is PaymentState.EXPECTED:
                rows += expected_rows(texts, payment)
        if view.order.id in replaceable:
            when = texts.short_day(view.distribution.starts_at)
            rows.append(
                (
                    button(texts.label("✏️ Change {day}", day=when), OrderAt(view.distribution.id)),
                    button(texts.label("🗑 Cancel {day}", day=when), CancelOrder(view.order.id)),
                )
            )
    rows.append((button(texts.label("🛒 Order"), Start()), button(texts.label("💰 My balance"), Balance())))
    return Screen("\n".join(parts)).with_rows(rows)


def _order_text(texts: Texts, view: OrderView) -> list[str]:
    lines: list[str] = [
        texts.t(
            "<b>{when}</b> · {place}",
            when=texts.day_and_time(view.distribution.starts_at),
            place=view.distribution.place,
        ),
        *(current_line(texts, line) for line in view.current),
        texts.t("Total: <b>{total}</b>", total=texts.money(view.total_cents)),
    ]
    for confirmation, payment in view.confirmations:
        if payment is not None:
            is_mixed = confirmation.is_mixed
            line = mixed_line(texts, confirmation, payment) if is_mixed else expected_line(texts, payment)
            state = payment_state(texts, payment, view.taken_back.get(payment.id, 0))
            lines.append(f"{line} · {state}")
        elif confirmation.method is not None:
            lines.append(
                texts.t(
                    "• {method}, {amount}",
                    method=money.method(texts, confirmation.method),
                    amount=texts.money(confirmation.amount_cents),
                )
            )
    return lines


def payment_state(texts: Texts, payment: Payment, taken_back_cents: int = 0) -> Html:
    """Where a payment stands; ``taken_back_cents``: what the payer's bank took back of it after it was received."""
    if taken_back_cents:
        amount = texts.money(taken_back_cents)
        return texts.t("❌ {amount} taken back by the bank", amount=amount)
    if payment.under_way_since is not None:
        return texts.t("⏳ at the bank, which takes some days")
    if payment.method is Method.CARD and payment.state is PaymentState.EXPECTED:
        return texts.t("⏳ card payment under way")
    return {
        PaymentState.EXPECTED: texts.t("⏳ awaited"),
        PaymentState.RECEIVED: texts.t("✅ received"),
        PaymentState.REFUSED: texts.t("❌ not received"),
        PaymentState.CANCELLED: texts.t("cancelled"),
    }[payment.state]
