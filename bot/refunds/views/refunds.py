"""Giving money back to a member, gifts, debts given up: the questions, the preview, the result, what the member reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.home.taps import Balance
from bot.members.taps import AskOut, ShowMember
from bot.refunds.taps import DeclineRequest, Gift, GrantRequest, LeaveToGroup, Refund, WriteOff
from bot.ui import money
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Member, Method
from ledger.notes.models import Note
from ledger.payments.models import Payment, RefundRequest
from ledger.payments.refunds import RefundWay
from ledger.reference import format_reference


class Kind(StrEnum):
    """What a treasurer records."""

    REFUND = "refund"
    GIFT = "gift"
    WRITE_OFF = "writeoff"
    LEFT = "leftgroup"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is going to be recorded, and the balance before it; ``method`` for refunds only. Cents, > 0."""

    kind: Kind
    member: Member
    balance_cents: int
    amount_cents: int = 0
    method: Method | None = None
    reason: str | None = None

    @property
    def most_cents(self) -> int | None:
        """The most it can be; none: any amount."""
        return {
            Kind.GIFT: None,
            Kind.WRITE_OFF: max(-self.balance_cents, 0),
            Kind.REFUND: max(self.balance_cents, 0),
            Kind.LEFT: max(self.balance_cents, 0),
        }[self.kind]

    @property
    def after_cents(self) -> int:
        """The balance after it."""
        return self.balance_cents + self._moves_cents

    @property
    def _moves_cents(self) -> int:
        gains = self.kind in (Kind.GIFT, Kind.WRITE_OFF)
        return self.amount_cents if gains else -self.amount_cents

    def recorded(self, balance_cents: int) -> Draft:
        """The same once it is recorded, between the balances that it had moved: ``balance_cents`` is the one after it."""
        return replace(self, balance_cents=balance_cents - self._moves_cents)


def ways_in(texts: Texts, member: Member, balance_cents: int, *, out: bool = False) -> list[Row]:
    """The buttons that fit the balance, on a member's page; ``out``: to settle it before they are taken out."""
    rows: list[Row] = []
    if balance_cents > 0:
        refund = button(texts.label("💸 Refund"), Refund(member.id, out))
        left = button(texts.label("🏠 Leave it to the group"), LeaveToGroup(member.id, out))
        rows.append((refund, left) if out else (refund,))
    if balance_cents < 0:
        rows.append((button(texts.label("🖊 Write off"), WriteOff(member.id, out)),))
    if not out:
        gift = button(texts.label("🎁 Gift"), Gift(member.id))
        rows = [(*rows[0], gift)] if rows else [(gift,)]
    return rows


def ask_amount(texts: Texts, draft: Draft, everything: Button | None, cancel: Button) -> Screen:
    """How much?"""
    name = texts.who(draft.member)
    most = texts.money(draft.most_cents or 0)
    example = texts.bare_money(min(draft.most_cents or 500, 500) or 500)
    question = {
        Kind.REFUND: texts.t(
            "💸 <b>{name}</b> has {most} of credit. How much is given back? Tap, or type it, like {example}.",
            name=name,
            most=most,
            example=example,
        ),
        Kind.LEFT: texts.t(
            "🏠 <b>{name}</b> has {most} of credit. How much of it stays with the group? Tap, or type it, like {example}.",
            name=name,
            most=most,
            example=example,
        ),
        Kind.WRITE_OFF: texts.t(
            "🖊 <b>{name}</b> owes {most}. How much of it is written off? Tap, or type it, like {example}.",
            name=name,
            most=most,
            example=example,
        ),
        Kind.GIFT: texts.t(
            "🎁 How much does the group give to <b>{name}</b>? Type it, like {example}.",
            name=name,
            example=example,
        ),
    }[draft.kind]
    rows: list[Row] = [(everything,)] if everything is not None else []
    return Screen(question, (*rows, (cancel,)))


