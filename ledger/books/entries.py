"""What is posted: an event's legs and the key that makes posting it again change nothing. Values only."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Leg:
    """``amount_cents`` (> 0) onto account ``debit_id`` from account ``credit_id``.

    ``within_credit``: refused by the database when the debited account would then be owed (a member in debt, I7).
    """

    debit_id: int
    credit_id: int
    amount_cents: int
    within_credit: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What to post: the event's ``kind``, its legs, and ``key``, which makes posting it again change nothing.

    ``subject`` names what it is about (a code of ``books.subjects``); ``dated`` is the day it counts for (today when left
    out); ``actor_id`` the member who did it; ``note_id`` what was typed about it.
    """

    kind: str
    key: str
    legs: Sequence[Leg]
    subject: str | None = None
    dated: dt.date | None = None
    actor_id: int | None = None
    note_id: int | None = None
    reverses_id: int | None = None

    def input_hash(self) -> str:
        """Returns a digest of everything the caller chose, to tell a repeated request from a changed one."""
        legs = [(leg.debit_id, leg.credit_id, leg.amount_cents, leg.within_credit) for leg in self.legs]
        dated = self.dated.isoformat() if self.dated else None
        values = [self.kind, legs, self.subject, dated, self.actor_id, self.note_id, self.reverses_id]
        return hashlib.sha256(json.dumps(values).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Posted:
    """The transaction that stands in the books. ``replayed``: it stood there before this call."""

    transaction_id: int
    replayed: bool
