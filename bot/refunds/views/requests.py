"""A member asks for their avoir back: the questions, what treasurers read, the answer."""

from __future__ import annotations

from collections.abc import Sequence

from bot.home.taps import Balance
from bot.refunds.taps import AskForRefund, WithdrawRequest
from bot.refunds.views.refunds import request_row
from bot.ui import money
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Member, Method
from ledger.notes.models import Note
from ledger.payments.models import RefundRequest


def way_in(texts: Texts, group: Group, balance_cents: int, request: RefundRequest | None) -> Row:
    """On one's balance: ask for money back, or take back what was asked."""
    if request is not None:
        return (button(texts.label("↩️ Take my request back"), WithdrawRequest(request.id)),)
    if balance_cents <= 0:
        return ()
    return (button(texts.label("💸 Ask for money back"), AskForRefund(group.id)),)


def asked_line(texts: Texts, request: RefundRequest) -> Html:
    """On one's balance: nobody has answered yet."""
    return texts.t(
        "💸 You asked for {amount} back on {day}: nobody has answered yet.",
        amount=texts.money(request.amount_cents),
        day=texts.short_day(request.created_at),
    )


def ask_amount(texts: Texts, group: Group, balance_cents: int, everything: Button, cancel: Button) -> Screen:
    """How much?"""
    lines: list[str] = [
        texts.t("💸 <b>Money back</b> · {group}", group=group.title),
        money.balance_with_expected(texts, balance_cents, 0),
        "",
        texts.t(
            "How much do you want back? Tap, or type it, like {example}.",
            example=texts.bare_money(min(balance_cents, 500)),
        ),
    ]
    return Screen("\n".join(lines), ((everything,), (cancel,)))


def everything(texts: Texts, balance_cents: int) -> str:
    """The button's text for all of it."""
    return texts.label("All my credit · {amount}", amount=texts.money(balance_cents))


def ask_way(texts: Texts, amount_cents: int, ways: Sequence[Button], cancel: Button) -> Screen:
    """How would they like it?"""
    text = texts.t("<b>{amount}</b> back: how would you like it?", amount=texts.money(amount_cents))
    return Screen(text).with_rows([*((way,) for way in ways), (cancel,)])


def preview(
    texts: Texts, amount_cents: int, way: Method, note: str | None, confirm: Button, cancel: Button
) -> Screen:
    """What will be asked, and that asking moves nothing."""
    lines: list[str] = [
        texts.t(
            "Ask for <b>{amount}</b> back ({method})?",
            amount=texts.money(amount_cents),
            method=money.method(texts, way),
        )
    ]
    if note:
        lines.append(texts.t("📝 {note}", note=note))
    lines += [
        "",
        texts.t("Whoever keeps the group's money is told. Your balance moves once it is given back."),
    ]
    if not note:
        lines.append(texts.t("Something to add (your bank account, when you are there)? Type it first."))
    return Screen("\n".join(lines), ((confirm,), (cancel,)))


def note_again(texts: Texts) -> Html:
    """Too long."""
    return texts.t("This is too long: at most 100 characters. Nothing was sent.")


def asked(texts: Texts, group: Group, request: RefundRequest, told: int) -> Screen:
    """Sent; or nobody could be told."""
    amount = texts.money(request.amount_cents)
    if told:
        text = texts.t(
            "✅ Asked for {amount} back. You are told when it is given back or declined.", amount=amount
        )
    else:
        text = texts.t(
            "✅ Asked for {amount} back. I could not write to anybody who keeps the group's money: tell a coordinator.",
            amount=amount,
        )
    row = (button(texts.label("💰 My balance"), Balance(), below=True),)
    return Screen(text, (way_in(texts, group, 0, request), row))


def told_asked(
    texts: Texts, group: Group, member: Member, request: RefundRequest, note: Note | None, balance_cents: int
) -> Screen:
    """What treasurers and coordinators read, with what they can do."""
    lines: list[str] = [
        texts.t(
            "💸 {group}: <b>{name}</b> asks for <b>{amount}</b> back ({method}).",
            group=group.title,
            name=texts.who(member),
            amount=texts.money(request.amount_cents),
            method=money.method(texts, request.way),
        )
    ]
    if note is not None:
        lines.append(texts.t("📝 {note}", note=texts.noted(note)))
    lines.append(texts.t("Balance: {balance}.", balance=money.balance_of(texts, balance_cents)))
    return Screen("\n".join(lines), (request_row(texts, request),))


def ask_reason(
    texts: Texts, member: Member, request: RefundRequest, without: Button, cancel: Button
) -> Screen:
    """Why is it declined? It may go without."""
    text = texts.t(
        "Decline the {amount} that <b>{name}</b> asks for? Type why (they read it), or decline without a reason.",
        amount=texts.money(request.amount_cents),
        name=texts.who(member),
    )
    return Screen(text, ((without,), (cancel,)))


def declined(texts: Texts, member: Member, request: RefundRequest) -> Html:
    """Above the member's page."""
    return texts.t(
        "❌ Declined: {amount} for {name}. No money was moved; they are told.",
        amount=texts.money(request.amount_cents),
        name=texts.who(member),
    )


def told_declined(
    texts: Texts,
    group: Group,
    request: RefundRequest,
    answer: Note | None,
    by: str,
    balance_cents: int,
    expected_cents: int,
) -> Screen:
    """What the member reads."""
    lines: list[str] = [
        texts.t(
            "❌ {group}: {by} declined your request for {amount} back.",
            group=group.title,
            by=by,
            amount=texts.money(request.amount_cents),
        )
    ]
    if answer is not None:
        lines.append(texts.t("📝 {note}", note=texts.noted(answer)))
    lines += ["", money.balance_with_expected(texts, balance_cents, expected_cents)]
    return Screen("\n".join(lines), ((button(texts.label("💰 My balance"), Balance(), below=True),),))


def withdrawn(texts: Texts) -> str:
    """Taken back; plain, for a toast."""
    return texts.label("Your request is taken back. Your credit is unchanged.")
