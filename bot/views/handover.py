"""Distribution day as coordinators see it: the distribution's page, its orders, one order with its verdict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.views import money
from bot.views.account import payment_state
from bot.views.order import current_line
from bot.views.screen import Button, Row, Screen, button
from bot.views.texts import Html, Texts
from bot.views.validation import reference
from ledger.groups.models import Group
from ledger.orders.handover_models import DistributionStep
from ledger.orders.models import Distribution
from ledger.orders.validation import OrderState, Report
from ledger.payments.models import Payment, PaymentState
from ledger.reference import format_reference

PAGE = 8


@dataclass(frozen=True, slots=True)
class Closed:
    """The validation of a distribution that stands, and who made it."""

    step: DistributionStep
    by: str


@dataclass(frozen=True, slots=True)
class DayPage:
    """A distribution in figures; ``expected_cents``: what is awaited still."""

    report: Report
    expected_cents: int
    closed: Closed | None

    @property
    def distribution(self) -> Distribution:
        """Which one."""
        return self.report.distribution


@dataclass(frozen=True, slots=True)
class OrderPage:
    """An order with its distribution, its member's balance in cents, and who validated it."""

    state: OrderState
    distribution: Distribution
    balance_cents: int
    validated_by: str | None


def title(texts: Texts, distribution: Distribution) -> Html:
    """Which distribution."""
    return texts.t(
        "📦 <b>Distribution {when}</b>\n📍 {place}",
        when=texts.day_and_time(distribution.starts_at),
        place=distribution.place,
    )


def day_page(texts: Texts, group: Group, page: DayPage, now: dt.datetime) -> Screen:
    """Counts and what can be done; names nobody."""
    lines = [title(texts, page.distribution), _state(texts, page, now), "", *figures(texts, group, page)]
    return Screen("\n".join(lines)).with_rows(_day_rows(texts, group, page))


def _state(texts: Texts, page: DayPage, now: dt.datetime) -> Html:
    distribution = page.distribution
    if distribution.cancelled_at is not None:
        return texts.t("🚫 Cancelled.")
    if page.closed is not None:
        return validated_by(texts, page.closed.by, page.closed.step.at)
    closing = texts.day_and_time(distribution.closes_at)
    if distribution.is_open(now):
        return texts.t("🟢 open until {closing}", closing=closing)
    return texts.t("⚪ closed since {closing}", closing=closing)


def validated_by(texts: Texts, name: str, at: dt.datetime) -> Html:
    """Who validated it and when."""
    return texts.t(
        "🏁 Validated by {name} at {time} ({day}).", name=name, time=texts.time(at), day=texts.day(at)
    )


def figures(texts: Texts, group: Group, page: DayPage) -> list[str]:
    """Orders, what was validated, and per method what was announced and received."""
    report = page.report
    lines: list[str] = [
        texts.nt(
            "{n} order · {total}",
            "{n} orders · {total}",
            report.orders,
            total=texts.money(report.total_cents),
        ),
        texts.t(
            "✅ {done} validated · {left} to validate",
            done=report.validated,
            left=report.orders - report.validated,
        ),
    ]
    if not group.payments_enabled:
        return lines
    lines += [
        texts.t(
            "{icon} {method}: {received} received of {announced}",
            icon=money.METHOD_ICON[method],
            method=money.method(texts, method),
            received=texts.money(totals.received_cents),
            announced=texts.money(totals.announced_cents),
        )
        for method, totals in report.per_method.items()
    ]
    if page.expected_cents:
        lines.append(texts.t("⏳ Still awaited: {amount}", amount=texts.money(page.expected_cents)))
    return lines


