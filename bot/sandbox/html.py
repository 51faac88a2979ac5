"""Telegram's HTML parse mode: text with tags in, plain text and entities out, or the refusal it gives."""

import re

from bot.sandbox.errors import cannot_parse_entities
from bot.sandbox.model import Json, JsonObject
from bot.sandbox.text import entity, utf16_length

_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "blockquote": "blockquote", "a": "text_link",
    "tg-emoji": "custom_emoji", "tg-time": "date_time",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TOKEN = re.compile(r"[<&]")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_NAME = re.compile(r"[^\s/>]*")
_ATTRIBUTE = re.compile(r"\s*([^\s=>]+)(\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+)))?")


class _Open:
    """A start tag that waits for its end tag."""

    def __init__(self, name: str, attributes: dict[str, str], offset: int) -> None:
        self.name = name
        self.attributes = attributes
        self.offset = offset


class _Parser:
    """Walks through the source once, building text and entities."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.parts: list[str] = []
        self.units = 0
        self.stack: list[_Open] = []
        self.entities: list[JsonObject] = []

    def run(self) -> tuple[str, list[JsonObject]]:
        position = 0
        while match := _TOKEN.search(self.source, position):
            start = match.start()
            self._emit(self.source[position:start])
            if match.group() == "&":
                position = self._reference(start)
            elif self.source.startswith("</", start):
                position = self._end_tag(start)
            else:
                position = self._start_tag(start)
        self._emit(self.source[position:])
        if self.stack:
            name = self.stack[-1].name
            raise cannot_parse_entities(f'Can\'t find end tag corresponding to start tag "{name}"')
        self.entities.sort(key=lambda one: (int(str(one["offset"])), -int(str(one["length"]))))
        return "".join(self.parts), self.entities

    def _emit(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.units += utf16_length(text)

    def _reference(self, start: int) -> int:
        match = _REFERENCE.match(self.source, start)
        if match is None:
            self._emit("&")
            return start + 1
        decimal, hexadecimal, name = match.groups()
        if name:
            self._emit(_NAMED[name])
            return match.end()
        code = int(decimal) if decimal else int(hexadecimal, 16)
        if code == 0 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
            self._emit("&")
            return start + 1
        self._emit(chr(code))
        return match.end()

    def _start_tag(self, start: int) -> int:
        named = _NAME.match(self.source, start + 1)
        name = named.group().lower() if named else ""
        position = start + 1 + len(name)
        if name not in _KINDS:
            raise cannot_parse_entities(f'Unsupported start tag "{name}" at byte offset {self._bytes(start)}')
        attributes: dict[str, str] = {}
        while True:
            while self.source[position : position + 1].isspace():
                position += 1
            if position >= len(self.source):
                raise cannot_parse_entities(f"Unclosed start tag at byte offset {self._bytes(start)}")
            if self.source[position] == ">":
                break
            position = self._attribute(start, position, name, attributes)
        self._check_attributes(name, attributes, start)
        self.stack.append(_Open(name, attributes, self.units))
        return position + 1

    def _attribute(self, start: int, position: int, tag: str, attributes: dict[str, str]) -> int:
        match = _ATTRIBUTE.match(self.source, position)
        if match is None:
            where = self._bytes(start)
            raise cannot_parse_entities(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
        key, assigned, double, single, bare = match.groups()
        if assigned is None and not (tag == "blockquote" and key == "expandable"):
            where = self._bytes(match.end())
            raise cannot_parse_entities(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" at byte offset {where}'
            )
        value = next((one for one in (double, single, bare) if one is not None), "")
        attributes[key.lower()] = _decode(value)
        return match.end()

    def _check_attributes(self, name: str, attributes: dict[str, str], start: int) -> None:
        where = self._bytes(start)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise cannot_parse_entities(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        if name == "tg-emoji" and not attributes.get("emoji-id", "").isdecimal():
            raise cannot_parse_entities("Invalid custom emoji identifier specified")
        if name == "tg-time" and not attributes.get("unix", "").lstrip("-").isdecimal():
            raise cannot_parse_entities(f"Invalid date specified at byte offset {where}")

    def _end_tag(self, start: int) -> int:
        end = self.source.find(">", start)
        if not self.stack:
            raise cannot_parse_entities(f"Unexpected end tag at byte offset {self._bytes(start)}")
        if end < 0:
            raise cannot_parse_entities(f"Unclosed end tag at byte offset {self._bytes(start)}")
        opened = self.stack.pop()
        name = self.source[start + 2 : end].strip().lower()
        if name and name != opened.name:
            raise cannot_parse_entities(
                f'Unmatched end tag at byte offset {self._bytes(start)}, expected "</{opened.name}>", '
                f'found "</{name}>"'
            )
        length = self.units - opened.offset
        if length:
            self._close(opened, length)
        return end + 1

    def _close(self, opened: _Open, length: int) -> None:
        kind = _KINDS[opened.name]
        extra: dict[str, Json] = {}
        attributes = opened.attributes
        if kind == "text_link":
            url = attributes.get("href") or self._text_since(opened.offset)
            link = _link(url)
            if link is None:
                return
            kind, extra = link
        elif kind == "blockquote" and "expandable" in attributes:
            kind = "expandable_blockquote"
        elif kind == "custom_emoji":
            extra = {"custom_emoji_id": attributes["emoji-id"]}
        elif kind == "date_time":
            extra = {"unix_time": int(attributes["unix"])}
            if attributes.get("format"):
                extra["date_time_format"] = attributes["format"]
        elif kind == "code" and self.stack and self.stack[-1].name == "pre":
            language = attributes.get("class", "")
            if language.startswith("language-"):
                self.stack[-1].attributes["language"] = language.removeprefix("language-")
                return
        elif kind == "pre" and "language" in attributes:
            extra = {"language": attributes["language"]}
        self.entities.append(entity(kind, opened.offset, length, **extra))

    def _text_since(self, offset: int) -> str:
        encoded = "".join(self.parts).encode("utf-16-le")
        return encoded[offset * 2 :].decode("utf-16-le")

    def _bytes(self, position: int) -> int:
        return len(self.source[:position].encode())


def _decode(value: str) -> str:
    return _Parser(value.replace("<", "&lt;")).run()[0] if "&" in value else value


def _link(url: str) -> tuple[str, dict[str, Json]] | None:
    """Return what a link to `url` becomes; a link Telegram does not understand becomes plain text."""
    if match := re.fullmatch(r"tg://user\?id=(\d+)", url):
        return "text_mention", {"user": int(match.group(1))}
    if re.match(r"(https?|tg|ton)://[^\s/]+", url) or re.fullmatch(r"mailto:\S+|tel:\S+", url):
        return "text_link", {"url": url}
    if re.match(r"[\w-]+(\.[\w-]+)+(/|$|\?|#)", url):
        return "text_link", {"url": f"http://{url}"}
    return None


def parse_html(source: str) -> tuple[str, list[JsonObject]]:
    """Return the text and its entities, offsets in UTF-16 units.

    Raises: `ApiError` 400 "can't parse entities: …" as Telegram does.
    """
    if "<" not in source and "&" not in source:
        return source, []
    return _Parser(source).run()


def strip_text(text: str, entities: list[JsonObject]) -> tuple[str, list[JsonObject]]:
    """Cut the blanks around a text, as Telegram does, and move its entities along."""
    stripped = text.strip()
    if len(stripped) == len(text) or not entities:
        return stripped, entities
    lead = utf16_length(text[: len(text) - len(text.lstrip())])
    total = utf16_length(stripped)
    moved: list[JsonObject] = []
    for one in entities:
        start = max(0, int(str(one["offset"])) - lead)
        end = min(total, int(str(one["offset"])) + int(str(one["length"])) - lead)
        if end > start:
            moved.append({**one, "offset": start, "length": end - start})
    return stripped, moved
