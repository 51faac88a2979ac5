"""What was changed on distribution day: the coordinator's receipt with its undo, and what members read."""

from __future__ import annotations

from collections.abc import Sequence

from bot.handover.taps.day import ShowOrder
from bot.handover.taps.goods import ShowProduct
from bot.handover.views.goods import changed_by, undo_button
from bot.home.taps import Balance
from bot.ui import money
from bot.ui.screen import WIDE, Row, Screen, button, shortened
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group
from ledger.orders.corrections import Changed, Corrected
from ledger.orders.handover_models import Change, ChangeKind
from ledger.orders.models import Distribution
from ledger.payments.models import Payment


def difference_text(texts: Texts, one: Corrected) -> str:
    """``Tomme: 1,2 kg → 1,35 kg, 10,68 € → 12,02 €``; ``4 × Pain: not delivered, 17,40 € → 0,00 €``."""
    before, after, line = one.before, one.after, one.before.line
    amounts = texts.t(
        "{before} → <b>{after}</b>",
        before=texts.money(before.amount_cents),
        after=texts.money(after.amount_cents),
    )
    if before.price_cents != after.price_cents:
        return texts.t(
            "{quantity} {product}: {before} → {after} / {unit}, {amounts}",
            product=line.product_name,
            quantity=texts.quantity(after.quantity_milli, line.unit),
            before=texts.money(before.price_cents),
            after=texts.money(after.price_cents),
            unit=line.unit,
            amounts=amounts,
        )
    if after.quantity_milli == 0:
        return texts.t(
            "{before} {product}: not delivered, {amounts}",
            product=line.product_name,
            before=texts.quantity(before.quantity_milli, line.unit),
            amounts=amounts,
        )
    return texts.t(
        "{product}: {before} → <b>{after}</b>, {amounts}",
        product=line.product_name,
        before=texts.quantity(before.quantity_milli, line.unit),
        after=texts.quantity(after.quantity_milli, line.unit),
        amounts=amounts,
    )


def changed_one(texts: Texts, group: Group, one: Corrected, change: Change, by: str) -> Screen:
    """One line was changed: the coordinator's receipt, with the way to undo it."""
    head = texts.t("✏️ <b>{name}</b>", name=texts.who(one.member))
    lines: list[str] = [head, difference_text(texts, one), changed_by(texts, change, by)]
    if group.payments_enabled:
        lines.append(texts.t("Balance: {balance}.", balance=money.balance_of(texts, one.balance_cents)))
    rows: list[Row] = []
    if change.kind is not ChangeKind.UNDO:
        rows.append((undo_button(texts, change.id, 1),))
    rows.append((button(texts.label("◀️ Back"), ShowOrder(one.order.id)),))
    return Screen("\n".join(lines)).with_rows(rows)


def changed_many(texts: Texts, done: Changed, by: str) -> Screen:
    """A product was changed for everybody: the coordinator's receipt; names nobody."""
    change, first = done.change, done.corrected[0]
    count = len({one.order.id for one in done.corrected})
    product = first.before.line.product_name
    difference = sum(one.after.amount_cents - one.before.amount_cents for one in done.corrected)
    values = {"product": product, "difference": texts.signed_money(difference)}
    if change.kind is ChangeKind.UNDO:
        what = texts.nt(
            "↩️ <b>{product}</b>: taken back for {n} member, {difference} in all.",
            "↩️ <b>{product}</b>: taken back for {n} members, {difference} in all.",
            count,
            **values,
        )
    elif change.kind is ChangeKind.PRICE:
        what = texts.nt(
            "✏️ <b>{product}</b>: now {price} / {unit} for {n} member, {difference} in all.",
            "✏️ <b>{product}</b>: now {price} / {unit} for {n} members, {difference} in all.",
            count,
            price=texts.money(first.after.price_cents),
            unit=first.after.line.unit,
            **values,
        )
    else:
        what = texts.nt(
            "🚫 <b>{product}</b> did not come: {n} member does not owe it, {difference} in all.",
            "🚫 <b>{product}</b> did not come: {n} members do not owe it, {difference} in all.",
            count,
            **values,
        )
    told = texts.t("Everybody concerned is told in private.")
    rows: list[Row] = []
    if change.kind is not ChangeKind.UNDO:
        rows.append((undo_button(texts, change.id, count),))
    product_page = ShowProduct(change.distribution_id, first.before.line.product_id)
    rows.append((button(texts.label("◀️ Back"), product_page),))
    return Screen("\n".join([what, changed_by(texts, change, by), told])).with_rows(rows)


def toast_changed(texts: Texts, done: Changed) -> str:
    """What was changed, over the button."""
    first = done.corrected[0]
    count = len({one.order.id for one in done.corrected})
    product = shortened(first.before.line.product_name, WIDE)
    if count == 1:
        before, after = texts.money(first.before.amount_cents), texts.money(first.after.amount_cents)
        name = texts.who(first.member, WIDE)
        return texts.label(
            "✏️ {name} · {product}: {before} → {after}",
            name=name,
            product=product,
            before=before,
            after=after,
        )
    if done.change.kind is ChangeKind.UNDO:
        return texts.nlabel(
            "↩️ {product}: taken back for {n} member",
            "↩️ {product}: taken back for {n} members",
            count,
            product=product,
        )
    return texts.nlabel(
        "✏️ {product}: changed for {n} member",
        "✏️ {product}: changed for {n} members",
        count,
        product=product,
    )


def told_changed(
    texts: Texts,
    group: Group,
    distribution: Distribution,
    own: Sequence[Corrected],
    change: Change,
    by: str,
    announced: Sequence[Payment],
) -> Screen:
    """What a member reads: before and after of each of their lines, and what it makes of balance and announced payments."""
    values = {"day": texts.day(distribution.starts_at), "by": by}
    if change.kind is ChangeKind.UNDO:
        head = texts.t("↩️ {by} took a correction of your order for {day} back:", **values)
    else:
        head = texts.t("✏️ {by} corrected your order for {day}:", **values)
    lines: list[str] = [head, *(f"• {difference_text(texts, one)}" for one in own)]
    if not group.payments_enabled:
        return Screen("\n".join(lines))
    lines += ["", money.balance_with_announced(texts, own[-1].balance_cents, announced)]
    return Screen("\n".join(lines), ((button(texts.label("💰 My balance"), Balance(), below=True),),))


def weighed_one(texts: Texts, one: Corrected) -> Html:
    """What was entered for the member before."""
    return texts.t("✅ {name}: {what}", name=texts.who(one.member), what=Html(difference_text(texts, one)))
