"""Checking a `reply_markup`: what Telegram refuses in keyboards, it refuses here."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from bot.sandbox.errors import bad_request
from bot.sandbox.model import Json, JsonObject

_MAX_BUTTONS = 100
_ACTIONS = (
    "callback_data", "url", "copy_text", "web_app", "login_url", "switch_inline_query",
    "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "callback_game", "pay",
)  # fmt: skip
_INLINE_KEYS = frozenset({"text", "style", "icon_custom_emoji_id", *_ACTIONS})
_REPLY_KEYS = frozenset(
    {
        "text", "style", "icon_custom_emoji_id", "request_users", "request_chat", "request_contact",
        "request_location", "request_poll", "web_app", "request_managed_bot",
    }
)  # fmt: skip
_STYLES = frozenset({"primary", "success", "danger"})
_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W_](?:[\w-]*[^\W_])?\.?")


def check_markup(markup: JsonObject | None, *, inline_only: bool = False) -> JsonObject | None:
    """Return the inline keyboard or reply keyboard as it will be shown; an empty keyboard is none.

    Raises: `ApiError` 400 in Telegram's words.
    """
    if not markup:
        return None
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"], _check_inline_button)
        return {"inline_keyboard": rows} if rows else None
    if inline_only:
        raise bad_request("inline keyboard expected")
    if "keyboard" in markup:
        return {**markup, "keyboard": _rows(markup["keyboard"], _check_reply_button)}
    if "remove_keyboard" in markup or "force_reply" in markup:
        return markup
    raise bad_request("object expected as reply markup")


def is_valid_url(url: str) -> bool:
    """Whether Telegram takes this address for a button: http, https or tg, and a host with a dot (or an IP)."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme == "tg":
        return bool(parts.netloc)
    if parts.scheme not in {"http", "https", "ton"} or re.search(r"\s", url.strip()):
        return False
    try:
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    return _HOST.fullmatch(host) is not None


def _rows(rows: Json, check: Callable[[JsonObject], None]) -> list[Json]:
    if not isinstance(rows, list):
        raise bad_request("object expected as reply markup: field must be an Array of Arrays")
    kept: list[Json] = []
    count = 0
    for row in rows:
        if not isinstance(row, list):
            raise bad_request("can't parse keyboard button: Array of buttons expected")
        count += len(row)
        if row:
            kept.append([_checked(button, check) for button in row])
    if count > _MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return kept


def _checked(button: Json, check: Callable[[JsonObject], None]) -> JsonObject:
    if isinstance(button, str) and check is _check_reply_button:
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request('can\'t parse keyboard button: field "text" must be a non-empty String')
    if "style" in button and button["style"] not in _STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    check(button)
    return button


def _check_reply_button(button: JsonObject) -> None:
    _refuse_unknown(button, _REPLY_KEYS)


def _check_inline_button(button: JsonObject) -> None:
    _refuse_unknown(button, _INLINE_KEYS)
    actions = [key for key in _ACTIONS if key in button]
    if len(actions) != 1:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    action = actions[0]
    value = button[action]
    if action == "callback_data":
        _check_data(value)
    elif action == "url":
        _check_url(value)
    elif action == "copy_text":
        _check_copy(value)


def _check_data(value: Json) -> None:
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_url(value: Json) -> None:
    if not isinstance(value, str) or not is_valid_url(value):
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")


def _check_copy(value: Json) -> None:
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(text, str) or not 1 <= len(text) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _refuse_unknown(button: JsonObject, known: frozenset[str]) -> None:
    for key in button:
        if key not in known:
            raise bad_request(f'unknown field "{key}" of a keyboard button')
