"""What the operator configures: a TOML file and the environment over it, checked as a whole before a start.

Every problem is reported at once, with its key, what is expected there, and the likely spelling. The
dataclasses are the list of keys; `config.example.toml` documents the same ones (a test compares). This module
reads the configuration and the secret files it names, nothing else, and prints nothing.
"""

import difflib
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_type_hints
from urllib.parse import unquote, urlsplit

from bot import config_values as values
from bot.config_values import Address, ConfigError, Problem, Rule, Secret

__all__ = ["KEYS", "VARIABLES", "Address", "Config", "ConfigError", "Problem", "Secret", "load"]

DEFAULT_FILE = Path("config.toml")
DEFAULT_DATABASE = Secret("sqlite+aiosqlite:///cagnotte.db")
PREFIX = "CAGNOTTE_"


@dataclass(frozen=True, kw_only=True)
class Telegram:
    """The bot's account, and how updates come in."""

    token: Annotated[Secret, values.TOKEN]
    base_url: Annotated[str, values.BOT_API_URL] = "https://api.telegram.org/bot"
    base_file_url: Annotated[str, values.BOT_API_URL] = "https://api.telegram.org/file/bot"
    mode: Annotated[Literal["polling", "webhook"], values.MODE] = "polling"
    webhook_secret: Annotated[Secret | None, values.WEBHOOK_SECRET] = None


@dataclass(frozen=True, kw_only=True)
class Database:
    """Where the books are kept."""

    url: Annotated[Secret, values.DATABASE_URL] = DEFAULT_DATABASE


@dataclass(frozen=True, kw_only=True)
class Web:
    """Our own web server: none without `listen`. The figures move to `metrics_listen` where that is given."""

    listen: Annotated[Address | None, values.ADDRESS] = None
    metrics_listen: Annotated[Address | None, values.ADDRESS] = None
    public_url: Annotated[str | None, values.URL] = None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How fast we send; Telegram's own limits by default."""

    messages_per_second: Annotated[float, values.NUMBER] = 30.0
    per_chat_per_second: Annotated[float, values.NUMBER] = 1.0
    per_group_per_minute: Annotated[float, values.NUMBER] = 20.0


@dataclass(frozen=True, kw_only=True)
class Stripe:
    """Card payments: the host's own key, and what groups' keys are kept with."""

    api_key: Annotated[Secret | None, values.STRIPE_KEY] = None
    group: Annotated[int | None, values.COUNT] = None
    webhook_secret: Annotated[Secret | None, values.STRIPE_SIGNING_SECRET] = None
    base_url: Annotated[str | None, values.URL] = None
    encryption_key: Annotated[Secret | None, values.ENCRYPTION_KEY] = None


@dataclass(frozen=True, kw_only=True)
class Logging:
    """What is logged, and as what."""

    level: Annotated[str, values.LEVEL] = "INFO"
    format: Annotated[Literal["text", "json"], values.FORMAT] = "text"


