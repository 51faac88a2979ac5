"""A coordinator sends catalogue files: shown as understood, imported when they say so, refused with a sentence."""

from __future__ import annotations

import pytest

from tests.support.bot import Stage
from tests.support.catalogues import DATA, workbook, zipped
from tests.support.coordinating import set_up
from tests.support.ledger import check
from tests.support.ordering import order, village
from tests.support.screens import Message

SMALL = "produit;unité;prix;producteur\nMiel;pot;7,50;Ruchers\nPain <b>;pièce;4,20;Fournil\n".encode()
CHANGED = "produit;unité;prix;producteur\nMiel;pot;8,00;Ruchers\nCidre;bouteille;3;Vergers\n".encode()
COUNTED = (
    "produit;unité;prix;producteur;stock\nMiel de tilleul;pièce;10;Ferme des Tilleuls;{}\n"
    "Pain complet;pièce;8;Ferme des Tilleuls;\n"
)


async def products(stage: Stage) -> dict[str, tuple[int, int]]:
    return {row["name"]: (row["price_cents"], row["available"]) for row in await stage.rows("products")}


async def test_three_bad_lines_of_forty_are_named_and_nothing_is_imported_until_somebody_chooses(
    stage: Stage,
) -> None:
    group = await set_up(stage)
    data = (DATA / "catalogue-3-bad-lines.csv").read_bytes()
    await group.anne.upload("catalogue.csv", data)
    preview = await group.anne.wait("I understood")
    assert preview.says("3 lines have a problem")
    assert preview.says("line 11, price: “deux euros” cannot be read")
    assert preview.text.count("• line") == 3
    assert await products(stage) == {}

    button = next(b.text for b in preview.all_buttons() if "correct lines" in b.text)
    await group.anne.press("correct lines", expect="Imported")
    assert str(len(await products(stage))) in button


@pytest.mark.parametrize("name", ["catalogue-utf8.csv", "catalogue-cp1252.csv", "catalogue.xlsx"])
async def test_the_example_files(stage: Stage, name: str) -> None:
    group = await set_up(stage)
    await group.anne.upload(name, (DATA / name).read_bytes())
    preview = await group.anne.wait("I understood")
    assert not preview.says("problem")
    await group.anne.press("Import", expect="Imported")
    assert len(await products(stage)) >= 40
    page = await group.anne.ask("/catalogue", expect="products on offer")
    assert page.says("Carottes de sable")
    await group.anne.press("▶️", expect="Vergers de la Nœuve", message=page)


