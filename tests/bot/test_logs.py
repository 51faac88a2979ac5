"""The logs: what they look like, and that no secret gets into them on any way."""

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator

import httpx
import pytest

from bot import logs

TOKEN = "123456789:AAExample-Token_with-35-characters0"
OTHER_TOKEN = "987654321:BBAnother_Token-with-35-characters1"
IBAN = "FR7630006000011234567890189"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, hooks = root.handlers[:], root.level, (sys.excepthook, threading.excepthook)
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook, threading.excepthook = hooks
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(False)


@pytest.fixture(params=["text", "json"])
def output(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Standard error, with logging configured in each format."""
    return configured(monkeypatch, request.param)


def configured(monkeypatch: pytest.MonkeyPatch, form: str, level: str = "INFO") -> io.StringIO:
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    logs.configure(level, form, [TOKEN, "correct horse", "p@ss/word", "abc"])
    return stderr


def masked(text: str) -> str:
    return logs.redactor([TOKEN, "correct horse", "p@ss/word", "abc"])(text)


def test_a_line_of_text(monkeypatch: pytest.MonkeyPatch) -> None:
    output = configured(monkeypatch, "text")
    logging.getLogger("bot.x").info("Ready in %d ms, café", 12)
    time, rest = output.getvalue().split(" ", 1)
    assert rest == "INFO bot.x: Ready in 12 ms, café\n"
    assert time.endswith("+00:00")


def test_a_line_of_json(monkeypatch: pytest.MonkeyPatch) -> None:
    output = configured(monkeypatch, "json")
    logging.getLogger("bot.x").warning("Two\nlines", extra={"update_id": 7, "iban": IBAN, "chat": None})
    entry = json.loads(output.getvalue())
    assert entry.pop("time").endswith("+00:00")
    assert entry == {
        "level": "WARNING",
        "logger": "bot.x",
        "message": "Two\nlines",
        "update_id": 7,
        "iban": "[hidden]",
        "chat": None,
    }
    assert output.getvalue().count("\n") == 1


def test_the_level_is_obeyed_and_set_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    configured(monkeypatch, "text")
    output = configured(monkeypatch, "text", level="ERROR")
    logging.getLogger("bot").warning("quiet")
    logging.getLogger("httpx").warning("quiet")
    logging.getLogger("bot").error("loud")
    assert output.getvalue().count("loud") == 1
    assert "quiet" not in output.getvalue()


async def test_requests_are_not_logged_even_at_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    output = configured(monkeypatch, "text", level="DEBUG")
    transport = httpx.MockTransport(lambda request: httpx.Response(200))
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get("https://api.example/unmistakable/getMe")
    assert "unmistakable" not in output.getvalue()


@pytest.mark.parametrize("name", ["telegram.ext", "aiosqlite", "uvicorn.access", "httpcore.http11"])
def test_libraries_that_log_what_people_wrote_are_kept_quiet(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = configured(monkeypatch, "text", level="DEBUG")
    logging.getLogger(name).debug("private words")
    logging.getLogger("bot").debug("our own")
    assert "private words" not in output.getvalue()
    assert "our own" in output.getvalue()


SECRETS = [TOKEN, OTHER_TOKEN, IBAN, "correct horse", "sk_test_4eC39HqL", "whsec_a+b/c="]


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_masked_in_messages_arguments_and_tracebacks(secret: str, output: io.StringIO) -> None:
    logger = logging.getLogger("bot")
    logger.info("In the message: " + secret)  # as careless code does
    logger.info("As an argument: %s, %r", secret, {"key": [secret]})
    try:
        try:
            raise KeyError(secret)
        except KeyError as error:
            raise ValueError(f"failed for {secret}") from error
    except ValueError:
        logger.exception("With a traceback", stack_info=True)
    assert secret not in output.getvalue()
    assert output.getvalue().count("[hidden]") >= 5
    assert "ValueError: failed for [hidden]" in output.getvalue()
    assert "KeyError: '[hidden]'" in output.getvalue()
    assert "Stack (most recent call last)" in output.getvalue()


@pytest.mark.parametrize("form", ["text", "json"])
def test_arguments_that_do_not_fit_lose_nothing_and_show_no_secret(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = configured(monkeypatch, form)
    logging.getLogger("bot").error("%d payments", TOKEN)
    assert "%d payments (with arguments that do not fit)" in output.getvalue()
    assert TOKEN not in output.getvalue()


def test_a_broken_output_shows_nothing_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    output = configured(monkeypatch, "text")
    output.close()
    elsewhere = io.StringIO()
    monkeypatch.setattr(sys, "stderr", elsewhere)
    logging.getLogger("bot").error("lost: %s", TOKEN)
    assert elsewhere.getvalue() == ""


def test_uncaught_errors_and_warnings_are_logged_masked(output: io.StringIO) -> None:
    def fail() -> None:
        raise RuntimeError(f"in a thread with {TOKEN}")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        raise RuntimeError(f"uncaught with {TOKEN}")
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.warn(f"beware of {TOKEN}", UserWarning, stacklevel=1)
    for text in ("in a thread with [hidden]", "uncaught with [hidden]", "beware of [hidden]"):
        assert text in output.getvalue()
    assert TOKEN not in output.getvalue()


def test_interrupting_is_no_error(output: io.StringIO) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert output.getvalue() == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            f"GET https://api.telegram.org/bot{OTHER_TOKEN}/getMe",
            "GET https://api.telegram.org/bot[hidden]/getMe",
        ),
        (f"bot{OTHER_TOKEN.replace(':', '%3A')}/getMe", "bot[hidden]/getMe"),
        ("keys rk_live_Abc123, sk_test_Xyz", "keys [hidden], [hidden]"),
        ("Sk_live_Abc123 SK_TEST_Xyz", "[hidden] [hidden]"),
        ("task_force and risk_management", "task_force and risk_management"),
        ("postgresql+asyncpg://u:hush@host:5/n", "postgresql+asyncpg://u:[hidden]@host:5/n"),
        ("redis://:hush@host", "redis://:[hidden]@host"),
        ("http://127.0.0.1:8080/a@b", "http://127.0.0.1:8080/a@b"),
        ("p@ss/word p%40ss%2Fword", "[hidden] [hidden]"),
        ("abc", "abc"),  # too short a secret to mask it everywhere
        ("a%20correct%20horse%20it", "a%20[hidden]%20it"),
    ],
)
def test_what_is_masked_and_what_is_not(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_secret_that_begins_another_leaves_nothing_of_it() -> None:
    assert logs.redactor(["hush", "hush-hush"])("hush-hush hush") == "[hidden] [hidden]"


@pytest.mark.parametrize(
    "written",
    [
        IBAN,
        IBAN.lower(),
        "FR76 3000 6000 0112 3456 7890 189",
        "fr76 3000 6000 0112 3456 7890 189",
        "FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189",
        "FR76\u202f3000\u202f6000\u202f0112\u202f3456\u202f7890\u202f189",
        "FR 76 30006 00001 12345678901 89",
        "FR76-3000-6000-0112-3456-7890-189",
        "FR76.3000.6000.0112.3456.7890.189",
        "F R 7 6 3 0 0 0 6 0 0 0 0 1 1 2 3 4 5 6 7 8 9 0 1 8 9",
        "FR76%203000%206000%200112%203456%207890%20189",
        "FR76+3000+6000+0112+3456+7890+189",
        "FR76  3000\n6000  0112 3456 7890 189",
        "GB29 NWBK 6016 1331 9268 19",
        "NL91ABNA0417164300",
        "MT84MALT011000012345MTLCAST001S",
        "NO93 8601 1117 947",
        "BE68 5390 0754 7034",
        "DE89 3704 0044 0532 0130 00",
        "FR7630006000011234567890188",  # a typing error in it
        "FR76 3000 6000 0112 3456 7890 188",
    ],
)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("IBAN: ", "."),
        ("to ", " was 12.35"),
        ("ref 'ab 12 ", "'"),
        ("iban=", "&x=1"),
        ("a%20", "%26"),
    ],
)
def test_ibans_are_masked_however_they_are_grouped(before: str, written: str, after: str) -> None:
    shown = masked(before + written + after)
    digits = "".join(c for c in shown.replace("%20", "").replace("%26", "") if c.isdigit())
    assert "[hidden]" in shown
    assert len(digits) <= 6, shown
    assert shown.startswith(before[:3])


@pytest.mark.parametrize(
    "text",
    [
        "update 176400000 of chat id -1001234567890 took 12 ms",
        "at 12 2024-01-01 12:00:00 in 42 2024-01-02 13:00:00",
        "of 40 products imported for group X in 3 batches, all good",
        "order 1234567890123456 reference K7M-2Q9-X",
        "sha 3fa94bc1e08d7a62",
    ],
)
def test_ordinary_text_stays_readable(text: str) -> None:
    assert masked(text) == text


@pytest.mark.timeout(10)
@pytest.mark.parametrize("piece", ["0", "a1", "a", "ab 12 ", "FR12 ", "a://", "a://b:", "sk_", "%20", "1:"])
def test_a_very_long_line_takes_no_longer_than_it_must(piece: str) -> None:
    masked(piece * (200_000 // len(piece)))
