"""Payments switched off over charged orders and on over uncharged ones; a cancelled order whose transfer is under way."""

from __future__ import annotations

from ledger.groups import service as groups
from tests.support.bot import Stage
from tests.support.ledger import check
from tests.support.ordering import Village, fill_basket, order, reference_in, village
from tests.support.telegram import Message


async def switch(v: Village, label: str) -> None:
    """A coordinator does it under /reglages."""
    await v.anne.ask("/reglages", expect="Paiements")
    await v.anne.press("Paiements", expect="Les paiements")
    await v.anne.press(label, expect="Paiements")
    await v.stage.world.settle()


async def test_over_a_charged_order_the_basket_promises_no_changes(stage: Stage) -> None:
    v = await village(stage)
    await order(v.marie, "Pain complet", "Chèque", total="8,00")
    await switch(v, "Désactiver")
    basket = await fill_basket(v.marie, "Tisane", total="12,00")
    assert basket.says("Produits ajoutés à votre commande")
    assert basket.says("a été débitée avant que le groupe désactive les paiements")
    assert not basket.says("modifier ou annuler")
    receipt = await v.marie.press("Valider mon panier", expect="🧾 Complément à votre commande")
    assert receipt.button("Ajouter des produits")
    assert not receipt.button("Modifier")
    orders = await v.marie.ask("/commandes", expect="Total : 20,00")
    assert not orders.button("Annuler")
    assert await check(stage.database) == []


async def test_over_an_uncharged_order_the_day_says_what_was_never_charged(stage: Stage) -> None:
    v = await village(stage)
    await switch(v, "Désactiver")
    await fill_basket(v.marie, "Pain complet", 2, total="16,00")
    receipt = await v.marie.press("Valider mon panier", expect="🧾")
    catalogue = await v.marie.press("Modifier ma commande", expect="✅ 2 × Pain complet", message=receipt)
    await v.marie.press("Tisane", expect="✅ 1 × Tisane", message=catalogue)
    whole = await v.marie.press("Panier", expect="Total : 28,00")
    await switch(v, "Activer")
    choice = await v.marie.press("Valider mon panier", expect="comment voulez-vous payer", message=whole)
    assert choice.says("12,00")
    assert not choice.says("28,00")
    await v.marie.press("Chèque", expect="🧾 Complément à votre commande")
    page = await v.anne.ask("/jour", expect="Distribution")
    assert page.says(
        "16,00 € commandés pendant que les paiements étaient désactivés, jamais débités (1 commande)"
    )
    assert page.says("• Marie : 16,00 € jamais débités")
    public = await v.anne.ask("/jour", expect="jamais débités (1 commande)", chat=v.group)
    assert not public.says("Marie")
    await v.anne.press("Commandes (1)", expect="rien d'attendu", message=page)
    assert (await v.anne.press("Marie", expect="Total")).says("16,00 € jamais débités")
    assert await check(stage.database) == []


async def cancel_the_day(v: Village) -> None:
    page = await v.anne.ask("/jour", expect="Distribution")
    await v.anne.press(
        "Annuler la distribution", expect="virements sont peut-être en route (8,00", message=page
    )
    await v.anne.press("L'annuler, avec 2 commandes", expect="Annulée")


async def test_a_transfer_under_way_to_a_cancelled_order_can_still_be_received(any_stage: Stage) -> None:
    v = await village(any_stage)
    async with any_stage.database.unit_of_work() as session:
        group = await groups.get_group(session, v.seeded.group_id)
        await groups.set_option(session, group, "iban", "FR1420041010050500013M02606")
        await groups.set_option(session, group, "account_holder", "Association des Lilas")
    reference = reference_in(await order(v.marie, "Pain complet", "Virement", total="8,00"))
    cheque = reference_in(await order(v.paul, "Tisane", "Chèque", total="12,00"))
    await cancel_the_day(v)
    told = await v.marie.wait("est annulée par Anne")
    assert told.says("ne le faites pas. Si c'est fait, rien n'est perdu")
    assert not told.says("gardez-le")
    assert (await v.paul.wait("est annulée par Anne")).says("gardez-le")
    assert not (await v.anne.ask(f"/valider {cheque}", expect="Paul")).button("Reçu")
    page = await v.anne.ask(f"/valider {reference}", expect="Si ce virement est arrivé quand même")
    await v.anne.tap("Reçu quand même", message=page, wait=False)
    again = await v.anne.tap("Reçu quand même", message=page)
    assert "Rien n'a été compté deux fois" in again
    assert await credit_of(v) == "8,00"
    done = await v.anne.ask(f"/valider {reference}", expect="8,00")
    await v.anne.press("Annuler", expect="Si ce virement est arrivé quand même", message=done)
    assert (await v.marie.ask("/solde", expect="à jour")).says("0,00")
    assert not (await v.marie.ask("/historique", expect="annule")).says("En attente")
    await v.anne.ask(f"/valider {reference} 5", expect="arrivé quand même")
    await v.anne.press("Reçu quand même · 5,00", expect="5,00")
    assert (await v.marie.ask("/solde", expect="5,00")).says("doit")
    assert await check(any_stage.database) == []


async def credit_of(v: Village) -> str:
    said: Message = await v.marie.ask("/solde", expect="vous doit")
    return "8,00" if said.says("8,00") else said.text
