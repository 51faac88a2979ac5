"""What a coordinator reads in private when another one takes back what they confirmed, validated or entered."""

from __future__ import annotations

from collections.abc import Sequence

from bot.handover.views.changes import difference_text
from bot.payments.taps import ShowPayment
from bot.ui import money
from bot.ui.screen import Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Member
from ledger.orders.corrections import Changed
from ledger.orders.models import Distribution
from ledger.orders.order_state import OrderState
from ledger.payments.models import Payment, Settlement, SettlementKind
from ledger.reference import format_reference


def payment(
    texts: Texts, group: Group, member: Member, one: Payment, settlement: Settlement, by: str
) -> Screen:
    """A payment was confirmed, refused or cancelled."""
    amount = settlement.amount_cents or one.amount_cents
    values = {
        "name": member.name,
        "method": money.method(texts, one.method),
        "amount": texts.money(amount),
        "reference": Html(f"<code>{format_reference(one.reference)}</code>"),
    }
    if settlement.kind is SettlementKind.RECEIVED:
        what = texts.t("Received: {name}, {method}, {amount} ({reference})", **values)
    elif settlement.kind is SettlementKind.REFUSED:
        what = texts.t("Marked as not received: {name}, {method}, {amount} ({reference})", **values)
    else:
        what = texts.t("Cancelled: {name}, {method}, {amount} ({reference})", **values)
    row: Row = (button(texts.label("✅ The payment"), ShowPayment(one.id), below=True),)
    return _screen(texts, group, by, what).with_rows([row])


def order(texts: Texts, group: Group, state: OrderState, distribution: Distribution, by: str) -> Screen:
    """An order was validated."""
    what = texts.t(
        "Order validated: {name}, {amount} ({day})",
        name=state.member.name,
        amount=texts.money(state.total_cents),
        day=texts.day(distribution.starts_at),
    )
    return _screen(texts, group, by, what)


def goods(texts: Texts, group: Group, done: Changed, by: str) -> Screen:
    """Goods were corrected, for one member or for everybody; ``done``: how that was taken back."""
    first = done.corrected[0]
    members = len({one.member.id for one in done.corrected})
    if members == 1:
        lines = [
            texts.t(
                "Correction: {name}, {what}", name=one.member.name, what=Html(difference_text(texts, one))
            )
            for one in done.corrected
        ]
        return _screen(texts, group, by, *lines)
    difference = sum(one.after.amount_cents - one.before.amount_cents for one in done.corrected)
    what = texts.nt(
        "Correction: {product} for {n} member, {difference} in all",
        "Correction: {product} for {n} members, {difference} in all",
        members,
        product=first.before.line.product_name,
        difference=texts.signed_money(difference),
    )
    return _screen(texts, group, by, what)


def recorded(texts: Texts, group: Group, member: Member, amount_cents: int, by: str) -> Screen:
    """Money given back, a gift or a write-off was recorded."""
    what = texts.t("Recorded: {name}, {amount}", name=member.name, amount=texts.money(amount_cents))
    return _screen(texts, group, by, what)


def unreachable(texts: Texts, makers: Sequence[Member]) -> Html | None:
    """Said to who takes it back, where the one who made it cannot be written to; none where they can."""
    sentences = [
        texts.t("🔕 {name} made this, and does not receive my messages: tell them yourself.", name=maker.name)
        for maker in makers
    ]
    return Html("\n".join(sentences)) if sentences else None


def _screen(texts: Texts, group: Group, by: str, *what: Html) -> Screen:
    head = texts.t("↩️ <b>{group}</b>: {by} took back what you had done.", group=group.title, by=by)
    return Screen("\n".join([head, *what]))
