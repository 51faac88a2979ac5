"""Who is in a group and what they are there, and a group that becomes a supergroup."""

from bot.sandbox.model import Chat, Message, Person
from bot.sandbox.world import World, WorldError


def join(world: World, person: Person, chat: Chat) -> None:
    """Come into a group."""
    _check_group(chat)
    old = chat.members.get(person.id, "left")
    if chat.is_inside(person.id):
        return
    chat.members[person.id] = "member"
    _service(world, chat, person, "new_chat_members")
    world.tell_member(chat, person.as_user(), person, old, "member")


def leave(world: World, person: Person, chat: Chat) -> None:
    """Go out of a group."""
    _check_group(chat)
    if not chat.is_inside(person.id):
        return
    old = chat.members[person.id]
    _service(world, chat, person, "left_chat_member")
    chat.members[person.id] = "left"
    world.tell_member(chat, person.as_user(), person, old, "left")


def kick(world: World, person: Person, chat: Chat, by: Person) -> None:
    """Put somebody out of a group, as one of its admins does."""
    _check_group(chat)
    if not chat.is_inside(person.id):
        return
    old = chat.members[person.id]
    _service(world, chat, person, "left_chat_member", by)
    chat.members[person.id] = "kicked"
    world.tell_member(chat, by.as_user(), person, old, "kicked")


def promote(world: World, person: Person, chat: Chat, *, admin: bool) -> None:
    """Make somebody an admin of a group, or no longer."""
    _check_group(chat)
    old = chat.members.get(person.id, "left")
    if not chat.is_inside(person.id):
        raise WorldError(f"{person.full_name} is not in this chat")
    new = "administrator" if admin else "member"
    if old in {"creator", new}:
        return
    chat.members[person.id] = new
    creator = next((one for one, status in chat.members.items() if status == "creator"), person.id)
    world.tell_member(chat, world.people[creator].as_user(), person, old, new)
    world.events.add("chat", chat=chat.id)


def upgrade(world: World, chat: Chat) -> Chat:
    """Turn a basic group into a supergroup: a new id, and a service message on both sides."""
    if chat.type != "group" or chat.migrated_to:
        raise WorldError("only a basic group can be upgraded, once")
    new = Chat(world.new_supergroup_id(), "supergroup", chat.title, members=dict(chat.members))
    new.migrated_from = chat.id
    world.chats[new.id] = new
    creator = next((one for one, status in chat.members.items() if status == "creator"), None)
    actor = world.people[creator].as_user() if creator in world.people else world.bot
    old_side = world.post(chat, actor, {"migrate_to_chat_id": new.id})
    chat.migrated_to = new.id
    new_side = world.post(new, actor, {"migrate_from_chat_id": chat.id})
    if chat.is_inside(world.bot_id):
        world.tell(old_side)
        world.tell(new_side)
    world.events.add("chat", chat=chat.id)
    world.events.add("chat", chat=new.id)
    return new


def _service(world: World, chat: Chat, person: Person, kind: str, by: Person | None = None) -> Message:
    user = person.as_user()
    message = world.post(
        chat, (by or person).as_user(), {kind: [user] if kind == "new_chat_members" else user}
    )
    if chat.is_inside(world.bot_id):
        world.tell(message)
    world.events.add("chat", chat=chat.id)
    return message


def _check_group(chat: Chat) -> None:
    if not chat.is_group:
        raise WorldError("this is a private chat")
    if chat.migrated_to:
        raise WorldError(f"this group is now the supergroup {chat.migrated_to}")
