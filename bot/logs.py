"""Logging for the whole process: to standard error, as text or as JSON lines, with secrets masked.

Masking happens on the finished text of every record, its traceback included, so that no caller has to think
of it: bot tokens, IBANs, Stripe keys, passwords in URLs, and the configured secrets wherever they stand. This
module must not decide what is worth logging, and nothing else in Cagnotte may set up logging.
"""

import json
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, TextIO
from urllib.parse import quote

from bot.figures import RECORDS

# httpx logs every URL, and the URL holds the token; uvicorn's access log holds payment links;
# python-telegram-bot and aiosqlite log what people wrote at DEBUG.
QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "uvicorn.access": logging.WARNING,
    "aiosqlite": logging.INFO,
    "alembic.runtime.migration": logging.WARNING,  # two lines about itself at every look at the schema
    "telegram": logging.INFO,
}
SHORTEST_SECRET = 4  # a shorter one would mask half of every line
MASK = "[hidden]"

Redact = Callable[[str], str]

# Possessive and bounded repeats keep a very long line linear.
_TOKEN = re.compile(r"(?<![0-9])[0-9]{6,}+(?::|%3[Aa])[A-Za-z0-9_-]{30,}")
_STRIPE = re.compile(r"(?<![A-Za-z0-9])(?i:sk|rk|whsec)_[A-Za-z0-9_+/=-]+")  # a phone begins with a capital
_URL_PASSWORD = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s:/@]*:)[^\s/\"'<>]*@")

_GAP = r"(?:%20|[\s+._\-\u2010-\u2015])"
_GAPS = re.compile(_GAP)
_LETTER = re.compile(rf"{_GAP}*[A-Za-z0-9]")
_MAYBE_IBAN = re.compile(
    rf"(?:(?<![A-Za-z0-9])|(?<=%20))[A-Za-z]{_GAP}{{0,2}}[A-Za-z]{_GAP}{{0,2}}[0-9]{_GAP}{{0,2}}[0-9]"
    rf"(?:{_GAP}{{0,2}}[A-Za-z0-9]){{8,30}}"
)
_TYPED_WITH_CARE = re.compile(r"[A-Z]{2}[0-9]{2}")
_IBAN_COUNTRIES = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 "
    "EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 "
    "KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 "
    "PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 "
    "UA29 VA22 VG24 XK20 YE30"
)
_IBAN_LENGTHS = {country[:2]: int(country[2:]) for country in _IBAN_COUNTRIES.split()}


def configure(
    level: str,
    format: Literal["text", "json"],  # noqa: A002 (as the key)
    secrets: Sequence[str],
) -> None:
    """Sets up the root logger, once or again; `secrets` are masked besides what looks like a secret anyway."""
    redact = redactor(secrets)
    handler = _Handler()
    handler.setFormatter(_Json(redact) if format == "json" else _Text(redact))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name, floor in QUIET.items():
        logging.getLogger(name).setLevel(max(floor, logging.getLogger().level))
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


def redactor(secrets: Sequence[str]) -> Redact:
    """A function that masks `secrets`, as they are or percent-encoded, and everything that looks like one."""
    spellings = {spelling for secret in secrets for spelling in (secret, quote(secret, safe=""))}
    worth_masking = sorted((it for it in spellings if len(it) >= SHORTEST_SECRET), key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, worth_masking)) or r"(?!)")

    def redact(text: str) -> str:
        text = known.sub(MASK, text)
        text = _TOKEN.sub(MASK, text)
        text = _STRIPE.sub(MASK, text)
        text = _URL_PASSWORD.sub(rf"\g<1>{MASK}@", text)
        return _mask_ibans(text)

    return redact


def _mask_ibans(text: str) -> str:
    shown, position = "", 0
    for start, end in _ibans(text):
        if start >= position:
            shown += text[position:start] + MASK
        position = max(position, end)
    return shown + text[position:]


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    """Where IBANs stand, however grouped. They may overlap: what only begins like one hides none behind it."""
    position = 0
    while match := _MAYBE_IBAN.search(text, position):
        letters = _GAPS.sub("", match.group()).upper()
        length = _IBAN_LENGTHS.get(letters[:2], 0)
        # With a typing error in it, it is nobody's business either.
        if length and (_is_valid(letters[:length]) or _TYPED_WITH_CARE.match(match.group())):
            ends = [it.end() for it in _LETTER.finditer(text, *match.span())]
            yield match.start(), ends[min(length, len(ends)) - 1]
        position = match.start() + 1


def _is_valid(letters: str) -> bool:
    return int("".join(str(int(c, 36)) for c in letters[4:] + letters[:4])) % 97 == 1


_TROUBLE = {"WARNING": "warning", "ERROR": "error", "CRITICAL": "critical"}


class _Handler(logging.StreamHandler[TextIO]):
    """To standard error; a record that cannot be written is dropped, not shown unmasked. Trouble is counted."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the record."""
        if record.levelname in _TROUBLE:
            RECORDS.labels(_TROUBLE[record.levelname]).inc()
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the standard library's name)
        """Does nothing: the standard library would print the record's arguments as they are."""


class _Text(logging.Formatter):
    """A line `time LEVEL logger: message`, then the traceback if there is one."""

    def __init__(self, redact: Redact) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_time(record)} {record.levelname} {record.name}: {_message(record)}"
        return self._redact("\n".join(filter(None, (line, _traceback(self, record)))))


class _Json(logging.Formatter):
    """An object a line: time (UTC), level, logger, message, exception, and what was passed as `extra`."""

    def __init__(self, redact: Redact) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if traceback := _traceback(self, record):
            entry["exception"] = traceback
        entry |= {name: value for name, value in vars(record).items() if name not in _STANDARD | entry.keys()}
        return json.dumps({name: self._masked(value) for name, value in entry.items()}, ensure_ascii=False)

    def _masked(self, value: object) -> object:
        return value if value is None or isinstance(value, int | float) else self._redact(str(value))


_STANDARD = vars(logging.makeLogRecord({})).keys() | {"message", "asctime"}


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:
        return f"{record.msg} (with arguments that do not fit)"


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    exception = formatter.formatException(record.exc_info) if record.exc_info else record.exc_text or ""
    return "\n".join(filter(None, (exception, record.stack_info)))


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger(__package__).critical("Stopped by an error", exc_info=(kind, error, traceback))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)
