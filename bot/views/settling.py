"""Settling what is between a member and the group before they leave: given back, or written off."""

from __future__ import annotations

from bot.views import money
from bot.views.screen import Button, Row, Screen
from bot.views.texts import Html, Texts
from ledger.groups.models import Group, Member, Method


def ask_reason(texts: Texts, member: Member, cents: int, cancel: Button) -> Screen:
    """Why is it given up?"""
    text = (
        texts.t(
            "Write off the {amount} that <b>{name}</b> owes? Type the reason: it stays in the books.",
            amount=texts.money(-cents),
            name=member.name,
        )
        if cents < 0
        else texts.t(
            "Keep the {amount} that belong to <b>{name}</b>? Type the reason: it stays in the books.",
            amount=texts.money(cents),
            name=member.name,
        )
    )
    return Screen(text, ((cancel,),))


def reason_again(texts: Texts) -> Html:
    """It does not fit."""
    return texts.t("I need a reason, in at most 100 characters. Nothing was recorded.")


def settlement_preview(
    texts: Texts, member: Member, cents: int, method: Method | None, reason: str | None, buttons: Row
) -> Screen:
    """What will be recorded."""
    if method is not None:
        text = texts.t(
            "Given back to <b>{name}</b>: <b>{amount}</b> ({method}). Their balance is then {zero}.",
            name=member.name,
            amount=texts.money(cents),
            method=money.method(texts, method),
            zero=texts.money(0),
        )
    else:
        text = texts.t(
            "Written off for <b>{name}</b>: <b>{amount}</b> ({reason}). Their balance is then {zero}.",
            name=member.name,
            amount=texts.money(abs(cents)),
            reason=reason or "",
            zero=texts.money(0),
        )
    return Screen(text, tuple((one,) for one in buttons))


def settled(texts: Texts, member: Member) -> Html:
    """Recorded."""
    return texts.t("✅ Recorded: the balance of {name} is {zero}.", name=member.name, zero=texts.money(0))


def told_settled(
    texts: Texts, group: Group, by: str, cents: int, method: Method | None, reason: str | None
) -> Screen:
    """What the member reads."""
    if method is not None:
        text = texts.t(
            "💶 {group}: {by} gave you back <b>{amount}</b> ({method}). Your balance is {zero}.",
            group=group.title,
            by=by,
            amount=texts.money(cents),
            method=money.method(texts, method),
            zero=texts.money(0),
        )
    else:
        text = texts.t(
            "🖊 {group}: {by} wrote off <b>{amount}</b> ({reason}). Your balance is {zero}.",
            group=group.title,
            by=by,
            amount=texts.money(abs(cents)),
            reason=reason or "",
            zero=texts.money(0),
        )
    return Screen(text)
