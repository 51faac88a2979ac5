"""Text of names: how it is cleaned before it is kept, and how two names are compared."""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200c\u200d"
_ACCENTS = re.compile("[\u0300-\u036f]")
_SAME = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l"}
    | dict.fromkeys("’‘ʼ′`´", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)


def clean_text(text: str) -> str:
    """``text`` as one line: composed accents (NFC), single spaces, no control or invisible characters.

    Newlines, tabs and no-break spaces become spaces. Right-to-left overrides and the like go, because a name
    must not change how the amount beside it reads.
    """
    visible = "".join(c for c in " ".join(text.split()) if _visible(c))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def name_key(text: str) -> str:
    """What two names share when a person would call them the same: no case, accents, ligatures, extra spaces.

    ``name_key(" Œufs  Frais ") == name_key("oeufs frais")``. Typographic apostrophes and dashes
    equal the typed ones. Only accents of European scripts are dropped, so no other script loses letters.
    Applying it twice changes nothing; it may be longer than the text, and empty for a text of nothing but accents.
    """
    folded = unicodedata.normalize("NFKD", text.translate(_SAME)).casefold()
    plain = _ACCENTS.sub("", folded).translate(_SAME)
    return clean_text(unicodedata.normalize("NFKD", plain))


def _visible(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
