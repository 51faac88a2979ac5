"""The things of the sandbox's world: people, chats, messages, files. Data only; the rules are elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

Json: TypeAlias = str | int | float | bool | list["Json"] | dict[str, "Json"] | None
JsonObject: TypeAlias = dict[str, "Json"]
Clock: TypeAlias = Callable[[], float]

ANONYMOUS_ADMIN_ID = 1087968824
ANONYMOUS_ADMIN: JsonObject = {
    "id": ANONYMOUS_ADMIN_ID,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}


@dataclass(slots=True)
class Person:
    """A human user, and what they allow the bot to do."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    has_started: bool = False
    has_blocked: bool = False

    @property
    def full_name(self) -> str:
        """The name people read."""
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name

    def as_user(self) -> JsonObject:
        """Return the Bot API's `User`."""
        user: JsonObject = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        for key in ("last_name", "username", "language_code"):
            if value := getattr(self, key):
                user[key] = value
        return user

    def as_chat(self) -> JsonObject:
        """Return the Bot API's `Chat` for this person's private chat with the bot."""
        chat: JsonObject = {"id": self.id, "type": "private", "first_name": self.first_name}
        for key in ("last_name", "username"):
            if value := getattr(self, key):
                chat[key] = value
        return chat


@dataclass(slots=True)
class Message:
    """A message as the Bot API shows it, with the sequence numbers of its creation and last change.

    `data` is never changed in place: an edit replaces it, so that updates already queued stay as they were.
    """

    data: JsonObject
    created: int
    changed: int
    edited: bool = False

    @property
    def id(self) -> int:
        """The message's number in its chat."""
        value = self.data["message_id"]
        assert isinstance(value, int)
        return value


@dataclass(slots=True)
class Chat:
    """A chat the bot is or was in. A private chat has its person's id."""

    id: int
    type: str
    title: str | None = None
    members: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    migrated_to: int | None = None
    migrated_from: int | None = None
    person: Person | None = None

    @property
    def is_group(self) -> bool:
        """Whether several people may be here."""
        return self.type != "private"

    def as_chat(self) -> JsonObject:
        """Return the Bot API's `Chat`."""
        if self.person is not None:
            return self.person.as_chat()
        return {"id": self.id, "type": self.type, "title": self.title}

    def is_inside(self, user_id: int) -> bool:
        """Whether this user is a member here now."""
        return self.members.get(user_id) in {"creator", "administrator", "member"}

    def is_admin(self, user_id: int) -> bool:
        """Whether this user administers this chat now."""
        return self.members.get(user_id) in {"creator", "administrator"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file somebody sent, kept whole in memory."""

    id: str
    unique_id: str
    name: str
    mime_type: str
    path: str
    content: bytes


@dataclass(slots=True)
class CallbackQuery:
    """A tap on a button that waits for the bot's answer."""

    id: str
    person_id: int
    created: float
    answer: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast the bot may write; 0 means as fast as it likes."""

    messages_per_second: int = 0
    per_chat_per_second: int = 0
    per_group_per_minute: int = 0
