"""Coordinators confirm payments, in the group's chat and in private (R11–R13, D3, D5)."""

from __future__ import annotations

import pytest

from ledger.verify.service import verify
from tests.support.bot import Stage
from tests.support.ordering import Village, order, reference_in, village
from tests.support.screens import Message


async def ordered(stage: Stage) -> tuple[Village, str]:
    v = await village(stage)
    receipt = await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
    return v, reference_in(receipt)


async def books_hold(stage: Stage) -> bool:
    async with stage.database.snapshot() as session:
        return await verify(session) == []


async def test_the_expected_amount_makes_the_balance_zero(stage: Stage) -> None:
    v, reference = await ordered(stage)
    page = await v.anne.ask(f"/valider {reference}", expect="Chèque de 12,35", chat=v.group)
    done = await v.anne.press("Reçu", expect="validé par Anne", chat=v.group, message=page)
    assert "Solde" not in done.text, "members read along"
    await v.marie.wait("bien reçus")
    await v.marie.ask("solde ?", expect="Vous êtes à jour\xa0: 0,00")
    assert await books_hold(stage)


@pytest.mark.parametrize(
    ("given", "verdict", "balance"),
    [
        ("10,00", "Manque 2,35", "Vous devez 2,35"),
        ("15", "Trop payé, avoir de 2,65", "Le groupe vous doit 2,65\xa0€ (avoir)"),
    ],
)
async def test_another_amount_is_received_for_that_amount(
    stage: Stage, given: str, verdict: str, balance: str
) -> None:
    v, reference = await ordered(stage)
    page = await v.anne.ask(f"/valider {reference} {given}", expect=verdict)
    done = await v.anne.press("Reçu", expect="validé par Anne", message=page)
    assert verdict in done.text
    told = await v.marie.wait("bien reçus")
    assert verdict in told.text
    assert balance in told.text
    await v.marie.ask("/solde", expect=balance)
    assert await books_hold(stage)


async def test_another_amount_can_be_typed_and_is_asked_again_when_it_is_none(stage: Stage) -> None:
    v, reference = await ordered(stage)
    await v.anne.ask(f"/valider {reference}", expect="Chèque de 12,35")
    await v.anne.press("Autre montant", expect="Combien a été remis")
    for wrong in ("12,345", "1e3", "١٢", "-5", "+5", "0", "dix"):
        await v.anne.ask(wrong, expect="Je n'ai pas compris ce montant")
    assert await stage.rows("settlements") == []
    page = await v.anne.ask("100,00 €", expect="Montant remis")
    assert page.button("Reçu · 100,00")


async def test_the_list_needs_two_taps_and_shows_no_name_in_the_group_s_chat(stage: Stage) -> None:
    v, reference = await ordered(stage)
    listed = await v.anne.ask("/valider", expect="Paiements à valider", chat=v.group)
    assert not listed.button("Marie")
    await v.anne.press(reference, expect="Chèque de 12,35", chat=v.group)
    await v.anne.press("Reçu", expect="validé par Anne", chat=v.group)
    private = await v.anne.ask("/valider", expect="Aucun paiement")
    assert "12,35" not in private.text


async def test_the_list_shows_names_in_private(stage: Stage) -> None:
    v, _ = await ordered(stage)
    listed = await v.anne.ask("/valider", expect="Paiements à valider")
    assert listed.button("Marie · 12,35")


async def test_the_second_coordinator_is_told_who_and_when(stage: Stage) -> None:
    v, reference = await ordered(stage)
    for_anne = await v.anne.ask(f"/valider {reference}", expect="Chèque de 12,35")
    for_bruno = await v.bruno.ask(f"/valider {reference}", expect="Chèque de 12,35")
    await v.anne.press("Reçu", expect="validé par Anne", message=for_anne)
    answer = await v.bruno.tap("Reçu", message=for_bruno)
    assert "Déjà validé par Anne à" in answer
    assert len(await stage.rows("settlements")) == 1


async def test_not_received_keeps_the_debt_and_can_be_undone(stage: Stage) -> None:
    v, reference = await ordered(stage)
    await v.anne.ask(f"/valider {reference}", expect="Chèque de 12,35")
    await v.anne.press(
        "Pas reçu", expect="noté « pas reçu » par Anne".replace("« ", "«\xa0").replace(" »", "\xa0»")
    )
    told = await v.marie.wait("pas reçu")
    assert "Vous devez 12,35\xa0€ au groupe." in told.text
    await v.anne.press("Annuler cette validation", expect="Chèque de 12,35")
    await v.marie.ask("/solde", expect="dont 12,35")


