"""What people write when they want to know where they stand."""

import pytest

from bot.home.plain_questions import Word, asked_by_word, asks_balance
from tests.support.bot import Stage
from tests.support.ordering import village


@pytest.mark.parametrize(
    "text",
    [
        "solde ?",
        "Solde\u00a0?",
        "mon solde",
        "Mon solde SVP",
        "quel est mon solde ?",
        "balance",
        "what's my balance?",
        "My balance, please",
        "combien je dois ?",
        "Combien je dois",
        "combien est-ce que je dois encore ?",
        "combien dois-je ?",
        "je dois combien ?",
        "Bonjour, combien je dois au groupe svp ?",
        "qu’est-ce que je dois ?",
        "est-ce que je dois quelque chose ?",
        "j'ai combien ?",
        "combien il me reste ?",
        "il me reste combien sur mon compte ?",
        "où j'en suis ?",
        "où en est mon compte ?",
        "mon compte",
        "How much do I owe?",
        "what do I owe the group",
        "Do I owe anything?",
        "how much is left?",
        "hello, where do I stand?",
    ],
)
def test_asks_for_the_balance(text: str) -> None:
    assert asks_balance(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "soldes",
        "miel",
        "combien",
        "combien coûte le miel ?",
        "je dois partir",
        "le solde de Paul",
        "credit card",
        "P5P-MW6N",
    ],
)
def test_is_something_else(text: str) -> None:
    assert not asks_balance(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Panier", Word.BASKET),
        ("mes commandes ?", Word.ORDERS),
        ("historique", Word.HISTORY),
        ("Merci !", Word.THANKS),
        ("bonjour", None),
        ("aide", Word.HELP),
        ("Thank you", Word.THANKS),
        ("merci de livrer du pain", None),
        ("miel", None),
        ("", None),
    ],
)
def test_a_word_asks_for_what_its_command_does(text: str, word: Word | None) -> None:
    assert asked_by_word(text) is word


async def test_words_are_answered_as_they_are_meant(stage: Stage) -> None:
    marie = (await village(stage)).marie
    both = await marie.ask("pain et miel", expect="2 produits")
    assert both.button("Pain complet")
    assert both.button("Miel de tilleul")
    assert (await marie.ask("merci", expect="Avec plaisir")).says("/aide")
    await marie.ask("historique", expect="Votre historique")
    assert (await marie.ask("commandes", expect="rien commandé")).button("Commander")
    await marie.ask("panier", expect="Votre panier est vide")
    assert not any(one.says("pas compris") for one in await marie.messages())
