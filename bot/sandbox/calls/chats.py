"""The methods that ask about chats, members and files."""

from bot.sandbox.core import Core
from bot.sandbox.errors import bad_request
from bot.sandbox.model import Chat, Json, JsonObject
from bot.sandbox.params import Params
from bot.sandbox.world import chat_member

_MAX_DOWNLOAD = 20 * 1024 * 1024


def get_me(core: Core, _params: Params) -> Json:
    """getMe."""
    return {
        **core.world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(core: Core, params: Params) -> Json:
    """getChat: with the pinned message."""
    chat = core.find_chat(params)
    full: JsonObject = {
        **chat.as_chat(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if chat.is_group:
        full["permissions"] = {"can_send_messages": True, "can_pin_messages": False}
    if chat.pinned:
        full["pinned_message"] = chat.messages[chat.pinned[-1]].data
    return full


def get_chat_member(core: Core, params: Params) -> Json:
    """getChatMember: somebody known who is not there has "left"."""
    chat = core.find_chat(params)
    user_id = params.integer("user_id") or 0
    user = _user(core, user_id)
    if user is None:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return chat_member(user, chat.members.get(user_id, "left"))


def get_chat_administrators(core: Core, params: Params) -> Json:
    """getChatAdministrators: people only, unless bots are asked for too."""
    chat = _group(core, params)
    found: list[Json] = []
    for user_id, status in chat.members.items():
        is_wanted = user_id != core.world.bot_id or params.flag("return_bots")
        user = _user(core, user_id)
        if chat.is_admin(user_id) and is_wanted and user is not None:
            found.append(chat_member(user, status))
    return found


def get_chat_member_count(core: Core, params: Params) -> Json:
    """getChatMemberCount: the bot counts too."""
    chat = core.find_chat(params)
    return sum(chat.is_inside(user_id) for user_id in chat.members)


def leave_chat(core: Core, params: Params) -> Json:
    """leaveChat."""
    chat = core.find_chat(params)
    if not chat.is_group:
        raise bad_request("can't leave a private chat")
    core.world.put_bot(chat, core.world.bot_id, inside=False)
    return True


def get_file(core: Core, params: Params) -> Json:
    """getFile: where to download it, if it is not too big."""
    stored = core.world.files.get(params.text("file_id") or "")
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(stored.content) > _MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": stored.id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.content),
        "file_path": stored.path,
    }


def _group(core: Core, params: Params) -> Chat:
    chat = core.find_chat(params)
    if not chat.is_group:
        raise bad_request("there are no administrators in the private chat")
    return chat


def _user(core: Core, user_id: int) -> JsonObject | None:
    if user_id == core.world.bot_id:
        return core.world.bot
    person = core.world.people.get(user_id)
    return person.as_user() if person else None
