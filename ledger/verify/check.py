"""What a check of ``cagnotte verify`` is, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """A statement whose rows (``group_id``, ``subject`` and what ``what`` is formatted with) are violations."""

    invariant: str
    what: str
    sql: str


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: ``I1``…``I8``, ``stock``, ``till``, ``refunds`` or ``cards``; the row; a sentence."""

    invariant: str
    what: str
    group_id: int | None
    subject: str
