"""What can be tapped about cards: the way to the page; the group's Stripe key; and a key that nobody asked for."""

from __future__ import annotations

from typing import Annotated

import msgspec
from telegram import Update

from bot.edge.handling import event
from bot.rights import May
from bot.ui.taps import ASIDE, Answered, Id, Old, Place, Tap, tap
from ledger.payments.card.keys import looks_like_key
from ledger.payments.models import Payment


@tap("card.link", was="cardpay", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE, of=Payment)
class AskLink(Tap, frozen=True):
    """💳 The way to the page, for one's own payment."""

    payment: Id


@tap(
    "card.settings",
    was="cardset",
    may=May.CHANGE_SETTINGS,
    at=ASIDE,
    answered=Answered.ALONE,
    in_this_group=True,
)
class CardSettings(Tap, frozen=True):
    """How cards stand."""

    group: Id


@tap(
    "card.offer",
    was="cardoffer",
    may=May.CHANGE_SETTINGS,
    at=ASIDE,
    answered=Answered.ALONE,
    in_this_group=True,
)
class Offer(Tap, frozen=True):
    """Card among the ways to pay, or not."""

    group: Id
    wanted: bool


@tap(
    "card.key", was="cardkey", may=May.CHANGE_SETTINGS, at=ASIDE, answered=Answered.ALONE, in_this_group=True
)
class EnterKey(Tap, frozen=True):
    """A key of the group's own."""

    group: Id


@tap(
    "card.stop",
    was="cardstop",
    may=May.CHANGE_SETTINGS,
    at=ASIDE,
    answered=Answered.ALONE,
    old=Old.GONE,
    in_this_group=True,
)
class Stop(Tap, frozen=True):
    """Cards are no longer taken with the key of `account`: asked about first, then (`sure`) done."""

    group: Id
    account: Id
    sure: Annotated[int, msgspec.Meta(ge=1, le=1)] | None = None


def _holds_key(update: Update) -> bool:
    message = update.message
    return message is not None and looks_like_key(message.text or message.caption or "")


KEY_TYPED = event("key", _holds_key, may=May.FIND_ONES_WAY)
"""What looks like a key, in any message where none was asked for: no other handler may repeat or keep it."""
