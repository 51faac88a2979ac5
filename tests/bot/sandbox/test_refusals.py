"""What Telegram refuses is refused here too, in its own words."""

from typing import Any

import pytest

from bot.sandbox import people
from bot.sandbox.model import Person
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.calls import Api
from tests.bot.sandbox.conftest import Clock

BUTTON = {"text": "Chèque", "callback_data": "pay:1"}


def keys(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [[button] for button in buttons]}


@pytest.fixture
def marie(sandbox: Sandbox) -> Person:
    person = sandbox.world.add_person("Marie")
    people.say(sandbox.world, person, "/start")
    return person


TEXTS = [
    ({}, "message text is empty"),
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "message text is empty"),
    ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
    ({"text": "a" * 4097}, "message is too long"),
    ({"text": "😀" * 2049}, "message is too long"),
    ({"text": "a", "parse_mode": "Fancy"}, "unsupported parse_mode"),
    ({"text": "a", "colour": "red"}, 'unknown parameter "colour" of the method sendMessage'),
    ({"text": "a", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
    ({"text": "a", "reply_markup": "{"}, "can't parse reply markup JSON object"),
    ({"text": "a", "reply_markup": "[]"}, "object expected as reply markup"),
    ({"text": "a", "message_thread_id": "x"}, 'parameter "message_thread_id" must be an integer'),
]


@pytest.mark.parametrize(("params", "reason"), TEXTS, ids=[reason + str(len(str(p))) for p, reason in TEXTS])
async def test_texts(api: Api, marie: Person, params: dict[str, Any], reason: str) -> None:
    assert await api.refused("sendMessage", chat_id=marie.id, **params) == f"Bad Request: {reason}"


async def test_the_length_is_that_of_the_text_people_see(api: Api, marie: Person) -> None:
    message = await api.ok(
        "sendMessage", chat_id=marie.id, text=f"<b>{'a' * 4095}</b>&amp;", parse_mode="html"
    )
    assert message["text"] == "a" * 4095 + "&"
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 4095}]


