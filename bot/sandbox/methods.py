"""The methods this server knows: each parameter's type, and whether it is required.

Written by hand from Telegram's Bot API manual; a test compares it with aiogram's models. Real Telegram ignores
parameters it does not know; this server refuses them, so that a misspelt one is seen at once.
"""

from typing import Final

# The types: "chat" is an integer or "@name"; "file" an upload or the id of a known file; the others are JSON's.
Parameters = dict[str, str]

_REPLY: Final[Parameters] = {
    "business_connection_id": "str",
    "message_thread_id": "int",
    "direct_messages_topic_id": "int",
    "disable_notification": "bool",
    "protect_content": "bool",
    "allow_paid_broadcast": "bool",
    "message_effect_id": "str",
    "suggested_post_parameters": "object",
    "reply_parameters": "object",
    "reply_markup": "object",
    "ephemeral_message_parameters": "object",
    "receiver_user_id": "int",
    "callback_query_id": "str",
}
_CAPTION: Final[Parameters] = {"caption": "str", "parse_mode": "str", "caption_entities": "list"}
_EDIT: Final[Parameters] = {
    "business_connection_id": "str",
    "chat_id": "chat",
    "message_id": "int",
    "inline_message_id": "str",
    "reply_markup": "object",
}
_CHAT: Final[Parameters] = {"chat_id": "chat!"}
_SCOPE: Final[Parameters] = {"scope": "object", "language_code": "str"}

_DECLARED: Final[dict[str, Parameters]] = {
    "getMe": {},
    "getUpdates": {"offset": "int", "limit": "int", "timeout": "int", "allowed_updates": "list"},
    "setWebhook": {
        "url": "str!",
        "certificate": "file",
        "ip_address": "str",
        "max_connections": "int",
        "allowed_updates": "list",
        "drop_pending_updates": "bool",
        "secret_token": "str",
    },
    "deleteWebhook": {"drop_pending_updates": "bool"},
    "getWebhookInfo": {},
    "sendMessage": {
        **_CHAT,
        "text": "str!",
        "parse_mode": "str",
        "entities": "list",
        "link_preview_options": "object",
        **_REPLY,
    },
    "sendDocument": {
        **_CHAT,
        "document": "file!",
        "thumbnail": "file",
        "disable_content_type_detection": "bool",
        **_CAPTION,
        **_REPLY,
    },
    "sendPhoto": {
        **_CHAT,
        "photo": "file!",
        "show_caption_above_media": "bool",
        "has_spoiler": "bool",
        **_CAPTION,
        **_REPLY,
    },
    "sendChatAction": {
        **_CHAT,
        "action": "str!",
        "business_connection_id": "str",
        "message_thread_id": "int",
    },
    "editMessageText": {
        **_EDIT,
        "text": "str",
        "parse_mode": "str",
        "entities": "list",
        "link_preview_options": "object",
        "rich_message": "object",
    },
    "editMessageCaption": {**_EDIT, **_CAPTION, "show_caption_above_media": "bool"},
    "editMessageReplyMarkup": {**_EDIT},
    "deleteMessage": {**_CHAT, "message_id": "int!"},
    "deleteMessages": {**_CHAT, "message_ids": "list!"},
    "pinChatMessage": {
        **_CHAT,
        "message_id": "int!",
        "business_connection_id": "str",
        "disable_notification": "bool",
    },
    "unpinChatMessage": {**_CHAT, "business_connection_id": "str", "message_id": "int"},
    "unpinAllChatMessages": {**_CHAT},
    "getFile": {"file_id": "str!"},
    "answerCallbackQuery": {
        "callback_query_id": "str!",
        "text": "str",
        "show_alert": "bool",
        "url": "str",
        "cache_time": "int",
    },
    "getChat": {**_CHAT},
    "getChatMember": {**_CHAT, "user_id": "int!"},
    "getChatAdministrators": {**_CHAT, "return_bots": "bool"},
    "getChatMemberCount": {**_CHAT},
    "leaveChat": {**_CHAT},
    "setMyCommands": {"commands": "list!", **_SCOPE},
    "getMyCommands": {**_SCOPE},
    "deleteMyCommands": {**_SCOPE},
    "setMyName": {"name": "str", "language_code": "str"},
    "getMyName": {"language_code": "str"},
    "setMyDescription": {"description": "str", "language_code": "str"},
    "getMyDescription": {"language_code": "str"},
    "setMyShortDescription": {"short_description": "str", "language_code": "str"},
    "getMyShortDescription": {"language_code": "str"},
    "setChatMenuButton": {"chat_id": "int", "menu_button": "object"},
    "getChatMenuButton": {"chat_id": "int"},
}


class Method:
    """One method: its name, its parameters' types and the required ones."""

    def __init__(self, name: str, declared: Parameters) -> None:
        self.name = name
        self.types = {key: kind.rstrip("!") for key, kind in declared.items()}
        self.required = tuple(key for key, kind in declared.items() if kind.endswith("!"))


METHODS: Final[dict[str, Method]] = {
    name.lower(): Method(name, declared) for name, declared in _DECLARED.items()
}
