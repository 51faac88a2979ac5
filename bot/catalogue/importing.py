"""The catalogue: a file is read, shown as it was understood, and imported once a coordinator says so."""

from __future__ import annotations

import asyncio

from telegram import Document, Message, Update

from bot.catalogue.taps import CATALOGUE, Catalogue, Import, LeaveAsItIs
from bot.catalogue.views import importing as views
from bot.delivery.api import Api
from bot.edge.handling import Either, On, event
from bot.edge.outside import file_of
from bot.edge.scene import Scene
from bot.rights import May
from bot.ui.taps import Answered, Place
from ledger.catalogue import service as catalogue
from ledger.catalogue.errors import FileTooLarge
from ledger.catalogue.reader import CatalogueFile, read_catalogue
from ledger.catalogue.sniff import MAX_BYTES
from ledger.names import clean_name
from ledger.orders import stock
from ledger.orders.distributions import open_distributions

CATALOGUE_NAMES = (".csv", ".xlsx", ".txt", ".tsv")


def _is_for_us(update: Update) -> bool:
    """A document: in private any; elsewhere those with a catalogue's name, or that answer the bot."""
    message = update.message
    if message is None or message.document is None:
        return False
    name = (message.document.file_name or "").lower()
    return message.chat.type == "private" or name.endswith(CATALOGUE_NAMES) or _answers_a_bot(message)


def _answers_a_bot(message: Message) -> bool:
    replied = message.reply_to_message
    return bool(replied and replied.from_user and replied.from_user.is_bot)


FILE = event("catalogue", _is_for_us, may=May.KEEP_LISTS, answered=Answered.DISCREETLY)
STRAY_FILE = event("another's file", _is_for_us, may=May.FIND_ONES_WAY, at=Place.PRIVATE)


async def take_file(scene: Scene) -> bool:
    """A file: what importing it would do, with the buttons to do it."""
    document = scene.update.message.document if scene.update.message else None
    assert document is not None
    if not await scene.go_where_answered():
        return True
    read = _read(scene, document)
    if read is None:
        scene.say(views.unavailable(scene.texts))
    else:
        await _preview(scene, clean_name(document.file_name or "", scene.update.update_id), read)
    return True


async def leave_file(scene: Scene) -> bool:
    """A file from somebody who does not coordinate."""
    scene.say(views.not_yours(scene.texts))
    return True


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


async def import_file(scene: Scene, tap: Import) -> None:
    """✅: imports it, once."""
    plan = await stock.import_upload(scene.session, scene.group, tap.upload, withdraw_missing=tap.withdraw)
    has_distribution = bool(await open_distributions(scene.session, scene.group.id))
    withdrawn = len(plan.missing) if tap.withdraw else 0
    scene.show(views.imported(scene.texts, plan, withdrawn, has_distribution))


async def leave(scene: Scene) -> None:
    """Not after all."""
    scene.show(views.not_imported(scene.texts))


async def show_catalogue(scene: Scene, tap: Catalogue | None = None) -> None:
    """/catalogue: what is on offer, and how to change it."""
    offered = await catalogue.offered_products(scene.session, scene.group.id)
    scene.show(views.catalogue(scene.texts, scene.group, offered, tap.page if tap else 0))


handlers = [
    Either(On(FILE, take_file), On(STRAY_FILE, leave_file)),
    On(CATALOGUE, show_catalogue),
    On(Catalogue, show_catalogue),
    On(Import, import_file),
    On(LeaveAsItIs, leave),
]
