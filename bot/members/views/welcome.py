"""What is read about who was taken out of the group, or put out of its chat: by coordinators, and by the person."""

from __future__ import annotations

from collections.abc import Sequence

from bot.members.taps import AskOut, KeepMember, StayOut, TakeBack
from bot.ordering.taps import ShowBasket, Start
from bot.ui.screen import Button, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Member

# — put out of the chat —


def ask_about(texts: Texts, group: Group, member: Member) -> Screen:
    """Coordinators say what it means."""
    text = texts.t(
        "🚷 <b>{name}</b> was put out of the chat of <b>{group}</b>, but is still a member. Their next order waits for "
        "your answer; their account stays as it is.",
        name=member.name,
        group=group.title,
    )
    rows = (
        (button(texts.label("👤 Keep as a member"), KeepMember(member.id)),),
        (button(texts.label("🚪 Take out of the group"), AskOut(member.id)),),
    )
    return Screen(text, rows)


def held(texts: Texts, group: Group) -> Screen:
    """The order waits; said kindly, since it may be a mistake."""
    text = texts.t(
        "✋ You are no longer in the chat of <b>{group}</b>, so I have asked the coordinators about your order. Nothing is "
        "ordered yet and nothing is lost: your basket stays as it is. I will tell you as soon as they have answered.",
        group=group.title,
    )
    return Screen(text, ((button(texts.label("🧺 Basket"), ShowBasket()),),))


def keeps(texts: Texts, member: Member, by: str) -> Html:
    """Above the member's page."""
    return texts.t(
        "✅ {name} stays a member, says {by}. Orders do not wait any more.", name=member.name, by=by
    )


def kept(texts: Texts, group: Group) -> Screen:
    """What the member reads."""
    text = texts.t(
        "✅ The coordinators of <b>{group}</b> say you stay a member. You can order: your basket is as you left it.",
        group=group.title,
    )
    return Screen(text, ((button(texts.label("🧺 Basket"), ShowBasket()),),))


def settled_before(texts: Texts) -> Html:
    """A colleague was first."""
    return texts.t("This was answered already. Here is how it stands.")


# — taken out —


def ask_back(texts: Texts, group: Group, member: Member) -> Screen:
    """May they come back?"""
    text = texts.t(
        "🚪 <b>{name}</b> was taken out of <b>{group}</b> and asks to come back. If you say yes, they find their account "
        "again.",
        name=member.name,
        group=group.title,
    )
    yes = button(texts.label("✅ Back into the group"), TakeBack(member.id))
    return Screen(text, ((yes,), (button(texts.label("Not now"), StayOut(member.id)),)))


def asked_back(texts: Texts, group: Group, *, asked_now: bool) -> Screen:
    """What the person reads who opened the old link."""
    if asked_now:
        text = texts.t(
            "A coordinator took you out of <b>{group}</b>, so this link alone does not let you in. I have asked the "
            "coordinators; you will be told. Your account is kept.",
            group=group.title,
        )
    else:
        text = texts.t(
            "The coordinators of <b>{group}</b> were asked already whether you come back. Talk to one of them. Your account "
            "is kept.",
            group=group.title,
        )
    return Screen(text)


def let_back(texts: Texts, group: Group) -> Screen:
    """They are in again."""
    text = texts.t("👋 You are back in <b>{group}</b>, with the account you had.", group=group.title)
    return Screen(text, ((button(texts.label("🛒 Order"), Start()),),))


def stays_out(texts: Texts, group: Group) -> Screen:
    """What they read who may not come back now."""
    return Screen(
        texts.t(
            "The coordinators of <b>{group}</b> do not take you back now. Talk to one of them. Your account is kept.",
            group=group.title,
        )
    )


def stays_out_noted(texts: Texts, member: Member) -> Html:
    """Above the member's page."""
    return texts.t("{name} stays out of the group, and was told.", name=member.name)


# — in the chat, and not a member yet —


def found_in_chats(texts: Texts, found: Sequence[tuple[Group, str]]) -> Screen:
    """To who opened the private chat by themselves, and is in the chats of groups (each with its link)."""
    text = texts.t("👋 Welcome! I know you from a group's chat. One tap makes you a member:")
    rows = [(Button(texts.label("👋 {group}", group=group.title[:60]), url=url),) for group, url in found]
    return Screen(text).with_rows(rows)
