"""Payments and opening balances as coordinators type them in one line."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.payments.line import TypedPayment, parse_opening, parse_payment, parse_signed
from bot.ui.dates import NotUnderstood
from bot.ui.methods import method_of
from ledger.groups.models import Method
from ledger.money import InvalidAmount

CHEQUE, CASH, TRANSFER = Method.CHEQUE, Method.CASH, Method.TRANSFER
DAY = dt.date(2026, 11, 2)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Marie 12,35 chèque", TypedPayment("Marie", 1235, CHEQUE)),
        ("Marie Dupont 12.50 cheque", TypedPayment("Marie Dupont", 1250, CHEQUE)),
        ("@marie_d 12 chq", TypedPayment("@marie_d", 1200, CHEQUE)),
        ("Marie 12,50 € liquide", TypedPayment("Marie", 1250, CASH)),
        ("Marie 1 234,50 Virement", TypedPayment("Marie", 123450, TRANSFER)),
        ("Marie 1 234,50 € vir", TypedPayment("Marie", 123450, TRANSFER)),
        ("Marie -5 espèces", TypedPayment("Marie", -500, CASH)),
        ("Marie − 5 cash", TypedPayment("Marie", -500, CASH)),
        ("Marie +5 transfer", TypedPayment("Marie", 500, TRANSFER)),
        ("Marie 5 CHÈQUE 2026-11-02", TypedPayment("Marie", 500, CHEQUE, DAY)),
        ("Marie 5 cash 02/11/2026 for bread", TypedPayment("Marie", 500, CASH, DAY, "for bread")),
        ("Marie 5 cash two loaves", TypedPayment("Marie", 500, CASH, None, "two loaves")),
        ("Lot 2 12,50 cash", TypedPayment("Lot 2", 1250, CASH)),
        ('"Lot 2" 345 cash', TypedPayment("Lot 2", 34500, CASH)),
        ("« Lot 2 » 345 cash", TypedPayment("Lot 2", 34500, CASH)),
        ("Lot 2 345 cash", TypedPayment("Lot", 234500, CASH)),
        ("Marie", TypedPayment("Marie")),
        ("Marie Dupont", TypedPayment("Marie Dupont")),
        ("Marie 12", TypedPayment("Marie", 1200)),
        ("Marie 12,345 chèque", TypedPayment("Marie", None, CHEQUE, wrong="12,345")),
        ("Marie 1e3 chèque", TypedPayment("Marie", None, CHEQUE, wrong="1e3")),
        ("Marie ١٢ chèque", TypedPayment("Marie", None, CHEQUE, wrong="١٢")),
        ("Marie 0 chèque", TypedPayment("Marie", None, CHEQUE, wrong="0")),
        ("Marie --5 cash", TypedPayment("Marie", None, CASH, wrong="--5")),
        ("Marie cash", TypedPayment("Marie", None, CASH)),
        ("Marie 5 bank transfer", TypedPayment("Marie", 500, TRANSFER)),
        ("Marie 5 by bank transfer", TypedPayment("Marie", 500, TRANSFER)),
        ("Marie 5 virement bancaire", TypedPayment("Marie", 500, TRANSFER)),
        ("Marie 5 € par virement", TypedPayment("Marie", 500, TRANSFER)),
        ("Marie 5 en liquide", TypedPayment("Marie", 500, CASH)),
        ("Marie 5 en espèces", TypedPayment("Marie", 500, CASH)),
        ("Marie 5 in cash", TypedPayment("Marie", 500, CASH)),
        ("Marie 5 argent liquide", TypedPayment("Marie", 500, CASH)),
        ("Marie 5 par chèque", TypedPayment("Marie", 500, CHEQUE)),
        ("Marie 5 par un chèque", TypedPayment("Marie", 500, CHEQUE)),
        ("Marie 5 Par Chèque bancaire", TypedPayment("Marie", 500, CHEQUE)),
        ("Marie 5 par virement bancaire 02/11/2026 mai", TypedPayment("Marie", 500, TRANSFER, DAY, "mai")),
        ("Marie en liquide", TypedPayment("Marie", None, CASH)),
        ("Marie 12,345 en liquide", TypedPayment("Marie", None, CASH, wrong="12,345")),
        ("En 5 en liquide", TypedPayment("En", 500, CASH)),
        ("Benoît 5 bitcoin", TypedPayment("Benoît", 500, unknown="bitcoin")),
        ("Benoît 5 cagnotte", TypedPayment("Benoît", 500, unknown="cagnotte")),
        ("Benoît 5 carte bancaire", TypedPayment("Benoît", 500, unknown="carte bancaire")),
        ("Benoît 1 234,50 € par carte", TypedPayment("Benoît", 123450, unknown="par carte")),
        ("Benoît -5 bitcoin", TypedPayment("Benoît", -500, unknown="bitcoin")),
        ("Lot 2 12,50 bitcoin", TypedPayment("Lot 2", 1250, unknown="bitcoin")),
        ('"Lot 2" 5 bitcoin', TypedPayment("Lot 2", 500, unknown="bitcoin")),
        ("Benoît 5 carte 2026-11-02", TypedPayment("Benoît", 500, None, DAY, unknown="carte")),
        ("Benoît 5 carte 2026-11-02 pain", TypedPayment("Benoît", 500, None, DAY, "pain", unknown="carte")),
        ("Benoît 5 2026-11-02", TypedPayment("Benoît", 500, None, DAY)),
        ("Benoît 12,345 bitcoin", TypedPayment("Benoît 12,345 bitcoin")),
        ("", TypedPayment("")),
    ],
)
def test_payments(line: str, expected: TypedPayment) -> None:
    assert parse_payment(line) == expected


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("chèque", CHEQUE),
        ("Par chèque", CHEQUE),
        ("en liquide", CASH),
        ("bank transfer", TRANSFER),
        ("by  bank  transfer", TRANSFER),
        ("virement bancaire", TRANSFER),
        ("carte", Method.CARD),
        ("par CB", Method.CARD),
        ("by card", Method.CARD),
        ("par", None),
        ("chèque ou liquide", None),
        ("", None),
    ],
)
def test_a_method_by_itself(text: str, method: Method | None) -> None:
    assert method_of(text) is method


@pytest.mark.parametrize(
    "line", ["Marie 5 cash 2026-13-45", "Marie 5 cash 1/1/26", "Marie 5 cash " + "x" * 101]
)
def test_a_date_or_a_note_that_does_not_fit(line: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_payment(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Marie 12", TypedPayment("Marie", 1200)),
        ("Marie +12", TypedPayment("Marie", 1200)),
        ("Marie -12,50", TypedPayment("Marie", -1250)),
        ("Marie −12,50 €", TypedPayment("Marie", -1250)),
        ("Marie Dupont - 1 234,50", TypedPayment("Marie Dupont", -123450)),
        ("Lot 2 12", TypedPayment("Lot 2", 1200)),
        ('"Lot 2" -345', TypedPayment("Lot 2", -34500)),
        ("Marie", TypedPayment("Marie")),
        ("Marie 12,345", TypedPayment("Marie", wrong="12,345")),
        ("Marie 1e3", TypedPayment("Marie", wrong="1e3")),
        ("Marie ١٢", TypedPayment("Marie", wrong="١٢")),
        ("Marie 0", TypedPayment("Marie", wrong="0")),
    ],
)
def test_opening_balances(line: str, expected: TypedPayment) -> None:
    assert parse_opening(line) == expected


@pytest.mark.parametrize("text", ["", "0", "-0", "12,345", "1e3", "١٢", "++1", "12-", "douze", "1,2,3"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(InvalidAmount):
        parse_signed(text, "EUR")
