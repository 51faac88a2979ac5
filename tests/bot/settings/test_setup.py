"""Starting a group in its chat: who may, what is said, and what becomes of the chat afterwards."""

from __future__ import annotations

from tests.support.bot import Stage


async def test_an_admin_starts_a_group_and_members_follow_the_button(stage: Stage) -> None:
    anne = await stage.world.person("Anne", language="en")
    marie = await stage.world.person("Marie", language="en")
    chat = await stage.world.group("Les <Paniers> & Cie", members=[marie], admins=[anne])
    assert (await anne.wait("an admin of this chat sends /setup", chat=chat)).says("Cagnotte")

    ready = await anne.ask("/setup", expect="is ready", chat=chat)
    assert ready.says("Les <Paniers> & Cie")
    assert ready.button("Coordinators")
    await marie.tap("Order", chat=chat)
    await marie.wait("You are now a member of Les <Paniers> & Cie")
    await anne.tap("Coordinators", chat=chat)
    await anne.wait("What comes next")
    await stage.world.settle()
    assert "validate" in await anne.commands()
    assert "validate" not in await marie.commands()
    members = await stage.rows("members")
    assert [(m["name"], m["is_coordinator"]) for m in members] == [("Anne", 1), ("Marie", 0)]


async def test_who_is_known_reads_the_next_steps_in_private(stage: Stage) -> None:
    anne = await stage.world.person("Anne", language="en")
    chat = await stage.world.group("Paniers", admins=[anne])
    await anne.ask("/start", expect="To start a group")
    ready = await anne.ask("/installer", expect="is ready", chat=chat)
    assert not ready.button("Coordinators")
    assert (await anne.wait("What comes next")).button("Settings")


async def test_the_same_chat_never_has_two_groups(stage: Stage) -> None:
    anne = await stage.world.person("Anne", language="en")
    bruno = await stage.world.person("Bruno", language="en")
    chat = await stage.world.group("Paniers", admins=[anne, bruno])
    await anne.ask("/setup", expect="is ready", chat=chat)
    again = await anne.ask("/setup", expect="tap to order", chat=chat)
    assert again.button("Order")
    await bruno.ask("/setup", expect="coordinators are: Anne", chat=chat)
    assert len(await stage.rows("groups")) == 1
    assert len(await stage.rows("members")) == 1


async def test_others_are_refused_and_write_nothing(stage: Stage) -> None:
    anne = await stage.world.person("Anne", language="en")
    marie = await stage.world.person("Marie", language="en")
    chat = await stage.world.group("Paniers", members=[marie], admins=[anne])
    await marie.ask("/setup", expect="Only an admin", chat=chat)
    await marie.ask("/setup", expect="in its own chat")
    await anne.send("/setup", chat=chat, anonymous=True)
    await anne.wait("anonym", chat=chat)
    assert await stage.rows("groups") == []


async def test_a_chat_that_becomes_a_supergroup_stays_the_groups(stage: Stage) -> None:
    anne = await stage.world.person("Anne", language="en")
    chat = await stage.world.group("Paniers", admins=[anne])
    await anne.ask("/setup", expect="is ready", chat=chat)
    await chat.upgrade()
    await stage.world.settle()
    await anne.ask("/setup", expect="tap to order", chat=chat)
    assert [row["telegram_id"] for row in await stage.rows("chats")] == [chat.chat_id]


async def test_who_blocks_the_bot_is_remembered_until_they_let_it_back_in(stage: Stage) -> None:
    anne = await stage.world.person("Anne", language="en")
    await anne.ask("/start", expect="To start a group")
    await anne.block()
    await stage.world.settle()
    assert (await stage.rows("people"))[0]["blocked_at"]
    await anne.block(blocked=False)
    await stage.world.settle()
    assert (await stage.rows("people"))[0]["blocked_at"] is None
