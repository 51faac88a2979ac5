"""How one configured value is read: a `Rule` makes it from what was given, or raises ValueError.

Also how problems are told. Pure: nothing here opens a file or knows which keys there are; `bot.config` puts
rules and keys together.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit


class Secret(str):
    """Text that does not show itself in a repr: tracebacks, assertions and dataclass dumps stay clean."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(hidden)"


class Address(NamedTuple):
    """Where the web server listens."""

    host: str
    port: int


@dataclass(frozen=True)
class Rule:
    """How to read a value, what is expected in words, and whether a refused value may be quoted."""

    read: Callable[[object], object]
    expected: str
    quotable: bool = True


@dataclass(frozen=True)
class Problem:
    """One thing to put right: the key (or file, or variable), and what about it."""

    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.key}: {self.what}"


class ConfigError(Exception):
    """The configuration cannot be used; holds every problem found, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(problems)

    def __str__(self) -> str:
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        return "\n".join([f"{count} in the configuration:", *(f"  {problem}" for problem in self.problems)])


def _text(raw: object) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError
    return raw.strip()


def _matching(pattern: str) -> Callable[[object], Secret]:
    def read(raw: object) -> Secret:
        if not re.fullmatch(pattern, _text(raw)):
            raise ValueError
        return Secret(_text(raw))

    return read


def _one_of(*words: str) -> Rule:
    def read(raw: object) -> str:
        for word in words:
            if word.casefold() == _text(raw).casefold():
                return word
        raise ValueError

    return Rule(read, "one of " + ", ".join(words))


def _url(raw: object) -> str:
    url = _text(raw)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s?#@]", url):
        raise ValueError
    if parts.port == 0:  # asking for .port also raises for 99999 and for letters
        raise ValueError
    return url.rstrip("/")


def _bot_api_url(raw: object) -> str:
    if not _text(raw).endswith("/bot"):
        raise ValueError
    return _url(raw)


def _address(raw: object) -> Address:
    host, _, port = _text(raw).rpartition(":")
    in_brackets = host.startswith("[") and host.endswith("]")
    if re.search(r"[\s/]", host) or (":" in host and not in_brackets):
        raise ValueError
    if not host.strip("[]") or not re.fullmatch(r"[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
        raise ValueError
    return Address(host.strip("[]"), int(port))


SQLITE = "sqlite+aiosqlite:///"


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database's URL; none for another database."""
    return Path(url.removeprefix(SQLITE).partition("?")[0]) if url.startswith(SQLITE) else None


def _database_url(raw: object) -> Secret:
    url = re.sub(r"^postgresql://", "postgresql+asyncpg://", _text(raw))
    if url.startswith(SQLITE):
        file = url.removeprefix(SQLITE).partition("?")[0]
        if file in ("", ":memory:") or file.startswith("file:"):
            raise ValueError
        return Secret(url)
    parts = urlsplit(url)
    if (
        not url.startswith("postgresql+asyncpg://")
        or len(parts.path) < 2
        or parts.fragment
        or parts.port == 0
    ):
        raise ValueError
    return Secret(url)


def _number(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError
    number = float(raw)
    if not math.isfinite(number) or number < 0:
        raise ValueError
    return number


def _count(raw: object) -> int:
    number = _number(raw)
    if number != int(number) or number < 1:
        raise ValueError
    return int(number)


TOKEN = Rule(
    _matching(r"[0-9]+:[A-Za-z0-9_-]+"), "the token that @BotFather gave (digits:letters)", quotable=False
)
# Not quoted either: people paste the URL with the token behind it.
BOT_API_URL = Rule(_bot_api_url, "an http:// or https:// URL that ends in /bot", quotable=False)
WEBHOOK_SECRET = Rule(
    _matching(r"[A-Za-z0-9_-]{1,256}"), "1 to 256 characters of A-Z a-z 0-9 _ -", quotable=False
)
DATABASE_URL = Rule(
    _database_url,
    "sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME"
    " (in a password @ is written %40, / %2F and # %23)",
    quotable=False,
)
ADDRESS = Rule(_address, "HOST:PORT, such as 127.0.0.1:8080")
URL = Rule(_url, "an http:// or https:// URL")
NUMBER = Rule(_number, "a number, 0 or more (0: no limit)")
COUNT = Rule(_count, "a whole number, 1 or more")
STRIPE_KEY = Rule(
    _matching(r"(?!pk_)\S+"), "Stripe's secret key (sk_… or rk_…), not the publishable one", quotable=False
)
ENCRYPTION_KEY = Rule(_matching(r"\S{32,}"), "at least 32 characters, without spaces", quotable=False)
STRIPE_SIGNING_SECRET = Rule(_matching(r"\S+"), "the webhook's signing secret (whsec_…)", quotable=False)
MODE = _one_of("polling", "webhook")
LEVEL = _one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
FORMAT = _one_of("text", "json")
