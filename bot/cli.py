"""The command line: ``cagnotte demo``, ``run``, ``check-config``, ``migrate``, ``verify``, ``backup``."""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import logging
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from telegram.error import InvalidToken

from bot import config as configuration
from bot import installation, logs
from bot.config import Config, ConfigError
from ledger import migrations
from ledger.db import Database
from ledger.migrations import SchemaNewer

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and exits with its status: 0 done, 1 not, 2 called wrongly. What it writes is its user's alone."""
    os.umask(0o077)
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], Coroutine[Any, Any, int]] = options.command
    try:
        status = asyncio.run(command(options))
    except KeyboardInterrupt:
        status = 0
    except (ConfigError, SchemaNewer, DBAPIError, OSError) as error:
        print(_sentence(error), file=sys.stderr)
        status = 1
    sys.exit(status)


def _sentence(error: Exception) -> str:
    """Why it could not be done, and what to do."""
    if isinstance(error, ConfigError):
        return str(error)
    if isinstance(error, SchemaNewer):
        return (
            f"The database is newer than this version of Cagnotte: it is at revision {error.revision}, and this version "
            f"knows none after {migrations.head_revision()}. Nothing was changed. "
            "Install the newer version again, or restore the backup made before it."
        )
    return f"The database cannot be used: {getattr(error, 'orig', None) or error}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cagnotte", description=__doc__)
    parser.add_argument("--version", action="version", version=f"cagnotte {_version()}")
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(
        name: str, does: str, command: Callable[[argparse.Namespace], Coroutine[Any, Any, int]]
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=does, description=does)
        sub.set_defaults(command=command)
        return sub

    demo = add("demo", "try Cagnotte in the browser, with no token and no network", _demo)
    demo.epilog = "On the payment page, card 4242 4242 4242 4242 pays and 4000 0000 0000 0002 is declined."
    demo.add_argument("--port", type=int, default=8080, help="the page's port on this machine (8080)")
    demo.add_argument(
        "--lang", choices=("fr", "en"), default="fr", help="the language of the page and its people"
    )
    demo.add_argument("--replay", action="store_true", help="play the main story in the terminal instead")
    for name, does, command in (
        ("run", "run the bot", _run_bot),
        ("check-config", "say what is wrong with the configuration", _check_config),
        ("migrate", "bring the database's schema up", _migrate),
        ("verify", "prove the books' invariants; exit 1 if one is broken", _verify),
    ):
        add(name, does, command).add_argument(
            "--config", type=Path, help="the TOML file (config.toml if it is there)"
        )
    backup = add("backup", "write a consistent copy of an SQLite database while the bot runs", _backup)
    backup.add_argument("--config", type=Path, help="the TOML file (config.toml if it is there)")
    backup.add_argument("file", type=Path, help="the file to write; it must not exist")
    return parser


def _version() -> str:
    try:
        return importlib.metadata.version("cagnotte")
    except importlib.metadata.PackageNotFoundError:  # run from its sources, installed nowhere
        return "(not installed)"


def _load(options: argparse.Namespace, *, books_only: bool = False) -> Config:
    """The configuration, with the logs set up. ConfigError holds what this machine lacks for it, too."""
    config = configuration.load(options.config, os.environ, books_only=books_only)
    logs.configure(config.logging.level, config.logging.format, config.secrets())
    found = installation.look_at_books(config) if books_only else installation.look_around(config)
    if found.problems:
        raise ConfigError(found.problems)
    return config


@asynccontextmanager
async def _database(options: argparse.Namespace) -> AsyncIterator[Database]:
    database = Database(_load(options, books_only=True).database.url)
    try:
        yield database
    finally:
        await database.close()


async def _demo(options: argparse.Namespace) -> int:
    from bot.demo.live import serve
    from bot.demo.replay import replay

    if options.replay:
        return await replay(options.lang)
    return await serve(options.port, options.lang)


async def _run_bot(options: argparse.Namespace) -> int:
    from bot.app import AddressTaken, SchemaOutdated, running
    from bot.signals import serve_until_told

    config = _load(options)
    for warning in installation.look_around(config).warnings:
        log.warning("%s", warning)
    try:
        await serve_until_told(running(config), lambda bot: bot.ended)
    except SchemaOutdated:
        print("The database's schema is older than this version. Run: cagnotte migrate", file=sys.stderr)
    except InvalidToken:
        print(
            "Telegram does not know this token (telegram.token): it answers 401 or 404. Ask @BotFather for the token "
            "(/mybots), and look whether telegram.base_url is right if you set it.",
            file=sys.stderr,
        )
    except AddressTaken as error:
        print(f"{error}. Stop what listens there, or choose another port.", file=sys.stderr)
    else:
        return 0
    return 1


async def _check_config(options: argparse.Namespace) -> int:
    config = _load(options)
    for warning in installation.look_around(config).warnings:
        print(f"Warning: {warning}", file=sys.stderr)
    if not await _key_has_its_group(config):
        return 1
    print("The configuration is complete.")
    return 0


async def _key_has_its_group(config: Config) -> bool:
    """Says which group the host's Stripe key serves, where the database knows; false where the named one is not there."""
    from bot.cards.host_key import standing

    found = None
    if config.stripe.api_key is not None:
        with suppress(OSError, SQLAlchemyError, ImportError):  # without a database nobody is served yet
            database = Database(config.database.url)
            try:
                if database.is_there() and await migrations.is_current(database):
                    async with database.snapshot() as session:
                        found = await standing(session, config.stripe.api_key, config.stripe.group)
            finally:
                await database.close()
    if found is not None:
        print("; ".join([f"{found.said}.", *(f"group {one}" for one in found.groups)]), file=sys.stderr)
    return found is None or found.level < logging.ERROR


async def _migrate(options: argparse.Namespace) -> int:
    async with _database(options) as database:
        await migrations.upgrade(database)
    print(f"The schema is at revision {migrations.head_revision()}.")
    return 0


async def _verify(options: argparse.Namespace) -> int:
    from bot.proof import report
    from ledger.verify.service import verify

    async with _database(options) as database:
        if not await migrations.is_current(database):
            print("There is no database of this version yet. Run: cagnotte migrate", file=sys.stderr)
            return 1
        async with database.snapshot() as session:
            violations = await verify(session)
    for line in report(violations):
        print(line)
    return 1 if violations else 0


async def _backup(options: argparse.Namespace) -> int:
    async with _database(options) as database:
        if not database.is_sqlite:
            print("This database is PostgreSQL's: back it up with pg_dump.", file=sys.stderr)
            return 1
        if not database.is_there():
            print("There is no database to copy yet; nothing was written.", file=sys.stderr)
            return 1
        if options.file.exists():
            print(f"{options.file} exists already; nothing was written.", file=sys.stderr)
            return 1
        try:
            await database.copy_to(options.file)
        except (OSError, sqlite3.Error) as error:
            why = getattr(error, "strerror", None) or error
            print(f"{options.file} cannot be written: {why}. There is no copy.", file=sys.stderr)
            return 1
    print(f"The copy is in {options.file}.")
    return 0
