"""One cell's value → one field of a product, or :class:`CellError`. Numbers go through text, not arithmetic.

A cell of a CSV file is always text; a cell of a workbook may be a number, a boolean or a date. A spreadsheet
shows at most 15 significant digits, so that is how a number becomes text: 3.1999999999999997 is the 3.2 its
author sees, while 12.345 keeps three decimals and is refused.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

from ledger.catalogue.rows import CellError, ProblemReason
from ledger.money import InvalidAmount, exponent_of, parse_amount
from ledger.names import clean_text, name_key

_TEMPORAL = (datetime.date, datetime.time, datetime.timedelta)
CellValue = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta | None

NAME_LIMIT = 120
"""Characters in a product's or a producer's name."""
KEY_LIMIT = 240
"""Characters in the ``name_key`` of such a name (a ligature may unfold into many)."""
UNIT_LIMIT = 30
DEFAULT_UNIT = "pièce"
DEFAULT_VAT = 550
MAX_PRICE_UNITS = 100_000
"""The highest price, in whole units of the currency."""
MAX_VAT = 3_000
"""30 %: above every rate of the European Union but for luxuries and slips of the finger."""
MAX_STOCK_MILLI = 10**9

_SHOWN = 60
_LOOKED_AT = 2_000
_ERROR = re.compile(r"#(?:N/?A|[A-Z0-9/ÉÈ]+[!?]|#+)", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?P<sign>[-−]?) ?(?P<whole>[0-9]{1,9}|[0-9]{1,3}(?: [0-9]{3})+)(?:[.,](?P<fraction>[0-9]+))?"
)
_CURRENCY = re.compile(r" ?(?:€|euros?|eur)$", re.IGNORECASE)
_UNLIMITED = {"illimite", "illimitee", "unlimited", "∞"}
_YES = {"oui", "o", "x", "1", "yes", "y", "vrai", "true", "✓", "✔"}
_NO = {"non", "n", "0", "no", "faux", "false", "-"}
_BY_WEIGHT = {
    prefix + unit
    for prefix in ("", "au ", "le ", "par ", "per ", "/", "/ ", "€/")
    for unit in ("kg", "kilo", "kilos", "kilogramme", "kilogrammes", "kilogram")
}


def text_of(value: CellValue) -> str:
    """Returns the cell as a person sees it, on one line; "" if blank. Dates, booleans, formula errors: CellError."""
    if value is None:
        return ""
    if isinstance(value, bool):
        raise CellError(ProblemReason.IS_A_BOOLEAN, str(value).lower())
    if isinstance(value, _TEMPORAL):
        raise CellError(ProblemReason.IS_A_DATE, str(value))
    text = clean_text(value[:_LOOKED_AT]) if isinstance(value, str) else f"{value:.15g}"
    if _ERROR.fullmatch(text):
        raise CellError(ProblemReason.FORMULA_ERROR, text[:_SHOWN])
    return text


def read_name(value: CellValue) -> str:
    """Returns a product's name. Text that looks like a formula (``=1+1``) is only text."""
    text = _within(text_of(value), NAME_LIMIT)
    key = name_key(text)
    if not key:
        raise CellError(ProblemReason.MISSING, text)
    if len(key) > KEY_LIMIT:
        raise CellError(ProblemReason.TOO_LONG, text[:_SHOWN])
    return text


def read_producer(value: CellValue) -> str:
    """Returns a producer's name: as a product's, with at least one letter."""
    text = read_name(value)
    if not any(c.isalpha() for c in text):
        raise CellError(ProblemReason.NOT_A_NAME, text)
    return text


def read_unit(value: CellValue) -> str:
    """Returns the unit of sale; blank is "pièce"."""
    return _within(text_of(value), UNIT_LIMIT) or DEFAULT_UNIT


def read_price(value: CellValue, currency: str) -> int:
    """Returns a price > 0 in minor units; ``currency`` is the group's."""
    text = text_of(value)
    if not text:
        raise CellError(ProblemReason.MISSING, "")
    try:
        price = parse_amount(text, signed=text[0] in "-−", currency=currency)
    except InvalidAmount:
        raise CellError(_why_no_amount(text, exponent_of(currency)), text[:_SHOWN]) from None
    if price <= 0:
        raise CellError(ProblemReason.NOT_POSITIVE, text)
    if price > MAX_PRICE_UNITS * 10 ** exponent_of(currency):
        raise CellError(ProblemReason.OUT_OF_RANGE, text)
    return price


def read_vat(value: CellValue) -> int:
    """Returns a VAT rate in hundredths of a percent; blank is 5.5 %.

    With a percent sign it is what it says. Without one, less than 0.5 is a fraction, as a cell formatted in
    percent holds it (0.055 is 5.5 %): no VAT rate lies between 0 and 0.5 %, and none is 50 % or more.
    """
    text = text_of(value)
    if not text:
        return DEFAULT_VAT
    number = _number(text.removesuffix("%").rstrip(), text)
    if not text.endswith("%") and abs(number) < Decimal("0.5"):
        number = number.scaleb(2)
    if not 0 <= number.scaleb(2) <= MAX_VAT:
        raise CellError(ProblemReason.OUT_OF_RANGE, text)
    return _scaled(number, 2, text)


def read_stock(value: CellValue) -> int | None:
    """Returns what is left, in thousandths of a unit; blank or "illimité" is None, no limit."""
    text = text_of(value)
    if not text or name_key(text) in _UNLIMITED:
        return None
    number = _number(text, text)
    if number < 0:
        raise CellError(ProblemReason.NEGATIVE, text)
    stock = _scaled(number, 3, text)
    if stock > MAX_STOCK_MILLI:
        raise CellError(ProblemReason.OUT_OF_RANGE, text)
    return stock


def read_weighed(value: CellValue, unit: str) -> bool:
    """Returns whether it is weighed at distribution: what the cell says, or if blank, whether ``unit`` is kilos."""
    if isinstance(value, bool):
        return value
    key = name_key(text_of(value))
    if not key:
        return name_key(unit).rstrip(".") in _BY_WEIGHT
    if key in _YES or key in _NO:
        return key in _YES
    raise CellError(ProblemReason.UNREADABLE, text_of(value)[:_SHOWN])


def _within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise CellError(ProblemReason.TOO_LONG, text[:_SHOWN])
    return text


def _why_no_amount(text: str, exponent: int) -> ProblemReason:
    match = _NUMBER.fullmatch(_CURRENCY.sub("", text))
    if match is None:
        return ProblemReason.UNREADABLE
    too_fine = len(match["fraction"] or "") > exponent
    return ProblemReason.TOO_MANY_DECIMALS if too_fine else ProblemReason.OUT_OF_RANGE


def _number(text: str, shown: str) -> Decimal:
    match = _NUMBER.fullmatch(text)
    if match is None or len(text) > _SHOWN:
        raise CellError(ProblemReason.UNREADABLE, shown[:_SHOWN])
    number = Decimal(match["whole"].replace(" ", "") + "." + (match["fraction"] or "0"))
    return -number if match["sign"] else number


def _scaled(number: Decimal, places: int, shown: str) -> int:
    scaled = number.scaleb(places)
    if scaled != scaled.to_integral_value():
        raise CellError(ProblemReason.TOO_MANY_DECIMALS, shown)
    return int(scaled)
