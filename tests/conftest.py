"""Fixtures for the whole suite; see the modules named here."""

import gc

import pytest

pytest_plugins = ["tests.support.databases", "tests.support.bot", "tests.support.cards"]


def pytest_collection_finish() -> None:
    """What was imported and collected stays: it is not looked through again and again, as in the bot itself."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest come first, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)
