"""Telegram's limits on how fast a bot may write: overall, per chat, and per group and minute."""

import math
from collections import defaultdict, deque

from bot.sandbox.errors import too_many_requests
from bot.sandbox.model import Chat, Clock, Limits


class RateLimiter:
    """Counts what was sent in sliding windows and refuses what is too much."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self._clock = clock
        self._overall: deque[float] = deque()
        self._per_chat: defaultdict[int, deque[float]] = defaultdict(deque)
        self._per_group: defaultdict[int, deque[float]] = defaultdict(deque)

    def check(self, chat: Chat) -> None:
        """Count one message or edit to this chat.

        Raises: `ApiError` 429 with `retry_after`; a refused message counts for nothing.
        """
        limits, now = self.limits, self._clock()
        windows = []
        if limits.messages_per_second:
            windows.append((self._overall, limits.messages_per_second, 1.0))
        if limits.per_chat_per_second:
            windows.append((self._per_chat[chat.id], limits.per_chat_per_second, 1.0))
        if limits.per_group_per_minute and chat.is_group:
            windows.append((self._per_group[chat.id], limits.per_group_per_minute, 60.0))
        wait = max((_wait(sent, most, span, now) for sent, most, span in windows), default=0.0)
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        for sent, _, _ in windows:
            sent.append(now)


def _wait(sent: deque[float], most: int, span: float, now: float) -> float:
    """Return how many seconds until one more fits into the window."""
    while sent and sent[0] <= now - span:
        sent.popleft()
    return sent[0] + span - now if len(sent) >= most else 0.0
