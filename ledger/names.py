"""Text of names: how it is cleaned before it is kept, how names are compared, searched and put in order.

The one place for it: lists, sheets, boards and balances sort by :func:`sort_key`, never by a database's collation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

_JOINERS = "\u200c\u200d"
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Characters that count as letters, marks or symbols and show nothing."""
_ACCENTS = re.compile("[\u0300-\u036f]")
_SAME = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l"}
    | dict.fromkeys("’‘ʼ′`´", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)


def clean_text(text: str) -> str:
    """Returns ``text`` as one line: composed accents (NFC), single spaces, no control or invisible characters.

    Newlines, tabs and no-break spaces become spaces. Right-to-left overrides and the like go, because a name
    must not change how the amount beside it reads; joiners stay where they join something (emoji, scripts that
    write with them).
    """
    visible = "".join(c for c in " ".join(text.split()) if _visible(c))
    composed = " ".join(unicodedata.normalize("NFC", visible).split())
    if not any(joiner in composed for joiner in _JOINERS):
        return composed
    around = zip(composed, f" {composed}", f"{composed[1:]} ", strict=False)
    kept = "".join(c for c, before, after in around if c not in _JOINERS or _joins(before, after))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def clean_name(text: str, number: int) -> str:
    """Returns a name as it is kept; who has none that can be read is called by the end of a ``number``: ``#0042``."""
    name = clean_text(text)
    seen = any(unicodedata.category(character)[0] not in "MZC" for character in name)
    return name if seen else f"#{abs(number) % 10_000:04}"


@lru_cache(maxsize=4096)
def name_key(text: str) -> str:
    """Returns what two names share when a person would call them the same: no case, accents, ligatures, extra spaces.

    ``name_key(" Œufs  Frais ") == name_key("oeufs frais")``. Typographic apostrophes and dashes
    equal the typed ones. Only accents of European scripts are dropped, so no other script loses letters.
    Applying it twice changes nothing; it may be longer than the text, and empty for a text of nothing but accents.
    """
    folded = unicodedata.normalize("NFKD", text.translate(_SAME)).casefold()
    plain = _ACCENTS.sub("", folded).translate(_SAME)
    return clean_text(unicodedata.normalize("NFKD", plain))


def sort_key(text: str) -> tuple[str, str, str]:
    """Where a name stands in a list, as in a dictionary: by its letters; accents and capitals decide between equals."""
    return name_key(text), text.casefold(), text


def by_name(found: Iterable[T], name_of: Callable[[T], str]) -> list[T]:
    """Returns the rows in the order of their names; equal names stay as they came."""
    return sorted(found, key=lambda one: sort_key(name_of(one)))


def is_found(wanted: str, name: str) -> bool:
    """Returns whether somebody who types ``wanted`` may mean ``name``: a part of it, or its words (or their parts) in
    any order."""
    wanted, name = name_key(wanted), name_key(name)
    return bool(wanted) and (wanted in name or all(word in name for word in wanted.split()))


def _visible(character: str) -> bool:
    if character in _JOINERS:
        return True
    return character not in _BLANK and unicodedata.category(character) not in ("Cc", "Cf", "Cs")


def _joins(before: str, after: str) -> bool:
    """Whether a joiner between these two does something: not beside spaces, Latin letters or other joiners."""
    return all(c and not c.isspace() and c not in _JOINERS and not _is_latin(c) for c in (before, after))


def _is_latin(character: str) -> bool:
    return character.isascii() or unicodedata.name(character, "").startswith("LATIN ")
