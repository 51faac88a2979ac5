"""What people ask without a slash, recognised in both languages. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from ledger.names import name_key

_POLITE = r"(?:svp|stp|s'il (?:te|vous) plait|merci|please|thanks)"
_MINE = r"(?:mon|my|quel est mon|c'est quoi mon|(?:et )?mon|what is my|what's my|whats my)"
_BALANCE = (
    rf"(?:{_MINE} )?(?:solde|cagnotte|balance|avoir|compte|account|credit)",
    r"(?:combien (?:est-ce que )?(?:je dois|j'ai|il me reste)|combien (?:dois-je|me reste-t-il|ai-je))",
    r"(?:je dois|je vous dois|j'ai|il me reste) combien",
    r"(?:qu'est-ce que je|est-ce que je) (?:vous )?dois(?: quelque chose)?",
    r"(?:je dois|dois-je) quelque chose",
    r"ou (?:j'en suis|en suis-je|en est mon compte)",
    r"(?:how much|what) (?:do i owe|do i have|have i got|is left)",
    r"do i owe (?:you |the group )?(?:anything|something|money)",
    r"(?:where do i stand|how do i stand)",
)
_MORE = (
    r"(?: (?:encore|en tout|maintenant|au groupe|a l'amap|sur mon compte"
    r"|still|now|in all|the group|you|left|on my account))*"
)
ASKS_BALANCE = re.compile(
    rf"(?:bonjour,? |salut,? |hello,? |hi,? )?(?:{'|'.join(_BALANCE)}){_MORE}(?:,? {_POLITE})?"
)


def asks_balance(text: str) -> bool:
    """Whether a text asks where one stands and nothing else: "solde ?", "combien je dois ?", "how much do I owe?"."""
    return ASKS_BALANCE.fullmatch(name_key(text[:100]).strip(" ?!.…")) is not None


class Word(StrEnum):
    """What a single word asks for, as a command would."""

    BASKET = "basket"
    ORDER = "order"
    ORDERS = "orders"
    HISTORY = "history"
    HELP = "help"
    THANKS = "thanks"


_WORDS = {
    Word.BASKET: ("panier", "mon panier", "basket", "my basket", "cart"),
    Word.ORDER: ("commander", "je veux commander", "catalogue", "produits", "order", "catalog", "products"),
    Word.ORDERS: ("commande", "ma commande", "commandes", "mes commandes", "my order", "my orders", "orders"),
    Word.HISTORY: ("historique", "mon historique", "history", "my history"),
    Word.HELP: ("aide", "help", "au secours", "menu"),
    Word.THANKS: ("merci", "merci beaucoup", "merci bien", "super merci", "ok", "ok merci", "d'accord", "parfait",
                  "thanks", "thank you", "thank you very much", "ok thanks", "great"),
}  # fmt: skip
_ASKED = {text: word for word, texts in _WORDS.items() for text in texts}


def asked_by_word(text: str) -> Word | None:
    """What a text asks for that is one of the words people use for it, and nothing else."""
    return _ASKED.get(name_key(text[:100]).strip(" ?!.…"))
