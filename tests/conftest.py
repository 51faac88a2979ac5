"""Fixtures for the whole suite; see the modules named here."""

import gc
import os
from collections.abc import Callable

import pytest
from hypothesis import settings

pytest_plugins = ["tests.support.databases", "tests.support.bot", "tests.support.cards"]


# The same examples every time, on a machine of any speed; other ones each time where there are many.
settings.register_profile("ordinary", deadline=None, derandomize=True, database=None)
settings.register_profile("long", deadline=None, database=None, max_examples=1_000)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--long`: what is random is tried far more often."""
    parser.addoption("--long", action="store_true", help="many random examples and deaths instead of few")


def pytest_configure(config: pytest.Config) -> None:
    """Loads Hypothesis's profile."""
    settings.load_profile("long" if config.getoption("long") else "ordinary")


def pytest_xdist_auto_num_workers() -> int:
    """As many processes as cores; a few more on a small machine, since who waits for a bot leaves its core to others."""
    return max(4, os.cpu_count() or 1)


@pytest.fixture(scope="session")
def examples(pytestconfig: pytest.Config) -> Callable[[int, int], int]:
    """Chooses between the number of random examples on an ordinary run and that of a long one."""
    is_long = bool(pytestconfig.getoption("long"))
    return lambda few, many: many if is_long else few


def pytest_collection_finish() -> None:
    """What was imported and collected stays: it is not looked through again and again, as in the bot itself."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest come first, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)
