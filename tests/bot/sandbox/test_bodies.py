"""However a client writes its requests, they mean the same; and two libraries read the answers."""

import json
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter

from bot.sandbox import membership, people
from bot.sandbox.model import Limits, Person
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.calls import TOKEN, Api

MARKUP = {"inline_keyboard": [[{"text": "a", "callback_data": "é"}]]}


@pytest.fixture
def marie(sandbox: Sandbox) -> Person:
    person = sandbox.world.add_person("Marie")
    people.say(sandbox.world, person, "/start")
    return person


async def send(api: Api, how: str, params: dict[str, Any]) -> Any:
    path = f"/bot{TOKEN}/sendmessage"
    texts = {key: one if isinstance(one, str) else json.dumps(one) for key, one in params.items()}
    match how:
        case "json":
            return await api.client.post(path, json=params)
        case "json of texts":
            return await api.client.post(path, json=texts)
        case "form":
            return await api.client.post(path, data=texts)
        case "multipart":
            parts = {key: (None, one) for key, one in texts.items()}
            return await api.client.post(path, files=parts)
        case _:
            return await api.client.get(path.upper().replace("BOT123456", "bot123456"), params=texts)


@pytest.mark.parametrize("how", ["json", "json of texts", "form", "multipart", "query"])
async def test_every_way_of_writing_a_request(api: Api, marie: Person, how: str) -> None:
    params = {
        "chat_id": marie.id,
        "text": "é & <b>😀</b>",
        "parse_mode": "HTML",
        "protect_content": True,
        "reply_markup": MARKUP,
    }
    answer = await send(api, how, params)
    message = answer.json()["result"]
    assert message["text"] == "é & 😀"
    assert message["entities"] == [{"type": "bold", "offset": 4, "length": 2}]
    assert message["reply_markup"] == MARKUP
    assert message["has_protected_content"] is True


@pytest.mark.parametrize("body", [b"{", b"[]", b'"a"', b"\xff\xfe"])
async def test_a_body_that_is_no_json_object(api: Api, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await api.client.post(f"/bot{TOKEN}/sendMessage", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["ok"] is False


@pytest.mark.filterwarnings("ignore:.*`retry_after`")
async def test_python_telegram_bot(url: str, sandbox: Sandbox, marie: Person) -> None:
    paul = sandbox.world.add_person("Paul")
    group = sandbox.world.add_group("Amap", members=[marie], admins=[paul])
    async with Bot(TOKEN, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as bot:
        keys = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="a", style="primary")]])
        sent = await bot.send_message(marie.id, "<b>é</b>", "HTML", reply_markup=keys)
        assert sent.text_html == "<b>é</b>"
        assert sent.reply_markup == keys
        file = InputFile(b"a;b\n", filename="été.csv")
        posted = await bot.send_document(group.id, file, caption="Le <i>fichier</i>", parse_mode="HTML")
        assert posted.document
        assert (posted.document.file_name, posted.document.mime_type) == ("été.csv", "text/csv")
        found = await bot.get_file(posted.document.file_id)
        assert bytes(await found.download_as_bytearray()) == b"a;b\n"
        again = await bot.send_document(marie.id, posted.document.file_id)
        assert again.document == posted.document
        assert [one.user.id for one in await bot.get_chat_administrators(group.id)] == [paul.id]
        assert (await bot.get_chat(group.id)).title == "Amap"
        with pytest.raises(BadRequest, match="Message is not modified"):
            await sent.edit_text("<b>é</b>", "HTML", reply_markup=keys)
        with pytest.raises(Forbidden, match="can't initiate conversation"):
            await bot.send_message(paul.id, "a")
        new = membership.upgrade(sandbox.world, group)
        with pytest.raises(ChatMigrated) as moved:
            await bot.send_message(group.id, "a")
        assert moved.value.new_chat_id == new.id
        sandbox.limiter.limits = Limits(messages_per_second=1)
        await bot.send_message(marie.id, "a")
        with pytest.raises(RetryAfter):
            await bot.send_message(marie.id, "a")


async def test_aiogram(url: str, sandbox: Sandbox, marie: Person) -> None:
    import aiogram  # some seconds, in the one process that runs this
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    server = TelegramAPIServer.from_base(url)
    async with aiogram.Bot(TOKEN, session=AiohttpSession(api=server)) as bot:
        sent = await bot.send_message(marie.id, "<b>é</b>", parse_mode="HTML")
        assert sent.html_text == "<b>é</b>"
        tap = await bot.get_updates()
        assert tap[0].message
        assert tap[0].message.text == "/start"
        assert (await bot.get_chat(marie.id)).first_name == "Marie"
        assert (await bot.get_webhook_info()).url == ""
        assert (await bot.get_chat_member(marie.id, marie.id)).status == "member"
