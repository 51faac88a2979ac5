"""First contact: strangers, invitations, help, language."""

from __future__ import annotations

from bot.home.taps import Balance, Speak
from bot.ordering.taps import Start
from bot.ui.screen import Button, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Member
from ledger.groups.roles import Role


def stranger(texts: Texts, bot_username: str) -> Screen:
    """Somebody without a group."""
    text = texts.t(
        "👋 <b>Cagnotte</b> keeps the accounts of groups that buy food together.\n\n"
        "If your group uses it, open the “Order” button in the group's chat, or the link a coordinator gave you.\n\n"
        "To start a group: add me to its chat, and send /setup there."
    )
    url = f"https://t.me/{bot_username}?startgroup=new"
    return Screen(text, ((Button(texts.label("➕ Add me to a group"), url=url),),))


def unknown_invitation(texts: Texts) -> Screen:
    """A link that leads nowhere."""
    return Screen(texts.t("This link leads to no group (any more). Ask a coordinator for a new one."))


def not_in_chat(texts: Texts, group: Group) -> Screen:
    """The group takes who is in its chat, and this person is not."""
    return Screen(
        texts.t(
            "Only people who are in the chat of <b>{group}</b> can join. Ask a coordinator to let you in, "
            "then open the link again.",
            group=group.title,
        )
    )


def joined(texts: Texts, group: Group, member: Member) -> Screen:
    """A new member."""
    return Screen(
        texts.t(
            "👋 Welcome {name}! You are now a member of <b>{group}</b>.", name=member.name, group=group.title
        )
    )


def coordinators_chat_linked(texts: Texts, group: Group) -> Screen:
    """This chat is the coordinators' now."""
    return Screen(
        texts.t(
            "✅ This chat is now the coordinators' chat of <b>{group}</b>. "
            "Send /validate here to confirm payments, or drop a catalogue file.",
            group=group.title,
        )
    )


def help_screen(texts: Texts, role: Role) -> Screen:
    """What one can do in that role."""
    lines = [
        texts.t("<b>What I can do for you</b>"),
        "",
        texts.t("/order — see the products and order (or just write a product's name: “honey”)"),
        texts.t("/basket — your basket"),
        texts.t("/orders — your orders and how to pay them"),
        texts.t("/balance — where you stand (or just write “balance?”)"),
        texts.t("/history — everything that moved your account"),
        texts.t("/topup — put money on your account"),
        texts.t("/reminders — which reminders you receive"),
        texts.t("/language — français or English"),
        texts.t("/cancel — leave what you are doing"),
        texts.t("/leave — leave the group"),
    ]
    if role >= Role.TREASURER:
        is_coordinator = role >= Role.COORDINATOR
        lines += [
            "",
            texts.t("<b>For coordinators</b>") if is_coordinator else texts.t("<b>For treasurers</b>"),
            texts.t("/validate — confirm payments; with a reference, go straight to it"),
            texts.t("/balances — everybody's balance"),
            texts.t("/member NAME — one member"),
            texts.t("/payment, /opening — enter a payment or an opening balance by hand"),
        ]
    if role >= Role.COORDINATOR:
        lines += [
            texts.t("/day — distribution day: orders, goods, money"),
            texts.t("/sheets — order sheets and lists of a distribution"),
            texts.t("/distributions — announce a distribution, see all of them"),
            texts.t("/catalog — the products: send me a CSV or Excel file"),
            texts.t("/settings, /coordinators — options and roles"),
        ]
    rows = ((button(texts.label("🛒 Order"), Start()), button(texts.label("💰 My balance"), Balance())),)
    return Screen("\n".join(lines), rows)


def cancelled(texts: Texts, *, was_at_something: bool) -> Screen:
    """/annuler."""
    if was_at_something:
        return Screen(texts.t("Cancelled. Nothing was recorded."))
    return Screen(texts.t("There was nothing to cancel."))


def choose_language(texts: Texts) -> Screen:
    """French or English."""
    rows = ((button("Français", Speak("fr")), button("English", Speak("en"))),)
    return Screen(texts.t("In which language shall I write to you?"), rows)


def language_chosen(texts: Texts) -> Screen:
    """In the new language already."""
    return Screen(texts.t("I will write to you in English."))


def anonymous_admin(texts: Texts) -> Screen:
    """Telegram hides who writes."""
    return Screen(
        texts.t(
            "You are writing as an anonymous admin, so I cannot know who you are. Turn off “Remain anonymous” in your "
            "admin rights, or write to me in private. Nothing was changed."
        )
    )


def welcome_thanks(texts: Texts) -> Html:
    """An answer to thanks."""
    return texts.t("You are welcome! /help says what I can do.")


def not_understood(texts: Texts, word: str | None = None) -> Html:
    """A text nobody expected; ``word``: one that no product is called either."""
    if word is not None:
        return texts.t(
            "I did not understand, and I found no product for “{word}”. Here is what you can do:", word=word
        )
    return texts.t("I did not understand. Here is what you can do:")
