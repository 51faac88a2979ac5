"""Producers' sheets and hand-over lists: the screen to choose one, a producer's sheet as a message, and the files' words."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence

from bot.distributions.taps import Distributions
from bot.sheets.taps import (
    ALL,
    DoorList,
    HandOverTable,
    OrderCsv,
    OrderWorkbook,
    PickingList,
    ProducerSheet,
    Sheets,
)
from bot.ui import money
from bot.ui.paging import page_of, turning_row
from bot.ui.screen import LONGEST, WIDE, Row, Screen, button, shortened
from bot.ui.texts import Html, Texts
from ledger.exports.handover import HandOver
from ledger.exports.order_sheets import OrderSheet, SheetRow
from ledger.exports.wording import Wording
from ledger.groups.models import Method
from ledger.money import exponent_of

PAGE = 8


def wording(texts: Texts) -> Wording:
    """The reader's language as the files need it."""
    label = texts.label
    return Wording(
        order_sheet=label("Order sheet"),
        table=label("Hand-over table"),
        door_list=label("Door list"),
        picking_list=label("Picking list"),
        provisional=label("provisional"),
        nothing_ordered=label("Nothing is ordered yet."),
        rounded=label("Each member's line is rounded to the cent; amounts are the sums of the lines."),
        producer=label("Producer"),
        product=label("Product"),
        unit=label("Unit"),
        quantity_head=label("Quantity"),
        members_head=label("Members"),
        price=label("Price"),
        amount=label("Amount"),
        total=label("Total"),
        member=label("Member"),
        method_head=label("Method"),
        reference=label("Reference"),
        here=label("Came"),
        paid=label("Paid"),
        still_expected=label("Still expected"),
        missing=label("Missing"),
        overpaid=label("Overpaid (credit)"),
        methods={method: money.method(texts, method) for method in (*Method, None)},
        decimal_mark="," if "," in texts.bare_money(1) else ".",
        money_format=money_format(texts),
        money=texts.money,
        quantity=texts.quantity,
        when=texts.dated,
        page=lambda number: label("page {number} of ", number=number),
    )


def money_format(texts: Texts) -> str:
    """How a spreadsheet shows amounts of the group's currency to this reader: ``#,##0.00" €"``."""
    before, after = re.split(r"[0-9.,]+", texts.money(0), maxsplit=1)
    decimals = exponent_of(texts.currency)
    quoted = [f'"{text}"' if text else "" for text in (before, after)]
    return f"{quoted[0]}#,##0{'.' + '0' * decimals if decimals else ''}{quoted[1]}"


def file_name(texts: Texts, what: str, starts_at: dt.datetime, extension: str, *, provisional: bool) -> str:
    """``commandes-ferme-des-tilleuls-2026-12-01-provisoire.xlsx``: nothing a file system or a mail could trip over."""
    parts = [what, starts_at.astimezone(texts.zone).date().isoformat()]
    if provisional:
        parts.append(texts.label("provisional"))
    plain = unicodedata.normalize("NFKD", "-".join(parts).casefold().replace("œ", "oe").replace("æ", "ae"))
    slug = re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c)))
    return f"{slug.strip('-')[-80:].strip('-')}.{extension}"


def choose(texts: Texts, handover: HandOver, sheets: Sequence[OrderSheet], page: int) -> Screen:
    """What can be had of a distribution: a producer's sheet as a message, and files."""
    lines: list[str] = [
        texts.t(
            "📄 <b>Sheets</b>\nDistribution {when} · {place}",
            when=texts.day_and_time(handover.starts_at),
            place=handover.place,
        ),
        texts.nt(
            "{n} order, {total}",
            "{n} orders, {total}",
            len(handover.orders),
            total=texts.money(handover.total_cents),
        ),
    ]
    if handover.provisional:
        lines.append(provisional(texts, handover))
    if not sheets:
        lines += ["", texts.t("Nothing is ordered yet.")]
        return Screen("\n".join(lines))
    lines += [
        "",
        texts.t("Tap a producer for the order sheet as a message you can forward, or take the files."),
    ]
    shown, page, pages = page_of(sheets, page, PAGE)
    rows: list[Row] = [
        (
            button(
                f"🚜 {shortened(sheet.producer, WIDE)} · {texts.money(sheet.total_cents)}",
                ProducerSheet(handover.distribution_id, sheet.producer_id),
                below=True,
            ),
        )
        for sheet in shown
    ]
    rows.append(turning_row(page, pages, lambda at: Sheets(handover.distribution_id, at)))
    return Screen("\n".join(lines)).with_rows([*rows, *_files(texts, handover.distribution_id)])


