"""A distribution that is moved or cancelled, and orders placed for somebody: questions, previews, what members read."""

from __future__ import annotations

from collections.abc import Sequence

from bot.distributions.views.planning import Draft, details
from bot.handover.taps.day import BasketFor, CancelDistribution, Day, ShowOrder
from bot.handover.views.day import title
from bot.home.taps import Balance
from bot.ui import money
from bot.ui.screen import Button, Row, Screen, button, side_by_side
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Member
from ledger.orders.models import Distribution
from ledger.orders.order_state import AT_THE_STAND, OrderState, mark_of_orders
from ledger.orders.rescheduling import Cancelled
from ledger.payments.models import Payment


def ask_move(texts: Texts, distribution: Distribution, step_by_step: Button, cancel: Button) -> Screen:
    """When and where instead?"""
    lines: list[str] = [
        title(texts, distribution),
        "",
        texts.t("When and where does it take place instead? Type it in one line, for example"),
        texts.t("<code>2026-12-01 18:30 Town hall ; closing 2026-11-30 20:00</code>"),
        texts.t("(without “closing”, orders close when they did, at the latest when it starts)."),
    ]
    return Screen("\n".join(lines), ((step_by_step,), (cancel,)))


def move_preview(
    texts: Texts, distribution: Distribution, draft: Draft, orders: int, yes: Button, cancel: Button
) -> Screen:
    """Before and after, before it is done."""
    lines: list[str] = [
        texts.t("📅 <b>Move this distribution?</b>"),
        "",
        *details(texts, distribution.place, distribution.starts_at, distribution.closes_at),
        "⬇️",
        *details(texts, draft.place, draft.starts_at, draft.closes_at),
        "",
        texts.nt(
            "The group and {n} member who ordered are told. Nothing is changed yet.",
            "The group and {n} members who ordered are told. Nothing is changed yet.",
            orders,
        ),
    ]
    return Screen("\n".join(lines), ((yes,), (cancel,)))


def moved(texts: Texts, group: Group, distribution: Distribution, by: str) -> Screen:
    """What everybody reads."""
    lines: list[str] = [
        texts.t(
            "📅 <b>{group}</b>: {by} moved a distribution. It now takes place:", group=group.title, by=by
        ),
        "",
        *details(texts, distribution.place, distribution.starts_at, distribution.closes_at),
        "",
        texts.t("Orders and payments stay as they are."),
    ]
    return Screen("\n".join(lines))


def moved_meanwhile(texts: Texts, name: str) -> Html:
    """Somebody else moved it first."""
    return texts.t("⚠️ {name} changed this distribution meanwhile. Nothing of yours was written.", name=name)


def sure_to_cancel(
    texts: Texts, group: Group, distribution: Distribution, states: Sequence[OrderState]
) -> Screen:
    """What cancelling does, before it is done."""
    total = sum(state.total_cents for state in states)
    received = sum(state.received_cents for state in states)
    lines: list[str] = [
        title(texts, distribution),
        "",
        texts.nt(
            "🚫 Cancel this distribution, with {n} order ({total})?",
            "🚫 Cancel this distribution, with {n} orders ({total})?",
            len(states),
            total=texts.money(total),
        ),
    ]
    if group.payments_enabled:
        expected = sum(state.expected_cents for state in states)
        lines += [
            texts.t("• Nobody owes these orders any more."),
            texts.t(
                "• Announced payments ({amount}) are not expected any more.", amount=texts.money(expected)
            ),
            texts.t(
                "• Money already received ({amount}) stays with the members as credit.",
                amount=texts.money(received),
            ),
        ]
        if transfers := sum(state.transfer_cents for state in states):
            lines.append(
                texts.t(
                    "• Transfers may be under way ({amount}): those that come can still be received, as credit.",
                    amount=texts.money(transfers),
                )
            )
    lines += [texts.t("• The group and everybody who ordered are told."), texts.t("This cannot be undone.")]
    label = texts.nlabel("🚫 Cancel it, with {n} order", "🚫 Cancel it, with {n} orders", len(states))
    rows = (
        (
            button(
                label,
                CancelDistribution(distribution.id, len(states), mark_of_orders(states)),
                style="danger",
            ),
        ),
        (button(texts.label("◀️ Back"), Day(distribution.id)),),
    )
    return Screen("\n".join(lines), rows)


