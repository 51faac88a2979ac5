"""Members without Telegram and their invitations; leaving a group, and what is in the way of it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.members.taps import AskOut, Balances, Invite, RevokeInvitation, TakeBack
from bot.refusals.people import in_the_way
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Member
from ledger.orders.leaving import Obstacles

# — members without Telegram —


def ask_name(texts: Texts, cancel: Button) -> Screen:
    """Who is to be added?"""
    return Screen(
        texts.t("➕ A member without Telegram: what is their name? Type first name and surname."),
        ((cancel,),),
    )


def preview(texts: Texts, group: Group, name: str, confirm: Button, cancel: Button) -> Screen:
    """Who will be added."""
    text = texts.t(
        "Add <b>{name}</b> to <b>{group}</b>? They get an account like everybody; coordinators order and record payments "
        "for them. You can invite them to Telegram later: they keep their history.",
        name=name,
        group=group.title,
    )
    return Screen(text, ((confirm,), (cancel,)))


def added(texts: Texts, member: Member) -> Html:
    """Above the new member's page."""
    return texts.t("✅ {name} is a member now.", name=texts.who(member))


def not_added(texts: Texts) -> Screen:
    """Cancelled."""
    return Screen(
        texts.t("Cancelled. Nobody was added."), ((button(texts.label("👥 Balances"), Balances()),),)
    )


def membership_lines(texts: Texts, member: Member, invitation_url: str | None) -> list[str]:
    """What a member's page says of their membership: left, or without Telegram and perhaps invited."""
    if member.left_at is not None:
        when = texts.short_day(member.left_at)
        return ["", texts.t("🚪 Left the group on {day}. Their history stays.", day=when)]
    if member.person_id is not None:
        return []
    lines: list[str] = ["", texts.t("📵 Has no Telegram here: does not receive my messages.")]
    if invitation_url is not None:
        link = Html(f"<code>{invitation_url}</code>")
        lines.append(texts.t("🔗 Their own invitation, good for one person, once: {link}", link=link))
    return lines


def membership_rows(texts: Texts, member: Member, invitation_url: str | None) -> list[Row]:
    """What a coordinator can do about a membership."""
    if member.left_at is not None:
        if member.person_id is not None and member.taken_out_at is None:
            return []  # they come back by the group's link
        return [(button(texts.label("↩️ Back into the group"), TakeBack(member.id)),)]
    rows: list[Row] = []
    if member.person_id is None and invitation_url is None:
        rows.append((button(texts.label("🔗 Invite to Telegram"), Invite(member.id)),))
    elif member.person_id is None:
        rows.append((Button(texts.label("📋 Copy the invitation"), copy=invitation_url),))
        rows.append(
            (
                button(texts.label("🔄 Another invitation"), Invite(member.id)),
                button(texts.label("🚫 Revoke it"), RevokeInvitation(member.id)),
            )
        )
    rows.append((button(texts.label("🚪 Take out of the group"), AskOut(member.id)),))
    return rows


def linked(texts: Texts, group: Group, member: Member) -> Screen:
    """The invited person is in."""
    return Screen(
        texts.t(
            "👋 Welcome {name}! You are linked to your account in <b>{group}</b>: everything recorded so far is yours.",
            name=texts.who(member),
            group=group.title,
        )
    )


def told_linked(texts: Texts, group: Group, member: Member, person_name: str) -> Screen:
    """What coordinators read, so that a link in wrong hands is seen."""
    return Screen(
        texts.t(
            "🔗 {group}: <b>{name}</b> now has Telegram, as “{person}”. If that is not the same person, take them out on "
            "their page: /member {name}",
            group=group.title,
            name=member.name,
            person=person_name,
        )
    )


def still_coordinates(texts: Texts, group: Group, member: Member) -> Screen:
    """Somebody with a role is no longer in the chat; nothing is done about it by itself."""
    return Screen(
        texts.t(
            "ℹ️ {name} is no longer in a chat of <b>{group}</b>, but stays a member and keeps their role. "
            "To change that: /coordinators",
            name=texts.who(member),
            group=group.title,
        )
    )


# — leaving —


def ask_leave(texts: Texts, group: Group, confirm: Button, cancel: Button) -> Screen:
    """Really?"""
    text = texts.t(
        "Leave <b>{group}</b>? You will receive nothing from it any more. Your account is kept: if you come back by the "
        "group's link, you find it again.",
        group=group.title,
    )
    return Screen(text, ((confirm,), (cancel,)))


def left(texts: Texts, group: Group) -> Screen:
    """Out."""
    return Screen(texts.t("👋 You left <b>{group}</b>. Goodbye!", group=group.title))


def stayed(texts: Texts, group: Group) -> Screen:
    """Not after all."""
    return Screen(texts.t("You stay in <b>{group}</b>. Nothing was changed.", group=group.title))


def told_left(texts: Texts, group: Group, name: str) -> Screen:
    """What coordinators read when a member leaves by themselves."""
    return Screen(
        texts.t("🚪 {name} left <b>{group}</b>. Nothing was open between you.", name=name, group=group.title)
    )


def told_out(texts: Texts, group: Group, by: str) -> Screen:
    """What who was taken out reads."""
    return Screen(
        texts.t(
            "🚪 {by} took you out of <b>{group}</b>. Your account is kept; ask a coordinator if this is a mistake.",
            by=by,
            group=group.title,
        )
    )


def taking_out(texts: Texts, member: Member, found: Obstacles, rows: Sequence[Row]) -> Screen:
    """Asks whether to take them out, or says what must be settled before."""
    if found:
        lines: list[str] = [
            texts.t("🚪 <b>{name}</b> cannot leave yet:", name=texts.who(member)),
            "",
            *in_the_way(texts, found),
        ]
        if found.balance_cents:
            lines += ["", texts.t("To settle the balance:")]
        return Screen("\n".join(lines)).with_rows(rows)
    text = texts.t(
        "Take <b>{name}</b> out of the group? Nothing is open. They disappear from the lists; their history stays, and "
        "they find their account again if they come back.",
        name=texts.who(member),
    )
    return Screen(text).with_rows(rows)