@dataclass(frozen=True, kw_only=True)
class Dispatcher:
    """How many people's updates are handled at a time in this process."""

    workers: Annotated[int, values.COUNT] = 8


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a configuration came from: its file if any, the files of secrets, and variables that say nothing to us."""

    file: Path | None = None
    secret_files: tuple[Path, ...] = ()
    ignored: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Config:
    """The whole configuration, valid."""

    telegram: Telegram
    database: Database
    web: Web
    limits: Limits
    stripe: Stripe
    logging: Logging
    dispatcher: Dispatcher
    source: Source = field(default=Source(), compare=False)

    def secrets(self) -> list[str]:
        """What must never be printed: hand it to `bot.logs.configure`."""
        password = urlsplit(self.database.url).password or ""
        given = (
            self.telegram.token,
            self.telegram.webhook_secret,
            self.stripe.api_key,
            self.stripe.webhook_secret,
            self.stripe.encryption_key,
        )
        return [str(secret) for secret in (*given, password, unquote(password)) if secret]


class Key(NamedTuple):
    """A key of a section: how it is read, and what it is when nobody gives it (MISSING: it must be given)."""

    rule: Rule
    default: object


def _keys(section: str, kind: type) -> Iterator[tuple[str, Key]]:
    hints = get_type_hints(kind, include_extras=True)
    for item in fields(kind):
        rule = next(extra for extra in get_args(hints[item.name]) if isinstance(extra, Rule))
        yield f"{section}.{item.name}", Key(rule, item.default)


SECTIONS: Mapping[str, type] = {
    name: kind for name, kind in get_type_hints(Config).items() if kind is not Source
}
KEYS: Mapping[str, Key] = {key: how for name, kind in SECTIONS.items() for key, how in _keys(name, kind)}
VARIABLES: Mapping[str, str] = {PREFIX + key.upper().replace(".", "__"): key for key in KEYS}


class _Given(NamedTuple):
    raw: object
    variable: str | None  # None: it stands in the file


# What was given by key; None: something was, but it cannot be read, which is a problem of its own already.
_AllGiven = dict[str, _Given | None]


def load(path: Path | None, environ: Mapping[str, str], *, books_only: bool = False) -> Config:
    """Reads `path` (or config.toml here, if any), then the environment; ConfigError holds all problems.

    `books_only`: for what touches the database alone; the bot's token may be missing then.
    """
    problems: list[Problem] = []
    file = path or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    given = _from_file(file, problems) | _from_environment(environ, problems)
    may_be_missing = {"telegram.token": Secret("")} if books_only else {}
    read = {key: _value(key, how, given, problems, may_be_missing.get(key)) for key, how in KEYS.items()}
    problems += _across_keys(read, given)
    if problems:
        raise ConfigError(problems)
    sections: dict[str, Any] = {
        name: kind(**{item.name: read[f"{name}.{item.name}"] for item in fields(kind)})
        for name, kind in SECTIONS.items()
    }
    source = Source(file=file, secret_files=_secret_files(environ), ignored=tuple(_ignored(environ)))
    return Config(**sections, source=source)


def _secret_files(environ: Mapping[str, str]) -> tuple[Path, ...]:
    return tuple(Path(environ[f"{name}_FILE"]) for name in VARIABLES if environ.get(f"{name}_FILE"))


def _ignored(environ: Mapping[str, str]) -> Iterator[Problem]:
    """Variables without a section: an orchestrator sets such ones for a service that is named cagnotte."""
    for variable, text in sorted(environ.items()):
        if text and variable.startswith(PREFIX) and "__" not in variable:
            name = variable.removeprefix(PREFIX).removesuffix("_FILE")
            meant = [known for known in VARIABLES if known.endswith(f"__{name}")]
            hint = f"; did you mean {' or '.join(meant)}?" if meant else ""
            yield Problem(variable, f"says nothing to Cagnotte, and is ignored{hint}")


def _from_file(file: Path | None, problems: list[Problem]) -> _AllGiven:
    if file is None:
        return {}
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        problems.append(Problem(str(file), f"cannot be read: {error.strerror}"))
    except ValueError as error:
        problems.append(Problem(str(file), f"is not a TOML file in UTF-8: {error}"))
    else:
        return {key: _Given(raw, None) for key, raw in _known_keys(tables, problems)}
    return dict.fromkeys(KEYS)


def _known_keys(tables: Mapping[str, object], problems: list[Problem]) -> Iterator[tuple[str, object]]:
    for section, table in tables.items():
        if section not in SECTIONS:
            hint = _did_you_mean(section, SECTIONS) or _did_you_mean_elsewhere(section)
            problems.append(Problem(section, f"no such section or key{hint}"))
        elif not isinstance(table, dict):
            problems.append(Problem(section, f"is a section: write [{section}], and its keys on lines below"))
        else:
            for name, raw in table.items():
                if (key := f"{section}.{name}") in KEYS:
                    yield key, raw
                else:
                    hint = _did_you_mean_elsewhere(name) or _did_you_mean(key, KEYS)
                    problems.append(Problem(key, f"no such key{hint}"))


def _did_you_mean(word: str, known: Collection[str]) -> str:
    likely = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
    return f"; did you mean {likely[0]}?" if likely else ""


def _did_you_mean_elsewhere(name: str) -> str:
    inside = [key for key in KEYS if key.endswith(f".{name}")]
    return f"; did you mean {' or '.join(inside)}?" if inside else ""


def _from_environment(environ: Mapping[str, str], problems: list[Problem]) -> _AllGiven:
    """An empty variable counts as not set: that is how compose files leave one out."""
    given: _AllGiven = {}
    for variable, text in sorted(environ.items()):
        named = variable.removesuffix("_FILE")
        if not variable.startswith(PREFIX) or "__" not in variable or not text:
            continue
        if named not in VARIABLES:
            problems.append(Problem(variable, f"no such variable{_did_you_mean(named, VARIABLES)}"))
        elif variable == named:
            given[VARIABLES[named]] = _Given(text, variable)
        elif environ.get(named):
            problems.append(Problem(variable, f"is set, and so is {named}: keep one of them"))
        else:
            given[VARIABLES[named]] = _from_secret_file(variable, Path(text), problems)
    return given


def _from_secret_file(variable: str, file: Path, problems: list[Problem]) -> _Given | None:
    try:
        return _Given(file.read_text(encoding="utf-8"), variable)  # rules strip the newline
    except OSError as error:
        problems.append(Problem(variable, f"{file} cannot be read: {error.strerror}"))
    except UnicodeDecodeError:
        problems.append(Problem(variable, f"{file} cannot be read: it is not text in UTF-8"))
    return None


def _value(key: str, how: Key, given: _AllGiven, problems: list[Problem], otherwise: object = None) -> object:
    if key not in given and otherwise is not None:
        return otherwise
    if key not in given and how.default is MISSING:
        problems.append(Problem(key, f"is missing: expected {how.rule.expected}"))
    if (it := given.get(key)) is None:
        return how.default
    try:
        return how.rule.read(it.raw)
    except (ValueError, OverflowError):
        what = f"expected {how.rule.expected}" + (f", not {it.raw!r}" if how.rule.quotable else "")
        problems.append(Problem(key, what + (f" (from {it.variable})" if it.variable else "")))
        return how.default


def _across_keys(read: Mapping[str, object], given: _AllGiven) -> Iterator[Problem]:
    needed = {}
    if read["telegram.mode"] == "webhook":
        keys = ("telegram.webhook_secret", "web.listen", "web.public_url")
        needed = dict.fromkeys(keys, "telegram.mode is webhook")
    if read["stripe.webhook_secret"]:
        needed["stripe.api_key"] = "stripe.webhook_secret is given"
    for key, why in needed.items():
        if key not in given:
            yield Problem(key, f"is missing: because {why}, expected {KEYS[key].rule.expected}")
