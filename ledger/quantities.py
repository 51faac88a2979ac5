"""Quantities as people type them, in thousandths of the unit a product is sold by; never through a float."""

from __future__ import annotations

import re

from ledger.money import InvalidAmount

_MEASURES = (
    {
        "kg": 1000,
        "kilo": 1000,
        "kilos": 1000,
        "g": 1,
        "gr": 1,
        "gramme": 1,
        "grammes": 1,
        "gram": 1,
        "grams": 1,
    },
    {"l": 1000, "litre": 1000, "litres": 1000, "dl": 100, "cl": 10, "ml": 1},
    {"m": 100, "cm": 1},
)
"""What can be turned into one another, in the smallest of them."""
_SPACE = "[ \u00a0\u202f]"
_NUMBER = rf"[0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}})+(?:[.,][0-9]{{1,3}})?|[0-9]{{1,9}}(?:[.,][0-9]{{1,3}})?"
_QUANTITY = re.compile(
    rf"(?P<first>{_NUMBER}){_SPACE}*(?:(?P<unit>[^\W\d_]+)"
    rf"(?:{_SPACE}*(?P<second>[0-9]{{1,3}}){_SPACE}*(?P<smaller>[^\W\d_]+)?)?)?"
)


def parse_quantity(text: str, unit: str) -> int:
    """Reads a quantity of something sold by ``unit`` into thousandths of it.

    ``1,2`` and ``1,2 kg``; where the unit is a measure also ``850 g``, ``1 kg 200`` and ``1 kg 50 g``; ``2 colis`` of
    a colis. Raises :class:`InvalidAmount` for everything else: other units, and less than a thousandth.
    """
    plain = text.strip()
    if unit and plain.casefold().endswith(unit.casefold()) and not _scale(unit):
        plain = plain[: -len(unit)].rstrip()
    match = _QUANTITY.fullmatch(plain)
    if match is None:
        raise InvalidAmount(text)
    scale = _scale(unit) or {}
    own = scale.get(unit.casefold(), 1)
    typed = scale.get(match["unit"].casefold(), 0) if match["unit"] else own
    total = _thousandths(match["first"]) * typed
    if match["second"]:
        total += _thousandths(match["second"]) * _smaller(match, scale, typed)
    if not typed or total % own:
        raise InvalidAmount(text)
    return total // own


def _scale(unit: str) -> dict[str, int] | None:
    return next((scale for scale in _MEASURES if unit.casefold() in scale), None)


def _smaller(match: re.Match[str], scale: dict[str, int], typed: int) -> int:
    """What follows the first measure: grams after kilos. Unsaid, it must have all three digits: "1 kg 2" is no weight."""
    if match["smaller"] is None:
        if typed != 1000 or len(match["second"]) != 3:
            raise InvalidAmount(match[0])
        return 1
    smaller = scale.get(match["smaller"].casefold(), 0)
    if not 0 < smaller < typed:
        raise InvalidAmount(match[0])
    return smaller


def _thousandths(number: str) -> int:
    whole, _, fraction = re.sub(_SPACE, "", number).replace(",", ".").partition(".")
    return int(whole + fraction.ljust(3, "0"))
