"""Screens of ordering with the longest names and numbers there are: Telegram takes them."""

from __future__ import annotations

import pytest

from bot.home.views import history
from bot.members.taps import MemberHistory
from bot.ordering.views import order
from bot.ordering.views import search as order_search
from bot.ui.screen import Button, button
from bot.ui.texts import Html, Texts
from ledger.books.models import Transaction
from ledger.books.service import StatementLine
from ledger.catalogue.models import Producer
from ledger.catalogue.search import Hit
from ledger.catalogue.service import ProducerProducts
from ledger.groups.models import Method
from ledger.notes.models import Note
from ledger.orders.baskets import BasketView, ChosenLine
from ledger.orders.corrections import CurrentLine
from ledger.orders.expected import Expected
from ledger.orders.history import Explained, History
from ledger.orders.models import Basket, Distribution, Order, OrderLine
from ledger.orders.repeating import Repeated, Wanted
from ledger.payments.models import Payment
from tests.bot.members.test_coordinators_screens import BIG, NASTY, NOW, a_group, a_product, assert_fits


@pytest.fixture(params=["fr", "en"])
def texts(request: pytest.FixtureRequest) -> Texts:
    return Texts(request.param)


def a_distribution() -> Distribution:
    return Distribution(
        id=BIG, group_id=BIG, place=NASTY[:100], starts_at=NOW, opens_at=NOW, closes_at=NOW, created_at=NOW
    )


def a_line(number: int) -> OrderLine:
    return OrderLine(
        product_id=number, product_name=NASTY, unit="kg", price_cents=1, quantity_milli=1000, amount_cents=1
    )


def test_everything_fits(texts: Texts) -> None:
    products = [a_product(BIG + n) for n in range(60)]
    catalogue = [
        ProducerProducts(Producer(id=n, name=f"{NASTY}{n}"), (product,)) for n, product in enumerate(products)
    ]
    hits = [Hit(entry.producer, entry.products[0]) for entry in catalogue]
    chosen = tuple(ChosenLine(product, 999_000) for product in products[:40])
    basket = BasketView(Basket(id=BIG), a_distribution(), chosen, Order(id=BIG), replaces=False)
    query = order_search.query_of("Œufs châtaigniers entiers de la ferme extraordinaire")
    found = order_search.Found(query, hits, products[0].id)
    assert_fits(order_search.found_page(texts, basket, catalogue, found))
    assert_fits(order.choose_distribution(texts, [a_distribution()] * 9, query))
    for page in (-1, 0, 99):
        assert_fits(order_search.producers(texts, BIG, catalogue, page))
    assert_fits(order_search.not_now(texts, hits))
    assert_fits(order_search.nothing_found(texts, NASTY * 9))
    past = order.Past([CurrentLine(a_line(n), 0, 1000, 1, 10**9) for n in range(60)], a_distribution())
    assert_fits(order.catalogue_page(texts, basket, catalogue, order.Place(0, products[0].id), past))
    repeated = Repeated(
        a_distribution(), tuple(Wanted(product, a_line(product.id), 10**12, 10**9) for product in products)
    )
    shown = order.basket_screen(texts, a_group(), basket, a_distribution())
    assert_fits(shown.under(order_search.repeated(texts, repeated)))


def test_a_history_fits(texts: Texts) -> None:
    payment = Payment(id=BIG, method=Method.CHEQUE, amount_cents=10**11, reference="K7M3P9X")

    note = Note(text=NASTY)

    def line(kind: str, actor: str | None) -> Explained:
        transaction = Transaction(kind=kind, dated=NOW.date(), recorded_at=NOW, reverses_id=1)
        seen = StatementLine(transaction, -(10**11), 10**11, 1)
        return Explained(seen, payment, a_distribution(), None, transaction, NASTY, note, actor, is_own=False)

    kinds = ("order", "received-cheque", "correction", "reversal", "gift", "received-card", "opening", "x")
    page = History(
        tuple(Expected(payment, a_distribution()) for _ in range(30)),
        tuple(line(kind, NASTY if kind != "received-card" else None) for kind in kinds),
        BIG,
    )

    def older(label: str, at: int) -> Button:
        return button(label, MemberHistory(BIG, at))

    screen = history.history(texts, Html("<b>title</b>"), page, older)
    assert_fits(screen)
    assert "Stripe" in history.history(texts, Html(""), History((), page.lines[5:], None), older).text
