"""Part of an order from existing credit, the rest another way (B4), as members do it on their phones."""

from __future__ import annotations

import pytest

from ledger.verify.service import verify
from tests.bot.handover.scene import Day, day
from tests.support.bot import Stage
from tests.support.ordering import Village, fill_basket, order, reference_in, village
from tests.support.screens import Message
from tests.support.seed import give_credit
from tests.support.telegram import Person


async def books_hold(stage: Stage) -> bool:
    async with stage.database.snapshot() as session:
        return await verify(session) == []


async def choice(who: Person, product: str = "Colis de légumes", total: str = "12,35") -> Message:
    await fill_basket(who, product, total=total)
    return await who.press("Valider mon panier", expect="comment voulez-vous payer")


async def with_credit(stage: Stage, cents: int = 1000) -> Village:
    v = await village(stage)
    await give_credit(stage.database, v.seeded, v.marie, cents)
    return v


def labels(screen: Message) -> list[str]:
    return [button.text.replace("\u202f", " ").replace("\xa0", " ") for button in screen.all_buttons()]


async def test_both_parts_are_shown_before_and_stay_on_the_receipt(any_stage: Stage) -> None:
    v = await with_credit(any_stage)
    plain = await choice(v.marie)
    assert plain.says("Ou d'abord 10,00 € de votre cagnotte, et 2,35 € par un autre moyen.")
    assert labels(plain) == [
        "✍️ Chèque · 12,35 €",
        "💶 Liquide · 12,35 €",
        "🏦 Virement · 12,35 €",
        "🐷 Cagnotte · il manque 2,35 €",
        "🐷 D'abord 10,00 € de cagnotte",
        "◀️ Retour",
    ]
    mixed = await v.marie.press("D'abord 10,00", expect="10,00 € de votre cagnotte + 2,35 €", message=plain)
    assert labels(mixed) == [
        "✍️ Chèque · 2,35 € (+ 10,00 € de cagnotte)",
        "💶 Liquide · 2,35 € (+ 10,00 € de cagnotte)",
        "🏦 Virement · 2,35 € (+ 10,00 € de cagnotte)",
        "Sans la cagnotte",
        "◀️ Retour",
    ]
    assert await any_stage.rows("orders") == []
    receipt = await v.marie.press("Chèque", expect="🧾", message=mixed)
    assert receipt.says("10,00 € de cagnotte + 2,35 € par chèque")
    assert receipt.says("Chèque de 2,35 €")
    assert receipt.says("Vous devez 2,35 € au groupe — dont 2,35 € en attente de validation")
    listed = await v.marie.ask("/commandes", expect="Vos commandes")
    assert listed.says("• 10,00 € de cagnotte + 2,35 € par chèque — référence " + reference_in(receipt))
    history = await v.marie.ask("/historique", expect="Votre historique")
    assert history.says("10,00 € de cagnotte + 2,35 € par chèque")
    page = await v.anne.ask(f"/valider {reference_in(receipt)}", expect="2,35")
    await v.anne.press("Reçu", expect="validé par Anne", message=page)
    assert (await v.marie.wait("bien reçus")).says("Vous êtes à jour")
    assert await books_hold(any_stage)


async def test_the_first_button_by_cheque_is_still_all_by_cheque(stage: Stage) -> None:
    v = await with_credit(stage)
    receipt = await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
    assert receipt.says("Chèque de 12,35 €")
    assert [row["credit_cents"] for row in await stage.rows("confirmations")] == [0]


async def test_back_to_the_whole_amount(stage: Stage) -> None:
    v = await with_credit(stage)
    await v.marie.press("D'abord", expect="de votre cagnotte +", message=await choice(v.marie))
    again = await v.marie.press("Sans la cagnotte", expect="comment voulez-vous payer")
    assert again.button("Chèque · 12,35")


@pytest.mark.parametrize(
    ("cents", "offered"), [(0, False), (-100, False), (1, True), (1234, True), (1235, False)]
)
async def test_it_is_offered_only_where_there_is_a_part(stage: Stage, cents: int, offered: bool) -> None:
    v = await village(stage)
    if cents:
        await give_credit(stage.database, v.seeded, v.marie, cents)
    assert bool((await choice(v.marie)).button("D'abord")) is offered


