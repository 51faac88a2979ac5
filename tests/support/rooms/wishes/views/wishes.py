"""The screen of the wishes."""

from __future__ import annotations

from bot.wishes.taps import Wish

from bot.ui.screen import Screen, button
from bot.ui.texts import Texts


def wishes(texts: Texts, count: int) -> Screen:
    """How many there are, and one more."""
    return Screen(
        texts.t("🌠 Wishes: <b>{n}</b>", n=count), ((button(texts.label("🌠 One more"), Wish(count)),),)
    )
