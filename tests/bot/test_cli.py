"""The command line, as a host meets it: every trouble is a sentence and a status, never a traceback; files are one's own."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sqlite3
import stat
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from bot import installation
from bot.proof import report
from bot.sandbox.server import Sandbox
from ledger.verify.check import Violation
from ledger.verify.service import RULES
from tests.support.bot import TOKEN, environment
from tests.support.bot_process import WHOLE, BotProcess, command, free_port, whole_command
from tests.support.telegram import TelegramWorld

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
WITHOUT_DRIVER = "from bot import installation as i, cli; i.POSTGRESQL_DRIVER = 'no_such'; cli.main(['{}'])"


def url_of(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def rights(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


async def said(folder: Path, *arguments: str, **variables: str) -> tuple[int, str]:
    """What a command exits with and says; no traceback is among it."""
    status, output = await command(variables, folder, *arguments)
    assert "Traceback" not in output, output
    return status, output


async def test_what_keeps_it_from_starting_is_said_in_one_sentence(tmp_path: Path, sqlite_url: str) -> None:
    newer = tmp_path / "newer.db"
    shutil.copyfile(sqlite_url.removeprefix("sqlite+aiosqlite:///"), newer)
    newer.chmod(0o600)
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    shutil.copyfile(EXAMPLE, tmp_path / "example.toml")
    token = {"CAGNOTTE_TELEGRAM__TOKEN": TOKEN}
    nowhere = token | {"CAGNOTTE_DATABASE__URL": url_of(tmp_path / "not" / "there" / "cagnotte.db")}
    of_newer = token | {"CAGNOTTE_DATABASE__URL": url_of(newer)}
    no_server = token | {"CAGNOTTE_DATABASE__URL": f"postgresql+asyncpg://a:b@127.0.0.1:{free_port()}/c"}
    cases: list[tuple[list[str], Mapping[str, str], str]] = [
        (["check-config", "--config", "example.toml"], {}, "is the example's"),
        (["run"], nowhere, "does not exist: make it"),
        (["run"], of_newer, "newer than this version"),
        (["verify"], of_newer, "newer than this version"),
        (["run"], no_server, "The database cannot be used"),
    ]
    heard = await asyncio.gather(
        whole_command({}, tmp_path, *cases[0][0]),
        *(said(tmp_path, *words, **given) for words, given, _ in cases[1:]),
    )
    for (words, _, sentence), (status, output) in zip(cases, heard, strict=True):
        assert status == 1, (words, output)
        assert sentence in output, (words, output)
        assert len(output.splitlines()) <= 2, (words, output)


async def test_what_the_network_keeps_it_from_is_said_too(tmp_path: Path, sqlite_url: str) -> None:
    """A token nobody knows; a port somebody listens on; a token that is taken back while it runs."""
    async with Sandbox(TOKEN).serve() as url, await TelegramWorld.connect(url) as world:
        settings = environment(url, sqlite_url)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            listen = f"127.0.0.1:{taken.getsockname()[1]}"
            wrong, busy = await asyncio.gather(
                said(tmp_path, "run", **settings | {"CAGNOTTE_TELEGRAM__TOKEN": "654321:OTHER"}),
                said(tmp_path, "run", **settings | {"CAGNOTTE_WEB__LISTEN": listen}),
            )
        assert wrong[0] == 1
        assert "Telegram does not know this token" in wrong[1]
        assert busy[0] == 1
        assert f"{listen} (web.listen) cannot be listened on: Address already in use" in busy[1]
        await world.fault("error", method="getUpdates", code=401, description="Unauthorized")
        revoked = await said(tmp_path, "run", **settings)
        assert revoked[0] == 1
        assert "Telegram does not know this token" in revoked[1]


async def test_without_a_file_it_runs_from_the_environment_and_says_who_it_is(tmp_path: Path) -> None:
    """Its files are its own, whatever the umask; a stray variable is a warning; verify needs no token."""
    file = tmp_path / "books" / "cagnotte.db"
    file.parent.mkdir()
    async with Sandbox(TOKEN).serve() as url, await TelegramWorld.connect(url) as world:
        settings = environment(url, url_of(file)) | {"CAGNOTTE_PORT": "tcp://10.0.0.1:8080"}
        bot = BotProcess(settings, tmp_path / "log", WHOLE)
        await bot.start()
        try:
            marie = await world.person("Marie")
            await marie.ask("/start", expect="", timeout=60)
            for name in ("cagnotte.db", "cagnotte.db-wal", "cagnotte.db-shm"):
                assert rights(file.parent / name) == 0o600, name
            copy = tmp_path / "copy.db"
            books = {"CAGNOTTE_DATABASE__URL": url_of(file)}
            assert (await said(tmp_path, "backup", str(copy), **books))[0] == 0
            assert rights(copy) == 0o600
            status, output = await said(tmp_path, "verify", CAGNOTTE_DATABASE__URL=url_of(copy))
            assert status == 0
            assert output.endswith("The books hold: I1 to I8 were checked.\n")
            assert [line for line in output.splitlines() if line.startswith("I1 ") and "holds" in line]
            nowhere = await said(tmp_path, "backup", str(tmp_path / "no" / "copy.db"), **books)
            assert nowhere == (
                1,
                f"{tmp_path}/no/copy.db cannot be written: No such file or directory. There is no copy.\n",
            )
        finally:
            assert await bot.stop() == 0
    logged = bot.logged()
    assert "connected as @cagnotte_bot, polling" in logged
    assert "CAGNOTTE_PORT: says nothing to Cagnotte, and is ignored" in logged
    assert "Traceback" not in logged


async def test_check_config_warns_of_what_others_can_read(tmp_path: Path, sqlite_url: str) -> None:
    file, secret = tmp_path / "config.toml", tmp_path / "stripe-key"
    database = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    file.write_text(f'telegram.token = "{TOKEN}"\ndatabase.url = "{sqlite_url}"\n')
    secret.write_text("sk_test_1")
    given = {"CAGNOTTE_STRIPE__API_KEY_FILE": str(secret)}
    for one in (file, secret, database):
        one.chmod(0o644)
    status, output = await said(tmp_path, "check-config", **given)
    assert status == 0
    warned = [line for line in output.splitlines() if line.startswith("Warning: ")]
    assert [line.split(": ")[1] for line in warned] == ["config.toml", str(secret), str(database)]
    assert all("others on this machine can read it. Run: chmod 600" in line for line in warned)
    for one in (file, secret, database):
        one.chmod(0o640)
    assert "Warning" not in (await said(tmp_path, "check-config", **given))[1]


async def test_version_and_a_missing_driver(tmp_path: Path) -> None:
    assert await whole_command({}, tmp_path, "--version") == (0, "cagnotte 0.1.0\n")
    bot = BotProcess(
        {"CAGNOTTE_TELEGRAM__TOKEN": TOKEN, "CAGNOTTE_DATABASE__URL": "postgresql+asyncpg://a:b@127.0.0.1/c"},
        tmp_path / "log",
        ("-c", WITHOUT_DRIVER.format("run")),
    )
    await bot.start()
    async with asyncio.timeout(60):
        while bot.is_running:  # noqa: ASYNC110 - a process sets no event
            await asyncio.sleep(0.05)
    assert "PostgreSQL's driver no_such is not installed. Run: pip install '.[postgres]'" in bot.logged()
    assert "Traceback" not in bot.logged()


def test_the_example_holds_the_token_that_is_refused() -> None:
    assert f'token = "{installation.EXAMPLE_TOKEN}"' in EXAMPLE.read_text(encoding="utf-8")


def test_a_broken_rule_is_told_in_sentences() -> None:
    told = list(report([Violation("I1", "the transaction sums to 5 EUR", 3, "transaction:17")]))
    assert "        group 3, transaction 17: the transaction sums to 5 EUR." in told
    assert (
        "I1      BROKEN  every transaction sums to zero, and every balance is the sum of its postings" in told
    )
    assert len([line for line in told if " holds " in line]) == len(RULES) - 1
    assert told[-2].startswith("1 violation: the books do not hold.")
    unknown = list(report([Violation("new", "something new", None, "table:x")]))
    assert "        table x: something new." in unknown


@pytest.mark.parametrize("invariant", sorted(RULES))
def test_every_rule_is_one_that_is_checked(invariant: str) -> None:
    from ledger.verify.service import CHECKS

    assert invariant == "I2" or invariant in {check.invariant for check in CHECKS} | {"I8"}
