"""Payments and opening balances entered by hand: the questions, and the preview of what will be recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.home.views.account import listed_line
from bot.ui import money
from bot.ui.screen import Button, Row, Screen, side_by_side
from bot.ui.texts import Html, Texts
from ledger.groups.models import Member, Method
from ledger.orders.expected import Expected
from ledger.payments.models import Payment
from ledger.reference import format_reference


@dataclass(frozen=True, slots=True)
class Entry:
    """What is going to be entered; ``method`` is none for an opening balance."""

    member: Member
    amount_cents: int
    balance_cents: int
    method: Method | None = None
    dated: dt.date | None = None
    note: str | None = None


def ask_member(texts: Texts, choices: Sequence[Button], cancel: Button) -> Screen:
    """Whose account?"""
    text = texts.t("For which member? Tap, or type a name, part of one, or @username.")
    rows = side_by_side(choices)
    return Screen(text).with_rows([*rows, (cancel,)])


def unknown_member(texts: Texts, typed: str) -> Html:
    """Nobody fits."""
    return texts.t("I know no member called “{typed}” in this group. Nothing was recorded.", typed=typed[:60])


def several_members(texts: Texts) -> Html:
    """Several fit."""
    return texts.t("Several members fit. Which one?")


def ask_amount(texts: Texts, member: Member, cancel: Button, *, is_opening: bool) -> Screen:
    """How much?"""
    if is_opening:
        text = texts.t(
            "<b>{name}</b>: which balance do they bring from before? Type {credit} if the group owes them, "
            "{debt} if they owe the group.",
            name=texts.who(member),
            credit=f"+{texts.bare_money(1250)}",
            debt=f"-{texts.bare_money(1250)}",
        )
    else:
        text = texts.t(
            "<b>{name}</b>: how much was paid? Type it, like {example} (with a minus if you gave money back).",
            name=texts.who(member),
            example=texts.bare_money(1250),
        )
    return Screen(text, ((cancel,),))


def ask_method(texts: Texts, methods: Sequence[Button], cancel: Button) -> Screen:
    """How was it paid?"""
    return Screen(texts.t("How was it paid?"), (tuple(methods), (cancel,)))


def unknown_method(texts: Texts, typed: str) -> Html:
    """Something else stands where a method belongs."""
    return texts.t(
        "“{typed}” is no way of paying that can be entered by hand: a cheque, cash or a bank transfer.",
        typed=typed[:40],
    )


def ask_date(texts: Texts, today: Button, cancel: Button) -> Screen:
    """When was it paid?"""
    text = texts.t("When was it paid? Tap, or type the day, like 2026-11-02 or 02/11/2026.")
    return Screen(text, ((today,), (cancel,)))


def ask_note(texts: Texts, skip: Button, cancel: Button) -> Screen:
    """Anything to remember?"""
    text = texts.t("A note, for the history? Type it (the member reads it too), or go on without.")
    return Screen(text, ((skip,), (cancel,)))


def not_understood(texts: Texts, part: str) -> Html:
    """A date or a note that does not fit."""
    if part == "note":
        return texts.t("This note is too long: at most 100 characters. Nothing was recorded.")
    return texts.t(
        "I did not understand this day. Type it like 2026-11-02 or 02/11/2026. Nothing was recorded."
    )


def payment_form(texts: Texts) -> Html:
    """The one-line form."""
    return texts.t(
        "In one line: <code>/payment NAME AMOUNT cheque|cash|transfer [2026-11-02] [note]</code>, for example "
        "<code>/payment Marie 12.50 cheque</code>"
    )


def preview(
    texts: Texts, entry: Entry, confirm: Button, cancel: Button, expected: Sequence[Expected] = ()
) -> Screen:
    """What will be recorded, with the balance before and after; ``expected``: what it comes on top of."""
    after = entry.balance_cents + entry.amount_cents
    lines: list[str] = [what_is_entered(texts, entry), "", balance_line(texts, entry.balance_cents, after)]
    if expected:
        lines += ["", texts.t("➕ On top of what stays awaited:"), *_expected_lines(texts, expected)]
    lines += ["", texts.t("Nothing is recorded yet.")]
    return Screen("\n".join(lines), ((confirm,), (cancel,)))


def expected_already(
    texts: Texts, entry: Entry, expected: Sequence[Expected], due_cents: int, rows: Sequence[Row]
) -> Screen:
    """Money is expected from this member: is it the same? Received, it counts once. The first is not under way;
    ``due_cents`` is what it should bring now."""
    first = expected[0].payment
    lines: list[str] = [
        what_is_entered(texts, entry),
        "",
        texts.t("⏳ <b>Already awaited from this member:</b>"),
        *_expected_lines(texts, expected),
        "",
        texts.t("Is it this money? Then receive it here: it counts once."),
    ]
    if first.method is not entry.method:
        lines.append(
            texts.t(
                "It was announced otherwise: it is then received as {method}, and {announced} is no longer awaited.",
                method=money.method(texts, entry.method),
                announced=Html(f"<code>{format_reference(first.reference)}</code>"),
            )
        )
    verdict = money.difference(texts, due_cents, entry.amount_cents)
    lines += [verdict] if verdict else []
    lines += ["", texts.t("Nothing is recorded yet.")]
    return Screen("\n".join(lines)).with_rows(rows)


def _expected_lines(texts: Texts, expected: Sequence[Expected]) -> list[str]:
    return [f"{listed_line(texts, one.payment)} · {_what_for(texts, one)}" for one in expected]


def _what_for(texts: Texts, expected: Expected) -> Html:
    if expected.distribution is None:
        return texts.t("money put on the account")
    return texts.t("order for {when}", when=texts.day(expected.distribution.starts_at))


def receive_label(texts: Texts, entry: Entry, payment: Payment, *, is_first: bool, is_only: bool) -> str:
    """Receives what is expected, for the amount typed; the first of them is what one confirms."""
    values = {
        "amount": texts.money(entry.amount_cents),
        "reference": format_reference(payment.reference),
    }
    if is_only:
        return texts.label("✅ Confirm: Received · {amount}", **values)
    if is_first:
        return texts.label("✅ Confirm: Received · {amount} · {reference}", **values)
    return texts.label("✅ Received · {amount} · {reference}", **values)


def changed_meanwhile(texts: Texts, member: Member) -> Html:
    """Somebody else was at this account."""
    return texts.t("⚠️ The account of {name} changed since this screen was made.", name=texts.who(member))


def perhaps_recorded(texts: Texts, entry: Entry, notice: str, rows: Sequence[Row]) -> Screen:
    """A colleague may have recorded this very money: nothing more is done but on request."""
    lines: list[str] = [
        notice,
        texts.t("Balance now: <b>{balance}</b>", balance=money.balance_of(texts, entry.balance_cents)),
        "",
        what_is_entered(texts, entry),
        "",
        texts.t("This was not recorded. If it is the same money, cancel: it counts once."),
    ]
    return Screen("\n".join(lines)).with_rows(rows)


def what_is_entered(texts: Texts, entry: Entry) -> str:
    """Whose, how much, how, when, why."""
    name, amount = texts.who(entry.member), texts.signed_money(entry.amount_cents)
    if entry.method is None:
        return texts.t("📒 An opening balance for <b>{name}</b>: <b>{amount}</b>", name=name, amount=amount)
    values = {
        "name": name,
        "amount": texts.money(abs(entry.amount_cents)),
        "method": money.method(texts, entry.method),
    }
    if entry.amount_cents > 0:
        line = texts.t("💶 A payment by <b>{name}</b>: <b>{amount}</b>, {method}", **values)
    else:
        line = texts.t("💶 Given back to <b>{name}</b>: <b>{amount}</b>, {method}", **values)
    return "\n".join([line, *details(texts, entry.dated, entry.note)])


def details(texts: Texts, dated: dt.date | None, note: str | None) -> list[str]:
    """When and why, a line each."""
    lines: list[str] = []
    if dated is not None:
        lines.append(texts.t("🗓 {day}", day=texts.short_day(dated)))
    if note:
        lines.append(texts.t("📝 {note}", note=note))
    return lines


def balance_line(texts: Texts, before_cents: int, after_cents: int) -> Html:
    """The balance before and after, in cents."""
    return texts.t(
        "Balance: {before} → <b>{after}</b>",
        before=money.balance_of(texts, before_cents),
        after=money.balance_of(texts, after_cents),
    )


def not_recorded(texts: Texts) -> Screen:
    """Cancelled."""
    return Screen(texts.t("Cancelled. Nothing was recorded."))
