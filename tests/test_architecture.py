"""What may import what: the contracts in pyproject.toml, run with the rest of the suite."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot

BOT = Path(bot.__file__).parent
ROOMS = {folder.parent.name for folder in BOT.glob("*/views")}
SHARED = {"taps", "views", "pages"}
"""What of a room other rooms may import; the rest is known to itself, to ``routes.py`` and to the wiring."""
SERVICES = {"bot.board.boards", "bot.cards.service", "bot.home.menu"}
"""What a room does for others, which is no handler: boards to post, the door to Stripe, the menu of commands."""

# In a process of its own, because it silences every logger of the process it runs in.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def test_no_module_imports_what_it_must_not(pytestconfig: pytest.Config) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-logo", "--no-cache"],
        cwd=pytestconfig.rootpath,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"An import rule is broken:\n{done.stdout}{done.stderr}"
    assert " 0 broken" in done.stdout


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                module = f"{node.module}.{alias.name}"
                is_module = (BOT.parent / module.replace(".", "/")).with_suffix(".py").exists()
                yield module if is_module else node.module


def test_rooms_know_of_each_other_what_they_share_and_no_handler() -> None:
    found = {
        (path.relative_to(BOT).as_posix(), module)
        for room in ROOMS
        for path in BOT.glob(f"{room}/**/*.py")
        for module in imported(path)
        if (parts := module.split("."))[0] == "bot" and parts[1] in ROOMS - {room} and parts[2] not in SHARED
    }
    assert {"handover", "home", "payments"} <= ROOMS
    assert {module for _, module in found} <= SERVICES, sorted(found)
