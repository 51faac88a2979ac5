"""What may be tapped, typed and sent about the catalogue."""

from __future__ import annotations

from telegram import Message, Update

from bot.edge.handling import event
from bot.rights import May
from bot.ui.taps import ANYWHERE, Answered, Id, Number, Old, Tap, command, tap

CATALOGUE = command("catalog", "catalogue", may=May.KEEP_LISTS)
CATALOGUE_NAMES = (".csv", ".xlsx", ".txt", ".tsv")


@tap("catalogue", may=May.KEEP_LISTS, at=ANYWHERE)
class ShowCatalogue(Tap, frozen=True):
    """What is on offer, by pages."""

    page: Number = 0


@tap("catalogue.import", was="import", may=May.KEEP_LISTS, at=ANYWHERE, old=Old.GONE)
class Import(Tap, frozen=True):
    """✅ The file as it was shown; ``withdraw``: what it does not name is offered no longer."""

    upload: Id
    withdraw: bool


@tap("catalogue.leave", was="importno", may=May.KEEP_LISTS, at=ANYWHERE)
class NotImported(Tap, frozen=True):
    """Not after all."""

    upload: Id | None = None


def _is_file(update: Update) -> bool:
    """A document: in private any; elsewhere one with a catalogue's name, or that answers the bot."""
    message = update.message
    if message is None or message.document is None:
        return False
    name = (message.document.file_name or "").lower()
    return message.chat.type == "private" or name.endswith(CATALOGUE_NAMES) or _answers_a_bot(message)


def _answers_a_bot(message: Message) -> bool:
    replied = message.reply_to_message
    return bool(replied and replied.from_user and replied.from_user.is_bot)


FILE = event("file", _is_file, may=May.FIND_ONES_WAY, answered=Answered.DISCREETLY)
"""Whoever may not keep the catalogue is told so in private, and nothing is said in a group's chat."""