def everything(texts: Texts, draft: Draft) -> str:
    """The button's text for all that there is."""
    amount = texts.money(draft.most_cents or 0)
    if draft.kind is Kind.WRITE_OFF:
        return texts.label("All the debt · {amount}", amount=amount)
    return texts.label("All the credit · {amount}", amount=amount)


def nothing_there(texts: Texts, draft: Draft) -> Html:
    """There is nothing to give back or to give up."""
    if draft.kind is Kind.WRITE_OFF:
        return texts.t("{name} owes nothing. Nothing was recorded.", name=texts.who(draft.member))
    return texts.t("{name} has no credit. Nothing was recorded.", name=texts.who(draft.member))


def way_label(texts: Texts, way: RefundWay, amount_cents: int) -> str:
    """A way to give an amount back, with its own limit where that is less."""
    name = f"{money.METHOD_ICON[way.method]} {money.method(texts, way.method)}"
    if way.most_cents is None or way.most_cents >= amount_cents:
        return name
    return texts.label("{way} (at most {amount})", way=name, amount=texts.money(way.most_cents))


def ask_way(texts: Texts, draft: Draft, ways: Sequence[Button], cancel: Button) -> Screen:
    """How is it given back?"""
    text = texts.t(
        "💸 <b>{amount}</b> back to <b>{name}</b>: how?",
        amount=texts.money(draft.amount_cents),
        name=texts.who(draft.member),
    )
    return Screen(text).with_rows([*((way,) for way in ways), (cancel,)])


def ask_reason(texts: Texts, draft: Draft, cancel: Button) -> Screen:
    """Why?"""
    question = texts.t("Type the reason: it stays in the books, and the member reads it.")
    return Screen(f"{what(texts, draft)}\n\n{question}", ((cancel,),))


def what(texts: Texts, draft: Draft) -> Html:
    """What is going to be, or was, recorded."""
    values = {"name": texts.who(draft.member), "amount": texts.money(draft.amount_cents)}
    return {
        Kind.REFUND: texts.t(
            "💸 Given back to <b>{name}</b>: <b>{amount}</b>, {method}",
            method=money.method(texts, draft.method),
            **values,
        ),
        Kind.GIFT: texts.t("🎁 Given to <b>{name}</b>: <b>{amount}</b>", **values),
        Kind.WRITE_OFF: texts.t("🖊 Written off for <b>{name}</b>: <b>{amount}</b>", **values),
        Kind.LEFT: texts.t("🏠 <b>{name}</b> leaves <b>{amount}</b> to the group", **values),
    }[draft.kind]


def preview(texts: Texts, draft: Draft, confirm: Button, cancel: Button) -> Screen:
    """Before it is recorded, with the balance before and after."""
    lines: list[str] = [*_details(texts, draft), "", texts.t("Nothing is recorded yet.")]
    if draft.kind is Kind.REFUND and not draft.reason:
        lines.append(texts.t("A reason, for the history? Type it before you confirm (the member reads it)."))
    return Screen("\n".join(lines), ((confirm,), (cancel,)))


def _details(texts: Texts, draft: Draft) -> list[str]:
    lines: list[str] = [what(texts, draft)]
    if draft.reason:
        lines.append(texts.t("📝 {note}", note=draft.reason))
    lines.append(
        texts.t(
            "Balance: {before} → <b>{after}</b>",
            before=money.balance_of(texts, draft.balance_cents),
            after=money.balance_of(texts, draft.after_cents),
        )
    )
    return lines