def cancelled(texts: Texts, group: Group, distribution: Distribution, by: str, orders: int) -> Screen:
    """What the group reads; names and balances nobody."""
    lines: list[str] = [
        _cancelled_by(texts, group, distribution, by),
        texts.nt("{n} order is cancelled with it.", "{n} orders are cancelled with it.", orders),
    ]
    return Screen("\n".join(lines))


def _cancelled_by(texts: Texts, group: Group, distribution: Distribution, by: str) -> Html:
    return texts.t(
        "🚫 <b>{group}</b>: the distribution of {when} ({place}) is cancelled by {by}.",
        group=group.title,
        when=texts.day_and_time(distribution.starts_at),
        place=distribution.place,
        by=by,
    )


def told_cancelled(
    texts: Texts, group: Group, distribution: Distribution, one: Cancelled, by: str, expected_cents: int
) -> Screen:
    """What a member who ordered reads, with the new balance."""
    lines: list[str] = [
        _cancelled_by(texts, group, distribution, by),
        texts.t("Your order of {amount} is cancelled.", amount=texts.money(one.state.total_cents)),
    ]
    state = one.state
    if not group.payments_enabled and state.uncharged_cents == state.total_cents and not state.payments:
        return Screen("\n".join(lines))
    lines.append(texts.t("You owe nothing for it."))
    lines += [_not_expected(texts, payment) for payment in state.payments if payment.id in one.released]
    if one.state.received_cents:
        amount = texts.money(one.state.received_cents)
        lines.append(texts.t("The {amount} you paid stays on your account as credit.", amount=amount))
    lines += ["", money.balance_with_expected(texts, one.balance_cents, expected_cents)]
    return Screen("\n".join(lines), ((button(texts.label("💰 My balance"), Balance(), below=True),),))


def _not_expected(texts: Texts, payment: Payment) -> Html:
    """What was announced is kept; unless it may be on its way already, which nobody can hold back."""
    values = {"method": money.method(texts, payment.method), "amount": texts.money(payment.amount_cents)}
    if payment.method in AT_THE_STAND:
        return texts.t("{method} of {amount} is not expected any more: keep it.", **values)
    return texts.t(
        "{method} of {amount} is not expected any more: if you have not paid yet, do not. If you have, nothing is lost: "
        "once the money arrives it is credit on your account, and I tell you.",
        **values,
    )


def ask_whom(texts: Texts, distribution: Distribution, choices: Sequence[Button], cancel: Button) -> Screen:
    """For whom?"""
    text = texts.t("Order for which member? Tap, or type a name, part of one, or @username.")
    rows = side_by_side(choices)
    return Screen(f"{title(texts, distribution)}\n\n{text}").with_rows([*rows, (cancel,)])


def acting_for(texts: Texts, member: Member) -> Html:
    """Said above every screen of a basket that is somebody else's."""
    return texts.t(
        "👤 You are ordering for <b>{name}</b>: what follows is their order and their balance.",
        name=texts.who(member),
    )


def ordered_by(texts: Texts, by: str) -> Html:
    """Said above the member's own receipt."""
    return texts.t("👤 {by} ordered this for you.", by=by)


def not_enough_credit(texts: Texts, member: Member, balance_cents: int, needed_cents: int) -> str:
    """Why their member credit cannot pay this; plain, for a toast."""
    return texts.label(
        "Not enough credit: the balance of {name} is {balance}, {missing} is missing. Nothing was ordered: "
        "choose another way to pay.",
        name=texts.who(member),
        balance=texts.money(balance_cents),
        missing=texts.money(needed_cents - balance_cents),
    )


def ordered_for(texts: Texts, member: Member, distribution_id: int, order_id: int | None) -> Screen:
    """What is left of the basket's screen once the order is placed for somebody."""
    rows: list[Row] = [
        (button(texts.label("➕ Add products"), BasketFor(distribution_id, member.id), below=True),)
    ]
    if order_id is not None:
        rows.append((button(texts.label("📋 The order"), ShowOrder(order_id), below=True),))
    rows.append((button(texts.label("📦 Distribution day"), Day(distribution_id), below=True),))
    return Screen(texts.t("✅ Order placed for <b>{name}</b>.", name=texts.who(member))).with_rows(rows)
