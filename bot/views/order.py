"""The screens of ordering: distributions, the catalogue by pages, the basket, the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.views import money
from bot.views.paying import how_to_pay, pay_another_way, pay_rows
from bot.views.screen import Button, Row, Screen, button
from bot.views.texts import Html, Texts
from ledger.catalogue.models import Product
from ledger.catalogue.service import ProducerProducts
from ledger.groups.models import Group, Method
from ledger.orders.baskets import BasketView
from ledger.orders.corrections import CurrentLine
from ledger.orders.models import Distribution, OrderLine
from ledger.orders.service import Confirmed

PAGE = 7
"""Products on a page, one row each."""
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
    return Screen(text, ((button(texts.label("💰 My balance"), "balance"),),))


def choose_distribution(texts: Texts, distributions: Sequence[Distribution]) -> Screen:
    """Several take orders: which one?"""
    rows = [
        (button(f"{texts.day_and_time(d.starts_at)} · {d.place}"[:60], "dist", d.id),) for d in distributions
    ]
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


def catalogue_page(
    texts: Texts, basket: BasketView, catalogue: Sequence[ProducerProducts], place: Place
) -> Screen:
    """One page of products; the tapped one has its − n + row under it."""
    pages = pages_of(catalogue)
    if not pages:
        return Screen(texts.t("The catalogue is empty. The coordinators have been busy elsewhere: ask them."))
    page = min(max(place.page, 0), len(pages) - 1)
    text = [str(headline(texts, basket.distribution)), ""]
    producer = ""
    rows: list[Row] = []
    for name, product in pages[page]:
        if name != producer:
            producer = name
            text.append(texts.t("🌱 <b>{producer}</b>", producer=name))
        quantity = basket.quantity_of(product.id)
        text.append(_catalogue_line(texts, product, quantity))
        rows.append((_product_button(texts, basket, product, quantity, page, place.product_id),))
        if product.id == place.product_id:
            rows += _quantity_rows(texts, basket, product, quantity, page)
    rows.append(_page_row(basket, page, len(pages)))
    rows.append((_basket_button(texts, basket),))
    return Screen("\n".join(text)).with_rows(rows)


def _catalogue_line(texts: Texts, product: Product, quantity: int) -> str:
    line = texts.t(
        "{name} — {price} / {unit}",
        name=product.name,
        price=texts.money(product.price_cents),
        unit=product.unit,
    )
    if product.stock_milli is not None:
        left = texts.number(product.stock_milli)
        line = texts.t("{product} <i>({left} left)</i>", product=line, left=left)
    return f"✅ <b>{texts.number(quantity)} ×</b> {line}" if quantity else f"• {line}"


def _product_button(
    texts: Texts, basket: BasketView, product: Product, quantity: int, page: int, opened: int
) -> Button:
    mark = f"✅ {texts.number(quantity)} × " if quantity else ""
    price = texts.money(product.price_cents)
    text = f"{mark}{product.name} · {price}"
    if len(text) > LONGEST_LABEL:
        text = f"{mark}{product.name[: LONGEST_LABEL - 4 - len(mark) - len(price)]}… · {price}"
    target = 0 if product.id == opened else product.id
    return button(text, "cat", basket.basket.id, page, target)


def _quantity_rows(texts: Texts, basket: BasketView, product: Product, quantity: int, page: int) -> list[Row]:
    def step(text: str, delta: int) -> Button:
        return button(text, "qty", basket.basket.id, product.id, page, delta)

    shown = texts.quantity(quantity, product.unit)
    middle = button(shown, "qask", basket.basket.id, product.id, page)
    rows: list[Row] = [(step("−", -1000), middle, step("+", 1000))]
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
        button("◀️", "cat", basket_id, before, 0),
        button(f"{page + 1} / {pages}", "cat", basket_id, page, 0),
        button("▶️", "cat", basket_id, after, 0),
    )


def _basket_button(texts: Texts, basket: BasketView) -> Button:
    if not basket.lines:
        return button(texts.label("🧺 Basket (empty)"), "basket", basket.basket.id)
    label = texts.label("🧺 Basket · {total}", total=texts.money(basket.total_cents))
    return button(label, "basket", basket.basket.id, style="primary")


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


def basket_screen(texts: Texts, group: Group, basket: BasketView) -> Screen:
    """What is in the basket, the total, and what confirming means (R7), before it is done."""
    basket_id = basket.basket.id
    if not basket.lines:
        empty = texts.t("Your basket is empty.")
        text = f"{headline(texts, basket.distribution)}\n\n{empty}"
        return Screen(text, ((button(texts.label("🛒 See the products"), "cat", basket_id, 0, 0),),))
    lines = [
        line_text(texts, line.product.name, line.product.unit, line.quantity_milli, line.amount_cents)
        for line in basket.lines
    ]
    # Where the basket replaces an order, that order's goods count too.
    replaces = basket.order is not None and not group.payments_enabled
    short = [line.product for line in basket.lines if line.is_short and not replaces]
    lines += [texts.t("⚠️ Not enough left of <b>{product}</b>.", product=product.name) for product in short]
    total = texts.money(basket.total_cents)
    title = (
        texts.t("<b>Products added to your order</b>")
        if basket.order and group.payments_enabled
        else texts.t("<b>Your basket</b>")
    )
    text = "\n".join(
        [
            str(headline(texts, basket.distribution)),
            "",
            title,
            *lines,
            "",
            texts.t("Total: <b>{total}</b>", total=total),
            "",
            rule_before_confirming(texts, group),
        ]
    )
    rows: list[Row] = [
        (
            button(
                texts.label("🗑 Take {product} out", product=product.name[:30]), "drop", basket_id, product.id
            ),
        )
        for product in short
    ]
    rows += [
        (
            button(
                texts.label("✅ Confirm my basket · {total}", total=total),
                "confirm",
                basket_id,
                style="success",
            ),
        ),
        (button(texts.label("🛒 Continue shopping"), "cat", basket_id, 0, 0),),
        (button(texts.label("🗑 Empty the basket"), "empty", basket_id),),
    ]
    return Screen(text).with_rows(rows)


def rule_before_confirming(texts: Texts, group: Group) -> Html:
    """R7 with payments on, R1 with payments off."""
    if group.payments_enabled:
        return texts.t("ℹ️ Once it is confirmed you can add products, but not remove any.")
    return texts.t("ℹ️ You can change or cancel your order until orders close.")


def placed(texts: Texts, group: Group, distribution: Distribution) -> Screen:
    """What is left of the basket's screen once the order is placed; the receipt is a message of its own."""
    text = texts.t(
        "✅ Order placed for the distribution of {when}. The receipt is below.",
        when=texts.day_and_time(distribution.starts_at),
    )
    return Screen(text, ((_more_button(texts, group, distribution),),))


