"""Who was taken out, who was put out of the chat, and who is in the chat and not a member yet."""

from __future__ import annotations

import asyncio

from sqlalchemy import text as sql

from tests.bot.handover.scene import Day, day
from tests.support.bot import Stage
from tests.support.coordinating import set_up
from tests.support.screens import Message
from tests.support.telegram import Person


async def fill_basket(who: Person) -> Message:
    await who.ask("/order", expect="Bread")
    await who.press("Bread", expect="Bread")
    return await who.press("Basket · ", expect="Total")


async def orders_of(scene: Day) -> int:
    return len(await scene.stage.rows("orders"))


async def member_row(stage: Stage, person: Person) -> dict[str, object]:
    return next(row for row in await stage.rows("members") if row["person_id"] == person.id)


async def test_who_was_taken_out_comes_back_by_a_coordinators_yes(any_stage: Stage) -> None:
    scene = await day(any_stage)
    anne, bruno, marie = scene.anne, scene.bruno, scene.marie
    link = f"https://t.me/{any_stage.world.bot['username']}?start=o_{scene.seeded.invitation}"
    await anne.ask("/member Marie", expect="👤 Marie")
    await anne.press("Take out", expect="Take Marie out of the group?")
    await anne.press("Take out of the group", expect="Left the group")
    await marie.wait("took you out")
    await marie.open(link)
    await marie.wait("I have asked the coordinators")
    asked = await anne.wait("asks to come back")
    of_bruno = await bruno.wait("asks to come back")
    assert (await member_row(any_stage, marie))["left_at"] is not None

    # Opening it again asks nobody again, and no way round lets them in.
    seq = await any_stage.world.seq()
    await marie.open(link.replace("o_", "j_"))
    await marie.wait("were asked already", after=seq)
    await marie.ask("/order", expect="not a member")
    await any_stage.world.settle()
    asking = [m for m in await anne.messages() if m.says("asks to come back")]
    assert len(asking) == 1
    assert "Only the group's coordinators" in await scene.paul.forge_tap("ppback:3", await scene.paul.last())

    await bruno.press("Not now", expect="stays out of the group", message=of_bruno)
    await marie.wait("do not take you back now")
    await asyncio.gather(
        anne.tap("Back into the group", message=asked), bruno.forge_tap("ppback:3", of_bruno)
    )
    await marie.wait("You are back in Amap des Lilas")
    await any_stage.world.settle()
    assert len([m for m in await marie.messages() if m.says("You are back in")]) == 1
    assert (await member_row(any_stage, marie))["left_at"] is None
    await fill_basket(marie)

    # Who leaves by themselves comes back by the link, as ever.
    await marie.press("Empty", expect="")
    await marie.ask("/leave", expect="Leave Amap des Lilas?")
    await marie.press("Leave the group", expect="You left")
    seq = await any_stage.world.seq()
    await marie.open(link)
    await marie.wait("You are now a member", after=seq)


async def test_who_was_put_out_of_the_chat_is_asked_about_before_the_next_order(any_stage: Stage) -> None:
    scene = await day(any_stage)
    anne, marie = scene.anne, scene.marie
    basket = await fill_basket(marie)
    await anne.kick(marie, scene.chat)
    asked = await anne.wait("was put out of the chat of Amap des Lilas")
    held = await marie.press("Confirm my basket", expect="nothing is lost", message=basket)
    assert await orders_of(scene) == 0
    await marie.press("Basket", expect="Total: €5.35", message=held)
    await any_stage.world.settle()
    assert len([m for m in await anne.messages() if m.says("was put out of the chat")]) == 1
    await scene.bruno.wait("was put out of the chat")

    await anne.press("Keep as a member", expect="stays a member, says Anne", message=asked)
    ready = await marie.wait("your basket is as you left it")
    await scene.bruno.press("Keep as a member", expect="answered already")
    await marie.press("Basket", expect="Total: €5.35", message=ready)
    await marie.press("Confirm my basket", expect="how do you want to pay")
    await marie.press("Cheque", expect="🧾")
    assert await orders_of(scene) == 1


async def test_put_out_without_a_word_of_telegrams_or_while_paying(stage: Stage) -> None:
    """Large chats say nothing of who goes: Telegram is asked. Who is in the chat again orders as ever."""
    scene = await day(stage)
    marie, paul = scene.marie, scene.paul
    await fill_basket(marie)
    choice = await marie.press("Confirm my basket", expect="how do you want to pay")
    await scene.anne.kick(marie, scene.chat)
    await scene.anne.wait("Marie was put out of the chat")
    held = await marie.press("Cheque", expect="nothing is lost", message=choice)
    assert await orders_of(scene) == 0
    await marie.join(scene.chat)
    await marie.press("Basket", expect="Total", message=held)
    await marie.press("Confirm my basket", expect="how do you want to pay")
    await marie.press("Cheque", expect="🧾")
    assert await orders_of(scene) == 1

    await stage.world.settle()
    await scene.anne.kick(paul, scene.chat)
    await scene.anne.wait("Paul was put out of the chat")
    async with stage.database.unit_of_work() as session:  # as if nothing had been said
        await session.execute(sql("UPDATE members SET put_out_at = NULL"))
    await fill_basket(paul)
    seq = await stage.world.seq()
    await paul.press("Confirm my basket", expect="nothing is lost")
    asked = await scene.anne.wait("Paul was put out of the chat", after=seq)
    await scene.anne.press("Take out of the group", expect="Take Paul out of the group?", message=asked)
    await scene.anne.press("Take out of the group", expect="Left the group")
    await paul.wait("took you out")
    assert await orders_of(scene) == 1


async def test_who_is_in_the_chat_gets_the_button(stage: Stage) -> None:
    group = await set_up(stage)
    theo = await stage.world.person("Theo", language="en")
    await theo.join(group.chat)
    refused = await theo.ask("/order", expect="You are not a member of Paniers", chat=group.chat)
    await theo.tap("Become a member", message=refused)
    await theo.wait("You are now a member of Paniers")

    lea = await stage.world.person("Lea", language="en")
    await lea.join(group.chat)
    found = await lea.ask("/start", expect="I know you from a group's chat")
    await lea.tap("Paniers", message=found)
    await lea.wait("You are now a member of Paniers")
    assert "Paniers" not in (await group.zoe.ask("/start", expect="To start a group")).text
