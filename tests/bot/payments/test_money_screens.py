"""Whatever people type and however much money it is, the screens about money fit into a message, in both languages."""

from __future__ import annotations

import pytest

from bot.cards.views import cards
from bot.ordering.views.payment_choice import Purse
from bot.payments.views import switching
from bot.refunds.views import refunds
from bot.refunds.views import requests as refund_requests
from bot.refunds.views.refunds import Draft, Kind
from bot.ui.screen import Button, Screen
from bot.ui.texts import Texts
from ledger.groups.models import Group, Method
from ledger.money import MAX_AMOUNT
from ledger.notes.models import Note
from ledger.orders.switching import Switched, Ways
from ledger.payments.card.models import CardRefund, CardRefundState, StripeEvent
from ledger.payments.card.movements import Disputed
from ledger.payments.card.refunds import RefundNews
from ledger.payments.models import (
    Payment,
    PaymentState,
    Purpose,
    RefundRequest,
    Settlement,
    SettlementKind,
)
from ledger.payments.service import CardReceipt, Settled
from tests.bot.reminders.test_reminders_screens import BIG, GROUP, MEMBER, NASTY, NOW, fits

PAYMENT = Payment(
    id=BIG,
    method=Method.TRANSFER,
    amount_cents=MAX_AMOUNT,
    reference="K7M3P9X",
    purpose=Purpose.ORDER,
    order_id=BIG,
    created_at=NOW,
)
REQUEST = RefundRequest(
    id=BIG,
    group_id=BIG,
    amount_cents=MAX_AMOUNT,
    way=Method.TRANSFER,
    created_at=NOW,
)
NOTE = Note(text=NASTY[:100])
BACK = Button("x", data="y")
OFFLINE = (Method.CHEQUE, Method.CASH, Method.TRANSFER)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", Kind)
def test_what_treasurers_record(language: str, kind: Kind) -> None:
    texts = Texts(language)
    draft = Draft(kind, MEMBER, MAX_AMOUNT, MAX_AMOUNT, Method.TRANSFER, NASTY[:100])
    fits(refunds.ask_amount(texts, draft, Button(refunds.everything(texts, draft), data="y"), BACK))
    fits(refunds.ask_way(texts, draft, [BACK], BACK))
    fits(refunds.ask_reason(texts, draft, BACK))
    fits(refunds.preview(texts, draft, BACK, BACK))
    fits(refunds.recorded(texts, draft, BACK, PAYMENT, out=True))
    fits(refunds.told(texts, GROUP, draft, NASTY, MAX_AMOUNT))
    fits(Screen(refunds.nothing_there(texts, draft)))
    for balance in (MAX_AMOUNT, -MAX_AMOUNT, 0):
        for out in (None, 1):
            fits(Screen("x").with_rows(refunds.ways_in(texts, MEMBER, balance, out=out)))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_members_ask(language: str) -> None:
    texts = Texts(language)
    fits(refund_requests.ask_amount(texts, GROUP, MAX_AMOUNT, BACK, BACK))
    fits(refund_requests.ask_way(texts, MAX_AMOUNT, [BACK], BACK))
    fits(refund_requests.preview(texts, MAX_AMOUNT, Method.TRANSFER, NASTY[:100], BACK, BACK))
    for told in (0, 1):
        fits(refund_requests.asked(texts, GROUP, REQUEST, told))
    fits(refund_requests.told_asked(texts, GROUP, MEMBER, REQUEST, NOTE, MAX_AMOUNT))
    fits(refund_requests.ask_reason(texts, MEMBER, REQUEST, BACK, BACK))
    fits(refund_requests.told_declined(texts, GROUP, REQUEST, NOTE, NASTY, MAX_AMOUNT, MAX_AMOUNT))
    fits(Screen(refunds.request_line(texts, REQUEST, NOTE), (refunds.request_row(texts, REQUEST),)))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_paying_another_way(language: str) -> None:
    texts = Texts(language)
    part = MAX_AMOUNT - 1
    fits(switching.choose(texts, Ways(PAYMENT, 10, MAX_AMOUNT, part, tuple(Method), OFFLINE, part)))
    fits(switching.choose(texts, Ways(PAYMENT, 0, MAX_AMOUNT, 0, (), (), 0)))
    for payment in (PAYMENT, None):
        done = Switched(PAYMENT, payment, MAX_AMOUNT, part, -MAX_AMOUNT)
        fits(switching.switched(texts, done))
        fits(switching.receipt(texts, GROUP, done, MAX_AMOUNT))
        fits(Screen(switching.stands(texts, payment)))


