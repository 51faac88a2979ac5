"""Members order, as they do it on their phones (R7, R9, R14, and R1 where payments are off)."""

from __future__ import annotations

import pytest

from ledger.catalogue import service as catalogue
from ledger.groups import service as groups
from ledger.verify.service import verify
from tests.support.bot import Stage
from tests.support.ordering import fill_basket, order, reference_in, village
from tests.support.seed import give_credit


async def set_option(stage: Stage, group_id: int, option: str, value: object) -> None:
    async with stage.database.unit_of_work() as session:
        group = await groups.get_group(session, group_id)
        await groups.set_option(session, group, option, value)


async def books_hold(stage: Stage) -> bool:
    async with stage.database.snapshot() as session:
        return await verify(session) == []


async def test_an_order_by_cheque_gives_a_reference_a_payee_and_a_debt_that_is_expected(stage: Stage) -> None:
    v = await village(stage)
    await set_option(stage, v.seeded.group_id, "payee_name", "Les Lilas")
    receipt = await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
    assert "Chèque de 12,35\xa0€" in receipt.text
    assert "Les Lilas" in receipt.text
    assert "Vous devez 12,35\xa0€ au groupe — dont 12,35\xa0€ en attente de validation" in receipt.text
    reference = reference_in(receipt)
    assert await v.marie.tap("Copier", message=receipt) == reference
    assert len(await stage.rows("payments")) == 1
    assert await books_hold(stage)


async def test_the_rule_that_nothing_can_be_removed_is_said_before_confirming(stage: Stage) -> None:
    v = await village(stage)
    basket = await fill_basket(v.marie, "Colis de légumes", total="12,35")
    assert "mais pas en retirer" in basket.text
    assert await stage.rows("orders") == []


async def test_a_transfer_shows_the_account_and_copies_its_parts(stage: Stage) -> None:
    v = await village(stage)
    await set_option(stage, v.seeded.group_id, "iban", "FR1420041010050500013M02606")
    await set_option(stage, v.seeded.group_id, "account_holder", "Association des Lilas")
    receipt = await order(v.marie, "Colis de légumes", "Virement", total="12,35")
    assert "FR14 2004 1010 0505 0001 3M02 606" in receipt.text
    assert "Association des Lilas" in receipt.text
    assert await v.marie.tap("IBAN", message=receipt) == "FR1420041010050500013M02606"
    assert await v.marie.tap("montant", message=receipt) == "12,35"


async def test_an_addition_has_its_own_payment_and_reference(stage: Stage) -> None:
    v = await village(stage)
    first = await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
    second = await order(v.marie, "Pain complet", "Liquide", total="8,00")
    assert "Complément" in second.text
    assert reference_in(first) != reference_in(second)
    assert "Vous devez 20,35" in second.text
    assert len(await stage.rows("orders")) == 1
    orders = await v.marie.ask("/commandes", expect="Vos commandes")
    assert reference_in(first) in orders.text
    assert reference_in(second) in orders.text
    assert await books_hold(stage)


async def test_member_credit_that_is_not_enough_says_what_is_missing_and_orders_nothing(stage: Stage) -> None:
    v = await village(stage)
    await give_credit(stage.database, v.seeded, v.marie, 1000)
    await fill_basket(v.marie, "Tisane", total="12,00")
    choice = await v.marie.press("Valider mon panier", expect="comment voulez-vous payer")
    assert choice.button("Cagnotte · il manque 2,00")
    answer = await v.marie.tap("Cagnotte")
    assert "il manque 2,00" in answer
    assert await stage.rows("orders") == []
    await v.marie.ask("/solde", expect="10,00")


async def test_member_credit_that_is_enough_orders_and_leaves_the_rest(stage: Stage) -> None:
    v = await village(stage)
    await give_credit(stage.database, v.seeded, v.marie, 1000)
    receipt = await order(v.marie, "Miel de tilleul", "Cagnotte", total="10,00")
    assert "Vous êtes à jour" in receipt.text
    assert await stage.rows("payments") == []


