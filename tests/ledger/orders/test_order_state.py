"""What is said of an order's money: every combination of debt, expected and credit; and what the stand may receive."""

from __future__ import annotations

import itertools

import pytest

from ledger.groups.models import Member, Method
from ledger.orders.corrections import CurrentLine
from ledger.orders.models import Order, OrderLine
from ledger.orders.order_state import (
    OrderState,
    Settles,
    Verdict,
    VerdictKind,
    receipts,
    share,
    tally,
    verdict,
)
from ledger.payments.models import Payment, PaymentState

EXACT, MISSING, OVERPAID, COVERED = VerdictKind
CHEQUE, CASH, TRANSFER, CARD = Method.CHEQUE, Method.CASH, Method.TRANSFER, Method.CARD


@pytest.mark.parametrize(
    ("left", "awaited", "balance", "expected"),
    [
        # Nothing is expected.
        (0, 0, 0, Verdict(EXACT, 0, 0, 0)),
        (0, 0, -2000, Verdict(EXACT, 0, 0, -2000)),
        (0, 0, 500, Verdict(EXACT, 0, 0, 500)),
        (250, 0, -250, Verdict(MISSING, 250, 0, -250)),
        (250, 0, -2250, Verdict(MISSING, 250, 0, -2250)),
        (250, 0, -100, Verdict(MISSING, 250, 0, -100)),
        (250, 0, 0, Verdict(COVERED, 0, 0, 0)),
        (250, 0, 900, Verdict(COVERED, 0, 0, 900)),
        (-265, 0, 265, Verdict(OVERPAID, 265, 0, 265)),
        (-265, 0, 0, Verdict(OVERPAID, 265, 0, 0)),
        (-265, 0, -100, Verdict(OVERPAID, 265, 0, -100)),
        # What is expected pays it.
        (750, 750, -750, Verdict(EXACT, 0, 750, 0)),
        (750, 750, -2750, Verdict(EXACT, 0, 750, -2000)),
        (750, 750, -250, Verdict(EXACT, 0, 750, 500)),
        (950, 750, -950, Verdict(MISSING, 200, 750, -200)),
        (490, 750, -490, Verdict(OVERPAID, 260, 750, 260)),
        # The account makes up for what is missing, once what is expected came.
        (1010, 950, -710, Verdict(EXACT, 0, 950, 240)),
        (1010, 950, -950, Verdict(EXACT, 0, 950, 0)),
        (1010, 950, -1010, Verdict(MISSING, 60, 950, -60)),
        # The account owes nothing: what is expected would be avoir.
        (750, 750, 0, Verdict(COVERED, 0, 750, 750)),
        (750, 750, 9250, Verdict(COVERED, 0, 750, 10_000)),
        (950, 750, 0, Verdict(COVERED, 0, 750, 750)),
        (490, 750, 260, Verdict(COVERED, 0, 750, 1010)),
        # What came pays the order, and something is expected for it all the same.
        (0, 750, 0, Verdict(COVERED, 0, 750, 750)),
        (0, 750, -2000, Verdict(COVERED, 0, 750, -1250)),
        (-100, 750, -50, Verdict(COVERED, 0, 750, 700)),
    ],
)
def test_the_verdict(left: int, awaited: int, balance: int, expected: Verdict) -> None:
    assert verdict(left, awaited, balance) == expected


def test_whoever_owes_nothing_never_reads_that_something_must_come_first() -> None:
    amounts = (-300, 0, 1, 300, 750)
    for left, awaited, balance in itertools.product(amounts, (0, 1, 300, 750), (-750, -1, 0, 1, 750)):
        found = verdict(left, awaited, balance)
        if awaited and balance >= 0:
            assert found.kind is COVERED, (left, awaited, balance)
        if found.kind is MISSING:
            assert balance < 0, (left, awaited, balance)


def payment(number: int, method: Method, cents: int, state: PaymentState = PaymentState.EXPECTED) -> Payment:
    return Payment(id=number, method=method, amount_cents=cents, state=state)


def state(due: int, *payments: Payment, ordered: int | None = None, received: int = 0) -> OrderState:
    """An order of one line that comes to ``due`` now, and came to ``ordered``."""
    ordered = due if ordered is None else ordered
    line = OrderLine(quantity_milli=1_000, price_cents=ordered, amount_cents=ordered)
    return OrderState(
        order=Order(),
        member=Member(),
        lines=(CurrentLine(line, 0, 1_000, due, due),),
        payments=payments,
        due_cents=due,
        credit_cents=0,
        validated=None,
        received={99: received} if received else {},
    )


