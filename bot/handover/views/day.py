"""Distribution day as coordinators see it: the distribution's page, its orders, one order with its verdict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.board.taps import PostBoard
from bot.distributions.taps import Distributions
from bot.handover.taps.day import AskCancel, Close, Day, Move, OrderFor, Orders, Reopen, ShowOrder, ShowReport
from bot.handover.taps.goods import Products
from bot.handover.taps.money import ShowTill
from bot.payments.taps import ExpectedAt
from bot.sheets.taps import Sheets
from bot.ui import money
from bot.ui.paging import page_of, turning_row
from bot.ui.screen import WIDE, Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group
from ledger.orders.handover_models import DistributionStep
from ledger.orders.models import Distribution
from ledger.orders.validation import OrderState, Report

PAGE = 8
UNCHARGED_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Closed:
    """The validation of a distribution that stands, and who made it."""

    step: DistributionStep
    by: str


@dataclass(frozen=True, slots=True)
class DayPage:
    """A distribution in figures, and its validation if it stands. ``names``: only coordinators read it."""

    report: Report
    closed: Closed | None
    names: bool = False

    @property
    def distribution(self) -> Distribution:
        """Which one."""
        return self.report.distribution


def title(texts: Texts, distribution: Distribution) -> Html:
    """Which distribution."""
    return texts.t(
        "📦 <b>Distribution {when}</b>\n📍 {place}",
        when=texts.day_and_time(distribution.starts_at),
        place=distribution.place,
    )


def day_page(texts: Texts, group: Group, page: DayPage, now: dt.datetime) -> Screen:
    """Counts and what can be done; names nobody where members read along."""
    lines: list[str] = [title(texts, page.distribution), _state(texts, page, now)]
    if page.distribution.cancelled_at is None:
        lines += ["", *figures(texts, group, page)]
    return Screen("\n".join(lines)).with_rows(_day_rows(texts, group, page))


def _state(texts: Texts, page: DayPage, now: dt.datetime) -> Html:
    distribution = page.distribution
    if distribution.cancelled_at is not None:
        return texts.t("🚫 Cancelled.")
    if page.closed is not None:
        return validated_by(texts, page.closed.by, page.closed.step.at)
    closing = texts.day_and_time(distribution.closes_at)
    if distribution.is_open(now):
        return texts.t("🟢 Orders until {closing}", closing=closing)
    return texts.t("⚪ Orders are closed.")


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
    if expected := report.tally.expected_cents:
        lines.append(texts.t("⏳ Still awaited: {amount}", amount=texts.money(expected)))
    if report.tally.transfer_cents:
        lines.append(money.transfers_expected(texts, report.tally.transfer_cents))
    return [*lines, *_uncharged(texts, page)]


def _uncharged(texts: Texts, page: DayPage) -> list[str]:
    """What was ordered while payments were off: no balance counts it, so somebody must think of it."""
    found = page.report.uncharged
    if not found:
        return []
    lines: list[str] = [
        texts.nt(
            "⚠️ <b>{amount}</b> ordered while payments were off and never charged ({n} order). No balance "
            "counts it: collect it separately, or enter it with /opening NAME −AMOUNT.",
            "⚠️ <b>{amount}</b> ordered while payments were off and never charged ({n} orders). No balance"
            " counts it: collect it separately, or enter it with /opening NAME −AMOUNT.",
            len(found),
            amount=texts.money(sum(state.uncharged_cents for state in found)),
        )
    ]
    if page.names:
        lines += [uncharged_line(texts, state) for state in found[:UNCHARGED_SHOWN]]
        more = len(found) - UNCHARGED_SHOWN
        lines += [texts.nt("… and {n} more.", "… and {n} more.", more)] if more > 0 else []
    return lines


def uncharged_line(texts: Texts, state: OrderState) -> Html:
    """``• Marie : 12,35 € jamais débités``."""
    return texts.t(
        "• {name}: {amount} never charged",
        name=state.member.name,
        amount=texts.money(state.uncharged_cents),
    )


def _day_rows(texts: Texts, group: Group, page: DayPage) -> list[Row]:
    distribution = page.distribution
    refresh = button(texts.label("🔄 Refresh"), Day(distribution.id))
    last: Row = (refresh, button(texts.label("◀️ Back"), Distributions()))
    if distribution.cancelled_at is not None:
        return [last]
    rows: list[Row] = [
        (
            button(
                texts.label("📋 Orders ({n})", n=page.report.orders),
                Orders(distribution.id, 0),
                style="primary",
            ),
            button(texts.label("📌 Board"), PostBoard(distribution.id)),
        ),
        (
            button(texts.label("🥕 Goods"), Products(distribution.id, 0)),
            *(
                [button(texts.label("✅ Payments"), ExpectedAt(distribution.id, 0))]
                if group.payments_enabled
                else []
            ),
        ),
        (
            *(
                [button(texts.label("💶 Cash count"), ShowTill(distribution.id))]
                if group.payments_enabled
                else []
            ),
            button(texts.label("🖨 Sheets"), Sheets(distribution.id)),
        ),
    ]
    if page.closed is not None:
        undo = button(texts.label("↩️ Undo the validation"), Reopen(distribution.id, page.closed.step.step))
        return [*rows, (button(texts.label("📊 Report"), ShowReport(distribution.id)),), (undo,), last]
    close = texts.label("🏁 Validate the distribution")
    return [
        *rows,
        (button(texts.label("➕ Order for somebody"), OrderFor(distribution.id)),),
        (button(texts.label("📅 Move it"), Move(distribution.id)),),
        (button(texts.label("🚫 Cancel it"), AskCancel(distribution.id)),),
        (button(close, Close(distribution.id), style="success"),),
        last,
    ]


def icon(state: OrderState) -> str:
    """An order's state at one glance; the list explains them."""
    if state.validated is not None:
        return "✅🏦" if state.transfer_cents else "✅"
    if state.missing_cents > 0:
        return "⚠️"
    return "⏳" if state.expected_cents else "☑️"


