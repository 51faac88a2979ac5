"""Long lists by pages: what is on one, and the buttons that turn it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.ui.screen import Row, button
from bot.ui.taps import Tap

Entry = TypeVar("Entry")


def page_of(entries: Sequence[Entry], page: int, size: int) -> tuple[Sequence[Entry], int, int]:
    """What is on a page, which one it is (the nearest there is), and how many there are."""
    pages = max((len(entries) + size - 1) // size, 1)
    page = min(max(page, 0), pages - 1)
    return entries[page * size : (page + 1) * size], page, pages


def turning_row(page: int, pages: int, to: Callable[[int], Tap]) -> Row:
    """Buttons that turn the page, each the tap ``to`` a page; nothing where there is but one."""
    if pages == 1:
        return ()
    return (
        button("◀️", to((page - 1) % pages)),
        button(f"{page + 1} / {pages}", to(page)),
        button("▶️", to((page + 1) % pages)),
    )
