"""The screens of shorter ways to a basket: what was found, whose products, what was ordered last time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.members.taps import ShowMember
from bot.ordering import taps
from bot.ordering.views.order import (
    ONE,
    PAGE,
    basket_button,
    catalogue_line,
    headline,
    no_distribution,
    pages_of,
    product_button,
    quantity_rows,
)
from bot.ui.paging import page_of, turning_row
from bot.ui.screen import Row, Screen, button, shortened
from bot.ui.texts import Html, Texts
from ledger.catalogue.search import Hit, search_words
from ledger.catalogue.service import ProducerProducts
from ledger.groups.models import Member
from ledger.orders.basket_views import BasketView
from ledger.orders.repeating import Repeated, Wanted

PRODUCERS = 20
"""Producers on a page."""
LONGEST_QUERY = 20
"""Bytes of what is looked for that a button carries along."""
LONGEST_PRODUCER = 40
MEMBERS = 3
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for and found; the product whose − n + row is open (0: none)."""

    query: str
    hits: Sequence[Hit]
    product_id: int


def query_of(text: str) -> str:
    """What is looked for, as a button carries it: its folded words, as many letters as there is room for."""
    return " ".join(search_words(text)).encode()[:LONGEST_QUERY].decode(errors="ignore").strip()


def found_page(
    texts: Texts, basket: BasketView, catalogue: Sequence[ProducerProducts], found: Found
) -> Screen:
    """The products that were found, as on a page of the catalogue: a tap adds one."""
    shown = found.hits[:PAGE]
    text = [
        str(headline(texts, basket.distribution)),
        "",
        texts.nt(
            "🔎 “{query}”: {n} product", "🔎 “{query}”: {n} products", len(found.hits), query=found.query
        ),
    ]
    page_number = {
        product.id: number for number, page in enumerate(pages_of(catalogue)) for _, product in page
    }
    rows: list[Row] = []
    for hit in shown:
        product, quantity = hit.product, basket.quantity_of(hit.product.id)
        price = basket.price_of(product)
        line = catalogue_line(texts, product, quantity, price)
        named = texts.t("{line} · <i>{producer}</i>", line=Html(line), producer=hit.producer.name)
        text.append(named)
        change = partial(taps.Found, found.query, basket.basket.id, product.id)
        rows.append((product_button(texts, product, quantity, price, change(ONE)),))
        if product.id == found.product_id:
            rows += quantity_rows(texts, basket, product, page_number[product.id], change)
    if len(found.hits) > PAGE:
        text.append(texts.t("Not everything fits here: one more word finds the rest."))
    rows.append((button(texts.label("🛒 See the products"), taps.Page(basket.basket.id, 0, 0)),))
    rows.append((basket_button(texts, basket),))
    return Screen("\n".join(text)).with_rows(rows)


def member_rows(members: Sequence[Member]) -> list[Row]:
    """Whoever is called by the same words as what was found."""
    return [
        (button(f"👤 {shortened(member.name, LONGEST_PRODUCER)}", ShowMember(member.id)),)
        for member in members[:MEMBERS]
    ]


def not_now(texts: Texts, hits: Sequence[Hit]) -> Screen:
    """It is in the catalogue, and no distribution takes orders."""
    lines = [catalogue_line(texts, hit.product, 0, hit.product.price_cents) for hit in hits[:PAGE]]
    lines += ["…"] if len(hits) > PAGE else []
    nothing_open = no_distribution(texts)
    return Screen("\n".join([*lines, "", nothing_open.text]), nothing_open.rows)


def nothing_found(texts: Texts, text: str) -> Screen:
    """No product is called so; the way to all of them."""
    sentence = texts.t(
        "🔎 I found no product for “{query}”. Try another word, or look at everything there is.",
        query=shortened(text, LONGEST_PRODUCER),
    )
    return Screen(sentence, ((button(texts.label("🛒 See the products"), taps.Start()),),))


def producers(texts: Texts, basket_id: int, catalogue: Sequence[ProducerProducts], page: int) -> Screen:
    """Every producer leads to the page on which their products begin."""
    starts: list[tuple[str, int]] = []
    before = 0
    for entry in catalogue:
        starts.append((entry.producer.name, before // PAGE))
        before += len(entry.products)
    shown, page, pages = page_of(starts, page, PRODUCERS)
    rows: list[Row] = [
        (button(f"🌱 {shortened(name, LONGEST_PRODUCER)}", taps.Page(basket_id, start, 0)),)
        for name, start in shown
    ]
    rows.append(turning_row(page, pages, lambda at: taps.Producers(basket_id, at)))
    rows.append((button(texts.label("◀️ Back"), taps.Page(basket_id, 0, 0)),))
    return Screen(texts.t("🌱 Whose products do you want to see?")).with_rows(rows)


def repeated(texts: Texts, done: Repeated) -> Html:
    """What was taken over from last time, and what is different today."""
    had = [one for one in done.wanted if one.available_milli > 0]
    lines: list[str] = [
        texts.nt(
            "🔁 As on {day}: {n} product.",
            "🔁 As on {day}: {n} products.",
            len(had),
            day=texts.short_day(done.distribution.starts_at),
        )
    ]
    lines += [_price_line(texts, one) for one in had if one.is_changed][:SHOWN]
    lines += [_fewer_line(texts, one) for one in had if one.available_milli < one.quantity_milli][:SHOWN]
    gone = [one.product.name for one in done.wanted if one.available_milli == 0]
    if gone:
        names = ", ".join(gone[:SHOWN]) + (", …" if len(gone) > SHOWN else "")
        lines.append(texts.t("❌ Not available this time: {names}", names=names))
    return Html("\n".join(lines))


def _price_line(texts: Texts, one: Wanted) -> str:
    """``💶 Miel : 9,50 € / pot → 10,00 € / pot``."""
    return texts.t(
        "💶 {name}: {before} / {unit_before} → {after} / {unit}",
        name=one.product.name,
        before=texts.money(one.then.price_cents),
        unit_before=one.then.unit,
        after=texts.money(one.price_cents),
        unit=one.product.unit,
    )


def _fewer_line(texts: Texts, one: Wanted) -> str:
    return texts.t(
        "⚠️ {name}: {left} left ({wanted} last time)",
        name=one.product.name,
        left=texts.number(one.available_milli),
        wanted=texts.number(one.quantity_milli),
    )