def _files(texts: Texts, distribution_id: int) -> list[Row]:
    return [
        (
            button(texts.label("🖨 Door list"), DoorList(distribution_id), below=True),
            button(texts.label("🖨 Picking list"), PickingList(distribution_id), below=True),
        ),
        (
            button(
                texts.label("📊 Product × member table (Excel)"), HandOverTable(distribution_id), below=True
            ),
        ),
        (
            button(texts.label("📊 Orders (Excel)"), OrderWorkbook(distribution_id, ALL), below=True),
            button(texts.label("📊 Orders (CSV)"), OrderCsv(distribution_id, ALL), below=True),
        ),
    ]


def provisional(texts: Texts, handover: HandOver) -> Html:
    """Orders are still taken."""
    return texts.t(
        "⚠️ <b>Provisional</b>: orders are open until {closing}.",
        closing=texts.day_and_time(handover.closes_at),
    )


def producer_sheet(texts: Texts, handover: HandOver, sheet: OrderSheet) -> list[Screen]:
    """One producer's order sheet, in as many messages as it takes; the files under the last."""
    head: list[str] = [
        texts.t("🚜 <b>{producer}</b> · order of {group}", producer=sheet.producer, group=handover.group),
        texts.t(
            "Distribution {when} · {place}",
            when=texts.day_and_time(handover.starts_at),
            place=handover.place,
        ),
    ]
    if handover.provisional:
        head.append(provisional(texts, handover))
    tail = ["", texts.t("<b>Total: {amount}</b>", amount=texts.money(sheet.total_cents))]
    if sheet.is_rounded:
        tail.append(
            texts.t("<i>Each member's line is rounded to the cent; amounts are the sums of the lines.</i>")
        )
    blocks = ["\n".join(head), *("\n" + _line(texts, row) for row in sheet.rows), "\n".join(tail)]
    screens = [Screen(text) for text in _messages(blocks)]
    of = (handover.distribution_id, sheet.producer_id)
    files = (
        button(texts.label("📊 Excel"), OrderWorkbook(*of), below=True),
        button(texts.label("📊 CSV"), OrderCsv(*of), below=True),
    )
    return [*screens[:-1], screens[-1].with_rows([files])]


def _line(texts: Texts, row: SheetRow) -> str:
    return texts.nt(
        "• <b>{quantity} {product}</b>\n   {price} / {unit} · for {n} member · {amount}",
        "• <b>{quantity} {product}</b>\n   {price} / {unit} · for {n} members · {amount}",
        row.members,
        product=row.product,
        unit=row.unit,
        quantity=texts.quantity(row.quantity_milli, row.unit),
        price=texts.money(row.price_cents),
        amount=texts.money(row.amount_cents),
    )


def _messages(blocks: Sequence[str]) -> list[str]:
    """Blocks of lines put together into as few messages as they fit in."""
    found = [blocks[0]]
    for block in blocks[1:]:
        if len(found[-1]) + 1 + len(block) <= LONGEST:
            found[-1] += "\n" + block
        else:
            found.append(block.lstrip("\n"))
    return found


def caption(texts: Texts, handover: HandOver, title: str) -> Html:
    """What stands under a file."""
    text = texts.t(
        "{title} · {when} · {place}",
        title=title,
        when=texts.day_and_time(handover.starts_at),
        place=handover.place,
    )
    return Html(f"{text}\n{provisional(texts, handover)}") if handover.provisional else text


def no_distribution(texts: Texts) -> Screen:
    """There is none to make sheets of."""
    return Screen(
        texts.t("There is no distribution yet."),
        ((button(texts.label("📅 Distributions"), Distributions()),),),
    )
