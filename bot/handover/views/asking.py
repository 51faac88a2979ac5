"""What is asked about goods on distribution day: a quantity, a price, the weights one after another."""

from __future__ import annotations

from collections.abc import Sequence

from bot.handover.taps.goods import ShowProduct
from bot.handover.views.goods import LinePage, ProductTotals
from bot.ordering.views.order import current_line
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.orders.corrections import CurrentLine
from ledger.orders.models import OrderLine


def ask_quantity(texts: Texts, page: LinePage, cancel: Button) -> Screen:
    """How much was handed over?"""
    line = page.line.line
    text = texts.t(
        "<b>{product}</b> for <b>{name}</b>: {quantity} ordered. How much was handed over, in {unit}? "
        "Type it, like {example} (0: not delivered).",
        product=line.product_name,
        name=texts.who(page.member),
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


def far_off(texts: Texts, line: OrderLine, given_milli: int) -> Html:
    """Ten times the ordered quantity: sure?"""
    return texts.t(
        "⚠️ {given} instead of {ordered} of {product}: that is ten times as much or more. Nothing is changed yet. "
        "Tap if it is right, or type it again.",
        given=texts.quantity(given_milli, line.unit),
        ordered=texts.quantity(line.quantity_milli, line.unit),
        product=line.product_name,
    )


def price_far_off(texts: Texts, line: CurrentLine, price_cents: int) -> Html:
    """Ten times the present price: sure?"""
    return texts.t(
        "⚠️ <b>{product}</b>: {after} / {unit} instead of {before}, which is ten times as much or more. Nothing is changed "
        "yet. Tap if it is right, or type it again.",
        product=line.line.product_name,
        after=texts.money(price_cents),
        before=texts.money(line.price_cents),
        unit=line.line.unit,
    )


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
        texts.t("<b>{name}</b>", name=texts.who(page.member)),
        current_line(texts, page.line),
        texts.t("Type what was handed over, in {unit}.", unit=page.line.line.unit),
    ]
    return Screen("\n".join(lines)).with_rows(rows)


def weighed_all(texts: Texts, distribution_id: int, product_id: int) -> Screen:
    """The walk is over."""
    return Screen(
        texts.t("⚖️ That was the last one."),
        ((button(texts.label("◀️ Back"), ShowProduct(distribution_id, product_id), below=True),),),
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
