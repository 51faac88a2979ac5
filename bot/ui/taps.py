"""What a button or a typed command asks for: a small frozen value that declares who may ask, and where.

A tap's fields are packed into a button's data (``verb:field:field``, ≤ 64 bytes) and parsed once when it comes back;
a forged one is refused here too. Each room declares its taps and commands in its ``taps.py``::

    @tap("payment.receive", was="rcv", may=May.CONFIRM_PAYMENTS, at=ANYWHERE, old=Old.STEP, of=Payment)
    class Receive(Tap, frozen=True):
        payment: Id
        step: Number

A view makes the button: ``button(label, Receive(payment.id, payment.steps))``; a handler gets the same value back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Flag, StrEnum, auto
from typing import Annotated, Any, ClassVar, TypeVar

import msgspec

from bot.rights import May
from ledger.db import Base
from ledger.errors import NotFound
from ledger.groups.roles import Role

LONGEST = 64
"""Bytes of a button's data, says Telegram."""
FURTHEST = 10**15
STEP = "step"
"""The verb of every conversation's own buttons."""

Id = Annotated[int, msgspec.Meta(ge=1, lt=FURTHEST)]
"""A row's number."""
Number = Annotated[int, msgspec.Meta(gt=-FURTHEST, lt=FURTHEST)]
"""A count, cents, thousandths, a page, a step, a mark."""

UNSEEN = -1
"""Stands for the mark of what a screen showed where the button carries none: nothing is ever like that."""


class Place(Flag):
    """The kinds of chat in which something may be tapped or typed."""

    PRIVATE = auto()
    COORDINATORS = auto()
    MEMBERS = auto()
    """A group's chat in which members read along, and a chat of no group."""


ANYWHERE = Place.PRIVATE | Place.COORDINATORS | Place.MEMBERS
ASIDE = Place.PRIVATE | Place.COORDINATORS
"""Where no member reads along."""


class Answered(StrEnum):
    """Who reads the answer along."""

    HERE = "here"
    """Whoever reads the chat."""
    DISCREETLY = "discreetly"
    """Those who keep the money: here among coordinators, else in the person's private chat."""
    ALONE = "alone"
    """The person alone, in their private chat."""


class Old(StrEnum):
    """What makes a button old, so that it does nothing but show how things stand now."""

    NEVER = "never"
    """It opens or asks something, or doing it twice is doing it once."""
    STEP = "step"
    """The row it names went on: the field ``step`` is the row's number of steps when it was shown."""
    SEEN = "seen"
    """Something on its screen changed: the field ``seen`` stands for all of it (``ledger/orders/seen.py``)."""
    GONE = "gone"
    """The row it names is settled, closed or gone; the service says so."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What every tap and command says of itself."""

    may: May
    at: Place
    answered: Answered
    old: Old
    of: type[Base] | None = None
    """The table whose row the first :data:`Id` names: what is tapped is done in the group of that row."""
    in_this_group: bool = False
    """Whether the first :data:`Id` is a group's, which must be the one acted in: an old screen changes no other."""
    in_any_group: bool = False
    """In private, whether the role in any of one's groups is enough: the handler goes to the one that is meant."""


class Tap(msgspec.Struct, frozen=True, array_like=True):
    """What a button asks for. Subclasses name their fields and are declared by :func:`tap` or :func:`step`."""

    verb: ClassVar[str] = ""
    was: ClassVar[tuple[str, ...]] = ()
    declared: ClassVar[Declared | None] = None

    @property
    def row(self) -> int | None:
        """The number of the row that it is about: its first :data:`Id`; none where the button says none."""
        name = _row_field(type(self))
        found: int | None = getattr(self, name) if name else None
        return found

    @property
    def packed(self) -> list[str]:
        """The fields as a button carries them; those at the end that are none are left out."""
        values = msgspec.to_builtins(self)
        while values and values[-1] is None:
            values.pop()
        return [_word(value) for value in values]

    @property
    def data(self) -> str:
        """The button's data. Raises :class:`ValueError` where it is longer than Telegram takes."""
        return _fitting(self.verb, *self.packed)

    def data_of_step(self, mark: str) -> str:
        """As :attr:`data`, for a button of a conversation's step, whose ``mark`` says which step, and whose."""
        return _fitting(STEP, self.verb, mark, *self.packed)

    @classmethod
    def parse(cls: type[AnyTap], words: Sequence[str]) -> AnyTap:
        """The tap whose fields these are. Raises :class:`NotFound` for a forged one, as for something that is gone.

        The last field, where it is a text, may hold colons.
        """
        room = len(cls.__struct_fields__)
        if len(words) > room > 0 and cls.__annotations__.get(cls.__struct_fields__[-1], "").startswith("str"):
            words = [*words[: room - 1], ":".join(words[room - 1 :])]
        try:
            found = msgspec.convert([word or None for word in words], cls, strict=False)
        except msgspec.ValidationError as error:
            raise NotFound("button", ":".join(words)) from error
        if list(words) != [_word(value) for value in msgspec.to_builtins(found)][: len(words)]:
            raise NotFound("button", ":".join(words))
        return found