@pytest.mark.parametrize(
    ("balance", "total", "methods", "first"),
    [
        (1000, 1235, (*OFFLINE, Method.MEMBER_CREDIT), 1000),
        (1, 1235, (Method.CASH, Method.MEMBER_CREDIT), 1),
        (1234, 1235, (Method.CASH, Method.MEMBER_CREDIT), 1234),
        (1235, 1235, (Method.CASH, Method.MEMBER_CREDIT), 0),
        (5000, 1235, (Method.CASH, Method.MEMBER_CREDIT), 0),
        (0, 1235, (Method.CASH, Method.MEMBER_CREDIT), 0),
        (-5, 1235, (Method.CASH, Method.MEMBER_CREDIT), 0),
        (1000, 1235, OFFLINE, 0),
        (1000, 1235, (Method.MEMBER_CREDIT,), 0),
        (1185, 1235, (Method.CARD, Method.MEMBER_CREDIT), 1185),
        (1186, 1235, (Method.CARD, Method.MEMBER_CREDIT), 0),
        (1186, 1235, (Method.CARD, Method.CASH, Method.MEMBER_CREDIT), 1186),
    ],
)
def test_what_credit_can_pay_first(balance: int, total: int, methods: tuple[Method, ...], first: int) -> None:
    assert Purse(balance).first(Group(currency="EUR"), total, methods) == first


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("order_id", [None, BIG])
def test_what_is_said_of_cards(language: str, order_id: int | None) -> None:
    texts, url = Texts(language), "https://checkout.stripe.com/c/pay/cs_live_" + "x" * 300
    payment = Payment(
        id=BIG,
        method=Method.CARD,
        amount_cents=MAX_AMOUNT,
        reference="K7M3P9X",
        order_id=order_id,
        created_at=NOW,
    )
    settlement = Settlement(kind=SettlementKind.RECEIVED, amount_cents=MAX_AMOUNT, at=NOW)
    settled = Settled(payment, settlement, -MAX_AMOUNT)
    fits(cards.to_pay(texts, GROUP, payment, url))
    for was in PaymentState:
        receipt = CardReceipt(settled, MEMBER, was)
        fits(cards.paid(texts, GROUP, receipt, MAX_AMOUNT))
        fits(cards.paid_late(texts, GROUP, receipt))
        payment.state = was
        fits(cards.returned(texts, payment))
    fits(cards.declined(texts, GROUP, payment, url))
    stands = "Your order stands" if language == "en" else "Votre commande tient"
    for screen in (
        cards.over(texts, GROUP, payment),
        cards.unavailable(texts, GROUP, payment),
        cards.refused(texts, GROUP, payment),
    ):
        fits(screen)
        assert (stands in screen.text) == (order_id is not None)
    fits(cards.key_refused(texts, GROUP))
    for state in CardRefundState:
        news = RefundNews(CardRefund(amount_cents=MAX_AMOUNT, state=state), payment, MEMBER, -MAX_AMOUNT)
        fits(cards.refunded(texts, GROUP, news))
        fits(cards.refund_outcome(texts, GROUP, news))
    for amount in (-MAX_AMOUNT, MAX_AMOUNT):
        disputed = Disputed(payment, MEMBER, amount, MAX_AMOUNT)
        fits(cards.disputed(texts, GROUP, disputed))
        fits(cards.staff_disputed(texts, GROUP, disputed))
    fits(
        cards.parked(
            texts, GROUP, StripeEvent(kind="checkout.session.completed", stripe_id="evt_" + "x" * 60)
        )
    )
