"""What a person is in the middle of outlives the process, and goes on in whichever worker gets the next update."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from bot.app import Bot
from bot.sandbox.server import Sandbox
from tests.e2e.proxy import RoundRobin
from tests.support.bot import TOKEN, Stage, running_bot
from tests.support.bot_process import free_port
from tests.support.ordering import Village, order, reference_in, village
from tests.support.telegram import TelegramWorld


async def test_a_restart_in_the_middle_of_a_typed_amount(database_url: str) -> None:
    async with Sandbox(TOKEN).serve() as url, await TelegramWorld.connect(url) as world:
        async with running_bot(url, database_url) as bot:
            v = await village(Stage(world, bot))
            receipt = await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
            await v.anne.ask(f"/valider {reference_in(receipt)}", expect="12,35")
            question = await v.anne.press("Autre montant", expect="Combien")
        async with running_bot(url, database_url) as bot:
            await v.anne.ask("beaucoup", expect="")  # no amount: asked again, still the same question
            await v.anne.ask("10", expect="10,00")
            await v.anne.press("✅", expect="Solde")
            await v.marie.wait("2,35")
        async with running_bot(url, database_url) as bot:
            answer = await v.anne.tap("Annuler", message=question)  # a button of a step that is over
            assert "n'est plus valable" in answer, answer
            assert len(await Stage(world, bot).rows("settlements")) == 1


@contextlib.asynccontextmanager
async def two_workers(database_url: str) -> AsyncIterator[Village]:
    """A group whose bot is two workers on one database, behind one address."""
    ports = [free_port(), free_port()]
    async with (
        Sandbox(TOKEN).serve() as url,
        RoundRobin(ports).serve() as public_url,
        await TelegramWorld.connect(url) as world,
        contextlib.AsyncExitStack() as stack,
    ):
        bots: list[Bot] = []
        for port in ports:
            bot = running_bot(
                url, database_url, CAGNOTTE_TELEGRAM__MODE="webhook",
                CAGNOTTE_TELEGRAM__WEBHOOK_SECRET="a-secret-of-the-tests",
                CAGNOTTE_WEB__LISTEN=f"127.0.0.1:{port}", CAGNOTTE_WEB__PUBLIC_URL=public_url,
            )  # fmt: skip
            bots.append(await stack.enter_async_context(bot))
        yield await village(Stage(world, bots[0]))
        assert all(one.dispatcher.handled > 5 for one in bots), "one of them did everything"


async def test_conversations_go_back_and_forth_between_two_workers(postgresql_url: str) -> None:
    """Eight orders, each confirmed with a typed amount, four at a time: all end as they began."""
    async with two_workers(postgresql_url) as v:
        for number in range(4):
            receipts = await asyncio.gather(
                order(v.marie, "Colis de légumes", "Chèque", total="12,35"),
                order(v.paul, "Pain complet", "Liquide", total="8,00"),
            )
            for coordinator, receipt, amount in zip(
                (v.anne, v.bruno), receipts, ("12,35", "8,00"), strict=True
            ):
                await coordinator.ask(f"/valider {reference_in(receipt)}", expect=amount)
            await asyncio.gather(*(one.press("Autre montant", expect="Combien") for one in (v.anne, v.bruno)))
            typed = f"{number + 1},50"
            await asyncio.gather(*(one.ask(typed, expect=typed) for one in (v.anne, v.bruno)))
            await asyncio.gather(*(one.press("✅", expect=typed) for one in (v.anne, v.bruno)))
            await asyncio.gather(*(one.wait(typed) for one in (v.marie, v.paul)))
        received = [row["amount_cents"] for row in await v.stage.rows("settlements")]
        assert sorted(received) == [150, 150, 250, 250, 350, 350, 450, 450]
