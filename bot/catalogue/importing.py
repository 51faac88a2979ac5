"""The catalogue: a file is read, shown as it was understood, and imported once a coordinator says so."""

from __future__ import annotations

import asyncio

from telegram import Document

from bot.catalogue import taps
from bot.catalogue.views import importing as views
from bot.delivery.api import Api
from bot.edge.handling import On
from bot.edge.outside import file_of
from bot.edge.scene import Scene
from ledger.catalogue import service as catalogue
from ledger.catalogue.errors import FileTooLarge
from ledger.catalogue.reader import CatalogueFile, read_catalogue
from ledger.catalogue.sniff import MAX_BYTES
from ledger.names import clean_name
from ledger.orders import stock
from ledger.orders.distributions import open_distributions


async def take_file(scene: Scene) -> None:
    """A file: what importing it would do, with the buttons to do it."""
    document = scene.update.message.document if scene.update.message else None
    assert document is not None
    member = scene.maybe_member
    if member is None or not member.is_coordinator:
        if scene.is_private:
            scene.say(views.not_yours(scene.texts))
        return
    read = _read(scene, document)
    if read is None:
        scene.say(views.unavailable(scene.texts))
    else:
        await _preview(scene, clean_name(document.file_name or "", scene.update.update_id), read)


def _read(scene: Scene, document: Document) -> CatalogueFile | None:
    """The file's lines; none where Telegram does not give it. Raises one of ``ledger.catalogue.errors``."""
    if (document.file_size or 0) > MAX_BYTES:
        raise FileTooLarge(document.file_size or 0, MAX_BYTES)
    currency = scene.group.currency

    async def read(api: Api) -> CatalogueFile | None:
        data = await file_of(api, document.file_id)
        if data is None:
            return None
        return await asyncio.to_thread(read_catalogue, data, document.file_name or "", currency=currency)

    return scene.outside("catalogue", read)


async def _preview(scene: Scene, filename: str, read: CatalogueFile) -> None:
    group_id = scene.group.id
    plan = await stock.plan_import(scene.session, group_id, read.rows)
    upload_id = None
    if read.rows:
        upload_id = (await catalogue.keep_upload(scene.session, group_id, filename, read.rows)).id
    scene.say(views.preview(scene.texts, scene.group, filename, read, plan, upload_id))


async def import_file(scene: Scene, tap: taps.Import) -> None:
    """✅: import it, once."""
    plan = await stock.import_upload(scene.session, scene.group, tap.upload, withdraw_missing=tap.withdraw)
    has_distribution = bool(await open_distributions(scene.session, scene.group.id))
    withdrawn = len(plan.missing) if tap.withdraw else 0
    scene.show(views.imported(scene.texts, plan, withdrawn, has_distribution))


async def leave(scene: Scene) -> None:
    """Not after all."""
    scene.show(views.not_imported(scene.texts))


async def show_catalogue(scene: Scene, tap: taps.ShowCatalogue | None = None) -> None:
    """/catalogue: what is on offer, and how to change it."""
    offered = await catalogue.offered_products(scene.session, scene.group.id)
    scene.show(views.catalogue(scene.texts, scene.group, offered, tap.page if tap else 0))


handlers = [
    On(taps.FILE, take_file),
    On(taps.CATALOGUE, show_catalogue),
    On(taps.ShowCatalogue, show_catalogue),
    On(taps.Import, import_file),
    On(taps.NotImported, leave),
]
