"""Members pay another way than announced, from the receipt or from their orders, until a coordinator confirms."""

from __future__ import annotations

from tests.bot.payments.test_mixed import books_hold, choice, labels
from tests.support.bot import Stage
from tests.support.ordering import order, reference_in, village
from tests.support.screens import Message
from tests.support.seed import give_credit


def data_of(message: Message, label: str) -> str:
    """What a button sent, to tap it again once it is gone."""
    button = message.button(label)
    assert button is not None
    return str(button.callback_data)


async def states(stage: Stage) -> list[tuple[str, int, str]]:
    return [(row["method"], row["amount_cents"], row["state"]) for row in await stage.rows("payments")]


async def test_from_the_receipt(any_stage: Stage) -> None:
    v = await village(any_stage)
    receipt = await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
    before = reference_in(receipt)
    choices = await v.marie.press("Payer autrement", expect="Comment allez-vous payer", message=receipt)
    assert choices.id != receipt.id, "the receipt stays"
    assert choices.says(f"Actuellement : 12,35 € par chèque — référence {before}")
    assert labels(choices) == ["💶 Liquide · 12,35 €", "🏦 Virement · 12,35 €", "◀️ Retour"]
    new = await v.marie.press("Liquide", expect="🧾", message=choices)
    assert new.says("12,35 € en liquide")
    assert reference_in(new) != before
    assert (await v.marie.wait("C'est changé")).says(before)
    assert await states(any_stage) == [("cheque", 1235, "cancelled"), ("cash", 1235, "expected")]
    listed = await v.marie.ask("/commandes", expect="Vos commandes")
    assert listed.says(reference_in(new))
    assert not listed.says(before)
    gone = await v.anne.ask(f"/valider {before}", expect="Marie")
    assert not gone.button("Reçu")
    page = await v.anne.ask(f"/valider {reference_in(new)}", expect="Liquide")
    await v.anne.press("Reçu", expect="validé par Anne", message=page)
    assert (await v.marie.wait("bien reçus")).says("Vous êtes à jour")
    assert await books_hold(any_stage)


async def test_old_buttons_change_nothing_and_say_what_stands(any_stage: Stage) -> None:
    v = await village(any_stage)
    receipt = await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
    choices = await v.marie.press("Payer autrement", expect="Comment allez-vous payer", message=receipt)
    new = await v.marie.press("Liquide", expect="🧾", message=choices)
    for button, on in (("Virement", choices), ("Payer autrement", receipt)):
        said = await v.marie.forge_tap(data_of(on, button), on)
        assert "Vous avez déjà changé" in said
        assert reference_in(new) in said
    await v.anne.ask(f"/valider {reference_in(new)}", expect="Liquide")
    await v.anne.press("Reçu", expect="validé par Anne")
    assert "Déjà validé par Anne" in await v.marie.tap("Payer autrement", message=new)
    assert len(await states(any_stage)) == 2
    assert await books_hold(any_stage)


async def test_a_button_from_before_somebody_s_step(stage: Stage) -> None:
    v = await village(stage)
    receipt = await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
    choices = await v.marie.press("Payer autrement", expect="Comment allez-vous payer", message=receipt)
    await v.anne.ask(f"/valider {reference_in(receipt)}", expect="Marie")
    await v.anne.press("Pas reçu", expect="par Anne")
    assert "« pas reçu » par Anne" in (await v.marie.tap("Liquide", message=choices)).replace("\xa0", " ")
    await v.anne.press("Annuler", expect="Chèque")
    before = await stage.world.seq()
    assert "a changé entre-temps" in await v.marie.tap("Liquide", message=choices)
    assert await states(stage) == [("cheque", 1235, "expected")]
    fresh = await v.marie.wait("Actuellement", after=before)
    await v.marie.press("Liquide", expect="🧾", message=fresh)


