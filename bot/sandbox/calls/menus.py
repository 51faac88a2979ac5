"""What the bot says about itself: commands, name, descriptions, menu button."""

import re

from bot.sandbox.core import Core
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.model import Json, JsonObject
from bot.sandbox.params import Params
from bot.sandbox.settings import ScopeKey, scope_key

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_LONGEST = {"name": 64, "description": 512, "short_description": 120}


def set_my_commands(core: Core, params: Params) -> Json:
    """setMyCommands: at most 100, for one scope and language."""
    commands = params.items("commands") or []
    if len(commands) > 100:
        raise bad_request("too many commands specified")
    place = _place(core, params)
    core.world.settings.commands[place] = [_command(one) for one in commands]
    core.world.events.add("commands")
    return True


def get_my_commands(core: Core, params: Params) -> Json:
    """getMyCommands: of exactly this scope and language."""
    return core.world.settings.commands.get(_place(core, params), [])


def delete_my_commands(core: Core, params: Params) -> Json:
    """deleteMyCommands."""
    core.world.settings.commands.pop(_place(core, params), None)
    core.world.events.add("commands")
    return True


def set_my_name(core: Core, params: Params) -> Json:
    """setMyName."""
    return _set_text(core, params, "name")


def get_my_name(core: Core, params: Params) -> Json:
    """getMyName."""
    return {"name": _text(core, params, "name") or core.world.bot["first_name"]}


def set_my_description(core: Core, params: Params) -> Json:
    """setMyDescription."""
    return _set_text(core, params, "description")


def get_my_description(core: Core, params: Params) -> Json:
    """getMyDescription."""
    return {"description": _text(core, params, "description")}


def set_my_short_description(core: Core, params: Params) -> Json:
    """setMyShortDescription."""
    return _set_text(core, params, "short_description")


def get_my_short_description(core: Core, params: Params) -> Json:
    """getMyShortDescription."""
    return {"short_description": _text(core, params, "short_description")}


def set_chat_menu_button(core: Core, params: Params) -> Json:
    """setChatMenuButton: for one private chat, or for all."""
    button = params.object("menu_button") or {"type": "default"}
    if button.get("type") not in {"default", "commands", "web_app"}:
        raise bad_request("can't parse menu button: MenuButton has unsupported type")
    core.world.settings.menu_buttons[params.integer("chat_id") or 0] = button
    return True


def get_chat_menu_button(core: Core, params: Params) -> Json:
    """getChatMenuButton."""
    return core.world.settings.menu_buttons.get(params.integer("chat_id") or 0, {"type": "commands"})


def _place(core: Core, params: Params) -> tuple[ScopeKey, str]:
    scope = scope_key(params.object("scope"))
    if scope[1] and scope[1] not in core.world.chats:
        raise bad_request("chat not found")
    return scope, _language(params)


def _language(params: Params) -> str:
    code = params.text("language_code") or ""
    if code and not _LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def _command(value: Json) -> JsonObject:
    if not isinstance(value, dict):
        raise _bad_command("expected an Object")
    name, description = value.get("command"), value.get("description")
    if not isinstance(name, str) or not isinstance(description, str):
        raise _bad_command("command and description must be Strings")
    name = name.removeprefix("/")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description.strip()) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description.strip()}


def _bad_command(reason: str) -> ApiError:
    return bad_request(f"can't parse BotCommand: {reason}")


def _set_text(core: Core, params: Params, kind: str) -> Json:
    text = params.text(kind) or ""
    if len(text) > _LONGEST[kind]:
        raise bad_request(f"bot {kind.replace('_', ' ')} is too long")
    core.world.settings.texts[kind, _language(params)] = text
    return True


def _text(core: Core, params: Params, kind: str) -> str:
    texts = core.world.settings.texts
    return texts.get((kind, _language(params))) or texts.get((kind, "")) or ""
