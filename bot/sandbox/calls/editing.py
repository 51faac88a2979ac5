"""The methods that change messages already there: edit, delete, pin."""

from bot.sandbox.calls.content import message_caption, message_text
from bot.sandbox.core import Core
from bot.sandbox.errors import bad_request, not_modified
from bot.sandbox.keyboards import check_markup
from bot.sandbox.model import Chat, Json, JsonObject, Message
from bot.sandbox.params import Params

_TWO_DAYS = 48 * 3600
_EDITABLE = ("text", "entities", "caption", "caption_entities", "reply_markup")


def edit_message_text(core: Core, params: Params) -> Json:
    """editMessageText: what was not given, such as the keyboard, goes away."""
    chat, message = _message(core, params)
    if "text" not in params or not params.text("text"):
        raise bad_request("message text is empty")
    if "text" not in message.data:
        raise bad_request("there is no text in the message to edit")
    content = message_text(core.world, params, too_long="MESSAGE_TOO_LONG")
    return _change(core, chat, message, content, params)


def edit_message_caption(core: Core, params: Params) -> Json:
    """editMessageCaption."""
    chat, message = _message(core, params)
    if "document" not in message.data and "photo" not in message.data:
        raise bad_request("there is no caption in the message to edit")
    return _change(core, chat, message, message_caption(core.world, params), params)


def edit_message_reply_markup(core: Core, params: Params) -> Json:
    """editMessageReplyMarkup: the keyboard only; none given takes it away."""
    chat, message = _message(core, params)
    kept = {key: message.data[key] for key in _EDITABLE if key in message.data and key != "reply_markup"}
    return _change(core, chat, message, kept, params)


def delete_message(core: Core, params: Params) -> Json:
    """deleteMessage: the bot's own within two days, in private any, in groups others' if it is an admin."""
    chat = core.find_chat(params)
    message = chat.messages.get(params.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to delete not found")
    _check_deletable(core, chat, message)
    core.world.remove(chat, message.id)
    return True


def delete_messages(core: Core, params: Params) -> Json:
    """deleteMessages: up to 100; those that are not there are skipped."""
    chat = core.find_chat(params)
    wanted = params.items("message_ids") or []
    if not 1 <= len(wanted) <= 100:
        raise bad_request(
            "too many message identifiers specified" if wanted else "message identifiers are not specified"
        )
    for one in wanted:
        message = chat.messages.get(one) if isinstance(one, int) else None
        if message is not None:
            _check_deletable(core, chat, message)
            core.world.remove(chat, message.id)
    return True


def pin_chat_message(core: Core, params: Params) -> Json:
    """pinChatMessage: in groups only as an admin; a service message says so."""
    chat = core.chat_to_write_in(params)
    _check_may_pin(core, chat)
    message = chat.messages.get(params.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to pin not found")
    if chat.pinned[-1:] == [message.id]:
        return True
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    core.world.events.add("pin", chat=chat.id, message=message.id)
    pinned: JsonObject = {k: v for k, v in message.data.items() if k != "reply_to_message"}
    note = core.world.post(chat, core.world.bot, {"pinned_message": pinned})
    if chat.is_group:
        core.world.tell(note)
    return True


def unpin_chat_message(core: Core, params: Params) -> Json:
    """unpinChatMessage: the one named, or the last pinned."""
    chat = core.chat_to_write_in(params)
    _check_may_pin(core, chat)
    message_id = params.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    core.world.events.add("pin", chat=chat.id, message=chat.pinned[-1] if chat.pinned else None)
    return True


def unpin_all_chat_messages(core: Core, params: Params) -> Json:
    """unpinAllChatMessages."""
    chat = core.chat_to_write_in(params)
    _check_may_pin(core, chat)
    chat.pinned.clear()
    core.world.events.add("pin", chat=chat.id, message=None)
    return True


def _message(core: Core, params: Params) -> tuple[Chat, Message]:
    if "inline_message_id" in params:
        raise bad_request("MESSAGE_ID_INVALID")
    if "chat_id" not in params:
        raise bad_request("chat_id is empty")
    if "message_id" not in params:
        raise bad_request("message identifier is not specified")
    chat = core.chat_to_write_in(params)
    return chat, core.own_message(chat, params, "edit")


def _change(core: Core, chat: Chat, message: Message, content: JsonObject, params: Params) -> Json:
    markup = check_markup(params.object("reply_markup"), inline_only=True)
    if markup is not None:
        content["reply_markup"] = markup
    old = message.data
    if all(old.get(key) == content.get(key) for key in _EDITABLE):
        raise not_modified()
    core.limiter.check(chat)
    data = {key: value for key, value in old.items() if key not in _EDITABLE} | content
    core.world.change(chat, message, data)
    return data


def _check_deletable(core: Core, chat: Chat, message: Message) -> None:
    is_own = message.data["from"] == core.world.bot
    age = core.world.clock() - float(str(message.data["date"]))
    if age > _TWO_DAYS or (chat.is_group and not is_own and not chat.is_admin(core.world.bot_id)):
        raise bad_request("message can't be deleted")


def _check_may_pin(core: Core, chat: Chat) -> None:
    if chat.is_group and not chat.is_admin(core.world.bot_id):
        raise bad_request("not enough rights to manage pinned messages in the chat")
