"""What a screen showed, as one number: a confirmation carries it back, so that nothing is done to what nobody saw.

Pure. The number fits a button; two different pictures share one about once in 10**12 times.
"""

from __future__ import annotations

import hashlib

from ledger.errors import LedgerError

BITS = 40


class SeenChanged(LedgerError):
    """What is to be confirmed is not what the screen showed any more; nothing was done."""


def mark(*facts: object) -> int:
    """Returns a number below 2**40 that stands for these values, in this order."""
    digest = hashlib.sha256(repr(facts).encode()).digest()
    return int.from_bytes(digest[: BITS // 8], "big")


def check(seen: int | None, *, now: int) -> None:
    """Raises :class:`SeenChanged` where a screen's mark is given and is not the present one."""
    if seen is not None and seen != now:
        raise SeenChanged
