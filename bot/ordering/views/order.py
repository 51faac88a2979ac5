"""The screens of ordering: distributions, the catalogue by pages, the basket, the receipt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bot.home.taps import Balance
from bot.ordering.taps import (
    Add,
    Again,
    Change,
    Confirm,
    Empty,
    FoundAt,
    OrderAt,
    Page,
    Producers,
    ShowBasket,
    TakeOut,
    TypeQuantity,
)
from bot.ordering.views.paying import how_to_pay, pay_another_way, pay_rows
from bot.ui import money
from bot.ui.screen import Button, Row, Screen, button, shortened
from bot.ui.taps import Tap
from bot.ui.texts import Html, Texts
from ledger.catalogue.models import Product
from ledger.catalogue.service import ProducerProducts
from ledger.groups.models import Group, Method
from ledger.orders.basket_views import BasketView
from ledger.orders.corrections import CurrentLine
from ledger.orders.models import Distribution, OrderLine
from ledger.orders.service import Confirmed

PAGE = 7
"""Products on a page, one row each."""
ONE = 1000
"""One unit of a product, in thousandths."""
ORDERED_SHOWN = 8
LONGEST_LABEL = 44
"""Characters of a product's button: a phone cuts longer ones at the end, where the price stands."""


def headline(texts: Texts, distribution: Distribution) -> Html:
    """Which distribution, where, and until when one can order."""
    return texts.t(
        "🧺 <b>Distribution {when}</b>\n📍 {place}\n⏳ Orders until {closing}",
        when=texts.day_and_time(distribution.starts_at),
        place=distribution.place,
        closing=texts.day_and_time(distribution.closes_at),
    )


def no_distribution(texts: Texts) -> Screen:
    """Nothing can be ordered now."""
    text = texts.t("No distribution takes orders at the moment. You will be told when the next one opens.")
    return Screen(text, ((button(texts.label("💰 My balance"), Balance()),),))


def choose_distribution(
    texts: Texts, distributions: Sequence[Distribution], query: str | None = None
) -> Screen:
    """Several take orders: which one? ``query``: what is looked for in its catalogue then."""

    def at(distribution: Distribution) -> Tap:
        return OrderAt(distribution.id) if query is None else FoundAt(query, distribution.id)

    rows = [(button(f"{texts.day_and_time(d.starts_at)} · {d.place}"[:60], at(d)),) for d in distributions]
    return Screen(texts.t("For which distribution do you want to order?")).with_rows(rows)


