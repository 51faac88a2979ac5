"""Paying by card, from the chat: orders, top-ups, another way meanwhile, refunds; with and without an address of our own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.stripe.faults import Fault
from tests.bot.payments.test_mixed import books_hold, labels
from tests.bot.payments.test_switching import states
from tests.support.bot import Stage
from tests.support.cards import DECLINED, CardVillage, card_village
from tests.support.ordering import fill_basket, order, reference_in
from tests.support.screens import Message
from tests.support.seed import give_credit


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[CardVillage]:
    """With an address of its own."""
    async with card_village(database_url, public=True) as scene:
        yield scene


@pytest.fixture
async def hamlet(sqlite_url: str) -> AsyncIterator[CardVillage]:
    """Without one: nobody tells us anything, we ask."""
    async with card_village(sqlite_url, public=False) as scene:
        yield scene


def link_on(message: Message, label: str = "Payer") -> str:
    """Where a button leads."""
    button = message.button(label)
    assert button is not None, message
    assert button.url, message
    return str(button.url)


async def card_account(stage: Stage) -> int:
    """What the books say Stripe holds."""
    found = [row["balance_cents"] for row in await stage.rows("accounts") if row["kind"] == "card"]
    return sum(found)


async def test_an_order_is_paid_on_the_page_and_nobody_confirms_it(town: CardVillage) -> None:
    v = town.village
    receipt = await order(v.marie, "Colis de légumes", "Carte", total="12,35")
    assert receipt.says("12,35 € par carte")
    assert receipt.says("Vous devez 12,35 € au groupe — dont 12,35 € à payer par carte.")
    assert labels(receipt)[:2] == ["💳 Payer 12,35 € par carte", "🔁 Payer autrement"]
    orders = await v.marie.ask("/commandes", expect="Vos commandes")
    assert orders.says("⏳ paiement par carte en cours")
    before = await town.stage.world.seq()
    back = await town.paid_with(link_on(receipt))
    assert back.endswith("?back=1")
    said = await v.marie.wait("payés par carte", after=before)
    assert said.says("Vous êtes à jour")
    assert said.says(reference_in(receipt))
    assert await states(town.stage) == [("card", 1235, "received")]
    listed = await v.marie.ask("/historique", expect="Votre historique")
    assert listed.says("Payé par carte")
    assert await books_hold(town.stage)


async def test_without_an_address_the_link_follows_and_the_payment_is_found(hamlet: CardVillage) -> None:
    v = hamlet.village
    receipt = await order(v.marie, "Colis de légumes", "Carte", total="12,35")
    link = await v.marie.wait("La page ci-dessous")
    assert link_on(link).startswith(str(hamlet.stripe.base_url))
    assert not receipt.button("Payer 12,35").url  # type: ignore[union-attr]
    again = await v.marie.press("Payer 12,35", expect="La page ci-dessous", message=receipt)
    assert link_on(again) == link_on(link)
    back = await hamlet.paid_with(link_on(link))
    await v.marie.open(back)
    assert (await v.marie.wait("payés par carte")).says("Vous êtes à jour")
    assert await books_hold(hamlet.stage)


async def test_a_declined_card_then_another(hamlet: CardVillage) -> None:
    v = hamlet.village
    receipt = await order(v.marie, "Colis de légumes", "Carte", total="12,35")
    link = link_on(await v.marie.wait("La page ci-dessous"))
    assert "débité" in await hamlet.paid_with(link, DECLINED)
    said = await v.marie.press("Payer 12,35", expect="Votre carte a été refusée", message=receipt)
    assert said.says("Rien n'a été débité")
    await v.marie.open(await hamlet.paid_with(link_on(said)))
    await v.marie.wait("payés par carte")
    assert await states(hamlet.stage) == [("card", 1235, "received")]


async def test_paid_another_way_after_all(town: CardVillage) -> None:
    v = town.village
    receipt = await order(v.marie, "Colis de légumes", "Carte", total="12,35")
    link = link_on(receipt)
    page = await town.page_behind(link)
    choices = await v.marie.press("Payer autrement", expect="Comment allez-vous payer", message=receipt)
    new = await v.marie.press("Liquide", expect="🧾", message=choices)
    assert new.says("12,35 € en liquide")
    assert await states(town.stage) == [("card", 1235, "cancelled"), ("cash", 1235, "expected")]
    assert "Cette page a expiré" in await town.paid_with(page)
    await v.anne.ask(f"/valider {reference_in(new)}", expect="Liquide")
    await v.anne.press("Reçu", expect="validé par Anne")
    assert town.card_balance() == 0
    assert await books_hold(town.stage)


async def test_and_back_to_card(town: CardVillage) -> None:
    v = town.village
    receipt = await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
    choices = await v.marie.press("Payer autrement", expect="Comment allez-vous payer", message=receipt)
    new = await v.marie.press("Carte", expect="🧾", message=choices)
    await town.paid_with(link_on(new))
    await v.marie.wait("payés par carte")
    assert await states(town.stage) == [("cheque", 1235, "cancelled"), ("card", 1235, "received")]


async def test_paid_on_the_page_while_choosing_another_way(hamlet: CardVillage) -> None:
    v = hamlet.village
    receipt = await order(v.marie, "Colis de légumes", "Carte", total="12,35")
    link = link_on(await v.marie.wait("La page ci-dessous"))
    choices = await v.marie.press("Payer autrement", expect="Comment allez-vous payer", message=receipt)
    await hamlet.paid_with(link)
    said = await v.marie.tap("Liquide", message=choices)
    assert "Payé par carte" in said
    await v.marie.wait("payés par carte")
    assert await states(hamlet.stage) == [("card", 1235, "received")]
    assert await books_hold(hamlet.stage)


async def test_another_way_waits_while_stripe_is_down(hamlet: CardVillage) -> None:
    v = hamlet.village
    receipt = await order(v.marie, "Colis de légumes", "Carte", total="12,35")
    await v.marie.wait("La page ci-dessous")
    choices = await v.marie.press("Payer autrement", expect="Comment allez-vous payer", message=receipt)
    hamlet.stripe.faults.add(Fault("error", count=20, status=500))
    said = await v.marie.tap("Liquide", message=choices)
    assert "ne répond pas" in said or (await v.marie.wait("ne répond pas"))
    assert await states(hamlet.stage) == [("card", 1235, "expected")]


async def test_a_top_up(town: CardVillage) -> None:
    v = town.village
    await v.marie.ask("/crediter 20", expect="Par carte, il bouge tout seul")
    receipt = await v.marie.ask("par carte bancaire", expect="🧾")
    await town.paid_with(link_on(receipt))
    assert (await v.marie.wait("payés par carte")).says("Le groupe vous doit 20,00 €")
    assert await card_account(town.stage) > 0


async def test_cards_carry_no_few_cents(town: CardVillage) -> None:
    v = town.village
    screen = await v.marie.ask("/crediter 0,49", expect="Comment")
    assert not screen.button("Carte")
    await give_credit(town.stage.database, v.seeded, v.marie, 1200)
    await fill_basket(v.marie, "Colis de légumes", total="12,35")
    choice = await v.marie.press("Valider mon panier", expect="comment voulez-vous payer")
    assert choice.button("Carte")
    mixed = await v.marie.press("D'abord", expect="0,35")
    assert not mixed.button("Carte")
    assert mixed.button("Chèque")


async def test_credit_first_and_the_rest_by_card(town: CardVillage) -> None:
    v = town.village
    await give_credit(town.stage.database, v.seeded, v.marie, 1000)
    await fill_basket(v.marie, "Colis de légumes", total="12,35")
    await v.marie.press("Valider mon panier", expect="comment voulez-vous payer")
    await v.marie.press("D'abord", expect="2,35")
    receipt = await v.marie.press("Carte", expect="🧾")
    assert receipt.says("10,00 € de cagnotte + 2,35 € par carte")
    await town.paid_with(link_on(receipt))
    assert (await v.marie.wait("payés par carte")).says("Vous êtes à jour")
    assert await books_hold(town.stage)


async def test_whoever_orders_for_somebody_leaves_the_card_to_them(town: CardVillage) -> None:
    v = town.village
    day = await v.anne.ask("/distribution", expect="Distribution")
    await v.anne.press("Commander pour", expect="pour quel adhérent", message=day)
    await v.anne.press("Marie", expect="Colis")
    await v.anne.press("Colis", expect="✅ 1 × Colis")
    await v.anne.press("Panier", expect="12,35")
    choice = await v.anne.press("Valider mon panier", expect="payer")
    assert not choice.button("Carte")
    assert choice.button("Chèque")


async def test_coordinators_do_not_confirm_a_card_but_take_something_else(hamlet: CardVillage) -> None:
    v = hamlet.village
    receipt = await order(v.marie, "Colis de légumes", "Carte", total="12,35")
    await v.marie.wait("La page ci-dessous")
    page = await v.anne.ask(f"/valider {reference_in(receipt)}", expect="Stripe qui dit quand")
    assert not page.button("Reçu")
    await v.anne.press("Autre moyen", expect="Qu'a-t-on")
    await v.anne.press("Liquide", expect="combien")
    await v.anne.press("Reçu", expect="validé par Anne")
    assert [one[2] for one in await states(hamlet.stage)] == ["cancelled", "received"]
    assert [row["state"] for row in await hamlet.stage.rows("checkouts")] == ["closed"]


async def test_validating_an_order_leaves_its_card_payment_to_stripe(hamlet: CardVillage) -> None:
    v = hamlet.village
    await order(v.marie, "Colis de légumes", "Carte", total="12,35")
    link = link_on(await v.marie.wait("La page ci-dessous"))
    day = await v.anne.ask("/distribution", expect="Distribution")
    await v.anne.press("Commandes", expect="rien d'attendu", message=day)
    page = await v.anne.press("Marie", expect="paiement par carte en cours")
    assert page.says("une fois reçus les 12,35 €")
    await v.anne.press("Valider la commande", expect="Validée par Anne")
    assert await states(hamlet.stage) == [("card", 1235, "expected")]
    await v.marie.ask("/commandes", expect="carte en cours")
    await v.marie.open(await hamlet.paid_with(link))
    await v.marie.wait("payés par carte")
    assert await books_hold(hamlet.stage)


@pytest.mark.parametrize("payload", ["p_unknown", "p_"])
async def test_a_forged_way_back_writes_nothing(hamlet: CardVillage, payload: str) -> None:
    v = hamlet.village
    await order(v.marie, "Colis de légumes", "Carte", total="12,35")
    await v.marie.wait("La page ci-dessous")
    before = [await hamlet.stage.rows(one) for one in ("payments", "checkouts", "transactions")]
    await v.paul.ask(f"/start {payload}", expect="Amap des Lilas")
    token = before[1][0]["token"]
    await v.paul.ask(f"/start p_{token}", expect="Amap des Lilas")
    assert [await hamlet.stage.rows(one) for one in ("payments", "checkouts", "transactions")] == before
    said = await v.marie.ask(f"/start p_{token}", expect="Je demande à Stripe")
    assert said.says("12,35 €")
    assert await states(hamlet.stage) == [("card", 1235, "expected")]


async def test_a_treasurer_gives_back_to_the_card(town: CardVillage) -> None:
    v = town.village
    await v.marie.ask("/crediter 20", expect="Comment")
    await town.paid_with(link_on(await v.marie.press("Carte", expect="🧾")))
    await v.marie.wait("payés par carte")
    await v.anne.ask("/soldes", expect="Marie")
    await v.anne.press("Marie", expect="Solde")
    await v.anne.press("Rembourser", expect="Combien")
    await v.anne.ask("5", expect="comment")
    await v.anne.press("Carte", expect="Rien n'est encore enregistré")
    done = await v.anne.press("Confirmer", expect="Stripe est chargé")
    assert not done.button("Annuler")
    assert (await v.marie.wait("reviennent sur votre carte")).says("15,00")
    await v.anne.wait("Stripe rend")
    assert await books_hold(town.stage)


async def test_a_refund_that_stripe_does_not_make(town: CardVillage) -> None:
    v = town.village
    await v.marie.ask("/crediter 20", expect="Comment")
    await town.paid_with(link_on(await v.marie.press("Carte", expect="🧾")))
    await v.marie.wait("payés par carte")
    town.stripe.dashboard.let_refunds("failed")
    await v.anne.ask("/soldes", expect="Marie")
    await v.anne.press("Marie", expect="Solde")
    await v.anne.press("Rembourser", expect="Combien")
    await v.anne.press("Tout", expect="comment")
    await v.anne.press("Carte", expect="Rien n'est encore enregistré")
    await v.anne.press("Confirmer", expect="Stripe est chargé")
    assert (await v.anne.wait("n'a pas rendu")).says("autrement")
    assert (await v.marie.wait("n'y sont pas arrivés")).says("20,00")
    assert await books_hold(town.stage)


async def debited(town: CardVillage, link: str, iban: str) -> str:
    """Pay on the page by a debit, which takes days; returns where the browser is sent."""
    page = await town.page_behind(link)
    async with httpx.AsyncClient(trust_env=False) as browser:
        answer = await browser.post(page, data={"iban": iban, "email": "marie@example.org"})
    return str(answer.headers["location"])


async def test_a_debit_under_way_is_not_paid_twice_unknowingly(town: CardVillage) -> None:
    """Everywhere it says that it takes days; paying another way asks and explains; its failure gets its reason."""
    v = town.village
    town.stripe.dashboard.switch_on("sepa_debit")
    receipt = await order(v.marie, "Colis de légumes", "Carte", total="12,35")
    said_before = await v.marie.ask("/solde", expect="À payer")
    choices = await v.marie.press("Payer autrement", expect="Comment allez-vous payer", message=receipt)
    before = await town.stage.world.seq()
    back = await debited(town, link_on(receipt), "FR57 2004 1010 0505 0001 3M02 608")
    said = await v.marie.wait("votre banque est sollicitée", after=before)
    assert said.says("Ne payez pas une seconde fois")
    async with httpx.AsyncClient(trust_env=False) as browser:
        assert "Ne payez pas une seconde fois" in (await browser.get(back)).text
        assert "Ne payez pas une seconde fois" in (await browser.get(link_on(receipt))).text
    orders = await v.marie.ask("/commandes", expect="Vos commandes")
    assert orders.says("⏳ à la banque, quelques jours")
    balance = await v.marie.ask("/solde", expect="En route, rien à faire")
    assert balance.says("Vous devez 12,35 € au groupe — dont 12,35 € en route à la banque.")
    assert balance.says("⏳ à la banque, quelques jours")
    for screen in (orders, balance):
        assert not screen.button("Payer 12,35 €")
        assert screen.button("Payer autrement")
    asked = await v.marie.press("Liquide", expect="vous aurez payé deux fois", message=choices)
    assert await states(town.stage) == [("card", 1235, "expected")]
    asked = await v.marie.press("Payer autrement", expect="vous aurez payé deux fois", message=balance)
    ways = await v.marie.press("quand même", expect="Comment allez-vous payer", message=asked)
    assert ways.button("Chèque")
    page = await v.anne.ask(f"/valider {reference_in(receipt)}", expect="⏳ à la banque, quelques jours")
    assert not page.button("Reçu")
    await v.anne.press("Autre moyen", expect="Qu'a-t-on", message=page)
    await v.anne.press("Liquide", expect="combien")
    said = await v.anne.tap("Reçu")
    assert "sont en route depuis un compte bancaire" in said
    assert said.endswith("sera un avoir.")
    said = await v.marie.tap("Payer 12,35 €", message=said_before)
    assert said.endswith("si votre banque ne paie pas.")
    assert await states(town.stage) == [("card", 1235, "expected")]
    town.stripe.advance(61)
    failed = await v.marie.wait("Votre banque n'a pas payé", after=before)
    assert failed.says("la provision du compte était insuffisante")
    assert failed.button("Payer 12,35 €")
    assert await states(town.stage) == [("card", 1235, "expected")]
    assert await books_hold(town.stage)


async def test_paid_by_cheque_all_the_same_a_debit_is_credit_when_it_comes(town: CardVillage) -> None:
    v = town.village
    town.stripe.dashboard.switch_on("sepa_debit")
    receipt = await order(v.marie, "Colis de légumes", "Carte", total="12,35")
    before = await town.stage.world.seq()
    await debited(town, link_on(receipt), "FR14 2004 1010 0505 0001 3M02 606")
    await v.marie.wait("votre banque est sollicitée", after=before)
    asked = await v.marie.press("Payer autrement", expect="vous aurez payé deux fois", message=receipt)
    ways = await v.marie.press("quand même", expect="Comment allez-vous payer", message=asked)
    await v.marie.press("Chèque", expect="🧾", message=ways)
    assert sorted(await states(town.stage)) == [("card", 1235, "cancelled"), ("cheque", 1235, "expected")]
    town.stripe.advance(61)
    await v.marie.wait("payés par carte", after=before)
    assert sorted(await states(town.stage)) == [
        ("card", 1235, "cancelled"),
        ("card", 1235, "received"),
        ("cheque", 1235, "expected"),
    ]
    assert await books_hold(town.stage)


@pytest.mark.parametrize("first", ["tap", "tap twice"])
async def test_paid_late_the_cheque_chosen_meanwhile_is_not_needed(hamlet: CardVillage, first: str) -> None:
    """Its page could not be closed, since our key did not serve: paid there, the cheque is dropped in one tap."""
    v = hamlet.village
    receipt = await order(v.marie, "Colis de légumes", "Carte", total="12,35")
    link = link_on(await v.marie.wait("La page ci-dessous"))
    choices = await v.marie.press("Payer autrement", expect="Comment allez-vous payer", message=receipt)
    keys = dict(hamlet.stripe.world.keys)
    hamlet.stripe.world.keys.clear()
    before = await hamlet.stage.world.seq()
    cheque = await v.marie.press("Chèque", expect="🧾", message=choices)
    assert cheque.says("Si vous avez payé, je le retrouve")
    hamlet.stripe.world.keys.update(keys)
    await hamlet.paid_with(link)
    await hamlet.stage.bot.cards.look_at(await token_of(hamlet.stage))
    said = await v.marie.wait("payés par carte", after=before)
    assert said.says(f"Chèque, 12,35 €, référence {reference_in(cheque)}")
    assert said.says("n'est plus nécessaire")
    staff = await v.anne.wait("a payé 12,35 € par carte", after=before)
    assert staff.says("si on vous le remet quand même, rendez-le")
    balance = await v.marie.ask("/solde", expect="Plus nécessaire, votre carte a payé")
    assert not balance.says("À payer")
    assert balance.button("Ne plus attendre") == said.button("Ne plus attendre")
    done = await v.marie.press("Ne plus attendre", expect="n'est plus attendu", message=said)
    assert done.says("Votre paiement par carte s'en charge")
    if first == "tap twice":
        await v.marie.tap("Ne plus attendre", message=said)
    assert sorted(await states(hamlet.stage)) == [
        ("card", 1235, "cancelled"),
        ("card", 1235, "received"),
        ("cheque", 1235, "cancelled"),
    ]
    orders = await v.marie.ask("/commandes", expect="Vos commandes")
    assert orders.says("Carte bancaire, 12,35 €")
    assert orders.says("✅ reçu")
    balance = await v.marie.ask("/solde", expect="Vous êtes à jour")
    assert not balance.says("attente")
    assert await books_hold(hamlet.stage)


async def token_of(stage: Stage) -> str:
    """The link's, of the one checkout there is."""
    [checkout] = await stage.rows("checkouts")
    return str(checkout["token"])


