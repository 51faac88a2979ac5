"""Coordinators take a distribution's sheets: messages and files, in private or among themselves, never before members."""

from __future__ import annotations

import csv
import datetime as dt
import io

from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from bot.delivery import outbox
from bot.delivery.files import Document
from bot.sandbox.server import Sandbox
from ledger.catalogue.service import get_product
from ledger.db import Database, utc_now
from ledger.groups import service as groups
from ledger.groups.models import Chat, ChatKind, Method
from ledger.orders import baskets, distributions
from ledger.orders import service as orders
from ledger.orders.models import Distribution
from tests.support.bot import TOKEN, Stage, running_bot
from tests.support.ordering import Village, village
from tests.support.screens import Message
from tests.support.seed import seed_group
from tests.support.telegram import Group, Person, TelegramWorld

ASK = "/sheets"


async def order(v: Village, who: Person, lines: dict[str, int], method: Method = Method.CHEQUE) -> None:
    """A member orders so many of each product."""
    async with v.stage.database.unit_of_work() as session:
        group = await groups.get_group(session, v.seeded.group_id)
        member = await groups.get_member(session, group.id, v.seeded.members[who.id])
        distribution = await distributions.get_distribution(session, group.id, v.seeded.distribution_id)
        basket = (await baskets.open_basket(session, member, distribution)).basket
        for product, count in lines.items():
            found = await get_product(session, group.id, v.seeded.products[product])
            await baskets.set_quantity(session, basket, found, count * 1000)
        await orders.confirm(session, group, member, basket.id, method)


async def market(stage: Stage, *, marie: str = "Marie", closed: bool = True) -> Village:
    """Marie and Paul ordered; orders are closed."""
    v = await village(stage, language="en", marie=marie)
    await order(v, v.marie, {"Colis de légumes": 1, "Pain complet": 2})
    await order(v, v.paul, {"Pain complet": 1}, Method.CASH)
    if closed:
        async with stage.database.unit_of_work() as session:
            row = await session.get_one(Distribution, v.seeded.distribution_id)
            row.opens_at, row.closes_at = utc_now() - dt.timedelta(days=2), utc_now() - dt.timedelta(hours=1)
    return v


async def file_of(
    who: Person, button: str, extension: str, *, chat: Group | None = None
) -> tuple[Message, bytes]:
    """Tap a button and wait for the document it brings."""
    before = await who.world.seq()
    await who.tap(button, chat=chat)
    message = await who.wait("Salle des fêtes", chat=chat, after=before)
    assert (message.file_name or "").endswith(f".{extension}"), message
    return message, await who.world.download(message)


async def test_a_producer_s_sheet_is_a_message_and_two_files(stage: Stage) -> None:
    v = await market(stage)
    screen = await v.anne.ask(ASK, expect="2 orders, €36.35")
    assert "Provisional" not in screen.text
    sheet = await v.anne.press("Ferme des Tilleuls", expect="order of Amap des Lilas")
    assert sheet.id != screen.id, "the screen stays"
    assert "3 × Pain complet" in sheet.text
    assert "€8.00 / pièce · for 2 members · €24.00" in sheet.text
    assert "1 × Colis de légumes" in sheet.text
    assert "Total: €36.35" in sheet.text
    assert "Marie" not in sheet.text, "a producer is not told who ordered"
    message, data = await file_of(v.anne, "CSV", "csv")
    assert (message.file_name or "").startswith("ferme-des-tilleuls-20")
    assert b"Pain complet" in data
    assert b"Marie" not in data
    _, data = await file_of(v.anne, "Excel", "xlsx")
    assert CalamineWorkbook.from_filelike(io.BytesIO(data)).sheet_names == ["Ferme des Tilleuls"]


async def test_the_files_hold_the_orders(stage: Stage) -> None:
    v = await market(stage, marie="=Marie<b>")
    await v.anne.ask(ASK, expect="Sheets")
    message, data = await file_of(v.anne, "Orders (CSV)", "csv")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert rows[-1] == ["Total", "", "", "", "", "", "36.35"]
    assert "Salle des fêtes" in message.text
    _, data = await file_of(v.anne, "Orders (Excel)", "xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.get_sheet_by_name("Ferme des Tilleuls").to_python()[-1][-1] == 36.35
    _, data = await file_of(v.anne, "table (Excel)", "xlsx")
    table = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in table[-3:]] == ["=Marie<b>", "Paul", "Total"]
    _, data = await file_of(v.anne, "Door list", "pdf")
    door = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    _, data = await file_of(v.anne, "Picking list", "pdf")
    picking = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    for printed in (door, picking):
        assert "=Marie<b>" in printed
        assert "Paul" in printed
    assert "€36.35" in door


async def test_before_orders_close_everything_says_provisional(stage: Stage) -> None:
    v = await market(stage, closed=False)
    screen = await v.anne.ask(ASK, expect="Provisional: orders are open until")
    assert screen.button("Door list")
    sheet = await v.anne.press("Ferme des Tilleuls", expect="order of")
    assert "Provisional" in sheet.text
    message, data = await file_of(v.anne, "Door list", "pdf")
    assert "provisional" in (message.file_name or "")
    assert "Provisional" in message.text
    assert "PROVISIONAL" in PdfReader(io.BytesIO(data)).pages[0].extract_text()


