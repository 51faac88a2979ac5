"""How people, chats and messages look in the control API."""

from bot.sandbox.model import Chat, JsonObject, Message, Person


def person_view(person: Person) -> JsonObject:
    """A person, as JSON."""
    return {
        "id": person.id,
        "name": person.full_name,
        "username": person.username,
        "language_code": person.language_code,
        "has_started": person.has_started,
        "has_blocked": person.has_blocked,
    }


def chat_view(chat: Chat) -> JsonObject:
    """A chat without its messages, as JSON."""
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title or (chat.person.full_name if chat.person else ""),
        "members": {str(user_id): status for user_id, status in chat.members.items()},
        "pinned": chat.pinned[-1] if chat.pinned else None,
        "migrated_to": chat.migrated_to,
        "migrated_from": chat.migrated_from,
    }


def message_view(message: Message) -> JsonObject:
    """A message as the Bot API has it, with `created`, `changed` (numbers of events) and `edited` beside it."""
    return {
        "message": message.data,
        "created": message.created,
        "changed": message.changed,
        "edited": message.edited,
    }