async def test_credit_that_went_away_meanwhile(any_stage: Stage) -> None:
    """Nothing is ordered, and the choice is shown again with what is there."""
    v = await with_credit(any_stage)
    mixed = await v.marie.press("D'abord", expect="de votre cagnotte +", message=await choice(v.marie))
    await give_credit(any_stage.database, v.seeded, v.marie, -600)
    assert "il manque 6,00" in (await v.marie.tap("Chèque", message=mixed)).replace("\u202f", " ")
    again = await v.marie.wait("4,00 € de votre cagnotte + 8,35 €")
    assert await any_stage.rows("orders") == []
    await give_credit(any_stage.database, v.seeded, v.marie, -401)
    await v.marie.tap("Liquide", message=again)
    await v.marie.press("Liquide", expect="🧾", message=await v.marie.wait("comment voulez-vous payer"))
    assert [row["amount_cents"] for row in await any_stage.rows("payments")] == [1235]
    assert await books_hold(any_stage)


async def test_tapped_twice_it_is_ordered_once(any_stage: Stage) -> None:
    v = await with_credit(any_stage)
    mixed = await v.marie.press("D'abord", expect="de votre cagnotte +", message=await choice(v.marie))
    await any_stage.world.fault("twice")
    await v.marie.tap("Virement", message=mixed, wait=False)
    await v.marie.tap("Virement", message=mixed)
    await any_stage.world.settle()
    assert len(await any_stage.rows("orders")) == len(await any_stage.rows("payments")) == 1
    assert await books_hold(any_stage)


@pytest.mark.parametrize("rest", [":-1", ":1235", ":99999", ":0:0", ":x"])
async def test_forged_parts(stage: Stage, rest: str) -> None:
    v = await with_credit(stage, 5000)
    screen = await choice(v.marie)
    whole = str(screen.button("Chèque").callback_data)  # type: ignore[union-attr]
    await v.marie.forge_tap(whole + rest, screen)
    await stage.world.settle()
    assert await stage.rows("orders") == []
    assert not [row for row in await stage.rows("inbox") if row["error"]]


async def test_an_addition_in_two_parts(stage: Stage) -> None:
    v = await with_credit(stage)
    await order(v.marie, "Miel de tilleul", "Cagnotte", total="10,00")
    await give_credit(stage.database, v.seeded, v.marie, 300)
    await v.marie.press("D'abord 3,00", expect="3,00", message=await choice(v.marie, "Pain complet", "8,00"))
    receipt = await v.marie.press("Liquide", expect="🧾")
    assert receipt.says("Complément")
    assert receipt.says("3,00 € de cagnotte + 5,00 € en liquide")
    assert await books_hold(stage)


async def test_a_coordinator_orders_for_somebody_with_their_credit(stage: Stage) -> None:
    d = await day(stage)
    await give_credit(stage.database, d.seeded, d.paul, 300)
    await d.page(d.anne)
    await d.anne.press("Order for", expect="Order for which member")
    await d.anne.press("Paul", expect="You are ordering for Paul")
    await d.anne.press("Bread", expect="✅ 1 × Bread")
    await d.anne.press("Basket · ", expect="Total")
    plain = await d.anne.press("Confirm my basket", expect="how is it paid")
    assert plain.says("the balance of Paul goes from €3.00 to −€2.35")
    assert plain.says("Or first €3.00 of the member credit of Paul, and €2.35 by another way")
    mixed = await d.anne.press("First €3.00", expect="€3.00 of the member credit of Paul + €2.35")
    assert mixed.says("You are ordering for Paul")
    await d.anne.press("Cash", expect="Order placed for Paul")
    told = await d.paul.wait("Anne ordered this for you")
    assert told.says("€3.00 of member credit + €2.35 in cash")
    assert [row["credit_cents"] for row in await stage.rows("confirmations")] == [300]
    assert await d.books_hold()


async def test_on_distribution_day_the_order_s_page_shows_both_parts(stage: Stage) -> None:
    d = await day(stage)
    await give_credit(stage.database, d.seeded, d.marie, 300)
    await mixed_order(d)
    await d.open_order(d.anne, "Marie")
    page = await d.anne.wait("👤 Marie")
    assert page.says("🐷 By member credit: €3.00")
    assert page.says(
        "Exactly paid: €3.00 of member credit + €2.35 in cash, once the awaited €2.35 is received"
    )
    await d.anne.press("Validate the order · €2.35", expect="Exactly paid")
    assert (await d.marie.wait("is validated by")).says("€3.00 of member credit + €2.35 in cash")
    assert await d.balance(d.marie) == 0
    assert await d.books_hold()


async def mixed_order(d: Day) -> None:
    await d.marie.ask("/order", expect="Bread")
    await d.marie.press("Bread", expect="✅ 1 × Bread")
    await d.marie.press("Basket · ", expect="Total")
    await d.marie.press("Confirm my basket", expect="how do you want to pay")
    await d.marie.press("First €3.00", expect="of your member credit +")
    await d.marie.press("Cash", expect="🧾")
