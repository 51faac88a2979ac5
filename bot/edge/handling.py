"""From an update to the handler of what it declares: who, where and in which group is settled once, before it runs.

A handler is registered with what it handles: a declared tap or command (``ui/taps.py``), an :class:`Event`, or a
typed answer. It asks by name for what it needs: ``scene``, ``tap`` (the parsed one) and, in a conversation, ``draft``.

A conversation is declared like python-telegram-bot's ConversationHandler, but its state is a row and not a process's memory.
The row is loaded with the update and written in the same unit of work as everything the step did, so a conversation
survives restarts and goes on in whichever worker gets the next update. A step's buttons carry the row's revision and
whose they are.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec
from telegram import Update
from telegram.ext import Application, BaseHandler, filters

from bot.edge.carrier import Carrier, current_scene
from bot.edge.draft import Draft
from bot.edge.scene import Scene
from bot.edge.state import advance, end, step_mark
from bot.refusals.sentences import sentence
from bot.rights import May
from bot.ui.screen import BELOW, Button, Screen, verb_of
from bot.ui.taps import ANYWHERE, STEP, UNSEEN, Answered, Command, Declared, Old, Place, Tap
from ledger.errors import NotAllowed, NotFound
from ledger.groups.roles import role_of
from ledger.groups.service import highest_role

AnyApplication = Application[Any, Any, Any, Any, Any, Any]
Handler = Callable[..., Coroutine[Any, Any, Any]]
END = "end"
"""What a step returns when the conversation is over."""


@dataclass(frozen=True, slots=True)
class Event:
    """An update that is neither tap nor command: a file, a word in private, somebody who left."""

    name: str
    fits: Callable[[Update], bool]
    declared: Declared


def event(
    name: str,
    fits: Callable[[Update], bool],
    *,
    may: May,
    at: Place = ANYWHERE,
    answered: Answered = Answered.HERE,
) -> Event:
    """Declares an update that handlers take by how it looks."""
    return Event(name, fits, Declared(may, at, answered, Old.NEVER))


class Cancel(Tap, frozen=True):
    """“Cancel”, in every step of a conversation."""

    verb = "cancel"


def cancel_button(scene: Scene) -> Button:
    """The way out of the coming step."""
    return scene.step_button(scene.texts.label("Cancel"), Cancel())


def is_answer(update: Update) -> bool:
    """A plain text that is no command: in private, or in a group where it reaches the bot at all."""
    message = update.message
    return (
        message is not None
        and bool(filters.TEXT.check_update(update))
        and not (message.text or "").startswith("/")
    )


class On(BaseHandler[Update, Carrier, Any]):
    """Registers a handler for what it declares that it handles."""

    def __init__(self, what: type[Tap] | Command | Event, handler: Handler) -> None:
        super().__init__(_never)
        self.what = what
        self.handler = handler
        self.wants = _wants(handler, what if isinstance(what, type) else None)
        if isinstance(what, type) and not what.verb:
            raise TypeError(f"{what.__name__} is not declared")

    @property
    def declared(self) -> Declared | None:
        """What it declares; none for a conversation's step, of which the conversation does."""
        return self.what.declared

    def check_update(self, update: object) -> bool:
        """Whether the update is what is declared; a step's button only in the very step it was made for."""
        if not isinstance(update, Update):
            return False
        if isinstance(self.what, Event):
            return self.what.fits(update)
        if isinstance(self.what, Command):
            return _command_of(update) in self.what.names
        data = _data_of(update)
        if data is None:
            return False
        if self.what.declared is None:
            mark = step_mark(current_scene.get().conversation)
            return data.split(":")[:3] in [[STEP, word, mark] for word in (self.what.verb, *self.what.was)]
        return verb_of(data) in (self.what.verb, *self.what.was)

    async def handle_update(
        self, update: Update, application: AnyApplication, check_result: object, context: Carrier
    ) -> None:
        """Runs the handler for whoever may, where it may be asked."""
        found = await self.admit(context.scene)
        if found is not None:
            await self.run(context.scene, found)

    async def admit(self, scene: Scene) -> Tap | Command | Event | None:
        """The parsed tap, once it is certain that this person may ask for it in this place; None where it is not its place.

        Raises :class:`NotAllowed` and, for what no screen ever said, :class:`NotFound`.
        """
        declared = self.declared
        assert declared is not None
        if not scene.place & declared.at:
            if declared.at is not Place.PRIVATE:
                raise NotFound("button", scene.place)
            scene.say_old()
            return None
        if role_of(scene.maybe_member) < declared.may.role and not await _elsewhere(scene, declared):
            raise _refusal(scene, declared)
        found = self.parsed(scene)
        if declared.old is Old.SEEN and scene.is_on_others_page and isinstance(found, Tap):
            found = msgspec.structs.replace(found, seen=UNSEEN)
        if declared.of is not None and isinstance(found, Tap) and found.row is not None:
            await scene.follow(declared.of, found.row)
        if role_of(scene.maybe_member) < declared.may.role and not declared.in_any_group:
            raise _refusal(scene, declared)
        if declared.in_this_group and isinstance(found, Tap) and found.row != scene.group.id:
            raise NotFound("button", found.row)
        scene.answered = declared.answered
        return found

    def parsed(self, scene: Scene) -> Tap | Command | Event:
        """The tap with its fields."""
        if not isinstance(self.what, type):
            return self.what
        words = (_data_of(scene.update) or "").removeprefix(BELOW).split(":")
        return self.what.parse(words[1:] if self.what.declared else words[3:])

    async def run(self, scene: Scene, found: Tap | Command | Event, draft: Draft | None = None) -> Any:
        """Calls the handler with what it asks for."""
        given: dict[str, Any] = {"scene": scene, "draft": draft}
        if isinstance(found, Tap):
            given["tap"] = found
        return await self.handler(**{name: given[name] for name in self.wants if name in given})


