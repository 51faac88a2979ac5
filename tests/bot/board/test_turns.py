"""When a board may be sent: after everything else, seldom, and leaving most of the budget to taps."""

from __future__ import annotations

import itertools
from typing import cast

import pytest

from bot.board import sender as board_sender
from bot.board.boards import Due
from bot.board.sender import BoardSender
from bot.delivery.api import Api
from bot.delivery.budget import Budget
from ledger.db import Database

CHAT = -1


@pytest.fixture(autouse=True)
def _as_in_earnest(monkeypatch: pytest.MonkeyPatch, _lively: None) -> None:
    monkeypatch.setattr(board_sender, "EVERY", 3.0)


class Clock:
    """A budget at its defaults, and calls made at moments of our choosing."""

    def __init__(self, per_group: float = 20) -> None:
        self.budget = Budget(30, 1, per_group)
        self.sender = BoardSender(cast(Database, None), cast(Api, None), self.budget)

    def tap(self, at: float) -> None:
        """A tap's answer goes to the chat."""
        assert self.budget.wait(CHAT, at) == 0
        self.budget.begin(CHAT)
        self.budget.end(CHAT, at)

    def drawn(self, at: float) -> None:
        """The board was drawn."""
        self.tap(at)
        self.sender._last[7] = at

    def may(self, at: float, *, message_id: int | None = 5, behind: bool = True) -> bool:
        """Whether it may be drawn again."""
        return self.sender.may_send(Due(7, CHAT, None, message_id, 2, 1 if behind else 2), at)


def test_at_most_every_few_seconds() -> None:
    clock = Clock()
    clock.drawn(100.0)
    assert not clock.may(101.5)
    assert clock.may(103.0)


def test_never_in_the_second_that_a_tap_used() -> None:
    clock = Clock()
    clock.drawn(100.0)
    clock.tap(109.5)
    assert not clock.may(110.0)
    assert clock.may(110.6)


@pytest.mark.parametrize(
    ("taps", "longest_gap"),
    [(0, 9), (5, 16), (10, 27), (15, 41), (18, None)],
)
def test_no_tap_waits_and_the_board_comes_as_often_as_that_leaves(
    taps: int, longest_gap: float | None
) -> None:
    """So many taps a minute, after a quiet minute in which the board had the chat to itself, for nine minutes."""
    clock = Clock()
    clock.drawn(99.0)
    drawn, waiting = [99.0], list[float]()
    for tenth in range(6000):
        at = 100.0 + tenth / 10
        if taps and tenth > 700 and tenth % (600 // taps) == 7:
            waiting.append(at)
        if waiting and clock.budget.wait(CHAT, at) == 0:
            clock.tap(at)
            assert at - waiting.pop(0) <= 1, "longer than one message a second takes anyway"
        elif not waiting and clock.may(at):
            clock.drawn(at)
            drawn.append(at)
    assert max(sum(start <= at < start + 60 for at in drawn) for start in drawn) <= 10
    if longest_gap is not None:
        late = [at for at in drawn if at > 240]
        assert max(b - a for a, b in itertools.pairwise(late)) <= longest_gap


def test_a_full_minute_holds_the_board_back() -> None:
    clock = Clock()
    clock.drawn(100.0)
    for second in range(1, 18):
        clock.tap(100.0 + second * 1.1)
    assert not clock.may(150.0), "2 of 20 are left, for taps"
    assert clock.may(172.0)


def test_a_first_message_and_a_pin_wait_for_the_chat_alone() -> None:
    clock = Clock()
    clock.drawn(100.0)
    for second in range(1, 12):
        clock.tap(100.0 + second * 1.1)
    assert not clock.may(115.0)
    assert clock.may(115.0, message_id=None)
    assert clock.may(115.0, behind=False)


@pytest.mark.parametrize("per_group", [0, 1, 2, 0.5])
def test_tight_or_no_limits(per_group: float) -> None:
    clock = Clock(per_group)
    clock.drawn(100.0)
    assert clock.may(100.0 + 3 + 60 / (per_group or 60) + 60 * bool(per_group))
