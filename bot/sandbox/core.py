"""What a method of the Bot API works with: the world, the limits, the webhook."""

from dataclasses import dataclass

from bot.sandbox.errors import ApiError, bad_request, chat_not_found, forbidden, migrated
from bot.sandbox.limits import RateLimiter
from bot.sandbox.model import Chat, Message
from bot.sandbox.params import Params
from bot.sandbox.webhook import Webhook
from bot.sandbox.world import World


@dataclass(slots=True)
class Core:
    """The parts every method may need."""

    world: World
    limiter: RateLimiter
    webhook: Webhook

    def find_chat(self, params: Params) -> Chat:
        """Return the chat the bot speaks of. Raises: `ApiError` if it never met it, or is no longer there."""
        chat = self._by_id(params)
        if chat.is_group:
            if chat.migrated_to:
                raise migrated(chat.migrated_to)
            if not chat.is_inside(self.world.bot_id):
                raise _outside(chat, self.world.bot_id)
        elif chat.person is None or not chat.person.has_started:
            raise chat_not_found()
        return chat

    def chat_to_write_in(self, params: Params) -> Chat:
        """Return a chat the bot may write in now. Raises: `ApiError`."""
        chat = self._by_id(params)
        if chat.person is not None:
            if not chat.person.has_started:
                raise forbidden("bot can't initiate conversation with a user")
            if chat.person.has_blocked:
                raise forbidden("bot was blocked by the user")
            return chat
        return self.find_chat(params)

    def _by_id(self, params: Params) -> Chat:
        chat_id = params.values["chat_id"]
        chat = self.world.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise chat_not_found()
        return chat

    def own_message(self, chat: Chat, params: Params, purpose: str) -> Message:
        """Return the message the bot wants to change. Raises: `ApiError` if it is not there or not the bot's."""
        message = chat.messages.get(params.integer("message_id") or 0)
        if message is None:
            raise bad_request(f"message to {purpose} not found")
        if message.data["from"] != self.world.bot:
            raise bad_request(f"message can't be {purpose}ed")
        return message


def _outside(chat: Chat, bot_id: int) -> ApiError:
    kind = "group" if chat.type == "group" else chat.type
    if chat.members.get(bot_id) == "kicked":
        return forbidden(f"bot was kicked from the {kind} chat")
    return forbidden(f"bot is not a member of the {kind} chat")
