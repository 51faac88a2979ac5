"""Amounts of money: integers of the currency's minor unit, read from people's text without ever meeting a float.

Everywhere in Cagnotte an amount is an ``int`` of minor units (12,35 € is ``1235``); this module is where text becomes
such an integer. Text for people is made by Babel in ``bot/views``.
"""

from __future__ import annotations

import re

from ledger.errors import LedgerError

MAX_AMOUNT = 10**11
"""The largest amount, in minor units, a single entry may hold: a billion euros is a slip of the finger."""

_EXPONENTS = {"JPY": 0, "KRW": 0, "XAF": 0, "XOF": 0, "XPF": 0, "TND": 3}
_SPACES = " \u00a0\u202f"
_AMOUNT = re.compile(
    rf"(?P<sign>[+\-−]?)[{_SPACES}]?"
    rf"(?P<whole>[0-9]{{1,12}}|[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}}){{1,3}})"
    r"(?:[.,](?P<fraction>[0-9]{1,3}))?"
    rf"[{_SPACES}]?(?:€|eur|euro|euros)?",
    re.IGNORECASE,
)


class InvalidAmount(LedgerError):
    """The text is not an amount: ask again. ``text`` is what was typed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def exponent_of(currency: str) -> int:
    """How many decimals the ISO 4217 ``currency`` has."""
    return _EXPONENTS.get(currency, 2)


def parse_amount(text: str, *, signed: bool = False, exponent: int = 2) -> int:
    """Read an amount as a person types it (``12,5`` ``12.50`` ``12,50 €`` ``1 234,50``) into minor units.

    A sign is read only where ``signed`` says that one belongs; digits are 0–9 of ASCII only; at most ``exponent``
    decimals. Raises :class:`InvalidAmount` for everything else, so that the caller asks again instead of guessing.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None or (match["sign"] and not signed):
        raise InvalidAmount(text)
    fraction = match["fraction"] or ""
    if len(fraction) > exponent:
        raise InvalidAmount(text)
    whole = re.sub(rf"[{_SPACES}]", "", match["whole"])
    cents = int(whole + fraction.ljust(exponent, "0"))
    if cents > MAX_AMOUNT:
        raise InvalidAmount(text)
    return -cents if match["sign"] in ("-", "−") else cents


def line_amount(price_cents: int, quantity_milli: int) -> int:
    """The amount of one order line in minor units, rounded half up per line (I3).

    ``price_cents`` is the price of one unit, ``quantity_milli`` thousandths of a unit; neither is negative.
    """
    return (price_cents * quantity_milli + 500) // 1000
