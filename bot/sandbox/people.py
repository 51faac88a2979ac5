"""What people do: write, tap, upload, open links, join, leave, block. Each verb tells the bot what it may know."""

import itertools
import re

from bot.sandbox.model import ANONYMOUS_ADMIN, CallbackQuery, Chat, JsonObject, Message, Person
from bot.sandbox.pictures import photo_sizes
from bot.sandbox.text import find_entities, utf16_length
from bot.sandbox.world import World, WorldError

_query_ids = itertools.count(4_382_000_000_000_000_001)
_COMMAND = re.compile(r"/[A-Za-z0-9_]+(?:@([A-Za-z0-9_]+))?")
_LINK = re.compile(
    r"(?:https?://(?:127\.0\.0\.1:\d+/)?)?t\.me/([A-Za-z0-9_]+)/?(?:\?(start|startgroup)(?:=([^&#]*))?)?(?:[&#].*)?"
)
_TG_LINK = re.compile(
    r"tg://resolve\?domain=([A-Za-z0-9_]+)(?:&(start|startgroup)(?:=([^&#]*))?)?(?:[&#].*)?"
)
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


def say(
    world: World,
    person: Person,
    text: str,
    chat: Chat | None = None,
    *,
    reply_to: int | None = None,
    anonymous: bool = False,
) -> Message:
    """Write a text, in private or in a group."""
    text = text.strip()
    if not 1 <= utf16_length(text) <= 4096:
        raise WorldError("a message has 1 to 4096 characters")
    content: JsonObject = {"text": text}
    if entities := find_entities(text):
        content["entities"] = list(entities)
    return _write(world, person, chat, content, reply_to, anonymous=anonymous)


def upload(
    world: World, person: Person, name: str, data: bytes, chat: Chat | None = None, *, caption: str | None = None,
    as_photo: bool = False,
) -> Message:  # fmt: skip
    """Send a file into a chat; a picture as a photo if asked for."""
    content: JsonObject
    if as_photo and (sizes := photo_sizes(stored := world.store_file(name, data, "photos"))):
        content = {"photo": sizes}
    else:
        stored = world.store_file(name, data)
        content = {"document": document(world, stored.id)}
    if caption:
        content["caption"] = caption
        if entities := find_entities(caption):
            content["caption_entities"] = list(entities)
    return _write(world, person, chat, content, None)


def document(world: World, file_id: str) -> JsonObject:
    """Return the Bot API's `Document` of a stored file."""
    stored = world.files[file_id]
    return {
        "file_name": stored.name,
        "mime_type": stored.mime_type,
        "file_id": stored.id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.content),
    }


def tap(world: World, person: Person, chat: Chat, message_id: int, data: str) -> CallbackQuery:
    """Tap a button of the bot's message; the query waits 150 s for an answer."""
    _check_inside(chat, person)
    message = chat.messages.get(message_id)
    if message is None:
        raise WorldError(f"there is no message {message_id} in this chat")
    if data not in _callback_data(message):
        raise WorldError(f"message {message_id} has no button with the data {data!r}")
    query = CallbackQuery(str(next(_query_ids)), person.id, world.clock())
    world.queries[query.id] = query
    world.updates.push(
        "callback_query",
        {
            "id": query.id,
            "from": person.as_user(),
            "message": message.data,
            "chat_instance": str(-(chat.id + 77_000_000_000)),
            "data": data,
        },
    )
    return query


def open_link(
    world: World, person: Person, url: str, chat: Chat | None = None
) -> tuple[Chat, Message | None]:
    """Open a t.me link to the bot: start it in private, or (`startgroup`) add it to `chat` and start it there."""
    match = _LINK.fullmatch(url) or _TG_LINK.fullmatch(url)
    if match is None or match.group(1).lower() != world.username.lower():
        raise WorldError(f"this link does not lead to the bot: {url}")
    _, action, payload = match.groups()
    if not _PAYLOAD.fullmatch(payload or ""):
        raise WorldError(f"a start payload has at most 64 of A-Z a-z 0-9 _ -: {payload!r}")
    if action == "startgroup":
        if chat is None or not chat.is_group:
            raise WorldError("say which group the bot is added to")
        world.put_bot(chat, person.id)
        return chat, say(world, person, f"/start@{world.username} {payload or ''}", chat)
    private = world.chat(person.id)
    if action is None:
        return private, None
    return private, say(world, person, f"/start {payload or ''}")


def block(world: World, person: Person, *, blocked: bool) -> None:
    """Block the bot, or unblock it."""
    if person.has_blocked == blocked:
        return
    person.has_blocked = blocked
    old, new = ("member", "kicked") if blocked else ("kicked", "member")
    world.tell_my_member(world.chat(person.id), person.as_user(), old, new)
    world.events.add("person", person=person.id)


def _write(
    world: World, person: Person, chat: Chat | None, content: JsonObject, reply_to: int | None, *,
    anonymous: bool = False,
) -> Message:  # fmt: skip
    chat = chat or world.chat(person.id)
    _check_inside(chat, person)
    if chat.migrated_to:
        raise WorldError(f"this group is now the supergroup {chat.migrated_to}")
    replied = chat.messages.get(reply_to) if reply_to else None
    if replied is not None:
        content["reply_to_message"] = {k: v for k, v in replied.data.items() if k != "reply_to_message"}
    sender = person.as_user()
    if anonymous:
        if not chat.is_admin(person.id):
            raise WorldError("only an admin can write anonymously")
        sender, content["sender_chat"] = ANONYMOUS_ADMIN, chat.as_chat()
    if not chat.is_group:
        if person.has_blocked:
            block(world, person, blocked=False)
        person.has_started = True
    message = world.post(chat, sender, content)
    if bot_sees(world, chat, message):
        world.tell(message)
    return message


def bot_sees(world: World, chat: Chat, message: Message) -> bool:
    """Whether privacy mode lets the bot have this message."""
    if not chat.is_group:
        return True
    if not chat.is_inside(world.bot_id):
        return False
    if chat.is_admin(world.bot_id):
        return True
    replied = message.data.get("reply_to_message")
    if isinstance(replied, dict) and replied.get("from") == world.bot:
        return True
    match = _COMMAND.match(str(message.data.get("text") or message.data.get("caption") or ""))
    return match is not None and (match.group(1) or world.username).lower() == world.username.lower()


def _check_inside(chat: Chat, person: Person) -> None:
    if not chat.is_inside(person.id):
        raise WorldError(f"{person.full_name} is not in this chat")


def _callback_data(message: Message) -> set[str]:
    markup = message.data.get("reply_markup")
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    found = set()
    for row in rows if isinstance(rows, list) else []:
        for button in row if isinstance(row, list) else []:
            if isinstance(button, dict) and "callback_data" in button:
                found.add(str(button["callback_data"]))
    return found
