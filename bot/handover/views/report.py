"""Closing a distribution: what is left open, the report, what is said when the validation is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.handover.taps.day import Day, LeaveOpen, Orders, Reopen, WhichAreOpen
from bot.handover.taps.money import ShowTill
from bot.handover.views.day import DayPage, figures, title, validated_by
from bot.sheets.taps import Sheets
from bot.ui import money
from bot.ui.screen import Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group
from ledger.names import by_name
from ledger.orders.handover_models import CountKind
from ledger.orders.models import Distribution
from ledger.orders.order_state import OrderState, Tally, mark_of_orders
from ledger.orders.till import Counted

NAMES = 40


@dataclass(frozen=True, slots=True)
class Till:
    """What the books say is in the till, in cents, and how it was counted."""

    expected_cents: int
    counts: Sequence[Counted]


def left_open(
    texts: Texts, distribution: Distribution, states: Sequence[OrderState], by_id: int, *, names: bool
) -> Screen:
    """What is left open, and the button for the one who leaves it so; names only where coordinators are alone."""
    lines: list[str] = [
        title(texts, distribution),
        "",
        texts.nt(
            "{n} order is left open: nobody validated it.",
            "{n} orders are left open: nobody validated them.",
            len(states),
        ),
    ]
    rows: list[Row] = []
    if names:
        lines += [
            texts.t("• {name} — {amount}", name=texts.who(s.member), amount=texts.money(s.total_cents))
            for s in states[:NAMES]
        ]
        if len(states) > NAMES:
            lines.append("…")
        rows.append((button(texts.label("📋 Orders ({n})", n=len(states)), Orders(distribution.id, 0)),))
    else:
        rows.append((button(texts.label("👀 Which ones? (in private)"), WhichAreOpen(distribution.id)),))
    lines += [
        "",
        texts.t("Validate the distribution all the same? It will be noted that you left them open."),
    ]
    leave = texts.nlabel("🏁 Leave {n} order open", "🏁 Leave {n} orders open", len(states))
    seen = mark_of_orders(states)
    rows.append((button(leave, LeaveOpen(distribution.id, len(states), by_id, seen), style="danger"),))
    rows.append((button(texts.label("◀️ Back"), Day(distribution.id)),))
    return Screen("\n".join(lines)).with_rows(rows)


def report(
    texts: Texts, group: Group, page: DayPage, producers: Mapping[int, str], till: Till, *, buttons: bool
) -> Screen:
    """A distribution in figures: orders, per method, differences, per producer, cash to count. Names no member."""
    figures_ = page.report
    lines: list[str] = [texts.t("📊 <b>Report</b>"), title(texts, page.distribution)]
    if page.closed is not None:
        lines.append(validated_by(texts, page.closed.by, page.closed.step.at))
        if page.closed.step.left_open:
            lines.append(_left_open(texts, page.closed.step.left_open, page.closed.by))
    lines += ["", *figures(texts, group, page)]
    if figures_.per_producer:
        lines += ["", texts.t("🌱 <b>Producers</b>")]
        lines += [
            texts.t("• {name} — {amount}", name=producers[producer_id], amount=texts.money(amount))
            for producer_id, amount in by_name(figures_.per_producer.items(), lambda p: producers[p[0]])
        ]
    if group.payments_enabled:
        lines += ["", *_differences(texts, figures_.tally)]
        lines += ["", *till_lines(texts, till)]
    return Screen("\n".join(lines)).with_rows(_report_rows(texts, page) if buttons else ())


def _left_open(texts: Texts, count: int, by: str) -> Html:
    return texts.nt("{n} order was left open by {by}.", "{n} orders were left open by {by}.", count, by=by)


def _differences(texts: Texts, tally: Tally) -> list[str]:
    lines: list[str] = []
    if tally.expected_cents:
        amount = texts.money(tally.expected_cents)
        lines.append(texts.t("➖ Not received: {amount}, still awaited", amount=amount))
    lines += money.differences(texts, tally.missing_cents, tally.overpaid_cents)
    return lines or [texts.t("⚖️ No difference: everything is exactly paid.")]


def till_lines(texts: Texts, till: Till) -> list[str]:
    """The till by the books, and each count."""
    lines: list[str] = [
        texts.t("💶 Cash in the till by the books: <b>{amount}</b>", amount=texts.money(till.expected_cents))
    ]
    return lines + [count_line(texts, one) for one in till.counts]


def count_line(texts: Texts, one: Counted) -> str:
    """One count with its difference and reason."""
    count = one.count
    values = {"time": texts.time(count.at), "amount": texts.money(count.counted_cents)}
    if count.kind is CountKind.OPENING:
        line = texts.t("• {time}, at opening: {amount} counted", **values)
    else:
        line = texts.t("• {time}, at closing: {amount} counted", **values)
    difference = count.counted_cents - count.expected_cents
    if not difference:
        return line
    return texts.t(
        "{line}, difference {difference} {reason}",
        line=line,
        difference=texts.signed_money(difference),
        reason=texts.aside(one.reason) if one.reason else "",
    )


def _report_rows(texts: Texts, page: DayPage) -> list[Row]:
    distribution = page.distribution
    rows: list[Row] = [
        (
            button(texts.label("💶 Cash count"), ShowTill(distribution.id)),
            button(texts.label("🖨 Sheets"), Sheets(distribution.id)),
        )
    ]
    if page.closed is not None:
        undo = texts.label("↩️ Undo the validation")
        rows.append((button(undo, Reopen(distribution.id, page.closed.step.step)),))
    rows.append((button(texts.label("◀️ Back"), Day(distribution.id)),))
    return rows


def reopened(texts: Texts, distribution: Distribution, by: str) -> Screen:
    """The validation was taken back: said where the report was."""
    text = texts.t(
        "↩️ {by} took the validation of the distribution of {when} back. No money was moved.",
        by=by,
        when=texts.day_and_time(distribution.starts_at),
    )
    return Screen(text, ((button(texts.label("📦 Distribution day"), Day(distribution.id), below=True),),))


def reopened_by_order(texts: Texts, distribution: Distribution, total_cents: int, by: str) -> Screen:
    """An order's validation was taken back after the day was closed: the report is not true any more. Names no member."""
    text = texts.t(
        "↩️ {by} took the validation of an order of {amount} back, so the distribution of {when} is open again. What that "
        "validation had received is awaited again. Validate the order, then the distribution.",
        by=by,
        amount=texts.money(total_cents),
        when=texts.day_and_time(distribution.starts_at),
    )
    return Screen(text, ((button(texts.label("📦 Distribution day"), Day(distribution.id), below=True),),))
