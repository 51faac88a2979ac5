"""Conversations declared like python-telegram-bot's ConversationHandler, whose state is a row and not a process's memory.

The row is loaded with the update and written in the same unit of work as everything the step did, so a conversation
survives restarts and goes on in whichever worker gets the next update. Buttons of a conversation carry its revision;
see :class:`StepButton`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from enum import StrEnum
from typing import Any

from telegram import Update
from telegram.ext import Application, BaseHandler, filters

from bot.delivery.context import Context, current_scene
from bot.delivery.state import advance, end, keep, step_mark
from bot.views.screen import BELOW

__all__ = [
    "END",
    "Button",
    "Command",
    "DurableConversation",
    "StepButton",
    "Typed",
    "advance",
    "end",
    "keep",
]

Callback = Callable[[Update, Context], Coroutine[Any, Any, Any]]
END = "end"
"""What a step returns when the conversation is over."""

STEP = "step"


def verb_of(data: str) -> str:
    """The first word of a button's data: what the button does."""
    return data.removeprefix(BELOW).split(":", 1)[0]


class Button(BaseHandler[Update, Context, Any]):
    """A tap on a button whose data starts with one of ``verbs``."""

    def __init__(self, verbs: str | Sequence[str], callback: Callback) -> None:
        super().__init__(callback)
        self.verbs = {verbs} if isinstance(verbs, str) else set(verbs)

    def check_update(self, update: object) -> bool:
        """By the word before the first colon."""
        query = update.callback_query if isinstance(update, Update) else None
        return query is not None and query.data is not None and verb_of(query.data) in self.verbs


class StepButton(BaseHandler[Update, Context, Any]):
    """A tap on a conversation's own button: ``step:<word>:<revision>.<person>``, of this very step and no other."""

    def __init__(self, word: str, callback: Callback) -> None:
        super().__init__(callback)
        self.word = word

    def check_update(self, update: object) -> bool:
        """Word, revision and person fit; anything older, or another's, is left to the fallback that says so."""
        query = update.callback_query if isinstance(update, Update) else None
        if query is None or query.data is None:
            return False
        mark = step_mark(current_scene.get().conversation)
        return query.data.split(":")[:3] == [STEP, self.word, mark]


class Typed(BaseHandler[Update, Context, Any]):
    """A plain text that is no command."""

    def check_update(self, update: object) -> bool:
        """In private, or in a group where it reaches the bot at all."""
        return isinstance(update, Update) and bool(
            update.message
            and filters.TEXT.check_update(update)
            and not (update.message.text or "").startswith("/")
        )


class Command(BaseHandler[Update, Context, Any]):
    """``/name`` or ``/name@thisbot``, by any of its names (the French one, the English one, others), in any case."""

    def __init__(self, names: Sequence[str], callback: Callback) -> None:
        super().__init__(callback)
        self.names = tuple(names)

    def check_update(self, update: object) -> bool:
        """Commands to other bots are not ours."""
        message = update.message if isinstance(update, Update) else None
        if message is None or not (message.text or "").startswith("/"):
            return False
        word = (message.text or "").split(maxsplit=1)[0][1:]
        name, _, bot = word.partition("@")
        ours = not bot or bot.lower() == current_scene.get().bot_username.lower()
        return ours and name.lower() in self.names


class DurableConversation(BaseHandler[Update, Context, Any]):
    """Entry points, states and fallbacks; a step returns the next state, ``END``, or None to stay."""

    def __init__(
        self,
        name: str,
        entry_points: Sequence[BaseHandler[Update, Context, Any]],
        states: Mapping[StrEnum, Sequence[BaseHandler[Update, Context, Any]]],
        fallbacks: Sequence[BaseHandler[Update, Context, Any]] = (),
    ) -> None:
        super().__init__(self._never)
        self.name = name
        self.entry_points = entry_points
        self.states = {str(state): handlers for state, handlers in states.items()}
        self.fallbacks = fallbacks

    def check_update(self, update: object) -> BaseHandler[Update, Context, Any] | None:
        """The handler of the present state that takes the update, else a fallback, else an entry point."""
        row = current_scene.get().conversation
        candidates: list[BaseHandler[Update, Context, Any]] = []
        if row.name == self.name:
            candidates += [*self.states.get(row.state or "", ()), *self.fallbacks]
        for handler in (*candidates, *self.entry_points):
            if handler.check_update(update):
                return handler
        return None

    async def handle_update(  # type: ignore[override]
        self,
        update: Update,
        application: Application[Any, Any, Any, Any, Any, Any],
        check_result: BaseHandler[Update, Context, Any],
        context: Context,
    ) -> None:
        """Run the step and keep where it leads."""
        row = context.conversation
        if check_result in self.entry_points:
            end(row)
        state = await check_result.callback(update, context)
        row = context.conversation  # the step may have gone on in the private chat
        if state == END:
            end(row)
        elif state is not None:
            advance(row, self.name, state)

    async def _never(self, update: Update, context: Context) -> None:
        raise NotImplementedError
