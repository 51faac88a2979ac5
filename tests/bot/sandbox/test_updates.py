"""Which updates the bot gets, in which order, and when they are over: polling."""

import asyncio

import pytest

from bot.sandbox import membership, people
from bot.sandbox.model import Chat, Person
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.calls import Api


@pytest.fixture
def marie(sandbox: Sandbox) -> Person:
    return sandbox.world.add_person("Marie", username="marie")


@pytest.fixture
def anne(sandbox: Sandbox) -> Person:
    return sandbox.world.add_person("Anne")


@pytest.fixture
async def group(sandbox: Sandbox, api: Api, marie: Person, anne: Person) -> Chat:
    chat = sandbox.world.add_group("Amap", members=[marie], admins=[anne])
    kinds = [set(one) - {"update_id"} for one in await api.updates()]
    assert kinds == [{"my_chat_member"}, {"message"}]
    return chat


async def test_an_offset_confirms(api: Api, sandbox: Sandbox, marie: Person) -> None:
    for text in ("un", "deux", "trois", "quatre"):
        people.say(sandbox.world, marie, text)
    first = await api.ok("getUpdates", limit=2)
    assert [one["message"]["text"] for one in first] == ["un", "deux"]
    assert await api.ok("getUpdates", limit=2) == first
    rest = await api.ok("getUpdates", offset=first[0]["update_id"] + 1)
    assert [one["message"]["text"] for one in rest] == ["deux", "trois", "quatre"]
    last = await api.ok("getUpdates", offset=-1)
    assert [one["message"]["text"] for one in last] == ["quatre"]
    assert await api.ok("getUpdates") == last
    assert await api.ok("getUpdates", offset=last[0]["update_id"] + 1) == []


async def test_a_long_poll_ends_with_the_first_update(api: Api, sandbox: Sandbox, marie: Person) -> None:
    polling = asyncio.create_task(api.ok("getUpdates", timeout=30))
    await asyncio.sleep(0.1)
    assert not polling.done()
    people.say(sandbox.world, marie, "bonjour")
    found = await asyncio.wait_for(polling, 5)
    assert found[0]["message"]["text"] == "bonjour"
    started = asyncio.get_running_loop().time()
    assert await api.ok("getUpdates", offset=found[0]["update_id"] + 1, timeout=1) == []
    assert asyncio.get_running_loop().time() - started >= 0.9


async def test_two_pollers_are_a_conflict(api: Api, sandbox: Sandbox, marie: Person) -> None:
    first = asyncio.create_task(api.call("getUpdates", timeout=30))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(api.call("getUpdates", timeout=30))
    refused = await asyncio.wait_for(first, 5)
    assert refused["error_code"] == 409
    assert refused["description"].startswith("Conflict: terminated by other getUpdates request")
    people.say(sandbox.world, marie, "bonjour")
    assert (await second)["ok"]


async def test_allowed_updates(api: Api, sandbox: Sandbox, anne: Person, group: Chat) -> None:
    sandbox.world.put_bot(group, anne.id, admin=True)
    await api.updates()
    paul = sandbox.world.add_person("Paul")
    membership.join(sandbox.world, paul, group)
    assert [set(one) - {"update_id"} for one in await api.updates()] == [{"message"}]
    await api.ok("getUpdates", allowed_updates=["chat_member"])
    membership.leave(sandbox.world, paul, group)
    (left,) = await api.updates()
    assert left["chat_member"]["new_chat_member"]["status"] == "left"
    await api.ok("getUpdates", allowed_updates=[])
    people.say(sandbox.world, paul, "/start")
    assert await api.updates()


SEEN = ["/solde", "/solde@cagnotte_bot", "/solde@Cagnotte_Bot K7M"]
UNSEEN = ["bonjour", "/solde@other_bot", "voir /solde", "@cagnotte_bot bonjour", "1/2"]


@pytest.mark.parametrize("text", SEEN + UNSEEN)
async def test_privacy_mode(api: Api, sandbox: Sandbox, marie: Person, group: Chat, text: str) -> None:
    people.say(sandbox.world, marie, text, group)
    got = [one["message"]["text"] for one in await api.updates()]
    assert got == ([text] if text in SEEN else [])


async def test_replies_to_the_bot_are_seen(api: Api, sandbox: Sandbox, marie: Person, group: Chat) -> None:
    asked = await api.ok(
        "sendMessage", chat_id=group.id, text="Combien ?", reply_markup={"force_reply": True}
    )
    people.say(sandbox.world, marie, "12,50", group, reply_to=asked["message_id"])
    (update,) = await api.updates()
    assert update["message"]["reply_to_message"]["message_id"] == asked["message_id"]
    mine = people.say(sandbox.world, marie, "voilà", group)
    people.say(sandbox.world, marie, "encore", group, reply_to=mine.id)
    assert await api.updates() == []


async def test_an_admin_bot_sees_everything(
    api: Api, sandbox: Sandbox, marie: Person, anne: Person, group: Chat
) -> None:
    sandbox.world.put_bot(group, anne.id, admin=True)
    (promoted,) = await api.updates()
    assert promoted["my_chat_member"]["new_chat_member"]["status"] == "administrator"
    people.say(sandbox.world, marie, "bonjour", group)
    assert len(await api.updates()) == 1


async def test_anonymous_admins(api: Api, sandbox: Sandbox, anne: Person, group: Chat) -> None:
    people.say(sandbox.world, anne, "/installer", group, anonymous=True)
    (update,) = await api.updates()
    assert update["message"]["from"]["id"] == 1087968824
    assert update["message"]["sender_chat"]["id"] == group.id


