"""Two things at the same instant, and the same thing twice: one effect, and everybody is told how it stands."""

from __future__ import annotations

import asyncio
import datetime as dt
import re

from ledger.db import utc_now
from ledger.orders import distributions
from ledger.orders.models import Distribution
from ledger.verify.service import verify
from tests.e2e.ride import rows
from tests.support.bot import Stage
from tests.support.ordering import fill_basket, order, reference_in, village
from tests.support.screens import Message, says
from tests.support.seed import give_credit
from tests.support.telegram import Person


async def is_sound(stage: Stage) -> None:
    """The books hold, and every update that came is done."""
    async with stage.database.snapshot() as session:
        assert await verify(session) == []
    assert await rows(stage.database, "SELECT id FROM inbox WHERE done_at IS NULL OR error IS NOT NULL") == []


async def the_choice_of_paying(who: Person) -> Message:
    """The basket is confirmed; how will it be paid?"""
    return await who.press("Valider mon panier", expect="comment voulez-vous payer")


async def count(stage: Stage, what: str) -> int:
    """How many rows."""
    found = await rows(stage.database, f"SELECT count(*) FROM {what}")
    return int(str(found[0][0]))


async def test_two_orders_of_eight_with_ten_from_two_devices_are_one(any_stage: Stage) -> None:
    """The account of ten cannot pay eight twice, although two screens say that it can (R14, I7)."""
    v = await village(any_stage)
    await give_credit(any_stage.database, v.seeded, v.marie, 1000)
    await fill_basket(v.marie, "Pain complet", total="8,00")
    await v.marie.press("Continuer", expect="Pain complet")
    first = await the_choice_after_basket(v.marie)
    second = await the_choice_after_basket(v.marie, anew=True)
    assert first.id != second.id
    answers = await asyncio.gather(
        v.marie.tap("Cagnotte", message=first), v.marie.tap("Cagnotte", message=second)
    )
    await v.marie.wait("🧾")
    await v.stage.world.settle()
    assert any("déjà" in answer for answer in answers), answers
    assert await count(any_stage, "confirmations") == 1
    balance = await v.marie.ask("/solde", expect="2,00")
    assert "doit" in balance.text
    await is_sound(any_stage)


async def the_choice_after_basket(who: Person, *, anew: bool = False) -> Message:
    """The choice of paying on a device's own screen."""
    if anew:
        await who.ask("/panier", expect="Total")
    else:
        await who.press("Panier", expect="Total")
    return await the_choice_of_paying(who)


async def test_two_baskets_at_two_distributions_at_the_same_instant(any_stage: Stage) -> None:
    """Two different baskets of eight, ten on the account: exactly one is ordered, the other says what is missing."""
    v = await village(any_stage)
    await give_credit(any_stage.database, v.seeded, v.marie, 1000)
    await second_distribution(v.stage, v.seeded.group_id)
    screens = []
    for place in ("Salle des fêtes", "Préau"):
        await v.marie.ask("/commander", expect="distribution")
        await v.marie.press(place, expect="Pain complet")
        await v.marie.press("Pain complet", expect="✅ 1 × Pain complet")
        await v.marie.press("Panier", expect="Total")
        screens.append(await the_choice_of_paying(v.marie))
    answers = await asyncio.gather(*(v.marie.tap("Cagnotte", message=screen) for screen in screens))
    await v.marie.wait("🧾")
    await v.stage.world.settle()
    assert sum("6,00" in answer and "manque" in answer for answer in answers) == 1, answers
    assert await count(any_stage, "confirmations") == 1
    assert (await v.marie.ask("/solde", expect="2,00")).says("doit 2,00 €")
    await is_sound(any_stage)


async def second_distribution(stage: Stage, group_id: int) -> None:
    """Another one that takes orders."""
    now = utc_now()
    async with stage.database.unit_of_work() as session:
        await distributions.announce(
            session, group_id, "Préau", now + dt.timedelta(days=9), now + dt.timedelta(days=8)
        )