AnyTap = TypeVar("AnyTap", bound=Tap)

VERBS: dict[str, type[Tap]] = {}
"""Every declared tap by its verb, and by the verbs that buttons of earlier versions carry."""


def tap(
    verb: str,
    *,
    may: May,
    at: Place,
    answered: Answered = Answered.HERE,
    old: Old = Old.NEVER,
    of: type[Base] | None = None,
    in_this_group: bool = False,
    in_any_group: bool = False,
    was: str | tuple[str, ...] = (),
) -> Callable[[type[AnyTap]], type[AnyTap]]:
    """Declares a tap. ``was``: the verbs under which people's old buttons ask for the same, with the same fields."""

    def declare(cls: type[AnyTap]) -> type[AnyTap]:
        fields = cls.__struct_fields__
        if old in (Old.STEP, Old.SEEN) and str(old) not in fields:
            raise TypeError(f"{cls.__name__} needs a field named {old}")
        if of is not None and _row_field(cls) is None:
            raise TypeError(f"{cls.__name__} names no row of {of.__name__}")
        if in_this_group and _row_field(cls) is None:
            raise TypeError(f"{cls.__name__} names no group")
        cls.verb, cls.was = verb, (was,) if isinstance(was, str) else was
        cls.declared = Declared(may, at, answered, old, of, in_this_group, in_any_group)
        for word in (verb, *cls.was):
            if word in VERBS:
                raise TypeError(f"{cls.__name__}: another tap says {word}")
            VERBS[word] = cls
        return cls

    return declare


def step(word: str) -> Callable[[type[AnyTap]], type[AnyTap]]:
    """Declares a button of a conversation's coming step: who may tap it, and where, says the conversation."""

    def declare(cls: type[AnyTap]) -> type[AnyTap]:
        cls.verb = word
        return cls

    return declare


@dataclass(frozen=True, slots=True)
class Command:
    """A typed command: ``/name`` by any of its names, the English one first."""

    names: tuple[str, ...]
    declared: Declared


COMMANDS: dict[str, Command] = {}
"""Every declared command by each of its names."""


def command(
    *names: str,
    may: May,
    at: Place = ANYWHERE,
    answered: Answered = Answered.HERE,
    in_any_group: bool = False,
) -> Command:
    """Declares a command by its names, the English one first."""
    declared = Command(names, Declared(may, at, answered, Old.NEVER, in_any_group=in_any_group))
    for name in names:
        if name in COMMANDS:
            raise TypeError(f"another command says /{name}")
        COMMANDS[name] = declared
    return declared


def _row_field(cls: type[Tap]) -> str | None:
    fields = cls.__struct_fields__
    return next((name for name in fields if cls.__annotations__.get(name, "").startswith("Id")), None)


def _fitting(*words: str) -> str:
    data = ":".join(words)
    if len(data.encode()) > LONGEST:
        raise ValueError(f"a button's data is too long: {data}")
    return data


def role_needed(verb: str) -> Role:
    """The role that a button's verb needs; a conversation's own steps need none but the conversation's."""
    declared = VERBS[verb].declared if verb in VERBS else None
    return declared.may.role if declared is not None else Role.ANYONE


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)
