"""Loops that are told to stop at the very moment something wakes them stop all the same."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.card_desk import CardDesk


@pytest.mark.parametrize("turns", range(5))
async def test_the_loop_of_cards_ends_when_it_is_cancelled_just_as_it_is_woken(
    desk: CardDesk, turns: int
) -> None:
    cards = desk.process()
    loop = asyncio.create_task(cards.run())
    await asyncio.sleep(0.3)  # it has nothing to do, and waits
    cards.wake()
    for _ in range(turns):
        await asyncio.sleep(0)
    loop.cancel()
    done, _ = await asyncio.wait([loop], timeout=5)
    assert done == {loop}
    assert loop.cancelled()
