"""Goods on distribution day: what was handed over instead, for one line or for everybody, and what members read of it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.handover.taps.day import Day, ShowOrder
from bot.handover.taps.goods import (
    AskNotDelivered,
    LineNotDelivered,
    Lines,
    NotDelivered,
    Price,
    PriceForAll,
    Products,
    Quantity,
    ShowLine,
    ShowProduct,
    UndoChange,
    Weigh,
)
from bot.handover.views.day import PAGE, title
from bot.ui.paging import page_of, turning_row
from bot.ui.screen import WIDE, Button, Row, Screen, button, shortened
from bot.ui.texts import Html, Texts
from ledger.groups.models import Member
from ledger.names import sort_key
from ledger.orders.corrections import CurrentLine, mark_of
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
    mark: int
    """Stands for the lines it was counted from."""


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
            mark=mark_of(of),
        )
        for of in by_product.values()
    ]
    return sorted(found, key=lambda one: (sort_key(one.newest.product_name), one.newest.product_id))


def goods_page(
    texts: Texts, distribution: Distribution, products: Sequence[ProductTotals], page: int
) -> Screen:
    """The products that were ordered, by pages."""
    shown, page, pages = page_of(products, page, PAGE)
    if products:
        question = texts.t("🥕 Which product is not as it was ordered? (✏️: changed already)")
    else:
        question = texts.t("Nobody has ordered.")
    rows: list[Row] = []
    for one in shown:
        mark = "✏️ " if one.changed else ""
        quantity = texts.quantity(one.given_milli, one.newest.unit)
        text = f"{mark}{quantity} {shortened(one.newest.product_name, WIDE)}"
        rows.append((button(text, ShowProduct(distribution.id, one.newest.product_id)),))
    rows.append(turning_row(page, pages, lambda at: Products(distribution.id, at)))
    rows.append((button(texts.label("◀️ Back"), Day(distribution.id)),))
    return Screen(f"{title(texts, distribution)}\n\n{question}").with_rows(rows)


def product_page(texts: Texts, distribution: Distribution, one: ProductTotals, list_page: int) -> Screen:
    """One product for everybody; names nobody. ``list_page``: the page of the list it stands on."""
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
        (button(texts.label("🚫 It did not come"), AskNotDelivered(*args), style="danger"),),
        (button(texts.label("💶 New price for everybody"), PriceForAll(*args)),),
        (button(texts.label("⚖️ Weights, one after another"), Weigh(*args)),),
        (button(texts.label("◀️ Back"), Products(distribution.id, list_page)),),
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
        (button(yes, NotDelivered(*args, one.members, one.mark), style="danger"),),
        (button(texts.label("◀️ Back"), ShowProduct(*args)),),
    )
    return Screen(question, rows)


def lines_page(
    texts: Texts, lines: Sequence[CurrentLine], member: Member, order_id: int, page: int
) -> Screen:
    """One order's lines, to choose the one that is not as it was ordered."""
    shown, page, pages = page_of(lines, page, PAGE)
    rows: list[Row] = [
        (
            button(
                f"{'✏️ ' if line.is_changed else ''}{texts.quantity(line.quantity_milli, line.line.unit)} "
                f"{shortened(line.line.product_name, WIDE)}",
                ShowLine(line.line.id),
            ),
        )
        for line in shown
    ]
    rows.append(turning_row(page, pages, lambda at: Lines(order_id, at)))
    rows.append((button(texts.label("◀️ Back"), ShowOrder(order_id)),))
    text = texts.t("🥕 <b>{name}</b>: which product is not as it was ordered?", name=member.name)
    return Screen(text).with_rows(rows)


def line_page(texts: Texts, page: LinePage, list_page: int) -> Screen:
    """One line: as ordered, as it is now, and what can be changed. ``list_page``: the page of the list it stands on."""
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
    return Screen("\n".join(lines)).with_rows(_line_rows(texts, page, list_page))


def _line_rows(texts: Texts, page: LinePage, list_page: int) -> list[Row]:
    line = page.line
    rows: list[Row] = [(button(texts.label("⚖️ Other quantity or weight"), Quantity(line.line.id)),)]
    if line.quantity_milli:
        rows.append(
            (
                button(
                    texts.label("🚫 Not delivered"), LineNotDelivered(line.line.id, line.step), style="danger"
                ),
            )
        )
    rows.append((button(texts.label("💶 Other price"), Price(line.line.id)),))
    if page.change is not None and page.change.kind is not ChangeKind.UNDO:
        rows.append((undo_button(texts, page.change.id, page.changed_lines),))
    rows.append((button(texts.label("◀️ Back"), Lines(line.line.order_id, list_page)),))
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
    return button(label, UndoChange(change_id), below=below)