ANNOUNCED, NEW, LEFT, NOTHING = Settles


@pytest.mark.parametrize(
    ("order", "balance", "offered"),
    [
        (state(1430, payment(1, CASH, 1430)), -1430, [(ANNOUNCED, 1430)]),
        (state(1170, payment(1, CASH, 1430), ordered=1430), -1170, [(NEW, 1170), (ANNOUNCED, 1430)]),
        (state(1170, payment(1, CHEQUE, 1430), ordered=1430), -1170, [(ANNOUNCED, 1430), (NEW, 1170)]),
        (state(1202, payment(1, CASH, 1068), ordered=1068), -1202, [(NEW, 1202), (ANNOUNCED, 1068)]),
        (state(0, payment(1, CASH, 260), ordered=260), 0, [(NOTHING, 0), (ANNOUNCED, 260)]),
        (state(0, payment(1, CHEQUE, 260), ordered=260), 0, [(NOTHING, 0), (ANNOUNCED, 260)]),
        # Cash makes up for what a cheque and cash are too much together, as long as there is enough of it.
        (
            state(1300, payment(1, CHEQUE, 1000), payment(2, CASH, 500), ordered=1500),
            -1300,
            [(NEW, 1300), (ANNOUNCED, 1500)],
        ),
        (
            state(900, payment(1, CHEQUE, 1000), payment(2, CASH, 500), ordered=1500),
            -900,
            [(ANNOUNCED, 1500), (NEW, 900)],
        ),
        # A transfer under way is counted on, and is nothing that the stand receives.
        (state(1500, payment(1, CASH, 500), payment(2, TRANSFER, 1000)), -1500, [(ANNOUNCED, 500)]),
        (
            state(1200, payment(1, CASH, 500), payment(2, TRANSFER, 1000), ordered=1500),
            -1200,
            [(NEW, 200), (ANNOUNCED, 500)],
        ),
        (state(1000, payment(1, TRANSFER, 1000)), -1000, []),
        (state(1000, payment(1, CARD, 1000)), -1000, []),
        # Something of it came before.
        (state(1000, payment(1, CASH, 700), received=250), -750, [(LEFT, 750), (ANNOUNCED, 700)]),
        (state(750, payment(1, CHEQUE, 750), received=750), 0, [(NOTHING, 0), (ANNOUNCED, 750)]),
        # The account covers it: a payment entered beside the order, or avoir that was to stay.
        (state(750, payment(1, CHEQUE, 750)), 0, [(NOTHING, 0), (ANNOUNCED, 750)]),
        (state(750, payment(1, CHEQUE, 750)), 9250, [(ANNOUNCED, 750), (NOTHING, 0)]),
    ],
)
def test_what_the_stand_may_receive(
    order: OrderState, balance: int, offered: list[tuple[Settles, int]]
) -> None:
    assert [(one.settles, one.amount_cents) for one in receipts(order, balance)] == offered


@pytest.mark.parametrize(
    ("amount", "shares"),
    [
        (1500, {1: 800, 2: 400, 3: 300}),
        (1400, {1: 800, 2: 300, 3: 300}),
        (1000, {1: 800, 2: 0, 3: 200}),
        (300, {1: 300, 2: 0, 3: 0}),
        (0, {1: 0, 2: 0, 3: 0}),
        (1600, {1: 800, 2: 500, 3: 300}),
    ],
)
def test_cash_makes_up_for_what_differs_and_then_the_newest_cheque(
    amount: int, shares: dict[int, int]
) -> None:
    awaited = [payment(1, CHEQUE, 800), payment(2, CASH, 400), payment(3, CHEQUE, 300)]
    assert share(awaited, amount) == shares
    assert share([], amount) == {}


def test_what_one_has_too_much_makes_up_for_nothing_that_another_lacks() -> None:
    lacks = state(1000, payment(1, CASH, 700))
    overpays = state(1000, payment(1, CHEQUE, 1200), payment(2, TRANSFER, 50), payment(3, CARD, 30))
    settled = state(1000, payment(1, CHEQUE, 1000, PaymentState.RECEIVED), received=1000)
    found = tally([lacks, overpays, settled])
    assert (found.missing_cents, found.overpaid_cents) == (300, 280)
    assert (found.at_the_stand_cents, found.transfer_cents, found.card_cents) == (1900, 50, 30)
    assert found.expected_cents == 1980