async def test_a_mixed_order_through_all_its_ways(any_stage: Stage) -> None:
    v = await village(any_stage)
    await give_credit(any_stage.database, v.seeded, v.marie, 1000)
    await v.marie.press("D'abord", expect="de votre cagnotte +", message=await choice(v.marie))
    await v.marie.press("Chèque", expect="🧾")
    await v.marie.ask("/commandes", expect="Vos commandes")
    choices = await v.marie.press("Payer autrement", expect="10,00 € de cagnotte + 2,35 € par chèque")
    assert labels(choices) == [
        "✍️ Chèque · 12,35 €",
        "💶 Liquide · 12,35 €",
        "🏦 Virement · 12,35 €",
        "💶 Liquide · 2,35 € (+ 10,00 € de cagnotte)",
        "🏦 Virement · 2,35 € (+ 10,00 € de cagnotte)",
        "◀️ Retour",
    ]
    receipt = await v.marie.press("Chèque · 12,35", expect="🧾", message=choices)
    assert receipt.says("12,35 € en attente de validation")
    choices = await v.marie.press("Payer autrement", expect="par chèque", message=receipt)
    receipt = await v.marie.press("Virement · 2,35", expect="🧾", message=choices)
    assert receipt.says("10,00 € de cagnotte + 2,35 € par virement")
    await give_credit(any_stage.database, v.seeded, v.marie, 235)
    choices = await v.marie.press("Payer autrement", expect="par virement", message=receipt)
    receipt = await v.marie.press("Cagnotte · 12,35", expect="🧾", message=choices)
    assert receipt.says("Payé avec votre cagnotte")
    assert receipt.says("Vous êtes à jour")
    assert not receipt.button("Payer autrement")
    assert await states(any_stage) == [
        ("cheque", 235, "cancelled"),
        ("cheque", 1235, "cancelled"),
        ("transfer", 235, "cancelled"),
    ]
    assert "votre cagnotte paie" in await v.marie.forge_tap(data_of(choices, "Cagnotte"), choices)
    assert await books_hold(any_stage)


async def test_credit_that_went_away_meanwhile(stage: Stage) -> None:
    v = await village(stage)
    await give_credit(stage.database, v.seeded, v.marie, 1235)
    receipt = await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
    choices = await v.marie.press("Payer autrement", expect="Comment allez-vous payer", message=receipt)
    await give_credit(stage.database, v.seeded, v.marie, -35)
    before = await stage.world.seq()
    assert "il manque 0,35" in await v.marie.tap("Cagnotte", message=choices)
    again = await v.marie.wait("Actuellement", after=before)
    assert again.button("Liquide · 0,35 € (+ 12,00 € de cagnotte)")
    assert await states(stage) == [("cheque", 1235, "expected")]


async def test_a_top_up(stage: Stage) -> None:
    v = await village(stage)
    await v.marie.ask("/crediter 50", expect="Comment payez-vous")
    receipt = await v.marie.press("Chèque", expect="🧾")
    choices = await v.marie.press("Payer autrement", expect="50,00 € par chèque", message=receipt)
    assert not choices.button("Cagnotte")
    await v.marie.press("Virement", expect="🧾", message=choices)
    balance = await v.marie.ask("/solde", expect="en attente")
    assert balance.says("Virement, 50,00 €")
    await v.marie.press("Payer autrement", expect="50,00 € par virement", message=balance)
    back = await v.marie.press("Retour", expect="en attente")
    assert back.says("Virement, 50,00 €")


async def test_only_one_s_own(stage: Stage) -> None:
    v = await village(stage)
    receipt = await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
    await order(v.paul, "Pain complet", "Liquide", total="8,00")
    own = await v.paul.wait("🧾")
    payment = (await stage.rows("payments"))[0]["id"]
    for who, data in (
        (v.paul, f"payother:{payment}"),
        (v.paul, f"payswitch:cash:{payment}:0:0"),
        (v.anne, f"payswitch:cash:{payment}:0:0"),
    ):
        screen = own if who is v.paul else await v.anne.ask("/solde", expect="à jour")
        assert "aucun paiement" in await who.forge_tap(data, screen)
    for data in (
        "payother",
        "payother:x",
        "payswitch:gold:1:0:0",
        "payswitch:cash:1",
        "payswitch:cash:1:0:-5",
    ):
        await v.marie.forge_tap(data, receipt)
    await stage.world.settle()
    assert await states(stage) == [("cheque", 1235, "expected"), ("cash", 800, "expected")]
    assert not [row for row in await stage.rows("inbox") if row["error"]]
