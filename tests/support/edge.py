"""The edge as one process of the bot has it, where no bot runs."""

from __future__ import annotations

from collections.abc import Callable

from bot.board import boards
from bot.cards import typed_keys
from bot.edge.intake import Intake
from bot.edge.unit import Edge
from ledger.db import Database

BOT_ID = 123456


def edge_of(database: Database, bot_id: int = BOT_ID, wake_sender: Callable[[], None] = lambda: None) -> Edge:
    """Units of work on a database, with nobody who sends."""
    return Edge(database, bot_id, boards.refresh, wake_sender)


def intake_of(edge: Edge) -> Intake:
    """Where updates are left, with nobody who handles them."""
    return Intake(edge, typed_keys, lambda _: None)