async def test_with_negative_balances_member_credit_may_owe(stage: Stage) -> None:
    v = await village(stage)
    await give_credit(stage.database, v.seeded, v.marie, 1000)
    await set_option(stage, v.seeded.group_id, "negative_balances", True)
    receipt = await order(v.marie, "Tisane", "Cagnotte", total="12,00")
    assert "Vous devez 2,00\xa0€ au groupe" in receipt.text


async def test_a_price_that_changed_is_shown_again_and_nothing_is_ordered(stage: Stage) -> None:
    v = await village(stage)
    await fill_basket(v.marie, "Colis de légumes", total="12,35")
    await v.marie.press("Valider mon panier", expect="comment voulez-vous payer")
    async with stage.database.unit_of_work() as session:
        product = await catalogue.get_product(
            session, v.seeded.group_id, v.seeded.products["Colis de légumes"]
        )
        product.price_cents = 1300
    assert "13,00" in await v.marie.tap("Chèque")
    await v.marie.wait("Commande de 13,00")
    assert await stage.rows("orders") == []


async def test_stock_limits_what_can_be_put_in_the_basket_and_what_can_be_ordered(stage: Stage) -> None:
    v = await village(stage)
    async with stage.database.unit_of_work() as session:
        product = await catalogue.get_product(session, v.seeded.group_id, v.seeded.products["Tisane"])
        product.stock_milli = 1000
    await fill_basket(v.marie, "Tisane", total="12,00")
    await order(v.paul, "Tisane", "Liquide", total="12,00")
    await v.marie.press("Valider mon panier", expect="comment voulez-vous payer")
    assert "il n'en reste que 0" in await v.marie.tap("Chèque")
    assert len(await stage.rows("orders")) == 1
    await v.marie.ask("/commander", expect="reste 0")
    assert "Il reste 0" in await v.marie.tap("Tisane · ")
    assert "Il reste 0" in await v.marie.tap("+")


async def test_a_quantity_can_be_typed_and_is_asked_again_when_it_is_none(stage: Stage) -> None:
    v = await village(stage)
    await v.marie.ask("/commander", expect="Pain complet")
    await v.marie.press("Pain complet", expect="✅ 1 × Pain complet")
    await v.marie.press("1 ×", expect="nombre entier")
    for wrong in ("beaucoup", "1e3", "-2", "1,5", "١٢"):
        await v.marie.ask(wrong, expect="Je n'ai pas compris")
    page = await v.marie.ask("12", expect="Pain complet")
    assert page.button("Panier · 96,00")


async def test_a_button_of_a_basket_that_was_ordered_only_shows_where_one_is(stage: Stage) -> None:
    v = await village(stage)
    old = await fill_basket(v.marie, "Colis de légumes", total="12,35")
    await v.marie.press("Valider mon panier", expect="comment voulez-vous payer")
    await v.marie.press("Chèque", expect="🧾")
    answer = await v.marie.forge_tap(str(old.button("Vider le panier").callback_data), old)  # type: ignore[union-attr]
    assert "déjà été commandé" in answer
    assert len(await stage.rows("order_lines")) == 1


async def test_where_payments_are_off_an_order_is_changed_and_cancelled_and_no_account_moves(
    stage: Stage,
) -> None:
    v = await village(stage)
    await set_option(stage, v.seeded.group_id, "payments_enabled", False)
    basket = await fill_basket(v.marie, "Pain complet", 2, total="16,00")
    assert "modifier ou annuler" in basket.text
    receipt = await v.marie.press("Valider mon panier", expect="🧾")
    assert "Vous devez" not in receipt.text
    again = await v.marie.press("Modifier ma commande", expect="✅ 2 × Pain complet", message=receipt)
    assert again.id != receipt.id, "the receipt stays"
    assert again.button("✅ 2 × Pain complet")
    await v.marie.press("Pain complet", expect="✅ 3 × Pain complet")
    await v.marie.press("−", expect="✅ 2 × Pain complet")
    await v.marie.press("−", expect="✅ 1 × Pain complet")
    await v.marie.press("Panier", expect="Total")
    await v.marie.press("Valider mon panier", expect="🧾")
    live = [row for row in await stage.rows("orders") if row["cancelled_at"] is None]
    assert len(live) == 1
    orders = await v.marie.ask("/commandes", expect="Total : 8,00".replace(" :", "\xa0:"))
    assert await v.marie.tap("Annuler", message=orders) == "Votre commande est annulée."
    await v.marie.wait("rien commandé")
    assert await stage.rows("transactions") == []
    assert await books_hold(stage)


