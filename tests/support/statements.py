"""What the bot asks its database: for figures, and to see that a screen asks as much however long it is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any
from unittest import mock

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from bot.edge.dispatcher import Dispatcher
from ledger.books import writing

Statements = list[str]
_asked: ContextVar[Statements | None] = ContextVar("asked", default=None)


@contextlib.contextmanager
def asked() -> Iterator[Statements]:
    """The statements of this task, savepoints among them where the database is sent some."""
    statements: Statements = []
    token = _asked.set(statements)
    try:
        with _listening():
            yield statements
    finally:
        _asked.reset(token)


@contextlib.contextmanager
def asked_by_update() -> Iterator[list[Statements]]:
    """The statements of each update that a dispatcher of this process handles, claimed and done."""
    updates: list[Statements] = []
    handle_next = Dispatcher.handle_next

    async def listened(self: Dispatcher) -> bool:
        statements: Statements = []
        token = _asked.set(statements)
        try:
            handled = await handle_next(self)
        finally:
            _asked.reset(token)
        if handled:
            updates.append(statements)
        return handled

    with _listening(), mock.patch.object(Dispatcher, "handle_next", listened):
        yield updates


@contextlib.contextmanager
def _listening() -> Iterator[None]:
    """SQLAlchemy tells of its statements; those of the books go past it on SQLite."""
    run = writing.run_in_place

    def note(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        if (statements := _asked.get()) is not None:
            statements.append(statement)

    def run_and_note(connection: Connection, sql: str, *values: Any, **options: Any) -> Any:
        note(connection, None, sql)
        return run(connection, sql, *values, **options)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with mock.patch.object(writing, "run_in_place", run_and_note):
            yield
    finally:
        event.remove(Engine, "before_cursor_execute", note)
