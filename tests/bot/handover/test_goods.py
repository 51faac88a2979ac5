"""Goods on distribution day: weights, what did not come, prices; every member reads before, after and the new balance."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.sandbox.server import Sandbox
from ledger.groups import service as groups
from ledger.groups.models import Method
from tests.bot.handover.scene import Day, day
from tests.support.bot import TOKEN, Stage, running_bot
from tests.support.telegram import Person, TelegramWorld


async def open_line(d: Day, coordinator: Person, name: str, product: str) -> None:
    await d.open_order(coordinator, name)
    await coordinator.press("Goods", expect="which product is not as it was ordered")
    await coordinator.press(product, expect=f"{product} — {name}")


async def open_product(d: Day, coordinator: Person, product: str) -> None:
    await d.page(coordinator)
    await coordinator.press("Goods", expect="Which product")
    await coordinator.press(product, expect="Ordered by")


async def test_another_weight_than_ordered(stage: Stage) -> None:
    """Must hold 3: 1.20 kg at 8.90, 1.35 kg handed over."""
    d = await day(stage)
    await d.order(d.marie, {"Tomme": 1_200}, Method.CHEQUE)
    await open_line(d, d.anne, "Marie", "Tomme")
    await d.anne.press("Other quantity or weight", expect="1.2 kg ordered")
    for wrong in ("a lot", "-1", "+1", "1e3", "1,2345", "١"):
        await d.anne.ask(wrong, expect="did not understand this quantity")
    assert await stage.rows("corrections") == []
    done = await d.anne.ask("1 kg 350", expect="1.2 kg → 1.35 kg")
    assert done.says("€10.68 → €12.02")
    assert done.says("Balance: owes €12.02")
    told = await d.marie.wait("Anne corrected your order")
    assert told.says("Tomme: 1.2 kg → 1.35 kg, €10.68 → €12.02")
    assert told.says("You owe the group €12.02")
    assert await d.balance(d.marie) == -1202
    orders = await d.marie.ask("/orders", expect="1.2 kg → 1.35 kg Tomme — €12.02")
    assert orders.says("Total: €12.02")
    await d.marie.ask("/history", expect="Order corrected (Tomme)\n      −€1.34 → −€12.02")

    undone = await d.anne.press("Undo this change", expect="1.35 kg → 1.2 kg", message=done)
    assert undone.says("€12.02 → €10.68")
    assert not undone.button("Undo")
    told = await d.marie.wait("took a correction of your order")
    assert told.says("You owe the group €10.68")
    assert "Anne undid this already" in await d.bruno.forge_tap("chundo:1", await d.bruno.last())
    order = await d.anne.press("Back", expect="👤 Marie")
    assert order.says("1.2 kg Tomme — €10.68")
    assert await d.books_hold()


@pytest.mark.parametrize("text", ["12 kg", "12.000"])
async def test_ten_times_the_ordered_weight_asks_again(stage: Stage, text: str) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Tomme": 1_200}, Method.CHEQUE)
    await open_line(d, d.anne, "Marie", "Tomme")
    await d.anne.press("Other quantity or weight", expect="1.2 kg ordered")
    asked = await d.anne.ask(text, expect="ten times as much or more")
    assert await stage.rows("corrections") == []
    await d.anne.press("Yes, 12 kg", expect="1.2 kg → 12 kg", message=asked)
    assert len(await stage.rows("corrections")) == 1
    assert await d.balance(d.marie) == -10680


async def test_one_line_not_delivered_and_the_second_is_told(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Tomme": 1_200, "Bread": 1_000}, Method.CHEQUE)
    await open_line(d, d.anne, "Marie", "Bread")
    await open_line(d, d.bruno, "Marie", "Bread")
    await d.anne.press("Not delivered", expect="not delivered, €5.35 → €0.00")
    assert "Anne changed this at" in await d.bruno.tap("Not delivered")
    line = await d.bruno.wait("Changed by Anne")
    assert not line.button("Not delivered")
    assert len(await stage.rows("corrections")) == 1
    assert await d.balance(d.marie) == -1068
    assert len([m for m in await d.marie.messages() if m.says("corrected your order")]) == 1
    assert await d.books_hold()


async def test_somebody_corrects_the_line_while_another_is_asked_for_it(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Tomme": 1_200}, Method.CHEQUE)
    for who in (d.anne, d.bruno):
        await open_line(d, who, "Marie", "Tomme")
        await who.press("Other quantity or weight", expect="How much was handed over")
    await d.anne.ask("1.3", expect="1.2 kg → 1.3 kg")
    await d.bruno.ask("1.4", expect="Anne changed this at")
    assert await d.balance(d.marie) == -1157
    await d.bruno.ask("1.4", expect="1.3 kg → 1.4 kg")
    assert await d.balance(d.marie) == -1246


async def test_a_corrected_price(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Tomme": 1_200}, Method.CHEQUE)
    await open_line(d, d.anne, "Marie", "Tomme")
    await d.anne.press("Other price", expect="costs €8.90 / kg")
    for wrong in ("0", "-9", "9,999", "dear"):
        await d.anne.ask(wrong, expect="did not understand this amount")
    far = await d.anne.ask("950", expect="€950.00 / kg instead of €8.90")
    await d.anne.ask("9.50", expect="€8.90 → €9.50 / kg")
    told = await d.marie.wait("corrected your order")
    assert told.says("€10.68 → €11.40")
    assert "no longer valid" in await d.anne.tap("Yes, €950.00", message=far)
    await d.anne.press("Back", expect="(€8.90 → €9.50 / kg)")


async def test_a_product_did_not_come_for_fourteen_members(any_stage: Stage) -> None:
    """Must hold 3: 14 corrections, one command, one undo; members without Telegram among them."""
    d = await day(any_stage)
    async with any_stage.database.unit_of_work() as session:
        group = await groups.get_group(session, d.seeded.group_id)
        others = []
        for number in range(12):
            person = await groups.remember_person(session, 9_000 + number, f"Member {number}", None, "en")
            others.append((await groups.join(session, group, person))[0].id)
    for who in (d.marie, d.paul, *others):
        await d.order(who, {"Tomme": 500, "Bread": 1_000}, Method.CHEQUE)
    await d.page(d.anne, chat=d.chat)
    await d.anne.press("Goods", expect="Which product", chat=d.chat)
    await d.anne.press("Tomme", expect="Ordered by 14 members: 7 kg", chat=d.chat)
    sure = await d.anne.press("It did not come", expect="14 members get none of it", chat=d.chat)
    assert await any_stage.rows("changes") == []
    done = await d.anne.press("Did not come, for 14", expect="14 members do not owe it", chat=d.chat)
    assert done.says("−€62.30 in all")
    assert not done.says("Marie")
    assert len(await any_stage.rows("corrections")) == 14
    assert len(await any_stage.rows("changes")) == 1
    told = await d.marie.wait("corrected your order")
    assert told.says("0.5 kg Tomme: not delivered, €4.45 → €0.00")
    assert told.says("You owe the group €5.35")
    await d.paul.wait("not delivered")
    again = await d.bruno.forge_tap(str(sure.button("Did not come").callback_data), sure)  # type: ignore[union-attr]
    assert "Anne changed this at" in again
    assert len(await any_stage.rows("corrections")) == 14

    undo = str(done.button("Undo for 14").callback_data)  # type: ignore[union-attr]
    await d.bruno.forge_tap(undo, done)
    await d.bruno.wait("taken back for 14", chat=d.chat)
    told = await d.marie.wait("Bruno took a correction")
    assert told.says("You owe the group €9.80")
    assert "Bruno undid this already" in await d.anne.forge_tap(undo, done)
    assert len(await any_stage.rows("corrections")) == 28
    assert await d.books_hold()


async def test_did_not_come_is_asked_again_when_others_ordered_meanwhile(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Tomme": 500}, Method.CHEQUE)
    await open_product(d, d.anne, "Tomme")
    await d.anne.press("It did not come", expect="1 member gets none")
    await d.order(d.paul, {"Tomme": 500}, Method.CHEQUE)
    await d.anne.press("Did not come, for 1", expect="2 members get none")
    assert await stage.rows("changes") == []
    await d.anne.press("Did not come, for 2", expect="2 members do not owe it")


async def test_a_new_price_for_everybody(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Tomme": 1_000}, Method.CHEQUE)
    await d.order(d.paul, {"Tomme": 2_000}, Method.CASH)
    await open_product(d, d.anne, "Tomme")
    await d.anne.press("New price for everybody", expect="for 2 members")
    await d.anne.ask("nothing", expect="did not understand this amount")
    preview = await d.anne.ask("10", expect="€10.00 / kg for 2 members")
    assert await stage.rows("changes") == []
    await d.anne.tap("Confirm", message=preview, wait=False)
    assert "no longer valid" in await d.anne.tap("Confirm", message=preview)
    await d.anne.wait("now €10.00 / kg for 2 members")
    assert (await d.balance(d.marie), await d.balance(d.paul)) == (-1000, -2000)
    assert (await d.paul.wait("corrected your order")).says("€17.80 → €20.00")
    assert len(await stage.rows("changes")) == 1


async def test_the_weights_one_after_another_over_a_restart(sqlite_url: str) -> None:
    async with Sandbox(TOKEN).serve() as url, await TelegramWorld.connect(url) as world:
        async with running_bot(url, sqlite_url) as bot:
            d = await day(Stage(world, bot))
            await d.order(d.paul, {"Tomme": 1_000}, Method.CASH)
            await d.order(d.marie, {"Tomme": 1_200}, Method.CHEQUE)
            await d.order(d.bruno, {"Tomme": 500}, Method.CASH)
            await open_product(d, d.anne, "Tomme")
            first = await d.anne.press("one after another", expect="1 of 3")
            assert first.says("Bruno\n")
            await d.anne.press("Skip", expect="2 of 3")
            await d.anne.ask("much", expect="did not understand this quantity")
            await d.anne.ask("120", expect="ten times")
            last = await d.anne.ask("1.35", expect="3 of 3")
            assert last.says("Marie: Tomme: 1.2 kg → 1.35 kg")
            assert last.says("Paul")
            assert (await d.marie.wait("corrected your order")).says("€12.02")
            await world.settle()
        async with running_bot(url, sqlite_url) as bot:
            end = await d.anne.ask("0,9", expect="That was the last one")
            assert end.says("Paul: Tomme: 1 kg → 0.9 kg")
            await d.anne.press("Undo this change", expect="0.9 kg → 1 kg", message=end)
            assert len(await Stage(world, bot).rows("corrections")) == 3


async def test_the_walk_asks_the_database_as_often_for_many_as_for_few(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Tomme": 1_200}, Method.CHEQUE)
    await d.order(d.paul, {"Tomme": 1_000}, Method.CASH)

    async def asked(members: int) -> int:
        statements: list[str] = []

        def note(_: object, __: object, sql: str, *___: object) -> None:
            if re.search(r"FROM (order_lines|orders|members|changes|corrections)\b", sql):
                statements.append(sql)

        await open_product(d, d.anne, "Tomme")
        event.listen(Engine, "before_cursor_execute", note)
        await d.anne.press("one after another", expect=f"1 of {members}")
        event.remove(Engine, "before_cursor_execute", note)
        return len(statements)

    few = await asked(2)
    async with stage.database.unit_of_work() as session:
        group = await groups.get_group(session, d.seeded.group_id)
        others = []
        for number in range(12):
            person = await groups.remember_person(session, 9_000 + number, f"Member {number}", None, "en")
            others.append((await groups.join(session, group, person))[0].id)
    for member_id in others:
        await d.order(member_id, {"Tomme": 500}, Method.CHEQUE)
    assert 0 < few == await asked(14)


async def test_the_walk_can_be_left_and_what_was_entered_stays(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Tomme": 1_200}, Method.CHEQUE)
    await d.order(d.paul, {"Tomme": 1_000}, Method.CASH)
    await d.page(d.anne, chat=d.chat)
    await d.anne.press("Goods", expect="Which product", chat=d.chat)
    await d.anne.press("Tomme", expect="Ordered by 2", chat=d.chat)
    await d.anne.press("one after another", expect="1 of 2", chat=d.chat, answer_in=d.anne.id)
    await d.anne.ask("1.3", expect="2 of 2")
    await d.anne.press("Stop", expect="Handed over: 2.3 kg")
    assert not [m for m in await d.paul.messages(d.chat) if m.says("1.3 kg")]
    await d.anne.ask("5", expect="did not understand")
    assert len(await stage.rows("corrections")) == 1


async def test_a_name_and_a_product_are_shown_as_they_are(stage: Stage) -> None:
    d = await day(stage, members=('Marie <b>&"', "Paul"))
    await d.order(d.marie, {"Tomme": 1_200}, Method.CHEQUE)
    await d.open_order(d.anne, 'Marie <b>&"')
    await d.anne.press("Goods", expect='Marie <b>&"')
    await d.anne.press("Tomme", expect='Tomme — Marie <b>&"')
    await d.anne.press("Not delivered", expect='Marie <b>&"')