async def test_a_stranger_with_the_link_is_let_in_only_from_the_group_s_chat(stage: Stage) -> None:
    v = await village(stage)
    zoe = await stage.world.person("Zoé")
    link = f"https://t.me/cagnotte_bot?start=o_{v.seeded.invitation}"
    await zoe.open(link)
    await zoe.wait("Seules les personnes présentes")
    assert len(await stage.rows("members")) == 4
    await zoe.join(v.group)
    await zoe.open(link)
    await zoe.wait("Bienvenue")
    await zoe.wait("Colis de légumes")


@pytest.mark.parametrize(
    ("text", "expect"), [("solde ?", "à jour"), ("Mon solde", "à jour"), ("balance", "à jour")]
)
async def test_the_balance_is_asked_in_plain_words(stage: Stage, text: str, expect: str) -> None:
    v = await village(stage)
    await v.marie.ask(text, expect=expect)


async def test_in_the_group_the_balance_goes_to_the_person_in_private(stage: Stage) -> None:
    v = await village(stage)
    await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
    await v.marie.ask("/solde", expect="Vous devez 12,35", chat=v.group, answer_in=v.marie.id)
    assert all("12,35" not in message.text for message in await v.marie.messages(v.group))


async def test_somebody_who_never_opened_the_private_chat_is_told_how_to(stage: Stage) -> None:
    v = await village(stage)
    zoe = await stage.world.person("Zoé")
    await zoe.join(v.group)
    await zoe.ask("/solde", expect="pas adhérent", chat=v.group)


async def test_a_name_is_shown_as_it_was_typed(stage: Stage) -> None:
    v = await village(stage, marie='Marie <b>&"')
    receipt = await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
    page = await v.anne.ask(f"/valider {reference_in(receipt)}", expect='Marie <b>&"')
    assert page.button("Reçu")


async def test_the_language_can_be_changed(stage: Stage) -> None:
    v = await village(stage)
    await v.marie.ask("/langue", expect="langue")
    await v.marie.press("English", expect="in English")
    await v.marie.ask("/balance", expect="You are settled up: €0.00")


async def test_ordering_from_the_group_s_chat_goes_on_in_private(stage: Stage) -> None:
    v = await village(stage)
    await v.marie.ask("/commander", expect="je vous ai répondu en privé", chat=v.group)
    await v.marie.wait("Colis de légumes")
    await v.marie.ask("/panier", expect="je vous ai répondu en privé", chat=v.group)
    assert all("Panier" not in message.text for message in await v.paul.messages(v.group))


async def test_a_personal_button_does_nothing_in_the_group_s_chat(stage: Stage) -> None:
    v = await village(stage)
    posted = await v.anne.ask("/installer", expect="touchez pour commander", chat=v.group)
    for data in ("home", "order", "lang:en", "balance", "basket"):
        assert "n'est plus valable" in await v.marie.forge_tap(data, posted)
    assert (await v.anne.last(v.group)).text == posted.text


async def test_a_sold_out_product_can_be_taken_out_of_the_basket(stage: Stage) -> None:
    v = await village(stage)
    await fill_basket(v.marie, "Tisane", total="12,00")
    async with stage.database.unit_of_work() as session:
        product = await catalogue.get_product(session, v.seeded.group_id, v.seeded.products["Tisane"])
        product.stock_milli = 0
    await v.marie.press("Valider mon panier", expect="comment voulez-vous payer")
    await v.marie.press("Chèque", expect="Il ne reste pas assez de")
    await v.marie.press("Retirer Tisane", expect="Votre panier est vide")


@pytest.mark.parametrize("text", ["/foo", "/export", "bonjour"])
async def test_what_nobody_understands_is_answered_with_what_one_can_do(stage: Stage, text: str) -> None:
    v = await village(stage)
    await v.marie.ask(text, expect="Je n'ai pas compris")