BUTTONS = [
    ({"text": "a", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
    ({"text": "a", "callback_data": ""}, "BUTTON_DATA_INVALID"),
    ({"text": "a", "copy_text": {"text": "a" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
    ({"text": "a", "copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
    ({"text": "a", "url": "http://localhost:8080/pay"},
     "inline keyboard button URL 'http://localhost:8080/pay' is invalid: Wrong HTTP URL"),
    ({"text": "a", "url": "ftp://example.org"},
     "inline keyboard button URL 'ftp://example.org' is invalid: Wrong HTTP URL"),
    ({"text": "a", "url": "http://exa mple.org"},
     "inline keyboard button URL 'http://exa mple.org' is invalid: Wrong HTTP URL"),
    ({"text": "a"}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
    ({"text": "", "callback_data": "a"}, 'can\'t parse keyboard button: field "text" must be a non-empty String'),
    ({"text": "a", "callback_data": "a", "style": "pink"},
     "can't parse inline keyboard button: invalid button style specified"),
    ({"text": "a", "callback_data": "a", "size": 3}, 'unknown field "size" of a keyboard button'),
]  # fmt: skip


@pytest.mark.parametrize(("button", "reason"), BUTTONS, ids=[str(number) for number in range(len(BUTTONS))])
async def test_buttons(api: Api, marie: Person, button: dict[str, Any], reason: str) -> None:
    params = {"chat_id": marie.id, "text": "a", "reply_markup": keys(button)}
    assert await api.refused("sendMessage", **params) == f"Bad Request: {reason}"


async def test_good_buttons(api: Api, marie: Person) -> None:
    buttons: list[dict[str, Any]] = [
        {"text": "a", "callback_data": "é" * 32},
        {"text": "a", "copy_text": {"text": "a" * 256}},
        {"text": "a", "url": "http://127.0.0.1:8080/pay"},
        {"text": "a", "url": "https://cagnotte.example/pay?x=1"},
        {"text": "a", "url": "t.me/cagnotte_bot?start=x"},
        {"text": "a", "url": "tg://user?id=1"},
        {"text": "a", "callback_data": "a", "style": "danger"},
    ]
    message = await api.ok("sendMessage", chat_id=marie.id, text="a", reply_markup=keys(*buttons))
    assert message["reply_markup"] == keys(*buttons)
    many = keys(*[BUTTON] * 101)
    assert "REPLY_MARKUP_TOO_LONG" in await api.refused(
        "sendMessage", chat_id=marie.id, text="a", reply_markup=many
    )


async def test_edits(api: Api, sandbox: Sandbox, marie: Person) -> None:
    sent = await api.ok(
        "sendMessage", chat_id=marie.id, text="<b>a</b>", parse_mode="HTML", reply_markup=keys(BUTTON)
    )
    where = {"chat_id": marie.id, "message_id": sent["message_id"]}
    same = {"text": "<b>a</b>", "parse_mode": "HTML", "reply_markup": keys(BUTTON)}
    not_modified = await api.refused("editMessageText", **where, **same)
    assert not_modified == (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
        "same as a current content and reply markup of the message"
    )
    assert "not modified" in await api.refused("editMessageReplyMarkup", **where, reply_markup=keys(BUTTON))
    edited = await api.ok("editMessageText", **where, text="a")
    assert edited["edit_date"]
    assert "entities" not in edited
    assert "reply_markup" not in edited
    assert await api.refused("editMessageText", **where, text="a" * 4097) == "Bad Request: MESSAGE_TOO_LONG"
    assert "no caption" in await api.refused("editMessageCaption", **where, caption="a")
    missing = {"chat_id": marie.id, "message_id": 999}
    assert (
        await api.refused("editMessageText", **missing, text="b") == "Bad Request: message to edit not found"
    )
    assert "message to delete not found" in await api.refused("deleteMessage", **missing)
    theirs = people.say(sandbox.world, marie, "à moi")
    assert "message can't be edited" in await api.refused(
        "editMessageText", chat_id=marie.id, message_id=theirs.id, text="b"
    )
    await api.ok("deleteMessage", **where)
    assert "message to edit not found" in await api.refused("editMessageText", **where, text="b")


async def test_old_messages_cannot_be_deleted(api: Api, marie: Person, clock: Clock) -> None:
    sent = await api.ok("sendMessage", chat_id=marie.id, text="a")
    clock.now += 48 * 3600 + 1
    reason = await api.refused("deleteMessage", chat_id=marie.id, message_id=sent["message_id"])
    assert reason == "Bad Request: message can't be deleted"


async def test_whom_the_bot_may_write_to(api: Api, sandbox: Sandbox, marie: Person) -> None:
    stranger = sandbox.world.add_person("Paul")
    assert (
        await api.refused("sendMessage", chat_id=stranger.id, text="a")
        == "Forbidden: bot can't initiate conversation with a user"
    )
    assert await api.refused("sendMessage", chat_id=42, text="a") == "Bad Request: chat not found"
    assert await api.refused("sendMessage", text="a") == "Bad Request: chat_id is empty"
    people.block(sandbox.world, marie, blocked=True)
    refused = await api.call("sendMessage", chat_id=marie.id, text="a")
    assert refused["error_code"] == 403
    assert refused["description"] == "Forbidden: bot was blocked by the user"
    people.block(sandbox.world, marie, blocked=False)
    await api.ok("sendMessage", chat_id=marie.id, text="a")
    without = sandbox.world.add_group("Sans bot", members=[marie], bot=False)
    assert "not a member of the group chat" in await api.refused("sendMessage", chat_id=without.id, text="a")


async def test_taps_are_answered_once_and_in_time(
    api: Api, sandbox: Sandbox, marie: Person, clock: Clock
) -> None:
    sent = await api.ok("sendMessage", chat_id=marie.id, text="a", reply_markup=keys(BUTTON))
    chat = sandbox.world.chat(marie.id)
    tap = people.tap(sandbox.world, marie, chat, sent["message_id"], "pay:1")
    assert await api.refused("answerCallbackQuery", callback_query_id=tap.id, text="a" * 201)
    await api.ok("answerCallbackQuery", callback_query_id=tap.id, text="Noté")
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await api.refused("answerCallbackQuery", callback_query_id=tap.id) == too_old
    assert await api.refused("answerCallbackQuery", callback_query_id="77") == too_old
    late = people.tap(sandbox.world, marie, chat, sent["message_id"], "pay:1")
    clock.now += 151
    assert await api.refused("answerCallbackQuery", callback_query_id=late.id) == too_old


async def test_tokens_and_methods(api: Api) -> None:
    for path, code, text in (
        ("/bot999:WRONG/getMe", 401, "Unauthorized"),
        ("/bot123456:TEST/getLost", 404, "Not Found"),
        ("/file/bot999:WRONG/documents/file_1", 401, "Unauthorized"),
        ("/file/bot123456:TEST/documents/file_1", 404, "Not Found"),
    ):
        answer = await api.client.get(path)
        assert answer.status_code == code
        assert answer.json() == {"ok": False, "error_code": code, "description": text}


async def test_files(api: Api, sandbox: Sandbox, marie: Person) -> None:
    assert "there is no document in the request" in await api.refused("sendDocument", chat_id=marie.id)
    assert "wrong remote file identifier" in await api.refused(
        "sendDocument", chat_id=marie.id, document="xyz"
    )
    text = sandbox.world.store_file("a.txt", b"text")
    assert "IMAGE_PROCESS_FAILED" in await api.refused("sendPhoto", chat_id=marie.id, photo=text.id)
    assert "caption is too long" in await api.refused(
        "sendDocument", chat_id=marie.id, document=text.id, caption="a" * 1025
    )
    big = sandbox.world.store_file("big", b"0" * (20 * 1024 * 1024 + 1))
    assert await api.refused("getFile", file_id=big.id) == "Bad Request: file is too big"
    assert "wrong file_id" in await api.refused("getFile", file_id="xyz")
