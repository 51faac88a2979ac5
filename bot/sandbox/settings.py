"""What the bot says about itself: command menus by scope and language, names, descriptions, menu buttons."""

from bot.sandbox.errors import bad_request
from bot.sandbox.model import Json, JsonObject

ScopeKey = tuple[str, int, int]

_PLAIN = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})
_OF_CHAT = frozenset({"chat", "chat_administrators", "chat_member"})


class BotSettings:
    """The bot's menus and texts, as last set."""

    def __init__(self) -> None:
        self.commands: dict[tuple[ScopeKey, str], list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.menu_buttons: dict[int, JsonObject] = {}

    def menu_for(
        self, chat_id: int, is_group: bool, user_id: int, is_admin: bool, language: str
    ) -> list[Json]:
        """Return the commands a person is shown in a chat: the narrowest scope wins, then their language."""
        for scope in _scopes(chat_id, is_group, user_id, is_admin):
            for code in (language, ""):
                if commands := self.commands.get((scope, code)):
                    return commands
        return []


def _scopes(chat_id: int, is_group: bool, user_id: int, is_admin: bool) -> list[ScopeKey]:
    """Return the scopes that apply, narrowest first, in the order of Telegram's manual."""
    if not is_group:
        return [("chat", chat_id, 0), ("all_private_chats", 0, 0), ("default", 0, 0)]
    scopes = [("chat_member", chat_id, user_id)]
    if is_admin:
        scopes.append(("chat_administrators", chat_id, 0))
    scopes.append(("chat", chat_id, 0))
    if is_admin:
        scopes.append(("all_chat_administrators", 0, 0))
    return [*scopes, ("all_group_chats", 0, 0), ("default", 0, 0)]


def scope_key(scope: JsonObject | None) -> ScopeKey:
    """Return what identifies a scope. Raises: `ApiError` 400 for one that is none."""
    if scope is None:
        return ("default", 0, 0)
    kind = str(scope.get("type", "default"))
    if kind in _PLAIN:
        return (kind, 0, 0)
    if kind not in _OF_CHAT:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    chat_id = scope.get("chat_id")
    if not isinstance(chat_id, int):
        raise bad_request("can't parse BotCommandScope: chat_id is empty")
    user_id = scope.get("user_id") if kind == "chat_member" else 0
    if not isinstance(user_id, int):
        raise bad_request("can't parse BotCommandScope: user_id is empty")
    return (kind, chat_id, user_id)
