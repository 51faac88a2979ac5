"""The board of a distribution: counts and amounts for everybody, and who is left for coordinators, in private."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.board.taps import DrawNow, WhoIsLeft
from bot.handover.taps.day import Orders
from bot.handover.views.day import order_button
from bot.ui import money
from bot.ui.paging import page_of, turning_row
from bot.ui.screen import Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Method
from ledger.orders.models import Distribution
from ledger.orders.order_state import OrderState, Tally
from ledger.orders.validation import MethodTotals
from ledger.payments.models import PaymentState

PAGE = 12
CELLS = 10


@dataclass(frozen=True, slots=True)
class Picture:
    """How a distribution stands at one moment; amounts in cents. Holds no member's name."""

    distribution: Distribution
    orders: int
    validated: int
    total_cents: int
    methods: Mapping[Method, MethodTotals]
    tally: Tally
    validated_by: str | None
    validated_at: dt.datetime | None
    drawn_at: dt.datetime

    @property
    def left(self) -> int:
        """Orders that are not validated."""
        return self.orders - self.validated


def board(texts: Texts, picture: Picture) -> Screen:
    """The message everybody in the chat reads: counts only, whoever reads along."""
    distribution = picture.distribution
    lines: list[str] = [
        texts.t(
            "📌 <b>Distribution {when}</b> · {place}",
            when=texts.day_and_time(distribution.starts_at),
            place=distribution.place,
        ),
        _state(texts, picture),
    ]
    if distribution.cancelled_at is None:
        lines += _figures(texts, picture)
    lines += ["", texts.t("<i>As of {time}</i>", time=texts.time(picture.drawn_at))]
    return Screen("\n".join(lines)).with_rows(_board_rows(texts, picture))


def _figures(texts: Texts, picture: Picture) -> list[str]:
    lines: list[str] = [
        "",
        texts.nt(
            "🧺 {n} order · {total}",
            "🧺 {n} orders · {total}",
            picture.orders,
            total=texts.money(picture.total_cents),
        ),
        texts.t("✅ {validated} of {all} validated", validated=picture.validated, all=picture.orders),
    ]
    if picture.orders:
        lines.append(_bar(picture))
    methods = [_method(texts, method, totals) for method, totals in picture.methods.items()]
    for block in (methods, _left(texts, picture)):
        lines += ["", *block] if block else []
    return lines


def _state(texts: Texts, picture: Picture) -> Html:
    distribution = picture.distribution
    if distribution.cancelled_at is not None:
        return texts.t("❌ Cancelled.")
    if picture.validated_by is not None and picture.validated_at is not None:
        return texts.t(
            "🏁 Distribution validated by {name} at {time}.",
            name=picture.validated_by,
            time=texts.time(picture.validated_at),
        )
    if distribution.is_open(picture.drawn_at):
        return texts.t("🟢 Orders until {closing}", closing=texts.day_and_time(distribution.closes_at))
    return texts.t("⚪ Orders are closed.")


def _bar(picture: Picture) -> str:
    """Full only when all is done, empty only when nothing is."""
    cells = picture.validated * CELLS // picture.orders
    if picture.validated and not cells:
        cells = 1
    return "▰" * cells + "▱" * (CELLS - cells)


def _method(texts: Texts, method: Method, totals: MethodTotals) -> Html:
    return texts.t(
        "{icon} {method}: {received} received of {announced}",
        icon=money.METHOD_ICON[method],
        method=money.method(texts, method),
        received=texts.money(totals.received_cents),
        announced=texts.money(totals.announced_cents),
    )


def _left(texts: Texts, picture: Picture) -> list[str]:
    lines: list[str] = []
    if picture.left:
        lines.append(texts.nt("⏳ Left: <b>{n}</b> order", "⏳ Left: <b>{n}</b> orders", picture.left))
    elif picture.orders:
        lines.append(texts.t("🎉 Every order is validated."))
    tally = picture.tally
    if by_hand := tally.at_the_stand_cents + tally.transfer_cents:
        lines.append(texts.t("💰 Still expected: <b>{amount}</b>", amount=texts.money(by_hand)))
    if tally.transfer_cents:
        lines.append(money.transfers_expected(texts, tally.transfer_cents))
    return lines + money.differences(texts, tally.missing_cents, tally.overpaid_cents)


def _board_rows(texts: Texts, picture: Picture) -> list[Row]:
    distribution_id = picture.distribution.id
    refresh = button(texts.label("🔄 Refresh"), DrawNow(distribution_id))
    if not picture.left:
        return [(refresh,)]
    return [(button(texts.label("👀 Who is left?"), WhoIsLeft(distribution_id, 0)), refresh)]


def old_board(texts: Texts) -> Screen:
    """A board that lives on as another message."""
    return Screen(
        texts.t("📌 This board is no longer kept up to date: a newer one took its place in this chat.")
    )


def who_is_left(
    texts: Texts, group: Group, distribution: Distribution, states: Sequence[OrderState], page: int
) -> Screen:
    """Orders that are not validated, by name, with what is expected for each; for one coordinator."""
    left = [state for state in states if state.validated is None]
    shown, page, pages = page_of(left, page, PAGE)
    lines: list[str] = [
        texts.t(
            "👀 <b>Not validated yet</b> · {group}\nDistribution {when} · {place}",
            group=group.title,
            when=texts.day_and_time(distribution.starts_at),
            place=distribution.place,
        ),
        "",
        *(_order(texts, state) for state in shown),
    ]
    if not left:
        lines.append(texts.t("Nobody is left: every order is validated."))
    rows: list[Row] = [(order_button(texts, state, page),) for state in shown]
    rows.append(turning_row(page, pages, lambda at: WhoIsLeft(distribution.id, at)))
    rows.append((button(texts.label("📋 Orders ({n})", n=len(states)), Orders(distribution.id, 0)),))
    return Screen("\n".join(lines)).with_rows(rows)


def _order(texts: Texts, state: OrderState) -> Html:
    expected = [payment for payment in state.payments if payment.state is PaymentState.EXPECTED]
    if not expected:
        return texts.t(
            "• {name}: {total}, nothing expected",
            name=texts.who(state.member),
            total=texts.money(state.total_cents),
        )
    amounts = " + ".join(f"{money.METHOD_ICON[p.method]} {texts.money(p.amount_cents)}" for p in expected)
    return texts.t("• {name}: {amounts}", name=texts.who(state.member), amounts=amounts)


def removed(texts: Texts, group: Group, *, coordinators_chat: bool, by: str) -> Screen:
    """The bot was put out of a chat of the group; what that means and what to do."""
    where = texts.t("the coordinators' chat") if coordinators_chat else texts.t("the group's chat")
    return Screen(
        texts.t(
            "⚠️ {by} removed me from {where} of <b>{group}</b>. I write nothing there any more; orders, payments and "
            "balances go on in private, and nothing is lost. To have me back, add me to the chat again.",
            by=by,
            where=where,
            group=group.title,
        )
    )