async def test_nothing_is_shown_in_the_members_chat(stage: Stage) -> None:
    """Neither for the command nor for a button that came there somehow; the answers come in private."""
    v = await market(stage)
    await v.anne.send(ASK, chat=v.group)
    await v.anne.wait("Sheets")
    there = await v.anne.ask("/validate", expect="Payments to confirm", chat=v.group)
    for verb in (
        "sheetdoor:{d}",
        "sheetpick:{d}",
        "sheettable:{d}",
        "sheetcsv:{d}:0",
        "sheetxlsx:{d}:0",
        "sheets:{d}",
    ):
        await v.anne.forge_tap(verb.format(d=v.seeded.distribution_id), there)
    await stage.world.settle()
    for message in await v.anne.messages(v.group):
        assert message.file_name is None
        assert "🚜" not in message.text
        assert "Sheets" not in message.text
    assert len([m for m in await v.anne.messages() if m.file_name]) == 5


async def test_in_the_coordinators_chat_the_answer_comes_there(stage: Stage) -> None:
    v = await market(stage)
    team = await stage.world.group("Coordination", admins=[v.anne, v.bruno])
    async with stage.database.unit_of_work() as session:
        session.add(Chat(group_id=v.seeded.group_id, telegram_id=team.chat_id, kind=ChatKind.COORDINATORS))
    await v.anne.ask(ASK, expect="Sheets", chat=team)
    _, data = await file_of(v.anne, "Picking list", "pdf", chat=team)
    assert data.startswith(b"%PDF")


async def test_members_and_strangers_get_nothing(stage: Stage) -> None:
    v = await market(stage)
    refused = await v.paul.ask(ASK, expect="Only the group's coordinators")
    screen = await v.anne.ask(ASK, expect="Sheets")
    other = await stage.world.person("Odile", language="en")
    await other.ask("/start", expect="")
    chat = await stage.world.group("Ailleurs", members=[], admins=[other])
    await seed_group(stage.database, chat.chat_id, title="Ailleurs", coordinators=[other], language="en")
    d = v.seeded.distribution_id
    mine = await other.ask(ASK, expect="Sheets")
    for verb in (f"sheets:{d}", f"sheetspage:{d}:0", f"sheet:{d}:1", f"sheetdoor:{d}", f"sheetpick:{d}",
                 f"sheettable:{d}", f"sheetcsv:{d}:0", f"sheetxlsx:{d}:0", f"sheetcsv:{d}:1"):  # fmt: skip
        assert "Only the group's coordinators" in await v.paul.forge_tap(verb, refused)
        assert "not there any more" in await other.forge_tap(verb, mine)
    for broken in ("sheets", "sheets:x", f"sheet:{d}", f"sheetcsv:{d}:999999", "sheetdoor:1:2"):
        assert "not there any more" in await v.anne.forge_tap(broken, screen)
    await stage.world.settle()
    assert await stage.rows("outbox_files") == []


async def test_without_orders_or_distributions_it_says_so(stage: Stage) -> None:
    v = await village(stage, language="en")
    screen = await v.anne.ask(ASK, expect="Nothing is ordered yet")
    assert not screen.button("Door list")
    async with stage.database.unit_of_work() as session:
        (await session.get_one(Distribution, v.seeded.distribution_id)).cancelled_at = utc_now()
    await v.anne.ask(ASK, expect="There is no distribution yet")


async def test_files_are_tried_again_and_then_forgotten(any_stage: Stage) -> None:
    v = await market(any_stage)
    await v.anne.ask(ASK, expect="Sheets")
    await any_stage.world.fault("error", method="sendDocument", count=2, code=500)
    _, data = await file_of(v.anne, "Door list", "pdf")
    assert data.startswith(b"%PDF")
    await any_stage.world.settle()
    async with any_stage.database.unit_of_work() as session:
        await outbox.forget_old(session)
    assert await any_stage.rows("outbox_files") == []
    assert [row for row in await any_stage.rows("outbox") if row["method"] == "sendDocument"], (
        "the call itself is kept"
    )


async def test_files_survive_a_restart(database_url: str) -> None:
    """Queued between messages while nobody sends; they arrive whole, each in its place."""
    content = bytes(range(256)) * 400
    async with Sandbox(TOKEN).serve() as url, await TelegramWorld.connect(url) as world:
        anne = await world.person("Anne", language="en")
        async with running_bot(url, database_url):
            await anne.ask("/start", expect="")
            await world.settle()
        calls = [
            outbox.Call("sendMessage", anne.id, {"text": "before"}),
            outbox.Call("sendDocument", anne.id, {"caption": "one"}, document=Document("é 1.bin", content)),
            outbox.Call("sendDocument", anne.id, {"caption": "two"}, document=Document("2.csv", b"\x00\xff")),
            outbox.Call("sendMessage", anne.id, {"text": "after"}),
        ]
        database = Database(database_url)
        async with database.unit_of_work() as session:
            await outbox.enqueue(session, world.bot_id, calls)
        await database.close()
        async with running_bot(url, database_url):
            await anne.wait("after")
        *_, before, one, two, after = await anne.messages()
        assert [message.text for message in (before, one, two, after)] == ["before", "one", "two", "after"]
        assert (one.file_name, await world.download(one)) == ("é 1.bin", content)
        assert (two.file_name, await world.download(two)) == ("2.csv", b"\x00\xff")


async def test_a_file_goes_with_its_row(any_stage: Stage) -> None:
    """What waits is kept; a row that is dropped takes its file along."""
    async with any_stage.database.unit_of_work() as session:
        document = Document("x.pdf", b"%PDF")
        await outbox.enqueue(session, 1, [outbox.Call("sendDocument", 5, {}, document=document)])
    async with any_stage.database.unit_of_work() as session:
        await outbox.forget_old(session)
    assert len(await any_stage.rows("outbox_files")) == 1
    async with any_stage.database.unit_of_work() as session:
        await session.execute(text("DELETE FROM outbox"))
    assert await any_stage.rows("outbox_files") == []
