"""What a valid configuration still stumbles over on this machine: the example's token, a missing driver or folder, and
files that others can read. It looks at files and modules, asks nobody, and changes nothing.
"""

from __future__ import annotations

import importlib.util
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.config import Config, Problem
from bot.config_values import sqlite_file

EXAMPLE_TOKEN = "123456789:replace-this-with-the-token-of-your-bot"  # noqa: S105 - nobody's
TELEGRAM = "https://api.telegram.org/"
POSTGRESQL_DRIVER = "asyncpg"


@dataclass(frozen=True, slots=True)
class Findings:
    """What keeps it from starting, and what should be put right all the same."""

    problems: list[Problem]
    warnings: list[Problem]


def look_around(config: Config) -> Findings:
    """Everything found for the whole bot."""
    of_bot = [*_of_telegram(config)]
    found = look_at_books(config)
    files = [config.source.file, *config.source.secret_files]
    return Findings(
        [*of_bot, *found.problems],
        [
            *config.source.ignored,
            *(one for file in files if file for one in _open_to_others(file)),
            *found.warnings,
        ],
    )


def look_at_books(config: Config) -> Findings:
    """What is found for the database alone."""
    file = sqlite_file(config.database.url)
    if file is None:
        return Findings([*_driver()], [])
    belonging = (Path(f"{file}{end}") for end in ("", "-wal", "-shm", "-journal"))
    return Findings([*_folder(file)], [one for each in belonging for one in _open_to_others(each)])


def _of_telegram(config: Config) -> Iterator[Problem]:
    if config.telegram.token == EXAMPLE_TOKEN:
        yield Problem("telegram.token", "is the example's: put in the token that @BotFather gave you")
    public_url, at_telegram = config.web.public_url or "", config.telegram.base_url.startswith(TELEGRAM)
    if config.telegram.mode == "webhook" and at_telegram and not public_url.startswith("https://"):
        yield Problem(
            "web.public_url", "must begin with https:// for telegram.mode = webhook: Telegram calls no other"
        )


def _driver() -> Iterator[Problem]:
    if importlib.util.find_spec(POSTGRESQL_DRIVER) is None:
        how = "pip install '.[postgres]' -c constraints.txt"
        yield Problem("database.url", f"PostgreSQL's driver {POSTGRESQL_DRIVER} is not installed. Run: {how}")


def _folder(file: Path) -> Iterator[Problem]:
    folder = file.absolute().parent
    if not folder.is_dir():
        yield Problem("database.url", f"the folder {folder} does not exist: make it, or name another")
    elif file.is_dir():
        yield Problem("database.url", f"{file} is a folder: name a file in it")
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield Problem("database.url", f"the folder {folder} cannot be written to by this user")
    elif file.exists() and not os.access(file, os.R_OK | os.W_OK):
        yield Problem("database.url", f"{file} cannot be read and written by this user")


def _open_to_others(file: Path) -> Iterator[Problem]:
    """A file that is not its owner's (and its group's) alone. What is not there is somebody else's problem."""
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError:
        return
    if mode & stat.S_IRWXO:
        yield Problem(str(file), f"others on this machine can read it. Run: chmod 600 {file}")
