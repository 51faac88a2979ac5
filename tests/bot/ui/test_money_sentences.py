"""A balance with what is announced, added up for the reader."""

from __future__ import annotations

import pytest

from bot.ui import money
from bot.ui.texts import Texts
from ledger.groups.models import Method
from ledger.payments.models import Payment

CHEQUE, CASH, TRANSFER, CARD = Method.CHEQUE, Method.CASH, Method.TRANSFER, Method.CARD


def said(language: str, balance: int, *announced: tuple[Method, int]) -> str:
    payments = [Payment(method=method, amount_cents=cents) for method, cents in announced]
    texts = Texts(language, "Europe/Paris", "EUR")
    sentence = money.balance_with_announced(texts, balance, payments)
    return sentence.replace("\u00a0", " ").replace("\u202f", " ").replace("<b>", "").replace("</b>", "")


@pytest.mark.parametrize(
    ("balance", "announced", "expected"),
    [
        (0, [], "Vous êtes à jour : 0,00 €."),
        (-1430, [(CHEQUE, 1430)], "Vous devez 14,30 € au groupe — dont 14,30 € en attente de validation."),
        (
            -1170,
            [(CHEQUE, 1430)],
            "Vous devez 11,70 € au groupe. Votre chèque de 14,30 € couvre tout : il vous restera 2,60 € d'avoir.",
        ),
        (
            -1170,
            [(TRANSFER, 1430)],
            "Vous devez 11,70 € au groupe. Votre virement de 14,30 € couvre tout : il vous restera 2,60 € d'avoir.",
        ),
        (
            -1170,
            [(CASH, 1430)],
            "Vous devez 11,70 € au groupe : en liquide, cela suffit, au lieu des 14,30 € annoncés.",
        ),
        (
            -1428,
            [(CHEQUE, 1000), (CASH, 461)],
            (
                "Vous devez 14,28 € au groupe. Les 14,61 € en attente de validation couvrent tout : "
                "il vous restera 0,33 € d'avoir."
            ),
        ),
        (
            -1202,
            [(CASH, 1068)],
            "Vous devez 12,02 € au groupe — dont 10,68 € en attente de validation. Reste à payer en plus : 1,34 €.",
        ),
        (
            0,
            [(CHEQUE, 260)],
            (
                "Vous êtes à jour : 0,00 €. Votre chèque de 2,60 € n'est plus nécessaire : "
                "s'il arrive quand même, vous aurez 2,60 € d'avoir."
            ),
        ),
        (
            500,
            [(CHEQUE, 1000), (CASH, 461)],
            "Le groupe vous doit 5,00 € (avoir) — et 14,61 € en attente de validation.",
        ),
    ],
)
def test_it_is_added_up(balance: int, announced: list[tuple[Method, int]], expected: str) -> None:
    assert said("fr", balance, *announced) == expected


@pytest.mark.parametrize(("method", "word"), [(CHEQUE, "cheque"), (CARD, "card payment")])
def test_the_one_payment_is_named(method: Method, word: str) -> None:
    assert said("en", -1170, (method, 1430)) == (
        f"You owe the group €11.70. Your {word} of €14.30 will cover all of it: €2.60 of credit will be left."
    )