class Either(BaseHandler[Update, Carrier, Any]):
    """Several handlers for one kind of event: each in turn, for whoever may, until one of them took it (is true)."""

    def __init__(self, *handlers: On) -> None:
        super().__init__(_never)
        self.handlers = handlers

    def check_update(self, update: object) -> bool:
        """Whether it is an event of any of them."""
        return any(one.check_update(update) for one in self.handlers)

    async def handle_update(
        self, update: Update, application: AnyApplication, check_result: object, context: Carrier
    ) -> None:
        """Asks one after another; where none takes it, nothing is done."""
        scene = context.scene
        for one in self.handlers:
            declared = one.declared
            assert declared is not None
            is_for_them = role_of(scene.maybe_member) >= declared.may.role and scene.place & declared.at
            if is_for_them and one.check_update(update):
                scene.answered = declared.answered
                if await one.run(scene, one.parsed(scene)):
                    return


class Typed(On):
    """Registers what takes a typed answer in a conversation."""

    def __init__(self, handler: Handler) -> None:
        super().__init__(
            Event("typed", is_answer, Declared(May.FIND_ONES_WAY, ANYWHERE, Answered.HERE, Old.NEVER)),
            handler,
        )


class Conversation(BaseHandler[Update, Carrier, Any]):
    """Entry points and states; a step returns the next state, ``END``, or None to stay.

    ``may``: who may take its steps. The group is the same from the first step to the last: whoever looks at another one
    meanwhile is told that the button is old. An entry point keeps its draft with ``scene.keep``.
    """

    def __init__(
        self,
        name: str,
        *,
        may: May,
        draft: type[Draft] = Draft,
        entry_points: Sequence[On],
        states: Mapping[StrEnum, Sequence[On]],
        cancel: Handler | None = None,
    ) -> None:
        super().__init__(_never)
        self.name, self.may, self.draft = name, may, draft
        self.entry_points = entry_points
        way_out = [] if cancel is None else [On(Cancel, cancel)]
        self.states = {str(state): [*way_out, *handlers] for state, handlers in states.items()}
        for handler in (one for state in self.states.values() for one in state):
            _wants(handler.handler, None, draft)

    def check_update(self, update: object) -> On | None:
        """The handler of the present state that takes the update, else an entry point."""
        row = current_scene.get().conversation
        steps: Sequence[On] = self.states.get(row.state or "", ()) if row.name == self.name else ()
        return next((one for one in (*steps, *self.entry_points) if one.check_update(update)), None)

    async def handle_update(  # type: ignore[override]
        self, update: Update, application: AnyApplication, check_result: On, context: Carrier
    ) -> None:
        """Runs the step and keeps where it leads."""
        scene = context.scene
        if check_result in self.entry_points:
            state = await self._begin(scene, check_result)
        else:
            state = await self._go_on(scene, check_result)
        row = scene.conversation
        if state == END:
            end(row)
            return
        if state is not None:
            advance(row, self.name, state)
        if row.name == self.name and scene.draft is not None:
            row.data = msgspec.to_builtins(scene.draft)

    async def _begin(self, scene: Scene, handler: On) -> Any:
        end(scene.conversation)
        found = await handler.admit(scene)
        if found is None or not await scene.go_where_answered():
            return None
        return await handler.run(scene, found)

    async def _go_on(self, scene: Scene, handler: On) -> Any:
        if role_of(scene.maybe_member) < self.may.role:
            raise NotAllowed("member" if scene.maybe_member is None else self.may.role.name.lower())
        try:
            draft = msgspec.convert(scene.conversation.data, self.draft, strict=False)
        except msgspec.ValidationError:  # a version before this one asked other things
            scene.say(Screen(sentence(scene.texts, NotFound("draft", self.name))))
            return END
        if draft.group is not None and (scene.maybe_group is None or scene.group.id != draft.group):
            raise NotFound("draft", self.name)
        scene.draft = draft
        return await handler.run(scene, handler.parsed(scene), draft)


