"""The rate budget: tables of what is allowed when, and no window ever fuller than Telegram allows."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.budget import Budget, Window

CHAT, OTHER, GROUP = 7, 8, -100


def spend(budget: Budget, chat: int, begin: float, end: float | None = None) -> None:
    """A call that takes no time, or some."""
    budget.begin(chat)
    budget.end(chat, begin if end is None else end)


@pytest.mark.parametrize(
    ("rate", "seconds", "window"),
    [
        (30, 1.0, Window(30, 1.0)),
        (1, 1.0, Window(1, 1.0)),
        (0.5, 1.0, Window(1, 2.0)),
        (20, 60.0, Window(20, 60.0)),
        (1.9, 1.0, Window(1, 1.0)),
        (0, 1.0, Window(0, 1.0)),
    ],
)
def test_rates(rate: float, seconds: float, window: Window) -> None:
    assert Window.at_rate(rate, seconds) == window


def test_one_a_second_in_a_chat_and_others_go_on() -> None:
    budget = Budget(30, 1, 20)
    assert budget.wait(CHAT, 10.0) == 0
    spend(budget, CHAT, 10.0)
    assert budget.wait(CHAT, 10.4) == pytest.approx(0.6)
    assert budget.wait(OTHER, 10.4) == 0
    assert budget.wait(CHAT, 11.0) == 0


def test_thirty_a_second_overall() -> None:
    budget = Budget(30, 1, 20)
    for chat in range(1, 31):
        assert budget.wait(chat, 10.0 + chat / 100) == 0
        spend(budget, chat, 10.0 + chat / 100)
    assert budget.wait(99, 10.5) == pytest.approx(0.51)
    assert budget.wait(99, 11.01) == 0


def test_twenty_a_minute_in_a_group_and_none_such_in_private() -> None:
    budget = Budget(0, 0, 20)
    for _ in range(20):
        spend(budget, GROUP, 10.0)
        spend(budget, CHAT, 10.0)
    assert budget.wait(GROUP, 20.0) == pytest.approx(50.0)
    assert budget.wait(CHAT, 20.0) == 0
    assert budget.wait(GROUP, 70.0) == 0


def test_a_call_under_way_counts_until_a_window_after_its_answer() -> None:
    budget = Budget(0, 1, 0)
    budget.begin(CHAT)
    assert budget.wait(CHAT, 99.0) == math.inf
    budget.end(CHAT, 100.0)
    assert budget.wait(CHAT, 100.2) == pytest.approx(0.8)


def test_no_limits() -> None:
    budget = Budget(0, 0, 0)
    for _ in range(1000):
        assert budget.wait(GROUP, 1.0) == 0
        spend(budget, GROUP, 1.0)


def test_what_telegram_asks_for_is_waited_for_in_that_chat_alone() -> None:
    budget = Budget(0, 0, 0)
    budget.pause(CHAT, 15.0)
    budget.pause(CHAT, 12.0)  # an earlier end does not shorten it
    assert budget.wait(CHAT, 10.0) == pytest.approx(5.0)
    assert budget.wait(OTHER, 10.0) == 0
    budget.forget_idle(16.0)
    assert budget.wait(CHAT, 16.0) == 0


def test_forgetting_changes_nothing() -> None:
    budget = Budget(30, 1, 20)
    spend(budget, CHAT, 10.0)
    budget.forget_idle(10.5)
    assert budget.wait(CHAT, 10.5) == pytest.approx(0.5)
    budget.begin(OTHER)
    budget.forget_idle(50.0)
    assert budget.wait(OTHER, 50.0) == math.inf


def fullest(moments: Sequence[float], seconds: float) -> int:
    """The most moments in any window that is open at its later end."""
    return max((sum(a <= b < a + seconds for b in moments) for a in moments), default=0)


@given(
    calls=st.lists(
        st.tuples(
            st.sampled_from([CHAT, OTHER, GROUP, -200]),
            st.floats(0, 0.4),  # how long the caller waits before it asks
            st.floats(0, 3),  # how long the call is on its way there
            st.floats(0, 3),  # and back
        ),
        max_size=60,
    ),
    limits=st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 5)),
)
def test_no_window_is_ever_fuller_than_allowed(
    calls: list[tuple[int, float, float, float]], limits: tuple[int, int, int]
) -> None:
    """As Telegram counts: when calls arrive, however long they are on their way."""
    per_second, per_chat, per_group = limits
    budget = Budget(*limits)
    now = 0.0
    arrived: list[tuple[int, float]] = []
    under_way: list[tuple[float, int]] = []
    for chat, pause, there, back in calls:
        now += pause
        while True:
            while under_way and under_way[0][0] <= now:
                end, ended = heapq.heappop(under_way)
                budget.end(ended, end)
            wait = budget.wait(chat, now)
            if wait == 0:
                break
            assert wait < math.inf or under_way, "it would wait for ever"
            now = min([now + wait, *(end for end, _ in under_way)])
        budget.begin(chat)
        arrived.append((chat, now + there))
        heapq.heappush(under_way, (now + there + back, chat))
    everywhere = [moment for _, moment in arrived]
    assert not per_second or fullest(everywhere, 1 - 1e-6) <= per_second
    for chat in {one for one, _ in arrived}:
        here = [moment for one, moment in arrived if one == chat]
        assert not per_chat or fullest(here, 1 - 1e-6) <= per_chat
        assert not per_group or chat > 0 or fullest(here, 60 - 1e-6) <= per_group


def test_a_group_s_last_screens_are_spread_over_the_minute() -> None:
    budget = Budget(30, 1, 20)
    for second in range(7):
        assert budget.wait_for_screen(GROUP, 10.0 + second) == 0
        spend(budget, GROUP, 10.0 + second)
    assert budget.wait(GROUP, 17.0) == 0, "what is no screen goes at once"
    assert budget.wait_for_screen(GROUP, 17.0) == pytest.approx((13 * 16 + 70) / 14 - 17)
    assert budget.wait_for_screen(OTHER, 17.0) == 0


@pytest.mark.parametrize("per_minute", [2, 3, 20, 60])
def test_whoever_taps_without_end_never_waits_long_for_a_screen(per_minute: int) -> None:
    budget, now, waited = Budget(30, 1, per_minute), 0.0, []
    for _ in range(4 * per_minute):
        wait = budget.wait_for_screen(GROUP, now)
        waited.append(wait)
        now += wait
        spend(budget, GROUP, now)
    assert max(waited) <= 2.5 * 60 / per_minute
    assert now >= 3 * 60


def test_without_limits_no_screen_waits() -> None:
    budget = Budget(0, 0, 0)
    for _ in range(50):
        spend(budget, GROUP, 10.0)
    assert budget.wait_for_screen(GROUP, 10.0) == 0