def _day_rows(texts: Texts, group: Group, page: DayPage) -> list[Row]:
    distribution = page.distribution
    refresh = button(texts.label("🔄 Refresh"), "day", distribution.id)
    last: Row = (refresh, button(texts.label("◀️ Back"), "distributions"))
    if distribution.cancelled_at is not None:
        return [last]
    rows: list[Row] = [
        (
            button(
                texts.label("📋 Orders ({n})", n=page.report.orders),
                "dorders",
                distribution.id,
                0,
                style="primary",
            ),
            button(texts.label("📌 Board"), "board", distribution.id),
        ),
        (
            button(texts.label("🥕 Goods"), "dgoods", distribution.id, 0),
            *(
                [button(texts.label("✅ Payments"), "awaited", distribution.id, 0)]
                if group.payments_enabled
                else []
            ),
        ),
        (
            button(texts.label("💶 Cash count"), "dcash", distribution.id),
            button(texts.label("🖨 Sheets"), "sheets", distribution.id),
        ),
    ]
    if page.closed is not None:
        undo = button(texts.label("↩️ Undo the validation"), "dundo", distribution.id, page.closed.step.step)
        return [*rows, (button(texts.label("📊 Report"), "dreport", distribution.id), undo), last]
    close = texts.label("🏁 Validate the distribution")
    return [
        *rows,
        (button(texts.label("➕ Order for somebody"), "dfor", distribution.id),),
        (
            button(texts.label("📅 Move it"), "dmove", distribution.id),
            button(texts.label("🚫 Cancel it"), "dcancel", distribution.id),
        ),
        (button(close, "dclose", distribution.id, style="success"),),
        last,
    ]


def icon(state: OrderState) -> str:
    """An order's state at one glance; the list explains them."""
    if state.validated is not None:
        return "✅"
    if state.missing_cents > 0:
        return "⚠️"
    return "⏳" if state.expected_cents else "☑️"


def orders_page(texts: Texts, distribution: Distribution, states: Sequence[OrderState], page: int) -> Screen:
    """Everybody's order by pages: name, total, state. For coordinators' eyes only."""
    pages = max((len(states) + PAGE - 1) // PAGE, 1)
    page = min(max(page, 0), pages - 1)
    lines: list[str] = [title(texts, distribution), ""]
    if states:
        lines.append(
            texts.t("✅ validated · ☑️ nothing awaited · ⏳ a payment is awaited · ⚠️ something is missing")
        )
    else:
        lines.append(texts.t("Nobody has ordered."))
    rows: list[Row] = [
        (
            button(
                f"{icon(state)} {state.member.name[:36]} · {texts.money(state.total_cents)}",
                "dorder",
                state.order.id,
            ),
        )
        for state in states[page * PAGE : (page + 1) * PAGE]
    ]
    rows.append(page_row("dorders", distribution.id, page, pages))
    rows.append((button(texts.label("◀️ Back"), "day", distribution.id),))
    return Screen("\n".join(lines)).with_rows(rows)


def page_row(verb: str, of: int, page: int, pages: int) -> Row:
    """Buttons that turn the page; nothing where there is but one."""
    if pages < 2:
        return ()
    return (
        button("◀️", verb, of, (page - 1) % pages),
        button(f"{page + 1} / {pages}", verb, of, page),
        button("▶️", verb, of, (page + 1) % pages),
    )


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
        on_credit = state.total_cents - state.due_cents
        if on_credit:
            lines.append(texts.t("🐷 By member credit: {amount}", amount=texts.money(on_credit)))
        lines.append(verdict(texts, state))
        balance = money.balance_of(texts, page.balance_cents)
        lines.append(texts.t("Balance: {balance}.", balance=balance))
    if state.validated is not None and page.validated_by is not None:
        lines += ["", validated_by(texts, page.validated_by, state.validated.at)]
    return Screen("\n".join(lines)).with_rows(_order_rows(texts, group, page))


def payment_line(texts: Texts, state: OrderState, payment: Payment) -> str:
    """A payment and where it stands; with what it brought where that is another amount."""
    brought = state.received.get(payment.id)
    what = payment_state(texts, payment.state)
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
    if not state.expected_cents:
        return sentence
    amount = texts.money(state.expected_cents)
    return texts.t("{verdict}, once the awaited {amount} is received", verdict=sentence, amount=amount)


def _order_rows(texts: Texts, group: Group, page: OrderPage) -> list[Row]:
    state, order = page.state, page.state.order
    rows: list[Row] = []
    if state.validated is None:
        rows.append((_validate_button(texts, state),))
    rows += [
        (_payment_button(texts, payment),)
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
    return button(label, "dval", state.order.id, state.expected_cents, style="success")


def _payment_button(texts: Texts, payment: Payment) -> Button:
    mark = "✅" if payment.state is PaymentState.RECEIVED else money.METHOD_ICON[payment.method]
    text = f"{mark} {format_reference(payment.reference)} · {texts.money(payment.amount_cents)}"
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


def no_distribution(texts: Texts) -> Screen:
    """Nothing was ever announced."""
    text = texts.t("There is no distribution. Announce one: members will be told and can order.")
    return Screen(text, ((button(texts.label("📅 Distributions"), "distributions"),),))