def pages_of(catalogue: Sequence[ProducerProducts]) -> list[list[tuple[str, Product]]]:
    """The catalogue cut into pages of (producer, product)."""
    flat = [(entry.producer.name, product) for entry in catalogue for product in entry.products]
    return [flat[start : start + PAGE] for start in range(0, len(flat), PAGE)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the catalogue a person is: the page, and the product whose − n + row is open (0: none)."""

    page: int = 0
    product_id: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """What was before this basket: the lines ordered for its distribution already, and the distribution of the last
    order where nothing is chosen yet."""

    ordered: Sequence[CurrentLine] = ()
    last: Distribution | None = None


NOTHING_BEFORE = Past()


def catalogue_page(
    texts: Texts,
    basket: BasketView,
    catalogue: Sequence[ProducerProducts],
    place: Place,
    past: Past = NOTHING_BEFORE,
) -> Screen:
    """One page of products, under what was ordered already; the tapped one has its − n + row under it."""
    pages = pages_of(catalogue)
    if not pages:
        return Screen(texts.t("The catalogue is empty for now: ask the coordinators."))
    page = min(max(place.page, 0), len(pages) - 1)
    text = [str(headline(texts, basket.distribution)), *_ordered_already(texts, past.ordered), ""]
    producer = ""
    rows: list[Row] = [again_row(texts, basket, past.last)]
    for name, product in pages[page]:
        if name != producer:
            producer = name
            text.append(texts.t("🌱 <b>{producer}</b>", producer=name))
        quantity = basket.quantity_of(product.id)
        price = basket.price_of(product)
        text.append(catalogue_line(texts, product, quantity, price))
        tapped = Add(basket.basket.id, product.id, page)
        rows.append((product_button(texts, product, quantity, price, tapped),))
        if product.id == place.product_id:
            change = partial(Change, basket.basket.id, product.id, page)
            rows += quantity_rows(texts, basket, product, page, change)
    rows.append(_page_row(basket, page, len(pages)))
    rows.append((basket_button(texts, basket),))
    return Screen("\n".join(text)).with_rows(rows)


def again_row(texts: Texts, basket: BasketView, last: Distribution | None) -> Row:
    """The button that fills the basket as the last order was, if there was one."""
    if last is None:
        return ()
    label = texts.label("🔁 Like last time ({day})", day=texts.short_day(last.starts_at))
    return (button(label, Again(basket.basket.id)),)


def _ordered_already(texts: Texts, lines: Sequence[CurrentLine]) -> list[str]:
    """What the member ordered for this distribution already, in one line, with what it costs."""
    ordered = [line for line in lines if line.quantity_milli]
    if not ordered:
        return []
    named = [
        f"{texts.quantity(line.quantity_milli, line.line.unit)} {line.line.product_name}"
        for line in ordered[:ORDERED_SHOWN]
    ]
    named += ["…"] if len(ordered) > ORDERED_SHOWN else []
    total = texts.money(sum(line.amount_cents for line in ordered))
    return ["", texts.t("📦 Ordered already: {lines} — <b>{total}</b>", lines=", ".join(named), total=total)]


def catalogue_line(texts: Texts, product: Product, quantity: int, price_cents: int) -> str:
    line = texts.t(
        "{name} — {price} / {unit}",
        name=product.name,
        price=texts.money(price_cents),
        unit=product.unit,
    )
    if product.stock_milli is not None:
        left = texts.number(product.stock_milli)
        line = texts.t("{product} <i>({left} left)</i>", product=line, left=left)
    return f"✅ <b>{texts.number(quantity)} ×</b> {line}" if quantity else f"• {line}"


def product_button(texts: Texts, product: Product, quantity: int, price_cents: int, tap: Tap) -> Button:
    """A product with its price and how much of it is in the basket."""
    mark = f"✅ {texts.number(quantity)} × " if quantity else ""
    price = texts.money(price_cents)
    text = f"{mark}{product.name} · {price}"
    if len(text) > LONGEST_LABEL:
        text = f"{mark}{product.name[: LONGEST_LABEL - 4 - len(mark) - len(price)]}… · {price}"
    return button(text, tap)


def quantity_rows(
    texts: Texts, basket: BasketView, product: Product, page: int, change: Callable[[int], Tap]
) -> list[Row]:
    """− n + of one product; ``change``: so many thousandths of it more, ``page``: where it stands in the catalogue."""

    def step(text: str, delta: int) -> Button:
        return button(text, change(delta))

    shown = texts.quantity(basket.quantity_of(product.id), product.unit)
    middle = button(shown, TypeQuantity(basket.basket.id, product.id, page))
    rows: list[Row] = [(step("−", -ONE), middle, step("+", ONE))]
    if product.weighed:
        tenth = texts.number(100)
        rows.append((step(f"− {tenth}", -100), step(f"+ {tenth}", 100)))
    return rows


def _page_row(basket: BasketView, page: int, pages: int) -> Row:
    if pages == 1:
        return ()
    before, after = (page - 1) % pages, (page + 1) % pages
    basket_id = basket.basket.id
    return (
        button("◀️", Page(basket_id, before, 0)),
        button(f"🌱 {page + 1} / {pages}", Producers(basket_id, 0)),
        button("▶️", Page(basket_id, after, 0)),
    )


def basket_button(texts: Texts, basket: BasketView) -> Button:
    """To the basket, with what it comes to."""
    if not basket.lines:
        return button(texts.label("🧺 Basket (empty)"), ShowBasket(basket.basket.id))
    label = texts.label("🧺 Basket · {total}", total=texts.money(basket.total_cents))
    return button(label, ShowBasket(basket.basket.id), style="primary")


def ask_quantity(texts: Texts, product: Product) -> Screen:
    """The person types how much."""
    if product.weighed:
        return Screen(
            texts.t(
                "How much <b>{name}</b>, in {unit}? Type it, for example {example}.",
                name=product.name,
                unit=product.unit,
                example=texts.number(1200),
            )
        )
    return Screen(texts.t("How many <b>{name}</b>? Type a whole number.", name=product.name))


def line_text(texts: Texts, name: str, unit: str, quantity: int, amount: int) -> str:
    """``2 × Pain de campagne — 7,00 €``, ``1 × Cidre (bouteille 75 cl) — 4,30 €``, ``1,2 kg Poireaux — 3,84 €``."""
    sized = f"{name} ({unit})" if any(character.isdigit() for character in unit) else name
    return texts.t(
        "• {quantity} {name} — {amount}",
        quantity=texts.quantity(quantity, unit),
        name=sized,
        amount=texts.money(amount),
    )


def basket_screen(
    texts: Texts,
    group: Group,
    basket: BasketView,
    last: Distribution | None = None,
    *,
    is_own: bool = True,
) -> Screen:
    """What is in the basket, the total, and what confirming means (R7), before it is done.

    ``last``: the distribution of the last order, where an empty basket could be filled like it. ``is_own``: whether the
    reader is who it is for; somebody else's basket is never called theirs.
    """
    basket_id = basket.basket.id
    if not basket.lines:
        empty = texts.t("Your basket is empty.") if is_own else texts.t("The basket is empty.")
        text = f"{headline(texts, basket.distribution)}\n\n{empty}"
        see = (button(texts.label("🛒 See the products"), Page(basket_id, 0, 0)),)
        return Screen(text).with_rows([see, again_row(texts, basket, last)])
    lines = [
        line_text(texts, line.product.name, line.product.unit, line.quantity_milli, line.amount_cents)
        for line in basket.lines
    ]
    # Where the basket replaces an order, that order's goods count too.
    short = [line.product for line in basket.lines if line.is_short and not basket.replaces]
    lines += [texts.t("⚠️ Not enough left of <b>{product}</b>.", product=product.name) for product in short]
    total = texts.money(basket.total_cents)
    if is_own:
        title = (
            texts.t("<b>Products added to your order</b>") if basket.adds else texts.t("<b>Your basket</b>")
        )
    else:
        title = texts.t("<b>Products added to the order</b>") if basket.adds else texts.t("<b>The basket</b>")
    text = "\n".join(
        [
            str(headline(texts, basket.distribution)),
            "",
            title,
            *lines,
            "",
            texts.t("Total: <b>{total}</b>", total=total),
            "",
            rule_before_confirming(texts, group, adds=basket.adds, is_own=is_own),
        ]
    )
    rows: list[Row] = [
        (
            button(
                texts.label("🗑 Take {product} out", product=shortened(product.name, 30)),
                TakeOut(basket_id, product.id),
            ),
        )
        for product in short
    ]
    rows += [
        (
            button(
                texts.label("✅ Confirm my basket · {total}", total=total),
                Confirm(basket_id),
                style="success",
            ),
        ),
        (button(texts.label("🛒 Continue shopping"), Page(basket_id, 0, 0)),),
        (button(texts.label("🗑 Empty the basket"), Empty(basket_id)),),
    ]
    return Screen(text).with_rows(rows)


def rule_before_confirming(texts: Texts, group: Group, *, adds: bool = False, is_own: bool = True) -> Html:
    """R7 with payments on, R1 with payments off; ``adds``: to an order that was charged before they were switched off."""
    if group.payments_enabled and is_own:
        return texts.t("ℹ️ Once it is confirmed you can add products, but not remove any.")
    if group.payments_enabled:
        return texts.t("ℹ️ Once the order is confirmed, products can be added, but not removed.")
    if not is_own and not adds:
        return texts.t("ℹ️ The order can be changed or cancelled until orders close.")
    if not is_own:
        return texts.t(
            "ℹ️ The order was charged before the group switched payments off, so it stays as it is: products can be "
            "added, but not removed. What is added now is written down and charges nothing."
        )
    if adds:
        return texts.t(
            "ℹ️ Your order was charged before the group switched payments off, so it stays as it is: you can add "
            "products, but not remove any. What you add now is written down and charges nothing."
        )
    return texts.t("ℹ️ You can change or cancel your order until orders close.")


def can_change(group: Group, done: Confirmed) -> bool:
    """Whether the member may still change what was just ordered (R1)."""
    return not group.payments_enabled and not done.adds


def placed(texts: Texts, distribution: Distribution, *, can_change: bool) -> Screen:
    """What is left of the basket's screen once the order is placed; the receipt is a message of its own."""
    text = texts.t(
        "✅ Order placed for the distribution of {when}. The receipt is below.",
        when=texts.day_and_time(distribution.starts_at),
    )
    return Screen(text, ((_more_button(texts, distribution, can_change=can_change),),))


def _more_button(texts: Texts, distribution: Distribution, *, can_change: bool) -> Button:
    label = texts.label("✏️ Change my order") if can_change else texts.label("➕ Add products")
    return button(label, OrderAt(distribution.id), below=True)


def receipt(
    texts: Texts,
    group: Group,
    done: Confirmed,
    expected_cents: int,
    link: str | None = None,
    *,
    is_own: bool = True,
) -> Screen:
    """The receipt that stays: lines, total, what to prepare with which reference, the balance.

    ``link``: where a card pays, if that is known. ``is_own``: whether the reader is who it is for.
    """
    total = texts.money(done.confirmation.amount_cents)
    title = texts.t("🧾 <b>Order confirmed</b>")
    if done.adds:
        title = (
            texts.t("🧾 <b>Addition to your order</b>")
            if is_own
            else texts.t("🧾 <b>Addition to the order</b>")
        )
    text = "\n".join(
        [
            title,
            texts.t(
                "{group} · {when}", group=group.title, when=texts.day_and_time(done.distribution.starts_at)
            ),
            texts.t("📍 {place}", place=done.distribution.place),
            "",
            *(order_line(texts, line) for line in done.lines),
            "",
            texts.t("Total: <b>{total}</b>", total=total),
            *_how_to_pay(texts, group, done, is_own=is_own),
            *(["", *_balance(texts, done, expected_cents, is_own=is_own)] if group.payments_enabled else []),
        ]
    )
    rows: list[Row] = []
    if done.payment is not None:
        rows += pay_rows(texts, group, done.payment, link)
        rows.append((pay_another_way(texts, done.payment, below=True),))
    rows.append((_more_button(texts, done.distribution, can_change=can_change(group, done)),))
    rows.append((button(texts.label("💰 My balance"), Balance(), below=True),))
    return Screen(text).with_rows(rows)


def _balance(texts: Texts, done: Confirmed, expected_cents: int, *, is_own: bool) -> list[Html]:
    if is_own:
        return [money.balance_with_expected(texts, done.balance_cents, expected_cents)]
    lines = [texts.t("Balance: {balance}.", balance=money.balance_of(texts, done.balance_cents))]
    if expected_cents > 0:
        lines.append(texts.t("Awaiting confirmation: {amount}", amount=texts.money(expected_cents)))
    return lines


def order_line(texts: Texts, line: OrderLine) -> str:
    """A line of an order, at the price it was ordered for."""
    return line_text(texts, line.product_name, line.unit, line.quantity_milli, line.amount_cents)


def current_line(texts: Texts, line: CurrentLine) -> str:
    """``• 1,2 kg → 1,35 kg Tomme — 12,02 €``, with the price where it is another."""
    ordered = line.line
    quantity = texts.quantity(line.quantity_milli, ordered.unit)
    if not line.quantity_milli:
        before = texts.quantity(ordered.quantity_milli, ordered.unit)
        return texts.t("• {quantity} {name} — not delivered", quantity=before, name=ordered.product_name)
    if line.quantity_milli != ordered.quantity_milli:
        before = texts.quantity(ordered.quantity_milli, ordered.unit)
        quantity = texts.t("{before} → <b>{after}</b>", before=before, after=quantity)
    text = texts.t(
        "• {quantity} {name} — {amount}",
        quantity=quantity,
        name=ordered.product_name,
        amount=texts.money(line.amount_cents),
    )
    if line.price_cents == ordered.price_cents:
        return text
    price = texts.t(
        "({before} → {after} / {unit})",
        before=texts.money(ordered.price_cents),
        after=texts.money(line.price_cents),
        unit=ordered.unit,
    )
    return f"{text} <i>{price}</i>"


def _how_to_pay(texts: Texts, group: Group, done: Confirmed, *, is_own: bool) -> list[str]:
    choice = done.confirmation
    if choice.method is Method.MEMBER_CREDIT:
        paid = texts.t("Paid from your member credit.") if is_own else texts.t("Paid from member credit.")
        return ["", paid]
    if done.payment is None:
        return []
    lines: list[str] = []
    if choice.is_mixed:
        lines += ["", texts.t("🐷 <b>{parts}</b>", parts=money.choice_parts(texts, choice))]
    return [*lines, "", *how_to_pay(texts, group, done.payment)]
