"""Ways to pay as people write them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.groups.models import Method
from ledger.names import name_key

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
    "argent liquide": Method.CASH,
    "bank transfer": Method.TRANSFER,
    "wire transfer": Method.TRANSFER,
    "sepa transfer": Method.TRANSFER,
    "virement bancaire": Method.TRANSFER,
    "virement sepa": Method.TRANSFER,
    "cheque bancaire": Method.CHEQUE,
    "bank cheque": Method.CHEQUE,
}
"""Methods as people write them, without accents, in one word or two."""
CARD_WORDS = (
    "carte",
    "cb",
    "carte bancaire",
    "carte bleue",
    "card",
    "bank card",
    "credit card",
    "debit card",
)
"""How people write a card, in an answer; in a line for ``/paiement`` there is none, since nobody enters it by hand."""
SMALL_WORDS = {"par", "en", "un", "by", "in", "a", "via"}
"""What may stand before a method: ``par chèque``, ``en liquide``, ``by bank transfer``."""


def method_of(text: str) -> Method | None:
    """The method a text names and nothing else: ``chèque``, ``cash``, ``par virement bancaire``, ``carte`` …"""
    words = text.split()
    if name_key(" ".join(word for word in words if word.lower() not in SMALL_WORDS)) in CARD_WORDS:
        return Method.CARD
    found = method_at(words, 0)
    return found[0] if found and found[1] == len(words) else None


def method_at(words: Sequence[str], start: int) -> tuple[Method, int] | None:
    """The method that these words name from ``start`` on, small words before it included, and where it ends."""
    while start < len(words) - 1 and name_key(words[start]) in SMALL_WORDS:
        start += 1
    for end in (start + 2, start + 1):
        method = METHOD_WORDS.get(name_key(" ".join(words[start:end]))) if end <= len(words) else None
        if method is not None:
            return method, end
    return None
