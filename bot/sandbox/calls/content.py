"""The text or caption of a request: parsed, measured, with its entities."""

from bot.sandbox.errors import bad_request, cannot_parse_entities
from bot.sandbox.html import parse_html, strip_text
from bot.sandbox.model import Json, JsonObject
from bot.sandbox.params import Params
from bot.sandbox.text import merge_entities, utf16_length
from bot.sandbox.world import World

MAX_TEXT = 4096
MAX_CAPTION = 1024


def read_text(world: World, params: Params, name: str, entities_name: str) -> tuple[str, list[JsonObject]]:
    """Return the text as people will see it and its entities. Raises: `ApiError` for bad markup."""
    source = params.text(name) or ""
    given = params.items(entities_name)
    mode = (params.text("parse_mode") or "").lower()
    if given:
        text, entities = source, [one for one in given if isinstance(one, dict)]
    elif mode == "html":
        text, entities = parse_html(source)
    elif mode:
        raise bad_request("unsupported parse_mode (the sandbox reads HTML only)" if mode.startswith("markdown")
                          else "unsupported parse_mode")  # fmt: skip
    else:
        text, entities = source, []
    text, entities = strip_text(text, entities)
    _resolve_mentions(world, text, entities)
    return text, merge_entities(text, entities)


def _resolve_mentions(world: World, text: str, entities: list[JsonObject]) -> None:
    """Check where entities lie, and give mentions without a name their person."""
    length = utf16_length(text) if entities else 0
    for one in list(entities):
        offset, size = one.get("offset"), one.get("length")
        if not isinstance(offset, int) or not isinstance(size, int) or offset < 0 or offset + size > length:
            raise cannot_parse_entities("entity is outside of the text")
        if one["type"] != "text_mention":
            continue
        user = one.get("user")
        user_id = user.get("id") if isinstance(user, dict) else user
        person = world.people.get(user_id) if isinstance(user_id, int) else None
        if person is None:
            entities.remove(one)
        else:
            one["user"] = person.as_user()


def message_text(world: World, params: Params, *, too_long: str) -> JsonObject:
    """Return `text` and `entities` of a text message. Raises: `ApiError` if empty or too long."""
    text, entities = read_text(world, params, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > MAX_TEXT:
        raise bad_request(too_long)
    return _content(text, "text", entities, "entities")


def message_caption(world: World, params: Params) -> JsonObject:
    """Return `caption` and `caption_entities` of a file's message; a caption may be empty."""
    text, entities = read_text(world, params, "caption", "caption_entities")
    if utf16_length(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return _content(text, "caption", entities, "caption_entities") if text else {}


def _content(text: str, name: str, entities: list[JsonObject], entities_name: str) -> JsonObject:
    content: dict[str, Json] = {name: text}
    if entities:
        content[entities_name] = list(entities)
    return content
