"""The base of everything the ledger refuses.

One subclass a case, defined beside the code that raises it, holding values and never sentences: what a person reads is
made in ``bot/refusals/sentences.py`` in that person's language.
"""

from __future__ import annotations


class LedgerError(Exception):
    """A request the ledger understood and refused. Nothing was written."""

    def __str__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({values})"


class NotFound(LedgerError):
    """There is no such thing in this group (or it belongs to another group, which is told the same way)."""

    def __init__(self, what: str, key: object) -> None:
        super().__init__()
        self.what = what
        self.key = key


class NotAllowed(LedgerError):
    """The person does not hold the role this needs."""

    def __init__(self, needed: str) -> None:
        super().__init__()
        self.needed = needed
