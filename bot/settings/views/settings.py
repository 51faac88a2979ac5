"""The group's options on one screen, and the questions behind them.

Every button that changes an option names the group, so that one on an old screen never changes another group's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.taps import CardSettings
from bot.home.taps import Home
from bot.members.taps import Coordinators
from bot.settings import taps
from bot.settings.taps import Option
from bot.ui import money
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, JoinPolicy, Method
from ledger.groups.service import can_take_cards
from ledger.money import SMALLEST_BY_CARD
from ledger.orders.models import Distribution


@dataclass(frozen=True, slots=True)
class Links:
    """The group's links: for members, and to make a chat the coordinators' chat."""

    join_url: str
    coordinators_url: str


def masked(iban: str) -> str:
    """An IBAN of which only the last four characters show."""
    return f"{iban[:2]}•• •••• {iban[-4:]}"


def settings(texts: Texts, group: Group, offered: list[Method], links: Links) -> Screen:
    """All options with their values."""
    t = texts.t
    on, off = t("on"), t("off")
    nothing = t("(not set)")
    methods = ", ".join(money.method(texts, method) for method in offered)
    lines: list[str] = [
        t("⚙️ <b>Settings</b> · {group}", group=group.title),
        "",
        t("Payments: <b>{state}</b>", state=on if group.payments_enabled else off),
        t("Ways to pay: {methods}", methods=methods or nothing),
        t("Negative balances: <b>{state}</b>", state=on if group.negative_balances else off),
        t("Name for cheques: {name}", name=group.payee_name or nothing),
        t("IBAN: {iban}", iban=masked(group.iban) if group.iban else nothing),
        t("Account holder: {name}", name=group.account_holder or nothing),
        *money.no_iban(texts, group, in_settings=True),
        t("Language of the group: {language}", language=_language(group.language)),
        t("Time zone: {zone}", zone=group.time_zone),
        t("Currency: {currency}", currency=texts.currency_name),
        t("Who may join: {who}", who=join_policy(texts, group.join_policy)),
        t("Invitation link: {url}", url=Html(f"<code>{links.join_url}</code>")),
    ]
    rows: list[Row] = [
        (
            button(texts.label("💶 Payments on/off"), taps.Payments(group.id)),
            button(texts.label("Ways to pay"), taps.Methods(group.id)),
        ),
        (
            button(texts.label("Negative balances"), taps.NegativeBalances(group.id)),
            button(texts.label("Name for cheques"), taps.AskValue(group.id, Option.PAYEE_NAME)),
        ),
        (
            button(texts.label("🏦 IBAN"), taps.AskValue(group.id, Option.IBAN)),
            button(texts.label("Account holder"), taps.AskValue(group.id, Option.ACCOUNT_HOLDER)),
        ),
        (button(texts.label("💳 Card"), CardSettings(group.id)),),
        (
            button(texts.label("Name of the group"), taps.AskValue(group.id, Option.TITLE)),
            button(texts.label("Language"), taps.GroupLanguage(group.id)),
        ),
        (
            button(texts.label("🕑 Time zone"), taps.AskValue(group.id, Option.TIME_ZONE)),
            button(texts.label("Who may join"), taps.Joining(group.id)),
        ),
        (
            Button(texts.label("📋 Copy the invitation"), copy=links.join_url),
            button(texts.label("🔁 New invitation"), taps.NewInvitation(group.id)),
        ),
        (Button(texts.label("👥 A chat for the coordinators"), url=links.coordinators_url),),
        (button(texts.label("🧑‍🌾 Coordinators"), Coordinators()), button(texts.label("◀️ Back"), Home())),
    ]
    return Screen("\n".join(lines)).with_rows(rows)


def _language(language: str) -> str:
    return {"fr": "français", "en": "English"}.get(language, language)


def join_policy(texts: Texts, policy: JoinPolicy) -> str:
    """Who may join, plain."""
    if policy is JoinPolicy.LINK:
        return texts.label("whoever has the link")
    return texts.label("whoever is in the group's chat")


def back_row(texts: Texts) -> Row:
    """Back to the options."""
    return (button(texts.label("◀️ Back"), taps.Settings()),)


def payments_question(texts: Texts, group: Group) -> Screen:
    """What switching payments on or off means, before it is done (R1)."""
    if group.payments_enabled:
        text = texts.t(
            "<b>Payments are on.</b> Each order moves the member's account, and members choose how to pay.\n\n"
            "Switched off: orders are only written down, no account moves, and members may change or cancel new orders "
            "until they close. Balances and awaited payments stay as they are."
        )
        label, wanted, style = texts.label("Switch payments off"), False, "danger"
    else:
        text = texts.t(
            "<b>Payments are off.</b> Orders are only written down, no account moves.\n\n"
            "Switched on: each new order moves the member's account, members choose how to pay, and may add to an order "
            "but not remove from it. Orders made before are not charged."
        )
        label, wanted, style = texts.label("Switch payments on"), True, "success"
    rows = ((button(label, taps.Payments(group.id, wanted), style=style),), back_row(texts))
    return Screen(text, rows)


def methods_question(texts: Texts, group: Group, offered: list[Method]) -> Screen:
    """Which ways to pay does the group offer (R10)? At least one stays."""
    rows: list[Row] = []
    text = texts.t("Tap the ways to pay that members can choose:")
    for method in Method:
        if method is Method.CARD and not can_take_cards(group):
            if group.currency not in SMALLEST_BY_CARD:
                continue
            hint = texts.t("💳 Card is possible too, with a Stripe key: see “Card” in the settings.")
            text = Html(f"{text}\n\n{hint}")
            continue
        is_offered = method in offered
        label = f"{'✅' if is_offered else '⬜'} {money.METHOD_ICON[method]} {money.method(texts, method)}"
        rows.append((button(label, taps.OfferMethod(group.id, method, not is_offered)),))
    if not group.takes_cards and group.currency in SMALLEST_BY_CARD:
        rows.append((button(texts.label("💳 Card"), CardSettings(group.id)),))
    rows.append(back_row(texts))
    return Screen(text).with_rows(rows)


def negative_question(texts: Texts, group: Group) -> Screen:
    """May a member's account go below zero (R14)?"""
    if group.negative_balances:
        text = texts.t(
            "<b>Negative balances are on.</b> Members can order with “Member credit” and settle their "
            "balance later."
        )
        label, wanted = texts.label("Do not allow negative balances"), False
    else:
        text = texts.t(
            "<b>Negative balances are off.</b> To order with “Member credit”, a member's account must hold enough first."
        )
        label, wanted = texts.label("Allow negative balances"), True
    return Screen(text, ((button(label, taps.NegativeBalances(group.id, wanted)),), back_row(texts)))


