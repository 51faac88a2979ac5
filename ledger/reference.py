"""Reference codes of payments: six characters and a check character, made to survive handwriting and bank statements.

The 23 symbols leave out every character that is mistaken for another (0/O/Q, 1/I/L, 5/S, 2/Z, 8/B, 6/G, U/V/Y). 23 is
prime and the check character makes Σ wᵢ·cᵢ ≡ 0 (mod 23) with seven different weights, so any one wrong character and any
two characters that changed places give a code that is not valid (B1).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator

ALPHABET = "23456789ACDEFHJKMNPRTWX"
LENGTH = 7
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_LOOK_ALIKES = str.maketrans({"B": "8", "G": "6", "S": "5", "Z": "2"})
WEIGHTS = (2, 3, 4, 5, 6, 7, 1)
_SEPARATORS = re.compile(r"[\s.\-–—_/·]+")
_TOKEN = re.compile(r"[0-9A-Za-z]+")


def new_reference() -> str:
    """Makes a random reference in its stored form: seven capitals and digits. 23⁶ ≈ 148 million; the caller sees to
    uniqueness."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check_character(body)


def format_reference(code: str) -> str:
    """Returns ``K7M3P9X`` as people read it: ``K7M-3P9X``."""
    return f"{code[:3]}-{code[3:]}"


def normalise(text: str) -> str:
    """Returns the text in capitals, without spaces and dashes, letters we never use read as the digits they resemble."""
    return _SEPARATORS.sub("", text).upper().translate(_LOOK_ALIKES)


def is_valid(code: str) -> bool:
    """Returns whether a normalised ``code`` has the right length and symbols and its check character agrees."""
    if len(code) != LENGTH or any(symbol not in _VALUE for symbol in code):
        return False
    return _weighted_sum(code) == 0


def looks_like_reference(text: str) -> bool:
    """Returns whether ``text`` is seven letters or digits in any grouping: a reference, right or mistyped, and nothing
    else."""
    return re.fullmatch(r"[0-9A-Za-z]{7}", _SEPARATORS.sub("", text)) is not None


def split_reference(text: str) -> tuple[str, str]:
    """Returns the first seven letters or digits of a typed text, however grouped, and what follows them (an amount,
    perhaps)."""
    match = re.match(r"\s*((?:[0-9A-Za-z][\s.\-–—_/·]*?){7})(?![0-9A-Za-z])(.*)", text, re.DOTALL)
    return (match[1].strip(), match[2].strip()) if match else (text.strip(), "")


def find_references(text: str) -> list[str]:
    """Finds every valid reference in noisy text, those standing as words of their own first.

    Groups may be cut anywhere by spaces or dashes ("K7 M3-P9 X"), case does not matter; a code glued to other letters
    ("REFK7M3P9X") is found too, but comes last, since it is likelier to be there by chance. The caller looks each one up.
    """
    tokens = [match.group().upper() for match in _TOKEN.finditer(text)]
    found = dict.fromkeys(code for code in _joined(tokens) if is_valid(code))
    glued = (normalise(t[i : i + LENGTH]) for t in tokens for i in range(len(t) - LENGTH + 1))
    found.update(dict.fromkeys(code for code in glued if is_valid(code)))
    return list(found)


def neighbours(code: str) -> Iterator[str]:
    """Returns the valid references one wrong character, or one swap of two characters, away from a mistyped ``code``."""
    code = normalise(code)
    if len(code) != LENGTH:
        return
    for position in range(LENGTH):
        for symbol in ALPHABET:
            candidate = code[:position] + symbol + code[position + 1 :]
            if candidate != code and is_valid(candidate):
                yield candidate
    for first in range(LENGTH):
        for second in range(first + 1, LENGTH):
            swapped = list(code)
            swapped[first], swapped[second] = code[second], code[first]
            candidate = "".join(swapped)
            if candidate != code and is_valid(candidate):
                yield candidate


def _joined(tokens: list[str]) -> Iterator[str]:
    for start in range(len(tokens)):
        code = ""
        for token in tokens[start:]:
            code += token
            if len(code) >= LENGTH:
                break
        if len(code) == LENGTH:
            yield normalise(code)


def _weighted_sum(code: str) -> int:
    return sum(weight * _VALUE[symbol] for weight, symbol in zip(WEIGHTS, code, strict=True)) % len(ALPHABET)


def _check_character(body: str) -> str:
    partial = sum(weight * _VALUE[symbol] for weight, symbol in zip(WEIGHTS, body, strict=False))
    return ALPHABET[-partial % len(ALPHABET)]
