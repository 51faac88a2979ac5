"""Payments and opening balances said in one line: who, how much, how, when, why. Pure; names are looked up elsewhere."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.ui.dates import NotUnderstood, parse_date
from bot.ui.methods import method_at
from ledger.groups.models import Method
from ledger.money import InvalidAmount, parse_amount

LONGEST_AMOUNT = 5
"""Words an amount may be written in: ``- 1 234,50 €``."""
LONGEST_NOTE = 100
_LIKE_A_DATE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
_QUOTED = re.compile(r"\s*(?:\"([^\"]+)\"|“([^”]+)”|«\s*([^»]+?)\s*»)(?=\s|$)")
_SIGNS = ("+", "-", "−")


@dataclass(frozen=True, slots=True)
class TypedPayment:
    """What a line holds; none is what it leaves out. ``wrong``: a text that stands where an amount belongs and is none.

    ``unknown``: the same where a method belongs.
    """

    member: str
    amount_cents: int | None = None
    method: Method | None = None
    dated: dt.date | None = None
    note: str | None = None
    wrong: str | None = None
    unknown: str | None = None


def parse_signed(text: str, currency: str) -> int:
    """An amount other than zero, with or without a sign. Raises :class:`InvalidAmount`."""
    amount = parse_amount(text, signed=True, currency=currency)
    if amount == 0:
        raise InvalidAmount(text)
    return amount


def parse_payment(text: str, currency: str = "EUR") -> TypedPayment:
    """``MEMBER AMOUNT METHOD [DATE] [NOTE]``. Raises :class:`~bot.ui.dates.NotUnderstood` for a bad date."""
    quoted, words = _words(text)
    first = 0 if quoted else 1
    found = _find(words, currency, first)
    if found is not None:
        start, end, amount, method = found
        dated, note = _when_and_why(words[end:])
        return TypedPayment(quoted or " ".join(words[:start]), amount, method, dated, note)
    where = next((i for i in range(first, len(words)) if method_at(words, i)), None)
    named = None if where is None else method_at(words, where)
    if where is None or named is None:
        return _of_unknown_method(quoted, words, currency) or _member_and_amount(quoted, words, currency)
    start = where - (2 if where > 2 and words[where - 2] in _SIGNS else 1)
    dated, note = _when_and_why(words[named[1] :])
    member = quoted or " ".join(words[: max(start, 0)]) or words[0]
    wrong = " ".join(words[max(start, 0) : where]) if where and (quoted or start > 0) else None
    return TypedPayment(member, None, named[0], dated, note, wrong=wrong)


def parse_opening(text: str, currency: str = "EUR") -> TypedPayment:
    """``MEMBER ±AMOUNT``."""
    quoted, words = _words(text)
    return _member_and_amount(quoted, words, currency)


def _words(text: str) -> tuple[str | None, list[str]]:
    """A quoted name at the beginning, and the other words."""
    match = _QUOTED.match(text)
    if match is None:
        return None, text.split()
    quoted = next(group for group in match.groups() if group)
    return " ".join(quoted.split()), text[match.end() :].split()


def _find(words: Sequence[str], currency: str, first: int) -> tuple[int, int, int, Method] | None:
    """The first words that are an amount and stand before a method: where they begin, where the method ends, both."""
    for start in range(first, len(words)):
        for end in range(start + 1, min(start + LONGEST_AMOUNT, len(words) - 1) + 1):
            amount = _amount(words[start:end], currency)
            method = method_at(words, end)
            if amount is not None and method is not None:
                return start, method[1], amount, method[0]
    return None


def _of_unknown_method(quoted: str | None, words: Sequence[str], currency: str) -> TypedPayment | None:
    """A member, an amount, and then words that are no method, or none before the date."""
    for start in range(0 if quoted else 1, len(words)):
        for end in range(min(start + LONGEST_AMOUNT, len(words) - 1), start, -1):
            amount, after = _amount(words[start:end], currency), words[end]
            if amount is None or (_is_numeric(after) and not _LIKE_A_DATE.fullmatch(after)):
                continue
            rest = words[end:]
            date_at = next((i for i, word in enumerate(rest) if _LIKE_A_DATE.fullmatch(word)), len(rest))
            dated, note = _when_and_why(rest[date_at:])
            unknown = " ".join(rest[:date_at]) or None
            member = quoted or " ".join(words[:start])
            return TypedPayment(member, amount, None, dated, note, unknown=unknown)
    return None


def _is_numeric(word: str) -> bool:
    return any(character.isnumeric() for character in word)


def _member_and_amount(quoted: str | None, words: Sequence[str], currency: str) -> TypedPayment:
    for start in range(0 if quoted else 1, len(words)):
        amount = _amount(words[start:], currency)
        if amount is not None:
            return TypedPayment(quoted or " ".join(words[:start]), amount)
    if len(words) > (0 if quoted else 1) and _is_numeric(words[-1]):
        return TypedPayment(quoted or " ".join(words[:-1]), wrong=words[-1])
    return TypedPayment(" ".join([*([quoted] if quoted else []), *words]))


def _amount(words: Sequence[str], currency: str) -> int | None:
    if len(words) > LONGEST_AMOUNT:
        return None
    try:
        return parse_signed(" ".join(words), currency)
    except InvalidAmount:
        return None


def _when_and_why(words: Sequence[str]) -> tuple[dt.date | None, str | None]:
    dated = None
    if words and _LIKE_A_DATE.fullmatch(words[0]):
        dated = parse_date(words[0])
        words = words[1:]
    note = " ".join(words)
    if len(note) > LONGEST_NOTE:
        raise NotUnderstood("note")
    return dated, note or None