def order_button(texts: Texts, state: OrderState, left_page: int | None = None) -> Button:
    """Leads to an order; ``left_page``: from that page of the list of who is left."""
    label = f"{icon(state)} {texts.who(state.member, WIDE)} · {texts.money(state.total_cents)}"
    return button(label, ShowOrder(state.order.id, left_page))


def orders_page(texts: Texts, distribution: Distribution, states: Sequence[OrderState], page: int) -> Screen:
    """Everybody's order by pages, the open ones first: name, total, state. For coordinators' eyes only."""
    open_first = sorted(states, key=lambda state: state.validated is not None)
    shown, page, pages = page_of(open_first, page, PAGE)
    lines: list[str] = [title(texts, distribution), ""]
    if states:
        lines.append(
            texts.t("✅ validated · ☑️ nothing awaited · ⏳ a payment is awaited · ⚠️ something is missing")
        )
        if any(state.validated is not None and state.transfer_cents for state in states):
            lines.append(texts.t("🏦 a bank transfer is awaited still"))
    else:
        lines.append(texts.t("Nobody has ordered."))
    if pages > 1:
        lines.append(texts.t("🔎 By name: /day NAME"))
    rows: list[Row] = [(order_button(texts, state),) for state in shown]
    rows.append(turning_row(page, pages, lambda at: Orders(distribution.id, at)))
    rows.append((button(texts.label("◀️ Back"), Day(distribution.id)),))
    return Screen("\n".join(lines)).with_rows(rows)


def no_distribution(texts: Texts) -> Screen:
    """Nothing was ever announced."""
    text = texts.t("There is no distribution. Announce one: members will be told and can order.")
    return Screen(text, ((button(texts.label("📅 Distributions"), Distributions()),),))
