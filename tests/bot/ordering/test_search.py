"""Shorter ways to a basket: typed words, one tap a product, producers, last time's order, what was ordered already."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import update

from ledger.catalogue import service as catalogue
from ledger.catalogue.rows import ProductRow
from ledger.catalogue.service import get_product
from ledger.groups.service import get_group
from ledger.orders import stock
from ledger.orders.models import Distribution
from tests.support.bot import Stage
from tests.support.ledger import check
from tests.support.ordering import Village, fill_basket, order, village
from tests.support.screens import Message

MORE = ("Miel de châtaignier", "Noix", "Crème crue", "Œufs", "Ail rose")


async def more_products(v: Village) -> None:
    """A second producer, so that the catalogue has two pages."""
    rows = [
        ProductRow(line, "Vergers d'Évian", name, "pièce", 100 * line, 550, None, weighed=False)
        for line, name in enumerate(MORE, start=2)
    ]
    async with v.stage.database.unit_of_work() as session:
        upload = await catalogue.keep_upload(session, v.seeded.group_id, "more.csv", rows)
        await stock.import_upload(session, await get_group(session, v.seeded.group_id), upload.id)


async def days_pass(stage: Stage) -> None:
    """The first distribution's orders close; the next one opens."""
    past = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    async with stage.database.unit_of_work() as session:
        await session.execute(
            update(Distribution).values(opens_at=past - dt.timedelta(days=9), closes_at=past)
        )


async def test_typed_words_find_products_and_a_tap_adds_one(stage: Stage) -> None:
    v = await village(stage)
    await more_products(v)
    found = await v.marie.ask("du MIEL ?", expect="« miel » : 2 produits")
    assert found.says("Miel de châtaignier — 2,00 € / pièce · Vergers d'Évian")
    await v.marie.press("Miel de tilleul", expect="✅ 1 × Miel de tilleul", message=found)
    await v.marie.press("+", expect="✅ 2 × Miel de tilleul")
    both = await v.marie.press("Miel de châtaignier", expect="✅ 1 × Miel de châtaignier")
    assert both.id == found.id, "what was found stays in sight"
    assert both.button("Panier · 22,00")
    one = await v.marie.ask("chataignier", expect="« chataignier » : 1 produit")
    await v.marie.press("1 ×", expect="nombre entier", message=one)
    other = await v.marie.ask("noix", expect="« noix » : 1 produit")
    await v.marie.press("Noix", expect="✅ 1 × Noix", message=other)
    await v.marie.ask("3", expect="Je n'ai pas compris")
    await v.marie.ask("zzz", expect="aucun produit « zzz »")
    await v.marie.ask("solde ?", expect="à jour")
    basket = await v.marie.ask("/panier", expect="Total : 25,00")
    assert basket.says("2 × Miel de tilleul")
    assert (await v.marie.ask("/commander crème", expect="« creme » : 1 produit")).button("Crème crue")
    assert (await v.marie.ask("/order zzz", expect="aucun produit « zzz »")).button("Voir les produits")
    await v.marie.send("miel", chat=v.group)
    await stage.world.settle()
    assert all("🔎" not in message.text for message in await v.marie.messages(v.group))


async def test_words_are_looked_for_in_the_basket_that_is_in_hand(stage: Stage) -> None:
    """Also somebody else's; and where several distributions are open, one is asked which."""
    v = await village(stage)
    await v.anne.ask("/distribution", expect="Distribution")
    await v.anne.press("Commander pour", expect="pour quel adhérent")
    await v.anne.ask("marie", expect="Vous commandez pour Marie")
    found = await v.anne.ask("tisane", expect="Vous commandez pour Marie")
    await v.anne.press("Tisane", expect="✅ 1 × Tisane", message=found)
    await v.anne.press("1 ×", expect="nombre entier")
    await v.anne.ask("2", expect="✅ 2 × Tisane")
    assert (await v.anne.ask("pain", expect="« pain »")).says("Vous commandez pour Marie")
    (line,) = await stage.rows("basket_lines")
    (basket,) = await stage.rows("baskets")
    assert (line["quantity_milli"], basket["member_id"]) == (2000, v.seeded.members[v.marie.id])
    own = await v.anne.ask("/commander pain", expect="« pain »")
    assert not own.says("Vous commandez pour")
    starts = (dt.datetime.now(dt.UTC) + dt.timedelta(days=20)).date().isoformat()
    await v.anne.ask(f"/distributions {starts} 18:30 Préau", expect="Préau")
    await v.anne.press("Confirmer", expect="Préau")
    await v.paul.ask("pain", expect="Pour quelle distribution")
    assert (await v.paul.press("Préau", expect="« pain »")).says("📍 Préau")
    await days_pass(stage)
    closed = await v.paul.ask("pain", expect="Pain complet — 8,00")
    assert closed.says("Aucune distribution ne prend de commandes")


