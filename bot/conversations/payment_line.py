"""Payments and opening balances said in one line: who, how much, how, when, why. Pure; names are looked up elsewhere."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversations.dates import NotUnderstood, parse_date
from ledger.groups.models import Method
from ledger.groups.service import folded
from ledger.money import InvalidAmount, parse_amount

METHOD_WORDS = {
    "cheque": Method.CHEQUE,
    "cheques": Method.CHEQUE,
    "chq": Method.CHEQUE,
    "check": Method.CHEQUE,
    "liquide": Method.CASH,
    "especes": Method.CASH,
    "espece": Method.CASH,
    "cash": Method.CASH,
    "virement": Method.TRANSFER,
    "vir": Method.TRANSFER,
    "transfer": Method.TRANSFER,
}
LONGEST_AMOUNT = 5
"""Words an amount may be written in: ``- 1 234,50 €``."""
LONGEST_NOTE = 100
_LIKE_A_DATE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
_QUOTED = re.compile(r"\s*(?:\"([^\"]+)\"|“([^”]+)”|«\s*([^»]+?)\s*»)(?=\s|$)")
_SIGNS = ("+", "-", "−")


@dataclass(frozen=True, slots=True)
class TypedPayment:
    """What a line holds; none is what it leaves out. ``wrong``: a text that stands where an amount belongs and is none."""

    member: str
    amount_cents: int | None = None
    method: Method | None = None
    dated: dt.date | None = None
    note: str | None = None
    wrong: str | None = None


def parse_signed(text: str, exponent: int) -> int:
    """An amount other than zero, with or without a sign. Raises :class:`InvalidAmount`."""
    amount = parse_amount(text, signed=True, exponent=exponent)
    if amount == 0:
        raise InvalidAmount(text)
    return amount


def method_of(word: str) -> Method | None:
    """The method a word names: ``chèque``, ``cash``, ``vir`` …"""
    return METHOD_WORDS.get(folded(word))


def parse_payment(text: str, exponent: int = 2) -> TypedPayment:
    """``MEMBER AMOUNT METHOD [DATE] [NOTE]``. Raises :class:`~bot.conversations.dates.NotUnderstood` for a bad date."""
    quoted, words = _words(text)
    where = next((i for i, word in enumerate(words) if method_of(word) and (i or quoted)), None)
    found = _find(words, exponent, quoted)
    if found is not None:
        start, end, amount = found
        method = method_of(words[end])
        dated, note = _when_and_why(words[end + 1 :])
        return TypedPayment(quoted or " ".join(words[:start]), amount, method, dated, note)
    if where is None:
        return _member_and_amount(quoted, words, exponent)
    start = where - (2 if where > 2 and words[where - 2] in _SIGNS else 1)
    dated, note = _when_and_why(words[where + 1 :])
    member = quoted or " ".join(words[: max(start, 0)]) or words[0]
    wrong = " ".join(words[max(start, 0) : where]) if quoted or start > 0 else None
    return TypedPayment(member, None, method_of(words[where]), dated, note, wrong=wrong)


def parse_opening(text: str, exponent: int = 2) -> TypedPayment:
    """``MEMBER ±AMOUNT``."""
    quoted, words = _words(text)
    return _member_and_amount(quoted, words, exponent)


def _words(text: str) -> tuple[str | None, list[str]]:
    """A quoted name at the beginning, and the other words."""
    match = _QUOTED.match(text)
    if match is None:
        return None, text.split()
    quoted = next(group for group in match.groups() if group)
    return " ".join(quoted.split()), text[match.end() :].split()


def _find(words: Sequence[str], exponent: int, quoted: str | None) -> tuple[int, int, int] | None:
    """The first words that are an amount and stand before a method: where they begin and end, and the amount."""
    for start in range(0 if quoted else 1, len(words)):
        for end in range(start + 1, min(start + LONGEST_AMOUNT, len(words) - 1) + 1):
            amount = _amount(words[start:end], exponent)
            if amount is not None and method_of(words[end]):
                return start, end, amount
    return None


def _member_and_amount(quoted: str | None, words: Sequence[str], exponent: int) -> TypedPayment:
    for start in range(0 if quoted else 1, len(words)):
        amount = _amount(words[start:], exponent)
        if amount is not None:
            return TypedPayment(quoted or " ".join(words[:start]), amount)
    if len(words) > (0 if quoted else 1) and any(character.isnumeric() for character in words[-1]):
        return TypedPayment(quoted or " ".join(words[:-1]), wrong=words[-1])
    return TypedPayment(" ".join([*([quoted] if quoted else []), *words]))


def _amount(words: Sequence[str], exponent: int) -> int | None:
    if len(words) > LONGEST_AMOUNT:
        return None
    try:
        return parse_signed(" ".join(words), exponent)
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
