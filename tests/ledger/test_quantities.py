"""Quantities as people type them become thousandths of the unit, or are asked again."""

import pytest

from ledger.money import InvalidAmount
from ledger.quantities import parse_quantity


@pytest.mark.parametrize(
    ("typed", "unit", "milli"),
    [
        ("1,2", "kg", 1200),
        ("1.2 kg", "kg", 1200),
        (" 1,250kg ", "KG", 1250),
        ("850 g", "kg", 850),
        ("850g", "kg", 850),
        ("850\u00a0grammes", "kg", 850),
        ("1 kg 200", "kg", 1200),
        ("1kg200", "kg", 1200),
        ("1 kg 050", "kg", 1050),
        ("1 kg 50 g", "kg", 1050),
        ("2 kilos 5 g", "kg", 2005),
        ("1 200 g", "kg", 1200),
        ("0", "kg", 0),
        ("0,5 kg", "g", 500_000),
        ("1 kg", "g", 1_000_000),
        ("75 cl", "l", 750),
        ("1 l 500", "L", 1500),
        ("1 l 5 dl", "l", 1500),
        ("50 cm", "m", 500),
        ("3", "colis", 3000),
        ("3 colis", "colis", 3000),
        ("3 Colis", "colis", 3000),
        ("2 bottes de 3", "bottes de 3", 2000),
        ("1 234", "colis", 1_234_000),
    ],
)
def test_read_as_typed(typed: str, unit: str, milli: int) -> None:
    assert parse_quantity(typed, unit) == milli


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("", "kg"),
        ("kg", "kg"),
        ("un kilo", "kg"),
        ("-1", "kg"),
        ("1e3", "kg"),
        ("٣", "kg"),
        ("1,2345", "kg"),
        ("0,5 g", "kg"),
        ("1 kg 2", "kg"),
        ("1 kg 20", "kg"),
        ("1 kg 2 kg", "kg"),
        ("200 g 1 kg", "kg"),
        ("850 g 200", "kg"),
        ("1 kg 1200", "kg"),
        ("1 kg 200 l", "kg"),
        ("2 l", "kg"),
        ("850 g", "colis"),
        ("3 bottes", "colis"),
        ("1/2", "kg"),
        ("1,2 €", "kg"),
    ],
)
def test_asked_again(typed: str, unit: str) -> None:
    with pytest.raises(InvalidAmount):
        parse_quantity(typed, unit)