async def test_who_is_called_like_a_product_is_offered_below_it_to_coordinators_alone(stage: Stage) -> None:
    v = await village(stage, marie="Rose Tisane")
    found = await v.anne.ask("tisane", expect="« tisane » : 1 produit")
    await v.anne.press("👤 Rose Tisane", expect="Solde", message=found)
    assert not (await v.marie.ask("tisane", expect="« tisane » : 1 produit")).button("👤")


async def test_producers_stand_behind_the_page_number(stage: Stage) -> None:
    v = await village(stage)
    await more_products(v)
    page = await v.marie.ask("/commander", expect="Ferme des Tilleuls")
    assert not page.says("Œufs")
    names = await v.marie.press("1 / 2", expect="De quel producteur", message=page)
    there = await v.marie.press("Vergers d'Évian", expect="Vergers d'Évian", message=names)
    assert there.id == page.id
    assert there.button("1 / 2")
    assert there.says("Ail rose")


async def test_like_last_time(any_stage: Stage) -> None:
    v = await village(any_stage)
    await order(v.marie, "Pain complet", "Chèque", total="24,00", times=3)
    above = await order_more(v)
    assert above.says("📦 Déjà commandé : 3 × Pain complet, 1 × Tisane — 36,00 €")
    assert not above.button("Comme la dernière fois")
    await days_pass(any_stage)
    starts = (dt.datetime.now(dt.UTC) + dt.timedelta(days=20)).date().isoformat()
    await v.anne.ask(f"/distributions {starts} 18:30 Préau", expect="Préau")
    await v.anne.press("Confirmer", expect="Préau")
    async with any_stage.database.unit_of_work() as session:
        for name, values in (
            ("Pain complet", {"stock_milli": 2000, "price_cents": 850}),
            ("Tisane", {"available": False}),
        ):
            product = await get_product(session, v.seeded.group_id, v.seeded.products[name])
            for field, value in values.items():
                setattr(product, field, value)
    page = await v.marie.ask("/commander", expect="Préau")
    assert not page.says("Déjà commandé")
    await v.marie.tap("Comme la dernière fois", message=page, wait=False)
    filled = await v.marie.press("Comme la dernière fois", expect="🔁 Comme le", message=page)
    for sentence in (
        " : 1 produit.",
        "💶 Pain complet : 8,00 € / pièce → 8,50 € / pièce",
        "⚠️ Pain complet : il en reste 2 (3 la dernière fois)",
        "❌ Pas disponible cette fois : Tisane",
        "2 × Pain complet — 17,00 €",
        "Total : 17,00 €",
    ):
        assert filled.says(sentence), sentence
    await v.marie.press("Valider mon panier", expect="payer")
    await v.marie.press("Chèque", expect="17,00")
    again = page.button("Comme la dernière fois")
    assert again is not None
    assert "déjà été commandé" in await v.marie.forge_tap(str(again.callback_data), page)
    assert len(await any_stage.rows("confirmations")) == 3
    assert await check(any_stage.database) == []


async def order_more(v: Village) -> Message:
    """An addition; the catalogue afterwards."""
    await fill_basket(v.marie, "Tisane", total="12,00")
    await v.marie.press("Valider mon panier", expect="payer")
    await v.marie.press("Chèque", expect="🧾")
    return await v.marie.ask("/commander", expect="Déjà commandé")


async def test_forged_searches_write_nothing(stage: Stage) -> None:
    v = await village(stage)
    page = await v.marie.ask("/commander", expect="Pain complet")
    for data in (
        "found:pain:1:1",
        "found:x",
        "found",
        "foundfor:pain:99",
        "producers:9:0",
        "again:99",
        "add:1:99:0",
    ):
        await v.marie.forge_tap(data, page)
    await v.marie.forge_tap(f"found:{'é' * 24}:1:0:0", page)
    await v.marie.forge_tap(f"found:{'pain ' * 9}:1:0:0", page)
    assert await stage.rows("basket_lines") == []
