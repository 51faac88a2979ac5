"""How fast we may send: Telegram's limits as sliding windows, overall, for each chat, and for each group chat.

A call counts from when it is made until a window after it was *answered*: Telegram counts it when it arrives, which is
somewhere between, so that however long the ways are, no window at Telegram ever holds more than allowed.

Pure bookkeeping over a clock the caller reads; nothing here waits.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Window:
    """At most ``count`` calls in any ``seconds``; a count of 0 is no limit."""

    count: int
    seconds: float

    @classmethod
    def at_rate(cls, rate: float, seconds: float) -> Window:
        """``rate`` calls every ``seconds``, also for rates below one."""
        return cls(1, seconds / rate) if 0 < rate < 1 else cls(int(rate), seconds)


@dataclass(slots=True)
class Log:
    """The recent calls under one window: those under way, and the moments the others were answered."""

    window: Window
    under_way: int = 0
    moments: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Seconds until one more call fits, 0 when it does now, infinity when one must be answered first."""
        if not self.window.count:
            return 0.0
        while self.moments and self.moments[0] <= now - self.window.seconds:
            self.moments.popleft()
        free = self.window.count - self.under_way
        if free <= 0:
            return math.inf
        if len(self.moments) < free:
            return 0.0
        return self.moments[-free] + self.window.seconds - now

    def free(self, now: float) -> float:
        """The share of the window that is free: 1 when all of it is, 0 when nothing more fits."""
        if not self.window.count:
            return 1.0
        self.wait(now)
        return max(self.window.count - self.under_way - len(self.moments), 0) / self.window.count

    def spread(self, now: float) -> float:
        """Seconds until one more call, if those that are left are spread over the time until the oldest is forgotten.

        Once a third of the window is taken: then whoever taps on waits some seconds for each screen. Later, the first taps
        would be faster and all others slower; never, and one of them would wait for the rest of the window.
        """
        at_once = self.wait(now)
        free = self.window.count - self.under_way - len(self.moments)
        if at_once or not self.moments or free * 3 >= self.window.count * 2:
            return at_once
        forgotten = self.moments[0] + self.window.seconds
        return max((free * self.moments[-1] + forgotten) / (free + 1) - now, 0.0)

    def begin(self) -> None:
        """A call is made."""
        self.under_way += 1

    def end(self, now: float) -> None:
        """It was answered, or failed, now."""
        self.under_way -= 1
        if self.window.count:
            self.moments.append(now)

    @property
    def is_idle(self) -> bool:
        """Whether nothing of it matters any more (as of the last ``wait``)."""
        return not self.under_way and not self.moments


class Budget:
    """The three limits together, and the pauses Telegram itself asked for (``retry_after``)."""

    def __init__(self, per_second: float, per_chat_per_second: float, per_group_per_minute: float) -> None:
        self._chat_window = Window.at_rate(per_chat_per_second, 1.0)
        self._group_window = Window.at_rate(per_group_per_minute, 60.0)
        self._overall = Log(Window.at_rate(per_second, 1.0))
        self._chats: dict[int, list[Log]] = {}
        self._paused: dict[int, float] = {}

    def wait(self, chat_id: int, now: float) -> float:
        """Seconds until a call to this chat is allowed; 0 when it is now, infinity until another call ends."""
        pause = self._paused.get(chat_id, 0.0) - now
        return max(pause, self._overall.wait(now), *(log.wait(now) for log in self._logs(chat_id)), 0.0)

    def wait_for_screen(self, chat_id: int, now: float) -> float:
        """The same for what a newer call may replace while it waits: a chat's last calls are spread over the minute."""
        logs = self._logs(chat_id)
        return max(self.wait(chat_id, now), *(log.spread(now) for log in logs if log.window.count > 1), 0.0)

    def spare(self, chat_id: int, now: float) -> float:
        """The free share of the tightest of the windows that hold several calls, for what can wait."""
        logs = (self._overall, *self._logs(chat_id))
        return min((log.free(now) for log in logs if log.window.count != 1), default=1.0)

    def begin(self, chat_id: int) -> None:
        """A call to this chat is made."""
        for log in (self._overall, *self._logs(chat_id)):
            log.begin()

    def end(self, chat_id: int, now: float) -> None:
        """It was answered, or failed."""
        for log in (self._overall, *self._logs(chat_id)):
            log.end(now)

    def pause(self, chat_id: int, until: float) -> None:
        """Telegram wants nothing for this chat before ``until``."""
        self._paused[chat_id] = max(until, self._paused.get(chat_id, 0.0))

    def forget_idle(self, now: float) -> None:
        """Drops what no longer matters."""
        self._paused = {chat: until for chat, until in self._paused.items() if until > now}
        for chat_id, logs in list(self._chats.items()):
            if all(log.wait(now) == 0.0 and log.is_idle for log in logs):
                del self._chats[chat_id]

    def _logs(self, chat_id: int) -> list[Log]:
        logs = self._chats.get(chat_id)
        if logs is None:
            windows = [self._chat_window] + ([self._group_window] if chat_id < 0 else [])
            logs = self._chats[chat_id] = [Log(window) for window in windows]
        return logs