def _more_button(texts: Texts, group: Group, distribution: Distribution) -> Button:
    label = texts.label("➕ Add products") if group.payments_enabled else texts.label("✏️ Change my order")
    return button(label, "dist", distribution.id, below=True)


def receipt(
    texts: Texts, group: Group, done: Confirmed, awaited_cents: int, link: str | None = None
) -> Screen:
    """The receipt that stays: lines, total, what to prepare with which reference, the balance.

    ``link``: where a card pays, if that is known.
    """
    total = texts.money(done.confirmation.amount_cents)
    title = (
        texts.t("🧾 <b>Addition to your order</b>")
        if done.is_addition and group.payments_enabled
        else texts.t("🧾 <b>Order confirmed</b>")
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
            *_how_to_pay(texts, group, done),
            *(
                ["", money.balance_with_awaited(texts, done.balance_cents, awaited_cents)]
                if group.payments_enabled
                else []
            ),
        ]
    )
    rows: list[Row] = []
    if done.payment is not None:
        rows += pay_rows(texts, group, done.payment, link)
        rows.append((pay_another_way(texts, done.payment, below=True),))
    rows.append((_more_button(texts, group, done.distribution),))
    rows.append((button(texts.label("💰 My balance"), "balance", below=True),))
    return Screen(text).with_rows(rows)


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


def _how_to_pay(texts: Texts, group: Group, done: Confirmed) -> list[str]:
    choice = done.confirmation
    if choice.method is Method.MEMBER_CREDIT:
        return ["", texts.t("Paid from your member credit.")]
    if done.payment is None:
        return []
    lines: list[str] = []
    if choice.is_mixed:
        lines += ["", texts.t("🐷 <b>{parts}</b>", parts=money.choice_parts(texts, choice))]
    return [*lines, "", *how_to_pay(texts, group, done.payment)]
