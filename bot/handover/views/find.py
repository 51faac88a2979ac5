"""An order found by its member's name: several fit, or the member ordered nothing."""

from __future__ import annotations

from collections.abc import Sequence

from bot.handover.taps.day import BasketFor, Day, Orders
from bot.handover.views.day import order_button, title
from bot.members.taps import ShowMember
from bot.ui.screen import WIDE, Row, Screen, button
from bot.ui.texts import Texts
from ledger.groups.models import Member
from ledger.orders.models import Distribution
from ledger.orders.order_state import OrderState

SHOWN = 20


def choose(
    texts: Texts, distribution: Distribution, states: Sequence[OrderState], without: Sequence[Member]
) -> Screen:
    """Whose order? ``without``: members who fit as well and ordered nothing."""
    lines: list[str] = [title(texts, distribution), "", texts.t("Several members fit. Which one?")]
    rows: list[Row] = [(order_button(texts, state),) for state in states[:SHOWN]]
    if len(states) > SHOWN:
        lines.append(texts.t("Only the first 20 are shown: type more of the name."))
    rows += [
        (
            button(
                texts.label("➕ {name}: no order", name=texts.who(member, WIDE)),
                BasketFor(distribution.id, member.id),
            ),
        )
        for member in without[: SHOWN - len(states)]
    ]
    rows.append((button(texts.label("◀️ Back"), Day(distribution.id)),))
    return Screen("\n".join(lines)).with_rows(rows)


def no_order(texts: Texts, distribution: Distribution, member: Member) -> Screen:
    """The member ordered nothing for it."""
    text = texts.t("<b>{name}</b> ordered nothing for this distribution.", name=texts.who(member))
    rows: tuple[Row, ...] = (
        (button(texts.label("➕ Order for somebody"), BasketFor(distribution.id, member.id)),),
        (button(texts.label("👤 {name}", name=texts.who(member, WIDE)), ShowMember(member.id)),),
        (button(texts.label("◀️ Back"), Day(distribution.id)),),
    )
    return Screen(f"{title(texts, distribution)}\n\n{text}", rows)


def nobody(texts: Texts, distribution: Distribution, typed: str) -> Screen:
    """No member is called so."""
    text = texts.t(
        "I know no member called “{typed}” in this group. Nothing was changed. Type a name, part of one, or @username.",
        typed=typed[:60],
    )
    rows: tuple[Row, ...] = (
        (button(texts.label("📋 Orders"), Orders(distribution.id, 0)),),
        (button(texts.label("◀️ Back"), Day(distribution.id)),),
    )
    return Screen(text, rows)
