"""How much the bot asks its database: little for a tap of an order."""

from __future__ import annotations

from tests.bench.statements import of_an_order

MOST_A_TAP = 9
"""Statements, on average over the updates of an order."""


async def test_an_order_asks_little(database_url: str) -> None:
    taps = await of_an_order(database_url)
    assert sum(taps) <= MOST_A_TAP * len(taps), taps