async def test_a_debit_under_way_is_said_everywhere_and_is_no_cheque(hamlet: CardVillage) -> None:
    """While a bank is asked nothing is to be paid, and a coordinator's cheque is not that money."""
    v, stripe = hamlet.village, hamlet.stripe
    receipt = await order(v.marie, "Colis de légumes", "Carte", total="12,35")
    session = await hamlet.session_behind(link_on(await v.marie.wait("La page ci-dessous")))
    stripe.dashboard.begin_debit(session)
    await hamlet.ask_stripe()
    await v.marie.wait("votre banque est sollicitée")
    balance = await v.marie.ask("/solde", expect="12,35 € en route à la banque")
    assert balance.says("En route, rien à faire")
    assert not balance.says("À payer")
    listed = await v.marie.ask("/historique", expect="En attente")
    assert listed.says("12,35 € · ⏳ à la banque")
    preview = await v.anne.ask("/paiement Marie 12,35 chèque", expect="En plus de ce qui reste attendu")
    assert preview.says(f"référence {reference_in(receipt)} · ⏳ à la banque")
    await v.anne.ask("/paiement Marie 5 chèque", expect="doit 12,35 € → doit 7,35 €")


async def test_what_a_bank_took_back_is_received_nowhere(town: CardVillage) -> None:
    """A debit that had succeeded and fails after all: what everybody reads of the order follows the books."""
    v, stripe = town.village, town.stripe
    receipt = await order(v.marie, "Colis de légumes", "Carte", total="12,35")
    session = await town.session_behind(link_on(receipt))
    stripe.dashboard.begin_debit(session)
    stripe.dashboard.finish_debit(session)
    await v.marie.wait("payés par carte")
    await town.ask_stripe()
    page = await v.anne.ask("Marie", expect="Le compte est bon")
    assert page.says("· ✅ reçu")
    stripe.dashboard.fail_late(session)
    await town.ask_stripe()
    await v.marie.wait("votre banque n'a finalement pas payé")
    orders = await v.marie.ask("/commandes", expect="❌ 12,35 € repris par la banque")
    assert not orders.says("✅ reçu")
    page = await v.anne.ask("Marie", expect="❌ 12,35 € repris par la banque")
    assert page.says("Manque 12,35 €")
    assert page.button("❌")
    await v.anne.ask("/jour", expect="Carte bancaire : 0,00 € reçus sur 12,35 €")
    assert await books_hold(town.stage)
