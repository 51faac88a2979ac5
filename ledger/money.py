"""Amounts of money: integers of the currency's minor unit, read from people's text without ever meeting a float.

Everywhere in Cagnotte an amount is an ``int`` of minor units (12,35 € is ``1235``); this module is where text becomes
such an integer. Text for people is made by Babel in ``bot/ui``.
"""

from __future__ import annotations

import re
from functools import cache

from babel.core import get_global
from babel.numbers import get_currency_precision

from ledger.errors import LedgerError

MAX_AMOUNT = 10**11
"""The largest amount, in minor units, a single entry may hold: a billion euros is a slip of the finger."""

SMALLEST_BY_CARD = {
    **dict.fromkeys(("AUD", "CAD", "CHF", "EUR", "JPY", "NZD", "SGD", "USD"), 50),
    "GBP": 30,
    "HKD": 400,
    "CZK": 1500,
    "DKK": 250,
    "NOK": 300,
    "PLN": 200,
    "RON": 200,
    "SEK": 300,
}
"""The currencies in which cards are taken, with the smallest amount in minor units; less would be refused.

Those that an account is paid out in, and whose minor units are ours: in others the books could not follow what is paid out.
(docs.stripe.com/currencies#minimum-and-maximum-charge-amounts)
"""
DIGITS = (0, 2, 3)
"""How many decimals a currency may have: those that are in use."""

_SYMBOLS = {
    "EUR": ("€", "euros", "euro"),
    "CHF": ("francs", "franc", "frs", "fr.", "fr"),
    "GBP": ("£", "pounds", "pound"),
    "USD": ("$", "us$", "$us", "dollars", "dollar"),
    "CAD": ("$", "ca$", "$ca", "dollars", "dollar"),
    "XPF": ("fcfp", "cfpf", "cfp", "francs", "franc", "f"),
    "XOF": ("fcfa", "f cfa", "cfa", "francs", "franc", "f"),
    "XAF": ("fcfa", "cfa", "francs", "franc", "f"),
    "MAD": ("dirhams", "dirham", "dh"),
    "TND": ("dinars", "dinar", "dt"),
    "JPY": ("¥", "yens", "yen"),
}
"""What people write beside an amount, besides the currency's code."""
_SPACES = " \u00a0\u202f"
_GROUPED = "|".join(
    # One, two or three groups of thousands, all set off alike; a point or a comma between thousands is followed by
    # another of its kind or by the other one: "1.234" alone may be one euro and something, so it is asked again.
    (
        rf"[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}}){{1,3}}(?:[.,](?P<f1>[0-9]{{1,3}}))?",
        r"[0-9]{1,3}(?:['’][0-9]{3}){1,3}(?:[.,](?P<f2>[0-9]{1,3}))?",
        r"[0-9]{1,3}(?:\.[0-9]{3}){1,3},(?P<f3>[0-9]{1,3})",
        r"[0-9]{1,3}(?:,[0-9]{3}){1,3}\.(?P<f4>[0-9]{1,3})",
        r"[0-9]{1,3}(?:\.[0-9]{3}){2,3}",
        r"[0-9]{1,3}(?:,[0-9]{3}){2,3}",
    )
)


class InvalidAmount(LedgerError):
    """The text is not an amount: ask again. ``text`` is what was typed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


@cache
def currencies() -> frozenset[str]:
    """Returns the ISO 4217 currencies that are legal tender somewhere today and have 0, 2 or 3 decimals, as Babel
    knows them."""
    tender = {
        code
        for found in get_global("territory_currencies").values()
        for code, _, until, is_tender in found
        if is_tender and until is None
    }
    return frozenset(code for code in tender if get_currency_precision(code) in DIGITS)


def exponent_of(currency: str) -> int:
    """Returns how many decimals an amount in the ISO 4217 ``currency`` is written with, and kept with."""
    return get_currency_precision(currency)


def parse_amount(text: str, *, signed: bool = False, currency: str = "EUR") -> int:
    """Reads an amount as a person types it into minor units of ``currency``.

    ``12,5`` ``12.50`` ``12,50 €`` ``€12`` ``12€50`` ``1 234,50`` ``1.234,50`` ``1,234.50``; no currency but its own.
    A sign is read only where ``signed`` says that one belongs; digits are 0–9 of ASCII only. Raises
    :class:`InvalidAmount` for everything else, so that the caller asks again instead of guessing.
    """
    exponent = exponent_of(currency)
    match = _grammar(currency, exponent).fullmatch(text.strip())
    if match is None or (match["sign"] and not signed) or (match["before"] and match["after"]):
        raise InvalidAmount(text)
    fractions = [match[name] for name in ("f0", "f1", "f2", "f3", "f4", "between") if match[name]]
    fraction = "".join(fractions)
    if len(fraction) > exponent:
        raise InvalidAmount(text)
    whole = re.sub(r"[^0-9]", "", match["number"])
    if fraction and not match["between"]:
        whole = whole[: -len(fraction)]
    cents = int(whole + fraction.ljust(exponent, "0"))
    if cents > MAX_AMOUNT:
        raise InvalidAmount(text)
    return -cents if match["sign"] in ("-", "−") else cents


@cache
def _grammar(currency: str, exponent: int) -> re.Pattern[str]:
    symbols = (currency, *_SYMBOLS.get(currency, ()))
    symbol = "|".join(re.escape(one) for one in sorted(symbols, key=len, reverse=True))
    space = f"[{_SPACES}]?"
    # "12€50": the symbol stands where the point would, before all the decimals there are.
    between = (
        rf"{space}(?:{symbol}){space}(?P<between>[0-9]{{{exponent}}})" if exponent else "(?P<between>(?!))"
    )
    return re.compile(
        rf"(?P<sign>[+\-−]?){space}(?:(?P<before>{symbol}){space})?"
        rf"(?P<number>{_GROUPED}|[0-9]{{1,12}}(?:[.,](?P<f0>[0-9]{{1,3}}))?)"
        rf"(?:{space}(?P<after>{symbol})|{between})?",
        re.IGNORECASE,
    )


def line_amount(price_cents: int, quantity_milli: int) -> int:
    """Returns the amount of one order line in minor units, rounded half up per line (I3).

    ``price_cents`` is the price of one unit, ``quantity_milli`` thousandths of a unit; neither is negative.
    """
    return (price_cents * quantity_milli + 500) // 1000
