"""A whole story at INFO, with trouble in it, leaves nothing of anybody in the logs; names are shown as they are typed."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.edge.dispatcher import describe
from bot.sandbox.server import Sandbox
from ledger.db import Database
from tests.support.bot import environment
from tests.support.bot_process import BotProcess
from tests.support.seed import seed_group
from tests.support.telegram import TelegramWorld

TOKEN = "123456789:AAExampleTokenOfNobodyAtAllxxxxxxxx"
IBAN = "FR1420041010050500013M02606"
NAME = 'Zélie <b>&"Dupré'
WORDS = "mon code de carte est 4711"


async def test_no_token_no_iban_no_name_and_nothing_that_anybody_wrote(
    sqlite_url: str, tmp_path: Path
) -> None:
    sandbox = Sandbox(TOKEN)
    async with (
        sandbox.serve() as url,
        await TelegramWorld.connect(url) as world,
        contextlib.AsyncExitStack() as stack,
    ):
        settings = environment(url, sqlite_url) | {
            "CAGNOTTE_TELEGRAM__TOKEN": TOKEN,
            "CAGNOTTE_LOGGING__LEVEL": "INFO",
            "CAGNOTTE_LOGGING__FORMAT": "json",
        }
        bot = BotProcess(settings, tmp_path / "log")
        stack.push_async_callback(bot.aclose)
        anne, zelie = await world.person("Anne", username="anne_t"), await world.person(NAME)
        chat = await world.group("Amap", members=[zelie], admins=[anne])
        database = Database(sqlite_url)
        try:
            await seed_group(database, chat.chat_id, coordinators=[anne], members=[zelie])
        finally:
            await database.close()
        await bot.start()
        for person in (anne, zelie):
            await person.ask("/start", expect="", timeout=60)

        # Trouble of every kind: the network, Telegram's refusals, updates that make no sense, an unknown one.
        for kind, method in (
            ("lose", "sendMessage"),
            ("drop", "sendMessage"),
            ("error", "answerCallbackQuery"),
        ):
            await world.fault(kind, method=method)
        await world.fault("error", method="sendMessage", code=429, retry_after=1)
        await world.forge({"message": {"from": {"id": zelie.id}, "text": WORDS}})
        await world.forge({"callback_query": {"from": {"id": zelie.id}, "data": WORDS}})
        await zelie.send(WORDS)
        await zelie.ask("/commander", expect="Carottes", timeout=60)
        page = await zelie.press("Carottes", expect="✅ 1 × Carottes")
        await zelie.forge_tap(f"pay:1:{WORDS}:9", page)
        await zelie.press("Panier", expect="Total")
        await zelie.press("Valider mon panier", expect="comment voulez-vous payer")
        await zelie.press("Virement", expect="🧾")

        await anne.ask("/reglages", expect="")
        await anne.press("IBAN", expect="")
        await anne.ask(IBAN, expect="")
        await anne.ask(f"/paiement {NAME} 12 liquide", expect=NAME)
        shown = await anne.ask("/soldes", expect=NAME)
        assert NAME in shown.text
        assert "&lt;b&gt;" in shown.html  # it is text, and no tag
        await anne.ask("/adherent Zélie", expect=NAME)
        await anne.upload("catalogue.csv", b"produit;prix\n" + WORDS.encode() + b";x\n")
        await world.settle()
        sandbox.world.people[zelie.id].has_blocked = True
        await anne.ask(f"/valider {WORDS}", expect="")
        await world.settle()
        assert await bot.stop() == 0

    logged = bot.logged()
    lines = [json.loads(line) for line in logged.splitlines()]
    assert len(lines) >= 3, "the trouble is not even logged"
    for secret in (
        TOKEN,
        TOKEN.partition(":")[2],
        IBAN,
        IBAN[-8:],
        "Zélie",
        "Dupré",
        "4711",
        WORDS,
        "Carottes",
        "anne_t",
    ):
        assert secret.lower() not in logged.lower(), secret


@pytest.mark.parametrize(
    "error", [ValueError(WORDS), OperationalError("INSERT", {"text": WORDS}, Exception(WORDS))]
)
def test_a_fault_is_described_without_its_words(error: Exception) -> None:
    """They may quote a member; the class and the place say enough."""
    try:
        raise error
    except Exception as raised:
        described = describe(raised)
    assert type(error).__name__ in described
    assert "test_logs.py" in described
    assert WORDS not in described