async def test_blocking_is_told(api: Api, sandbox: Sandbox, marie: Person) -> None:
    people.say(sandbox.world, marie, "/start")
    people.block(sandbox.world, marie, blocked=True)
    people.say(sandbox.world, marie, "/start")
    told = [
        one.get("my_chat_member", {}).get("new_chat_member", {}).get("status") for one in await api.updates()
    ]
    assert told == [None, "kicked", "member", None]


async def test_a_group_becomes_a_supergroup(api: Api, sandbox: Sandbox, marie: Person, group: Chat) -> None:
    new = membership.upgrade(sandbox.world, group)
    assert new.id < -1_000_000_000_000
    old_side, new_side = (one["message"] for one in await api.updates())
    assert (old_side["chat"]["id"], old_side["migrate_to_chat_id"]) == (group.id, new.id)
    assert (new_side["chat"]["id"], new_side["migrate_from_chat_id"]) == (new.id, group.id)
    refused = await api.call("sendMessage", chat_id=group.id, text="a")
    assert refused == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new.id},
    }
    await api.ok("sendMessage", chat_id=new.id, text="a")
    people.say(sandbox.world, marie, "/solde", new)
    assert len(await api.updates()) == 1


async def test_deep_links(api: Api, sandbox: Sandbox, marie: Person, anne: Person) -> None:
    people.open_link(sandbox.world, marie, "https://t.me/cagnotte_bot?start=g1_AbC-9")
    (start,) = await api.updates()
    assert start["message"]["text"] == "/start g1_AbC-9"
    assert start["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    chat = sandbox.world.add_group("Amap", members=[marie], admins=[anne], bot=False)
    people.open_link(sandbox.world, anne, "https://t.me/cagnotte_bot?startgroup=new", chat)
    *_, added, said = await api.updates()
    assert added["message"]["new_chat_members"][0]["is_bot"]
    assert said["message"]["text"] == "/start@cagnotte_bot new"
    for bad in (
        "https://t.me/other_bot?start=a",
        f"https://t.me/cagnotte_bot?start={'a' * 65}",
        "t.me/cagnotte_bot?start=é",
    ):
        with pytest.raises(Exception, match=r"lead to the bot|at most 64"):
            people.open_link(sandbox.world, marie, bad)


async def test_members_and_rights(
    api: Api, sandbox: Sandbox, marie: Person, anne: Person, group: Chat
) -> None:
    async def status(person: Person) -> str:
        return str((await api.ok("getChatMember", chat_id=group.id, user_id=person.id))["status"])

    assert [await status(one) for one in (anne, marie)] == ["creator", "member"]
    membership.promote(sandbox.world, marie, group, admin=True)
    assert await status(marie) == "administrator"
    admins = await api.ok("getChatAdministrators", chat_id=group.id)
    assert {one["user"]["id"] for one in admins} == {anne.id, marie.id}
    membership.leave(sandbox.world, marie, group)
    assert await status(marie) == "left"
    assert await api.ok("getChatMemberCount", chat_id=group.id) == 2
    assert "PARTICIPANT_ID_INVALID" in await api.refused("getChatMember", chat_id=group.id, user_id=5)
    sent = await api.ok("sendMessage", chat_id=group.id, text="a")
    pin = {"chat_id": group.id, "message_id": sent["message_id"]}
    assert "not enough rights" in await api.refused("pinChatMessage", **pin)
    sandbox.world.put_bot(group, anne.id, admin=True)
    await api.ok("pinChatMessage", **pin)
    assert (await api.ok("getChat", chat_id=group.id))["pinned_message"]["message_id"] == sent["message_id"]
    await api.ok("unpinChatMessage", **pin)
    await api.ok("leaveChat", chat_id=group.id)
    assert "not a member" in await api.refused("sendMessage", chat_id=group.id, text="a")


async def test_menus_by_scope_and_language(
    api: Api, sandbox: Sandbox, marie: Person, anne: Person, group: Chat
) -> None:
    async def set_menu(name: str, **where: object) -> None:
        await api.ok("setMyCommands", commands=[{"command": name, "description": "…"}], **where)

    def menu(person: Person, chat: Chat, language: str = "") -> str:
        found = sandbox.world.settings.menu_for(
            chat.id, chat.is_group, person.id, chat.is_admin(person.id), language
        )
        assert isinstance(found[0], dict)
        return str(found[0]["command"])

    private = sandbox.world.chat(marie.id)
    await set_menu("default")
    await set_menu("defaut", language_code="fr")
    assert [menu(marie, private), menu(marie, private, "fr")] == ["default", "defaut"]
    await set_menu("groups", scope={"type": "all_group_chats"})
    await set_menu("admins", scope={"type": "all_chat_administrators"})
    assert [menu(marie, group, "fr"), menu(anne, group)] == ["groups", "admins"]
    await set_menu("here", scope={"type": "chat", "chat_id": group.id})
    await set_menu("anne", scope={"type": "chat_member", "chat_id": group.id, "user_id": anne.id})
    assert [menu(marie, group), menu(anne, group)] == ["here", "anne"]
    assert (
        await api.refused("setMyCommands", commands=[{"command": "Bad!", "description": "a"}])
        == "Bad Request: BOT_COMMAND_INVALID"
    )
    await api.ok("deleteMyCommands", scope={"type": "chat", "chat_id": group.id})
    assert menu(marie, group) == "groups"
