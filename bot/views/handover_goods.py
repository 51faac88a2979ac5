"""Goods on distribution day: what was handed over instead, for one line or for everybody, and what members read of it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.views import money
from bot.views.handover import PAGE, page_row, title
from bot.views.order import current_line
from bot.views.screen import Button, Row, Screen, button
from bot.views.texts import Html, Texts
from ledger.groups.models import Group, Member
from ledger.orders.corrections import Changed, Corrected, CurrentLine
from ledger.orders.handover_models import Change, ChangeKind
from ledger.orders.models import Distribution, OrderLine


@dataclass(frozen=True, slots=True)
class ProductTotals:
    """A product at a distribution: how many ordered it, and how much of it was ordered and is handed over."""

    newest: OrderLine
    members: int
    ordered_milli: int
    given_milli: int
    amount_cents: int
    changed: int


@dataclass(frozen=True, slots=True)
class LinePage:
    """A line, whose it is, and the change that made it what it is: by whom, and how many lines it changed."""

    line: CurrentLine
    member: Member
    distribution: Distribution
    change: Change | None = None
    by: str = ""
    changed_lines: int = 0


def totals(lines: Sequence[CurrentLine]) -> list[ProductTotals]:
    """What was ordered, by product."""
    by_product: dict[int, list[CurrentLine]] = defaultdict(list)
    for line in lines:
        by_product[line.line.product_id].append(line)
    found = [
        ProductTotals(
            newest=max((line.line for line in of), key=lambda line: line.id),
            members=len({line.line.order_id for line in of}),
            ordered_milli=sum(line.line.quantity_milli for line in of),
            given_milli=sum(line.quantity_milli for line in of),
            amount_cents=sum(line.amount_cents for line in of),
            changed=sum(line.is_changed for line in of),
        )
        for of in by_product.values()
    ]
    return sorted(found, key=lambda one: (one.newest.product_name.casefold(), one.newest.product_id))


def goods_page(
    texts: Texts, distribution: Distribution, products: Sequence[ProductTotals], page: int
) -> Screen:
    """The products that were ordered, by pages."""
    pages = max((len(products) + PAGE - 1) // PAGE, 1)
    page = min(max(page, 0), pages - 1)
    if products:
        question = texts.t("🥕 Which product is not as it was ordered? (✏️: changed already)")
    else:
        question = texts.t("Nobody has ordered.")
    rows: list[Row] = []
    for one in products[page * PAGE : (page + 1) * PAGE]:
        mark = "✏️ " if one.changed else ""
        quantity = texts.quantity(one.given_milli, one.newest.unit)
        text = f"{mark}{one.newest.product_name[:36]} · {quantity}"
        rows.append((button(text, "dprod", distribution.id, one.newest.product_id),))
    rows.append(page_row("dgoods", distribution.id, page, pages))
    rows.append((button(texts.label("◀️ Back"), "day", distribution.id),))
    return Screen(f"{title(texts, distribution)}\n\n{question}").with_rows(rows)


def product_page(texts: Texts, distribution: Distribution, one: ProductTotals) -> Screen:
    """One product for everybody; names nobody."""
    newest = one.newest
    lines: list[str] = [
        texts.t("🥕 <b>{product}</b>", product=newest.product_name),
        title(texts, distribution),
        "",
        texts.nt(
            "Ordered by {n} member: {quantity}",
            "Ordered by {n} members: {quantity}",
            one.members,
            quantity=texts.quantity(one.ordered_milli, newest.unit),
        ),
        texts.t(
            "Handed over: {quantity} — {amount}",
            quantity=texts.quantity(one.given_milli, newest.unit),
            amount=texts.money(one.amount_cents),
        ),
    ]
    args = (distribution.id, newest.product_id)
    rows: list[Row] = [
        (button(texts.label("🚫 It did not come"), "dnot", *args, style="danger"),),
        (button(texts.label("💶 New price for everybody"), "dpall", *args),),
        (button(texts.label("⚖️ Enter the weights one after another"), "dwalk", *args),),
        (button(texts.label("◀️ Back"), "dgoods", distribution.id, 0),),
    ]
    return Screen("\n".join(lines)).with_rows(rows)


def sure_it_did_not_come(texts: Texts, distribution: Distribution, one: ProductTotals) -> Screen:
    """What “did not come” means, before it is done."""
    question = texts.nt(
        "🚫 <b>{product}</b> did not come: {n} member gets none of it and does not owe it ({amount}). "
        "They are told. Sure?",
        "🚫 <b>{product}</b> did not come: {n} members get none of it and do not owe it ({amount}). "
        "They are told. Sure?",
        one.members,
        product=one.newest.product_name,
        amount=texts.money(one.amount_cents),
    )
    args = (distribution.id, one.newest.product_id)
    yes = texts.nlabel("🚫 Did not come, for {n} member", "🚫 Did not come, for {n} members", one.members)
    rows = (
        (button(yes, "dnotyes", *args, one.members, style="danger"),),
        (button(texts.label("◀️ Back"), "dprod", *args),),
    )
    return Screen(question, rows)


def lines_page(
    texts: Texts, pages_of: Sequence[CurrentLine], member: Member, order_id: int, page: int
) -> Screen:
    """One order's lines, to choose the one that is not as it was ordered."""
    pages = max((len(pages_of) + PAGE - 1) // PAGE, 1)
    page = min(max(page, 0), pages - 1)
    rows: list[Row] = [
        (
            button(
                f"{'✏️ ' if line.is_changed else ''}{line.line.product_name[:36]} · "
                f"{texts.quantity(line.quantity_milli, line.line.unit)}",
                "dline",
                line.line.id,
            ),
        )
        for line in pages_of[page * PAGE : (page + 1) * PAGE]
    ]
    rows.append(page_row("dlines", order_id, page, pages))
    rows.append((button(texts.label("◀️ Back"), "dorder", order_id),))
    text = texts.t("🥕 <b>{name}</b>: which product is not as it was ordered?", name=member.name)
    return Screen(text).with_rows(rows)


def line_page(texts: Texts, page: LinePage) -> Screen:
    """One line: as ordered, as it is now, and what can be changed."""
    line, ordered = page.line, page.line.line
    lines: list[str] = [
        texts.t("🥕 <b>{product}</b> — {name}", product=ordered.product_name, name=page.member.name),
        texts.t(
            "Ordered: {quantity}, {price} / {unit} — {amount}",
            quantity=texts.quantity(ordered.quantity_milli, ordered.unit),
            price=texts.money(ordered.price_cents),
            unit=ordered.unit,
            amount=texts.money(ordered.amount_cents),
        ),
    ]
    if line.is_changed:
        lines.append(
            texts.t(
                "Handed over: <b>{quantity}</b>, {price} / {unit} — <b>{amount}</b>",
                quantity=texts.quantity(line.quantity_milli, ordered.unit),
                price=texts.money(line.price_cents),
                unit=ordered.unit,
                amount=texts.money(line.amount_cents),
            )
        )
    if page.change is not None:
        lines.append(changed_by(texts, page.change, page.by))
    return Screen("\n".join(lines)).with_rows(_line_rows(texts, page))


def _line_rows(texts: Texts, page: LinePage) -> list[Row]:
    line = page.line
    rows: list[Row] = [(button(texts.label("⚖️ Other quantity or weight"), "dqty", line.line.id),)]
    if line.quantity_milli:
        rows.append(
            (button(texts.label("🚫 Not delivered"), "dnone", line.line.id, line.step, style="danger"),)
        )
    rows.append((button(texts.label("💶 Other price"), "dprice", line.line.id),))
    if page.change is not None and page.change.kind is not ChangeKind.UNDO:
        rows.append((undo_button(texts, page.change.id, page.changed_lines),))
    rows.append((button(texts.label("◀️ Back"), "dorder", line.line.order_id),))
    return rows


def changed_by(texts: Texts, change: Change, by: str) -> Html:
    """Who changed it and when."""
    return texts.t(
        "Changed by {name} at {time} ({day}).", name=by, time=texts.time(change.at), day=texts.day(change.at)
    )


def already_so(texts: Texts, at: dt.datetime, by: str) -> str:
    """Somebody was first; plain, for a toast."""
    return texts.label(
        "{name} changed this at {time} already. Nothing was changed twice.", name=by, time=texts.time(at)
    )


def undo_button(texts: Texts, change_id: int, lines: int, *, below: bool = False) -> Button:
    """Takes a change back as a whole; says for how many."""
    label = texts.label("↩️ Undo this change")
    if lines > 1:
        label = texts.nlabel("↩️ Undo for {n} member", "↩️ Undo for {n} members", lines)
    return button(label, "chundo", change_id, below=below)


def difference_text(texts: Texts, one: Corrected) -> str:
    """``Tomme: 1,2 kg → 1,35 kg, 10,68 € → 12,02 €``."""
    before, after, line = one.before, one.after, one.before.line
    amounts = texts.t(
        "{before} → <b>{after}</b>",
        before=texts.money(before.amount_cents),
        after=texts.money(after.amount_cents),
    )
    if before.price_cents != after.price_cents:
        return texts.t(
            "{product} ({quantity}): {before} → {after} / {unit}, {amounts}",
            product=line.product_name,
            quantity=texts.quantity(after.quantity_milli, line.unit),
            before=texts.money(before.price_cents),
            after=texts.money(after.price_cents),
            unit=line.unit,
            amounts=amounts,
        )
    if after.quantity_milli == 0:
        return texts.t(
            "{product}: {before}, not delivered, {amounts}",
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
    head = texts.t("✏️ <b>{name}</b>", name=one.member.name)
    lines: list[str] = [head, difference_text(texts, one), changed_by(texts, change, by)]
    if group.payments_enabled:
        lines.append(texts.t("Balance: {balance}.", balance=money.balance_of(texts, one.balance_cents)))
    rows: list[Row] = []
    if change.kind is not ChangeKind.UNDO:
        rows.append((undo_button(texts, change.id, 1),))
    rows.append((button(texts.label("◀️ Back"), "dorder", one.order.id),))
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
    rows.append((button(texts.label("◀️ Back"), "dgoods", change.distribution_id, 0),))
    return Screen("\n".join([what, changed_by(texts, change, by), told])).with_rows(rows)


def told_changed(
    texts: Texts,
    group: Group,
    distribution: Distribution,
    own: Sequence[Corrected],
    change: Change,
    by: str,
    awaited_cents: int,
) -> Screen:
    """What a member reads: before and after of each of their lines, and the new balance."""
    values = {"day": texts.day(distribution.starts_at), "by": by}
    if change.kind is ChangeKind.UNDO:
        head = texts.t("↩️ {by} took a correction of your order for {day} back:", **values)
    else:
        head = texts.t("✏️ {by} corrected your order for {day}:", **values)
    lines: list[str] = [head, *(f"• {difference_text(texts, one)}" for one in own)]
    if not group.payments_enabled:
        return Screen("\n".join(lines))
    lines += ["", money.balance_with_awaited(texts, own[-1].balance_cents, awaited_cents)]
    return Screen("\n".join(lines), ((button(texts.label("💰 My balance"), "balance", below=True),),))


def ask_quantity(texts: Texts, page: LinePage, cancel: Button) -> Screen:
    """How much was handed over?"""
    line = page.line.line
    text = texts.t(
        "<b>{product}</b> for <b>{name}</b>: {quantity} ordered. How much was handed over, in {unit}? "
        "Type it, like {example} (0: not delivered).",
        product=line.product_name,
        name=page.member.name,
        quantity=texts.quantity(line.quantity_milli, line.unit),
        unit=line.unit,
        example=texts.number(line.quantity_milli),
    )
    return Screen(text, ((cancel,),))


def quantity_again(texts: Texts) -> Html:
    """The text is no quantity."""
    return texts.t(
        "I did not understand this quantity. Nothing was changed. Type it like {example}, with at most three decimals.",
        example=texts.number(1350),
    )


def far_off(texts: Texts, line: OrderLine, given_milli: int, yes: Button, cancel: Button) -> Screen:
    """Ten times the ordered quantity: sure?"""
    text = texts.t(
        "⚠️ {given} instead of {ordered} of {product}: that is ten times as much or more. Nothing is changed yet. "
        "Tap if it is right, or type it again.",
        given=texts.quantity(given_milli, line.unit),
        ordered=texts.quantity(line.quantity_milli, line.unit),
        product=line.product_name,
    )
    return Screen(text, ((yes,), (cancel,)))


def ask_price(texts: Texts, line: OrderLine, price_cents: int, cancel: Button, *, members: int = 0) -> Screen:
    """What does it cost? ``members``: how many it is for, where it is for everybody."""
    values = {
        "product": line.product_name,
        "price": texts.money(price_cents),
        "unit": line.unit,
        "example": texts.bare_money(price_cents),
    }
    if members:
        text = texts.nt(
            "<b>{product}</b> costs {price} / {unit}. What is the right price, for {n} member? Type it, like {example}.",
            "<b>{product}</b> costs {price} / {unit}. What is the right price, for {n} members? Type it, like {example}.",
            members,
            **values,
        )
    else:
        text = texts.t(
            "<b>{product}</b> costs {price} / {unit}. What is the right price? Type it, like {example}.",
            **values,
        )
    return Screen(text, ((cancel,),))


def price_preview(texts: Texts, one: ProductTotals, price_cents: int, yes: Button, cancel: Button) -> Screen:
    """A new price for everybody, before it is set."""
    text = texts.nt(
        "💶 <b>{product}</b>: {price} / {unit} for {n} member. They are told. Nothing is changed yet.",
        "💶 <b>{product}</b>: {price} / {unit} for {n} members. They are told. Nothing is changed yet.",
        one.members,
        product=one.newest.product_name,
        price=texts.money(price_cents),
        unit=one.newest.unit,
    )
    return Screen(text, ((yes,), (cancel,)))


def weigh(texts: Texts, page: LinePage, number: int, of: int, rows: Sequence[Row]) -> Screen:
    """The next member's weight."""
    lines: list[str] = [
        texts.t(
            "⚖️ <b>{product}</b> · {number} of {of}", product=page.line.line.product_name, number=number, of=of
        ),
        texts.t("<b>{name}</b>", name=page.member.name),
        current_line(texts, page.line),
        texts.t("Type what was handed over, in {unit}.", unit=page.line.line.unit),
    ]
    return Screen("\n".join(lines)).with_rows(rows)


def weighed_one(texts: Texts, one: Corrected) -> Html:
    """What was entered for the member before."""
    return texts.t("✅ {name}: {what}", name=one.member.name, what=Html(difference_text(texts, one)))


def weighed_all(texts: Texts, distribution_id: int, product_id: int) -> Screen:
    """The walk is over."""
    return Screen(
        texts.t("⚖️ That was the last one."),
        ((button(texts.label("◀️ Back"), "dprod", distribution_id, product_id, below=True),),),
    )


def changed_meanwhile(texts: Texts, page: LinePage) -> Html:
    """Somebody else changed the line while this person was asked for it."""
    by, at = page.by, page.change.at if page.change else None
    return texts.t(
        "⚠️ {name} changed this at {time}. Nothing of yours was written: type it again if it is still right.",
        name=by,
        time=texts.time(at) if at else "",
    )


def not_changed(texts: Texts) -> Html:
    """Cancelled."""
    return texts.t("Cancelled. Nothing was changed.")
