"""Whose page a message is: the mark on its buttons, put on and taken off."""

from __future__ import annotations

import pytest

from bot.edge.pages import LONGEST, owned, owner_of, split
from bot.ui.screen import Button, Screen

OWNER = 7_123_456_789


@pytest.mark.parametrize("data", ["day:1", "distributions", "+chundo:5", "dval:1:890:123456789012"])
def test_the_owner_is_put_on_and_taken_off(data: str) -> None:
    ((marked,),) = owned(Screen("", ((Button("x", data=data),),)), OWNER).rows
    assert marked.data is not None
    assert marked.data.startswith(data)
    assert split(marked.data) == (data, OWNER)
    assert owner_of({"callback_query": {"data": marked.data}}) == OWNER


def test_links_copies_steps_and_what_has_no_room_stay_as_they_are() -> None:
    rows = (
        Button("x", url="https://example.org/~1"),
        Button("x", copy="A~1"),
        Button("x", data="step:confirm:4.77"),
        Button("x", data="v" * LONGEST),
    )
    assert owned(Screen("", (rows,)), OWNER).rows == (rows,)


@pytest.mark.parametrize("data", ["day:1", "", "~", "day:1~", "day:1~Ä", "day~1:2", "opt:name~-1"])
def test_what_carries_no_owner(data: str) -> None:
    assert split(data) == (data, None)
    assert owner_of({"callback_query": {"data": data}}) is None


@pytest.mark.parametrize(
    "update", [{}, {"message": {"text": "a~1"}}, {"callback_query": 1}, {"callback_query": {}}]
)
def test_updates_without_a_button(update: dict[str, object]) -> None:
    assert owner_of(update) is None
