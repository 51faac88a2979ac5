"""Who coordinates and who keeps the money; naming somebody, and what that person reads."""

from __future__ import annotations

from collections.abc import Sequence

from bot.members.taps import Coordinators, PickMember, RoleGiven, SetRole, ShowRoles
from bot.members.views.members import role_names
from bot.ui.paging import page_of, turning_row
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Texts
from ledger.groups.models import Group, Member

PAGE = 8


def listing(texts: Texts, group: Group, holders: Sequence[Member]) -> Screen:
    """Who holds which role."""
    lines: list[str] = [
        texts.t("🧑‍🌾 <b>Who coordinates {group}</b>", group=group.title),
        "",
        *(
            texts.t("• {name}: {roles}", name=texts.who(member), roles=", ".join(role_names(texts, member)))
            for member in holders
        ),
        "",
        texts.t("Coordinators do everything; treasurers keep the money. Tap a name to change a role."),
    ]
    rows: list[Row] = [(button(texts.who(member, 60), ShowRoles(member.id)),) for member in holders[:40]]
    rows.append((button(texts.label("➕ Name somebody"), PickMember(0)),))
    return Screen("\n".join(lines)).with_rows(rows)


def pick(texts: Texts, everyone: Sequence[Member], page: int, cancel: Button) -> Screen:
    """Whom to name: by pages, or typed."""
    shown, page, pages = page_of(everyone, page, PAGE)
    rows: list[Row] = [(button(texts.who(member, 60), ShowRoles(member.id)),) for member in shown]
    rows.append(turning_row(page, pages, PickMember))
    rows.append((cancel,))
    return Screen(texts.t("Whom? Tap, or type a name, part of one, or @username.")).with_rows(rows)


def roles(texts: Texts, member: Member) -> Screen:
    """One member's roles, with the buttons that give and take them."""
    held = role_names(texts, member)
    text = texts.t(
        "<b>{name}</b>: {roles}", name=texts.who(member), roles=", ".join(held) or texts.label("no role")
    )
    rows: list[Row] = [
        (
            _switch(
                texts.label("➖ No longer coordinator"),
                texts.label("➕ Make coordinator"),
                member,
                RoleGiven.COORDINATOR,
                member.is_coordinator,
            ),
        ),
        (
            _switch(
                texts.label("➖ No longer treasurer"),
                texts.label("➕ Make treasurer"),
                member,
                RoleGiven.TREASURER,
                member.is_treasurer,
            ),
        ),
        (button(texts.label("◀️ Back"), Coordinators()),),
    ]
    return Screen(text).with_rows(rows)


def _switch(take: str, give: str, member: Member, role: RoleGiven, held: bool) -> Button:
    return button(take if held else give, SetRole(member.id, role, not held))


def gave_up(texts: Texts, group: Group) -> Screen:
    """Somebody took the role from themselves."""
    return Screen(texts.t("You no longer coordinate <b>{group}</b>.", group=group.title))


def told(texts: Texts, group: Group, by: str, role: str, *, held: bool) -> Screen:
    """What the person concerned reads."""
    values = {"by": by, "group": group.title}
    if role == "coordinator":
        if held:
            text = texts.t(
                "🧑‍🌾 {by} made you a coordinator of <b>{group}</b>. Send /help to see what you can do.",
                **values,
            )
        else:
            text = texts.t("{by} took the role of coordinator of <b>{group}</b> from you.", **values)
    elif held:
        text = texts.t(
            "🧑‍🌾 {by} made you a treasurer of <b>{group}</b>. Send /help to see what you can do.", **values
        )
    else:
        text = texts.t("{by} took the role of treasurer of <b>{group}</b> from you.", **values)
    return Screen(text)
