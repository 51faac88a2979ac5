"""What people write when they want to know where they stand."""

import pytest

from bot.commands.plain_questions import asks_balance


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
