"""The catalogue: a file is read, shown as it was understood, and imported once a coordinator says so."""

from __future__ import annotations

from telegram import Document, Message, Update

from bot.catalogue.views import importing as views
from bot.edge.conversation import Button, Command, Handler
from bot.edge.scene import Scene
from ledger.catalogue import service as catalogue
from ledger.catalogue.errors import FileTooLarge, UnreadableCatalogue
from ledger.catalogue.reader import CatalogueFile
from ledger.catalogue.sniff import MAX_BYTES
from ledger.errors import NotFound
from ledger.names import clean_name
from ledger.orders import stock
from ledger.orders.distributions import open_distributions

CATALOGUE_NAMES = (".csv", ".xlsx", ".txt", ".tsv")


class File(Handler):
    """A document. In a chat of many, only one that is meant for the bot."""

    def check_update(self, update: object) -> bool:
        """In private any; elsewhere those with a catalogue's name, or that answer the bot."""
        message = update.message if isinstance(update, Update) else None
        if message is None or message.document is None:
            return False
        name = (message.document.file_name or "").lower()
        return message.chat.type == "private" or name.endswith(CATALOGUE_NAMES) or _answers_a_bot(message)


def _answers_a_bot(message: Message) -> bool:
    replied = message.reply_to_message
    return bool(replied and replied.from_user and replied.from_user.is_bot)


async def take_file(scene: Scene) -> None:
    """A file: what importing it would do, with the buttons to do it."""
    document = scene.update.message.document if scene.update.message else None
    assert document is not None
    member = scene.maybe_member
    if member is None or not member.is_coordinator:
        if scene.is_private:
            scene.say(views.not_yours(scene.texts))
        return
    if not await scene.discreetly():
        return
    read = _read(scene, document)
    if read is None:
        scene.say(views.unavailable(scene.texts))
    else:
        await _preview(scene, clean_name(document.file_name or "", scene.update.update_id), read)


def _read(scene: Scene, document: Document) -> CatalogueFile | None:
    """The file's lines; none where Telegram does not give it. Raises :class:`UnreadableCatalogue`."""
    if (document.file_size or 0) > MAX_BYTES:
        raise FileTooLarge(document.file_size or 0, MAX_BYTES)
    read = scene.fact("catalogue", document.file_id, document.file_name or "", scene.group.currency)
    if isinstance(read, UnreadableCatalogue):
        raise read
    return read if isinstance(read, CatalogueFile) else None


async def _preview(scene: Scene, filename: str, read: CatalogueFile) -> None:
    group_id = scene.coordinator.group_id
    plan = await stock.plan_import(scene.session, group_id, read.rows)
    upload_id = None
    if read.rows:
        upload_id = (await catalogue.keep_upload(scene.session, group_id, filename, read.rows)).id
    scene.say(views.preview(scene.texts, scene.group, filename, read, plan, upload_id))


async def import_file(scene: Scene) -> None:
    """✅: import it, once."""
    member = scene.coordinator
    upload_id, withdraw = scene.numbers(2)
    if withdraw not in (0, 1):
        raise NotFound("button", withdraw)
    plan = await stock.import_upload(scene.session, scene.group, upload_id, withdraw_missing=bool(withdraw))
    has_distribution = bool(await open_distributions(scene.session, member.group_id))
    scene.show(views.imported(scene.texts, plan, len(plan.missing) if withdraw else 0, has_distribution))


async def leave(scene: Scene) -> None:
    """Not after all."""
    _ = scene.coordinator
    scene.show(views.not_imported(scene.texts))


async def show_catalogue(scene: Scene) -> None:
    """/catalogue: what is on offer, and how to change it."""
    member = scene.coordinator
    page = scene.numbers(1)[0] if scene.button_args else 0
    offered = await catalogue.offered_products(scene.session, member.group_id)
    scene.show(views.catalogue(scene.texts, scene.group, offered, page))


handlers = [
    File(take_file),
    Command(("catalogue", "catalog"), show_catalogue),
    Button("catalogue", show_catalogue),
    Button("import", import_file),
    Button("importno", leave),
]