def recorded(
    texts: Texts, draft: Draft, undo: Button | None, payment: Payment | None, *, out: bool
) -> Screen:
    """The treasurer's receipt, with the way to take it back; what Stripe is asked for has none."""
    lines: list[str] = [texts.t("✅ Recorded."), *_details(texts, draft)]
    if draft.method is Method.CARD:
        lines += [
            "",
            texts.t(
                "Stripe is asked to pay it back to the card now. {name} and you read here what became of it.",
                name=texts.who(draft.member),
            ),
        ]
    elif payment is not None:
        reference = Html(f"<code>{format_reference(payment.reference)}</code>")
        lines.append(texts.t("Reference: {reference}", reference=reference))
    rows: list[Row] = [(undo,)] if undo else []
    if out:
        rows.append((button(texts.label("🚪 Take out of the group"), AskOut(draft.member.id), below=True),))
    rows.append((_member_button(texts, draft.member),))
    return Screen("\n".join(lines)).with_rows(rows)


def undo_label(texts: Texts) -> str:
    """The button that takes it back."""
    return texts.label("↩️ Undo (cancel this)")


def taken_back(texts: Texts, member: Member, amount_cents: int, balance_cents: int) -> Screen:
    """A refund, gift or write-off was taken back."""
    text = texts.t(
        "↩️ Taken back: {amount} for <b>{name}</b>. Balance: {balance}.",
        amount=texts.money(amount_cents),
        name=texts.who(member),
        balance=money.balance_of(texts, balance_cents),
    )
    return Screen(text, ((_member_button(texts, member),),))


def _member_button(texts: Texts, member: Member) -> Button:
    return button(texts.label("👤 {name}", name=texts.who(member, 40)), ShowMember(member.id), below=True)


def told(texts: Texts, group: Group, draft: Draft, by: str, expected_cents: int) -> Screen:
    """What the member reads."""
    values = {"group": group.title, "by": by, "amount": texts.money(draft.amount_cents)}
    line = {
        Kind.REFUND: texts.t(
            "💸 {group}: {by} gave you back <b>{amount}</b> ({method}).",
            method=money.method(texts, draft.method),
            **values,
        ),
        Kind.GIFT: texts.t("🎁 {group}: {by} gave you <b>{amount}</b> in the group's name.", **values),
        Kind.WRITE_OFF: texts.t("🖊 {group}: {by} wrote off <b>{amount}</b> that you owed.", **values),
        Kind.LEFT: texts.t(
            "🏠 {group}: {by} recorded that you leave <b>{amount}</b> to the group.", **values
        ),
    }[draft.kind]
    lines: list[str] = [line]
    if draft.reason:
        lines.append(texts.t("📝 {note}", note=draft.reason))
    lines += ["", money.balance_with_expected(texts, draft.after_cents, expected_cents)]
    return Screen("\n".join(lines), (_my_balance(texts),))


def told_taken_back(
    texts: Texts, group: Group, by: str, amount_cents: int, balance_cents: int, expected_cents: int
) -> Screen:
    """What the member reads when it is taken back."""
    lines: list[str] = [
        texts.t(
            "↩️ {group}: {by} took back what was recorded for you ({amount}).",
            group=group.title,
            by=by,
            amount=texts.money(amount_cents),
        ),
        "",
        money.balance_with_expected(texts, balance_cents, expected_cents),
    ]
    return Screen("\n".join(lines), (_my_balance(texts),))


def request_line(texts: Texts, request: RefundRequest, note: Note | None) -> Html:
    """What a member asks for, on their page."""
    line = texts.t(
        "💸 Asks for <b>{amount}</b> back ({method}).",
        amount=texts.money(request.amount_cents),
        method=money.method(texts, request.way),
    )
    return texts.t("{line} “{note}”", line=line, note=texts.noted(note)) if note is not None else line


def request_row(texts: Texts, request: RefundRequest) -> Row:
    """What can be done about it."""
    amount = texts.money(request.amount_cents)
    return (
        button(texts.label("💸 Refund {amount}", amount=amount), GrantRequest(request.id), style="success"),
        button(texts.label("Decline"), DeclineRequest(request.id), style="danger"),
    )


def _my_balance(texts: Texts) -> Row:
    return (button(texts.label("💰 My balance"), Balance(), below=True),)
