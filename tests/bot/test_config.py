"""The configuration: what is read from where, what is refused, and in which words."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.config import KEYS, VARIABLES, Address, Config, ConfigError, load

TOKEN = "123456:abc-DEF_ghi"
EXAMPLE = Path(__file__).parents[2] / "config.example.toml"

WEBHOOK = {
    "CAGNOTTE_TELEGRAM__TOKEN": TOKEN,
    "CAGNOTTE_TELEGRAM__MODE": "webhook",
    "CAGNOTTE_TELEGRAM__WEBHOOK_SECRET": "s3cret",
    "CAGNOTTE_WEB__LISTEN": "127.0.0.1:8080",
    "CAGNOTTE_WEB__PUBLIC_URL": "https://cagnotte.example.org",
}


@pytest.fixture(autouse=True)
def _empty_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def with_token(**variables: str) -> Config:
    return load(None, {"CAGNOTTE_TELEGRAM__TOKEN": TOKEN, **variables})


def in_file(text: str, environ: Mapping[str, str] | None = None) -> Config:
    file = Path("some.toml")
    file.write_text(text, encoding="utf-8")
    return load(file, environ or {})


def problems_of(environ: Mapping[str, str]) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        load(None, environ)
    return {problem.key: problem.what for problem in caught.value.problems}


def problems_in_file(text: str, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        in_file(text, environ)
    return {problem.key: problem.what for problem in caught.value.problems}


def variable_of(key: str) -> str:
    return "CAGNOTTE_" + key.upper().replace(".", "__")


def test_a_token_is_all_it_takes() -> None:
    config = with_token()
    assert config.telegram.token == TOKEN
    assert config.telegram.mode == "polling"
    assert config.telegram.base_url == "https://api.telegram.org/bot"
    assert config.telegram.base_file_url == "https://api.telegram.org/file/bot"
    assert config.database.url == "sqlite+aiosqlite:///cagnotte.db"
    assert config.web.listen is None
    assert (config.limits.messages_per_second, config.limits.per_chat_per_second) == (30, 1)
    assert config.limits.per_group_per_minute == 20
    assert (config.stripe.api_key, config.stripe.webhook_secret, config.stripe.base_url) == (None, None, None)
    assert (config.logging.level, config.logging.format) == ("INFO", "text")
    assert config.dispatcher.workers == 8


def test_config_toml_of_the_working_folder_is_read_unless_another_is_named() -> None:
    Path("config.toml").write_text(f'telegram.token = "{TOKEN}"\nlogging.level = "ERROR"\n', encoding="utf-8")
    assert load(None, {}).logging.level == "ERROR"
    assert in_file(f'telegram.token = "{TOKEN}"').logging.level == "INFO"


def test_a_named_file_must_exist() -> None:
    with pytest.raises(ConfigError) as caught:
        load(Path("missing.toml"), {"CAGNOTTE_LIMITS__PER_CHAT_PER_SECOND": "-1"})
    keys = [problem.key for problem in caught.value.problems]
    assert keys == [
        "missing.toml",
        "limits.per_chat_per_second",
    ]  # and no "token is missing" that may stand there


@pytest.mark.parametrize("content", [b"[telegram", b"\xff\xfe", b"telegram.token = 1\ntelegram.token = 2"])
def test_a_file_that_is_no_toml_is_named(content: bytes) -> None:
    Path("bad.toml").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(Path("bad.toml"), {})
    assert [problem.key for problem in caught.value.problems] == ["bad.toml"]


def test_a_file_may_begin_with_a_byte_order_mark() -> None:
    Path("bom.toml").write_text(f'telegram.token = "{TOKEN}"', encoding="utf-8-sig")
    assert load(Path("bom.toml"), {}).telegram.token == TOKEN


def test_the_environment_wins_over_the_file() -> None:
    text = f'[telegram]\ntoken = "{TOKEN}"\n[limits]\nmessages_per_second = 5\nper_chat_per_second = 0.5\n'
    config = in_file(text, {"CAGNOTTE_LIMITS__MESSAGES_PER_SECOND": "7"})
    assert (config.limits.messages_per_second, config.limits.per_chat_per_second) == (7, 0.5)


def test_an_empty_variable_counts_as_not_set() -> None:
    config = in_file(f'telegram.token = "{TOKEN}"', dict.fromkeys(VARIABLES, ""))
    assert config.telegram.token == TOKEN


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text(f"{TOKEN}\n", encoding="utf-8")
    assert load(None, {"CAGNOTTE_TELEGRAM__TOKEN_FILE": str(secret)}).telegram.token == TOKEN
    both = {"CAGNOTTE_TELEGRAM__TOKEN_FILE": str(secret), "CAGNOTTE_TELEGRAM__TOKEN": TOKEN}
    assert problems_of(both).keys() == {"CAGNOTTE_TELEGRAM__TOKEN_FILE"}
    missing = problems_of({"CAGNOTTE_TELEGRAM__TOKEN_FILE": str(tmp_path / "nowhere")})
    assert missing.keys() == {"CAGNOTTE_TELEGRAM__TOKEN_FILE"}
    assert "nowhere cannot be read: No such file" in missing["CAGNOTTE_TELEGRAM__TOKEN_FILE"]
    secret.write_bytes(b"\xff\xfe")
    assert (
        "UTF-8"
        in problems_of({"CAGNOTTE_TELEGRAM__TOKEN_FILE": str(secret)})["CAGNOTTE_TELEGRAM__TOKEN_FILE"]
    )


def test_all_problems_are_told_at_once() -> None:
    found = problems_in_file(
        '[telegram]\ntokn = "x"\nmode = "pull"\n[web]\nlisten = 80\n',
        {"CAGNOTTE_DISPATCHER__WORKERS": "0", "CAGNOTTE_DATABASE__URI": "x"},
    )
    assert found == {
        "telegram.tokn": "no such key; did you mean telegram.token?",
        "telegram.token": "is missing: expected the token that @BotFather gave (digits:letters)",
        "telegram.mode": "expected one of polling, webhook, not 'pull'",
        "web.listen": "expected HOST:PORT, such as 127.0.0.1:8080, not 80",
        "dispatcher.workers": "expected a whole number, 1 or more, not '0' (from CAGNOTTE_DISPATCHER__WORKERS)",
        "CAGNOTTE_DATABASE__URI": "no such variable; did you mean CAGNOTTE_DATABASE__URL?",
    }


def test_a_variable_without_a_section_is_ignored_and_named() -> None:
    """Kubernetes and Docker set such ones for a service that is named cagnotte."""
    config = with_token(
        CAGNOTTE_PORT="tcp://10.0.0.1:8080",
        CAGNOTTE_SERVICE_HOST="10.0.0.1",
        CAGNOTTE_TOKEN="x",
        CAGNOTTE_EMPTY="",
    )
    assert config == with_token()
    assert [str(one) for one in config.source.ignored] == [
        "CAGNOTTE_PORT: says nothing to Cagnotte, and is ignored",
        "CAGNOTTE_SERVICE_HOST: says nothing to Cagnotte, and is ignored",
        "CAGNOTTE_TOKEN: says nothing to Cagnotte, and is ignored; did you mean CAGNOTTE_TELEGRAM__TOKEN?",
    ]


def test_what_touches_the_books_alone_needs_no_token() -> None:
    assert load(None, {}, books_only=True).telegram.token == ""
    assert load(None, {"CAGNOTTE_TELEGRAM__TOKEN": TOKEN}, books_only=True).telegram.token == TOKEN
    with pytest.raises(ConfigError):
        load(None, {"CAGNOTTE_TELEGRAM__TOKEN": "no token"}, books_only=True)


def test_the_error_reads_as_a_list() -> None:
    with pytest.raises(ConfigError) as caught:
        load(None, {"CAGNOTTE_X__Y": "1", "CAGNOTTE_LOGGING__LEVEL": "LOUD"})
    assert str(caught.value) == (
        "3 problems in the configuration:\n"
        "  CAGNOTTE_X__Y: no such variable\n"
        "  telegram.token: is missing: expected the token that @BotFather gave (digits:letters)\n"
        "  logging.level: expected one of DEBUG, INFO, WARNING, ERROR, CRITICAL, not 'LOUD'"
        " (from CAGNOTTE_LOGGING__LEVEL)"
    )


@pytest.mark.parametrize(
    ("line", "key", "hint"),
    [
        ('[telegramm]\ntoken = "1:a"', "telegramm", "did you mean telegram?"),
        ('token = "1:a"', "token", "did you mean telegram.token?"),
        (
            'webhook_secret = "a"',
            "webhook_secret",
            "did you mean telegram.webhook_secret or stripe.webhook_secret?",
        ),
        ('[web]\nurl = "a"', "web.url", "did you mean database.url?"),
        ('[web]\nlistn = "a"', "web.listn", "did you mean web.listen?"),
        ("[web]\nzzz = 1", "web.zzz", "no such key"),
        ('web = "127.0.0.1:80"', "web", "write [web]"),
        ("qqqq = 1", "qqqq", "no such section or key"),
    ],
)
def test_unknown_keys_are_refused_with_a_suggestion(line: str, key: str, hint: str) -> None:
    found = problems_in_file(line, {"CAGNOTTE_TELEGRAM__TOKEN": TOKEN})
    assert found.keys() == {key}
    assert found[key].endswith(hint) or hint in found[key]


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("telegram.base_url", "http://127.0.0.1:9/bot", "http://127.0.0.1:9/bot"),
        ("telegram.mode", "Polling", "polling"),
        ("database.url", "sqlite+aiosqlite:////var/lib/c.db", "sqlite+aiosqlite:////var/lib/c.db"),
        ("database.url", "postgresql://a:b@h/n", "postgresql+asyncpg://a:b@h/n"),
        (
            "database.url",
            "postgresql+asyncpg://a:b@h:5/n?ssl=require",
            "postgresql+asyncpg://a:b@h:5/n?ssl=require",
        ),
        ("database.url", "postgresql+asyncpg://a@/n?host=/run/pg", "postgresql+asyncpg://a@/n?host=/run/pg"),
        ("web.listen", "0.0.0.0:65535", Address("0.0.0.0", 65535)),
        ("web.listen", "[::1]:8080", Address("::1", 8080)),
        ("web.public_url", "https://a.example/", "https://a.example"),
        ("web.public_url", "http://a.example:8080/c", "http://a.example:8080/c"),
        ("limits.per_chat_per_second", "0", 0),
        ("limits.per_chat_per_second", "0.5", 0.5),
        ("stripe.api_key", "rk_live_1", "rk_live_1"),
        ("stripe.base_url", "http://127.0.0.1:12111", "http://127.0.0.1:12111"),
        ("stripe.group", "3", 3),
        ("logging.level", "debug", "DEBUG"),
        ("logging.format", "json", "json"),
        ("dispatcher.workers", "32", 32),
    ],
)
def test_accepted_values(key: str, text: str, value: object) -> None:
    config = with_token(**{variable_of(key): text})
    section, name = key.split(".")
    assert getattr(getattr(config, section), name) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("telegram.token", "no-colon"),
        ("telegram.token", "bot123:abc"),
        ("telegram.token", "123:abc def"),
        ("telegram.base_url", "https://api.telegram.org"),
        ("telegram.base_url", "https://api.telegram.org/bot/"),
        ("telegram.base_file_url", "api.telegram.org/bot"),
        ("telegram.mode", "push"),
        ("telegram.webhook_secret", "é"),
        ("telegram.webhook_secret", "a" * 257),
        ("database.url", "mysql://a:b@h/n"),
        ("database.url", "postgres://a:b@h/n"),
        ("database.url", "postgresql+psycopg://a:b@h/n"),
        ("database.url", "postgresql://a:b@h"),
        ("database.url", "postgresql://a:b#c@h/n"),
        ("database.url", "postgresql://h/n#x"),
        ("database.url", "postgresql://a:b@h:99999/n"),
        ("database.url", "postgresql://a:b@h:0/n"),
        ("database.url", "sqlite:///c.db"),
        ("database.url", "sqlite+aiosqlite://"),
        ("database.url", "sqlite+aiosqlite:///"),
        ("database.url", "sqlite+aiosqlite:///:memory:"),
        ("database.url", "sqlite+aiosqlite:///file:c?mode=memory"),
        ("database.url", "cagnotte.db"),
        ("web.listen", "8080"),
        ("web.listen", ":8080"),
        ("web.listen", "[]:8080"),
        ("web.listen", "::1:8080"),
        ("web.listen", "127.0.0.1:0"),
        ("web.listen", "127.0.0.1:65536"),
        ("web.listen", "127.0.0.1:http"),
        ("web.listen", "http://127.0.0.1:8080"),
        ("web.public_url", "cagnotte.example.org"),
        ("web.public_url", "ftp://cagnotte.example.org"),
        ("web.public_url", "https://"),
        ("web.public_url", "https://a:b@cagnotte.example.org"),
        ("web.public_url", "https://cagnotte.example.org?x"),
        ("web.public_url", "https://cagnotte.example.org:port"),
        ("limits.messages_per_second", "-1"),
        ("limits.messages_per_second", "nan"),
        ("limits.messages_per_second", "inf"),
        ("limits.messages_per_second", "many"),
        ("stripe.api_key", "pk_live_publishable"),
        ("stripe.base_url", "stripe"),
        ("stripe.group", "AMAP des Lilas"),
        ("logging.level", "chatty"),
        ("logging.format", "xml"),
        ("dispatcher.workers", "0"),
        ("dispatcher.workers", "1.5"),
    ],
)
def test_refused_values_are_named_with_what_is_expected(key: str, text: str) -> None:
    found = problems_of({"CAGNOTTE_TELEGRAM__TOKEN": TOKEN, variable_of(key): text})
    assert found.keys() == {key}
    assert found[key].startswith(f"expected {KEYS[key].rule.expected}")
    assert found[key].endswith(f"(from {variable_of(key)})")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("telegram.token = 5", "telegram.token"),
        ('telegram.token = " "', "telegram.token"),
        ("limits.messages_per_second = true", "limits.messages_per_second"),
        ("limits.messages_per_second = [1]", "limits.messages_per_second"),
        (f"limits.messages_per_second = 1{'0' * 400}", "limits.messages_per_second"),
        ("dispatcher.workers = 2024-01-01", "dispatcher.workers"),
        ("logging.level = 20", "logging.level"),
    ],
)
def test_wrong_types_in_the_file_are_problems_not_crashes(line: str, key: str) -> None:
    environ = {} if key == "telegram.token" else {"CAGNOTTE_TELEGRAM__TOKEN": TOKEN}
    assert problems_in_file(line, environ).keys() == {key}


def test_webhook_mode_needs_a_secret_and_both_addresses() -> None:
    assert load(None, WEBHOOK).telegram.mode == "webhook"
    found = problems_of(
        {key: value for key, value in WEBHOOK.items() if key.startswith("CAGNOTTE_TELEGRAM__")}
    )
    assert found.keys() == {"web.listen", "web.public_url"}
    assert found["web.listen"] == (
        "is missing: because telegram.mode is webhook, expected HOST:PORT, such as 127.0.0.1:8080"
    )
    assert problems_of({**WEBHOOK, "CAGNOTTE_TELEGRAM__WEBHOOK_SECRET": ""}).keys() == {
        "telegram.webhook_secret"
    }
    faulty = problems_of({**WEBHOOK, "CAGNOTTE_WEB__LISTEN": "x"})
    assert faulty["web.listen"].startswith("expected")  # told once, as faulty, not also as missing


def test_a_stripe_signing_secret_alone_is_no_use() -> None:
    found = problems_of({"CAGNOTTE_TELEGRAM__TOKEN": TOKEN, "CAGNOTTE_STRIPE__WEBHOOK_SECRET": "whsec_1"})
    assert found.keys() == {"stripe.api_key"}


SECRETS = {
    **WEBHOOK,
    "CAGNOTTE_STRIPE__API_KEY": "sk_test_hush",
    "CAGNOTTE_STRIPE__WEBHOOK_SECRET": "whsec_hush",
    "CAGNOTTE_DATABASE__URL": "postgresql://user:p%40ss@host/name",
}


def test_secrets_are_not_in_the_repr() -> None:
    config = load(None, SECRETS)
    assert not [text for text in (TOKEN, "s3cret", "hush", "p%40ss") if text in repr(config)]
    assert "api.telegram.org" in repr(config)


def test_secrets_are_listed_for_the_logs_to_mask() -> None:
    assert set(load(None, SECRETS).secrets()) == {
        TOKEN,
        "s3cret",
        "sk_test_hush",
        "whsec_hush",
        "p%40ss",
        "p@ss",
    }
    assert with_token().secrets() == [TOKEN]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("telegram.token", "hush hush"),
        ("telegram.base_url", "https://api.telegram.org/bot123456:hush"),
        ("telegram.webhook_secret", "hush hush"),
        ("database.url", "mysql://a:hush@h/n"),
        ("stripe.api_key", "pk_hush"),
        ("stripe.webhook_secret", "hush hush"),
    ],
)
def test_a_problem_does_not_quote_a_secret(key: str, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        with_token(**{variable_of(key): text})
    assert "hush" not in str(caught.value)
    assert "hush" not in repr(caught.value)


def test_the_example_documents_every_key_and_only_those() -> None:
    uncommented = re.sub(r"^# (\w+ = )", r"\1", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    tables = tomllib.loads(uncommented)
    documented = {f"{section}.{name}" for section, table in tables.items() for name in table}
    assert documented == KEYS.keys()
    load_example = in_file(uncommented)
    assert load_example.stripe.api_key
    for line in re.findall(r"CAGNOTTE_[A-Z_]+", uncommented):
        assert line.removesuffix("_FILE") in VARIABLES


def test_the_example_shows_the_defaults() -> None:
    example = EXAMPLE.read_text(encoding="utf-8")
    assert in_file(example) == with_token(
        CAGNOTTE_TELEGRAM__TOKEN="123456789:replace-this-with-the-token-of-your-bot"
    )
    uncommented = tomllib.loads(re.sub(r"^# (\w+ = )", r"\1", example, flags=re.MULTILINE))
    for key, how in KEYS.items():
        section, name = key.split(".")
        if how.default is not None and key != "telegram.token":
            assert uncommented[section][name] == how.default, key
