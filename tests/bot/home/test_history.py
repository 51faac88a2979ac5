"""The history explains itself to the member, and to the coordinators who look at it."""

from __future__ import annotations

from tests.support.bot import Stage
from tests.support.ordering import order, reference_in, village


async def test_every_line_says_what_for_who_and_when(stage: Stage) -> None:
    v = await village(stage)
    receipt = await order(v.marie, "Pain complet", "Chèque", total="8,00")
    reference = reference_in(receipt)
    waiting = await v.marie.ask("/historique", expect="Votre historique")
    lines = waiting.text.splitlines()
    assert lines[2] == "⏳ En attente, pas encore dans le solde\xa0:"
    assert lines[3].startswith("• Chèque, 8,00")
    assert lines[4].strip().startswith("distribution du ")
    assert lines[4].endswith(f"réf. {reference}")
    assert lines[6].endswith("· Commande")
    assert lines[8].strip() == lines[4].strip()
    await v.anne.ask(f"/valider {reference}", expect="Marie")
    await v.anne.press("Reçu", expect="reçu")
    done = await v.marie.ask("/historique", expect="Chèque reçu")
    assert not done.says("En attente")
    assert done.says("confirmé par Anne, le ")
    assert done.text.count(f"réf. {reference}") == 2
    page = await v.anne.ask("/adherent marie", expect="Marie")
    theirs = await v.anne.press("Historique", expect="Chèque reçu", message=page)
    assert theirs.says("confirmé par Anne, le ")
    await v.anne.ask(f"/valider {reference}", expect="Marie")
    await v.anne.press("Annuler", expect="Chèque de 8,00")
    undone = await v.marie.ask("/historique", expect="annulé par Anne")
    assert undone.says("annule : Chèque reçu, ")
    assert undone.text.index("En attente") < undone.text.index("annule")
