"""The verbs of the control API: what a person, or a test, may do in the world."""

from collections.abc import Callable
from typing import Final

from bot.sandbox import membership, people
from bot.sandbox.bot_api import BotApi
from bot.sandbox.model import Chat, Json, JsonObject, Person
from bot.sandbox.views import chat_view, message_view, person_view
from bot.sandbox.world import World, WorldError


class Order:
    """The JSON a verb was given; asking for something that is not there is a `WorldError`."""

    def __init__(self, world: World, given: JsonObject) -> None:
        self.world = world
        self.given = given

    def text(self, key: str) -> str:
        """Return a text that must be there."""
        value = self.given.get(key)
        if not isinstance(value, str):
            raise WorldError(f"{key!r} must be a text")
        return value

    def maybe(self, key: str) -> str | None:
        """Return a text, or None."""
        return self.text(key) if self.given.get(key) is not None else None

    def number(self, key: str) -> int:
        """Return a whole number that must be there."""
        value = self.given.get(key)
        if not isinstance(value, int):
            raise WorldError(f"{key!r} must be a number")
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return yes or no."""
        return bool(self.given.get(key, default))

    @property
    def person(self) -> Person:
        """Who does it."""
        return self.world.person(self.number("person"))

    @property
    def chat(self) -> Chat | None:
        """Where, or None for the private chat."""
        return self.world.chat(self.number("chat")) if self.given.get("chat") is not None else None

    @property
    def group(self) -> Chat:
        """Where, when it must be said."""
        return self.world.chat(self.number("chat"))

    def persons(self, key: str) -> list[Person]:
        """Return several people."""
        ids = self.given.get(key) or []
        if not isinstance(ids, list):
            raise WorldError(f"{key!r} must be a list of ids")
        return [self.world.person(one) for one in ids if isinstance(one, int)]


def _add_person(_api: BotApi, order: Order) -> Json:
    user_id = order.number("id") if order.given.get("id") is not None else None
    person = order.world.add_person(
        order.text("first_name"), last_name=order.maybe("last_name"), username=order.maybe("username"),
        language_code=order.maybe("language_code"), user_id=user_id,
    )  # fmt: skip
    return person_view(person)


def _add_group(_api: BotApi, order: Order) -> Json:
    chat = order.world.add_group(
        order.text("title"), members=order.persons("members"), admins=order.persons("admins"),
        bot=order.flag("bot", default=True), bot_admin=order.flag("bot_admin"),
        supergroup=order.flag("supergroup"),
    )  # fmt: skip
    return chat_view(chat)


def _say(_api: BotApi, order: Order) -> Json:
    reply_to = order.number("reply_to") if order.given.get("reply_to") is not None else None
    message = people.say(
        order.world, order.person, order.text("text"), order.chat, reply_to=reply_to,
        anonymous=order.flag("anonymous"),
    )  # fmt: skip
    return message_view(message)


def _tap(_api: BotApi, order: Order) -> Json:
    chat = order.chat or order.world.chat(order.person.id)
    query = people.tap(order.world, order.person, chat, order.number("message"), order.text("data"))
    return {"query": query.id, "seq": order.world.events.seq}


def _answer(_api: BotApi, order: Order) -> Json:
    query = order.world.queries.get(order.text("query"))
    return query.answer if query else None


def _open(_api: BotApi, order: Order) -> Json:
    chat, message = people.open_link(order.world, order.person, order.text("url"), order.chat)
    return {"chat": chat.id, "message": message_view(message) if message else None}


def _join(_api: BotApi, order: Order) -> Json:
    membership.join(order.world, order.person, order.group)
    return chat_view(order.group)


def _leave(_api: BotApi, order: Order) -> Json:
    membership.leave(order.world, order.person, order.group)
    return chat_view(order.group)


def _kick(_api: BotApi, order: Order) -> Json:
    membership.kick(order.world, order.person, order.group, order.world.person(order.number("by")))
    return chat_view(order.group)


def _promote(_api: BotApi, order: Order) -> Json:
    membership.promote(order.world, order.person, order.group, admin=order.flag("admin", default=True))
    return chat_view(order.group)


def _bot(_api: BotApi, order: Order) -> Json:
    order.world.put_bot(
        order.group, order.person.id, admin=order.flag("admin"), inside=order.flag("inside", default=True)
    )
    return chat_view(order.group)


def _block(_api: BotApi, order: Order) -> Json:
    people.block(order.world, order.person, blocked=order.flag("blocked", default=True))
    return person_view(order.person)


def _upgrade(_api: BotApi, order: Order) -> Json:
    return chat_view(membership.upgrade(order.world, order.group))


def _forge(_api: BotApi, order: Order) -> Json:
    return {"update_id": order.world.forge(order.given)}


def _repeat(_api: BotApi, order: Order) -> Json:
    return {"update_id": order.world.updates.repeat_last()}


def _fault(api: BotApi, order: Order) -> Json:
    if order.given.get("kind") == "twice":
        order.world.updates.twice += order.number("count") if "count" in order.given else 1
    elif order.given.get("kind") == "none":
        api.faults.clear()
        order.world.updates.twice = 0
    else:
        api.faults.order(order.given)
    return True


Verb = Callable[[BotApi, Order], Json]

VERBS: Final[dict[str, Verb]] = {
    "people": _add_person,
    "groups": _add_group,
    "send": _say,
    "tap": _tap,
    "answer": _answer,
    "open": _open,
    "join": _join,
    "leave": _leave,
    "kick": _kick,
    "promote": _promote,
    "bot": _bot,
    "block": _block,
    "upgrade": _upgrade,
    "forge": _forge,
    "repeat": _repeat,
    "fault": _fault,
}
