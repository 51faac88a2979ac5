"""Finding products by what a person types: « miel », « du pain complet », « je veux 2 carottes », a producer's name. Pure.

Letters count, neither case nor accents, and neither articles, polite words nor a plural's last letter. « pain et miel »
finds both, where no product is called so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.catalogue.models import Producer, Product
from ledger.catalogue.service import ProducerProducts
from ledger.names import name_key

_WORD = re.compile(r"\w+")
_ARTICLES = frozenset(
    ("a", "an", "au", "aux", "d", "de", "des", "du", "l", "la", "le", "les", "of", "some", "the", "un", "une")
)
_POLITE = frozenset(
    (
        *("je", "j", "veux", "voudrais", "voulais", "prends", "prendrai", "aimerais", "faut", "faudrait"),
        *("il", "s", "si", "te", "vous", "y", "t", "avez", "reste", "encore", "plus", "pas"),
        *("svp", "stp", "plait", "bonjour", "salut", "merci", "please", "hello", "thanks"),
        *("i", "d", "like", "want", "would", "need", "you", "have", "any", "is", "there"),
    )
)
_JOINING = frozenset(("et", "ou", "avec", "puis", "and", "or", "with"))
_JOINT = re.compile(r"[;+&/\n]|,(?!\d)")
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A product that was found, and whose it is."""

    producer: Producer
    product: Product


def search_words(text: str) -> tuple[str, ...]:
    """Returns the words of a text that say what is looked for, folded; none where nothing in it could be a product's
    name."""
    spoken = _WORD.findall(name_key(_JOINT.sub(" et ", text)))
    words = tuple(word for word in spoken if word not in _ARTICLES and word not in _POLITE)
    return words if any(_may_name(word) for word in words) else ()


def find_products(offered: Sequence[ProducerProducts], text: str) -> list[Hit]:
    """Finds the products that the text names, in the catalogue's order: those whose words begin like its words; if there are
    none, those of producers it names; if there are none either, those that hold its words anywhere in their name.

    A number that names nothing is how many somebody wants: « 2 miel »."""
    words = search_words(text)
    if not words:
        return []
    found = _found_by(words, offered)
    if found or _JOINING.isdisjoint(words):
        return found
    each = [hit.product for part in _parts(words) for hit in _found_by(part, offered)]
    return [
        Hit(entry.producer, product) for entry in offered for product in entry.products if product in each
    ]


def _parts(words: Sequence[str]) -> list[list[str]]:
    """What is named one after another: « pain et miel »."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word in _JOINING:
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if any(_may_name(word) for word in part)]


def _may_name(word: str) -> bool:
    return len(word) > 1 and word.isalpha() and word not in _JOINING


def _found_by(words: Sequence[str], offered: Sequence[ProducerProducts]) -> list[Hit]:
    return _named_by(words, offered) or _named_by([w for w in words if not w.isdigit()], offered)


def _named_by(words: Sequence[str], offered: Sequence[ProducerProducts]) -> list[Hit]:
    hits = [Hit(entry.producer, product) for entry in offered for product in entry.products]
    begun = [hit for hit in hits if _begin(words, hit.product.name_key)]
    of_producer = [hit for hit in hits if _begin(words, f"{hit.product.name_key} {hit.producer.name_key}")]
    held = [hit for hit in hits if all(word in hit.product.name_key for word in words)]
    return begun or of_producer or held


def _begin(words: Sequence[str], name: str) -> bool:
    """Whether every word begins one of the name's words, or is one of them in the plural or singular."""
    named = _WORD.findall(name)
    return all(any(one.startswith(word) or _stem(one) == _stem(word) for one in named) for word in words)


def _stem(word: str) -> str:
    return word[:-1] if len(word) > _SHORTEST_STEM and word[-1] in "sx" else word
