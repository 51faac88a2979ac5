"""Fixtures for the whole suite; see the modules named here."""

import gc
from collections.abc import Callable

import hypothesis
import pytest

pytest_plugins = ["tests.support.databases", "tests.support.bot", "tests.support.cards"]


hypothesis.settings.register_profile("long", max_examples=1_000, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--long`: what is random is tried far more often."""
    parser.addoption("--long", action="store_true", help="many random examples and deaths instead of few")


def pytest_configure(config: pytest.Config) -> None:
    """Loads Hypothesis's profile."""
    if config.getoption("long"):
        hypothesis.settings.load_profile("long")


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