async def _never(update: Update, context: Carrier) -> None:
    """Stands where python-telegram-bot wants a callback: the handlers here are called with what they ask for instead."""
    raise NotImplementedError(update, context)


def _wants(handler: Handler, tap: type[Tap] | None, draft: type[Draft] | None = None) -> list[str]:
    """The names of what the handler asks for. Raises :class:`TypeError` where it asks for something else."""
    parameters = inspect.signature(handler).parameters
    known = {"scene": "Scene", "tap": tap and tap.__name__, "draft": draft and draft.__name__}
    for name, parameter in parameters.items():
        says = str(parameter.annotation)
        if name not in known or (known[name] and str(known[name]) not in says):
            raise TypeError(f"{handler.__qualname__} asks for {name}: {says}")
    return list(parameters)


async def _elsewhere(scene: Scene, declared: Declared) -> bool:
    """In private, where it may belong to another of one's groups: whether the role is held in any of them."""
    return (
        scene.is_private
        and (declared.of is not None or declared.in_any_group)
        and await highest_role(scene.session, scene.person.id) >= declared.may.role
    )


def _refusal(scene: Scene, declared: Declared) -> NotAllowed:
    return NotAllowed("member" if scene.maybe_member is None else declared.may.role.name.lower())


def _data_of(update: Update) -> str | None:
    query = update.callback_query
    return query.data if query is not None else None


def _command_of(update: Update) -> str | None:
    """The command's name in lower case; none for a command to another bot."""
    message = update.message
    if message is None or not (message.text or "").startswith("/"):
        return None
    word = (message.text or "").split(maxsplit=1)[0][1:]
    name, _, bot = word.partition("@")
    ours = not bot or bot.lower() == current_scene.get().bot_username.lower()
    return name.lower() if ours else None
