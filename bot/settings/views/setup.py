"""Starting a group: what is said in its chat, and to the coordinator who does it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.distributions.taps import Distributions
from bot.settings.taps import Settings
from bot.ui import money
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Member


def greeting(texts: Texts) -> Screen:
    """The bot was added to a chat that has no group yet."""
    return Screen(
        texts.t(
            "👋 I am <b>Cagnotte</b>: I take orders and keep the accounts of groups that buy food together.\n\n"
            "To start a group here, an admin of this chat sends /setup.\n"
            "Amounts are in euros; for another currency: /setup CHF (its three letters)."
        )
    )


def group_ready(texts: Texts, group: Group, order_url: str, steps_url: str | None) -> Screen:
    """The group exists: how to join. ``steps_url``: where a founder we have not met in private goes on."""
    text = texts.t(
        "✅ <b>{group}</b> is ready.\n\n"
        "Cagnotte takes your orders and keeps each member's account: what you ordered, what you paid, where you stand.\n"
        "To join, tap the button below and press Start: you will order and see your balance in private.",
        group=group.title,
    )
    rows: list[Row] = [order_row(texts, order_url)]
    if steps_url is not None:
        rows.append((Button(texts.label("🧭 Coordinators: go on here"), url=steps_url),))
    return Screen(text).with_rows(rows)


def order_here(texts: Texts, group: Group, order_url: str) -> Screen:
    """The order button once more."""
    text = texts.t("🧺 <b>{group}</b>: tap to order or to see your balance, in private.", group=group.title)
    return Screen(text, (order_row(texts, order_url),))


def order_row(texts: Texts, order_url: str) -> Row:
    """The button that leads to ordering."""
    return (Button(texts.label("🛒 Order"), url=order_url),)


def next_steps(texts: Texts, group: Group) -> Screen:
    """What a founder does next."""
    lines: list[str] = [
        texts.t("🎉 You coordinate <b>{group}</b>. What comes next:", group=group.title),
        "",
        texts.t("1. Send me the catalogue here: a CSV or Excel file. /catalog says which columns it has."),
        texts.t("2. Announce a distribution: /distributions. Members are told and can order."),
        texts.t("3. Look at the options: /settings (ways to pay, name for cheques, IBAN)."),
        texts.t("4. Do you bring balances from before? Enter them with /opening."),
        "",
        *money.no_iban(texts, group),
    ]
    rows = (
        (
            button(texts.label("📅 Distributions"), Distributions(), below=True),
            button(texts.label("⚙️ Settings"), Settings(), below=True),
        ),
    )
    return Screen("\n".join(lines), rows)


def send_it_in_the_chat(texts: Texts, bot_username: str) -> Screen:
    """A group is started in its chat."""
    text = texts.t(
        "A group is started in its own chat: add me there, then send /setup in that chat. Nothing was changed."
    )
    url = f"https://t.me/{bot_username}?startgroup=new"
    return Screen(text, ((Button(texts.label("➕ Add me to a group"), url=url),),))


def only_admins(texts: Texts) -> Html:
    """The sender is no admin of the chat."""
    return texts.t("Only an admin of this chat can start a group here. Nothing was changed.")


def unknown_currency(texts: Texts, typed: str) -> Html:
    """What follows the command is no currency."""
    return texts.t(
        "I know no currency “{typed}”. Send /setup alone for euros, or with the three letters of another one: "
        "/setup CHF. Nothing was changed.",
        typed=typed[:40],
    )


def already_set_up(texts: Texts, group: Group, coordinators: Sequence[Member]) -> Html:
    """Somebody else coordinates here."""
    names = ", ".join(member.name for member in coordinators if member.is_coordinator)
    return texts.t(
        "The group <b>{group}</b> is set up here already. Its coordinators are: {names}. Ask one of them to name you in "
        "/coordinators. Nothing was changed.",
        group=group.title,
        names=names,
    )
