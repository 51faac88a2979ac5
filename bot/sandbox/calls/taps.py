"""Answering a tap: once, and within 150 seconds."""

from bot.sandbox.core import Core
from bot.sandbox.errors import bad_request, query_too_old
from bot.sandbox.keyboards import is_valid_url
from bot.sandbox.model import Json, JsonObject
from bot.sandbox.params import Params
from bot.sandbox.text import utf16_length

QUERY_LIFETIME = 150


def answer_callback_query(core: Core, params: Params) -> Json:
    """answerCallbackQuery: a toast, an alert, a link to the bot, or nothing to see."""
    world = core.world
    query = world.queries.get(params.text("callback_query_id") or "")
    if query is None or query.answer is not None or world.clock() - query.created > QUERY_LIFETIME:
        raise query_too_old()
    text, url = params.text("text") or "", params.text("url") or ""
    if utf16_length(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    if url and not is_valid_url(url):
        raise bad_request("URL_INVALID")
    answer: JsonObject = {"text": text, "show_alert": params.flag("show_alert"), "url": url}
    query.answer = answer
    world.events.add("answer", person=query.person_id, query=query.id, answer=answer)
    return True
