"""Fixtures for the whole suite; see the modules named here."""

pytest_plugins = ["tests.support.databases", "tests.support.bot", "tests.support.cards"]
