"""The world: who exists, which chats there are, what was said in them. No HTTP here.

`World` also holds what the bot told about itself (commands, descriptions) and the updates it has to fetch.
"""

import itertools
import mimetypes
import time
from collections.abc import Iterable

from bot.sandbox.events import EventLog
from bot.sandbox.model import CallbackQuery, Chat, Clock, Json, JsonObject, Message, Person, StoredFile
from bot.sandbox.settings import BotSettings
from bot.sandbox.updates import UpdateQueue


class WorldError(Exception):
    """Somebody asked for something that makes no sense in this world; the text says what."""


class World:
    """Everything the server knows, in memory."""

    def __init__(self, token: str, username: str, name: str = "Cagnotte", clock: Clock = time.time) -> None:
        self.token = token
        self.clock = clock
        self.bot: JsonObject = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": name,
            "username": username,
        }
        self.bot_id = int(str(self.bot["id"]))
        self.username = username
        self.events = EventLog()
        self.updates = UpdateQueue()
        self.settings = BotSettings()
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.paths: dict[str, StoredFile] = {}
        self.queries: dict[str, CallbackQuery] = {}
        self._person_ids = itertools.count(700_000_001)
        self._group_ids = itertools.count(4_000_000_001)
        self._super_ids = itertools.count(2_000_000_001)
        self._message_ids = itertools.count(1)
        self._super_message_ids: dict[int, itertools.count[int]] = {}
        self._file_numbers = itertools.count(1)

    # — people and chats —

    def add_person(
        self,
        first_name: str,
        *,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = None,
        user_id: int | None = None,
    ) -> Person:
        """Create a person, who has not spoken to the bot yet."""
        person = Person(user_id or next(self._person_ids), first_name, last_name, username, language_code)
        if person.id in self.people:
            raise WorldError(f"there is already a person {person.id}")
        self.people[person.id] = person
        self.chats[person.id] = Chat(
            person.id, "private", members={person.id: "member", self.bot_id: "member"}, person=person
        )
        self.events.add("person", person=person.id)
        return person

    def add_group(
        self,
        title: str,
        *,
        members: Iterable[Person] = (),
        admins: Iterable[Person] = (),
        bot: bool = True,
        bot_admin: bool = False,
        supergroup: bool = False,
    ) -> Chat:
        """Create a group; the first admin is its creator, who then adds the bot."""
        chat_id = self.new_supergroup_id() if supergroup else -next(self._group_ids)
        chat = Chat(chat_id, "supergroup" if supergroup else "group", title)
        chat.members = {person.id: "member" for person in members}
        chat.members |= {person.id: "administrator" for person in admins}
        creator = next((one for one, status in chat.members.items() if status == "administrator"), None)
        if creator is not None:
            chat.members[creator] = "creator"
        self.chats[chat.id] = chat
        self.events.add("chat", chat=chat.id)
        if bot:
            actor = creator or next(iter(chat.members), None)
            self.put_bot(chat, actor, admin=bot_admin)
        return chat

    def new_supergroup_id(self) -> int:
        """Return an unused id of the −100… kind."""
        return -1_000_000_000_000 - next(self._super_ids)

    def put_bot(self, chat: Chat, actor_id: int | None, *, admin: bool = False, inside: bool = True) -> None:
        """Add the bot to a group, make it an admin or not, or remove it; tell the bot."""
        old = chat.members.get(self.bot_id, "left")
        new = ("administrator" if admin else "member") if inside else "left"
        if old == new:
            return
        actor = self.people[actor_id].as_user() if actor_id in self.people else self.bot
        if not inside:
            self.post(chat, actor, {"left_chat_member": self.bot})
            new = "kicked" if actor_id != self.bot_id else "left"
        chat.members[self.bot_id] = new
        self.tell_my_member(chat, actor, old, new)
        if old in {"left", "kicked"}:
            self.tell(self.post(chat, actor, {"new_chat_members": [self.bot]}))
        self.events.add("chat", chat=chat.id)

    def person(self, person_id: int) -> Person:
        """Return a person. Raises: `WorldError`."""
        if person_id not in self.people:
            raise WorldError(f"there is no person {person_id}")
        return self.people[person_id]

    def chat(self, chat_id: int) -> Chat:
        """Return a chat. Raises: `WorldError`."""
        if chat_id not in self.chats:
            raise WorldError(f"there is no chat {chat_id}")
        return self.chats[chat_id]

    # — messages —

    def next_message_id(self, chat: Chat) -> int:
        """Return a new message's number: supergroups count by themselves, all others together."""
        if chat.type != "supergroup":
            return next(self._message_ids)
        return next(self._super_message_ids.setdefault(chat.id, itertools.count(1)))

    def post(self, chat: Chat, sender: JsonObject, content: JsonObject) -> Message:
        """Put a message into a chat. Nobody but the page and the tests is told."""
        message_id = self.next_message_id(chat)
        data: JsonObject = {
            "message_id": message_id,
            "from": sender,
            "chat": chat.as_chat(),
            "date": int(self.clock()),
            **content,
        }
        seq = self.events.add("message", chat=chat.id, message=message_id)
        message = Message(data, seq, seq)
        chat.messages[message_id] = message
        return message

    def change(self, chat: Chat, message: Message, data: JsonObject, *, edited: bool = True) -> None:
        """Replace what a message says."""
        if edited:
            data["edit_date"] = int(self.clock())
            message.edited = True
        message.data = data
        message.changed = self.events.add("edit", chat=chat.id, message=message.id)

    def remove(self, chat: Chat, message_id: int) -> None:
        """Delete a message, for everybody."""
        del chat.messages[message_id]
        if message_id in chat.pinned:
            chat.pinned.remove(message_id)
        self.events.add("delete", chat=chat.id, message=message_id)

    # — what the bot learns —

    def tell(self, message: Message) -> None:
        """Queue a message for the bot."""
        self.updates.push("message", message.data)

    def tell_my_member(self, chat: Chat, actor: JsonObject, old: str, new: str) -> None:
        """Queue a change of the bot's own place in a chat."""
        self.updates.push("my_chat_member", self._member_update(chat, actor, self.bot, old, new))

    def tell_member(self, chat: Chat, actor: JsonObject, person: Person, old: str, new: str) -> None:
        """Queue a change of somebody's place in a chat; only a bot that is an admin learns it."""
        if chat.is_admin(self.bot_id):
            self.updates.push("chat_member", self._member_update(chat, actor, person.as_user(), old, new))

    def forge(self, update: JsonObject) -> int:
        """Queue any update at all; a tap in it may be answered like a real one. Return its number."""
        tap = update.get("callback_query")
        if isinstance(tap, dict) and isinstance(tap.get("id"), str):
            sender = tap.get("from")
            sender_id = sender.get("id") if isinstance(sender, dict) else 0
            query = CallbackQuery(str(tap["id"]), int(str(sender_id)), self.clock())
            self.queries.setdefault(query.id, query)
        return self.updates.push_raw(update)

    def _member_update(
        self, chat: Chat, actor: JsonObject, user: JsonObject, old: str, new: str
    ) -> JsonObject:
        return {
            "chat": chat.as_chat(),
            "from": actor,
            "date": int(self.clock()),
            "old_chat_member": chat_member(user, old),
            "new_chat_member": chat_member(user, new),
        }

    # — files —

    def store_file(self, name: str, content: bytes, kind: str = "documents") -> StoredFile:
        """Keep a file and give it the ids Telegram would."""
        number = next(self._file_numbers)
        suffix = "." + name.rpartition(".")[2] if "." in name else ""
        stored = StoredFile(
            id=f"BQACAgQAAxkBAAI{number:06d}",
            unique_id=f"AgAD{number:06d}",
            name=name,
            mime_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
            path=f"{kind}/file_{number}{suffix}",
            content=content,
        )
        self.files[stored.id] = stored
        self.paths[stored.path] = stored
        return stored


_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
)


def chat_member(user: JsonObject, status: str) -> JsonObject:
    """Return the Bot API's `ChatMember` for this status."""
    member: dict[str, Json] = {"user": user, "status": status}
    if status == "administrator":
        refused = {"can_be_edited", "is_anonymous", "can_promote_members"}
        member |= {right: right not in refused for right in _RIGHTS}
    elif status == "creator":
        member["is_anonymous"] = False
    elif status == "kicked":
        member["until_date"] = 0
    return member
