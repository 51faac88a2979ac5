"""The draft of a conversation: what it has been told so far, as typed fields."""

from __future__ import annotations

import msgspec


class Draft(msgspec.Struct, kw_only=True):
    """The base of every conversation's draft, kept as JSON in its row. ``group``: the id of the group where it began."""

    group: int | None = None
