"""The methods that send: texts, documents, photos, and "is typing"."""

from bot.sandbox.calls.content import message_caption, message_text
from bot.sandbox.core import Core
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.keyboards import check_markup
from bot.sandbox.model import Chat, Json, JsonObject, Message, StoredFile
from bot.sandbox.params import Params
from bot.sandbox.people import document
from bot.sandbox.pictures import photo_sizes

_MAX_UPLOAD = 50 * 1024 * 1024
_MAX_PHOTO = 10 * 1024 * 1024
_ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
        "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
    }
)  # fmt: skip


def send_message(core: Core, params: Params) -> Json:
    """sendMessage."""
    content = message_text(core.world, params, too_long="message is too long")
    return _send(core, params, content)


def send_document(core: Core, params: Params) -> Json:
    """sendDocument: an upload, or the id of a file known already."""
    stored = _file(core, params, "document")
    content: JsonObject = {"document": document(core.world, stored.id)}
    return _send(core, params, content | message_caption(core.world, params))


def send_photo(core: Core, params: Params) -> Json:
    """sendPhoto: PNG, JPEG or GIF."""
    stored = _file(core, params, "photo")
    sizes = photo_sizes(stored)
    if sizes is None or len(stored.content) > _MAX_PHOTO:
        raise bad_request("IMAGE_PROCESS_FAILED")
    content: JsonObject = {"photo": sizes}
    return _send(core, params, content | message_caption(core.world, params))


def send_chat_action(core: Core, params: Params) -> Json:
    """sendChatAction: shown for a moment, kept nowhere."""
    chat = core.chat_to_write_in(params)
    action = params.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    core.world.events.add("action", chat=chat.id, action=action)
    return True


def _send(core: Core, params: Params, content: JsonObject) -> Json:
    chat = core.chat_to_write_in(params)
    markup = check_markup(params.object("reply_markup"))
    content |= _reply(chat, params)
    if markup is not None:
        content["reply_markup"] = markup
    if params.flag("protect_content"):
        content["has_protected_content"] = True
    if thread := params.integer("message_thread_id"):
        content |= {"message_thread_id": thread, "is_topic_message": True}
    core.limiter.check(chat)
    message = core.world.post(chat, core.world.bot, content)
    return _as_answer(message)


def _as_answer(message: Message) -> JsonObject:
    """Return the message as the Bot API does: it never returns a reply keyboard."""
    markup = message.data.get("reply_markup")
    if isinstance(markup, dict) and "inline_keyboard" not in markup:
        return {key: value for key, value in message.data.items() if key != "reply_markup"}
    return message.data


def _reply(chat: Chat, params: Params) -> JsonObject:
    wanted = params.object("reply_parameters")
    if not wanted:
        return {}
    message_id = wanted.get("message_id")
    replied = chat.messages.get(message_id) if isinstance(message_id, int) else None
    if replied is not None:
        return {"reply_to_message": {k: v for k, v in replied.data.items() if k != "reply_to_message"}}
    if wanted.get("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")


def _file(core: Core, params: Params, name: str) -> StoredFile:
    value = params.text(name) or ""
    if value.startswith("attach://"):
        upload = params.files.get(value.removeprefix("attach://"))
        if upload is None:
            raise bad_request(f"there is no {name} in the request")
        file_name, content = upload
        if not content:
            raise bad_request("file must be non-empty")
        if len(content) > _MAX_UPLOAD:
            raise ApiError(413, "Request Entity Too Large")
        return core.world.store_file(file_name, content, f"{name}s")
    if value in core.world.files:
        return core.world.files[value]
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    raise bad_request("wrong remote file identifier specified: Wrong character in the string")
