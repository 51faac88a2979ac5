"""The queue of updates for the bot: numbered, kept until confirmed, fetched by long polling or pushed.

As with Telegram, an update is never dropped because it was delivered, only because it was confirmed.
"""

import asyncio
from collections.abc import Callable

from bot.sandbox.errors import conflict
from bot.sandbox.model import Json, JsonObject

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_TERMINATED = "terminated by other getUpdates request; make sure that only one bot instance is running"


class UpdateQueue:
    """What the bot has not confirmed yet, in order, and the one poller that may be waiting."""

    def __init__(self) -> None:
        self.pending: dict[int, JsonObject] = {}
        self.allowed: frozenset[str] = frozenset()
        self.on_push: Callable[[JsonObject], None] | None = None
        self.twice = 0
        self._next_id = 100_000_001
        self._repeats: list[JsonObject] = []
        self._last: JsonObject | None = None
        self._poller: asyncio.Future[bool] | None = None

    def allow(self, kinds: list[Json] | None) -> None:
        """Remember which kinds the bot wants; an empty list means the usual ones, None changes nothing."""
        if kinds is not None:
            self.allowed = frozenset(str(kind) for kind in kinds)

    def is_allowed(self, kind: str) -> bool:
        """Whether updates of this kind are delivered at present."""
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    def push(self, kind: str, payload: JsonObject) -> int | None:
        """Queue an update, unless the bot does not want this kind. Return its number."""
        return self.push_raw({kind: payload}) if self.is_allowed(kind) else None

    def push_raw(self, content: JsonObject) -> int:
        """Queue an update as it is; a missing `update_id` is given. Return its number."""
        given = content.get("update_id")
        update_id = given if isinstance(given, int) else self._next_id
        self._next_id = max(self._next_id, update_id + 1)
        update: JsonObject = {"update_id": update_id, **content}
        self.pending[update_id] = update
        self._last = update
        self._deliver(update)
        if self.twice > 0:
            self.twice -= 1
            self.repeat_last()
        return update_id

    def repeat_last(self) -> int | None:
        """Deliver the last update once more, under the same number, even if it was confirmed."""
        if self._last is None:
            return None
        if self.on_push is None:
            self._repeats.append(self._last)
        self._deliver(self._last)
        return int(str(self._last["update_id"]))

    def _deliver(self, update: JsonObject) -> None:
        if self.on_push is not None:
            self.on_push(update)
        elif self._poller is not None and not self._poller.done():
            self._poller.set_result(True)

    def confirm(self, update_id: int) -> None:
        """Forget one update that the webhook accepted."""
        self.pending.pop(update_id, None)

    def clear(self) -> None:
        """Forget everything that waits."""
        self.pending.clear()
        self._repeats.clear()

    @property
    def waiting(self) -> int:
        """How many updates are not confirmed."""
        return len(self.pending) + len(self._repeats)

    def close(self) -> None:
        """Send a waiting poller home with what there is."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(True)

    async def fetch(self, offset: int, limit: int, wait_seconds: float) -> list[Json]:
        """Confirm everything below `offset`, then return what waits, waiting for it if need be.

        Raises: `ApiError` 409 when a later poller takes over.
        """
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(False)
        self._confirm_below(offset)
        if not self.waiting and wait_seconds > 0:
            await self._wait(wait_seconds)
        return self._take(limit)

    async def _wait(self, seconds: float) -> None:
        poller: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._poller = poller
        timer = asyncio.get_running_loop().call_later(seconds, _finish, poller)
        try:
            goes_on = await poller
        finally:
            timer.cancel()
            if self._poller is poller:
                self._poller = None
        if not goes_on:
            raise conflict(_TERMINATED)

    def _confirm_below(self, offset: int) -> None:
        if offset < 0:
            offset = sorted(self.pending)[offset:][0] if len(self.pending) > -offset else 0
        for update_id in [one for one in self.pending if one < offset]:
            del self.pending[update_id]

    def _take(self, limit: int) -> list[Json]:
        repeated: list[Json] = list(self._repeats[:limit])
        del self._repeats[:limit]
        for _, update in zip(range(limit - len(repeated)), self.pending.values(), strict=False):
            repeated.append(update)
        return repeated


def _finish(poller: asyncio.Future[bool]) -> None:
    if not poller.done():
        poller.set_result(True)
