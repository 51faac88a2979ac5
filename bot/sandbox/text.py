"""Measuring text as Telegram does (UTF-16 units), and finding the entities it finds by itself."""

import re

from bot.sandbox.model import Json, JsonObject

_COMMAND = re.compile(r"(?<![\w/<@.])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")
_MENTION = re.compile(r"(?<![\w@/.])@[A-Za-z][A-Za-z0-9_]{3,31}(?![\w@.])")
_URL = re.compile(r"(?<![\w@])(?:https?://|t\.me/)[^\s<>\"«»]+[^\s<>\"«».,;:!?)\]]")
_EMAIL = re.compile(r"(?<![\w.@])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?!\w)")


def utf16_length(text: str) -> int:
    """Return how many UTF-16 units Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def entity(kind: str, offset: int, length: int, **extra: Json) -> JsonObject:
    """Build a `MessageEntity`; offset and length are in UTF-16 units."""
    return {"type": kind, "offset": offset, "length": length, **extra}


def find_entities(text: str) -> list[JsonObject]:
    """Return the commands, mentions, links and addresses in plain text, in order."""
    found: list[JsonObject] = []
    if "/" in text:
        found += _matches(_COMMAND, "bot_command", text)
        found += _matches(_URL, "url", text)
    if "@" in text:
        found += _matches(_EMAIL, "email", text)
        found += _matches(_MENTION, "mention", text)
    found.sort(key=_offset)
    return found


def merge_entities(text: str, given: list[JsonObject]) -> list[JsonObject]:
    """Return the given entities and those found in the text that touch none of them."""
    found = find_entities(text)
    if not given or not found:
        return given or found
    merged = given + [one for one in found if not any(_overlap(one, other) for other in given)]
    merged.sort(key=_offset)
    return merged


def _matches(pattern: re.Pattern[str], kind: str, text: str) -> list[JsonObject]:
    return [
        entity(kind, utf16_length(text[: match.start()]), utf16_length(match.group()))
        for match in pattern.finditer(text)
    ]


def _offset(one: JsonObject) -> int:
    return int(str(one["offset"]))


def _overlap(one: JsonObject, other: JsonObject) -> bool:
    start, other_start = _offset(one), _offset(other)
    return start < other_start + int(str(other["length"])) and other_start < start + int(str(one["length"]))