def language_question(texts: Texts, group: Group) -> Screen:
    """The language of what everybody reads in the group's chat."""
    rows = (
        (
            button("Français", taps.GroupLanguage(group.id, "fr")),
            button("English", taps.GroupLanguage(group.id, "en")),
        ),
        back_row(texts),
    )
    return Screen(
        texts.t("In which language shall I write in the group's chat? In private, each member chooses."), rows
    )


def join_question(texts: Texts, group: Group) -> Screen:
    """Who may join?"""
    rows = (
        (button(texts.label("Whoever is in the group's chat"), taps.Joining(group.id, JoinPolicy.CHAT)),),
        (button(texts.label("Whoever has the link"), taps.Joining(group.id, JoinPolicy.LINK)),),
        back_row(texts),
    )
    return Screen(texts.t("Who may join the group with its link?"), rows)


def zone_preview(texts: Texts, group: Group, zone: str, coming: Sequence[Distribution]) -> Screen:
    """What another time zone does to what is announced: the moments stay, the clock that shows them is another."""
    new = Texts(texts.language, zone, texts.currency)
    lines: list[str] = [
        texts.t("🕑 Time zone: {before} → <b>{after}</b>", before=group.time_zone, after=zone),
        "",
        texts.t("What is announced keeps its moment, and is shown by the other clock:"),
    ]
    for one in coming:
        lines += [
            texts.t("📍 {place}", place=one.place),
            _clocks(texts, texts.day_and_time(one.starts_at), new.day_and_time(one.starts_at)),
            texts.t("⏳ Orders until:"),
            _clocks(texts, texts.day_and_time(one.closes_at), new.day_and_time(one.closes_at)),
            "",
        ]
    lines += [
        texts.t("Reminders follow: at night, from 21:00 to 8:00 of the new clock, I am silent."),
        texts.t("If a distribution is to keep its hour instead, move it afterwards: /day."),
        texts.t("Nothing is changed yet."),
    ]
    return Screen("\n".join(lines))


def _clocks(texts: Texts, before: str, after: str) -> Html:
    return texts.t("      {before} → <b>{after}</b>", before=before, after=after)


def invitation_question(texts: Texts, group: Group) -> Screen:
    """A new link makes the old one useless."""
    text = texts.t(
        "With a new invitation, the old link and the “Order” buttons already posted stop working for people who are not "
        "members yet. Send /setup in the chat to post a new button."
    )
    return Screen(
        text,
        ((button(texts.label("Make a new invitation"), taps.NewInvitation(group.id, 1)),), back_row(texts)),
    )


def ask_value(texts: Texts, option: Option, rows: list[Row]) -> Screen:
    """A value to be typed."""
    questions = {
        Option.PAYEE_NAME: texts.t("To whom are cheques made out? Type the name."),
        Option.IBAN: texts.t("Which IBAN do members transfer to? Type it, spaces do not matter."),
        Option.ACCOUNT_HOLDER: texts.t("Who holds this bank account? Type the name as the bank knows it."),
        Option.TITLE: texts.t("What is the group called? Type its name."),
        Option.TIME_ZONE: texts.t(
            "In which time zone is the group? Tap, or type its name, like Europe/Brussels."
        ),
    }
    return Screen(questions[option]).with_rows(rows)


def not_possible(texts: Texts, option: Option) -> Html:
    """The typed value does not fit."""
    return {
        Option.IBAN: texts.t(
            "This is no valid IBAN: a character is wrong or missing. Nothing was changed. Type it again."
        ),
        Option.TIME_ZONE: texts.t(
            "I know no time zone by that name. Nothing was changed. Type it like Europe/Brussels."
        ),
    }.get(option, texts.t("This needs 1 to 70 characters on one line. Nothing was changed. Type it again."))
