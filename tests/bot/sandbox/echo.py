"""A small bot of the tests' own: it answers commands, shows buttons, edits, sends files back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from telegram import (
    Bot,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
)
from telegram.error import TelegramError


def counter(count: int) -> InlineKeyboardMarkup:
    """A keyboard with every kind of button."""
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton("−", callback_data=f"less:{count}"),
                InlineKeyboardButton(f"+ ({count})", callback_data=f"more:{count}", style="success"),
            ],
            [
                InlineKeyboardButton("Alerte", callback_data="alert", style="danger"),
                InlineKeyboardButton("Copier K7M2Q9X", copy_text=CopyTextButton("K7M2Q9X")),
            ],
            [InlineKeyboardButton("Le bot", url="https://t.me/cagnotte_bot?start=again")],
        ]
    )


class Echo:
    """Polls and answers until it is stopped."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.offset = 0

    async def run(self) -> None:
        """Answer everything, for ever."""
        while True:
            for update in await self.bot.get_updates(offset=self.offset, timeout=20):
                self.offset = update.update_id + 1
                with contextlib.suppress(TelegramError):
                    await self.answer(update)

    async def answer(self, update: Update) -> None:
        """Answer one update."""
        if query := update.callback_query:
            assert query.data
            verb, _, count = query.data.partition(":")
            if verb == "alert":
                await query.answer("Attention, c'est une alerte", show_alert=True)
                return
            await query.answer("Noté")
            now = int(count) + (1 if verb == "more" else -1)
            await query.edit_message_text(f"Vous en avez <b>{now}</b>", "HTML", reply_markup=counter(now))
        elif message := update.message:
            await self._answer_message(message)

    async def _answer_message(self, message: Message) -> None:
        if message.document:
            file = await self.bot.get_file(message.document)
            data = bytes(await file.download_as_bytearray())
            await message.reply_document(data, filename=f"copie-{message.document.file_name}")
        elif message.text and message.text.startswith("/"):
            await message.reply_text(
                f"Bonjour <i>é</i> : <code>{message.text}</code>", "HTML", reply_markup=counter(0)
            )
        elif message.text:
            await message.reply_text(f"Vous dites : {message.text}")


@contextlib.asynccontextmanager
async def echo_bot(url: str, token: str = "123456:TEST") -> AsyncIterator[Bot]:
    """Run the echo bot against a sandbox for as long as the block lasts."""
    async with Bot(token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as bot:
        running = asyncio.create_task(Echo(bot).run())
        try:
            yield bot
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