async def test_a_file_is_imported_once(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.upload("c.csv", SMALL)
    preview = await group.anne.wait("I understood 2 products of 2 producers")
    await group.anne.tap("Import 2 products", message=preview, wait=False)
    again = await group.anne.tap("Import 2 products", message=preview)
    assert "imported already" in again
    assert await products(stage) == {"Miel": (750, 1), "Pain <b>": (420, 1)}


async def test_a_second_file_changes_adds_and_withdraws(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.upload("c.csv", SMALL)
    await group.anne.press("Import", expect="Imported: 2 new")
    before = await stage.world.seq()
    await group.anne.upload("c.csv", CHANGED)
    preview = await group.anne.wait("I understood", after=before)
    assert preview.says("Miel: €7.50 → €8.00")
    assert preview.says("1 on offer is not in this file: Pain <b>")
    await group.anne.press("withdraw", expect="1 product is not offered any more", message=preview)
    assert await products(stage) == {"Miel": (800, 1), "Pain <b>": (420, 0), "Cidre": (300, 1)}


async def test_every_detail_that_changes_is_named(stage: Stage) -> None:
    group = await set_up(stage)
    head = "product;unit;price;producer;vat;stock\n"
    await group.anne.upload(
        "c.csv", f"{head}Tomme;piece;9.00;Farm;5.5;3\nEggs;dozen;4.00;Farm;5.5;\n".encode()
    )
    await group.anne.press("Import", expect="Imported: 2 new, 0 changed, 0 unchanged.")
    before = await stage.world.seq()
    await group.anne.upload("c.csv", f"{head}TOMME;kg;18;Farm;20;3\nEggs;dozen;4.00;Farm;5.5;12\n".encode())
    preview = await group.anne.wait("I understood", after=before)
    assert preview.says(
        "TOMME: €9.00 → €18.00, unit piece → kg, VAT 5.5 % → 20 %, weighed, name “Tomme” → “TOMME”"
    )
    assert preview.says("Eggs: stock")
    await group.anne.press("Import", expect="Imported: 0 new, 2 changed, 0 unchanged.", message=preview)


async def test_what_is_ordered_is_not_sold_again_by_another_import(stage: Stage) -> None:
    """Also what was ordered between the preview and the tap."""
    v = await village(stage)

    async def preview(count: int) -> Message:
        before = await stage.world.seq()
        await v.anne.upload("c.csv", COUNTED.format(count).encode())
        return await v.anne.wait("J'ai compris", after=before)

    await v.anne.press("Importer", expect="importé", message=await preview(48))
    await order(v.marie, "Miel de tilleul", "Chèque", total="40,00", times=4)
    again = await preview(48)
    assert again.says("Miel de tilleul : 44 → 44 (compté 48, déjà commandé 4)")
    assert "Pain complet :" not in again.text
    await order(v.marie, "Miel de tilleul", "Chèque", total="20,00", times=2)
    done = await v.anne.press("Importer", expect="importé", message=again)
    assert done.says("Miel de tilleul : 42 → 42 (compté 48, déjà commandé 6)")
    assert (await v.marie.ask("/commander", expect="Miel")).says("reste 42")
    short = await preview(5)
    assert short.says(
        "⚠️ Miel de tilleul : 5 en stock d'après le fichier, mais déjà commandé et pas encore distribué : 6"
    )
    assert (await v.anne.press("Importer", expect="importé", message=short)).says("Il manque 1 ;")
    assert (await v.marie.ask("/commander", expect="Miel")).says("reste 0")
    assert await check(stage.database) == []


async def test_cancelled(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.upload("c.csv", SMALL)
    await group.anne.press("Cancel", expect="Nothing was imported")
    assert await products(stage) == {}


@pytest.mark.parametrize(
    ("name", "data", "answer"),
    [
        ("big.csv", b"a;b\n" * 1_300_000, "too large"),
        ("catalogue.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF, whatever its name says"),
        ("catalogue.xlsx", b"PK\x03\x04broken", "damaged"),
        ("catalogue.csv", b"nom;prix\nMiel;7\n", "The columns producer"),
        ("catalogue.csv", b"produit;prix;producteur\n", "There is no product in this file"),
        ("catalogue.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "of the old kind"),
        ("photo.png", b"\x89PNG\r\n\x1a\n", "is a picture"),
    ],
)
async def test_what_is_no_catalogue(stage: Stage, name: str, data: bytes, answer: str) -> None:
    group = await set_up(stage)
    await group.anne.upload(name, data)
    refusal = await group.anne.wait(answer)
    assert refusal.says("Nothing was imported")
    assert await stage.rows("catalogue_uploads") == []


async def test_a_zip_bomb(stage: Stage) -> None:
    group = await set_up(stage)
    bomb = zipped([("[Content_Types].xml", b" " * 30_000_000), ("xl/workbook.xml", b"<a/>")])
    await group.anne.upload("catalogue.xlsx", bomb)
    await group.anne.wait("Nothing was imported")
    assert await stage.rows("catalogue_uploads") == []


async def test_only_bad_lines(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.upload("c.csv", b"produit;prix;producteur\nMiel;1e3;Ruchers\n")
    preview = await group.anne.wait("no correct line to import")
    assert not list(preview.all_buttons())


async def test_in_the_members_chat_the_answer_is_private(stage: Stage) -> None:
    group = await set_up(stage)
    said = await group.anne.last(group.chat)
    await stage.world.do("bot", chat=group.chat.chat_id, person=group.anne.id, admin=True)
    await group.anne.upload("c.xlsx", workbook(), chat=group.chat)
    await group.anne.wait("I understood 1 product")
    await group.anne.wait("I answered you in private", chat=group.chat)
    await group.marie.upload("c.xlsx", workbook(), chat=group.chat)
    await group.anne.upload("photo.png", b"\x89PNG\r\n\x1a\n", chat=group.chat)
    await stage.world.settle()
    assert said.id
    texts = [m.text for m in await group.anne.messages(group.chat) if m.sender_id == stage.world.bot_id]
    assert sum("private" in text for text in texts) == 2  # the button's message and the one answer


async def test_others_are_told_kindly_and_nothing_is_read(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.upload("c.csv", SMALL)
    preview = await group.anne.wait("I understood")
    data = str(preview.button("Import").callback_data)  # type: ignore[union-attr]
    before = await group.snapshot()
    for person, refusal in ((group.marie, "Only the group's coordinators"), (group.zoe, "not a member")):
        await person.upload("c.csv", SMALL)
        own = await person.wait("did not open this file")
        assert refusal in await person.forge_tap(data, own)
        assert refusal in await person.forge_tap("catalogue:0", own)
        await person.ask("/catalogue", expect=refusal)
    assert "not there any more" in await group.anne.forge_tap("import:99:0", preview)
    assert "not there any more" in await group.anne.forge_tap("import:1:2", preview)
    assert await group.snapshot() == before
