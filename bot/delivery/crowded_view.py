"""What a group's chat reads when so much is tapped there that Telegram lets the bot answer only slowly."""

from __future__ import annotations

from bot.ui.screen import Button, Screen
from bot.ui.texts import Texts


def note(texts: Texts, url: str) -> Screen:
    """Nothing is lost, and where it is faster."""
    text = texts.t(
        "⏳ Telegram lets me write only so often in one group's chat. What you tap is recorded at once, but screens follow "
        "more slowly here. In private it is faster."
    )
    return Screen(text, ((Button(texts.label("➡️ Go on in private"), url=url),),))
