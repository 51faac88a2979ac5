"""What people type finds the products they mean."""

import pytest

from ledger.catalogue.models import Producer, Product
from ledger.catalogue.search import find_products, search_words
from ledger.catalogue.service import ProducerProducts
from ledger.names import name_key

CATALOGUE = {
    "Ferme des Œillets": ["Carottes de sable", "Poireau", "Ail rose", "Crème crue", "Volaille entière"],
    "Miellerie d'Évian": ["Miel de tilleul", "Miel de châtaignier", "Pollen"],
    "Fournil": ["Pain complet", "Pain d'épices", "Brioche 500 g", "Noix"],
}


def offered() -> list[ProducerProducts]:
    return [
        ProducerProducts(
            Producer(name=producer, name_key=name_key(producer)),
            tuple(Product(name=name, name_key=name_key(name)) for name in names),
        )
        for producer, names in CATALOGUE.items()
    ]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("miel", ["Miel de tilleul", "Miel de châtaignier"]),
        ("MIEL ?", ["Miel de tilleul", "Miel de châtaignier"]),
        ("du miel de chataignier", ["Miel de châtaignier"]),
        ("châtaignier miel", ["Miel de châtaignier"]),
        ("carotte", ["Carottes de sable"]),
        ("carottes", ["Carottes de sable"]),
        ("poireaux", ["Poireau"]),
        ("les poireaux", ["Poireau"]),
        ("epice", ["Pain d'épices"]),
        ("pain d’épices", ["Pain d'épices"]),
        ("pains", ["Pain complet", "Pain d'épices"]),
        ("creme", ["Crème crue"]),
        ("ail", ["Ail rose"]),
        ("laille", ["Volaille entière"]),
        ("fournil", ["Pain complet", "Pain d'épices", "Brioche 500 g", "Noix"]),
        ("evian pollen", ["Pollen"]),
        ("oeillets", CATALOGUE["Ferme des Œillets"]),
        ("noix", ["Noix"]),
        ("2 pollen", ["Pollen"]),
        ("brioche 500 g", ["Brioche 500 g"]),
        ("brioche 400", ["Brioche 500 g"]),
        ("bonjour", []),
        ("miel et brioche", ["Miel de tilleul", "Miel de châtaignier", "Brioche 500 g"]),
        ("pollen, 2 poireaux", ["Poireau", "Pollen"]),
        ("du pollen et du chocolat", ["Pollen"]),
        ("je voudrais du pollen svp", ["Pollen"]),
        ("Vous avez du pollen ?", ["Pollen"]),
        ("chocolat et café", []),
        ("et", []),
        ("de la", []),
        ("500", []),
        ("12,50 €", []),
        ("a", []),
        ("", []),
        ("🍯", []),
    ],
)
def test_words(typed: str, found: list[str]) -> None:
    assert [hit.product.name for hit in find_products(offered(), typed)] == found


@pytest.mark.parametrize(
    ("typed", "words"), [("Du Miel !", ("miel",)), ("l'ail : rose", ("ail", "rose")), ("de", ()), ("x", ())]
)
def test_what_is_looked_for(typed: str, words: tuple[str, ...]) -> None:
    assert search_words(typed) == words
