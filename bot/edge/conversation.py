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

from bot.edge.carrier import Carrier, current_scene
from bot.edge.scene import Scene
from bot.edge.state import advance, end, keep, step_mark
from bot.rights import needed
from bot.ui.screen import verb_of
from ledger.errors import NotAllowed
from ledger.groups.roles import Role, role_of
from ledger.groups.service import highest_role

__all__ = [
    "END",
    "Button",
    "Command",
    "DurableConversation",
    "Handler",
    "StepButton",
    "Typed",
    "advance",
    "end",
    "keep",
    "verb_of",
]

Callback = Callable[[Scene], Coroutine[Any, Any, Any]]
AnyApplication = Application[Any, Any, Any, Any, Any, Any]
END = "end"
"""What a step returns when the conversation is over."""

STEP = "step"


class Handler(BaseHandler[Update, Carrier, Any]):
    """What takes an update and answers it; ``respond`` gets the scene."""

    def __init__(self, respond: Callback) -> None:
        super().__init__(self._respond)
        self.respond = respond

    async def _respond(self, _: Update, carrier: Carrier) -> None:
        await self.respond(carrier.scene)


class Button(Handler):
    """A tap on a button whose data starts with one of ``verbs``."""

    def __init__(self, verbs: str | Sequence[str], respond: Callback) -> None:
        super().__init__(respond)
        self.verbs = {verbs} if isinstance(verbs, str) else set(verbs)
        self.needs = max(needed(verb) for verb in self.verbs)

    def check_update(self, update: object) -> bool:
        """By the word before the first colon."""
        query = update.callback_query if isinstance(update, Update) else None
        return query is not None and query.data is not None and verb_of(query.data) in self.verbs

    async def handle_update(
        self, update: Update, application: AnyApplication, check_result: object, carrier: Carrier
    ) -> None:
        """Run it for whoever may."""
        await admit(self, carrier.scene)
        await super().handle_update(update, application, check_result, carrier)


class StepButton(Handler):
    """A tap on a conversation's own button: ``step:<word>:<revision>.<person>``, of this very step and no other."""

    def __init__(self, word: str, respond: Callback) -> None:
        super().__init__(respond)
        self.word = word

    def check_update(self, update: object) -> bool:
        """Word, revision and person fit; anything older, or another's, is left to the fallback that says so."""
        query = update.callback_query if isinstance(update, Update) else None
        if query is None or query.data is None:
            return False
        mark = step_mark(current_scene.get().conversation)
        return query.data.split(":")[:3] == [STEP, self.word, mark]


class Typed(Handler):
    """A plain text that is no command."""

    def check_update(self, update: object) -> bool:
        """In private, or in a group where it reaches the bot at all."""
        return isinstance(update, Update) and bool(
            update.message
            and filters.TEXT.check_update(update)
            and not (update.message.text or "").startswith("/")
        )


class Command(Handler):
    """``/name`` or ``/name@thisbot``, by any of its names (the French one, the English one, others), in any case."""

    def __init__(self, names: Sequence[str], respond: Callback) -> None:
        super().__init__(respond)
        self.names = tuple(names)
        self.needs = max(needed(f"/{name}") for name in names)

    def check_update(self, update: object) -> bool:
        """Commands to other bots are not ours."""
        message = update.message if isinstance(update, Update) else None
        if message is None or not (message.text or "").startswith("/"):
            return False
        word = (message.text or "").split(maxsplit=1)[0][1:]
        name, _, bot = word.partition("@")
        ours = not bot or bot.lower() == current_scene.get().bot_username.lower()
        return ours and name.lower() in self.names

    async def handle_update(
        self, update: Update, application: AnyApplication, check_result: object, carrier: Carrier
    ) -> None:
        """Run it for whoever may."""
        await admit(self, carrier.scene)
        await super().handle_update(update, application, check_result, carrier)


async def admit(handler: Handler, scene: Scene) -> None:
    """Raise :class:`NotAllowed` for who does not hold the role that a command or a button needs.

    In private, where a button may belong to another of one's groups: in none of them.
    """
    wanted = handler.needs if isinstance(handler, Button | Command) else Role.ANYONE
    if wanted < Role.TREASURER or role_of(scene.maybe_member) >= wanted:
        return
    if scene.is_private and await highest_role(scene.session, scene.person.id) >= wanted:
        return
    raise NotAllowed("member" if scene.maybe_member is None else wanted.name.lower())


class DurableConversation(Handler):
    """Entry points, states and fallbacks; a step returns the next state, ``END``, or None to stay."""

    def __init__(
        self,
        name: str,
        entry_points: Sequence[Handler],
        states: Mapping[StrEnum, Sequence[Handler]],
        fallbacks: Sequence[Handler] = (),
    ) -> None:
        super().__init__(self._never)
        self.name = name
        self.entry_points = entry_points
        self.states = {str(state): handlers for state, handlers in states.items()}
        self.fallbacks = fallbacks

    def check_update(self, update: object) -> Handler | None:
        """The handler of the present state that takes the update, else a fallback, else an entry point."""
        row = current_scene.get().conversation
        candidates: list[Handler] = []
        if row.name == self.name:
            candidates += [*self.states.get(row.state or "", ()), *self.fallbacks]
        for handler in (*candidates, *self.entry_points):
            if handler.check_update(update):
                return handler
        return None

    async def handle_update(  # type: ignore[override]
        self,
        update: Update,
        application: AnyApplication,
        check_result: Handler,
        carrier: Carrier,
    ) -> None:
        """Run the step and keep where it leads."""
        scene = carrier.scene
        row = scene.conversation
        if check_result in self.entry_points:
            end(row)
        await admit(check_result, scene)
        state = await check_result.respond(scene)
        row = scene.conversation  # the step may have gone on in the private chat
        if state == END:
            end(row)
        elif state is not None:
            advance(row, self.name, state)

    async def _never(self, _: Scene) -> None:
        raise NotImplementedError
