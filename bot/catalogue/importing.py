"""The catalogue: a file is read, shown as it was understood, and imported once a coordinator says so."""

from __future__ import annotations

from typing import Any

from telegram import Document, Message, Update
from telegram.ext import BaseHandler

from bot.catalogue.views import importing as views
from bot.edge.conversation import Button, Command
from bot.edge.scene import Context
from ledger.catalogue import service as catalogue
from ledger.catalogue.errors import FileTooLarge, UnreadableCatalogue
from ledger.catalogue.reader import CatalogueFile
from ledger.catalogue.sniff import MAX_BYTES
from ledger.errors import NotFound
from ledger.names import clean_name
from ledger.orders import stock
from ledger.orders.distributions import open_distributions

CATALOGUE_NAMES = (".csv", ".xlsx", ".txt", ".tsv")


class File(BaseHandler[Update, Context, Any]):
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


async def take_file(update: Update, context: Context) -> None:
    """A file: what importing it would do, with the buttons to do it."""
    document = update.message.document if update.message else None
    assert document is not None
    member = context.scene.member
    if member is None or not member.is_coordinator:
        if context.is_private:
            context.say(views.not_yours(context.texts))
        return
    if not await context.discreetly():
        return
    read = _read(context, document)
    if read is None:
        context.say(views.unavailable(context.texts))
    else:
        await _preview(context, clean_name(document.file_name or "", update.update_id), read)


def _read(context: Context, document: Document) -> CatalogueFile | None:
    """The file's lines; none where Telegram does not give it. Raises :class:`UnreadableCatalogue`."""
    if (document.file_size or 0) > MAX_BYTES:
        raise FileTooLarge(document.file_size or 0, MAX_BYTES)
    read = context.fact("catalogue", document.file_id, document.file_name or "", context.group.currency)
    if isinstance(read, UnreadableCatalogue):
        raise read
    return read if isinstance(read, CatalogueFile) else None


async def _preview(context: Context, filename: str, read: CatalogueFile) -> None:
    group_id = context.coordinator.group_id
    plan = await stock.plan_import(context.session, group_id, read.rows)
    upload_id = None
    if read.rows:
        upload_id = (await catalogue.keep_upload(context.session, group_id, filename, read.rows)).id
    context.say(views.preview(context.texts, context.group, filename, read, plan, upload_id))


async def import_file(update: Update, context: Context) -> None:  # noqa: ARG001
    """✅: import it, once."""
    member = context.coordinator
    upload_id, withdraw = context.numbers(2)
    if withdraw not in (0, 1):
        raise NotFound("button", withdraw)
    plan = await stock.import_upload(
        context.session, context.group, upload_id, withdraw_missing=bool(withdraw)
    )
    has_distribution = bool(await open_distributions(context.session, member.group_id))
    context.show(views.imported(context.texts, plan, len(plan.missing) if withdraw else 0, has_distribution))


async def leave(update: Update, context: Context) -> None:  # noqa: ARG001
    """Not after all."""
    _ = context.coordinator
    context.show(views.not_imported(context.texts))


async def show_catalogue(update: Update, context: Context) -> None:  # noqa: ARG001
    """/catalogue: what is on offer, and how to change it."""
    member = context.coordinator
    page = context.numbers(1)[0] if context.button_args else 0
    offered = await catalogue.offered_products(context.session, member.group_id)
    context.show(views.catalogue(context.texts, context.group, offered, page))


handlers = [
    File(take_file),
    Command(("catalogue", "catalog"), show_catalogue),
    Button("catalogue", show_catalogue),
    Button("import", import_file),
    Button("importno", leave),
]
