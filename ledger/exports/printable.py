"""Text as our fonts can print it, on paper that is read from left to right.

The PDF library draws characters one after another as they come. So what the fonts lack is replaced by a mark that is
seen, and right-to-left words are put into the order in which the eye meets them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from ledger.names import clean_text

MARK = "\ufffd"
"""Stands for one or more characters that cannot be printed."""
LONGEST = 160
_IGNORED = re.compile("[\u200c\u200d\ufe00-\ufe0f]")
_NO_BREAK = re.compile("([\u00a0\u202f])")
_MARKS = re.compile(f"{MARK}+")
_DIGITS = re.compile(r"[0-9](?:[0-9.,:/-]*[0-9])?")
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def printable(text: str, glyphs: Container[int], longest: int = LONGEST) -> str:
    """Returns ``text`` on one line, cut to ``longest`` characters, in ``glyphs`` (code points) and :data:`MARK` only."""
    parts = _NO_BREAK.split(_IGNORED.sub("", text))  # amounts are not to be broken before their currency
    plain = "".join(part if _NO_BREAK.fullmatch(part) else clean_text(part) for part in parts)
    shown = "".join(c if ord(c) in glyphs else MARK for c in plain)
    shown = _MARKS.sub(MARK, shown)
    if len(shown) > longest:
        shown = shown[: longest - 1].rstrip() + "…"
    return as_seen(shown)


def as_seen(text: str) -> str:
    """Puts right-to-left words in the order they are drawn in; leaves text without any as it is."""
    out: list[str] = []
    held: list[str] = []  # from a right-to-left character on, up to the last one before a left-to-right one
    for cluster in _clusters(text):
        way = unicodedata.bidirectional(cluster[0])
        if way in ("R", "AL") or (held and way != "L"):
            held.append(cluster)
        else:
            out += _turned(held)
            held = []
            out.append(cluster)
    return "".join([*out, *_turned(held)])


def _turned(held: list[str]) -> list[str]:
    """The clusters from last to first; numbers, and what stands after the last right-to-left letter, as they were."""
    end = len(held)
    while end and unicodedata.bidirectional(held[end - 1][0]) not in ("R", "AL"):
        end -= 1
    turned = "".join(cluster.translate(_MIRRORED) for cluster in reversed(held[:end]))
    return [_DIGITS.sub(lambda number: number[0][::-1], turned), *held[end:]]


def _clusters(text: str) -> list[str]:
    """Each character with the accents that stand on it."""
    found: list[str] = []
    for character in text:
        if found and unicodedata.combining(character):
            found[-1] += character
        else:
            found.append(character)
    return found
