"""All members' balances (R6), and one member's page, as coordinators see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.home.views.account import listed_line
from bot.members.taps import AddMember, Balances, Filter, MemberHistory, ShowMember
from bot.members.views.people import membership_lines, membership_rows
from bot.payments.taps import EnterOpening, EnterPayment, ShowPayment
from bot.refunds.views.refunds import request_line, request_row, ways_in
from bot.ui import money
from bot.ui.paging import page_of, turning_row
from bot.ui.screen import NARROW, Button, Row, Screen, button, side_by_side
from bot.ui.taps import Tap
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Member
from ledger.notes.models import Note
from ledger.payments.models import Payment, RefundRequest
from ledger.payments.service import ExpectedCents
from ledger.reference import format_reference

PAGE = 15


@dataclass(frozen=True, slots=True)
class MemberBalance:
    """A member with balance, expected, and what they asked to have back, in cents."""

    member: Member
    balance_cents: int
    expected_cents: int
    asked_cents: int = 0


@dataclass(frozen=True, slots=True)
class MemberPage:
    """What is known of one member; ``is_reachable``: the bot may write to them.

    ``request``: the money they asked back, with a ``note`` or without.
    """

    member: Member
    balance_cents: int
    expected_cents: int
    expected: Sequence[Payment]
    is_reachable: bool
    has_blocked: bool
    request: RefundRequest | None
    note: Note | None
    invitation_url: str | None = None


def balances(
    texts: Texts, group: Group, everyone: Sequence[MemberBalance], chosen: Filter, page: int
) -> Screen:
    """Everybody's balance with totals, who owes first; a button leads to each member's page."""
    shown = [entry for entry in everyone if _fits(entry, chosen)]
    shown.sort(key=lambda entry: entry.balance_cents >= 0)
    here, page, pages = page_of(shown, page, PAGE)
    lines: list[str] = [
        texts.t("👥 <b>Members' balances</b> · {group}", group=group.title),
        *_totals(texts, everyone),
        "",
        *(_line(texts, entry) for entry in here),
    ]
    if not here:
        lines.append(texts.t("Nobody."))
    rows: list[Row] = [_filters(texts, everyone, chosen)]
    buttons = [button(texts.who(entry.member, NARROW), ShowMember(entry.member.id)) for entry in here]
    rows += side_by_side(buttons)
    rows.append((button(texts.label("➕ Add a member without Telegram"), AddMember()),))
    rows.append(turning_row(page, pages, lambda at: Balances(chosen, at)))
    return Screen("\n".join(lines)).with_rows(rows)


def _fits(entry: MemberBalance, chosen: Filter) -> bool:
    if chosen is Filter.ALL:
        return True
    return entry.balance_cents < 0 if chosen is Filter.OWING else entry.balance_cents > 0


def _totals(texts: Texts, everyone: Sequence[MemberBalance]) -> list[str]:
    owed = -sum(entry.balance_cents for entry in everyone if entry.balance_cents < 0)
    credit = sum(entry.balance_cents for entry in everyone if entry.balance_cents > 0)
    expected = ExpectedCents.sum(entry.expected_cents for entry in everyone)
    lines: list[str] = [
        texts.t("Members owe the group: <b>{amount}</b>", amount=texts.money(owed)),
        texts.t("The group owes members: <b>{amount}</b>", amount=texts.money(credit)),
        texts.t("Sum: <b>{amount}</b>", amount=texts.money(credit - owed)),
    ]
    if expected:
        lines.append(money.expected_line(texts, expected))
    return lines


def _line(texts: Texts, entry: MemberBalance) -> Html:
    balance = money.balance_of(texts, entry.balance_cents)
    line = texts.t("• {name}: {balance}", name=texts.who(entry.member), balance=balance)
    if entry.expected_cents:
        expected = texts.t("{amount} awaited", amount=texts.money(entry.expected_cents))
        line = Html(f"{line} <i>({expected})</i>")
    if entry.asked_cents:
        asked = texts.t("💸 asks for {amount} back", amount=texts.money(entry.asked_cents))
        line = Html(f"{line} {asked}")
    return line


def _filters(texts: Texts, everyone: Sequence[MemberBalance], chosen: Filter) -> Row:
    labels = {
        Filter.ALL: texts.label("All"),
        Filter.OWING: texts.label("Owing"),
        Filter.CREDIT: texts.label("Credit"),
    }
    return tuple(
        button(
            f"{'● ' if one is chosen else ''}{label} ({sum(_fits(entry, one) for entry in everyone)})",
            Balances(one),
        )
        for one, label in labels.items()
    )


def member_page(texts: Texts, page: MemberPage) -> Screen:
    """One member: where they stand, what is expected, what a coordinator can do."""
    member = page.member
    lines: list[str] = [texts.t("👤 <b>{name}</b>", name=texts.who(member))]
    roles = role_names(texts, member)
    if roles:
        lines.append(texts.t("{roles}", roles=", ".join(roles)))
    lines.append(texts.t("Balance: <b>{balance}</b>", balance=money.balance_of(texts, page.balance_cents)))
    if page.expected_cents:
        lines.append(money.expected_line(texts, page.expected_cents))
    lines += [listed_line(texts, payment) for payment in page.expected[:8]]
    if page.request is not None:
        lines += ["", request_line(texts, page.request, page.note)]
    if page.has_blocked:
        lines += ["", texts.t("🔕 Blocked me: does not receive my messages.")]
    elif member.person_id is not None and not page.is_reachable:
        lines += ["", texts.t("🔕 Has not opened the private chat with me: does not receive my messages.")]
    lines += membership_lines(texts, member, page.invitation_url)
    rows: list[Row] = []
    if page.request is not None:
        rows.append(request_row(texts, page.request))
    rows += [(_payment_button(texts, payment),) for payment in page.expected[:8]]
    rows.append(
        (
            button(texts.label("💶 Enter a payment"), EnterPayment(member.id)),
            button(texts.label("📒 Opening balance"), EnterOpening(member.id)),
        )
    )
    rows += ways_in(texts, member, page.balance_cents)
    rows += membership_rows(texts, member, page.invitation_url)
    rows.append(
        (
            button(texts.label("📜 History"), MemberHistory(member.id, 0)),
            button(texts.label("◀️ Back"), Balances()),
        )
    )
    return Screen("\n".join(lines)).with_rows(rows)


def _payment_button(texts: Texts, payment: Payment) -> Button:
    reference = format_reference(payment.reference)
    text = f"{money.METHOD_ICON[payment.method]} {reference} · {texts.money(payment.amount_cents)}"
    return button(text, ShowPayment(payment.id))


def role_names(texts: Texts, member: Member) -> list[str]:
    """The roles a member holds, plain."""
    names = []
    if member.is_coordinator:
        names.append(texts.label("coordinator"))
    if member.is_treasurer:
        names.append(texts.label("treasurer"))
    return names


def history_title(texts: Texts, member: Member) -> Html:
    """Whose history it is."""
    return texts.t("📜 <b>History of {name}</b>", name=texts.who(member))


def choose(texts: Texts, found: Sequence[Member], to: Callable[[int], Tap]) -> Screen:
    """Several members fit: which one?"""
    rows = [(button(_name(texts, member), to(member.id)),) for member in found[:20]]
    lines: list[str] = [texts.t("Several members fit. Which one?")]
    if len(found) > 20:
        lines.append(texts.t("Only the first 20 are shown: type more of the name."))
    return Screen("\n".join(lines)).with_rows(rows)


def _name(texts: Texts, member: Member) -> str:
    name = texts.who(member, 50)
    return texts.label("{name} (left)", name=name) if member.left_at is not None else name


def unknown(texts: Texts, typed: str) -> Screen:
    """Nobody fits."""
    return Screen(
        texts.t(
            "I know no member called “{typed}” in this group. Nothing was changed. Type a name, part of one, or @username.",
            typed=typed[:60],
        ),
        (
            (button(texts.label("👥 Balances"), Balances()),),
            (button(texts.label("➕ Add a member without Telegram"), AddMember()),),
        ),
    )


def ask_name(texts: Texts, cancel: Button) -> Screen:
    """Whose page?"""
    return Screen(texts.t("Which member? Type a name, part of one, or @username."), ((cancel,),))


def left(texts: Texts) -> Screen:
    """Nobody after all."""
    return Screen(texts.t("Cancelled. Nothing was changed."))
