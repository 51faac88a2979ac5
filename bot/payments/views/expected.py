"""What is expected, by pages, and what to do with a reference that names nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.handover.taps.day import Day
from bot.home.taps import Home
from bot.payments.taps import (
    ExpectedAt,
    ExpectedElsewhere,
    ExpectedPayments,
    ExpectedTransfers,
    ShowPayment,
)
from bot.payments.views.validation import PAGE, reference
from bot.ui import money
from bot.ui.paging import page_of, turning_row
from bot.ui.screen import Row, Screen, button
from bot.ui.taps import Tap
from bot.ui.texts import Html, Texts
from ledger.orders.distributions import NamedPayment
from ledger.orders.models import Distribution
from ledger.payments.models import Payment, PaymentState
from ledger.reference import format_reference


def expected_at(
    texts: Texts, distribution: Distribution, expected: Sequence[NamedPayment], page: int, *, names: bool
) -> Screen:
    """What is expected at a distribution; names only where coordinators are among themselves."""
    waiting = [e for e in expected if e.payment.state is PaymentState.EXPECTED]
    total = sum(e.payment.amount_cents for e in waiting)
    done = len(expected) - len(waiting)
    lines: list[str] = [
        texts.t(
            "✅ <b>Payments to confirm</b>\nDistribution {when} · {place}",
            when=texts.day_and_time(distribution.starts_at),
            place=distribution.place,
        ),
        texts.t(
            "{done} of {all} settled · {amount} still awaited",
            done=done,
            all=len(expected),
            amount=texts.money(total),
        ),
    ]
    if not waiting:
        lines.append(texts.t("Nothing is awaited any more."))
    rows = _waiting_rows(texts, waiting, page, names, lambda at: ExpectedAt(distribution.id, at))
    rows.append((button(texts.label("📦 Distribution day"), Day(distribution.id)),))
    return Screen("\n".join(lines)).with_rows(rows)


def expected_elsewhere(texts: Texts, waiting: Sequence[NamedPayment], page: int, *, names: bool) -> Screen:
    """What is expected and belongs to no order; names only where coordinators are among themselves."""
    title = texts.t("✅ <b>Payments to confirm</b>\nOther payments: money put on accounts")
    lines: list[str] = [title, _expected_sum(texts, waiting)]
    return Screen("\n".join(lines)).with_rows(_waiting_rows(texts, waiting, page, names, ExpectedElsewhere))


def expected_transfers(texts: Texts, waiting: Sequence[NamedPayment], page: int, *, names: bool) -> Screen:
    """Every bank transfer that is expected, with its reference; names only where coordinators are among themselves."""
    lines: list[str] = [texts.t("🏦 <b>Transfers awaited</b>"), _expected_sum(texts, waiting)]
    shown, _, _ = page_of(waiting, page, PAGE)
    for entry in shown if names else ():
        amount = texts.money(entry.payment.amount_cents)
        values = {
            "name": texts.called(entry.payment.member_id, entry.member_name),
            "amount": amount,
            "reference": reference(entry.payment),
        }
        lines.append(texts.t("• {name}: {amount}, reference {reference}", **values))
    rows = _waiting_rows(texts, waiting, page, names, ExpectedTransfers)
    return Screen("\n".join(lines)).with_rows([*rows, (button(texts.label("◀️ Back"), Home()),)])


def _expected_sum(texts: Texts, waiting: Sequence[NamedPayment]) -> Html:
    if not waiting:
        return texts.t("Nothing is awaited any more.")
    return texts.nt(
        "{n} payment · {amount} awaited",
        "{n} payments · {amount} awaited",
        len(waiting),
        amount=texts.money(sum(entry.payment.amount_cents for entry in waiting)),
    )


def _waiting_rows(
    texts: Texts, waiting: Sequence[NamedPayment], page: int, names: bool, to: Callable[[int], Tap]
) -> list[Row]:
    """A page of payments, a button each. ``to``: the tap that turns to a page."""
    shown, page, pages = page_of(waiting, page, PAGE)
    rows: list[Row] = []
    for entry in shown:
        payment = entry.payment
        who = (
            texts.called(payment.member_id, entry.member_name)
            if names
            else format_reference(payment.reference)
        )
        text = f"{money.METHOD_ICON[payment.method]} {who} · {texts.money(payment.amount_cents)}"
        rows.append((button(text[:64], ShowPayment(payment.id)),))
    rows.append(turning_row(page, pages, to))
    rows.append((button(texts.label("🔄 Refresh"), to(page)),))
    return rows


def nothing_expected(texts: Texts) -> Screen:
    """No distribution has payments."""
    return Screen(texts.t("No payment is awaited. New orders will appear here."))


def choose_distribution(
    texts: Texts, found: Sequence[tuple[Distribution, int]], elsewhere: int, page: int
) -> Screen:
    """Several distributions await payments, or payments are expected ``elsewhere``: which ones?"""
    shown, page, pages = page_of(found, page, PAGE)
    rows: list[Row] = [
        (button(f"{texts.day_and_time(d.starts_at)} · {count}"[:64], ExpectedAt(d.id, 0)),)
        for d, count in shown
    ]
    if elsewhere:
        rows.append((button(texts.label("Other payments · {count}", count=elsewhere), ExpectedElsewhere(0)),))
    rows.append(turning_row(page, pages, ExpectedPayments))
    return Screen(texts.t("Payments of which distribution?")).with_rows(rows)


def unknown_reference(texts: Texts, typed: str, near: Sequence[tuple[Payment, str]]) -> Screen:
    """No payment has this reference; those one slip away are proposed, never taken (B1)."""
    text = texts.t("I found no payment with the reference {typed}. No money was moved.", typed=typed[:40])
    if not near:
        return Screen(text)
    rows = [
        (
            button(
                f"{format_reference(p.reference)} · {name} · {texts.money(p.amount_cents)}"[:64],
                ShowPayment(p.id),
            ),
        )
        for p, name in near
    ]
    question = texts.t("Did you mean one of these?")
    return Screen(f"{text}\n{question}").with_rows(rows)