async def test_undoing_a_receipt_restores_the_debt_by_a_reversal(stage: Stage) -> None:
    v, reference = await ordered(stage)
    await v.anne.ask(f"/valider {reference}", expect="Chèque de 12,35")
    await v.anne.press("Reçu", expect="validé par Anne")
    undone = await v.anne.press("Annuler cette validation", expect="Chèque de 12,35")
    await v.marie.ask("/solde", expect="dont 12,35")
    await v.anne.press("Reçu", expect="validé par Anne", message=undone)
    await v.marie.ask("/solde", expect="à jour")
    assert len(await stage.rows("transactions")) == 4
    assert await books_hold(stage)


def mistyped(reference: str) -> str:
    """One character wrong."""
    return reference[:-1] + ("3" if reference[-1] != "3" else "4")


async def test_a_mistyped_reference_is_proposed_and_never_taken(stage: Stage) -> None:
    v, reference = await ordered(stage)
    page: Message = await v.anne.ask(f"/valider {mistyped(reference)}", expect="Vouliez-vous dire")
    assert not page.button("Reçu")
    await v.anne.press(reference, expect="Chèque de 12,35", message=page)
    assert await stage.rows("settlements") == []


async def test_a_bare_reference_from_a_coordinator_is_enough(stage: Stage) -> None:
    v, reference = await ordered(stage)
    await v.anne.ask(reference.lower().replace("-", " "), expect="Chèque de 12,35")
    await v.marie.ask(reference, expect="Je n'ai pas compris")


async def test_a_member_cannot_confirm(stage: Stage) -> None:
    v, reference = await ordered(stage)
    await v.paul.ask(f"/valider {reference}", expect="Seuls les coordinateurs", chat=v.group)
    page = await v.anne.ask(f"/valider {reference}", expect="Chèque de 12,35", chat=v.group)
    assert "Seuls les coordinateurs" in await v.paul.tap("Reçu", chat=v.group, message=page)
    assert await stage.rows("settlements") == []


async def test_a_reference_is_found_in_a_statement_s_label(stage: Stage) -> None:
    v, reference = await ordered(stage)
    await v.anne.ask(f"/valider VIR SEPA MME DUPONT REF {reference.lower()} merci", expect="Chèque de 12,35")


async def test_a_coordinator_of_two_groups_confirms_in_either_whichever_they_look_at(stage: Stage) -> None:
    v, reference = await ordered(stage)
    other = await stage.world.group("Autre groupe", members=[], admins=[v.anne])
    await v.anne.ask("/installer", expect="Autre groupe", chat=other)
    await v.anne.ask(f"/valider {reference}", expect="Chèque de 12,35")
    await v.anne.press("Reçu", expect="validé par Anne")


async def test_who_only_orders_where_they_look_finds_the_payments_of_the_group_whose_money_they_keep(
    stage: Stage,
) -> None:
    v, reference = await ordered(stage)
    other = await stage.world.group("Autre groupe", members=[v.anne], admins=[v.paul])
    await v.paul.ask("/installer", expect="Autre groupe", chat=other)
    await v.anne.tap("Commander", chat=other)
    await v.anne.wait("Autre groupe")
    await v.anne.ask("/valider", expect="Seuls les coordinateurs")
    await v.anne.ask(f"/valider {reference}", expect="Chèque de 12,35")
    await v.anne.press("Reçu", expect="validé par Anne")


async def test_ten_times_the_amount_is_asked_again_with_both(stage: Stage) -> None:
    v, reference = await ordered(stage)
    page = await v.anne.ask(f"/valider {reference} 1235", expect="1 235,00 € au lieu de 12,35 €")
    assert page.says("Rien n'est encore enregistré")
    assert (page.button("Reçu").text, page.button("Oui").text) == (
        "✅ Reçu · 12,35\xa0€",
        "Oui, 1\u202f235,00\xa0€",
    )  # type: ignore[union-attr]
    await v.anne.press("Autre montant", expect="Combien a été remis", message=page)
    typed = await v.anne.ask("123,50", expect="123,50 € au lieu de 12,35 €")
    await v.anne.press("Reçu", expect="12,35 € reçus", message=typed)
    await v.marie.ask("combien je dois ?", expect="Vous êtes à jour")

    reference = reference_in(await order(v.marie, "Colis de légumes", "Chèque", total="12,35"))
    page = await v.anne.ask(f"/valider {reference} 123.50", expect="123,50 € au lieu de 12,35 €")
    await v.anne.press("Oui", expect="123,50 € reçus", message=page)
    await v.marie.ask("where do I stand?", expect="Le groupe vous doit 111,15")
    assert await books_hold(stage)