async def test_confirming_twice_is_one_order(any_stage: Stage) -> None:
    v = await village(any_stage)
    await fill_basket(v.marie, "Colis de légumes", total="12,35")
    choice = await the_choice_of_paying(v.marie)
    await asyncio.gather(*(v.marie.tap("Chèque", message=choice) for _ in range(2)))
    receipt = await v.marie.wait("🧾")
    await v.stage.world.settle()
    receipts = [one for one in await v.marie.messages() if one.says("🧾")]
    assert [one.id for one in receipts] == [receipt.id]
    assert [await count(any_stage, table) for table in ("orders", "confirmations", "payments")] == [1, 1, 1]
    await is_sound(any_stage)


async def test_every_update_delivered_twice_is_handled_once(any_stage: Stage) -> None:
    v = await village(any_stage)
    await v.stage.world.fault("twice", count=1000)
    receipt = await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
    await v.anne.ask(f"/valider {reference_in(receipt)}", expect="12,35")
    await v.anne.press("✅", expect="Solde")
    await v.marie.wait("à jour")
    await v.stage.world.settle()
    assert len([one for one in await v.marie.messages() if one.says("🧾")]) == 1
    tables = ("orders", "confirmations", "payments", "settlements")
    assert [await count(any_stage, table) for table in tables] == [1, 1, 1, 1]
    quantity = await rows(any_stage.database, "SELECT quantity_milli FROM order_lines")
    assert quantity == [(1000,)]
    await is_sound(any_stage)


async def test_two_coordinators_confirm_at_once_and_the_second_is_told_who_and_when(any_stage: Stage) -> None:
    v = await village(any_stage)
    reference = reference_in(await order(v.marie, "Colis de légumes", "Chèque", total="12,35"))
    screens = [await who.ask(f"/valider {reference}", expect="12,35") for who in (v.anne, v.bruno)]
    answers = await asyncio.gather(
        v.anne.tap("✅", message=screens[0]), v.bruno.tap("reçu", message=screens[1])
    )
    await v.marie.wait("à jour")
    await v.stage.world.settle()
    assert await count(any_stage, "settlements") == 1
    told = [answer for answer in answers if "déjà" in answer.lower()]
    done = [answer for answer in answers if answer not in told]
    first = "Bruno" if told[0] == answers[0] else "Anne"
    assert len(told) == len(done) == 1, answers
    assert says(done[0], "✅ Marie · 12,35 € reçus")
    assert first in told[0]
    assert re.search(r"à \d{1,2}\sh", told[0]), told[0]
    assert len([one for one in await v.marie.messages() if one.says("12,35") and one.says("reçu")]) == 1
    await is_sound(any_stage)


async def test_a_button_of_yesterdays_basket_only_shows_todays(any_stage: Stage) -> None:
    """Orders closed since, and another distribution opened: the old screen's buttons change nothing."""
    v = await village(any_stage)
    yesterday = await fill_basket(v.marie, "Colis de légumes", total="12,35")
    await close_orders(any_stage, v.seeded.distribution_id)
    await second_distribution(any_stage, v.seeded.group_id)
    for label in ("Valider mon panier", "Vider"):
        button = yesterday.button(label)
        assert button is not None
        assert button.callback_data is not None
        answer = await v.marie.forge_tap(button.callback_data, yesterday)  # as it hangs on a phone that slept
        assert "n'est plus d'actualité" in answer, answer
        await v.marie.wait("Préau")
    await v.stage.world.settle()
    assert await count(any_stage, "orders") == 0
    kept = await rows(any_stage.database, "SELECT quantity_milli FROM basket_lines")
    assert kept == [(1000,)]
    await is_sound(any_stage)


async def close_orders(stage: Stage, distribution_id: int) -> None:
    """Time goes by: the distribution was yesterday."""
    async with stage.database.unit_of_work() as session:
        distribution = await session.get_one(Distribution, distribution_id)
        distribution.opens_at = utc_now() - dt.timedelta(days=9)
        distribution.closes_at = utc_now() - dt.timedelta(days=2)
        distribution.starts_at = utc_now() - dt.timedelta(days=1)
